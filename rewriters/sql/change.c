#include "rewriters/sql/change.h"

#include <stdlib.h>

#include "analyzers/sql/token.h"
#include "rewriters/sql/colon.h"

static void push(Arena *arena, ChangeVec *changes, uint32_t lo, uint32_t hi, ChangeSide side,
                 Str text)
{
    uint32_t order = changes->count ? vec_last(changes).order + 1 : 0;

    vec_push(arena, changes, ((Change) { lo, hi, side, order, text }));
}

void change_open(Arena *arena, ChangeVec *changes, uint32_t at, Str text)
{
    push(arena, changes, at, at, CHANGE_OPENS, text);
}

void change_close(Arena *arena, ChangeVec *changes, uint32_t at, Str text)
{
    push(arena, changes, at, at, CHANGE_CLOSES, text);
}

static bool is_blank_within(const Change *change, uint32_t lo, uint32_t hi)
{
    if (change->side == CHANGE_CLASH || str_trim(change->text).len > 0)
        return false;
    if (change->side != CHANGE_TEXT)
        return change->lo > lo && change->lo < hi;
    return change->lo >= lo && change->hi <= hi && (change->lo > lo || change->hi < hi);
}

void change_put(Arena *arena, ChangeVec *changes, uint32_t lo, uint32_t hi, Str text)
{
    size_t kept = 0;

    vec_each(change, changes)
        if (!is_blank_within(change, lo, hi))
            changes->items[kept++] = *change;
    changes->count = kept;
    push(arena, changes, lo, hi, CHANGE_TEXT, text);
}

/* What opens at `lo` or closes at `hi` belongs to what lies between them. */
static bool lies_within(const Change *change, uint32_t lo, uint32_t hi)
{
    if (change->side == CHANGE_CLASH)
        return false;
    if (change->side == CHANGE_OPENS)
        return change->lo >= lo && change->lo < hi;
    if (change->side == CHANGE_CLOSES)
        return change->lo > lo && change->lo <= hi;
    return change->lo >= lo && change->hi <= hi;
}

bool change_swallows(const ChangeVec *changes, uint32_t lo, uint32_t hi)
{
    vec_each(change, changes)
        if (change->side == CHANGE_TEXT && change->lo <= lo && change->hi >= hi && change->hi - change->lo > hi - lo)
            return true;
    return false;
}

void change_forget(ChangeVec *changes, uint32_t lo, uint32_t hi)
{
    size_t kept = 0;

    vec_each(change, changes)
        if (!lies_within(change, lo, hi))
            changes->items[kept++] = *change;
    changes->count = kept;
}

void change_replace(Arena *arena, ChangeVec *changes, uint32_t lo, uint32_t hi, Str text)
{
    change_forget(changes, lo, hi);
    change_put(arena, changes, lo, hi, text);
}

void change_respell(Arena *arena, ChangeVec *changes, uint32_t lo, uint32_t hi, Str text)
{
    size_t kept = 0;

    vec_each(change, changes) {
        bool inside = change->side == CHANGE_TEXT ? change->lo >= lo && change->hi <= hi
                                                  : change->lo > lo && change->lo < hi;
        if (change->side == CHANGE_CLASH || !inside)
            changes->items[kept++] = *change;
    }
    changes->count = kept;
    push(arena, changes, lo, hi, CHANGE_TEXT, text);
}

static int by_place(const void *left, const void *right)
{
    const Change *a = left, *b = right;

    if (a->lo != b->lo)
        return a->lo < b->lo ? -1 : 1;
    if (a->side != b->side)
        return a->side < b->side ? -1 : 1;
    if (a->side == CHANGE_OPENS)
        return a->order > b->order ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* A hole may be filled with a word. */
static bool is_wordlike(char c)
{
    return is_word_char(c) || c == SQL_HOLE;
}

/* What stands behind the edit: the next edit's text, or what was there before. */
static char behind(Str text, const EditVec *edits, size_t i)
{
    uint32_t hi = edits->items[i].hi;

    for (i++; i < edits->count && edits->items[i].lo == hi; hi = edits->items[i++].hi)
        if (edits->items[i].text.len)
            return edits->items[i].text.ptr[0];
    return hi < text.len ? text.ptr[hi] : ' ';
}

/* `iif(a, b, c)x`, `NOT(a)IN()`: a word in place of a parenthesis must not run into its neighbours. */
static void part_words(Arena *arena, Str text, EditVec *edits)
{
    for (size_t i = 0; i < edits->count; i++) {
        Edit *edit  = &edits->items[i];
        bool  first = i == 0 || edits->items[i - 1].hi < edit->lo;
        if (edit->text.len == 0)
            continue;
        bool runs_on = is_wordlike(edit->text.ptr[edit->text.len - 1]) && is_wordlike(behind(text, edits, i));
        bool follows = first && edit->lo > 0 && is_wordlike(edit->text.ptr[0]) && is_wordlike(text.ptr[edit->lo - 1]);
        if (runs_on || follows)
            edit->text = str_format(arena, "%s" STR_FORMAT "%s", follows ? " " : "", STR_ARG(edit->text),
                                    runs_on ? " " : "");
    }
}

/* Sorted, insertions at one place made one; false when two clash. */
static bool edits_of(Arena *arena, const ChangeVec *changes, EditVec *out)
{
    ChangeVec sorted = { 0 };
    uint32_t  end    = 0;

    vec_each(change, changes) {
        if (change->side == CHANGE_CLASH)
            return false;
        vec_push(arena, &sorted, *change);
    }
    vec_sort(&sorted, by_place);
    for (size_t i = 0; i < sorted.count; i++) {
        const Change *change = &sorted.items[i];
        if (change->side == CHANGE_TEXT) {
            if (change->lo < end)
                return false;
            vec_push(arena, out, ((Edit) { change->lo, change->hi, change->text }));
            end = change->hi;
            continue;
        }
        if (change->lo < end)
            return false;
        Buf text = buf_new(arena);
        for (; i < sorted.count && sorted.items[i].lo == change->lo
               && sorted.items[i].side != CHANGE_TEXT;
             i++)
            buf_add(&text, sorted.items[i].text);
        i--;
        vec_push(arena, out, ((Edit) { change->lo, change->lo, buf_str(&text) }));
    }
    return true;
}

Str change_render(Arena *arena, ChangeVec *changes, Str text, uint32_t lo, uint32_t hi)
{
    ChangeVec inside = { 0 };
    EditVec   edits  = { 0 };

    vec_each(change, changes) {
        if (!lies_within(change, lo, hi))
            continue;
        Change moved = *change;
        moved.lo -= lo;
        moved.hi -= lo;
        vec_push(arena, &inside, moved);
    }
    Str piece = str_slice(text, lo, hi);
    if (!edits_of(arena, &inside, &edits)) {
        push(arena, changes, lo, hi, CHANGE_CLASH, piece);
        return piece;
    }
    part_words(arena, piece, &edits);
    return edit_splice(arena, piece, &edits);
}

Str change_spelled(Arena *arena, ChangeVec *changes, Str text, uint32_t lo, uint32_t hi)
{
    ChangeVec own = { 0 };

    vec_each(change, changes)
        if (change->side == CHANGE_TEXT && lies_within(change, lo, hi))
            vec_push(arena, &own, *change);
    return change_render(arena, &own, text, lo, hi);
}

bool changes_finish(Arena *arena, const ChangeVec *changes, Str text, EditVec *out)
{
    EditVec edits = { 0 };

    if (!edits_of(arena, changes, &edits))
        return false;
    part_words(arena, text, &edits);
    *out = edits;
    return true;
}
