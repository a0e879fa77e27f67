/*
 * A text of statements, translated where it stands.
 *
 * What is between the statements (comments, blank lines) stays, and so does the
 * layout within them. What there is to say of a statement stands before it, as
 * lines `-- lite2pg: CODE message`; a refused one is left in as a comment, so
 * that the text still shows it and no longer runs it. Lines that stand there
 * already are not added again, and a statement that one of them calls Postgres'
 * alone is left as it is.
 *
 * The text is one for a database, not for SQLAlchemy's text(): a colon in a
 * literal stays as it is.
 */
#ifndef REPORTS_SQL_SCRIPT_H
#define REPORTS_SQL_SCRIPT_H

#include "rewriters/proof/proof.h"

typedef struct SqlScript {
    Str    text;
    size_t statements, refused;
    bool   is_terminated; /* nothing, or a statement with its `;`, stands at the end */
} SqlScript;

/* `options` and `prover` as for one statement; colons stay plain. */
SqlScript sql_script_translate(Arena *arena, Prover *prover, Str text, const TranslateOptions *options);

#endif
