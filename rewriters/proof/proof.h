/*
 * Proof of a translation: what the translator claims is shown to others.
 *
 * Its new text is read by Postgres' own parser (libpg_query, of Postgres 15), with binds as `$n`; its types are held
 * against the tables Postgres will have and Postgres' own rules (typing.h); and it is prepared by SQLite on the tables
 * of the catalog, with binds as `?`. A text that one of them does not take refutes the translation: it becomes
 * SQL_DECIDE, with a remark that says who said what. Where SQLite takes neither the new text nor the old one (the
 * catalog is not the whole truth) nothing is refuted and nothing is proved: what was SQL_SAME, but for the types that
 * Python reads, is SQL_DIFFERS. Without a catalog SQLite is not asked, and few types are known; text for Postgres alone
 * is not shown to SQLite.
 *
 * What still has holes is left as it is, and so is what is refused.
 */
#ifndef REWRITERS_PROOF_PROOF_H
#define REWRITERS_PROOF_PROOF_H

#include "rewriters/sql/translate.h"

/* Keeps the tables of the catalogs it has met, which must not change any more; one thread at a time. */
typedef struct Prover Prover;

Prover *prover_open(void);
void    prover_close(Prover *prover);

/* `options` are those of the translation. `prover` may be NULL: then SQLite is not asked. */
void translation_prove(Arena *arena, Prover *prover, const TranslateOptions *options, Translation *translation);

/* Is the text one statement to the parser of Postgres? If not, `message` says where it stops. */
bool postgres_parses(Arena *arena, Str text, Str *message);

#endif
