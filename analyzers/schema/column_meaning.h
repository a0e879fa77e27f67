/*
 * The evidence for the meaning of one column; part of the catalog, which keeps
 * what is found here in CatalogColumn.meaning.
 */
#ifndef ANALYZERS_SCHEMA_COLUMN_MEANING_H
#define ANALYZERS_SCHEMA_COLUMN_MEANING_H

#include "analyzers/schema/catalog.h"

Meaning column_meaning_of(Arena *arena, const CatalogTable *table, const CatalogColumn *column);

#endif
