/*
 * ALTER TABLE … RENAME, followed through everything that names the table or the column: keys,
 * foreign keys, and the texts of checks, generated columns, indexes and views, which are written
 * anew as SQLite does it. A view of which it cannot be told whether it means the column is marked
 * (CatalogTable.is_stale). Only analyzers/schema includes it.
 */
#ifndef ANALYZERS_SCHEMA_RENAME_H
#define ANALYZERS_SCHEMA_RENAME_H

#include "analyzers/schema/catalog.h"

/* Does nothing where SQLite refuses it. */
void rename_table(Arena *arena, Catalog *catalog, CatalogTable *table, Str to);
void rename_column(Arena *arena, Catalog *catalog, CatalogTable *table, Str from, Str to);

#endif
