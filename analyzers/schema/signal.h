/*
 * Evidence for what a column means that its definition does not give.
 *
 * A signal comes from the program's statements, from what it gives for
 * parameters, from what it does with the values it reads, or from rows of a
 * database. It stays with its column, through any ALTER. Signals are added in
 * any number and weighed together with the definition: none decides alone, and
 * one that speaks against a meaning outweighs all that speak for it, except a
 * type that the definition declares. How they are weighed is told in weigh.c.
 */
#ifndef ANALYZERS_SCHEMA_SIGNAL_H
#define ANALYZERS_SCHEMA_SIGNAL_H

#include "analyzers/schema/meaning.h"

typedef struct Catalog       Catalog;
typedef struct CatalogTable  CatalogTable;
typedef struct CatalogColumn CatalogColumn;

typedef enum SignalKind {
#define SIGNAL(kind, meanings, speaks, source, says) SIGNAL_##kind,
#include "analyzers/schema/signals.def"
#undef SIGNAL
    SIGNAL_COUNT
} SignalKind;

typedef enum SignalSpeaks { SIGNAL_FOR, SIGNAL_DOUBT, SIGNAL_AGAINST } SignalSpeaks;

typedef enum SignalSource { SIGNAL_OF_SQL, SIGNAL_OF_GIVEN, SIGNAL_OF_READ, SIGNAL_OF_DATA } SignalSource;

typedef struct Signal {
    SignalKind  kind;
    SchemaPlace place;  /* where it was seen first; its text may be left out */
    Str         detail; /* the expression, or "2,000 of 81,402 rows"; may be empty */
    uint32_t    count;  /* how often; 0 is taken for 1 */
} Signal;

typedef Vec(Signal) SignalVec;

/* Adds to the column's signals; equal kinds are added up and keep the first place and detail. Nothing is judged yet. */
void catalog_signal(Arena *arena, Catalog *catalog, const CatalogTable *table, const CatalogColumn *column,
                    Signal signal);

/* Judges every column anew, by its definition and its signals; the configuration's word still outweighs all. */
void catalog_weigh(Arena *arena, Catalog *catalog);

const char  *signal_name(SignalKind kind);   /* "DATA_ZERO_ONE" */
const char  *signal_says(SignalKind kind);   /* "0, 1 or NULL in every row looked at" */
SignalSource signal_source(SignalKind kind);
SignalSpeaks signal_speaks(SignalKind kind);
bool         signal_speaks_of(SignalKind kind, ColumnMeaning meaning);

#endif
