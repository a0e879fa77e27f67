#include "rewriters/port/rows.h"

bool row_use_is_by_value(RowUseKind kind)
{
    return kind == ROW_BY_INDEX || kind == ROW_UNPACKED;
}

bool row_use_is_by_name(RowUseKind kind)
{
    return kind == ROW_BY_NAME || kind == ROW_TO_DICT || kind == ROW_KEYS || kind == ROW_COMPUTED;
}

typedef struct Collector {
    Arena       *arena;
    const Model *model;
    RowUseVec    out;
} Collector;

static void note(Collector *collector, RowUseKind kind, const Module *module, NodeId row, NodeId use, Str key)
{
    vec_push(collector->arena, &collector->out,
             (RowUse) { .kind = kind, .module = module, .row = row, .node = use, .key = key });
}

static NodeId out_of_parentheses(const Tree *tree, NodeId id)
{
    for (;;) {
        NodeId parent = tree_parent(tree, id);
        Kind   kind   = tree_kind(tree, parent);
        if (kind != PY_PARENTHESIZED && kind != PY_AWAIT
            && !(kind == PY_NAMED_EXPRESSION && tree_node(tree, id)->field == F_VALUE))
            return id;
        id = parent;
    }
}

static bool is_builtin(const Module *module, NodeId function, const char *name)
{
    return tree_kind(&module->tree, function) == PY_IDENTIFIER && !module->scopes.symbol_of[function]
        && str_is(tree_text(&module->tree, function), name);
}

static bool is_any_builtin(const Module *module, NodeId function, const char *const *names)
{
    for (; *names; names++)
        if (is_builtin(module, function, *names))
            return true;
    return false;
}

/* Whether a call hands its arguments to functions of this project, where uses are seen. */
static bool is_seen_call(const Collector *collector, const Module *module, NodeId call)
{
    return model_callee(collector->model, module, call).node != 0;
}

static void use_as_argument(Collector *collector, const Module *module, NodeId row, NodeId call, NodeId argument,
                            bool is_list)
{
    static const char *const values[]  = { "tuple", "list", "set", "sorted", "sum", "max", "min", "zip", "map",
                                           "filter", "any", "all", "frozenset", "iter", "reversed",
                                           "enumerate", NULL };
    static const char *const tests[]   = { "bool", "len", "id", NULL };
    static const char *const kinds[]   = { "isinstance", "type", "hasattr", NULL };
    static const char *const keeps[]   = { "list", "tuple", "sorted", "reversed", "iter", "next", "len", "bool",
                                           "enumerate", "zip", "any", "all", "set", NULL };
    const Tree *tree     = &module->tree;
    NodeId      function = tree_field(tree, call, F_FUNCTION);
    bool        keyword  = tree_kind(tree, argument) == PY_KEYWORD_ARGUMENT;

    if (!function)
        return;
    if (is_list && tree_kind(tree, function) == PY_ATTRIBUTE
        && str_is(tree_text(tree, tree_field(tree, function, F_ATTRIBUTE)), "executemany")) { /* reads them by position */
        note(collector, ROW_BY_INDEX, module, row, call, (Str) { 0 });
        return;
    }
    if (is_list) {
        if (!is_any_builtin(module, function, keeps) && !is_seen_call(collector, module, call))
            note(collector, ROW_ESCAPES, module, row, call, (Str) { 0 });
        return;
    }
    if (!keyword && is_builtin(module, function, "dict"))
        note(collector, ROW_TO_DICT, module, row, call, (Str) { 0 });
    else if (!keyword && is_any_builtin(module, function, tests))
        note(collector, ROW_TESTED, module, row, call, (Str) { 0 });
    else if (!keyword && is_any_builtin(module, function, kinds)) /* an SQLAlchemy row is no tuple and no Row of sqlite3 */
        note(collector, ROW_OTHER, module, row, call, (Str) { 0 });
    else if (!keyword && is_any_builtin(module, function, values))
        note(collector, ROW_UNPACKED, module, row, call, (Str) { 0 });
    else if (!is_seen_call(collector, module, call))
        note(collector, ROW_ESCAPES, module, row, call, (Str) { 0 });
}

/* A row that a function returns is seen where callers of the project use it. */
static void use_as_return(Collector *collector, const Module *module, NodeId row, NodeId statement)
{
    NodeId function = scope_function(&module->scopes, statement);

    if (!function || model_callers(collector->model, module, function)->count == 0)
        note(collector, ROW_ESCAPES, module, row, statement, (Str) { 0 });
}

static void use_as_subscripted(Collector *collector, const Module *module, NodeId row, NodeId subscript,
                               bool is_list)
{
    const Tree *tree = &module->tree;
    NodeId      key  = tree_field(tree, subscript, F_SUBSCRIPT);

    if (!key || is_list)
        return;
    Literal literal;
    switch (tree_kind(tree, key)) {
    case PY_STRING:
        if (literal_read(collector->arena, tree, key, &literal)) {
            note(collector, ROW_BY_NAME, module, row, subscript, literal.text);
            return;
        }
        break;
    case PY_INTEGER:
    case PY_SLICE:
        note(collector, ROW_BY_INDEX, module, row, subscript, (Str) { 0 });
        return;
    case PY_UNARY:
        note(collector, ROW_BY_INDEX, module, row, subscript, (Str) { 0 });
        return;
    default:
        break;
    }
    note(collector, ROW_COMPUTED, module, row, subscript, (Str) { 0 });
}

static void use_as_assigned(Collector *collector, const Module *module, NodeId row, NodeId assignment, bool is_list)
{
    const Tree *tree = &module->tree;
    NodeId      left = tree_field(tree, assignment, F_LEFT);

    switch (left ? tree_kind(tree, left) : PY_NONE) {
    case PY_IDENTIFIER:
        if (module->scopes.scopes.items[module->scopes.scope_of[left]].kind == SCOPE_MODULE
            || module->scopes.scopes.items[module->scopes.scope_of[left]].kind == SCOPE_CLASS)
            note(collector, ROW_ESCAPES, module, row, assignment, (Str) { 0 });
        break;
    case PY_PATTERN_LIST:
    case PY_TUPLE_PATTERN:
    case PY_LIST_PATTERN:
        if (!is_list)
            note(collector, ROW_UNPACKED, module, row, assignment, (Str) { 0 });
        break;
    default: /* an attribute or a subscript: whoever reads it may not be seen */
        note(collector, ROW_ESCAPES, module, row, assignment, (Str) { 0 });
        break;
    }
}

static void look_at(Collector *collector, const Module *module, NodeId holder, bool is_list)
{
    const Tree *tree   = &module->tree;
    NodeId      row    = out_of_parentheses(tree, holder);
    NodeId      parent = tree_parent(tree, row);
    Field       field  = (Field)tree_node(tree, row)->field;

    switch (tree_kind(tree, parent)) {
    case PY_SUBSCRIPT:
        if (field == F_VALUE)
            use_as_subscripted(collector, module, row, parent, is_list);
        break;
    case PY_ATTRIBUTE: {
        if (field != F_OBJECT)
            break;
        Str name = tree_text(tree, tree_field(tree, parent, F_ATTRIBUTE));
        if (!is_list)
            note(collector, str_is(name, "keys") ? ROW_KEYS : ROW_OTHER, module, row, parent, (Str) { 0 });
        else if (!str_is(name, "pop") && !str_is(name, "append") && !str_is(name, "extend")
                 && !str_is(name, "reverse") && !str_is(name, "copy"))
            note(collector, ROW_OTHER, module, row, parent, (Str) { 0 });
        break;
    }
    case PY_ARGUMENT_LIST:
        use_as_argument(collector, module, row, tree_parent(tree, parent), row, is_list);
        break;
    case PY_KEYWORD_ARGUMENT:
        use_as_argument(collector, module, row, tree_parent(tree, tree_parent(tree, parent)), parent, is_list);
        break;
    case PY_DICTIONARY_SPLAT:
        note(collector, ROW_TO_DICT, module, row, parent, (Str) { 0 });
        break;
    case PY_LIST_SPLAT:
        if (!is_list)
            note(collector, ROW_UNPACKED, module, row, parent, (Str) { 0 });
        break;
    case PY_RETURN:
    case PY_YIELD:
        use_as_return(collector, module, row, parent);
        break;
    case PY_ASSIGNMENT:
        if (field == F_RIGHT)
            use_as_assigned(collector, module, row, parent, is_list);
        break;
    case PY_FOR:
    case PY_FOR_IN:
        if (field == F_RIGHT && !is_list)
            note(collector, ROW_UNPACKED, module, row, parent, (Str) { 0 });
        else if (field == F_LEFT && tree_kind(tree, row) != PY_IDENTIFIER)
            note(collector, ROW_UNPACKED, module, row, parent, (Str) { 0 });
        break;
    case PY_IF:
    case PY_ELIF:
    case PY_WHILE:
    case PY_NOT:
    case PY_IF_CLAUSE:
    case PY_ASSERT:
    case PY_EXPRESSION_STATEMENT:
    case PY_EXPRESSION_LIST:
    case PY_PATTERN_LIST:
        if (tree_kind(tree, parent) == PY_EXPRESSION_LIST)
            note(collector, ROW_ESCAPES, module, row, parent, (Str) { 0 });
        else
            note(collector, ROW_TESTED, module, row, parent, (Str) { 0 });
        break;
    case PY_COMPARISON: {
        Str    text     = tree_text(tree, parent);
        bool   none     = str_ends_with(text, STR("None")) || str_starts_with(text, STR("None"));
        NodeId operator = tree_field(tree, parent, F_OPERATORS);
        Str    sign     = operator ? tree_text(tree, operator) : (Str) { 0 };
        if (!is_list && tree_arity(tree, parent) == 2 && tree_nth(tree, parent, 1) == row
            && (str_is(sign, "in") || str_is(sign, "not in"))) { /* looks among the values */
            note(collector, ROW_UNPACKED, module, row, parent, (Str) { 0 });
            break;
        }
        note(collector, none || is_list ? ROW_TESTED : ROW_OTHER, module, row, parent, (Str) { 0 });
        break;
    }
    case PY_BOOLEAN:
    case PY_CONDITIONAL: /* the value flows on to the node around, which holds it too */
        break;
    case PY_LIST:
    case PY_TUPLE:
    case PY_SET:
    case PY_PAIR:
    case PY_LIST_COMPREHENSION:
    case PY_GENERATOR:
    case PY_SET_COMPREHENSION:
    case PY_DICTIONARY_COMPREHENSION:
        note(collector, ROW_ESCAPES, module, row, parent, (Str) { 0 });
        break;
    default:
        note(collector, ROW_OTHER, module, row, parent, (Str) { 0 });
        break;
    }
}

static bool is_use(const Module *module, NodeId id)
{
    const PyNode *node   = tree_node(&module->tree, id);
    Kind          parent = tree_kind(&module->tree, node->parent);

    /* Where a name is bound is no use of what it holds. */
    if (node->field == F_LEFT && (parent == PY_ASSIGNMENT || parent == PY_FOR || parent == PY_FOR_IN))
        return false;
    if (node->field == F_NAME && (parent == PY_NAMED_EXPRESSION || parent == PY_DEFAULT_PARAMETER
                                  || parent == PY_TYPED_DEFAULT_PARAMETER || parent == PY_FUNCTION))
        return false;
    return parent != PY_PARAMETERS && parent != PY_TYPED_PARAMETER && parent != PY_LAMBDA_PARAMETERS
        && parent != PY_AS_PATTERN_TARGET && parent != PY_PATTERN_LIST && parent != PY_TUPLE_PATTERN
        && parent != PY_GLOBAL && parent != PY_NONLOCAL && parent != PY_DELETE;
}

static void look_at_holders(Collector *collector, ValueId value, bool is_list)
{
    if (!value)
        return;
    vec_each(place, model_holders(collector->model, value)) {
        const Module *module = model_module(collector->model, place->module);
        if (is_use(module, place->node))
            look_at(collector, module, place->node, is_list);
    }
}

/*
 * `for a, b in rows` unpacks rows that no expression of its own holds; so does
 * every pattern after `for` over something that holds them.
 */
static void look_at_loops(Collector *collector, ValueId rows)
{
    if (!rows)
        return;
    vec_each(place, model_holders(collector->model, rows)) {
        const Module *module = model_module(collector->model, place->module);
        NodeId        id     = out_of_parentheses(&module->tree, place->node);
        NodeId        loop   = tree_parent(&module->tree, id);
        Kind          kind   = tree_kind(&module->tree, loop);
        if ((kind != PY_FOR && kind != PY_FOR_IN) || tree_node(&module->tree, id)->field != F_RIGHT)
            continue;
        NodeId target = tree_field(&module->tree, loop, F_LEFT);
        if (target && tree_kind(&module->tree, target) != PY_IDENTIFIER)
            note(collector, ROW_UNPACKED, module, target, loop, (Str) { 0 });
    }
}

RowUseVec row_uses_of(Arena *arena, const Model *model, ValueId row, ValueId rows)
{
    Collector collector = { .arena = arena, .model = model };

    look_at_holders(&collector, row, false);
    look_at_holders(&collector, rows, true);
    look_at_loops(&collector, rows);
    return collector.out;
}

RowUseVec row_uses_find(Arena *arena, const Model *model)
{
    Collector collector = { .arena = arena, .model = model };

    for (ValueId value = 1; value < model_value_count(model); value++)
        if (model_value(model, value)->role == ROLE_DB_ROW)
            look_at_holders(&collector, value, false);
    return collector.out;
}

static bool is_row_class(const Model *model, const Module *module, NodeId expression)
{
    vec_each(held, model_values(model, module, expression)) {
        const Value *value = model_value(model, held->value);
        if (value->role == ROLE_SQLITE_NAME && str_is(value->name, "Row"))
            return true;
    }
    return false;
}

static bool is_annotation(const Module *module, NodeId site)
{
    return tree_kind(&module->tree, site) != PY_CALL;
}

/* A function without all that only a reader sees, its variables by the letters of the alphabet. */
static Str bare_text(Arena *arena, const Module *module, NodeId function)
{
    const Tree *tree       = &module->tree;
    NodeId      parameters = tree_field(tree, function, F_PARAMETERS), body = tree_field(tree, function, F_BODY);
    StrVec      known      = { 0 };
    Buf         out        = buf_new(arena);
    Str         text       = module->source.text;

    if (!parameters || !body || tree_arity(tree, parameters) != 2)
        return (Str) { 0 };
    tree_each_child(parameter, tree, parameters) {
        NodeId name = tree_kind(tree, parameter) == PY_IDENTIFIER ? parameter : tree_nth(tree, parameter, 0);
        if (tree_kind(tree, parameter) != PY_COMMENT && tree_kind(tree, parameter) != PY_TOKEN)
            vec_push(arena, &known, tree_text(tree, name));
    }
    if (tree_kind(tree, function) == PY_LAMBDA)
        buf_add(&out, STR("return"));
    uint32_t at = tree_node(tree, body)->lo;
    for (NodeId id = body; id < tree_node(tree, body)->end; id++) {
        const PyNode *node = tree_node(tree, id);
        Kind          kind = tree_kind(tree, id);
        bool is_docstring = kind == PY_EXPRESSION_STATEMENT && tree_kind(tree, tree_nth(tree, id, 0)) == PY_STRING;
        if (node->lo < at || !(kind == PY_IDENTIFIER || kind == PY_COMMENT || is_docstring))
            continue;
        for (; at < node->lo; at++)
            if (!strchr(" \t\r\n", text.ptr[at]))
                buf_add_char(&out, text.ptr[at]);
        at = node->hi;
        if (kind != PY_IDENTIFIER)
            continue;
        Str    name  = tree_text(tree, id);
        size_t place = 0;
        bool   own   = module->scopes.symbol_of[id] && scope_function(&module->scopes, id) != 0
                && node->field != F_ATTRIBUTE;
        while (place < known.count && !str_eq(known.items[place], name))
            place++;
        if (own && place == known.count && scope_local(&module->scopes, 1, name) == module->scopes.symbol_of[id])
            own = false; /* of the module */
        if (own && place == known.count)
            vec_push(arena, &known, name);
        if (own && place < 26)
            buf_add_char(&out, (char)('a' + place));
        else
            buf_add(&out, name);
    }
    for (; at < tree_node(tree, body)->hi; at++)
        if (!strchr(" \t\r\n", text.ptr[at]))
            buf_add_char(&out, text.ptr[at]);
    return buf_str(&out);
}

static bool makes_dicts(const Model *model, const Module *module, NodeId expression)
{
    static const char *const factories[] = {
#define DICT_FACTORY(text) text,
#include "rewriters/port/dict_factories.def"
#undef DICT_FACTORY
    };
    Arena *scratch = arena_open();
    bool   found   = false;

    vec_each(held, model_values(model, module, expression)) {
        const Value *value = model_value(model, held->value);
        if (value->role != ROLE_FUNCTION)
            continue;
        Str text = bare_text(scratch, model_module(model, value->a), value->b);
        for (size_t i = 0; i < sizeof factories / sizeof *factories; i++)
            found |= str_is(text, factories[i]);
    }
    arena_close(scratch);
    return found;
}

static RowFactory factory_of(const Model *model, const Store *store)
{
    const Module *home = model_module(model, store->at.module);

    return is_row_class(model, home, store->value)                                   ? FACTORY_ROW
         : makes_dicts(model, home, store->value)                                    ? FACTORY_DICT
         : tree_kind(&home->tree, tree_strip(&home->tree, store->value)) == PY_NONE_LITERAL ? FACTORY_TUPLE
                                                                                     : FACTORY_UNKNOWN;
}

static RowFactory either_factory(RowFactory a, RowFactory b, bool is_first)
{
    return is_first || a == b ? b : a == FACTORY_UNKNOWN || b == FACTORY_UNKNOWN ? FACTORY_UNKNOWN : FACTORY_MIXED;
}

/* By all assignments of row_factory that reach a connection opened at `origin`; false if none is seen. */
static bool factory_at(const Model *model, Place origin, RowFactory *out, Place *because)
{
    ValueId connection = model_find(model, ROLE_CONNECTION, origin.module, origin.node);
    bool    any        = false;

    vec_each(store, model_stores(model, STR("row_factory"))) {
        const Module *module = model_module(model, store->at.module);
        NodeId        object = tree_field(&module->tree, store->at.node, F_OBJECT);
        bool          ours   = false;
        vec_each(held, model_values(model, module, object))
            ours |= held->value == connection;
        if (!ours)
            continue;
        *out     = either_factory(*out, factory_of(model, store), !any);
        *because = store->at;
        any      = true;
    }
    return any;
}

RowFactory row_factory_of(const Model *model, const PlaceVec *origins, Place *because)
{
    RowFactory out = FACTORY_UNKNOWN;
    bool       any = false;

    vec_each(origin, origins) {
        RowFactory factory = FACTORY_TUPLE;
        if (!factory_at(model, *origin, &factory, because) && is_annotation(model_module(model, origin->module), origin->node))
            continue;
        out = either_factory(out, factory, !any);
        any = true;
    }
    return out;
}
