#include "analyzers/facts/pieces.h"

/* Runs of placeholders: `",".join("?" * len(ids))` in its spellings, by way of variables and holes. */

/* `"?" * n`, `["?"] * n`, `["?" for …]`, `("?" for …)`: one placeholder for each value. */
static bool repeats_placeholder(const Tree *tree, NodeId id)
{
    id = tree_strip(tree, id);
    switch (tree_kind(tree, id)) {
    case PY_STRING: {
        Str text = tree_text(tree, id);
        return text.len >= 3 && text.len <= 5 && str_contains(text, STR("?"));
    }
    case PY_LIST:
    case PY_TUPLE:
        return tree_arity(tree, id) == 1 && repeats_placeholder(tree, tree_nth(tree, id, 0));
    case PY_LIST_COMPREHENSION:
    case PY_GENERATOR:
        return repeats_placeholder(tree, tree_field(tree, id, F_BODY));
    case PY_BINARY:
        return str_is(tree_text(tree, tree_field(tree, id, F_OPERATOR)), "*")
            && (repeats_placeholder(tree, tree_field(tree, id, F_LEFT))
                || repeats_placeholder(tree, tree_field(tree, id, F_RIGHT)));
    default:
        return false;
    }
}

/* Whether an expression gives `?, ?, ?`, perhaps by way of a variable. */
static bool gives_placeholders(const Model *model, const Module *module, NodeId id)
{
    const Tree *tree = &module->tree;
    NodeId      separator;
    SymbolId    symbol;

    id = tree_strip(tree, id);
    if (tree_kind(tree, id) == PY_IDENTIFIER) {
        Place value = constant_of(model, module, id, &symbol);
        if (!value.node || value.module != module->id)
            return false;
        id = tree_strip(tree, value.node);
    }
    if (tree_kind(tree, id) != PY_CALL || !calls_method(tree, id, "join", &separator))
        return false;
    NodeId given = tree_field(tree, id, F_ARGUMENTS);
    return repeats_placeholder(tree, tree_kind(tree, given) == PY_GENERATOR ? given : tree_nth(tree, given, 0));
}

/* Whether what fills a hole gives placeholders: an interpolation, the values of `%` or format(), a summand. */
static bool fills_in_list(const Model *model, const Module *module, NodeId hole)
{
    const Tree *tree = &module->tree;

    switch (tree_kind(tree, hole)) {
    case PY_INTERPOLATION:
        return gives_placeholders(model, module, tree_field(tree, hole, F_EXPRESSION));
    case PY_BINARY: {
        NodeId given = tree_strip(tree, tree_field(tree, hole, F_RIGHT));
        if (tree_kind(tree, given) == PY_TUPLE)
            tree_each_child(item, tree, given)
                if (gives_placeholders(model, module, item))
                    return true;
        return gives_placeholders(model, module, given);
    }
    case PY_CALL: {
        NodeId given = tree_field(tree, hole, F_ARGUMENTS);
        if (given)
            tree_each_child(item, tree, given)
                if (gives_placeholders(model, module,
                                       tree_kind(tree, item) == PY_KEYWORD_ARGUMENT ? tree_field(tree, item, F_VALUE) : item))
                    return true;
        return gives_placeholders(model, module, hole);
    }
    default:
        return gives_placeholders(model, module, hole);
    }
}

bool has_in_list(const Model *model, const SqlText *sql)
{
    if (sql->home && !sql->complete)
        vec_each(piece, &sql->pieces)
            if (piece->kind == PIECE_HOLE && piece->node && fills_in_list(model, sql->home, piece->node))
                return true;
    return false;
}
