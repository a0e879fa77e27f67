#include "cli/schema_template.h"

#include <ctype.h>

#include "analyzers/python/literal.h"

/* Names with dots between them. */
static bool is_path(Str text)
{
    bool begins = true;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '.' ? begins : !(isalpha(c) || c == '_' || (!begins && isdigit(c))))
            return false;
        begins = c == '.';
    }
    return text.len && !begins;
}

static bool takes_word(Str *rest, const char *word)
{
    Str wanted = str_of(word);

    *rest = str_trim(*rest);
    if (rest->len < wanted.len || !str_eq_nocase(str_slice(*rest, 0, wanted.len), wanted))
        return false;
    *rest = str_slice(*rest, wanted.len, rest->len);
    return true;
}

/* `CREATE TABLE [IF NOT EXISTS] {} (`, and no other field. */
static bool is_template(Str text, size_t *field)
{
    Str rest = text;

    if (!takes_word(&rest, "create") || !takes_word(&rest, "table"))
        return false;
    if (takes_word(&rest, "if") && (!takes_word(&rest, "not") || !takes_word(&rest, "exists")))
        return false;
    if (!takes_word(&rest, "{}"))
        return false;
    *field = (size_t)(rest.ptr - text.ptr) - 2;
    return str_find_char(rest, '{') == STR_NOT_FOUND && str_find_char(rest, '}') == STR_NOT_FOUND;
}

static bool plain_text(Arena *arena, const Tree *tree, NodeId node, Str *out)
{
    Literal literal;

    if ((tree_kind(tree, node) != PY_STRING && tree_kind(tree, node) != PY_CONCATENATED_STRING)
        || !literal_read(arena, tree, node, &literal) || literal.is_bytes || str_find_char(literal.text, HOLE_BYTE) != STR_NOT_FOUND)
        return false;
    *out = literal.text;
    return true;
}

bool schema_template_read(Arena *arena, const Module *module, NodeId pair, MadeSql *out)
{
    const Tree *tree  = &module->tree;
    NodeId      key   = tree_field(tree, pair, F_KEY), value = tree_field(tree, pair, F_VALUE);
    Str         name, text;
    size_t      field;

    value = value ? tree_strip(tree, value) : 0;
    if (value && tree_kind(tree, value) == PY_TUPLE)
        value = tree_nth(tree, value, 0);
    if (!key || !value || !plain_text(arena, tree, key, &name) || !is_path(name) || !plain_text(arena, tree, value, &text)
        || !is_template(text, &field))
        return false;
    *out = (MadeSql) { .path   = module->source.path,
                       .source = module->source.text,
                       .sql    = str_format(arena, STR_FORMAT STR_FORMAT STR_FORMAT, (int)field, text.ptr, STR_ARG(name),
                                            (int)(text.len - field - 2), text.ptr + field + 2),
                       .whole  = { tree_node(tree, value)->lo, tree_node(tree, value)->hi } };
    return true;
}
