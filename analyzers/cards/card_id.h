/*
 * Ids of cards in running text.
 *
 * An id is a capitalised word, a hyphen and a number: RM-4, AB2-17, SC-A1, RM-4b. In prose two
 * ids may span a range: "RM-4..7", "RM-4–RM-7", "RM-4 through RM-8". Issue numbers ("#1552")
 * are not ids; issue_next() finds them.
 */
#ifndef CARDS_CARD_ID_H
#define CARDS_CARD_ID_H

#include "base/str.h"

/* Length of the id that starts the text, 0 if none does. */
size_t card_id_length(Str text);

/* What stands before the number ("RM-"), and the number. */
Str      card_id_family(Str id);
uint64_t card_id_number(Str id);

typedef struct IdSpan {
    Str first;
    Str last; /* the other end of a range, complete ("RM-7"), in the arena; else empty */
} IdSpan;

/* The next id or range from `at` on, which moves behind it. False: no more. */
bool id_span_next(Arena *arena, Str text, size_t *at, IdSpan *out);

/* The next "#123" from `at` on. */
bool issue_next(Str text, size_t *at, Str *out);

#endif
