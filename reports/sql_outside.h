/*
 * A statement that comes from outside of Python.
 *
 * The translator's SQL may have holes, marked by a byte that no SQL holds; text
 * from a file or a pipe has none, so that byte is what it is there: a character
 * SQLite and Postgres do not take alike, as is NUL. sql_translate_outside()
 * refuses statements with either, and those whose placeholders have numbers that
 * SQLite does not know; for all others it is sql_translate(), and the proof of it.
 */
#ifndef REPORTS_SQL_OUTSIDE_H
#define REPORTS_SQL_OUTSIDE_H

#include "rewriters/proof/proof.h"
#include "rules/rule.h"

/* What it says is proved; `prover` may be NULL, see translation_prove(). */
Translation sql_translate_outside(Arena *arena, Prover *prover, Str text, const TranslateOptions *options);

/* A remark is a finding unless it only tells of an edit that keeps the meaning. */
bool     remark_is_finding(const SqlRemark *remark);
Severity remark_severity(const SqlRemark *remark); /* what is refused is an error */

/*
 * The name of each value, in the order in which sqlite3 takes a sequence of them:
 * with plain `?` that of the text, `?2` is the second wherever it stands. Empty
 * for a value that no placeholder asks for (`?3` alone).
 */
StrVec translation_params(Arena *arena, const Translation *translation);

#endif
