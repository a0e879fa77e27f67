#include <stdarg.h>
#include <stdio.h>

#include "rewriters/sql/work.h"

static void push(Work *w, const char *code, const char *feature, SqlVerdict verdict, Span at,
                 bool changed, Str message)
{
    SqlRemark remark = { code, feature, verdict, at.lo, at.hi, changed, message };

    /* The same thing said of the same place by two who look at it is said once. */
    vec_each(old, &w->out->remarks) {
        if (old->lo == at.lo && old->hi == at.hi && str_is(str_of(old->feature), feature)) {
            if (old->verdict < verdict)
                *old = remark;
            return;
        }
    }
    vec_push(w->arena, &w->out->remarks, remark);
}

static Str formatted(Arena *arena, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

static Str formatted(Arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0)
        return STR("");

    char *text = arena_alloc(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, args);
    return (Str) { text, (size_t)len };
}

void told(Work *w, const char *code, const char *feature, SqlVerdict verdict, Span at,
          const char *format, ...)
{
    va_list args;

    va_start(args, format);
    push(w, code, feature, verdict, at, false, formatted(w->arena, format, args));
    va_end(args);
}

void cured(Work *w, const char *code, const char *feature, SqlVerdict verdict, Span at,
           const char *format, ...)
{
    va_list args;

    va_start(args, format);
    push(w, code, feature, verdict, at, true, formatted(w->arena, format, args));
    va_end(args);
}

bool alone(Work *w, const char *code, const char *feature, SqlVerdict verdict, Span at,
           const char *format, ...)
{
    bool    asked = w->options->postgres_alone;
    va_list args;

    va_start(args, format);
    push(w, code, feature, asked ? verdict : SQL_DECIDE, at, asked, formatted(w->arena, format, args));
    va_end(args);
    w->alone = w->alone || asked;
    return asked;
}

static Str first_unknown_table(const Work *w)
{
    vec_each(use, &w->out->statement.tables) {
        if (use->has_hole || use->name.len == 0)
            continue;
        if (!known_table_of(w->arena, w->options->catalog, use->name)
            && !(use->node && use->node->kind == NODE_TABLE
                 && cte_of(w->arena, w->text, use->node)))
            return use->name;
    }
    return STR("");
}

void told_unknown_type(Work *w, const char *code, const Node *at)
{
    if (w->unknown_told)
        return;
    w->unknown_told = true;

    Str table = first_unknown_table(w);
    if (table.len)
        told(w, code, "unknown-type", SQL_DIFFERS, span_of(at),
             "nothing is known of the table " STR_FORMAT
             ", so types cannot be checked; name its schema in the configuration",
             STR_ARG(table));
    else
        told(w, code, "unknown-type", SQL_DIFFERS, span_of(at),
             "the type of `" STR_FORMAT "` is not known, so it cannot be checked; look at it",
             STR_ARG(source_of(w, at)));
}

void told_hole(Work *w, const Node *at)
{
    if (w->hole_told)
        return;
    w->hole_told = true;
    told(w, "TX-10", "hole", SQL_DIFFERS, span_of(at),
         "Python puts text into the statement here; values should be binds, and names must be "
         "ones that both databases spell alike");
}

Str source_of(const Work *w, const Node *node)
{
    return node_text(w->text, node);
}

Str keyword_cased(const Work *w, const char *words)
{
    return w->lower ? str_lower(w->arena, str_of(words)) : str_of(words);
}

Str name_of(const Work *w, Span span)
{
    return sql_name(w->arena, w->text, span);
}

/* Index of the first token that begins at `lo` or later. */
static size_t token_index(const Work *w, uint32_t lo)
{
    const TokenVec *tokens = &w->out->sql.tokens;
    size_t          low = 0, high = tokens->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (tokens->items[middle].lo < lo)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const Token *token_in(const Work *w, uint32_t lo, uint32_t hi, TokenKind kind)
{
    const TokenVec *tokens = &w->out->sql.tokens;

    for (size_t i = token_index(w, lo); i < tokens->count && tokens->items[i].hi <= hi; i++)
        if (tokens->items[i].kind == kind)
            return &tokens->items[i];
    return NULL;
}

const Token *token_before(const Work *w, uint32_t lo)
{
    for (size_t i = token_index(w, lo); i > 0; i--)
        if (!token_is_blank(w->out->sql.tokens.items[i - 1]))
            return &w->out->sql.tokens.items[i - 1];
    return NULL;
}

uint32_t blanks_before(const Work *w, uint32_t lo)
{
    size_t at = token_index(w, lo);

    while (at > 0 && w->out->sql.tokens.items[at - 1].kind == TOKEN_SPACE)
        lo = w->out->sql.tokens.items[--at].lo;
    bool line = at > 0 && str_starts_with(token_text(w->text, w->out->sql.tokens.items[at - 1]), STR("--"));
    return line && w->text.ptr[lo] == '\n' ? lo + 1 : lo;
}

bool node_has_hole(const Work *w, const Node *node)
{
    return str_find_char(source_of(w, node), SQL_HOLE) != STR_NOT_FOUND;
}

bool same_words(const Work *w, const Node *a, const Node *b)
{
    const Token *tokens = w->out->sql.tokens.items;
    size_t       i = token_index(w, a->lo), j = token_index(w, b->lo);

    for (;; i++, j++) {
        while (tokens[i].lo < a->hi && token_is_blank(tokens[i]))
            i++;
        while (tokens[j].lo < b->hi && token_is_blank(tokens[j]))
            j++;
        bool a_ends = tokens[i].lo >= a->hi, b_ends = tokens[j].lo >= b->hi;
        if (a_ends || b_ends)
            return a_ends && b_ends;
        Str x = token_text(w->text, tokens[i]), y = token_text(w->text, tokens[j]);
        bool word = tokens[i].kind == TOKEN_NAME || tokens[i].kind == TOKEN_KEYWORD;
        if (tokens[i].kind == TOKEN_BIND || !(word ? str_eq_nocase(x, y) : str_eq(x, y)))
            return false;
    }
}

bool is_atom(const Node *node)
{
    switch (node->kind) {
    case NODE_LITERAL:
    case NODE_BIND:
    case NODE_COLUMN:
    case NODE_FUNCTION:
    case NODE_PAREN:
    case NODE_SUBQUERY:
    case NODE_CAST:
    case NODE_CASE: return true;
    default: return false;
    }
}
