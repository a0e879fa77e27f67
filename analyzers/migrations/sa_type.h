/*
 * A type of SQLAlchemy in words of SQL.
 */
#ifndef ANALYZERS_MIGRATIONS_SA_TYPE_H
#define ANALYZERS_MIGRATIONS_SA_TYPE_H

#include "analyzers/migrations/run.h"

typedef struct SaType {
    Str words;     /* as the database is told; empty: it gets none */
    Str collation; /* or empty */
    const Term *values; /* of an Enum that is a CHECK as well; NULL: it is none */
    bool is_checked_flag; /* a Boolean that is a CHECK as well */
    Str  check;           /* name of that check, or empty */
} SaType;

/* `sa.Integer`, `sa.String(50)`, `sa.JSON().with_variant(…)`. False for a type that is not SQLAlchemy's own. */
bool sa_type_of(const Run *run, const Term *term, SaType *out);

#endif
