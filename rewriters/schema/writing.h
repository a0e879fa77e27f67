/*
 * What those who decide about DDL share; nobody outside of rewriters/schema includes it.
 *
 * A Writing is one schema under way. Findings are gathered with found() until the statement they
 * are about is put in its place by emit(), which takes them along.
 */
#ifndef REWRITERS_SCHEMA_WRITING_H
#define REWRITERS_SCHEMA_WRITING_H

#include "base/map.h"
#include "rewriters/schema/ddl.h"
#include "rewriters/sql/naming.h"

typedef enum Fate { FATE_WAITING, FATE_WRITTEN, FATE_LEFT_OUT } Fate;

/* A table of the catalog, and what becomes of it. */
typedef struct Passage {
    Fate      fate;
    Str       name;    /* what Postgres calls it */
    Str      *columns; /* what it calls them, by their place */
    DdlTable *made;    /* once it is written */
} Passage;

/* A foreign key that has to wait for a table written later. */
typedef struct LateKey {
    const CatalogTable      *table;
    const CatalogForeignKey *key;
    size_t                   at; /* of the constraints of the table made */
} LateKey;

typedef Vec(LateKey) LateKeyVec;

typedef struct Writing {
    Arena         *arena;
    const Catalog *catalog;
    Ddl           *out;
    DdlFindingVec  findings; /* of the statement under way */
    Passage       *passages; /* of catalog->tables */
    Map            passage_by_name;
    Map            relations; /* names of tables, views, indexes, sequences that are taken, small */
    LateKeyVec     late;
} Writing;

/* -- findings and statements (ddl.c) --------------------------------------------------------- */

/* Made one line, whatever the names in it hold. */
void found(Writing *w, const char *code, Str table, SchemaPlace place, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void emit(Writing *w, DdlStatement statement);
void emit_nothing(Writing *w); /* findings alone */
/* NULL if the catalog has none of this name. */
Passage *passage_of(const Writing *w, Str table);
/* The table is not written, and a finding says why. */
void leave_out(Writing *w, const CatalogTable *table, const char *code, Str why);

/* -- names (name.c) -------------------------------------------------------------------------- */

/* What tables, views and columns are called says naming_of(); this tells what is not called as it was. */
void tell_names(Writing *w, const CatalogTable *table);

Str    column_called(const Writing *w, const CatalogTable *table, const CatalogColumn *column);
StrVec columns_called(const Writing *w, const CatalogTable *table, const StrVec *names);
/* Not only cut: statements that say its old name mean something else, or nothing. */
bool table_is_renamed(const Writing *w, const CatalogTable *table);
bool column_is_renamed(const Writing *w, const CatalogTable *table, const CatalogColumn *column);

/* A name for an index or a constraint that makes one, free and short enough; told if it is new. */
Str relation_name(Writing *w, Str wanted, Str table, SchemaPlace place);
/*
 * What Postgres will call the index or sequence behind a table's columns (`t_a_key`), taken; where
 * something else is or will be called so, a free name that has to be said, else an empty Str.
 */
Str usual_name(Arena *arena, Str table, const StrVec *columns, const char *label);
Str name_to_say(Writing *w, Str usual);

/* -- expressions (expression.c) -------------------------------------------------------------- */

typedef enum ExpressionUse {
    USE_CHECK,     /* a condition */
    USE_PREDICATE, /* a condition of an index: must not depend on settings */
    USE_KEY,       /* pg_key(): as well */
    USE_GENERATED, /* pg_generated(): as well */
} ExpressionUse;

/*
 * The expression for Postgres; false, and a finding, if there is none. `what` says what it is
 * for in that finding: "CHECK", "index x".
 */
bool pg_expression(Writing *w, const CatalogTable *table, const SchemaExpr *expr, ExpressionUse use,
                   Str what, SchemaPlace place, Str *out);
/* A value in an index, and its type, which may be unknown; else as above. */
bool pg_key(Writing *w, const CatalogTable *table, const SchemaExpr *expr, Str what,
            SchemaPlace place, Str *out, PgType *type);
/* What a generated column holds, as a value of its type; else as above. */
bool pg_generated(Writing *w, const CatalogTable *table, const CatalogColumn *column, Str *out);
/* A value that names no column, and its type. */
bool                 pg_constant(Writing *w, const SchemaExpr *expr, Str *out, PgType *type);
const CatalogColumn *column_meant(Writing *w, const CatalogTable *table, const SchemaExpr *expr,
                                  const Node *node); /* NULL: none, or no column */
Str  in_parentheses(Writing *w, Str expression);     /* as it is if it stands in one pair */
Str  shown(Writing *w, const SchemaExpr *expr); /* on one line, for a finding, and not too long */
Str  one_line(Arena *arena, Str text);               /* without line ends and other controls */
bool is_json(Str text);                              /* json_text.c */

/* -- parts of a table ------------------------------------------------------------------------ */

PgType    pg_type_in(const CatalogColumn *column); /* never PG_UNKNOWN */
bool      is_serial(const CatalogTable *table, const CatalogColumn *column);
DdlColumn column_for(Writing *w, const CatalogTable *table, const CatalogColumn *column);
/* DDL_DEFAULT_NONE, and a finding, if there is one that has no counterpart (default.c) */
DdlDefault column_default(Writing *w, const CatalogTable *table, const CatalogColumn *column);
bool       ignores_case(const CatalogColumn *column);

/* 'it''s' */
static inline Str sql_string(Arena *arena, Str text)
{
    return sql_quote(arena, text, '\'');
}

/* Fills in where the key leads; false, and a finding, if Postgres would not take it (foreign_key.c) */
bool refer(Writing *w, const CatalogTable *table, const CatalogForeignKey *key, DdlConstraint *out);
bool must_wait(Writing *w, const CatalogTable *table, const CatalogForeignKey *key);
void write_late_keys(Writing *w);

void write_table(Writing *w, const CatalogTable *table);   /* table.c */
void write_indexes(Writing *w, const CatalogTable *table); /* index.c */
/* The index that makes a key unique in any case, where a column of it is COLLATE NOCASE. */
void write_nocase_key(Writing *w, const CatalogTable *table, const StrVec *columns, Str name,
                      SchemaPlace place);
void write_views(Writing *w); /* view.c */
void tell_triggers(Writing *w);

/* -- putting it into words (sql_text.c) ------------------------------------------------------ */

Str         statement_sql(Arena *arena, const DdlStatement *statement);
Str         constraint_sql(Arena *arena, const DdlConstraint *constraint);
Str         term_sql(Arena *arena, const DdlTerm *term);
const char *action_word(NodeOp op); /* "CASCADE"; NULL: none is said */

#endif
