/*
 * `schema --emit types`: what each column becomes on Postgres, and why, as a table to be read.
 *
 * A column is told as declared, with its type there and the evidence where that is more than the
 * declaration; where a name alone speaks for another type, it says so. The last line counts.
 */
#ifndef REPORTS_SCHEMA_TYPES_H
#define REPORTS_SCHEMA_TYPES_H

#include "analyzers/schema/catalog.h"

Str schema_types(Arena *arena, const Catalog *catalog);

#endif
