/*
 * What the values of a column are, beyond what SQLite was told.
 *
 * SQLite has no booleans, timestamps or JSON; programs keep them in INTEGER and
 * TEXT. A meaning is read from the definition of the table (declared type, CHECK,
 * DEFAULT, name) and from the signals that were seen elsewhere (signal.h), as the
 * SC rows weigh them for the type audit, vetoes included. A name alone is never
 * enough: it is a suspicion, which code or data may confirm. The configuration's
 * word outweighs all of it.
 */
#ifndef ANALYZERS_SCHEMA_MEANING_H
#define ANALYZERS_SCHEMA_MEANING_H

#include "base/str.h"

typedef enum ColumnMeaning {
#define MEANING(meaning, name, type) MEANS_##meaning,
#include "analyzers/schema/meanings.def"
#undef MEANING
    MEANS_COUNT
} ColumnMeaning;

typedef enum MeaningCertainty { MEANING_NO, MEANING_MAYBE, MEANING_YES } MeaningCertainty;

typedef struct SchemaPlace {
    Str      path;
    Str      text;   /* that was given, whole */
    uint32_t line;   /* of the text given, from 1; 0: no place */
    uint32_t lo, hi; /* bytes of the text given */
} SchemaPlace;

typedef struct Meaning {
    ColumnMeaning    meaning;
    MeaningCertainty certainty; /* MEANING_NO: MEANS_PLAIN, nothing speaks for more */
    Str              because;   /* "declared BOOLEAN", "default 0 and the name is_admin" */
    SchemaPlace      place;     /* of that evidence */
    Str              by_definition; /* the part of it that is no signal: "the name is_admin", or empty */
    ColumnMeaning    suspicion; /* what the name suggests where nothing else does; or MEANS_PLAIN */
    ColumnMeaning    against;   /* what signals speak against: a meaning given up for them, or `meaning` itself where
                                   it is declared and stays; or MEANS_PLAIN */
} Meaning;

const char *meaning_name(ColumnMeaning meaning); /* "boolean" */

#endif
