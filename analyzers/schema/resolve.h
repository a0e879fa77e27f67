/*
 * Which column of the catalog a name in a statement means.
 *
 * SQLite's rules: a qualifier names a source of the nearest scope that has it;
 * a bare name is looked up in the sources of the scope, then in the scopes
 * around it. Columns are followed through subqueries and common table
 * expressions to the table they come from, as long as nothing is done to them.
 * A table the catalog does not know could have any column, so wherever one is
 * in the way the answer is RESOLVED_UNKNOWN: nothing here is a guess.
 */
#ifndef ANALYZERS_SCHEMA_RESOLVE_H
#define ANALYZERS_SCHEMA_RESOLVE_H

#include "analyzers/schema/catalog.h"
#include "analyzers/sql/statement.h"

typedef enum ResolveStatus {
    RESOLVED_UNKNOWN,   /* not enough is known */
    RESOLVED_COLUMN,    /* `table`, `column` */
    RESOLVED_ROWID,     /* rowid of `table`, which has no column for it */
    RESOLVED_COMPUTED,  /* a result of a subquery that is no plain column */
    RESOLVED_ABSENT,    /* all tables are known and none has it: "x" is then a string (SQL-11) */
    RESOLVED_AMBIGUOUS, /* more than one source has it */
} ResolveStatus;

typedef struct Resolved {
    ResolveStatus        status;
    const CatalogTable  *table;
    const CatalogColumn *column;
    Str                  name;     /* as the source spells it: the table, or a subquery's result */
    PgType               type;     /* PG_UNKNOWN unless RESOLVED_COLUMN or RESOLVED_ROWID */
    bool                 nullable; /* by its definition, or by an outer join */
} Resolved;

/* A NODE_COLUMN of the statement. */
Resolved resolve_column(Arena *arena, const Catalog *catalog, const Statement *statement,
                        const Node *column);

/* The column a bind meets (Bind.column, or its place in an INSERT without a list of columns). */
Resolved resolve_bind(Arena *arena, const Catalog *catalog, const Statement *statement,
                      const Bind *bind);

/* The same through all that keeps a column what it is: parentheses, COLLATE, a lone subquery. */
Resolved resolve_expression(Arena *arena, const Catalog *catalog, const Statement *statement,
                            const Node *expression);

typedef struct ResolvedResult {
    Str               key;  /* as sqlite3.Row spells it; empty if unknown */
    const ResultItem *item; /* the item (a star stands behind several results) */
    Resolved          column;
} ResolvedResult;

typedef Vec(ResolvedResult) ResolvedResultVec;

/* The columns of the statement's rows, stars expanded. False: a star or a hole leaves some out. */
bool resolve_results(Arena *arena, const Catalog *catalog, const Statement *statement,
                     ResolvedResultVec *out);

/* The table a source of the statement is, or NULL (unknown, a subquery, a function). */
const CatalogTable *resolve_source(const Catalog *catalog, const SqlSource *source);

#endif
