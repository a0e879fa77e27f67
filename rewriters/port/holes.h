/*
 * What Python puts into a statement, where that can be told.
 *
 * Two kinds of hole are filled: a run of placeholders as long as a collection
 * (`IN ({",".join("?" * len(ids))})`), which becomes one expanding bind (TX-07b),
 * and a name that is always one of a few literals (`order = "DESC" if … else
 * "ASC"`), which gives one text for each. Every other hole stays a hole.
 */
#ifndef REWRITERS_PORT_HOLES_H
#define REWRITERS_PORT_HOLES_H

#include "analyzers/facts/callsite.h"

enum { HOLE_LITERALS = 4, HOLE_VARIANTS = 8 };

/* `IN (?, ?, …)` with as many placeholders as a collection has items. */
typedef struct InList {
    Str      name;       /* of the bind that takes its place */
    NodeId   collection; /* the expression whose items are bound, in the call's module */
    uint32_t lo, hi;     /* in the source: the parentheses and what is between them */
    uint32_t drop_lo, drop_hi; /* ` % …` or `.format(…)` that goes with it; empty range if none */
} InList;

typedef Vec(InList) InListVec;
typedef Vec(SqlText) SqlTextVec;

typedef struct Filled {
    SqlTextVec texts; /* all the texts the statement may have; at least one */
    InListVec  lists;
} Filled;

void holes_fill(Arena *arena, const Callsite *call, Filled *out);

#endif
