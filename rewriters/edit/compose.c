#include "rewriters/edit/compose.h"

#include "base/error.h"

/* Index of the first kept edit that does not come before `edit`. */
static size_t place_of(const EditVec *kept, Edit edit)
{
    size_t lo = 0, hi = kept->count;

    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (edit_compare(&kept->items[middle], &edit) < 0)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

/* Kept edits are sorted and disjoint: if neither neighbour is in the way, no other can be. */
static const Edit *clash_of(const EditVec *kept, Edit edit)
{
    size_t at = place_of(kept, edit);

    if (at < kept->count && edit_eq(kept->items[at], edit))
        return NULL;
    if (at < kept->count && edit_clashes(kept->items[at], edit))
        return &kept->items[at];
    if (at > 0 && edit_clashes(kept->items[at - 1], edit))
        return &kept->items[at - 1];
    return NULL;
}

static const Edit *first_clash(const EditVec *kept, const Fix *fix)
{
    vec_each(edit, &fix->edits) {
        const Edit *clash = clash_of(kept, *edit);
        if (clash)
            return clash;
    }
    return NULL;
}

static void keep(Arena *arena, EditVec *kept, const Fix *fix)
{
    for (size_t i = 0; i < fix->edits.count; i++) {
        Edit   edit = fix->edits.items[i];
        size_t at   = place_of(kept, edit);
        if (edit.lo > edit.hi)
            bug("an edit of " STR_FORMAT " ends before it begins", STR_ARG(fix->id));
        if (at < kept->count && edit_eq(kept->items[at], edit))
            continue; /* shared with a fix kept earlier */
        if (clash_of(kept, edit))
            bug("two edits of " STR_FORMAT " are in each other's way", STR_ARG(fix->id));
        vec_push(arena, kept, edit);
        memmove(kept->items + at + 1, kept->items + at, (kept->count - 1 - at) * sizeof(Edit));
        kept->items[at] = edit;
    }
}

Composition compose(Arena *arena, const FixVec *proposals)
{
    Composition out = { 0 };

    vec_each(fix, proposals) {
        if (first_clash(&out.edits, *fix)) {
            vec_push(arena, &out.deferred, *fix);
            continue;
        }
        keep(arena, &out.edits, *fix);
        vec_push(arena, &out.kept, *fix);
    }
    return out;
}

const Fix *compose_obstacle(const Composition *composition, const Fix *deferred)
{
    const Edit *clash = first_clash(&composition->edits, deferred);

    for (size_t i = 0; clash && i < composition->kept.count; i++) {
        const Fix *fix = composition->kept.items[i];
        for (size_t j = 0; j < fix->edits.count; j++)
            if (edit_eq(fix->edits.items[j], *clash))
                return fix;
    }
    return NULL;
}
