/*
 * Which files are worth parsing.
 *
 * One pass over the raw bytes of a file tells which of a few literals it holds. Most
 * files of a tree hold none, and this pass is all that they cost. A hit says "look
 * closer", never more: the literal may stand in a comment. Nothing is decoded, and any
 * bytes will do.
 */
#ifndef ANALYZERS_INTAKE_PREFILTER_H
#define ANALYZERS_INTAKE_PREFILTER_H

#include "base/str.h"

typedef struct Hits {
    bool sqlite3;    /* sqlite */
    bool execute;    /* .execute, also as the beginning of .executemany and .executescript */
    bool cursor;     /* .cursor */
    bool commit;     /* .commit( */
    bool fetch;      /* .fetch, as in .fetchone */
    bool postgres;   /* postgres, in any case of its letters */
    bool pgpassword; /* PGPASSWORD */
} Hits;

Hits prefilter(Str raw);

/* Something that runs or prepares SQL, or the module itself. */
static inline bool hits_database(Hits hits)
{
    return hits.sqlite3 || hits.execute || hits.cursor || hits.fetch;
}

#endif
