/* A test's own Python, linked: model, callsites, units. */
#ifndef TESTS_FACTS_LINKED_H
#define TESTS_FACTS_LINKED_H

#include "tests/python/given.h"

#include "analyzers/facts/unit.h"

typedef struct Linked {
    Arena        *arena;
    const Module *module; /* the first */
    const Model  *model;
    CallsiteVec   calls;
    Units         units;
} Linked;

static inline Linked *link_project(Project *project)
{
    Linked *out = arena_new(project->arena, Linked);

    out->arena  = project->arena;
    out->module = project->modules.items[0];
    out->model  = model_build(project->arena, project);
    out->calls  = callsites_find(&(Workers) { 1, { project->arena } }, out->model);
    units_build(project->arena, out->model, &out->calls, &out->units);
    return out;
}

static inline Linked *link_text(Arena *arena, const char *text)
{
    Project *project = project_given(arena);

    add_module(project, "app.py", text);
    return link_project(project);
}

/* The n-th callsite (from 1) of a method. */
static inline const Callsite *call_of(const Linked *linked, Method method, int nth)
{
    vec_each(site, &linked->calls)
        if (site->method == method && --nth == 0)
            return site;
    fail_msg("there is no such %s()", method_name(method));
    return NULL;
}

#endif
