/*
 * Cutting SQL text into tokens, the way SQLite does.
 *
 * The tokens tile the text from its first byte to its last (see token.h), then
 * comes one empty TOKEN_END. Text longer than SQL_TEXT_CEILING is one
 * TOKEN_ILLEGAL: no statement is that long, and offsets stay 32 bits wide.
 */
#ifndef ANALYZERS_SQL_LEXER_H
#define ANALYZERS_SQL_LEXER_H

#include "analyzers/sql/token.h"

enum { SQL_TEXT_CEILING = 16 << 20 };

TokenVec tokens_of(Arena *arena, Str text);

/* The token that begins at `at`; TOKEN_END at the end of the text. */
Token token_at(Str text, uint32_t at);

#endif
