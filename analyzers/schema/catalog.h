/*
 * The tables a program works with, as its SQL defines them.
 *
 * A Catalog is filled from text, file by file in the order of migrations:
 * CREATE, ALTER and DROP are applied one after the other, everything else is
 * passed by. Nothing in the text is an error: what cannot be read, or is said
 * twice in different ways, leaves a note and the catalog goes on. A table that
 * two texts define has the columns of both; a column that only one of them knows
 * may be NULL.
 *
 * Names are as written, without quotes; they are looked up in any case. The
 * catalog and everything in it live in the arena of the catalog_add_… calls (one
 * arena for all of them) and borrow the texts given. Pointers to tables stay good;
 * pointers to columns until the next call that adds to the catalog.
 */
#ifndef ANALYZERS_SCHEMA_CATALOG_H
#define ANALYZERS_SCHEMA_CATALOG_H

#include "analyzers/intake/discover.h" /* NoteVec */
#include "analyzers/schema/signal.h"
#include "analyzers/schema/types.h"
#include "analyzers/sql/ast.h"
#include "base/map.h"

/* A piece of the definition that is an expression, with the text its tree is over. */
typedef struct SchemaExpr {
    const Node *node; /* NULL: there is none */
    Str         text; /* the whole text: node_text(expr.text, expr.node) */
} SchemaExpr;

/* What the rows of a database hold in a column; see column_contents.h. */
typedef struct ColumnContents        ColumnContents;
typedef Vec(const ColumnContents *) ColumnContentsVec;

typedef enum Generated { GENERATED_NO, GENERATED_VIRTUAL, GENERATED_STORED } Generated;

struct CatalogColumn {
    Str        name;
    Str        declared; /* as written, with (n); empty if there is none */
    Affinity   affinity;
    bool       not_null; /* said so; see column_is_nullable() */
    NodeOp     not_null_conflict; /* its ON CONFLICT x, or OP_NONE */
    SchemaExpr default_; /* the value: a literal, or a NODE_PAREN */
    uint32_t   pk;       /* place in the primary key, from 1; 0: not in it */
    bool       autoincrement;
    bool       rowid_alias; /* INTEGER PRIMARY KEY: SQLite fills it */
    bool       unique;      /* alone, by a constraint, the primary key or a full unique index */
    Str        collation;   /* or empty */
    Generated  generated;
    SchemaExpr generated_as;
    bool       is_partial; /* only one of several definitions of the table knows it */
    Meaning    meaning;
    PgType     type;     /* on Postgres */
    Str        postgres; /* what migrations that make the table there say it is; empty: none do */
    SchemaPlace postgres_place; /* where they say so */
    SignalVec  signals;  /* what was seen of it elsewhere; see signal.h */
    ColumnContentsVec contents; /* of the databases that were read */
    SchemaPlace place;
};

typedef Vec(CatalogColumn) CatalogColumnVec;

typedef struct CatalogKey { /* PRIMARY KEY, UNIQUE */
    Str         name; /* of the constraint, or empty */
    StrVec      columns;
    bool        is_primary;
    bool        has_desc; /* a column of it stands in descending order */
    NodeOp      conflict; /* ON CONFLICT x, or OP_NONE */
    SchemaPlace place;
} CatalogKey;

typedef Vec(CatalogKey) CatalogKeyVec;

typedef struct CatalogForeignKey {
    Str         name; /* of the constraint, or empty */
    StrVec      columns;
    Str         table;
    StrVec      to; /* empty: the primary key */
    NodeOp      on_delete, on_update; /* OP_CASCADE …, or OP_NONE */
    bool        deferrable, initially_deferred;
    SchemaPlace place;
} CatalogForeignKey;

typedef Vec(CatalogForeignKey) CatalogForeignKeyVec;

typedef struct CatalogCheck {
    Str         name;   /* of the constraint, or empty */
    Str         column; /* whose definition it stands in, or empty */
    SchemaExpr  expr;   /* NODE_PAREN */
    SchemaPlace place;
} CatalogCheck;

typedef Vec(CatalogCheck) CatalogCheckVec;

typedef struct CatalogIndex {
    Str         name;
    bool        unique;
    StrVec      columns;       /* of its terms; an empty Str for an expression */
    bool        has_expression;
    SchemaExpr  where;         /* of a partial index */
    SchemaExpr  definition;    /* NODE_CREATE_INDEX */
    SchemaPlace place;
} CatalogIndex;

typedef Vec(CatalogIndex) CatalogIndexVec;

typedef enum TableKind { TABLE_PLAIN, TABLE_VIEW, TABLE_VIRTUAL } TableKind;

struct CatalogTable {
    Str                  name;
    TableKind            kind;
    bool                 is_temp;
    bool                 without_rowid;
    bool                 strict;
    bool                 columns_known; /* false: a view, CREATE TABLE … AS what is calculated, a hole, a module */
    CatalogColumnVec     columns;
    CatalogKeyVec        keys; /* the primary key first, if there is one */
    CatalogForeignKeyVec foreign_keys;
    CatalogCheckVec      checks;
    CatalogIndexVec      indexes;
    Str                  module;     /* of a virtual table */
    SchemaExpr           definition; /* NODE_CREATE_TABLE, _VIEW, _VIRTUAL_TABLE: the first one */
    SchemaPlace          place;
    bool                 has_triggers;
    bool                 is_stale; /* a view whose text may mean a column that was renamed */
};

typedef Vec(CatalogTable *) CatalogTableVec;

typedef struct CatalogTrigger {
    Str         name, table;
    SchemaExpr  definition; /* NODE_CREATE_TRIGGER */
    SchemaPlace place;
} CatalogTrigger;

typedef Vec(CatalogTrigger) CatalogTriggerVec;

/* Definitions that contradict one another, or cannot be read; statements that define nothing. */
typedef struct CatalogNote {
    const char *code; /* "SC-27" */
    SchemaPlace place;
    Str         message;
} CatalogNote;

typedef Vec(CatalogNote) CatalogNoteVec;

/* All zeros is an empty catalog. */
struct Catalog {
    CatalogTableVec   tables; /* in the order of their definitions */
    CatalogTriggerVec triggers;
    CatalogNoteVec    notes; /* the same that catalog_add_sql() gives in words */
    Map               by_name;   /* lower case → CatalogTable */
    Map               overrides; /* lower case table.column → ColumnMeaning */
    Map               used;      /* texts whose uses of columns are among the signals already */
};

/* Applies the statements of one text. `notes` may be NULL. */
void catalog_add_sql(Arena *arena, Catalog *catalog, Str path, Str text, NoteVec *notes);

/* Any case; NULL if there is none. */
const CatalogTable  *catalog_table(const Catalog *catalog, Str name);
const CatalogColumn *catalog_column(const CatalogTable *table, Str name);

/* Works out anew what follows from a table's columns, keys and indexes, after one was changed. */
void catalog_settle(Arena *arena, const Catalog *catalog, CatalogTable *table);

/* What the configuration says of a column, whether the catalog has it already or gets it later. */
void catalog_override(Arena *arena, Catalog *catalog, Str table, Str column,
                      ColumnMeaning meaning);

/* May it hold NULL on SQLite? A primary key may, unless it is the rowid (SC-22). */
bool column_is_nullable(const CatalogTable *table, const CatalogColumn *column);

/* The column SQLite's rowid is stored in, or NULL. */
const CatalogColumn *table_rowid_alias(const CatalogTable *table);
bool                 is_rowid_name(Str name); /* rowid, oid, _rowid_ */

/* Do these columns (any order, any case) hold a whole key, so that they name at most one row? */
bool table_has_key(const CatalogTable *table, const StrVec *columns);

#endif
