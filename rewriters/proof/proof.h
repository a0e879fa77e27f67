/*
 * Proof of a translation: what the translator claims is shown to the parsers of both databases.
 *
 * Its new text is read by Postgres' own parser (libpg_query, of Postgres 15), with binds as `$n`; and it is
 * prepared by SQLite on the tables of the catalog, with binds as `?`. A text that one of them does not take
 * refutes the translation: it becomes SQL_DECIDE, with a remark that says who said what. Where SQLite takes
 * neither the new text nor the old one (the catalog is not the whole truth) nothing is refuted and nothing
 * is proved: what was SQL_SAME is SQL_DIFFERS.
 *
 * It judges text for SQLAlchemy's text(). What still has holes is left as it is, and so is what is refused.
 */
#ifndef REWRITERS_PROOF_PROOF_H
#define REWRITERS_PROOF_PROOF_H

#include "analyzers/schema/rebuilt.h"
#include "rewriters/sql/translate.h"

/* `tables` may be NULL: then Postgres alone is asked. */
void translation_prove(Arena *arena, Rebuilt *tables, Translation *translation);

/* Is the text one statement to the parser of Postgres? If not, `message` says where it stops. */
bool postgres_parses(Arena *arena, Str text, Str *message);

/* The text as each database gets it: `?` or `$1`, $2 …, and a list of one for an expanding bind. */
typedef enum BindMark { BIND_MARK_QUESTION, BIND_MARK_DOLLAR } BindMark;
Str translation_marked(Arena *arena, const Translation *translation, BindMark mark);

#endif
