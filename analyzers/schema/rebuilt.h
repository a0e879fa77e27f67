/*
 * The tables of a catalog in an SQLite of our own, in memory and without a row: it is asked whether it would
 * take a statement.
 *
 * What SQLite wants to know of a table is there: columns, keys, indexes, whether there is a rowid; defaults and
 * checks are not. Views and virtual tables are as they are defined, if this SQLite knows the module. A
 * collation it does not know is that of the bytes. A table whose columns the catalog does not know is missing.
 *
 * Statements are compiled and never run. Opened and closed by the caller; one thread at a time.
 */
#ifndef ANALYZERS_SCHEMA_REBUILT_H
#define ANALYZERS_SCHEMA_REBUILT_H

#include "analyzers/schema/catalog.h"

typedef struct Rebuilt Rebuilt;

Rebuilt *rebuilt_open(const Catalog *catalog); /* NULL when SQLite has no memory for it */
void     rebuilt_close(Rebuilt *rebuilt);

/* Would SQLite take the statement? If not, `message` (in the arena) is what it says. */
bool rebuilt_prepares(Arena *arena, Rebuilt *rebuilt, Str statement, Str *message);

#endif
