/*
 * What the rows of a database hold in one column, and what follows from it.
 *
 * Values are counted by kind as rows are looked at. contents_signal() makes signals of the counts:
 * what speaks for a boolean, a time, a date, JSON or bytes, and the vetoes. Too few values say nothing,
 * a column of nothing but 0 does not either. catalog_tell_misfits() holds the counts against the
 * types that the columns have on Postgres in the end: values that these do not take leave a note,
 * with the form of one of them and never its text.
 */
#ifndef ANALYZERS_SCHEMA_COLUMN_CONTENTS_H
#define ANALYZERS_SCHEMA_COLUMN_CONTENTS_H

#include "analyzers/schema/catalog.h"
#include "analyzers/schema/value_kind.h"

/* How much of a table was looked at. */
typedef enum RowsSeen {
    ROWS_ALL,
    ROWS_OF_AT_MOST, /* `total` is counted by the keys of the first and the last */
    ROWS_FIRST,      /* the first, of a number that is not known */
} RowsSeen;

typedef struct RowCount {
    RowsSeen seen;
    uint64_t looked_at;
    uint64_t total;
} RowCount;

typedef struct KindCount {
    uint32_t count;
    Str      where; /* the first of them: "rowid 5", "row 5" */
    Str      form;  /* of that one; may be empty */
} KindCount;

struct ColumnContents {
    Str       path; /* of the database */
    RowCount  rows;
    KindCount kinds[VALUE_KIND_COUNT]; /* the rest is NULL, or was not read */
};

/* "all 812 rows", "the only row", "2,000 of at most 81,402 rows", "the first 500 rows". */
Str row_count_words(Arena *arena, RowCount rows);

/* Adds the signals of these contents, which live in the arena and are kept for catalog_tell_misfits(). */
void contents_signal(Arena *arena, Catalog *catalog, const CatalogTable *table, const CatalogColumn *column,
                     const ColumnContents *contents);

/* Adds the notes that are not there yet; to be called when all that decides the types has been weighed. */
void catalog_tell_misfits(Arena *arena, Catalog *catalog);

#endif
