/*
 * The type a column has on Postgres, by the SC rows.
 *
 * It follows from the column's meaning, where it has one (even a likely one),
 * and from its declared type otherwise. PG_UNKNOWN means that nothing is known,
 * not that anything goes.
 */
#ifndef ANALYZERS_SCHEMA_TYPES_H
#define ANALYZERS_SCHEMA_TYPES_H

#include "analyzers/schema/meaning.h"

typedef enum PgType {
#define PG_TYPE(type, sql) PG_##type,
#include "analyzers/schema/pg_types.def"
#undef PG_TYPE
    PG_TYPE_COUNT
} PgType;

/* SQLite's column affinities (datatype3.html, 3.1). */
typedef enum Affinity {
    AFFINITY_BLOB, /* no declared type, or one with BLOB */
    AFFINITY_TEXT,
    AFFINITY_NUMERIC,
    AFFINITY_INTEGER,
    AFFINITY_REAL,
} Affinity;

Affinity affinity_of(Str declared);

PgType pg_type_of(Str declared, ColumnMeaning meaning);

/*
 * The type that Postgres knows by this name, in any spelling: `timestamp(3) with time zone`. PG_UNKNOWN for one
 * that is none of ours (TIMESTAMP, REAL, JSON, …), and for what is no name of a type there at all.
 */
PgType pg_type_named(Str name);
bool   pg_type_is_named(Str name); /* is it one? */

const char *pg_type_sql(PgType type); /* "DOUBLE PRECISION"; "unknown" for PG_UNKNOWN */
const char *affinity_name(Affinity affinity);

#endif
