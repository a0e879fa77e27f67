/*
 * "Did you mean …?"
 *
 * Finds among known words the one a mistyped word was probably meant to be: the fewest letters
 * changed, missing, too many or swapped, `-` and `_` and the case of letters counting as equal.
 * Words too far away are no help and give an empty Str. The first of equally near words wins.
 */
#ifndef CONFIG_NEAREST_H
#define CONFIG_NEAREST_H

#include "base/str.h"

Str nearest_word(Str given, const Str *known, size_t count);

#endif
