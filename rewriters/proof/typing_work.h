/*
 * What the parts of the type check share; nobody outside of rewriters/proof includes it.
 *
 * A Level is a query (or an INSERT, UPDATE, DELETE) with the sources its names may mean and the level around it. Every
 * column that is met leaves a Use, and every aggregate marks those inside of it, so that a query that groups can say
 * in the end which columns stand where only groups do.
 */
#ifndef REWRITERS_PROOF_TYPING_WORK_H
#define REWRITERS_PROOF_TYPING_WORK_H

#include "rewriters/proof/server.h"
#include "rewriters/proof/typing.h"

typedef struct Column {
    Str        name; /* empty: what Postgres calls it is not known */
    ServerType type;
} Column;

/* The columns of a query. */
typedef struct Rows {
    Vec(Column) columns;
    bool complete; /* these are all there are */
    bool named;    /* none of the names is unknown */
} Rows;

typedef struct Relation {
    Str                 handle; /* alias, else name; empty when there is none */
    const CatalogTable *table;  /* NULL: of a query, or unknown */
    Rows                rows;   /* of a query */
    bool                known;  /* all of its columns are */
} Relation;

typedef struct CommonTable CommonTable;
struct CommonTable {
    CommonTable *next; /* before it, or further out */
    Str          name;
    Rows         rows;
};

/* Where in a query an expression stands. */
typedef enum Clause { CLAUSE_OTHER, CLAUSE_FROM, CLAUSE_WHERE, CLAUSE_GROUP, CLAUSE_RESULTS } Clause;

typedef struct Level Level;
struct Level {
    Level       *outer;
    uint32_t     depth;
    Vec(Relation) relations;
    CommonTable *tables;
    const Node  *core;    /* NODE_SELECT_CORE; or NULL */
    Clause       clause;
    bool         merges;  /* USING or NATURAL: a name may mean the column of two sources */
    bool         groups;  /* GROUP BY, HAVING, or an aggregate */
    bool         unsure;  /* whether it groups is not known, or by what */
};

typedef struct Use {
    const Node *node;
    Level      *level; /* whose column it is */
    uint32_t    relation; /* index in the level's */
    Str         name;
    Clause      clause; /* of that level */
    bool        aggregated;
} Use;

typedef struct Aggregate {
    const Node *node;
    Level      *level;
} Aggregate;

typedef struct TypeCheck {
    Arena         *arena;
    const Catalog *catalog;
    Str            text;
    Typing         out;
    bool           refused; /* the first refusal is the one that is told */
    bool           unsure;
    bool           misread; /* Postgres would read the text as another tree, or it is too much to look at */
    uint32_t       steps;   /* see spend() */
    Vec(Use) uses;
    Vec(Aggregate) aggregates;
    Vec(const Node *) strangers; /* columns that could not be found */
} TypeCheck;

/* -- saying (typing.c) ----------------------------------------------------------------------- */

void       refuse(TypeCheck *c, const Node *at, const char *sqlstate, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
ServerType unsure(TypeCheck *c); /* SERVER_UNSURE, and noted */
Str        name_in(TypeCheck *c, Span span);
/* One more node, column or comparison; false once there were too many: statements can multiply themselves. */
bool       spend(TypeCheck *c);

/* -- names (typing_names.c) ------------------------------------------------------------------ */

typedef struct Meant {
    Level     *level; /* NULL: not found, or not for sure */
    uint32_t   relation;
    Str        name;
    ServerType type;
    bool       ambiguous; /* two sources have it, for sure */
} Meant;

Level *level_new(TypeCheck *c, Level *outer, const Node *core);
Meant  meant_by(TypeCheck *c, Level *level, const Node *column);
/* The columns of a relation, in order; false: not all are known. */
bool   relation_columns(TypeCheck *c, const Relation *relation, Rows *out);
Relation relation_of_table(TypeCheck *c, Level *level, const Node *table);
ServerType server_type_of(const CatalogColumn *column);

/* -- expressions (typing_expression.c, typing_call.c) ---------------------------------------- */

ServerType type_of(TypeCheck *c, Level *level, const Node *node);
void       truth(TypeCheck *c, Level *level, const Node *node, const char *where); /* "WHERE", "AND" */
ServerType operate(TypeCheck *c, const Node *at, const char *name, ServerType left, ServerType right);
ServerType become_one(TypeCheck *c, const Node *at, const char *what, const ServerType *types, uint32_t count);
/* A literal that takes a type must be written as one of it: '' is no number and no time. */
void       read_as(TypeCheck *c, const Node *node, ServerType type);
ServerType call_type(TypeCheck *c, Level *level, const Node *node);
void       store_in(TypeCheck *c, const Node *at, Str column, ServerType target, ServerType type);

/* -- queries (typing_query.c, typing_group.c) ------------------------------------------------ */

typedef enum RowsUse {
    ROWS_SEEN,   /* literals without a type are text outside */
    ROWS_STORED, /* INSERT … SELECT: they take the type of the column */
} RowsUse;

Rows rows_of(TypeCheck *c, Level *outer, const Node *select, RowsUse use);
void common_tables(TypeCheck *c, Level *level, const Node *with);
void sources_of(TypeCheck *c, Level *level, const Node *from);
Rows items_of(TypeCheck *c, Level *level, const Node *items);
/* The columns met since `first` that a grouping query cannot show. */
void check_groups(TypeCheck *c, Level *level, const Node *group, const Node *results, size_t first);
void check_distinct_order(TypeCheck *c, Level *level, const Node *results, const Node *order);

/* Whether two expressions of a level are the same one to Postgres. */
bool same_expression(TypeCheck *c, Level *level, const Node *a, const Node *b);
/* The result a term of GROUP BY or ORDER BY stands for: `2`, or an alias; NULL if none. */
const Node *result_at(TypeCheck *c, const Node *results, const Node *term);
const Node *result_called(TypeCheck *c, const Node *results, Str name);

#endif
