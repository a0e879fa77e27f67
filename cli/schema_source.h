/*
 * Where the tables of a project are defined.
 *
 * The setting `schema` names SQL files, SQLite databases, revisions of Alembic and folders of them, read in
 * the order given, folders by name. Without it: every .sql file that holds CREATE TABLE, and the DDL that
 * the program itself executes or has as text: what makes tables first, then what adds to them; then the
 * revisions below each folder that has Alembic's env.py, which say what Postgres has. What the setting `types`
 * says of columns outweighs all; what the program does with its columns is weighed with their definitions.
 */
#ifndef CLI_SCHEMA_SOURCE_H
#define CLI_SCHEMA_SOURCE_H

#include "analyzers/migrations/alembic.h"
#include "cli/session.h"

/* `every` lists the files of the project, whatever they hold. A named path that cannot be read is
 * an error. */
bool schema_read(Session *session, const FoundVec *every, Error *why);

/* The same for a session that had no reason to look for tables: one without a call on a database. */
bool schema_read_later(Session *session, Error *why);

/* The tables of the project that holds a folder, with all that its configuration says of them. */
bool schema_of_folder(Arena *arena, Str folder, Catalog *out, Error *why);

/*
 * Adds one file: a database by its first bytes, else SQL. `path` is relative to `root`, `shown` is
 * what the file is called in places and messages.
 */
bool schema_add_file(Arena *arena, Catalog *catalog, Str root, Str path, Str shown,
                     Error *why);

/* Keeps a file that may be a revision of Alembic for catalog_add_alembic(); false if it is none. */
bool schema_add_revision(Arena *arena, RevisionFileVec *out, Str root, Str path, Str shown);

/* What the setting `types` says of columns. */
void schema_set_types(Arena *arena, Catalog *catalog, const Config *config);

/* Judges the columns of a catalog that is complete, with what stands beside its definitions. */
void schema_weigh(Arena *arena, Catalog *catalog);

#endif
