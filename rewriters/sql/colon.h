/*
 * Colons, as SQLAlchemy's text() reads them.
 *
 * text() looks for binds with `(?<![:\w\x5c]):(\w+)(?!:)` over the whole statement: it knows no
 * literals, quoted names or comments. A backslash before a colon tells it that the colon is one,
 * and goes away. What a word character is follows Python: letters of any alphabet, digits, `_`.
 */
#ifndef REWRITERS_SQL_COLON_H
#define REWRITERS_SQL_COLON_H

#include "base/str.h"

bool is_word_char(char c); /* bytes beyond ASCII are taken for letters */

/* Would text() read the piece otherwise than as it stands: take a bind out of it, or drop a `\`? */
bool colons_need_escape(Str text);

/* The statement as SQLite will get it from text(): `?` for binds, `\:` a colon again. */
Str text_as_sqlite(Arena *arena, Str text);

#endif
