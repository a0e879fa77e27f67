/*
 * The evidence for the meaning of one column; part of the catalog, which keeps
 * what is found here in CatalogColumn.meaning.
 */
#ifndef ANALYZERS_SCHEMA_COLUMN_MEANING_H
#define ANALYZERS_SCHEMA_COLUMN_MEANING_H

#include "analyzers/schema/catalog.h"

/* What a definition alone says of its column. The sets have a bit for each ColumnMeaning. */
typedef struct Definition {
    Meaning  meaning;
    bool     is_declared; /* its meaning stands in the declared type */
    bool     is_checked;  /* … or in a CHECK */
    unsigned open;        /* meanings that signals may still give it */
    unsigned named;       /* meanings that its name speaks for */
    bool     is_moment;   /* … and of the two times it is no date: created_at */
    unsigned defaulted;   /* meanings that its default speaks for */
} Definition;

Definition column_definition_of(Arena *arena, const CatalogTable *table, const CatalogColumn *column);

/* The definition and the signals of a column weighed together (weigh.c). */
Meaning column_meaning_of(Arena *arena, const CatalogTable *table, const CatalogColumn *column);

/* By what migrations make of it on Postgres, whatever SQLite was told. */
Meaning migrated_meaning_of(Arena *arena, const CatalogColumn *column);

/* Does the check say that this column is 0, 1 or NULL, and nothing else? */
bool check_is_boolean(const CatalogCheck *check, Str column);

#endif
