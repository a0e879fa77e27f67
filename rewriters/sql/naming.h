/*
 * What the schema for Postgres has of a catalog, and under which names.
 *
 * Postgres has 63 bytes for a name and cuts longer ones, in a definition as in every statement; an empty name it does
 * not take. So a long name works as it is, unless another becomes the same by the cut: then both get a new one, and so
 * does an empty name. Both who writes the schema and who writes statements ask here, so that they always agree. The
 * answer follows from the catalog alone. Everything is borrowed from the catalog or lives in the arena.
 */
#ifndef REWRITERS_SQL_NAMING_H
#define REWRITERS_SQL_NAMING_H

#include "analyzers/schema/catalog.h"

enum { NAME_LIMIT = 63 }; /* bytes; Postgres cuts longer ones there */

Str cut_to(Str name, size_t limit); /* not within a character */
Str cut_name(Str name);             /* as Postgres cuts it */
/* The beginning of the name, and a mark of its whole; another for each `salt`. */
Str name_shortened(Arena *arena, Str name, uint64_t salt);

typedef struct TableNaming {
    const char *left_out; /* the schema does not have the table: the id of the reason … */
    Str         why;      /* … in words; NULL: it has it (a view may still be left out for its query) … */
    Str         name;     /* … under this name */
    Str        *columns;  /* and its columns under these, by their place */
} TableNaming;

typedef struct Naming {
    TableNaming *tables; /* by their place in catalog->tables */
    Map          taken;  /* the names of tables and views: naming_take() */
} Naming;

Naming naming_of(Arena *arena, const Catalog *catalog);
/* Tables, views, indexes and sequences share their names; false if this one is taken already. */
bool   naming_take(Arena *arena, Map *taken, Str name);

/* Could it, or one of its columns, get another name? Cheap; naming_of() says whether it does. */
bool table_may_be_renamed(const CatalogTable *table);

#endif
