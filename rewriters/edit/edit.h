/*
 * Changing text by offsets.
 *
 * An Edit puts `text` in place of the bytes from `lo` to `hi` of a text as it was read;
 * with lo == hi it inserts, with an empty text it deletes. All edits of one text keep the
 * offsets of that text, and edit_splice() applies them in one go.
 *
 * "In order" means sorted by position, disjoint and inside the text. Two edits may touch:
 * an insertion stands before the replacement that begins where it does, and after one that
 * ends there.
 */
#ifndef REWRITERS_EDIT_EDIT_H
#define REWRITERS_EDIT_EDIT_H

#include "base/str.h"

typedef struct Edit {
    uint32_t lo;
    uint32_t hi;
    Str      text;
} Edit;

typedef Vec(Edit) EditVec;

/* By position, an insertion before what begins at the same place; as qsort wants it. */
int edit_compare(const void *a, const void *b);

bool edit_eq(Edit a, Edit b);

/* Can the two not both be applied? They can if they are disjoint, and insertions at the same
   place cannot: nobody says which comes first. An edit clashes with its like; see edit_eq(). */
bool edit_clashes(Edit a, Edit b);

void edits_sort(EditVec *edits);

bool edits_are_in_order(const EditVec *edits, size_t text_len);

/* The new text. Edits that are not in order are a bug of the caller. */
Str edit_splice(Arena *arena, Str text, const EditVec *sorted);

#endif
