#include "analyzers/sql/lexer.h"

/*
 * The rules of SQLite's tokenize.c, one by one. `peek` reads 0 past the end, as
 * SQLite reads its terminator; a NUL inside the text ends it there too, so it is
 * illegal here and never part of another token.
 */

static unsigned char peek(Str text, size_t at)
{
    return at < text.len ? (unsigned char)text.ptr[at] : 0;
}

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(unsigned char c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool is_letter(unsigned char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* What may continue a name; `$` may, but it begins a bind. */
static bool is_name_part(unsigned char c)
{
    return is_letter(c) || is_digit(c) || c == '_' || c == '$' || c >= 0x80;
}

static Token one(TokenKind kind, size_t lo, size_t hi)
{
    return (Token) { .kind = kind, .lo = (uint32_t)lo, .hi = (uint32_t)hi };
}

static Token space(Str text, size_t lo)
{
    size_t at = lo + 1;

    while (is_space(peek(text, at)))
        at++;
    return one(TOKEN_SPACE, lo, at);
}

static Token line_comment(Str text, size_t lo)
{
    size_t at = lo + 2;

    while (peek(text, at) && peek(text, at) != '\n')
        at++;
    return one(TOKEN_COMMENT, lo, at);
}

static Token block_comment(Str text, size_t lo)
{
    size_t at = lo + 2;

    /* The star that opens it does not close it, but the byte after it may be one that does. */
    while (peek(text, at) && !(peek(text, at) == '*' && peek(text, at + 1) == '/'))
        at++;
    return one(TOKEN_COMMENT, lo, peek(text, at) ? at + 2 : at);
}

static Token quoted(Str text, size_t lo)
{
    unsigned char quote = peek(text, lo);
    size_t        at    = lo + 1;

    for (; peek(text, at); at++) {
        if (peek(text, at) != quote)
            continue;
        if (peek(text, at + 1) != quote)
            return one(quote == '\'' ? TOKEN_STRING : TOKEN_QUOTED_NAME, lo, at + 1);
        at++;
    }
    return one(TOKEN_ILLEGAL, lo, at);
}

static Token bracketed(Str text, size_t lo)
{
    size_t at = lo + 1;

    while (peek(text, at) && peek(text, at) != ']')
        at++;
    return peek(text, at) ? one(TOKEN_QUOTED_NAME, lo, at + 1) : one(TOKEN_ILLEGAL, lo, at);
}

static Token number(Str text, size_t lo)
{
    TokenKind kind = TOKEN_INTEGER;
    size_t    at   = lo;

    if (peek(text, at) == '0' && (peek(text, at + 1) | 0x20) == 'x' && is_hex(peek(text, at + 2))) {
        at += 3;
        while (is_hex(peek(text, at)))
            at++;
        return one(TOKEN_INTEGER, lo, at);
    }
    while (is_digit(peek(text, at)))
        at++;
    if (peek(text, at) == '.') {
        kind = TOKEN_FLOAT;
        at++;
        while (is_digit(peek(text, at)))
            at++;
    }
    if ((peek(text, at) | 0x20) == 'e') {
        size_t sign = peek(text, at + 1) == '+' || peek(text, at + 1) == '-';
        if (is_digit(peek(text, at + 1 + sign))) {
            kind = TOKEN_FLOAT;
            at += 1 + sign;
            while (is_digit(peek(text, at)))
                at++;
        }
    }
    while (is_name_part(peek(text, at))) {
        kind = TOKEN_ILLEGAL;
        at++;
    }
    return one(kind, lo, at);
}

/* x'4142': an odd or foreign digit spoils it up to the closing quote. */
static Token blob(Str text, size_t lo)
{
    TokenKind kind = TOKEN_BLOB;
    size_t    at   = lo + 2;

    while (is_hex(peek(text, at)))
        at++;
    if (peek(text, at) != '\'' || (at - lo) % 2) {
        kind = TOKEN_ILLEGAL;
        while (peek(text, at) && peek(text, at) != '\'')
            at++;
    }
    return one(kind, lo, peek(text, at) ? at + 1 : at);
}

/*
 * :a, @a, $a, #a; inside, `::` and a last part in parentheses, as Tcl writes its variables.
 * A hole is part of the name where it begins it or follows a `_`: `:<hole>`, `:col_<hole>`.
 * After anything else (`= :id<hole>`) it is more likely the next piece of the statement.
 */
static Token named_bind(Str text, size_t lo)
{
    TokenKind kind  = TOKEN_BIND;
    size_t    at    = lo + 1;
    size_t    parts = 0;

    for (;; at++) {
        unsigned char c      = peek(text, at);
        unsigned char before = peek(text, at - 1);
        if (is_name_part(c) || (c == SQL_HOLE && (at == lo + 1 || before == '_'))) {
            parts++;
        } else if (c == '(' && parts) {
            do
                at++;
            while (peek(text, at) && !is_space(peek(text, at)) && peek(text, at) != ')');
            if (peek(text, at) == ')')
                at++;
            else
                kind = TOKEN_ILLEGAL;
            break;
        } else if (c == ':' && peek(text, at + 1) == ':') {
            at++;
        } else {
            break;
        }
    }
    return one(parts ? kind : TOKEN_ILLEGAL, lo, at);
}

static Token name(Str text, size_t lo)
{
    size_t at = lo;

    while (is_name_part(peek(text, at)) || peek(text, at) == SQL_HOLE)
        at++;

    Token token = one(TOKEN_NAME, lo, at);
    if (memchr(text.ptr + lo, SQL_HOLE, at - lo)) {
        token.kind = TOKEN_HOLE;
    } else {
        token.keyword = keyword_of(token_text(text, token));
        if (token.keyword != KEYWORD_NONE)
            token.kind = TOKEN_KEYWORD;
    }
    return token;
}

static Token mark(Str text, size_t lo)
{
    unsigned char next = peek(text, lo + 1);

    switch (peek(text, lo)) {
    case ';': return one(TOKEN_SEMICOLON, lo, lo + 1);
    case '(': return one(TOKEN_LP, lo, lo + 1);
    case ')': return one(TOKEN_RP, lo, lo + 1);
    case ',': return one(TOKEN_COMMA, lo, lo + 1);
    case '.': return one(TOKEN_DOT, lo, lo + 1);
    case '+': return one(TOKEN_PLUS, lo, lo + 1);
    case '*': return one(TOKEN_STAR, lo, lo + 1);
    case '/': return one(TOKEN_SLASH, lo, lo + 1);
    case '%': return one(TOKEN_PERCENT, lo, lo + 1);
    case '&': return one(TOKEN_AMPERSAND, lo, lo + 1);
    case '~': return one(TOKEN_TILDE, lo, lo + 1);
    case '-':
        if (next != '>')
            return one(TOKEN_MINUS, lo, lo + 1);
        return peek(text, lo + 2) == '>' ? one(TOKEN_ARROW_TEXT, lo, lo + 3)
                                         : one(TOKEN_ARROW, lo, lo + 2);
    case '=': return next == '=' ? one(TOKEN_EQ_EQ, lo, lo + 2) : one(TOKEN_EQ, lo, lo + 1);
    case '!': return next == '=' ? one(TOKEN_NE, lo, lo + 2) : one(TOKEN_ILLEGAL, lo, lo + 1);
    case '|': return next == '|' ? one(TOKEN_CONCAT, lo, lo + 2) : one(TOKEN_PIPE, lo, lo + 1);
    case '<':
        return next == '=' ? one(TOKEN_LE, lo, lo + 2)
             : next == '>' ? one(TOKEN_NE, lo, lo + 2)
             : next == '<' ? one(TOKEN_LSHIFT, lo, lo + 2)
                           : one(TOKEN_LT, lo, lo + 1);
    case '>':
        return next == '=' ? one(TOKEN_GE, lo, lo + 2)
             : next == '>' ? one(TOKEN_RSHIFT, lo, lo + 2)
                           : one(TOKEN_GT, lo, lo + 1);
    default: return one(TOKEN_ILLEGAL, lo, lo + 1);
    }
}

static Token qmark(Str text, size_t lo)
{
    size_t at = lo + 1;

    while (is_digit(peek(text, at)))
        at++;
    return one(TOKEN_BIND, lo, at);
}

static Token cut(Str text, size_t lo)
{
    unsigned char c    = peek(text, lo);
    unsigned char next = peek(text, lo + 1);

    if (is_space(c) && c != '\v') /* SQLite lets it follow a space, not begin one */
        return space(text, lo);
    if (c == 0xEF && next == 0xBB && peek(text, lo + 2) == 0xBF)
        return one(TOKEN_SPACE, lo, lo + 3);
    if (c == '-' && next == '-')
        return line_comment(text, lo);
    if (c == '/' && next == '*' && peek(text, lo + 2))
        return block_comment(text, lo);
    if (c == '\'' || c == '"' || c == '`')
        return quoted(text, lo);
    if (c == '[')
        return bracketed(text, lo);
    if (is_digit(c) || (c == '.' && is_digit(next)))
        return number(text, lo);
    if (c == '?')
        return qmark(text, lo);
    if (c == ':' || c == '@' || c == '$' || c == '#')
        return named_bind(text, lo);
    if ((c | 0x20) == 'x' && next == '\'')
        return blob(text, lo);
    if (is_name_part(c) || c == SQL_HOLE)
        return name(text, lo);
    return mark(text, lo);
}

Token token_at(Str text, uint32_t at)
{
    if (at >= text.len)
        return one(TOKEN_END, at, at);

    Token token    = cut(text, at);
    token.has_hole = memchr(text.ptr + token.lo, SQL_HOLE, token.hi - token.lo) != NULL;
    return token;
}

TokenVec tokens_of(Arena *arena, Str text)
{
    TokenVec tokens = { 0 };

    if (text.len > SQL_TEXT_CEILING) {
        uint32_t end = text.len > UINT32_MAX ? UINT32_MAX : (uint32_t)text.len;
        vec_push(arena, &tokens, one(TOKEN_ILLEGAL, 0, end));
        vec_push(arena, &tokens, one(TOKEN_END, end, end));
        return tokens;
    }
    for (uint32_t at = 0;;) {
        Token token = token_at(text, at);
        vec_push(arena, &tokens, token);
        if (token.kind == TOKEN_END)
            return tokens;
        at = token.hi;
    }
}
