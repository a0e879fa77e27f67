/*
 * What Postgres would say to the types in a statement, worked out without a server.
 *
 * The text is read as it would be sent, with `$1` or `:name` for binds; each of its expressions gets the type it has on
 * Postgres, from the catalog's types for columns and from Postgres' own rules (server.h). TYPING_REFUSED says that
 * Postgres refuses the statement, whatever its binds are: no operator or function takes what it is given, a value does
 * not fit the column it is stored in, branches clash, a column is neither grouped nor aggregated. TYPING_TAKEN says
 * that each expression was understood and nothing is wrong with any; TYPING_UNSURE, that something was in the way of
 * knowing: a table the catalog lacks, a bind that decides, a form that is not of SQLite's grammar.
 *
 * It asks nothing of the translator: what that believes of types has no part in this.
 */
#ifndef REWRITERS_PROOF_TYPING_H
#define REWRITERS_PROOF_TYPING_H

#include "analyzers/schema/catalog.h"

typedef enum TypingVerdict { TYPING_UNSURE, TYPING_TAKEN, TYPING_REFUSED } TypingVerdict;

typedef struct Typing {
    TypingVerdict verdict;
    uint32_t      lo, hi;   /* of TYPING_REFUSED: bytes of the text it is about */
    const char   *sqlstate; /* "42883" */
    Str           message;  /* as Postgres would say it: "operator does not exist: boolean = integer" */
} Typing;

/* SELECT, INSERT, UPDATE and DELETE; anything else is TYPING_UNSURE. `catalog` may be NULL. */
Typing typing_of(Arena *arena, const Catalog *catalog, Str text);

const char *typing_verdict_name(TypingVerdict verdict); /* "refused" */

#endif
