/*
 * Definitions that were made of something else: SQL that says what a migration in Python does.
 *
 * The catalog reads them as it reads any SQL, so that both have one meaning, but places are those of
 * the source: each stretch of the SQL knows which bytes of it it says. What SQL has no words for is
 * done to the catalog directly. Nothing here is told: who makes the SQL knows better how to say it.
 *
 * All texts have to live as long as the catalog.
 */
#ifndef ANALYZERS_SCHEMA_MADE_H
#define ANALYZERS_SCHEMA_MADE_H

#include "analyzers/schema/catalog.h"

typedef struct MadeSpan {
    uint32_t lo, hi; /* of the SQL */
    Span     origin; /* of the source */
} MadeSpan;

typedef Vec(MadeSpan) MadeSpanVec;

typedef struct MadeSql {
    Str         path;
    Str         source;
    Str         sql;
    Span        whole; /* of the source: what says all of it */
    MadeSpanVec spans;
} MadeSql;

/* Applies the statements; false if one that defines something cannot be read, which is left out. */
bool catalog_add_made(Arena *arena, Catalog *catalog, const MadeSql *made);

/* Adds the table constraints of a CREATE TABLE to a table that is there; false if they cannot be read. */
bool catalog_add_constraints(Arena *arena, Catalog *catalog, CatalogTable *table, const MadeSql *made);

/* What is there of a column and shall be otherwise. */
typedef struct ColumnChange {
    bool       sets_type, sets_null, sets_default;
    Str        declared;
    bool       not_null;
    SchemaExpr default_; /* without node: none any more */
} ColumnChange;

/* False where the table has no such column. */
bool catalog_change_column(Arena *arena, const Catalog *catalog, CatalogTable *table, Str name, const ColumnChange *change);

/* With the keys, foreign keys, checks and indexes that it is part of. False where there is none. */
bool catalog_drop_column(Arena *arena, const Catalog *catalog, CatalogTable *table, Str name);

/*
 * By its name, or the one Postgres finds for a constraint that has none (users_email_key). False where there is
 * no such constraint.
 */
bool catalog_drop_constraint(Arena *arena, const Catalog *catalog, CatalogTable *table, Str name);

/*
 * Says of each column of `catalog` what it is on Postgres, by a catalog of the same migrations as they run there.
 * Keys that only one of the two has are taken out, with a note, and so is what an index leaves out on one of them only.
 * That types there hold less than SQLite's (INTEGER, VARCHAR(n)) is told once.
 */
void catalog_marry(Arena *arena, Catalog *catalog, const Catalog *postgres);

/*
 * Adds the tables of migrations, which say what Postgres has, to a catalog of what SQLite has. A table that both
 * know has the columns of both, their types on Postgres by the migrations, and the keys that both know.
 */
void catalog_add_migrated(Arena *arena, Catalog *catalog, const Catalog *migrated);

#endif
