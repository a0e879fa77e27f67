#include "analyzers/sql/token.h"

typedef struct KeywordEntry {
    const char *word;
    KeywordUse  use;
} KeywordEntry;

static const char *const kind_names[] = {
#define TOKEN(kind, name) [TOKEN_##kind] = name,
#include "analyzers/sql/tokens.def"
#undef TOKEN
};

static const KeywordEntry keywords[] = {
    { "", KEYWORD_USE_RESERVED },
#define KEYWORD(word, use) { #word, KEYWORD_USE_##use },
#include "analyzers/sql/keywords.def"
#undef KEYWORD
};

enum { LONGEST_KEYWORD = sizeof "CURRENT_TIMESTAMP" - 1 };

const char *token_kind_name(TokenKind kind)
{
    return kind_names[kind];
}

const char *keyword_name(Keyword keyword)
{
    return keywords[keyword].word;
}

KeywordUse keyword_use(Keyword keyword)
{
    return keywords[keyword].use;
}

Keyword keyword_of(Str word)
{
    char upper[LONGEST_KEYWORD];

    if (word.len > sizeof upper)
        return KEYWORD_NONE;
    for (size_t i = 0; i < word.len; i++)
        upper[i] = word.ptr[i] >= 'a' && word.ptr[i] <= 'z' ? (char)(word.ptr[i] - 'a' + 'A')
                                                            : word.ptr[i];

    size_t lo = 1, hi = KEYWORD_COUNT;
    while (lo < hi) {
        size_t at    = (lo + hi) / 2;
        int    order = str_compare((Str) { upper, word.len }, str_of(keywords[at].word));
        if (order == 0)
            return (Keyword)at;
        if (order < 0)
            hi = at;
        else
            lo = at + 1;
    }
    return KEYWORD_NONE;
}
