/*
 * What the writers of DDL share; nobody outside of rewriters/schema includes it.
 *
 * A Writing is one schema under way. Findings are gathered with found() until the statement they
 * are about is written by emit(), which takes them along.
 */
#ifndef REWRITERS_SCHEMA_WRITING_H
#define REWRITERS_SCHEMA_WRITING_H

#include "analyzers/schema/bookkeeping.h"
#include "base/map.h"
#include "rewriters/schema/ddl.h"

typedef enum Fate { FATE_WAITING, FATE_WRITTEN, FATE_LEFT_OUT } Fate;

/* A foreign key that has to wait for a table written later. */
typedef struct LateKey {
    const CatalogTable      *table;
    const CatalogForeignKey *key;
} LateKey;

typedef Vec(LateKey) LateKeyVec;

typedef struct Writing {
    Arena         *arena;
    const Catalog *catalog;
    Ddl           *out;
    DdlFindingVec  findings; /* of the statement under way */
    Fate          *fates;    /* of catalog->tables */
    Map            fate_by_name;
    Map            relations; /* names of tables, views and indexes that are taken, small */
    LateKeyVec     late;
} Writing;

/* -- findings and statements (ddl.c) --------------------------------------------------------- */

/* Made one line, whatever the names in it hold. */
void found(Writing *w, const char *code, Str table, SchemaPlace place, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void emit(Writing *w, Str sql);
/* What became of the table; NULL if the catalog has none of this name. */
const Fate *fate_of(const Writing *w, Str table);

/* -- names (name.c) -------------------------------------------------------------------------- */

enum { NAME_LIMIT = 63 }; /* bytes; Postgres cuts longer ones there */

Str  pg_name(Writing *w, Str name); /* cut, and quoted where it has to be */
Str  pg_names(Writing *w, const StrVec *names);
bool name_is_long(Str name);
bool relation_take(Writing *w, Str name); /* false: something else is called so */
/* A name for an index or a constraint that makes one, free and short enough; told if it is new. */
Str relation_name(Writing *w, Str wanted, Str table, SchemaPlace place);

/* -- expressions (expression.c) -------------------------------------------------------------- */

typedef enum ExpressionUse {
    USE_CHECK,     /* a condition */
    USE_PREDICATE, /* a condition of an index: must not depend on settings */
    USE_KEY,       /* a value in an index: as well */
    USE_GENERATED, /* a value of a column: as well */
} ExpressionUse;

/*
 * The expression for Postgres; false, and a finding, if there is none. `what` says what it is
 * for in that finding: "CHECK", "index x".
 */
bool pg_expression(Writing *w, const CatalogTable *table, const SchemaExpr *expr, ExpressionUse use,
                   Str what, SchemaPlace place, Str *out);
/* A value that names no column, and its type. */
bool                 pg_constant(Writing *w, const SchemaExpr *expr, Str *out, PgType *type);
const CatalogColumn *column_meant(Writing *w, const CatalogTable *table, const SchemaExpr *expr,
                                  const Node *node); /* NULL: none, or no column */
Str  in_parentheses(Writing *w, Str expression);     /* as it is if it stands in one pair */
Str  one_line(Arena *arena, Str text);               /* without line ends and other controls */
bool is_json(Str text);                              /* json_text.c */

/* -- parts of a table ------------------------------------------------------------------------ */

PgType pg_type_in(const CatalogColumn *column); /* never PG_UNKNOWN */
bool   is_serial(const CatalogTable *table, const CatalogColumn *column);
Str    column_definition(Writing *w, const CatalogTable *table, const CatalogColumn *column);
/* " DEFAULT x", or empty and a finding if there was one that has no counterpart (default.c) */
Str  column_default(Writing *w, const CatalogTable *table, const CatalogColumn *column);
bool ignores_case(const CatalogColumn *column);

/* REFERENCES …; false, and a finding, if Postgres would not take it (foreign_key.c) */
bool references(Writing *w, const CatalogTable *table, const CatalogForeignKey *key, Str *out);
bool must_wait(Writing *w, const CatalogTable *table, const CatalogForeignKey *key);
void write_late_keys(Writing *w);

void write_table(Writing *w, const CatalogTable *table);   /* table.c */
void write_indexes(Writing *w, const CatalogTable *table); /* index.c */
/* The index that makes a key unique in any case, where a column of it is COLLATE NOCASE. */
void write_nocase_key(Writing *w, const CatalogTable *table, const StrVec *columns, Str name,
                      SchemaPlace place);
void write_views(Writing *w); /* view.c */
void tell_triggers(Writing *w);

#endif
