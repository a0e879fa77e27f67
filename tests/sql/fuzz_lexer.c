/* Whatever the bytes: the tokens tile them, and one empty end comes last. */
#include <stdlib.h>

#include "analyzers/sql/lexer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool law)
{
    if (!law)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena   *arena  = arena_open();
    Str      text   = { (const char *)data, size };
    TokenVec tokens = tokens_of(arena, text);
    uint32_t at     = 0;

    for (size_t i = 0; i + 1 < tokens.count; i++) {
        Token token = tokens.items[i];
        hold(token.lo == at && token.hi > token.lo && token.kind != TOKEN_END);
        hold((token.kind == TOKEN_KEYWORD) == (token.keyword != KEYWORD_NONE));
        bool hole = memchr(text.ptr + token.lo, SQL_HOLE, token.hi - token.lo) != NULL;
        hold(token.has_hole == hole);
        at = token.hi;
    }
    hold(at == size);
    hold(vec_last(&tokens).kind == TOKEN_END && vec_last(&tokens).lo == at);
    arena_close(arena);
    return 0;
}
