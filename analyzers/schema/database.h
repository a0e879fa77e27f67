/*
 * The tables of a SQLite database file.
 *
 * What the file itself says of its schema (the statements in sqlite_master, in the order they
 * were run) goes to the reader of SQL, so a database and the migrations that made it give the
 * same catalog. A bounded look at its rows (database_rows.h) adds what the columns hold, as
 * evidence for what they mean. Nothing is written: not the file, and no journal beside it; only the
 * shared index of a write-ahead log is kept up by whoever reads, if it is there already. Lines of
 * places count from the beginning of the statement that the database keeps.
 */
#ifndef ANALYZERS_SCHEMA_DATABASE_H
#define ANALYZERS_SCHEMA_DATABASE_H

#include "analyzers/schema/catalog.h"
#include "base/error.h"

/* Does the file begin as a SQLite database does? False for what cannot be read as well. */
bool is_database(const char *file);

/* `path` is what the file is called in places and messages. `notes` may be NULL. */
bool catalog_add_database(Arena *arena, Catalog *catalog, const char *file, Str path,
                          NoteVec *notes, Error *why);

#endif
