/*
 * What Postgres' lexer reads otherwise: it takes as many signs as it can for one operator, so that
 * `!=-1` is an operator `!=-`, its comments nest, and a byte order mark is no blank.
 */
#include "rewriters/sql/work.h"

static bool is_sign(char c)
{
    return str_find_char(STR("+-*/<>=~!@#%^&|?"), c) != STR_NOT_FOUND;
}

/* Signs that hold a + or - at the end of an operator. */
static bool has_holding_sign(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (str_find_char(STR("~!@#%^&|?"), text.ptr[i]) != STR_NOT_FOUND)
            return true;
    return false;
}

static bool is_operator(const Work *w, const Token *token)
{
    Str text = token_text(w->text, *token);

    for (size_t i = 0; i < text.len; i++)
        if (!is_sign(text.ptr[i]))
            return false;
    return text.len > 0 && token->kind != TOKEN_COMMENT;
}

/* SQLite's blanks may hold a vertical tab, those of Postgres 15 may not. */
static void straighten_blank(Work *w, const Token *token)
{
    for (uint32_t i = token->lo; i < token->hi; i++)
        if (w->text.ptr[i] == '\v') {
            cured(w, "SQL-13", "vertical-tab", SQL_SAME, (Span) { token->lo, token->hi },
                  "Postgres takes a vertical tab for no blank");
            change_put(w->arena, &w->changes, i, i + 1, STR(" "));
        }
}

static void part(Work *w, const Token *first, const Token *next)
{
    Str  text  = token_text(w->text, *next);
    bool whole = text.ptr[text.len - 1] != '-' && text.ptr[text.len - 1] != '+';
    Str  both  = str_slice(w->text, first->lo, next->hi);

    /* A lone `*` is no operator in COUNT(*), and `?` is a bind. */
    if ((!whole && !has_holding_sign(both)) || str_is(text, "?"))
        return;
    cured(w, "SQL-13", "joined-operators", SQL_SAME, (Span) { first->lo, next->hi },
          "Postgres takes the signs together for one operator; a blank parts them");
    change_open(w->arena, &w->changes, next->lo, STR(" "));
}

static void part_comment(Work *w, const Token *token)
{
    Str text = token_text(w->text, *token);

    if (!str_starts_with(text, STR("/*")))
        return;
    for (uint32_t i = token->lo + 2; i + 1 < token->hi; i++)
        if (w->text.ptr[i] == '/' && w->text.ptr[i + 1] == '*') {
            cured(w, "SQL-13", "nested-comment", SQL_SAME, (Span) { i, i + 2 },
                  "comments nest in Postgres, so this one would not end; a blank breaks the sign");
            change_open(w->arena, &w->changes, i + 1, STR(" "));
        }
    if (text.len < 4 || !str_ends_with(text, STR("*/"))) {
        cured(w, "SQL-13", "open-comment", SQL_SAME, (Span) { token->lo, token->hi },
              "SQLite lets a comment run to the end of the text, Postgres wants it closed");
        change_close(w->arena, &w->changes, token->hi, STR(" */"));
    }
}

/* U+FEFF, which a file may begin with. */
static void drop_mark(Work *w, const Token *token)
{
    if (!str_starts_with(token_text(w->text, *token), STR("\xEF\xBB\xBF")))
        return;
    cured(w, "SQL-13", "byte-order-mark", SQL_SAME, (Span) { token->lo, token->hi },
          "SQLite reads a byte order mark as a blank, Postgres as a part of a word");
    change_put(w->arena, &w->changes, token->lo, token->hi, token->lo ? STR(" ") : STR(""));
}

void part_signs(Work *w)
{
    const Token *before = NULL;

    vec_each(token, &w->out->sql.tokens) {
        if (token->kind == TOKEN_SPACE)
            drop_mark(w, token);
        if (token->kind == TOKEN_COMMENT)
            part_comment(w, token);
        if (before && before->hi == token->lo && is_operator(w, before) && is_operator(w, token))
            part(w, before, token);
        before = token;
    }
    vec_each(token, &w->out->sql.tokens)
        if (token->kind == TOKEN_SPACE)
            straighten_blank(w, token);
}
