/*
 * Tables that stand in a database and are no part of the application's schema: those in which a tool remembers
 * which migrations it has run, and those in which a virtual table keeps its data. Whoever moves the schema leaves
 * them out, and what is asked of them has no answer there.
 */
#ifndef ANALYZERS_SCHEMA_BOOKKEEPING_H
#define ANALYZERS_SCHEMA_BOOKKEEPING_H

#include "analyzers/schema/catalog.h"

/* The table in which a tool remembers what has been run, and nothing refers to. */
bool is_bookkeeping(const Catalog *catalog, const CatalogTable *table);
/* The virtual table that keeps its data in this one; NULL if it is none of such. */
const CatalogTable *shadowed_by(const Catalog *catalog, const CatalogTable *table);

#endif
