/*
 * What Python puts into a statement, where that can be told.
 *
 * Two kinds of hole are filled: a run of placeholders as long as a collection
 * (`IN ({",".join("?" * len(ids))})`), which becomes one expanding bind (TX-07b), or a run of names
 * where the list is not always there,
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
    NodeId   run;        /* the expression that makes the placeholders */
    bool     is_values;  /* it does not stand behind IN */
    NodeId   item;       /* of `", ".join(f"{k} = ?" for k in d)`: the literal with the placeholder; else 0 … */
    uint32_t mark;       /* … where that stands in the source, … */
    NodeId   clause;     /* … and the `for` of the run */
    Str      numbered;   /* if it stays a run, of `:ids_0, :ids_1, …`: what they begin with; else empty */
} InList;

typedef Vec(InList) InListVec;

typedef struct Filled {
    SqlTextVec texts; /* all the texts the statement may have; at least one */
    InListVec  lists;
} Filled;

/* `d`, `d.keys()`, `d.values()`: whether two expressions have the same items, one for one. */
bool same_collection(const Tree *tree, NodeId a, NodeId b);

/* The runs of placeholders alone; `numbered`: they stay runs, so that they may be there or not. */
void holes_fill_lists(Arena *arena, const Module *module, SqlText *sql, bool numbered, InListVec *lists);

void holes_fill(Arena *arena, const Callsite *call, Filled *out);

#endif
