/*
 * One walk over a file, as flow.c and annotate.c share it: where it is, and the
 * ways to lay down a constraint from there.
 */
#ifndef ANALYZERS_PYTHON_WALK_H
#define ANALYZERS_PYTHON_WALK_H

#include "analyzers/python/slots.h"

typedef struct Walk {
    Model        *model;
    const Module *module;
    const Tree   *tree;
    uint32_t      types; /* looked at in the annotation at hand */
} Walk;

static inline Place here(const Walk *walk, NodeId node)
{
    return (Place) { walk->module->id, node };
}

static inline SlotId slot(Walk *walk, NodeId node)
{
    return slot_of_node(walk->model, walk->module, node);
}

static inline void flow(Walk *walk, SlotId source, ConstraintKind kind, SlotId dst, Str name, NodeId at)
{
    slot_flow(walk->model, source,
              (Constraint) { .kind = kind, .dst = dst, .name = name, .at = here(walk, at) });
}

static inline Str index_name(Walk *walk, uint32_t index)
{
    return str_format(walk->model->arena, "#%u", index);
}

/* Lets a parameter, a variable or a return hold what its annotation says. */
void annotate(Walk *walk, NodeId type, SlotId dst);

/* The annotation of a generator function tells what it yields: Iterator[Connection]. */
void annotate_yielded(Walk *walk, NodeId type, SlotId dst);

#endif
