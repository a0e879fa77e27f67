/*
 * Running a revision: its module, then `upgrade`, as one of the two databases would have it run.
 *
 * Straight lines, functions of the same file, loops over what is written out and conditions that the text decides
 * (the dialect, above all) are followed. A condition that only a database could decide is taken to hold, and not to
 * hold: what adds is added, what takes away is left out, and a note says so; so does one for everything else that
 * was not followed. Each note once.
 */
#ifndef ANALYZERS_MIGRATIONS_RUN_H
#define ANALYZERS_MIGRATIONS_RUN_H

#include "analyzers/migrations/term.h"
#include "analyzers/schema/catalog.h"

typedef enum Dialect { DIALECT_SQLITE, DIALECT_POSTGRES } Dialect;

enum {
    RUN_STEPS = 20000, /* statements and calls of one revision */
    RUN_DEPTH = 40,    /* functions and blocks in one another */
    RUN_TERMS = 1000000, /* expressions of one revision */
};

typedef struct Scope Scope;

/* A name that was bound below a condition: what it stands for after it is not known. */
typedef struct LateName {
    Scope *scope;
    Str    name;
} LateName;

/* Children that are neither comments nor operators. */
#define tree_each_item(item, tree, id)                                                            \
    tree_each_child(item, (tree), (id))                                                           \
        if (tree_kind((tree), item) != PY_COMMENT && tree_kind((tree), item) != PY_TOKEN)

typedef struct Run {
    Arena       *arena;
    Catalog     *catalog;
    const Tree  *tree;
    Dialect      dialect;
    Scope       *scope;
    Scope       *module;
    const Term  *returned;
    Vec(LateName) late;
    size_t       steps, terms;
    unsigned     depth;
    bool         is_maybe;  /* below a condition that is not known */
    bool         is_module; /* nothing is done to the catalog yet */
} Run;

Run run_of(Arena *arena, Catalog *catalog, const Tree *tree, Dialect dialect);

/* The module's own statements. Calls on `op` among them do nothing. */
void run_module(Run *run);

/* What a name of the module stands for; NULL if it has none. */
const Term *run_name(const Run *run, const char *name);

/* `upgrade()`, if there is one. */
void run_upgrade(Run *run);

/* What an expression comes to, with all it does on the way. */
const Term *run_term(Run *run, NodeId expression); /* expression.c */

/* A list, a dict or an object that is changed in a way that is not followed. */
void run_change(const Term *term);

/* Calls a function of the file. */
const Term *run_function(Run *run, const Term *call);

const Term *run_find(const Run *run, Str name);
void        run_bind(Run *run, NodeId target, const Term *term);

/* Does what a call on `op` says to the catalog. True if the call was one that changes tables, or nothing. */
bool run_operation(Run *run, const Term *call); /* operation.c */

/* A note about something in the revision. */
void run_tell(Run *run, NodeId at, Str message);
SchemaPlace run_place(const Run *run, NodeId at);

#endif
