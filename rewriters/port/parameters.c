/*
 * From positions to names: what is bound to a statement.
 *
 * A tuple or list display becomes a dict display in place, so that the author's
 * line breaks and comments stay. What is held in a variable is turned where it is
 * written if the statement is its only reader, else zipped with the names at the
 * call (PY-06). Anything whose length is unknown is refused.
 */
#include "rewriters/port/binds.h"

/* `(a, b)` or `[a, b]` becomes `{"x": a, "y": b}` where it stands. */
static void port_display(Work *work, Execute *execute, NodeId display, const NodeIdVec *items)
{
    const Tree   *tree = work->tree;
    const PyNode *node = tree_node(tree, display);
    Str           text = work->module->source.text;

    work_edit(work, work->module, node->lo, node->lo + 1, STR("{"));
    work_edit(work, work->module, node->hi - 1, node->hi, STR("}"));
    for (size_t i = 0; i < items->count; i++) {
        const SqlBind *bind = bind_at(execute, i);
        work_insert(work, work->module, tree_node(tree, items->items[i])->lo, quoted_key(work, bind->name));
        if (list_of(execute, bind)) { /* *ids */
            uint32_t star = tree_node(tree, items->items[i])->lo;
            work_edit(work, work->module, star, star + 1, STR("list("));
            work_insert(work, work->module, tree_node(tree, items->items[i])->hi, STR(")"));
            continue;
        }
        port_item(work, items->items[i], bind);
    }
    Str clocks = clock_entries(work, execute);
    if (clocks.len)
        work_insert(work, work->module, tree_node(tree, vec_last(items))->hi,
                    str_format(work->arena, ", " STR_FORMAT, STR_ARG(clocks)));
    /* The comma that made one element a tuple is no longer needed. */
    if (items->count == 1) {
        uint32_t at = tree_node(tree, items->items[0])->hi;
        while (at < node->hi && (text.ptr[at] == ' ' || text.ptr[at] == ')'))
            at++;
        uint32_t after = at + 1;
        while (after < node->hi - 1 && text.ptr[after] == ' ')
            after++;
        if (at < node->hi - 1 && text.ptr[at] == ',' && after == node->hi - 1)
            work_edit(work, work->module, at, after, (Str) { 0 });
    }
}

static Str name_list(Work *work, const Execute *execute)
{
    Buf    out   = buf_new(work->arena);
    size_t count = bind_count(execute);

    for (size_t i = 0; i < count; i++)
        buf_format(&out, "%s\"" STR_FORMAT "\"", i ? ", " : "", STR_ARG(bind_at(execute, i)->name));
    return count == 1 ? str_format(work->arena, STR_FORMAT ",", STR_ARG(buf_str(&out)))
                                         : buf_str(&out);
}

/* -- values for lists ------------------------------------------------------------------------ */

/* One value of a sequence, or (spread) all the values of one. */
typedef struct Slot {
    NodeId node;
    bool   is_spread;
} Slot;
typedef Vec(Slot) SlotVec;

static bool is_collection(const Work *work, const Execute *execute, NodeId node)
{
    vec_each(list, &execute->lists)
        if (str_eq(tree_text(work->tree, node), tree_text(work->tree, list->collection)))
            return true;
    return false;
}

/* What an expression for values is made of: displays, the collections of the lists, their sums. */
static bool flatten(Work *work, const Execute *execute, NodeId node, SlotVec *out)
{
    const Tree *tree = work->tree;

    node = tree_strip(tree, node);
    if (is_collection(work, execute, node)) {
        vec_push(work->arena, out, (Slot) { node, true });
        return true;
    }
    switch (tree_kind(tree, node)) {
    case PY_TUPLE:
    case PY_LIST:
        tree_each_child(child, tree, node) {
            if (tree_kind(tree, child) == PY_COMMENT || tree_kind(tree, child) == PY_TOKEN)
                continue;
            bool   spread = tree_kind(tree, child) == PY_LIST_SPLAT;
            NodeId item   = spread ? tree_nth(tree, child, 0) : child;
            if (!item || (spread && !is_collection(work, execute, tree_strip(tree, item))))
                return false;
            vec_push(work->arena, out, (Slot) { item, spread });
        }
        return true;
    case PY_CALL:
        return (is_call_to(tree, node, "list") || is_call_to(tree, node, "tuple")) && first_argument(tree, node)
            && flatten(work, execute, first_argument(tree, node), out);
    case PY_BINARY:
        return str_is(tree_text(tree, tree_field(tree, node, F_OPERATOR)), "+")
            && flatten(work, execute, tree_field(tree, node, F_LEFT), out)
            && flatten(work, execute, tree_field(tree, node, F_RIGHT), out);
    default:
        return false;
    }
}

/* Statements with lists: each collection must stand among the values where its placeholders stand (TX-07b). */
static void port_lists(Work *work, Execute *execute)
{
    const Callsite *call  = execute->call;
    const Tree     *tree  = work->tree;
    SlotVec         slots = { 0 };
    bool            fits  = call->params.node && !has_named(execute) && !is_numbered(execute)
             && flatten(work, execute, call->params.node, &slots) && slots.count == bind_count(execute);

    for (size_t i = 0; fits && i < slots.count; i++) {
        const InList *list = list_of(execute, bind_at(execute, i));
        fits               = slots.items[i].is_spread == (list != NULL)
            && (!list || str_eq(tree_text(tree, slots.items[i].node), tree_text(tree, list->collection)));
    }
    if (!fits) {
        work_reason(work, VERDICT_MANUAL, "TX-07b", work->module, call->call,
                    "the values do not stand where the placeholders of their list do; bind the list by name");
        return;
    }
    if (call->params.display && call->params.display == call->params.node) {
        NodeIdVec items = { 0 };
        tree_each_child(child, tree, call->params.display)
            if (tree_kind(tree, child) != PY_COMMENT && tree_kind(tree, child) != PY_TOKEN)
                vec_push(work->arena, &items, child);
        port_display(work, execute, call->params.display, &items);
        return;
    }
    Buf dict = buf_new(work->arena);
    for (size_t i = 0; i < slots.count; i++) {
        const SqlBind *bind = bind_at(execute, i);
        buf_format(&dict, "%s" STR_FORMAT STR_FORMAT STR_FORMAT "%s", i ? ", " : "{", STR_ARG(quoted_key(work, bind->name)),
                   STR_ARG(slots.items[i].is_spread ? STR("list(") : STR("")),
                   STR_ARG(tree_text(tree, slots.items[i].node)), slots.items[i].is_spread ? ")" : "");
        if (!slots.items[i].is_spread && (bind->type == PG_BOOLEAN || bind->type == PG_TIMESTAMPTZ))
            work_reason(work, VERDICT_UNSAFE, "TX-16", work->module, slots.items[i].node,
                        "the value goes to a BOOLEAN or TIMESTAMPTZ column; see that it has that type");
    }
    Str clocks = clock_entries(work, execute);
    buf_format(&dict, "%s" STR_FORMAT "}", clocks.len ? ", " : "", STR_ARG(clocks));
    work_edit(work, work->module, tree_node(tree, call->params.node)->lo, tree_node(tree, call->params.node)->hi,
              buf_str(&dict));
}

/* How often a variable is read. */
static uint32_t read_count(const Module *module, SymbolId symbol)
{
    uint32_t count = 0;

    for (NodeId id = 1; id < module->tree.count; id++)
        count += tree_kind(&module->tree, id) == PY_IDENTIFIER && module->scopes.symbol_of[id] == symbol;
    return count - (uint32_t)module->scopes.symbols.items[symbol].bindings.count;
}

static void zip_at_call(Work *work, const Execute *execute, NodeId node)
{
    Str names = name_list(work, execute);

    work_insert(work, work->module, tree_node(work->tree, node)->lo,
                str_format(work->arena, "dict(zip((" STR_FORMAT "), ", STR_ARG(names)));
    work_insert(work, work->module, tree_node(work->tree, node)->hi, STR("))"));
    work_reason(work, VERDICT_UNSAFE, "PY-06", work->module, node,
                "the values are in a variable: they are zipped with the names; see that it always has %zu",
                bind_count(execute));
}


static const SqlBind *bind_called(const Translation *sql, Str name)
{
    vec_each(bind, &sql->binds)
        if (str_eq(bind->name, name))
            return bind;
    return NULL;
}

/* The bind of this name, in whatever shape of the statement; NULL if there is none. */
static const SqlBind *named_bind(Work *work, const Execute *execute, NodeId value, Str name)
{
    const SqlBind *found = bind_called(&execute->sql, name);

    vec_each(shape, &execute->shapes) {
        const SqlBind *other = bind_called(&shape->sql, name);
        if (found && other && other->type != found->type)
            work_reason(work, VERDICT_MANUAL, "TX-09", execute->call->module, value,
                        "which column this value meets depends on the path taken, and their types differ; "
                        "give each statement its own");
        found = found ? found : other;
    }
    return found;
}

/* `:name` in the statement and a dict: names and values stay as they are. */
static void port_named(Work *work, Execute *execute)
{
    const Params *params = &execute->call->params;

    if (has_positional(execute) || params->shape == PARAMS_TUPLE || params->shape == PARAMS_LIST) {
        work_reason(work, VERDICT_MANUAL, "TX-05", work->module, execute->call->call,
                    "named and positional placeholders meet; write one kind");
        return;
    }
    for (size_t i = 0; params->display && params->shape == PARAMS_DICT && i < params->items.count; i++) {
        NodeId key = tree_kind(work->tree, params->items.items[i]) == PY_PAIR
                       ? tree_field(work->tree, params->items.items[i], F_KEY) : 0;
        NodeId value = key ? tree_field(work->tree, params->items.items[i], F_VALUE) : 0;
        Literal name;
        if (!value || !literal_read(work->arena, work->tree, key, &name))
            continue;
        const SqlBind *bind = named_bind(work, execute, value, name.text);
        if (bind)
            port_item(work, value, bind);
    }
    if (params->shape == PARAMS_UNKNOWN || params->shape == PARAMS_APPENDED || params->shape == PARAMS_GENERATOR)
        work_reason(work, VERDICT_UNSAFE, "PY-06", work->module, execute->call->call,
                    "the values are not written at the call; they must be a mapping with the statement's names");
}

bool port_unpaired(Work *work, const Execute *execute)
{
    const Translation *first = &execute->shapes.items[0].sql;

    vec_each(shape, &execute->shapes) {
        bool same = shape->sql.binds.count == first->binds.count;
        for (size_t i = 0; same && i < first->binds.count; i++)
            same = str_eq(shape->sql.binds.items[i].name, first->binds.items[i].name)
                && shape->sql.binds.items[i].number == first->binds.items[i].number;
        if (same || (has_named(execute) && !has_positional(execute)))
            continue;
        work_reason(work, VERDICT_MANUAL, "TX-09", execute->call->module, execute->call->call,
                    "the placeholders depend on the path taken, and how the values do is not known; pair them by hand");
        return false;
    }
    return true;
}

/* Values that are arguments of the call (`one(sql, a, b)`) become one dict. */
static void port_arguments(Work *work, Execute *execute)
{
    const Tree      *tree  = work->tree;
    const NodeIdVec *items = &execute->call->params.items;

    if (items->count != bind_count(execute) || has_named(execute) || is_numbered(execute)
        || has_clock(execute)) {
        work_reason(work, VERDICT_MANUAL, "PY-06", work->module, execute->call->call,
                    "the statement has %zu placeholders, and the call gives %zu values", bind_count(execute), items->count);
        return;
    }
    for (size_t i = 0; i < items->count; i++) {
        Str key = quoted_key(work, bind_at(execute, i)->name);
        work_insert(work, work->module, tree_node(tree, items->items[i])->lo,
                    i ? key : str_format(work->arena, "{" STR_FORMAT, STR_ARG(key)));
        port_item(work, items->items[i], bind_at(execute, i));
    }
    work_insert(work, work->module, tree_node(tree, vec_last(items))->hi, STR("}"));
}

void port_parameters(Work *work, Execute *execute)
{
    const Callsite *call   = execute->call;
    const Params   *params = &call->params;
    size_t          binds  = bind_count(execute);
    Str             clocks = binds ? (Str) { 0 } : clock_entries(work, execute);
    bool            stands = params->display && params->display == params->node && params->is_exact;

    if (execute->growth && params->node
        && ((execute->growth->knows_values && (execute->shapes.count > 1 || !stands)) || execute->lists.count)
        && !(params->shape == PARAMS_VARIABLE && grown_values_stay(work, execute))) {
        port_grown_values(work, execute);
        return;
    }
    if (execute->growth && !port_unpaired(work, execute))
        return;
    if (execute->lists.count) {
        port_lists(work, execute);
        return;
    }
    if (params->shape == PARAMS_TUPLE && !params->display && params->items.count) {
        port_arguments(work, execute);
        return;
    }
    if (binds == 0) {
        /* Nothing to bind: an empty tuple or list goes, anything else is for a person. */
        if (params->shape == PARAMS_NONE) {
            if (clocks.len)
                work_insert(work, work->module, tree_node(work->tree, call->sql_node)->hi,
                            str_format(work->arena, ", {" STR_FORMAT "}", STR_ARG(clocks)));
            return;
        }
        if (params->display && params->is_exact && params->items.count == 0 && params->node == params->display) {
            if (params->shape != PARAMS_DICT)
                work_edit(work, work->module, tree_node(work->tree, params->node)->lo,
                          tree_node(work->tree, params->node)->hi, STR("{}"));
            return;
        }
        work_reason(work, VERDICT_MANUAL, "PY-06", work->module, call->call,
                    "values are given to a statement without placeholders that could be seen");
        return;
    }
    if (has_clock(execute) && !(params->display && params->display == params->node)) {
        work_reason(work, VERDICT_MANUAL, "DT-06", work->module, call->call,
                    "the current time must be bound, and the values are not written at the call; add it there");
        return;
    }
    if (has_named(execute)) {
        port_named(work, execute);
        return;
    }
    if (!numbers_fit(work, execute))
        return;
    switch (params->shape) {
    case PARAMS_TUPLE:
    case PARAMS_LIST:
        if (params->is_exact && params->items.count == binds) {
            port_display(work, execute, params->display, &params->items);
            return;
        }
        break;
    case PARAMS_VARIABLE:
        if (params->display && params->is_exact && params->items.count == binds
            && tree_kind(work->tree, params->display) != PY_DICTIONARY
            && read_count(work->module, params->variable) == 1
            && tree_text(work->tree, params->display).ptr[0] != '"') {
            char first = tree_text(work->tree, params->display).ptr[0];
            if (first == '(' || first == '[') {
                port_display(work, execute, params->display, &params->items);
                return;
            }
        }
        if (!params->display || (params->is_exact && params->items.count == binds)) {
            zip_at_call(work, execute, params->node);
            return;
        }
        break;
    case PARAMS_APPENDED:
        work_reason(work, VERDICT_MANUAL, "TX-09", work->module, call->call,
                    "the list of values grows along branches; pair each placeholder with its value by hand");
        return;
    case PARAMS_NONE:
        work_reason(work, VERDICT_MANUAL, "PY-06", work->module, call->call,
                    "the statement has %zu placeholders and the call gives no values", binds);
        return;
    default:
        break;
    }
    work_reason(work, VERDICT_MANUAL, "PY-06", work->module, call->call,
                "the statement has %zu placeholders, and how many values the call gives is not certain", binds);
}
