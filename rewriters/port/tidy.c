#include "rewriters/port/tidy.h"

#include "rewriters/port/work.h"

static bool is_done(const Ports *ports, const bool *applied, const Callsite *site)
{
    uint32_t unit = ports->in.units->unit_of[site->index];

    if (site->is_ported)
        return true;
    if (unit != NO_UNIT)
        return applied[unit];
    return site->method == METHOD_COMMIT || site->method == METHOD_ROLLBACK || site->method == METHOD_CLOSE;
}

bool file_is_done(const Ports *ports, const bool *applied, const Module *module)
{
    bool any = false, own_done = true, all_done = true;

    vec_each(site, ports->in.units->calls) {
        bool done = is_done(ports, applied, site);
        all_done &= done;
        if (site->module == module) {
            any = true;
            own_done &= done;
        }
    }
    return any ? own_done : all_done;
}

static bool is_handler_class(const Tree *tree, NodeId id)
{
    NodeId up = tree_parent(tree, id);

    while (tree_kind(tree, up) == PY_TUPLE || tree_kind(tree, up) == PY_PARENTHESIZED
           || tree_kind(tree, up) == PY_AS_PATTERN)
        up = tree_parent(tree, up);
    if (tree_kind(tree, up) == PY_ARGUMENT_LIST) { /* isinstance(error, …), suppress(…), pytest.raises(…) */
        NodeId function = tree_field(tree, tree_parent(tree, up), F_FUNCTION);
        Str    name     = function ? tree_text(tree, function) : (Str) { 0 };
        return str_is(name, "isinstance") || str_is(name, "suppress") || str_ends_with(name, STR(".suppress"))
            || str_ends_with(name, STR(".raises"));
    }
    return tree_kind(tree, up) == PY_EXCEPT;
}

void tidy_file(Arena *arena, const Ports *ports, const Module *module, UnitPort *out)
{
    *out      = (UnitPort) { .verdict = VERDICT_SAFE };
    Work work = { .arena = arena, .in = &ports->in, .model = ports->in.model, .out = out, .module = module,
                  .tree = &module->tree };

    for (NodeId id = 1; id < module->tree.count; id++) {
        Kind kind   = tree_kind(&module->tree, id);
        Kind parent = tree_kind(&module->tree, tree_parent(&module->tree, id));
        if (kind != PY_ATTRIBUTE && kind != PY_IDENTIFIER && kind != PY_STRING)
            continue;
        if (parent == PY_ATTRIBUTE) /* the whole chain was looked at */
            continue;
        if (kind != PY_STRING && is_handler_class(&module->tree, id))
            port_exception(&work, module, id);
        else
            port_annotation(&work, module, id);
    }
}
