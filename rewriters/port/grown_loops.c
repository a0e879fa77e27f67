/*
 * Loops that add placeholders and values (TX-09): each turn has a number, which is part of the names.
 */
#include "rewriters/port/binds.h"

/* `for i, x in enumerate(xs)`: the number is there already. */
static Str own_index(const Module *module, NodeId left, NodeId right)
{
    const Tree *tree  = &module->tree;
    NodeId      first = tree_kind(tree, left) == PY_PATTERN_LIST ? tree_nth(tree, left, 0) : 0;

    if (!first || tree_kind(tree, first) != PY_IDENTIFIER || !is_call_to(tree, right, "enumerate")
        || module->scopes.symbols.items[module->scopes.symbol_of[first]].bindings.count != 1)
        return (Str) { 0 };
    return tree_text(tree, first);
}

Str unused_name(Work *work, const Module *module, NodeId loop)
{
    const Tree *tree     = &module->tree;
    NodeId      function = scope_function(&module->scopes, loop);
    NodeId      root     = function ? function : 1;

    for (unsigned n = 1;; n++) {
        Str  name = n == 1 ? STR("i") : str_format(work->arena, "i_%u", n);
        bool used = scope_local(&module->scopes, 1, name) != 0;
        for (NodeId id = root; !used && id < tree_node(tree, root)->end; id++)
            used = tree_kind(tree, id) == PY_IDENTIFIER && str_eq(tree_text(tree, id), name);
        if (!used)
            return name;
    }
}

Str loop_index(Work *work, const Module *module, NodeId loop)
{
    const Tree *tree = &module->tree;
    NodeId      left = tree_field(tree, loop, F_LEFT), right = tree_field(tree, loop, F_RIGHT);

    vec_each(known, &work->loops)
        if (known->node == loop)
            return known->index;
    Str index = own_index(module, left, tree_strip(tree, right));
    if (!index.len) {
        bool several = tree_kind(tree, left) == PY_PATTERN_LIST;
        index = unused_name(work, module, loop);
        work_insert(work, module, tree_node(tree, left)->lo,
                    str_format(work->arena, STR_FORMAT ", %s", STR_ARG(index), several ? "(" : ""));
        if (several)
            work_insert(work, module, tree_node(tree, left)->hi, STR(")"));
        work_insert(work, module, tree_node(tree, right)->lo, STR("enumerate("));
        work_insert(work, module, tree_node(tree, right)->hi, STR(")"));
    }
    vec_push(work->arena, &work->loops, (NumberedLoop) { loop, index });
    return index;
}
