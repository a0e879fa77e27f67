/*
 * Changes under way.
 *
 * An expression is wrapped from the inside out, so two insertions at one place have an order:
 * what opens first opened last, what closes first closed first. When all is done,
 * changes_finish() makes edits of them. Until then a piece of the text can be rendered as it
 * stands, to be said again elsewhere, and a piece can be replaced as a whole, which forgets what
 * was planned inside it.
 */
#ifndef REWRITERS_SQL_CHANGE_H
#define REWRITERS_SQL_CHANGE_H

#include "rewriters/edit/edit.h"

typedef enum ChangeSide { CHANGE_CLOSES, CHANGE_OPENS, CHANGE_TEXT, CHANGE_CLASH } ChangeSide;

typedef struct Change {
    uint32_t   lo, hi;
    ChangeSide side;
    uint32_t   order; /* of its making */
    Str        text;
} Change;

typedef Vec(Change) ChangeVec;

void change_open(Arena *arena, ChangeVec *changes, uint32_t at, Str text);  /* before what begins */
void change_close(Arena *arena, ChangeVec *changes, uint32_t at, Str text); /* behind what ends */
/* In place of the bytes, which nothing else has changed; blanks that were put between them go. */
void change_put(Arena *arena, ChangeVec *changes, uint32_t lo, uint32_t hi, Str text);
/* In place of the bytes and of all that was planned within. */
void change_replace(Arena *arena, ChangeVec *changes, uint32_t lo, uint32_t hi, Str text);
bool change_swallows(const ChangeVec *changes, uint32_t lo, uint32_t hi); /* are they within something replaced? */
/* In place of a name and of what was planned for its own text; what was put around it, or around more, stays. */
void change_respell(Arena *arena, ChangeVec *changes, uint32_t lo, uint32_t hi, Str text);
/* The name as it will be, without what was put around it. */
Str  change_spelled(Arena *arena, ChangeVec *changes, Str text, uint32_t lo, uint32_t hi);
void change_forget(ChangeVec *changes, uint32_t lo, uint32_t hi);
/* The bytes as they will be. Where two changes of them clash nothing is, and changes_finish() will say so. */
Str  change_render(Arena *arena, ChangeVec *changes, Str text, uint32_t lo, uint32_t hi);

/* False, and `out` empty, when two of them cannot both be. */
bool changes_finish(Arena *arena, const ChangeVec *changes, Str text, EditVec *out);

#endif
