/*
 * Choosing fixes that can live together.
 *
 * Rules and ports propose fixes without knowing of one another. compose() goes through
 * the proposals of one file in the order given and keeps each fix whose edits stay clear
 * of everything kept so far. A fix is kept whole or not at all. An edit that two fixes
 * have in common, to the byte, is no clash: it is made once, for both.
 *
 * What is left out is named in `deferred`, never dropped in silence: the next round sees
 * the rewritten file and may well accept it.
 */
#ifndef REWRITERS_EDIT_COMPOSE_H
#define REWRITERS_EDIT_COMPOSE_H

#include "rewriters/edit/edit.h"

typedef struct Fix {
    Str     id;    /* who proposes it: a rule, or a unit */
    EditVec edits; /* in any order, clear of one another */
    void   *owner; /* the proposer's own; not looked at here */
} Fix;

typedef Vec(Fix *) FixVec;

typedef struct Composition {
    EditVec edits; /* in order: ready for edit_splice() */
    FixVec  kept;
    FixVec  deferred;
} Composition;

Composition compose(Arena *arena, const FixVec *proposals);

/* For each deferred fix: the kept one that stands in its way, or NULL if none does. */
const Fix *compose_obstacle(const Composition *composition, const Fix *deferred);

#endif
