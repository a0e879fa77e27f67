/*
 * Which tables the names of an expression can mean.
 *
 * Every part of a statement with tables of its own (a SELECT's FROM, the target
 * of an INSERT, UPDATE or DELETE, the table of a trigger, of an index, of a
 * CREATE TABLE) has a Scope: its sources in the order written, and the scope
 * around it, where a correlated subquery looks next. No catalog is asked here:
 * a source tells what it is called and what stands behind the name.
 */
#ifndef ANALYZERS_SQL_SCOPE_H
#define ANALYZERS_SQL_SCOPE_H

#include "analyzers/sql/ast.h"

typedef enum SourceKind {
    SOURCE_TABLE,    /* a table or view of the schema: `table` */
    SOURCE_SELECT,   /* a subquery or a common table expression: `select` */
    SOURCE_FUNCTION, /* a table-valued function */
    SOURCE_UNKNOWN,  /* a hole */
} SourceKind;

typedef struct SqlSource {
    SourceKind  kind;
    const Node *node;     /* NODE_TABLE, NODE_FROM_SELECT; a target; a use of a CTE (NODE_TABLE) */
    Str         handle;   /* what it is called here: its alias, else its name; empty if nothing */
    Str         table;    /* its name in the schema (SOURCE_TABLE); the function's name */
    Str         schema;   /* `main` in main.t, as written */
    const Node *select;   /* SOURCE_SELECT: NODE_SELECT or NODE_FRAGMENT; NULL if broken */
    const Node *columns;  /* of a CTE: its NODE_COLUMNS, or NULL */
    bool        nullable; /* an outer join may fill it with NULLs */
    bool        by_name_only; /* `excluded`, `new`, `old`: only where it is named */
} SqlSource;

typedef Vec(SqlSource) SqlSourceVec;

typedef struct SqlScope SqlScope;
struct SqlScope {
    const Node     *owner; /* NODE_SELECT_CORE, NODE_INSERT, …, NODE_FRAGMENT */
    const SqlScope *outer; /* NULL at the top */
    SqlSourceVec    sources;
    bool            certain; /* no hole among the sources */
};

typedef Vec(SqlScope *) SqlScopeVec;

/* All scopes of a statement, outer ones before inner ones. */
SqlScopeVec scopes_of(Arena *arena, Str text, const Node *root);

/*
 * The scope an expression at `node` looks its names up in; NULL where it has
 * none. ORDER BY and LIMIT of a select see the tables of its first core.
 */
const SqlScope *scope_of(const SqlScopeVec *scopes, const Node *node);

/* The source a qualifier names, here or further out (any case); NULL if none does. */
const SqlSource *scope_source(const SqlScope *scope, Str handle);

/* The common table expression that `table` (unqualified) means, or NULL. */
const Node *cte_of(Arena *arena, Str text, const Node *table);

#endif
