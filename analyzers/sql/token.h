/*
 * The words SQLite sees in a statement.
 *
 * Tokens tile the text: each begins where the one before it ends, white space
 * and comments included, so that whoever edits a statement by its tokens keeps
 * everything the author wrote. Kinds and borders are those of SQLite's own
 * tokenizer; what it would refuse is TOKEN_ILLEGAL, and nothing is ever lost.
 *
 * SQL out of a Python program may have holes: the byte SQL_HOLE stands where
 * Python inserts something we do not know. Outside quotes, a run of holes and
 * identifier characters that touch (`tbl_<hole>`, `<hole>_id`) is one
 * TOKEN_HOLE; in any other token a hole only sets `has_hole`: in quotes, in
 * comments, and in the name of a bind that begins with it or has a `_` before it
 * (`:<hole>`, `:col_<hole>`). A number is never part of it: `1<hole>` is a
 * number, then a hole.
 */
#ifndef ANALYZERS_SQL_TOKEN_H
#define ANALYZERS_SQL_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { SQL_HOLE = 0x1A };

typedef enum TokenKind {
#define TOKEN(kind, name) TOKEN_##kind,
#include "analyzers/sql/tokens.def"
#undef TOKEN
    TOKEN_KIND_COUNT
} TokenKind;

typedef enum Keyword {
    KEYWORD_NONE,
#define KEYWORD(word, use) KEYWORD_##word,
#include "analyzers/sql/keywords.def"
#undef KEYWORD
    KEYWORD_COUNT
} Keyword;

/* Where a keyword may serve as a plain name, as SQLite's grammar has it. */
typedef enum KeywordUse {
    KEYWORD_USE_RESERVED,   /* never */
    KEYWORD_USE_FALLBACK,   /* wherever the keyword itself cannot stand */
    KEYWORD_USE_JOIN,       /* LEFT, CROSS …: as a name, not as an alias without AS */
    KEYWORD_USE_INDEXED_BY, /* INDEXED alone: as a name, not as an alias without AS */
    KEYWORD_USE_WINDOW_ONLY /* FILTER, OVER, WINDOW: names unless their neighbours say no */
} KeywordUse;

typedef struct Token {
    TokenKind kind;
    Keyword   keyword; /* KEYWORD_NONE unless kind is TOKEN_KEYWORD */
    uint32_t  lo, hi;  /* bytes of the text */
    bool      has_hole;
} Token;

typedef Vec(Token) TokenVec;

const char *token_kind_name(TokenKind kind); /* "string", "left parenthesis" …: for people */
const char *keyword_name(Keyword keyword);   /* in capitals; "" for KEYWORD_NONE */
KeywordUse  keyword_use(Keyword keyword);
Keyword     keyword_of(Str word);            /* in any case; KEYWORD_NONE if it is none */

static inline Str token_text(Str text, Token token)
{
    return str_slice(text, token.lo, token.hi);
}

/* White space and comments: what the grammar does not see. */
static inline bool token_is_blank(Token token)
{
    return token.kind == TOKEN_SPACE || token.kind == TOKEN_COMMENT;
}

#endif
