/*
 * The Python files of a run, and how they import one another.
 *
 * A module is one parsed file with its scopes and imports. A dotted name finds its
 * module by path: the file whose path ends in it, the one nearest to the importer
 * if several do, so that `src/` layouts and namespace packages need no setting.
 */
#ifndef ANALYZERS_PYTHON_PROJECT_H
#define ANALYZERS_PYTHON_PROJECT_H

#include "analyzers/python/scope.h"

typedef struct Import {
    SymbolId symbol; /* what it binds; 0 for `from m import *` */
    NodeId   at;     /* the node of the imported name */
    NodeId   statement;
    Str      module; /* dotted, without leading dots */
    uint32_t level;  /* leading dots */
    Str      name;   /* imported from the module; empty for `import m`, "*" for all */
    bool     is_aliased; /* `import a.b as c` binds a.b, `import a.b` binds a */
} Import;

typedef struct Module {
    uint32_t id;
    Source   source;
    Tree     tree;
    Scopes   scopes;
    Vec(Import) imports;
} Module;

typedef Vec(Module *) ModuleVec;

typedef struct Project {
    Arena    *arena;
    ModuleVec modules; /* in the order added; Module.id is the index */
    Map       by_stem; /* last part of the dotted name, to ModuleVec* */
} Project;

void project_init(Arena *arena, Project *project);

/* Parses one file, of which nothing else is known yet: any number of them at once. Refuses only what tree_parse
 * refuses. */
bool module_parse(Arena *arena, const Source *source, Module **out, Error *why);

/* Puts a module into the project, and gives it its number there. */
void project_take(Project *project, Module *module);

/* The two in one. */
bool project_add(Project *project, const Source *source, Error *why);

/* The module that `from` means by `level` dots and `dotted`; NULL if it is not in the project. */
const Module *project_find(const Project *project, const Module *from, uint32_t level, Str dotted);

/* "package.module.Class.method" for a node, as reports print it. */
Str module_qualname(Arena *arena, const Module *module, NodeId node);

#endif
