/* LIMIT and OFFSET that are bound: what Python's own text says of their values (TX-12). */
#include "rewriters/port/work.h"

static bool may_be_negative(const Module *module, NodeId item, int depth);

/* `limit=-1` of a def, `limit = -1`: whatever the name is bound to anywhere. */
static bool name_may_be_negative(const Module *module, SymbolId symbol, int depth)
{
    const Tree *tree = &module->tree;

    vec_each(name, &module->scopes.symbols.items[symbol].bindings) {
        NodeId parent = tree_parent(tree, *name), value = 0;
        switch (tree_kind(tree, parent)) {
        case PY_ASSIGNMENT: value = tree_field(tree, parent, F_RIGHT); break;
        case PY_NAMED_EXPRESSION:
        case PY_DEFAULT_PARAMETER:
        case PY_TYPED_DEFAULT_PARAMETER: value = tree_field(tree, parent, F_VALUE); break;
        default: break;
        }
        if (value && may_be_negative(module, value, depth + 1))
            return true;
    }
    return false;
}

/* Says a negative number, now or in one of its branches. */
static bool may_be_negative(const Module *module, NodeId item, int depth)
{
    enum { DEEPEST = 4 };
    const Tree *tree = &module->tree;
    NodeId      node = tree_strip(tree, item);

    if (depth > DEEPEST)
        return false;
    switch (tree_kind(tree, node)) {
    case PY_UNARY:
        return str_starts_with(tree_text(tree, node), STR("-"))
            && tree_kind(tree, tree_strip(tree, tree_nth(tree, node, 0))) == PY_INTEGER;
    case PY_CONDITIONAL:
        return may_be_negative(module, tree_nth(tree, node, 0), depth + 1)
            || may_be_negative(module, tree_nth(tree, node, 2), depth + 1);
    case PY_BOOLEAN:
        for (size_t i = 0; i < tree_arity(tree, node); i++)
            if (may_be_negative(module, tree_nth(tree, node, i), depth + 1))
                return true;
        return false;
    case PY_IDENTIFIER: {
        SymbolId symbol = module->scopes.symbol_of[node];
        return symbol && name_may_be_negative(module, symbol, depth);
    }
    default: return false;
    }
}

/* What the statement's dict or tuple has for the bind; 0 if that is not seen. */
static NodeId value_of(Work *work, const Params *params, const SqlBind *bind)
{
    const Tree *tree = work->tree;

    if (params->shape != PARAMS_DICT)
        return params->display && bind->number && bind->number <= params->items.count ? params->items.items[bind->number - 1]
                                                                                        : 0;
    for (size_t i = 0; params->display && i < params->items.count; i++) {
        NodeId  pair = params->items.items[i];
        NodeId  key  = tree_kind(tree, pair) == PY_PAIR ? tree_field(tree, pair, F_KEY) : 0;
        Literal name;
        if (key && literal_read(work->arena, tree, key, &name) && str_eq(name.text, bind->name))
            return tree_field(tree, pair, F_VALUE);
    }
    return 0;
}

bool limit_may_be_negative(Work *work, const Execute *execute, const Translation *sql)
{
    vec_each(bind, &sql->binds) {
        NodeId value = bind->limits ? value_of(work, &execute->call->params, bind) : 0;
        if (value && may_be_negative(work->module, value, 0))
            return true;
    }
    return false;
}

bool value_may_be_negative(const Module *module, NodeId value)
{
    return may_be_negative(module, value, 0);
}
