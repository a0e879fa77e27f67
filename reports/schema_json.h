/*
 * `schema --emit json`: the catalog, with the evidence for each column's type.
 *
 * Tables, views, virtual tables and triggers in the order of their definitions, each fact with its
 * place, then the findings: what has no counterpart on Postgres, and what was done instead. Lines
 * of a database file count from the beginning of the statement that it keeps.
 */
#ifndef REPORTS_SCHEMA_JSON_H
#define REPORTS_SCHEMA_JSON_H

#include "rewriters/schema/ddl.h"

Str schema_json(Arena *arena, const Catalog *catalog, const Ddl *ddl);

#endif
