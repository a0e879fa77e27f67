/*
 * The columns of CREATE TABLE … AS SELECT, where all that is selected are columns of tables the catalog knows by then.
 *
 * SQLite gives such a table columns without constraints, of the affinity of what is selected: so they are declared here as
 * the columns they come from. One result that is calculated, or a source that is not known whole, and nothing is said.
 */
#ifndef ANALYZERS_SCHEMA_SELECTED_H
#define ANALYZERS_SCHEMA_SELECTED_H

#include "analyzers/schema/catalog.h"

/* False, and `out` untouched, where they are not known. `create` is a NODE_CREATE_TABLE of `text`. */
bool selected_columns(Arena *arena, const Catalog *catalog, Str text, const Node *create, SchemaPlace place,
                      CatalogColumnVec *out);

#endif
