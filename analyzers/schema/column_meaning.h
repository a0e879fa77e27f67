/*
 * The evidence for the meaning of one column; part of the catalog, which keeps
 * what is found here in CatalogColumn.meaning.
 */
#ifndef ANALYZERS_SCHEMA_COLUMN_MEANING_H
#define ANALYZERS_SCHEMA_COLUMN_MEANING_H

#include "analyzers/schema/catalog.h"

Meaning column_meaning_of(Arena *arena, const CatalogTable *table, const CatalogColumn *column);

/* By what migrations make of it on Postgres, whatever SQLite was told. */
Meaning migrated_meaning_of(Arena *arena, const CatalogColumn *column);

/* Does the check say that this column is 0, 1 or NULL, and nothing else? */
bool check_is_boolean(const CatalogCheck *check, Str column);

#endif
