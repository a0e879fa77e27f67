/*
 * How a name must be written so that SQLite and Postgres read the same name.
 *
 * Both fold names that stand without quotes (SQLite compares them in any case, Postgres makes
 * them small), so the schema's names are small and a name needs quotes only when it is no plain
 * word, or a word that one of the two keeps for itself.
 */
#ifndef REWRITERS_SQL_SPELLING_H
#define REWRITERS_SQL_SPELLING_H

#include "base/str.h"

bool name_is_plain(Str name);          /* a letter or _, then letters, digits, _; ASCII */
bool name_is_reserved(Str name);       /* Postgres does not take it for a table or a column */
bool name_is_no_bare_label(Str name);  /* Postgres takes it for a result only behind AS */
bool name_has_capitals(Str name);

/* Without quotes where both take it so, else "in quotes" and small. */
Str name_spelled(Arena *arena, Str name);
Str name_quoted(Arena *arena, Str name);

#endif
