/* A test's own Python, as a project of one or several files. */
#ifndef TESTS_PYTHON_GIVEN_H
#define TESTS_PYTHON_GIVEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzers/python/project.h"

static inline int open_arena(void **state)
{
    *state = arena_open();
    return 0;
}

static inline int close_arena(void **state)
{
    arena_close(*state);
    return 0;
}

static inline void assert_text(Str got, const char *expected)
{
    if (!str_is(got, expected))
        fail_msg("got \"%.*s\", expected \"%s\"", STR_ARG(got), expected);
}

static inline Project *project_given(Arena *arena)
{
    Project *project = arena_new(arena, Project);
    project_init(arena, project);
    return project;
}

static inline const Module *add_bytes(Project *project, const char *path, Str text)
{
    Source source;
    Error  why = { "" };

    if (!source_from_bytes(project->arena, str_of(path), text, &source, &why)
        || !project_add(project, &source, &why))
        fail_msg("%s", why.message);
    return vec_last(&project->modules);
}

static inline const Module *add_module(Project *project, const char *path, const char *text)
{
    return add_bytes(project, path, str_of(text));
}

static inline const Module *module_given(Arena *arena, const char *text)
{
    return add_module(project_given(arena), "app.py", text);
}

/* The outermost node whose text is `text`, from `from` on; fails the test if there is none. */
static inline NodeId node_after(const Module *module, NodeId from, const char *text)
{
    for (NodeId id = from; id < module->tree.count; id++)
        if (tree_kind(&module->tree, id) != PY_COMMENT && str_is(tree_text(&module->tree, id), text))
            return id;
    fail_msg("there is no `%s` in %.*s", text, STR_ARG(module->source.path));
    return 0;
}

static inline NodeId node_of(const Module *module, const char *text)
{
    return node_after(module, 1, text);
}

/* The same among the nodes of one kind. */
static inline NodeId node_of_kind(const Module *module, Kind kind, const char *text)
{
    NodeId id = 1;

    while (tree_kind(&module->tree, id = node_after(module, id, text)) != kind)
        id++;
    return id;
}

/* The n-th identifier (from 1) spelled so. */
static inline NodeId name_of(const Module *module, const char *name, int nth)
{
    for (NodeId id = 1; id < module->tree.count; id++)
        if (tree_kind(&module->tree, id) == PY_IDENTIFIER && str_is(tree_text(&module->tree, id), name) && --nth == 0)
            return id;
    fail_msg("there is no such `%s`", name);
    return 0;
}

static inline void assert_kind(const Module *module, NodeId id, Kind kind)
{
    if (tree_kind(&module->tree, id) != kind)
        fail_msg("`%.*s` is %s, expected %s", STR_ARG(tree_text(&module->tree, id)),
                 kind_name(tree_kind(&module->tree, id)), kind_name(kind));
}

#endif
