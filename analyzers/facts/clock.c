#include "analyzers/facts/clock.h"

#include "analyzers/facts/sqltext.h"

static const Held *external(const Model *model, const Module *module, NodeId function)
{
    return model_has(model, module, function, ROLE_EXTERNAL);
}

/* `.isoformat()` and its like give the same instant in other words. */
static NodeId inside_of_conversion(const Tree *tree, NodeId call)
{
    static const char *const words[]  = { "isoformat", "strftime", "replace", "timestamp",
                                          "date",      "time",     NULL };
    NodeId function = tree_field(tree, call, F_FUNCTION);

    if (!function || tree_kind(tree, function) != PY_ATTRIBUTE)
        return 0;
    Str name = tree_text(tree, tree_field(tree, function, F_ATTRIBUTE));
    if (str_is(name, "replace") && str_contains(tree_text(tree, call), STR("tzinfo")))
        return 0;
    for (size_t i = 0; words[i]; i++)
        if (str_is(name, words[i]))
            return tree_field(tree, function, F_OBJECT);
    return 0;
}

static bool is_clock_call(const Model *model, const Module *module, NodeId call)
{
    const Tree *tree      = &module->tree;
    NodeId      arguments = tree_field(tree, call, F_ARGUMENTS);
    const Held *held      = external(model, module, tree_field(tree, call, F_FUNCTION));

    if (!held)
        return false;
    Str name = model_value(model, held->value)->name;
    if (str_is(name, "datetime.datetime.utcnow"))
        return true;
    return str_is(name, "datetime.datetime.now") && arguments && tree_arity(tree, arguments) == 0;
}

static bool look(const Model *model, const Module *module, NodeId expression, int depth,
                           Place *clock);

/* A function of the project that gives the time: `def now(): return datetime.utcnow().isoformat()`.
 */
static bool gives_naive_clock(const Model *model, const Module *module, NodeId call, int depth,
                              Place *clock)
{
    Place callee = model_callee(model, module, call);

    if (!callee.node)
        return false;
    const Module *home = model_module(model, callee.module);
    const Tree   *tree = &home->tree;
    for (NodeId id = callee.node; id < tree_node(tree, callee.node)->end; id++)
        if (tree_kind(tree, id) == PY_RETURN && tree_nth(tree, id, 0)
            && scope_function(&home->scopes, id) == callee.node)
            return look(model, home, tree_nth(tree, id, 0), depth + 1, clock);
    return false;
}

static bool look(const Model *model, const Module *module, NodeId expression, int depth,
                           Place *clock)
{
    enum { DEEPEST = 8 };
    const Tree *tree = &module->tree;

    if (!expression || depth > DEEPEST)
        return false;
    expression = tree_strip(tree, expression);
    switch (tree_kind(tree, expression)) {
    case PY_CALL: {
        if (is_clock_call(model, module, expression)) {
            *clock = (Place) { module->id, expression };
            return true;
        }
        return look(model, module, inside_of_conversion(tree, expression), depth + 1,
                              clock)
            || gives_naive_clock(model, module, expression, depth, clock);
    }
    case PY_BINARY: /* now() + timedelta(…) */
        return look(model, module, tree_field(tree, expression, F_LEFT), depth + 1,
                              clock);
    case PY_IDENTIFIER:
    case PY_ATTRIBUTE: {
        SymbolId symbol = 0;
        Place    value  = constant_of(model, module, expression, &symbol);
        if (!value.node)
            return false;
        return look(model, model_module(model, value.module), value.node, depth + 1,
                              clock);
    }
    default:
        return false;
    }
}

bool is_naive_clock(const Model *model, const Module *module, NodeId expression, Place *clock)
{
    return look(model, module, expression, 0, clock);
}
