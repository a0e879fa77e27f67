/*
 * Which statement a cursor's reader sees.
 *
 * A cursor is used for one statement after another; what `cur.fetchone()` reads
 * is decided by the last execute before it, on each path. One walk over a
 * function's statements (branches joined, loops taken twice, `return`, `raise`,
 * `break` and `continue` cutting) tells for each use of the variable the set of
 * executes it may follow. A use that nothing leads to has neither executes nor
 * `may_be_none`; one inside a nested function, which runs who knows when, has too
 * many. Giving the variable another value forgets what ran before.
 */
#ifndef ANALYZERS_FACTS_REACH_H
#define ANALYZERS_FACTS_REACH_H

#include "analyzers/facts/callsite.h"

enum { REACH_LIMIT = 16 };

typedef struct Reach {
    NodeId   use;                 /* an identifier node of the variable */
    uint32_t count;               /* executes that may come before; REACH_LIMIT + 1: too many */
    NodeId   executes[REACH_LIMIT]; /* the call nodes */
    bool     may_be_none;         /* or none at all */
} Reach;

typedef Vec(Reach) ReachVec;

/*
 * For a variable of a function that holds a cursor: every use of it, with the
 * executes among `executes` (call nodes whose receiver is the variable) before it.
 */
ReachVec reach_of(Arena *arena, const Module *module, NodeId function, SymbolId variable,
                  const NodeIdVec *executes);

/* The same for an attribute that holds a cursor, as it is written in this function: `self.cur`. What other functions
 * do to it while this one runs is not seen here. */
ReachVec reach_of_path(Arena *arena, const Module *module, NodeId function, Str path, const NodeIdVec *executes);

/* Whether an attribute is assigned here, be it alone or with others. */
bool attribute_is_bound(const Tree *tree, NodeId attribute);

#endif
