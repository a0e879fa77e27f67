/*
 * A statement's text and its values as they are when the call runs, along every path to it.
 *
 * Filters are built in branches: `sql += " AND a = ?"; params.append(a)`. A walk over the function keeps, for
 * each path, the text that each local holds and the values that each list holds, in order; `return`, `raise`,
 * `break` cut, conditions on what is known (`if where:`) and on what does not change in between choose. What
 * the call then gets on one path is a shape. In all shapes every byte of the text knows its Python byte, and
 * every value the expression it comes from, so the k-th `?` of a shape is bound to its k-th value.
 *
 * Only locals of the function that calls are followed. Without `certain` the shapes are some of what there
 * may be.
 */
#ifndef ANALYZERS_FACTS_GROWTH_H
#define ANALYZERS_FACTS_GROWTH_H

#include "analyzers/facts/callsite.h"

enum { GROWTH_SHAPES = 64, GROWTH_STATES = 600 };

/* One value of a list, or (spread) all the items of a collection. */
typedef struct GrownItem {
    NodeId node;
    bool   is_spread;
} GrownItem;

typedef Vec(GrownItem) GrownItemVec;

typedef struct GrownShape {
    SqlText      text;
    GrownItemVec values;
    NodeIdVec    makers; /* what made the values: displays, append() and the like, sums, copies; in the order they run */
} GrownShape;

typedef struct Growth {
    Vec(GrownShape) shapes;
    bool certain;      /* every path was followed to its end */
    bool knows_values; /* what the call gives as values is a list that is followed, on every path; or it gives none */
    NodeIdVec loops; /* `for` statements whose turns add to text or values: in the shapes are none, one and two of them */
    PlaceVec touched; /* literals of the texts, makers of the values, constants: who touches one of them is ported with it */
    NodeIdVec lists;  /* uses of the lists that are not part of what was followed */
    NodeIdVec texts;  /* the same for the texts */
} Growth;

/* NULL if text and values stand at the call, so that there is nothing to follow. */
const Growth *growth_of(Arena *arena, const Model *model, const Callsite *call);

#endif
