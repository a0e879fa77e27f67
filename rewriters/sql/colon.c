/* TX-01: which colons SQLAlchemy's text() takes for the beginning of a bind. */
#include "rewriters/sql/colon.h"

#include "rewriters/sql/work.h"

bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
        || (unsigned char)c >= 0x80;
}

bool colons_need_escape(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != ':')
            continue;
        char before      = i ? text.ptr[i - 1] : ' ';
        bool word_behind = i + 1 < text.len && is_word_char(text.ptr[i + 1]);
        if (before == '\\')
            return true;
        /* A byte beyond ASCII may be part of a dash or an emoji, which is no word to Python. */
        bool word_before = is_word_char(before) && (unsigned char)before < 0x80;
        if (word_behind && before != ':' && !word_before)
            return true;
    }
    return false;
}

/* The place of the next bind's colon, `hi` behind its name; both the end when there is none. */
static size_t next_bind(Str text, size_t from, size_t *hi)
{
    for (size_t i = from; i + 1 < text.len; i++) {
        if (text.ptr[i] != ':')
            continue;
        char before = i ? text.ptr[i - 1] : ' ';
        if (before == ':' || before == '\\' || is_word_char(before))
            continue;
        size_t end = i + 1;
        while (end < text.len && is_word_char(text.ptr[end]))
            end++;
        /* `(?!:)` makes the pattern step back by one: `:abc::int` is the bind `ab` (TX-02). */
        if (end < text.len && text.ptr[end] == ':')
            end--;
        if (end > i + 1) {
            *hi = end;
            return i;
        }
    }
    *hi = text.len;
    return text.len;
}

StrVec text_binds_of(Arena *arena, Str text)
{
    StrVec out = { 0 };
    size_t hi  = 0;

    for (size_t at = next_bind(text, 0, &hi); at < text.len; at = next_bind(text, hi, &hi))
        vec_push(arena, &out, str_slice(text, at + 1, hi));
    return out;
}

static void add_unescaped(Buf *out, Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\\' || i + 1 >= text.len || text.ptr[i + 1] != ':')
            buf_add_char(out, text.ptr[i]);
}

Str text_as_sqlite(Arena *arena, Str text)
{
    Buf    out  = buf_new(arena);
    size_t done = 0, hi = 0;

    for (size_t at = next_bind(text, 0, &hi); at < text.len; at = next_bind(text, hi, &hi)) {
        add_unescaped(&out, str_slice(text, done, at));
        buf_add_char(&out, '?');
        done = hi;
    }
    add_unescaped(&out, str_slice(text, done, text.len));
    return buf_str(&out);
}

static void escape_token(Work *w, const Token *token)
{
    for (uint32_t i = token->lo; i < token->hi; i++)
        if (w->text.ptr[i] == ':')
            change_put(w->arena, &w->changes, i, i + 1, STR("\\:"));
    cured(w, "TX-01", "colon", SQL_SAME, (Span) { token->lo, token->hi },
          "text() would take the word behind this colon for a bind; a backslash tells it not to");
}

void escape_colons(Work *w)
{
    vec_each(token, &w->out->sql.tokens) {
        bool quoted = token->kind == TOKEN_STRING || token->kind == TOKEN_QUOTED_NAME
                   || token->kind == TOKEN_COMMENT || token->kind == TOKEN_BLOB
                   || token->kind == TOKEN_ILLEGAL;
        if (quoted && colons_need_escape(token_text(w->text, *token)))
            escape_token(w, token);
    }
}
