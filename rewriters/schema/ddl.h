/*
 * The schema of a SQLite database, as Postgres 15 is told it.
 *
 * ddl_of() goes through a catalog and decides, table by table, what Postgres is to have: names,
 * types, defaults, keys, indexes, views, in an order in which they load into an empty database
 * (tables after those they refer to, each with its indexes behind it, then the foreign keys that
 * close a cycle, then the views). Types are those of the catalog (CatalogColumn.type), so what is
 * translated against the catalog fits what is created here. What was decided is a description;
 * writers put it into words: ddl_text() as SQL, alembic_text() (alembic.h) as Python.
 *
 * Nothing vanishes. Whatever has no counterpart, was left out or means something else is a
 * finding, which stands at the statement it is about; a statement that could not be written is
 * DDL_NOTHING and its findings say why. Names, texts and places are borrowed from the catalog,
 * all else lives in the arena.
 *
 * Names in a description have no quotes, fit Postgres and are unlike one another where Postgres
 * wants it. Expressions are SQL; those of CHECK, indexes, generated columns and views are in words
 * that SQLite reads as well.
 */
#ifndef REWRITERS_SCHEMA_DDL_H
#define REWRITERS_SCHEMA_DDL_H

#include "analyzers/schema/catalog.h"

typedef struct DdlFinding {
    const char *code;  /* id of porting-semantics: "SC-18" */
    Str         table; /* or view, trigger; empty: of none */
    Str         message;
    SchemaPlace place; /* line 0: none */
    bool        is_needless; /* nothing is lost by what was done */
} DdlFinding;

typedef Vec(DdlFinding) DdlFindingVec;

typedef enum DefaultKind {
    DDL_DEFAULT_NONE,
    DDL_DEFAULT_EXPRESSION,
    DDL_DEFAULT_STRING, /* a literal of the column's type; `string` is what stands in the quotes */
    DDL_DEFAULT_TRUE,
    DDL_DEFAULT_FALSE,
    DDL_DEFAULT_NOW, /* CURRENT_TIMESTAMP on SQLite */
} DefaultKind;

typedef struct DdlDefault {
    DefaultKind kind;
    Str         text;   /* as Postgres reads it; empty: there is none */
    Str         lite;   /* as SQLite reads it; empty: the same */
    Str         string;
} DdlDefault;

typedef struct DdlColumn {
    Str        name;
    PgType     type;      /* never PG_UNKNOWN */
    Str        places;    /* of a NUMERIC: "10", "10, 2"; or empty */
    bool       is_serial; /* a BIGSERIAL: counted by a sequence of its own */
    Str        sequence;  /* what that is called; empty: as Postgres calls it by itself */
    bool       is_rowid;  /* SQLite's INTEGER PRIMARY KEY */
    bool       autoincrement;
    bool       in_key;    /* of the primary key, which makes it NOT NULL */
    bool       not_null;
    Str        collation; /* SQLite's, other than BINARY; or empty */
    Str        generated; /* the expression, stored; or empty */
    DdlDefault default_;
} DdlColumn;

typedef Vec(DdlColumn) DdlColumnVec;

typedef enum ConstraintKind {
    DDL_PRIMARY_KEY,
    DDL_UNIQUE,
    DDL_CHECK,
    DDL_REFERENCES,
} ConstraintKind;

#define OF_THE_TABLE SIZE_MAX

typedef struct DdlConstraint {
    ConstraintKind kind;
    Str            name;   /* empty: Postgres finds one */
    size_t         column; /* which of the table it stands with, or OF_THE_TABLE */
    StrVec         columns;
    Str            condition; /* of a CHECK, in parentheses */
    Str            table;     /* of a foreign key: what it refers to */
    StrVec         to;
    NodeOp         on_delete, on_update; /* OP_CASCADE …, or OP_NONE */
    bool           deferrable, initially_deferred;
    bool           is_late; /* added by a DDL_FOREIGN_KEY; SQLite takes it with the table */
    bool           is_left_out;
    SchemaPlace    place;
} DdlConstraint;

typedef Vec(DdlConstraint) DdlConstraintVec;

typedef struct DdlTable {
    Str              name;
    DdlColumnVec     columns;
    DdlConstraintVec constraints; /* the primary key first, if there is one */
    bool             without_rowid;
} DdlTable;

typedef struct DdlTerm {
    Str  column; /* empty: an expression … */
    Str  expression; /* … as it stands in an index */
    bool is_descending;
} DdlTerm;

typedef Vec(DdlTerm) DdlTermVec;

typedef struct DdlIndex {
    Str        name, table;
    bool       is_unique;
    DdlTermVec terms;
    Str        where; /* or empty */
} DdlIndex;

typedef struct DdlView {
    Str    name;
    StrVec columns; /* empty: those of the query */
    Str    query;
} DdlView;

typedef enum DdlKind {
    DDL_NOTHING,
    DDL_TABLE,
    DDL_INDEX,
    DDL_FOREIGN_KEY, /* `table` gets the constraint number `at` */
    DDL_SEQUENCE,    /* `table`'s column number `at` has one that needs a name of its own: … */
    DDL_SEQUENCE_OWNER, /* … made before the table, tied to it after */
    DDL_VIEW,
} DdlKind;

typedef struct DdlStatement {
    DdlKind         kind;
    const DdlTable *table;
    size_t          at;
    const DdlIndex *index;
    const DdlView  *view;
    Str             sql; /* without semicolon; empty: DDL_NOTHING */
    DdlFindingVec   findings;
} DdlStatement;

typedef Vec(DdlStatement) DdlStatementVec;

typedef struct Ddl {
    DdlStatementVec statements;
} Ddl;

/* `notes` are those of reading the catalog; they become findings. */
Ddl ddl_of(Arena *arena, const Catalog *catalog, const CatalogNoteVec *notes);

/* As a script: findings are `-- lite2pg: CODE message` before what they are about. */
Str ddl_text(Arena *arena, const Ddl *ddl);

#endif
