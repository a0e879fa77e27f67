#include "analyzers/migrations/term.h"

Term *term_new(Arena *arena, TermKind kind, NodeId node)
{
    Term *term = arena_new(arena, Term);

    term->kind = kind;
    term->node = node;
    return term;
}

Str term_word(const Term *term)
{
    if (term->kind == TERM_CALL)
        term = term->of;
    if (term->kind == TERM_ATTRIBUTE)
        return term->text;
    if (term->kind != TERM_NAME)
        return (Str) { 0 };
    size_t dot = str_rfind_char(term->text, '.');
    return dot == STR_NOT_FOUND ? term->text : str_slice(term->text, dot + 1, term->text.len);
}

Str term_root(const Term *term)
{
    while (term->kind == TERM_CALL || term->kind == TERM_ATTRIBUTE)
        term = term->of;
    if (term->kind != TERM_NAME)
        return (Str) { 0 };
    size_t dot = str_find_char(term->text, '.');
    return dot == STR_NOT_FOUND ? term->text : str_slice(term->text, 0, dot);
}

const Term *term_at(const Term *call, uint32_t index)
{
    vec_each(arg, &call->args)
        if (!arg->keyword.len && index-- == 0)
            return arg->term;
    return NULL;
}

const Term *term_keyword(const Term *call, const char *keyword)
{
    vec_each(arg, &call->args)
        if (arg->keyword.len && str_is(arg->keyword, keyword))
            return arg->term;
    return NULL;
}

const Term *term_argument(const Term *call, uint32_t index, const char *keyword)
{
    const Term *found = keyword ? term_keyword(call, keyword) : NULL;

    return found ? found : term_at(call, index);
}

bool term_string(const Term *term, Str *out)
{
    if (term && term->kind == TERM_CALL && term->args.count) {
        Str word = term_word(term);
        if (str_is(word, "f") || str_is(word, "quoted_name") || str_is(word, "conv"))
            term = term->args.items[0].term;
    }
    if (!term || term->kind != TERM_STRING)
        return false;
    *out = term->text;
    return true;
}

bool term_is(const Term *term, TermKind kind)
{
    return term && term->kind == kind;
}

bool term_is_sqlalchemy(const Term *term)
{
    Str root = term_root(term);

    return str_is(root, "sqlalchemy") || str_is(root, "sqlmodel");
}

bool term_truth(const Term *term, bool *out)
{
    switch (term->kind) {
    case TERM_TRUE: *out = true; return true;
    case TERM_FALSE:
    case TERM_NONE: *out = false; return true;
    case TERM_STRING: *out = term->text.len > 0; return true;
    case TERM_LIST:
    case TERM_DICT:
        *out = term->args.count > 0;
        return !term->is_partial;
    case TERM_FUNCTION: *out = true; return true;
    default: return false;
    }
}
