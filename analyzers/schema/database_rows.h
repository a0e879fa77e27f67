/*
 * A bounded look at the rows of an open database, for what its columns hold.
 *
 * Of each table up to 2,000 rows are looked at: those at its beginning, at its end, and short runs
 * in between, evenly spread by rowid; of a table without rowids the first 500 that SQLite gives.
 * A text of more than 256 KB is left out. What is read of all tables, how many values are looked at
 * and how many steps SQLite takes have ceilings, too: however large or damaged a database is, this
 * is done in about a second. There is no clock in it: the same file gives the same answer.
 *
 * Only what tables store is read: no view, no virtual table nor what it keeps its data in, no
 * generated column, nothing that runs a function of the schema. A table that cannot be read to the
 * end of the look says nothing.
 */
#ifndef ANALYZERS_SCHEMA_DATABASE_ROWS_H
#define ANALYZERS_SCHEMA_DATABASE_ROWS_H

#include "analyzers/schema/catalog.h"

struct sqlite3;

/*
 * Adds signals, and contents, to those columns of the catalog that the database has, too. Lowers limits of
 * `db`, which is of no other use afterwards. `path` is what the database is called.
 */
void catalog_look_at_rows(Arena *arena, Catalog *catalog, struct sqlite3 *db, Str path);

#endif
