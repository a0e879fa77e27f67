#include "rewriters/sql/spelling.h"

#include <stdlib.h>

#include "analyzers/sql/token.h"

static const char *const words[] = {
#define POSTGRES_WORD(word) #word,
#include "rewriters/sql/postgres_words.def"
#undef POSTGRES_WORD
};

static const char *const labels[] = {
#define POSTGRES_LABEL(word) #word,
#include "rewriters/sql/postgres_labels.def"
#undef POSTGRES_LABEL
};

static int by_word(const void *key, const void *item)
{
    const Str *name = key;
    Str        word = str_of(*(const char *const *)item);

    for (size_t i = 0; i < name->len && i < word.len; i++) {
        unsigned char c = (unsigned char)name->ptr[i];
        if (c >= 'A' && c <= 'Z')
            c += 'a' - 'A';
        if (c != (unsigned char)word.ptr[i])
            return c < (unsigned char)word.ptr[i] ? -1 : 1;
    }
    return name->len < word.len ? -1 : name->len > word.len;
}

bool name_is_reserved(Str name)
{
    return bsearch(&name, words, sizeof words / sizeof *words, sizeof *words, by_word) != NULL;
}

bool name_is_no_bare_label(Str name)
{
    return bsearch(&name, labels, sizeof labels / sizeof *labels, sizeof *labels, by_word) != NULL;
}

bool name_is_plain(Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c      = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(i > 0 && c >= '0' && c <= '9'))
            return false;
    }
    return name.len > 0;
}

bool name_has_capitals(Str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] >= 'A' && name.ptr[i] <= 'Z')
            return true;
    return false;
}

Str name_quoted(Arena *arena, Str name)
{
    Buf text = buf_new(arena);

    buf_add_char(&text, '"');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"')
            buf_add_char(&text, '"');
        buf_add_char(&text, name.ptr[i]);
    }
    buf_add_char(&text, '"');
    return buf_str(&text);
}

static bool sqlite_keeps(Str name)
{
    Keyword keyword = keyword_of(name);

    return keyword != KEYWORD_NONE && keyword_use(keyword) != KEYWORD_USE_FALLBACK;
}

Str name_spelled(Arena *arena, Str name)
{
    if (name_is_plain(name) && !name_is_reserved(name) && !sqlite_keeps(name))
        return name;
    return name_quoted(arena, str_lower(arena, name));
}
