#include "analyzers/facts/growing.h"

/* -- locals ---------------------------------------------------------------------------------- */

int growth_index_of(const Walker *walker, NodeId name)
{
    SymbolId symbol = tree_kind(walker->tree, name) == PY_IDENTIFIER ? walker->module->scopes.symbol_of[name] : 0;

    for (uint32_t i = 0; symbol && i < walker->count; i++)
        if (walker->watched[i] == symbol)
            return (int)i;
    return -1;
}

static NodeId scope_node(const Walker *walker)
{
    return walker->call->function ? walker->call->function : 1;
}

/* A local of the function that calls, bound there and nowhere else. */
bool growth_is_local(const Walker *walker, SymbolId symbol)
{
    const Scopes *scopes = &walker->module->scopes;

    if (!symbol || scopes->symbols.items[symbol].scope != scopes->opens[scope_node(walker)])
        return false;
    vec_each(bound, &scopes->symbols.items[symbol].bindings)
        if (scope_function(scopes, *bound) != walker->call->function)
            return false;
    return true;
}

/* What a binding is given: the right side of its assignment; 0 if it is bound in another way. */
static NodeId right_of(const Tree *tree, NodeId bound)
{
    NodeId parent = tree_parent(tree, bound);

    while (tree_kind(tree, parent) == PY_PATTERN_LIST || tree_kind(tree, parent) == PY_TUPLE_PATTERN)
        parent = tree_parent(tree, parent);
    if ((tree_kind(tree, parent) != PY_ASSIGNMENT && tree_kind(tree, parent) != PY_AUGMENTED_ASSIGNMENT)
        || !tree_is_inside(tree, bound, tree_field(tree, parent, F_LEFT)))
        return 0;
    NodeId right = tree_field(tree, parent, F_RIGHT);
    while (right && tree_kind(tree, right) == PY_ASSIGNMENT)
        right = tree_field(tree, right, F_RIGHT);
    return right;
}

static bool may_be_text_or_list(const Tree *tree, NodeId value)
{
    switch (tree_kind(tree, tree_strip(tree, value))) {
    case PY_STRING:
    case PY_CONCATENATED_STRING:
    case PY_BINARY:
    case PY_LIST:
    case PY_TUPLE:
    case PY_EXPRESSION_LIST:
    case PY_CONDITIONAL:
    case PY_CALL:
    case PY_SUBSCRIPT:
    case PY_IDENTIFIER:
        return true;
    default:
        return false;
    }
}

/* Whether a local is ever given a text or a list as it is written. */
static bool is_interesting(const Walker *walker, SymbolId symbol)
{
    vec_each(bound, &walker->module->scopes.symbols.items[symbol].bindings) {
        NodeId right = right_of(walker->tree, *bound);
        if (right && may_be_text_or_list(walker->tree, right))
            return true;
    }
    return false;
}

/* `"?" * len(ids)`, `"?" for _ in ids`: whether an identifier is what placeholders are counted by. */
static bool counts_placeholders(const Tree *tree, NodeId name)
{
    NodeId parent = tree_parent(tree, name);

    if (tree_kind(tree, parent) == PY_FOR_IN && tree_node(tree, name)->field == F_RIGHT) {
        NodeId body = tree_field(tree, tree_parent(tree, parent), F_BODY);
        return body && tree_kind(tree, body) == PY_STRING && str_contains(tree_text(tree, body), STR("?"));
    }
    NodeId call = tree_kind(tree, parent) == PY_ARGUMENT_LIST ? tree_parent(tree, parent) : 0;
    NodeId product = call && tree_kind(tree, call) == PY_CALL && str_is(tree_text(tree, tree_field(tree, call, F_FUNCTION)), "len")
                       ? tree_parent(tree, call) : 0;
    return product && tree_kind(tree, product) == PY_BINARY && str_contains(tree_text(tree, product), STR("?"))
        && str_is(tree_text(tree, tree_field(tree, product, F_OPERATOR)), "*");
}

static void watch_in(Walker *walker, NodeId expression);

static void watch(Walker *walker, SymbolId symbol)
{
    const Tree *tree = walker->tree;

    for (uint32_t i = 0; i < walker->count; i++)
        if (walker->watched[i] == symbol)
            return;
    if (walker->count == WATCHED || !growth_is_local(walker, symbol) || !is_interesting(walker, symbol))
        return;
    uint32_t index         = walker->count++;
    walker->watched[index] = symbol;
    vec_each(bound, &walker->module->scopes.symbols.items[symbol].bindings) {
        NodeId right = right_of(tree, *bound), parent = tree_parent(tree, *bound);
        if (right)
            watch_in(walker, right);
        else if (!walker->module->scopes.symbols.items[symbol].is_parameter && tree_kind(tree, parent) != PY_FOR)
            walker->opaque[index] = true;
    }
    for (NodeId id = scope_node(walker); id < tree_node(tree, scope_node(walker))->end; id++) {
        if (tree_kind(tree, id) == PY_IDENTIFIER && walker->module->scopes.symbol_of[id] == symbol)
            walker->counted[index] |= counts_placeholders(tree, id);
        if (tree_kind(tree, id) == PY_ATTRIBUTE && tree_kind(tree, tree_field(tree, id, F_OBJECT)) == PY_IDENTIFIER
            && walker->module->scopes.symbol_of[tree_field(tree, id, F_OBJECT)] == symbol
            && tree_node(tree, id)->field == F_FUNCTION) {
            Str method = tree_text(tree, tree_field(tree, id, F_ATTRIBUTE));
            if (str_is(method, "append") || str_is(method, "extend"))
                watch_in(walker, tree_field(tree, tree_parent(tree, id), F_ARGUMENTS));
        }
    }
}

static void watch_in(Walker *walker, NodeId expression)
{
    for (NodeId id = expression; expression && id < tree_node(walker->tree, expression)->end; id++)
        if (tree_kind(walker->tree, id) == PY_IDENTIFIER && walker->module->scopes.symbol_of[id])
            watch(walker, walker->module->scopes.symbol_of[id]);
}

/* -- the whole ------------------------------------------------------------------------------- */

/* Whether a reading that was not followed meets something else: another text under the same name. */
static bool is_apart(const Walker *walker, NodeId name)
{
    vec_each(sight, &walker->sights) {
        if (sight->name != name)
            continue;
        vec_each(source, &sight->sources)
            vec_each(place, &walker->out->touched)
                if (place->module == walker->module->id && place->node == *source)
                    return false;
        return true;
    }
    return false; /* not seen at all: in a function inside, say */
}

/* Uses of the locals that reach the call, other than those that were followed. */
static void note_others(Walker *walker)
{
    const Tree *tree = walker->tree;

    for (NodeId id = scope_node(walker); id < tree_node(tree, scope_node(walker))->end; id++) {
        int index = tree_kind(tree, id) == PY_IDENTIFIER && !walker->consumed[id] ? growth_index_of(walker, id) : -1;
        if (index < 0 || is_apart(walker, id))
            continue;
        if (walker->flows_list >> index & 1)
            vec_push(walker->arena, &walker->out->lists, id);
        else if (walker->flows_text >> index & 1)
            vec_push(walker->arena, &walker->out->texts, id);
    }
}

/* Whether text and values are all there where the call stands. */
static bool is_in_place(const Callsite *call)
{
    bool text   = call->sql.complete && call->sql.home && (call->sql.shape != SHAPE_VARIABLE || call->sql.constant)
             && call->sql.shape != SHAPE_AUGMENTED;
    bool values = call->params.shape == PARAMS_NONE || call->params.shape == PARAMS_DICT || call->method == METHOD_EXECUTEMANY
               || (call->params.display && call->params.display == call->params.node && call->params.is_exact);

    return text && values;
}

const Growth *growth_of(Arena *arena, const Model *model, const Callsite *call)
{
    if (!call->sql_node || call->method == METHOD_EXECUTESCRIPT || is_in_place(call))
        return NULL;
    Walker walker = { .arena  = arena,
                      .model  = model,
                      .module = call->module,
                      .tree   = &call->module->tree,
                      .call   = call };
    watch_in(&walker, call->sql_node);
    if (call->params.node && call->method != METHOD_EXECUTEMANY)
        watch_in(&walker, call->params.node);
    if (!walker.count && call->sql.shape != SHAPE_IN_LIST)
        return NULL;
    walker.out             = arena_new(arena, Growth);
    walker.out->certain    = true;
    walker.out->knows_values = true;
    walker.consumed        = arena_array(arena, uint8_t, call->module->tree.count + 1);
    StateVec states        = { 0 };
    State    begin         = { .slots = arena_array(arena, Slot, walker.count + 1) };
    for (uint32_t i = 0; i < walker.count; i++)
        if (walker.module->scopes.symbols.items[walker.watched[i]].is_parameter)
            begin.slots[i].kind = SLOT_UNKNOWN;
    vec_push(arena, &states, begin);
    NodeId body = call->function ? tree_field(walker.tree, call->function, F_BODY) : 1;
    growth_walk(&walker, body, &states);
    /* What a generator runs, it runs later. */
    walker.out->certain &= !walker.lost && walker.out->shapes.count > 0 && !tree_enclosing(walker.tree, call->call, PY_GENERATOR);
    note_others(&walker);
    return walker.out;
}
