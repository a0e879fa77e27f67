/*
 * The tables that the revisions of Alembic make.
 *
 * Revisions are found by what they hold (`revision` and `down_revision`), put into the order of their
 * down_revisions, and run to the last, once as SQLite would and once as Postgres would (run.h). The catalog that
 * comes of it is that of SQLite, where each column knows what it is on Postgres; what only one of the two gets, and
 * what could not be followed, is a note at its place. Several histories, each in a folder of its own, are several
 * schemas; where one forks, all its heads count.
 */
#ifndef ANALYZERS_MIGRATIONS_ALEMBIC_H
#define ANALYZERS_MIGRATIONS_ALEMBIC_H

#include "analyzers/schema/catalog.h"

typedef struct RevisionFile {
    Str path; /* as places show it */
    Str raw;
} RevisionFile;

typedef Vec(RevisionFile) RevisionFileVec;

enum { REVISION_LIMIT = 5000 }; /* files of one schema */

/* Does a Python file look like a revision? Told by its words; it is asked again when it is read. */
bool is_revision(Str raw);

/*
 * Adds what the files make to a catalog of what SQLite has (catalog_add_migrated). Files that are no revisions are
 * passed by. Paths and texts have to live as long as the catalog. How many revisions there were.
 */
size_t catalog_add_alembic(Arena *arena, Catalog *catalog, const RevisionFileVec *files);

#endif
