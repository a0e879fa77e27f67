#include "rewriters/edit/edit.h"

#include <stdlib.h>

#include "base/error.h"

int edit_compare(const void *a, const void *b)
{
    const Edit *left = a, *right = b;

    if (left->lo != right->lo)
        return left->lo < right->lo ? -1 : 1;
    return (left->hi > right->hi) - (left->hi < right->hi);
}

bool edit_eq(Edit a, Edit b)
{
    return a.lo == b.lo && a.hi == b.hi && str_eq(a.text, b.text);
}

bool edit_clashes(Edit a, Edit b)
{
    if (a.lo == a.hi && b.lo == b.hi)
        return a.lo == b.lo;
    return a.lo < b.hi && b.lo < a.hi;
}

void edits_sort(EditVec *edits)
{
    vec_sort(edits, edit_compare);
}

bool edits_are_in_order(const EditVec *edits, size_t text_len)
{
    for (size_t i = 0; i < edits->count; i++) {
        Edit edit = edits->items[i];
        if (edit.lo > edit.hi || edit.hi > text_len)
            return false;
        if (i == 0)
            continue;
        Edit before = edits->items[i - 1];
        if (edit.lo < before.hi || edit_clashes(before, edit)
            || edit_compare(&before, &edit) >= 0)
            return false;
    }
    return true;
}

Str edit_splice(Arena *arena, Str text, const EditVec *sorted)
{
    Buf      out  = buf_new(arena);
    uint32_t done = 0;

    if (!edits_are_in_order(sorted, text.len))
        bug("edits out of order, overlapping or past the end of the text");
    if (text.len == 0)
        text = STR("");
    for (size_t i = 0; i < sorted->count; i++) {
        Edit edit = sorted->items[i];
        buf_add(&out, str_slice(text, done, edit.lo));
        buf_add(&out, edit.text);
        done = edit.hi;
    }
    buf_add(&out, str_slice(text, done, text.len));
    return out.len ? buf_str(&out) : STR("");
}
