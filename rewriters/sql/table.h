/*
 * A table as the translator asks about it: what its columns will be in Postgres, what is unique,
 * what may be NULL, what happens to other rows when one goes. Made from the catalog, once for
 * each table a statement names.
 */
#ifndef REWRITERS_SQL_TABLE_H
#define REWRITERS_SQL_TABLE_H

#include "analyzers/schema/catalog.h"

typedef enum ValueKind {
#define VALUE_KIND(kind, name, type) VALUE_##kind,
#include "rewriters/sql/value_kinds.def"
#undef VALUE_KIND
    VALUE_KIND_COUNT
} ValueKind;

typedef struct KnownColumn {
    Str       name;         /* as declared */
    ValueKind kind;
    bool      not_null;     /* NOT NULL on Postgres: declared so, or part of the primary key */
    bool      checked;      /* a CHECK may refuse a value */
    bool      generated;
    bool      nocase;       /* COLLATE NOCASE */
    bool      collates;     /* by anything but that and the bytes: RTRIM, a collation of the program */
    bool      foreign;      /* of a type on Postgres that is none of ours, so that Python may read anything */
    bool      was_text;     /* a number on Postgres that SQLite keeps as text */
    bool      has_default;
    Str       default_text; /* as declared */
} KnownColumn;

/* Columns no two rows have alike, as indices into `columns`. */
typedef struct KnownKey {
    uint32_t *columns;
    uint32_t  count;
    bool      primary;
} KnownKey;

typedef struct KnownTable {
    Str name; /* as declared */
    Vec(KnownColumn) columns;
    Vec(KnownKey) keys;    /* no partial ones, none over expressions; no two over the same columns */
    bool   is_view;        /* or anything else that is not a plain table */
    bool   is_virtual;     /* FTS and its like */
    bool   other_unique;   /* a partial or expression index that is unique: conflicts not in keys */
    bool   table_checked;  /* a CHECK over several columns */
    bool   has_triggers;
    bool   is_parent;      /* other rows go, or change, when a row of this table is deleted */
    int    rowid_column;   /* the INTEGER PRIMARY KEY, or -1 */
    NodeOp resolution;     /* of the ON CONFLICT of one of its constraints, other than ABORT; or OP_NONE */
    bool   resolves_keys;  /* all such constraints are keys */
} KnownTable;

enum { KNOWN_NO_COLUMN = -1 };

/* NULL when the catalog (or there being none) does not tell. */
const KnownTable *known_table_of(Arena *arena, const Catalog *catalog, Str name);

int known_column(const KnownTable *table, Str name); /* index, or KNOWN_NO_COLUMN */

#endif
