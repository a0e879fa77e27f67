/*
 * How many days a card's size is.
 *
 * "0.5 dev-day", "~2 days", "1-2 d" (the larger), "4 h" (eighths of a day), "90 min", "1 week"
 * (five days). 0 where no number of days can be read: "S", "5 points".
 */
#ifndef CARDS_SIZE_H
#define CARDS_SIZE_H

#include "base/str.h"

double days_of_size(Str size);

#endif
