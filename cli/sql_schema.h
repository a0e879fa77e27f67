/*
 * The schema files that statements name.
 *
 * Each is read once, whatever it is (SQL, a SQLite database, told apart by its first bytes, or a revision of
 * Alembic; a folder is the project that holds it), and so is the reason why one cannot be read.
 */
#ifndef CLI_SQL_SCHEMA_H
#define CLI_SQL_SCHEMA_H

#include "analyzers/schema/catalog.h"
#include "base/error.h"

typedef struct Schemas {
    Arena *arena;
    Map    by_path;
} Schemas;

/* Bytes of a file that the user names, wherever it lies. */
bool named_file_read(Arena *arena, Str path, Str *raw, Error *why);

/* Text of a file of SQL: UTF-8, without its byte order mark. */
bool sql_text_of(Str path, Str raw, Str *text, Error *why);

bool schema_add_named(Arena *arena, Catalog *catalog, Str path, Error *why);
bool schema_find(Schemas *schemas, Str path, const Catalog **out, Error *why);

#endif
