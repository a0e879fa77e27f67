#include "analyzers/facts/column_use_pieces.h"
#include "analyzers/facts/pieces.h"

/*
 * What a value is that is given for a parameter. Names are followed to what they stand for, calls of the project's
 * functions to what they return; what cannot be followed is unseen.
 */
typedef struct Following {
    Arena       *arena;
    const Model *model;
} Following;

#define TIMES (SAYS(GIVEN_TIME) | SAYS(GIVEN_DATE))

static SignalSet given(const Following *it, const Module *module, NodeId expression, int depth);

/* -- texts ----------------------------------------------------------------------------------- */

static SignalSet of_text(Str text)
{
    switch (text_form(text)) {
    case TEXT_ZERO_ONE: return SAYS(GIVEN_ZERO_ONE);
    case TEXT_TIME: return SAYS(GIVEN_TIME);
    case TEXT_DATE: return SAYS(GIVEN_DATE);
    case TEXT_JSON: return SAYS(GIVEN_JSON);
    default: return SAYS(GIVEN_TEXT);
    }
}

static SignalSet of_string(const Following *it, const Module *module, NodeId string)
{
    Literal literal;

    if (!literal_read(it->arena, &module->tree, string, &literal)
        || str_find_char(literal.text, HOLE_BYTE) != STR_NOT_FOUND)
        return SAYS(GIVEN_UNSEEN);
    return literal.is_bytes ? SAYS(GIVEN_BYTES) : of_text(literal.text);
}

static SignalSet of_format(const Following *it, const Module *module, NodeId format)
{
    Literal literal;

    if (!format || tree_kind(&module->tree, format) != PY_STRING
        || !literal_read(it->arena, &module->tree, format, &literal) || literal.is_bytes)
        return SAYS(GIVEN_UNSEEN);
    switch (format_form(literal.text)) {
    case TEXT_TIME: return SAYS(GIVEN_TIME);
    case TEXT_DATE: return SAYS(GIVEN_DATE);
    default: return str_is(literal.text, "%s") ? SAYS(GIVEN_EPOCH) : SAYS(GIVEN_OTHER_TIME);
    }
}

/* -- calls ----------------------------------------------------------------------------------- */

static const struct Giver {
    const char *name;
    SignalSet   set;
} givers[] = {
    { "builtins.bool", SAYS(GIVEN_BOOL) },
    { "builtins.any", SAYS(GIVEN_BOOL) },
    { "builtins.all", SAYS(GIVEN_BOOL) },
    { "builtins.isinstance", SAYS(GIVEN_BOOL) },
    { "os.path.exists", SAYS(GIVEN_BOOL) },
    { "os.path.isfile", SAYS(GIVEN_BOOL) },
    { "os.path.isdir", SAYS(GIVEN_BOOL) },
    { "builtins.len", SAYS(GIVEN_NUMBER) },
    { "builtins.sum", SAYS(GIVEN_NUMBER) },
    { "builtins.float", SAYS(GIVEN_NUMBER) },
    { "time.time", SAYS(GIVEN_EPOCH) },
    { "time.time_ns", SAYS(GIVEN_EPOCH) },
    { "time.mktime", SAYS(GIVEN_EPOCH) },
    { "calendar.timegm", SAYS(GIVEN_EPOCH) },
    { "os.path.getmtime", SAYS(GIVEN_EPOCH) },
    { "datetime.datetime", SAYS(GIVEN_TIME) },
    { "datetime.datetime.now", SAYS(GIVEN_TIME) },
    { "datetime.datetime.utcnow", SAYS(GIVEN_TIME) },
    { "datetime.datetime.today", SAYS(GIVEN_TIME) },
    { "datetime.datetime.combine", SAYS(GIVEN_TIME) },
    { "datetime.datetime.strptime", SAYS(GIVEN_TIME) },
    { "datetime.datetime.fromisoformat", SAYS(GIVEN_TIME) },
    { "datetime.datetime.fromtimestamp", SAYS(GIVEN_TIME) },
    { "datetime.datetime.utcfromtimestamp", SAYS(GIVEN_TIME) },
    { "datetime.date", SAYS(GIVEN_DATE) },
    { "datetime.date.today", SAYS(GIVEN_DATE) },
    { "datetime.date.fromisoformat", SAYS(GIVEN_DATE) },
    { "datetime.date.fromtimestamp", SAYS(GIVEN_DATE) },
    { "json.dumps", SAYS(GIVEN_JSON) },
    { "simplejson.dumps", SAYS(GIVEN_JSON) },
    { "ujson.dumps", SAYS(GIVEN_JSON) },
    { "rapidjson.dumps", SAYS(GIVEN_JSON) },
    { "flask.json.dumps", SAYS(GIVEN_JSON) },
    { "orjson.dumps", SAYS(GIVEN_BYTES) },
    { "builtins.bytes", SAYS(GIVEN_BYTES) },
    { "builtins.bytearray", SAYS(GIVEN_BYTES) },
    { "builtins.memoryview", SAYS(GIVEN_BYTES) },
    { "pickle.dumps", SAYS(GIVEN_BYTES) },
    { "marshal.dumps", SAYS(GIVEN_BYTES) },
    { "zlib.compress", SAYS(GIVEN_BYTES) },
    { "gzip.compress", SAYS(GIVEN_BYTES) },
    { "os.urandom", SAYS(GIVEN_BYTES) },
    { "secrets.token_bytes", SAYS(GIVEN_BYTES) },
    { "struct.pack", SAYS(GIVEN_BYTES) },
};

static NodeId argument(const Module *module, NodeId call, uint32_t index)
{
    NodeId arguments = tree_field(&module->tree, call, F_ARGUMENTS);

    return arguments && tree_kind(&module->tree, arguments) == PY_ARGUMENT_LIST
             ? tree_nth(&module->tree, arguments, index)
             : 0;
}

/* open(path, "rb") */
static bool opens_bytes(const Following *it, const Module *module, NodeId call)
{
    Literal literal;
    NodeId  mode = argument(module, call, 1);

    return str_is(called_name(it->model, module, call), "builtins.open") && mode
        && tree_kind(&module->tree, mode) == PY_STRING && literal_read(it->arena, &module->tree, mode, &literal)
        && str_find_char(literal.text, 'b') != STR_NOT_FOUND;
}

/* `f` of `with open(path, "rb") as f`, or what a name was given. */
static NodeId opened_by(const Module *module, NodeId object)
{
    const Tree   *tree   = &module->tree;
    SymbolId      symbol = tree_kind(tree, object) == PY_IDENTIFIER ? module->scopes.symbol_of[object] : 0;
    const Symbol *name   = symbol ? &module->scopes.symbols.items[symbol] : NULL;

    if (!name || name->bindings.count != 1)
        return object;
    NodeId at = tree_parent(tree, name->bindings.items[0]);
    if (tree_kind(tree, at) == PY_AS_PATTERN_TARGET)
        at = tree_parent(tree, at);
    if (tree_kind(tree, at) == PY_AS_PATTERN)
        return tree_nth(tree, at, 0);
    return tree_kind(tree, at) == PY_ASSIGNMENT ? tree_field(tree, at, F_RIGHT) : object;
}

static SignalSet of_method(const Following *it, const Module *module, NodeId call, NodeId function, int depth)
{
    static const char *const bytes[] = { "encode", "tobytes", "digest", "read_bytes", NULL };
    const Tree *tree   = &module->tree;
    NodeId      object = tree_field(tree, function, F_OBJECT);
    Str         name   = tree_text(tree, tree_field(tree, function, F_ATTRIBUTE));

    if (str_is(name, "isoformat")) {
        SignalSet time = given(it, module, object, depth + 1) & TIMES;
        return time ? time : SAYS(GIVEN_ISO);
    }
    if (str_is(name, "strftime"))
        return of_format(it, module, argument(module, call, 0));
    if (str_is(name, "timestamp"))
        return SAYS(GIVEN_EPOCH);
    if (str_is(name, "date"))
        return given(it, module, object, depth + 1) & SAYS(GIVEN_TIME) ? SAYS(GIVEN_DATE) : SAYS(GIVEN_UNSEEN);
    if (str_is(name, "replace") || str_is(name, "astimezone")) {
        SignalSet time = given(it, module, object, depth + 1) & TIMES;
        return time ? time : SAYS(GIVEN_UNSEEN);
    }
    if (str_is(name, "startswith") || str_is(name, "endswith"))
        return SAYS(GIVEN_BOOL);
    if (str_is(name, "model_dump_json"))
        return SAYS(GIVEN_JSON);
    if (str_is(name, "decode") && tree_kind(tree, tree_strip(tree, object)) == PY_CALL
        && str_is(called_name(it->model, module, tree_strip(tree, object)), "orjson.dumps"))
        return SAYS(GIVEN_JSON);
    if (str_is(name, "read") && opens_bytes(it, module, opened_by(module, tree_strip(tree, object))))
        return SAYS(GIVEN_BYTES);
    for (size_t i = 0; bytes[i]; i++)
        if (str_is(name, bytes[i]))
            return SAYS(GIVEN_BYTES);
    return SAYS(GIVEN_UNSEEN);
}

static bool is_type(const Module *module, NodeId type, const char *name)
{
    return type && str_is(str_trim(tree_text(&module->tree, type)), name);
}

static SignalSet of_type(const Module *module, NodeId type)
{
    return is_type(module, type, "bool") ? SAYS(GIVEN_BOOL) : is_type(module, type, "bytes") ? SAYS(GIVEN_BYTES) : 0;
}

/* A function of the project: by what it says it returns, else by all that it returns. */
static SignalSet of_own_function(const Following *it, Place function, int depth)
{
    const Module *home = model_module(it->model, function.module);
    const Tree   *tree = &home->tree;
    SignalSet     out  = of_type(home, tree_field(tree, function.node, F_RETURN_TYPE));

    if (out)
        return out;
    for (NodeId id = function.node; id < tree_node(tree, function.node)->end; id++) {
        if (scope_function(&home->scopes, id) != function.node)
            continue;
        if (tree_kind(tree, id) == PY_YIELD)
            return SAYS(GIVEN_UNSEEN);
        if (tree_kind(tree, id) == PY_RETURN && tree_nth(tree, id, 0))
            out |= given(it, home, tree_nth(tree, id, 0), depth + 1);
    }
    return out ? out : SAYS(GIVEN_UNSEEN);
}

static bool is_binary_of_sqlite(const Following *it, const Module *module, NodeId function)
{
    const Held *held = model_has(it->model, module, function, ROLE_SQLITE_NAME);

    return held && str_is(model_value(it->model, held->value)->name, "Binary");
}

static SignalSet of_call(const Following *it, const Module *module, NodeId call, int depth)
{
    const Tree *tree     = &module->tree;
    NodeId      function = tree_field(tree, call, F_FUNCTION), first = argument(module, call, 0);
    Str         name     = called_name(it->model, module, call);

    for (size_t i = 0; name.len && i < sizeof givers / sizeof *givers; i++)
        if (str_is(name, givers[i].name))
            return givers[i].set;
    if (str_is(name, "time.strftime"))
        return of_format(it, module, first);
    if (first && (str_is(name, "builtins.int") || str_is(name, "builtins.round"))) {
        SignalSet kept = given(it, module, first, depth + 1) & (SAYS(GIVEN_BOOL) | SAYS(GIVEN_EPOCH));
        return kept ? kept : SAYS(GIVEN_UNSEEN);
    }
    if (first && str_is(name, "builtins.str")) {
        SignalSet time = given(it, module, first, depth + 1) & TIMES;
        return time ? time : SAYS(GIVEN_STR) | SAYS(GIVEN_UNSEEN);
    }
    if (function && is_binary_of_sqlite(it, module, function))
        return SAYS(GIVEN_BYTES);
    Place own = model_callee(it->model, module, call);
    if (own.node)
        return of_own_function(it, own, depth);
    return function && tree_kind(tree, function) == PY_ATTRIBUTE ? of_method(it, module, call, function, depth)
                                                                 : SAYS(GIVEN_UNSEEN);
}

/* -- names ----------------------------------------------------------------------------------- */

/* A parameter that says it is a bool: `flag: bool`, `flag=False`. */
static SignalSet of_parameter(const Module *module, NodeId name)
{
    const Tree *tree   = &module->tree;
    NodeId      around = tree_parent(tree, name);
    SignalSet   out    = of_type(module, tree_field(tree, around, F_TYPE));
    NodeId      value  = tree_field(tree, around, F_VALUE);

    if (!out && value && (tree_kind(tree, value) == PY_TRUE || tree_kind(tree, value) == PY_FALSE)
        && !tree_field(tree, around, F_TYPE))
        return SAYS(GIVEN_BOOL);
    return out ? out : SAYS(GIVEN_UNSEEN);
}

/* Where a name got what it holds; a parameter that is never bound again is what it was given. */
static NodeId binding_of(const Model *model, const Module *module, NodeId name)
{
    SymbolId      symbol = module->scopes.symbol_of[name];
    const Symbol *bound  = symbol ? &module->scopes.symbols.items[symbol] : NULL;

    if (bound && bound->is_parameter && bound->bindings.count == 1)
        return bound->bindings.items[0];
    return model_binding(model, module, name);
}

static SignalSet of_name(const Following *it, const Module *module, NodeId name, int depth)
{
    const Tree *tree   = &module->tree;
    SymbolId    symbol = 0;
    Place       value  = constant_of(it->model, module, name, &symbol);

    if (value.node)
        return given(it, model_module(it->model, value.module), value.node, depth + 1);
    NodeId binding = tree_kind(tree, name) == PY_IDENTIFIER ? binding_of(it->model, module, name) : 0;
    if (!binding)
        return SAYS(GIVEN_UNSEEN);
    NodeId around = tree_parent(tree, binding);
    switch (tree_kind(tree, around)) {
    case PY_ASSIGNMENT:
        return tree_node(tree, binding)->field == F_LEFT && tree_field(tree, around, F_RIGHT)
                 ? given(it, module, tree_field(tree, around, F_RIGHT), depth + 1)
                 : SAYS(GIVEN_UNSEEN);
    case PY_TYPED_PARAMETER:
    case PY_DEFAULT_PARAMETER:
    case PY_TYPED_DEFAULT_PARAMETER: return of_parameter(module, binding);
    default: return SAYS(GIVEN_UNSEEN);
    }
}

/* -- expressions ----------------------------------------------------------------------------- */

static SignalSet of_binary(const Following *it, const Module *module, NodeId node, int depth)
{
    const Tree *tree = &module->tree;
    Str         sign = tree_text(tree, tree_field(tree, node, F_OPERATOR));
    SignalSet   left, right;

    if (!str_is(sign, "+") && !str_is(sign, "-") && !str_is(sign, "*") && !str_is(sign, "/") && !str_is(sign, "//"))
        return SAYS(GIVEN_UNSEEN);
    left  = given(it, module, tree_field(tree, node, F_LEFT), depth + 1);
    right = given(it, module, tree_field(tree, node, F_RIGHT), depth + 1);
    if ((left | right) & SAYS(GIVEN_EPOCH))
        return SAYS(GIVEN_EPOCH);
    if (left & TIMES && !(right & (TIMES | SAYS(GIVEN_TEXT))) && (str_is(sign, "+") || str_is(sign, "-")))
        return left & TIMES; /* now() + timedelta(…) */
    return SAYS(GIVEN_UNSEEN);
}

static SignalSet given(const Following *it, const Module *module, NodeId node, int depth)
{
    const Tree *tree = &module->tree;

    node = node ? tree_strip(tree, node) : 0;
    if (!node || depth > FOLLOW_DEPTH)
        return SAYS(GIVEN_UNSEEN);
    switch (tree_kind(tree, node)) {
    case PY_TRUE:
    case PY_FALSE:
    case PY_NOT:
    case PY_COMPARISON: return SAYS(GIVEN_BOOL);
    case PY_NONE_LITERAL: return 0;
    case PY_INTEGER: {
        Str text = tree_text(tree, node);
        return str_is(text, "0") || str_is(text, "1") ? SAYS(GIVEN_ZERO_ONE) : SAYS(GIVEN_NUMBER);
    }
    case PY_FLOAT: return SAYS(GIVEN_NUMBER);
    case PY_UNARY:
        return tree_kind(tree, tree_strip(tree, tree_field(tree, node, F_ARGUMENT))) == PY_INTEGER ? SAYS(GIVEN_NUMBER)
                                                                                                   : SAYS(GIVEN_UNSEEN);
    case PY_STRING:
    case PY_CONCATENATED_STRING: return of_string(it, module, node);
    case PY_CONDITIONAL: {
        SignalSet out = given(it, module, tree_nth(tree, node, 0), depth + 1)
                      | given(it, module, tree_nth(tree, node, 2), depth + 1);
        return out == SAYS(GIVEN_ZERO_ONE) && !str_eq(tree_text(tree, tree_nth(tree, node, 0)), tree_text(tree, tree_nth(tree, node, 2)))
                 ? SAYS(GIVEN_BOOL) /* 1 if x else 0 */
                 : out;
    }
    case PY_BOOLEAN:
        return given(it, module, tree_field(tree, node, F_LEFT), depth + 1)
             | given(it, module, tree_field(tree, node, F_RIGHT), depth + 1);
    case PY_BINARY: return of_binary(it, module, node, depth);
    case PY_AWAIT: return given(it, module, tree_nth(tree, node, 0), depth + 1);
    case PY_CALL: return of_call(it, module, node, depth);
    case PY_IDENTIFIER:
    case PY_ATTRIBUTE: return of_name(it, module, node, depth);
    default: return SAYS(GIVEN_UNSEEN);
    }
}

SignalSet column_given(Arena *arena, const Model *model, const Module *module, NodeId expression)
{
    Following it = { arena, model };

    return given(&it, module, expression, 0);
}
