/*
 * The search for calls, as callsite.c (calls on database objects) and wrapper.c
 * (calls of functions that hand their SQL on) share it.
 */
#ifndef ANALYZERS_FACTS_FINDER_H
#define ANALYZERS_FACTS_FINDER_H

#include "analyzers/facts/callsite.h"

typedef struct Finder {
    Arena       *arena;
    const Model *model;
    CallsiteVec  found;
    uint32_t   **is_found; /* for each module, by call node: its place in `found`, from 1 */
    bool       **is_grown; /* for each module, by symbol; NULL until its calls are read */
} Finder;

void finder_keep(Finder *finder, const Callsite *site);

/* The argument of a call at a position, or of a keyword; 0 if there is none, or a star before it. */
NodeId argument_at(const Tree *tree, NodeId call, uint32_t index, const char *keyword);
bool   has_star(const Tree *tree, NodeId call);

/* Whether the statement of a call whose receiver is not certain is another database's. */
bool speaks_of_others(const Finder *finder, const Callsite *site);

/* Reads the argument that is the statement's values into site->params. */
void read_params(Finder *finder, Callsite *site, uint32_t index, const char *keyword);

/* Adds the calls of functions that pass a parameter on as SQL, to calls that are found already. */
void wrapper_calls_find(Finder *finder); /* wrapper.c */

#endif
