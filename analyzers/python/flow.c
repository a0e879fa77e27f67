/*
 * One walk over a file, laying down what flows where.
 *
 * The nodes stand in reading order in one array, so the walk is a loop: each
 * kind of node adds the constraints between its own slot and those of its parts.
 */
#include "analyzers/python/walk.h"

/* The key of a subscript that is a literal: the text of a string, "#3" for an index. */
static Str literal_key(Walk *walk, NodeId key)
{
    if (tree_kind(walk->tree, key) == PY_INTEGER)
        return str_format(walk->model->arena, "#" STR_FORMAT, STR_ARG(tree_text(walk->tree, key)));
    return plain_string(walk->tree, key);
}

static void assign(Walk *walk, NodeId target, SlotId value, NodeId at);

/* `a, *b, c = value`: each target gets its element. */
static void unpack(Walk *walk, NodeId targets, SlotId value, NodeId at)
{
    uint32_t index   = 0;
    bool     starred = false;

    tree_each_child(target, walk->tree, targets) {
        Kind kind = tree_kind(walk->tree, target);
        if (kind == PY_COMMENT || kind == PY_TOKEN)
            continue;
        if (kind == PY_LIST_SPLAT_PATTERN) { /* the rest: a list of such elements */
            NodeId name = tree_nth(walk->tree, target, 0);
            if (name)
                slot_copy(walk->model, value, slot(walk, name), here(walk, at));
            starred = true;
            continue;
        }
        SlotId got = slot_new(walk->model);
        if (starred)
            flow(walk, value, FLOW_ELEMENT, got, (Str) { 0 }, at);
        else
            flow(walk, value, FLOW_ITEM, got, index_name(walk, index), at);
        assign(walk, target, got, at);
        index++;
    }
}

static void assign(Walk *walk, NodeId target, SlotId value, NodeId at)
{
    const Tree *tree = walk->tree;

    switch (tree_kind(tree, target)) {
    case PY_IDENTIFIER:
        slot_copy(walk->model, value, slot(walk, target), here(walk, at));
        break;
    case PY_ATTRIBUTE:
        flow(walk, slot(walk, tree_field(tree, target, F_OBJECT)), FLOW_STORE, value,
             tree_text(tree, tree_field(tree, target, F_ATTRIBUTE)), at);
        break;
    case PY_SUBSCRIPT: {
        NodeId key  = tree_field(tree, target, F_SUBSCRIPT);
        Str    name = key ? literal_key(walk, key) : (Str) { 0 };
        SlotId container = slot(walk, tree_field(tree, target, F_VALUE));
        flow(walk, container, FLOW_STORE, value, name.len ? name : ANY_KEY, at);
        if (name.len)
            flow(walk, container, FLOW_STORE, value, EACH_ITEM, at);
        break;
    }
    case PY_AS_PATTERN_TARGET:
    case PY_PARENTHESIZED:
        if (tree_nth(tree, target, 0))
            assign(walk, tree_nth(tree, target, 0), value, at);
        break;
    case PY_PATTERN_LIST:
    case PY_TUPLE_PATTERN:
    case PY_LIST_PATTERN:
    case PY_TUPLE:
    case PY_LIST:
        unpack(walk, target, value, at);
        break;
    default:
        break;
    }
}

static bool is_builtin(const Walk *walk, NodeId name, const char *word)
{
    return tree_kind(walk->tree, name) == PY_IDENTIFIER && !walk->module->scopes.symbol_of[name]
        && str_is(tree_text(walk->tree, name), word);
}

static NodeId owner_class(const Walk *walk, NodeId function)
{
    const Scopes *scopes = &walk->module->scopes;
    const Scope  *scope  = &scopes->scopes.items[scopes->scope_of[function]];

    return scope->kind == SCOPE_CLASS ? scope->node : 0;
}

static void give_super(Walk *walk, NodeId call)
{
    NodeId function = scope_function(&walk->module->scopes, call);
    NodeId class    = function ? owner_class(walk, function) : 0;

    if (class)
        slot_add(walk->model, slot(walk, call),
                 value_of(walk->model, ROLE_SUPER, walk->module->id, class, (Str) { 0 }), 0, here(walk, call));
}

/* A call with its arguments, the result of which goes to `result`. */
static CallSite *call_made(Walk *walk, NodeId id, SlotId result)
{
    const Tree *tree      = walk->tree;
    NodeId      arguments = tree_field(tree, id, F_ARGUMENTS);
    Arena      *arena     = walk->model->arena;
    CallSite   *call      = arena_new(arena, CallSite);

    call->at     = here(walk, id);
    call->result = result;
    if (arguments && tree_kind(tree, arguments) == PY_GENERATOR) {
        vec_push(arena, &call->arguments, (Argument) { .node = arguments, .slot = slot(walk, arguments) });
    } else if (arguments) {
        tree_each_child(child, tree, arguments) {
            Kind     kind     = tree_kind(tree, child);
            Argument argument = { .node = child };
            if (kind == PY_COMMENT || kind == PY_TOKEN)
                continue;
            if (kind == PY_KEYWORD_ARGUMENT) {
                argument.name = tree_text(tree, tree_field(tree, child, F_NAME));
                argument.node = tree_field(tree, child, F_VALUE);
            } else if (kind == PY_LIST_SPLAT || kind == PY_DICTIONARY_SPLAT) {
                argument.is_star    = kind == PY_LIST_SPLAT;
                argument.is_mapping = kind == PY_DICTIONARY_SPLAT;
                argument.node       = tree_nth(tree, child, 0);
            }
            argument.slot = slot(walk, argument.node);
            vec_push(arena, &call->arguments, argument);
        }
    }
    return call;
}

/* What runs a function it is given, wherever it comes from: how the function and its values are given. */
static const struct Runner {
    const char *method;
    uint32_t    function; /* position of the function; those after it are its arguments */
    bool        gives_future;
} runners[] = {
    { "run_in_executor", 1, false }, { "submit", 0, true }, { "run_sync", 0, false }, { "call_soon_threadsafe", 0, false },
};

static void run_later(Walk *walk, const CallSite *call, SlotId function, uint32_t skip, SlotId result)
{
    CallSite *inner = arena_new(walk->model->arena, CallSite);

    inner->at     = call->at;
    inner->result = result;
    for (size_t i = skip; i < call->arguments.count; i++)
        vec_push(walk->model->arena, &inner->arguments, call->arguments.items[i]);
    slot_flow(walk->model, function, (Constraint) { .kind = FLOW_CALL, .call = inner, .at = call->at });
}

/* `loop.run_in_executor(None, work, conn)`, `pool.submit(work, conn)`. */
static void walk_runner(Walk *walk, NodeId function, const CallSite *call)
{
    Model *model = walk->model;

    if (tree_kind(walk->tree, function) != PY_ATTRIBUTE)
        return;
    Str name = tree_text(walk->tree, tree_field(walk->tree, function, F_ATTRIBUTE));
    for (size_t i = 0; i < sizeof runners / sizeof *runners; i++) {
        if (!str_is(name, runners[i].method) || call->arguments.count <= runners[i].function)
            continue;
        SlotId result = call->result;
        if (runners[i].gives_future) {
            ValueId future = value_of(model, ROLE_OBJECT, call->at.module, call->at.node, STR("future"));
            slot_add(model, call->result, future, 0, call->at);
            result = slot_of_attribute(model, future, RESULT);
        }
        run_later(walk, call, call->arguments.items[runners[i].function].slot, runners[i].function + 1, result);
    }
}

/* `Thread(target=work, args=(conn,), kwargs={…})`, whoever's thread; `Timer(3, work, [conn])`. */
static void walk_target(Walk *walk, NodeId function, const CallSite *call)
{
    const Argument *target = NULL, *args = NULL, *kwargs = NULL;

    if (str_ends_with(tree_text(walk->tree, function), STR("Timer")) && call->arguments.count >= 2) {
        target = call_argument(call, 1, STR("function"));
        args   = call_argument(call, 2, STR("args"));
    }

    vec_each(argument, &call->arguments) {
        target = str_is(argument->name, "target") ? argument : target;
        args   = str_is(argument->name, "args") ? argument : args;
        kwargs = str_is(argument->name, "kwargs") ? argument : kwargs;
    }
    if (!target)
        return;
    CallSite *inner = arena_new(walk->model->arena, CallSite);
    inner->at       = call->at;
    inner->result   = slot_new(walk->model);
    if (args)
        vec_push(walk->model->arena, &inner->arguments, (Argument) { .node = args->node, .slot = args->slot, .is_star = true });
    if (kwargs)
        vec_push(walk->model->arena, &inner->arguments,
                 (Argument) { .node = kwargs->node, .slot = kwargs->slot, .is_mapping = true });
    slot_flow(walk->model, target->slot, (Constraint) { .kind = FLOW_CALL, .call = inner, .at = call->at });
}

/* `isinstance(db, sqlite3.Connection)` says what may come here, as an annotation does. */
static void walk_isinstance(Walk *walk, const CallSite *call)
{
    if (call->arguments.count != 2)
        return;
    const Argument *object = &call->arguments.items[0], *types = &call->arguments.items[1];
    Constraint      says   = { .kind = FLOW_ANNOTATE, .dst = object->slot, .at = call->at };
    if (tree_kind(walk->tree, types->node) != PY_TUPLE) {
        slot_flow(walk->model, types->slot, says);
        return;
    }
    tree_each_child(type, walk->tree, types->node)
        slot_flow(walk->model, slot(walk, type), says);
}

static void walk_call(Walk *walk, NodeId id)
{
    NodeId function = tree_field(walk->tree, id, F_FUNCTION);

    if (!function)
        return;
    if (is_builtin(walk, function, "super"))
        give_super(walk, id);
    CallSite *call = call_made(walk, id, slot(walk, id));
    slot_flow(walk->model, slot(walk, function),
              (Constraint) { .kind = FLOW_CALL, .call = call, .at = here(walk, id) });
    walk_runner(walk, function, call);
    walk_target(walk, function, call);
    if (is_builtin(walk, function, "isinstance"))
        walk_isinstance(walk, call);
}

NodeId decorator_named(const Tree *tree, NodeId function, const char *name)
{
    NodeId decorated = tree_parent(tree, function);

    if (tree_kind(tree, decorated) != PY_DECORATED)
        return 0;
    tree_each_child(child, tree, decorated) {
        if (tree_kind(tree, child) != PY_DECORATOR)
            continue;
        NodeId decorator = tree_nth(tree, child, 0);
        NodeId callee    = tree_kind(tree, decorator) == PY_CALL ? tree_field(tree, decorator, F_FUNCTION) : decorator;
        Str    text      = tree_text(tree, callee);
        size_t dot       = str_rfind_char(text, '.');
        if (str_is(dot == STR_NOT_FOUND ? text : str_slice(text, dot + 1, text.len), name))
            return decorator;
    }
    return 0;
}

static bool decorated_by(const Walk *walk, NodeId function, const char *name)
{
    return decorator_named(walk->tree, function, name) != 0;
}

static bool yields(const Walk *walk, NodeId function)
{
    for (NodeId id = function; id < tree_node(walk->tree, function)->end; id++)
        if (tree_kind(walk->tree, id) == PY_YIELD && scope_function(&walk->module->scopes, id) == function)
            return true;
    return false;
}

/* `self` is an instance of its class or of one derived from it, and what a base class of another library makes of that. */
static void walk_self(Walk *walk, NodeId name, const FunctionInfo *info)
{
    Model           *model = walk->model;
    const ClassInfo *class = sheet_class(&model->sheets[walk->module->id], info->owner);

    if (info->is_class_method)
        slot_add(model, slot(walk, name), value_of(model, ROLE_CLASS, walk->module->id, info->owner, (Str) { 0 }), 0,
                 here(walk, name));
    else if (class)
        slot_copy(model, class->selves, slot(walk, name), here(walk, name));
    for (size_t i = 0; class && !info->is_class_method && i < class->bases.count; i++)
        slot_flow(model, class->bases.items[i],
                  (Constraint) { .kind = FLOW_ANNOTATE, .dst = slot(walk, name), .at = here(walk, info->owner) });
}

static void walk_parameters(Walk *walk, NodeId function, FunctionInfo *info)
{
    const Tree *tree       = walk->tree;
    NodeId      parameters = tree_field(tree, function, F_PARAMETERS);
    bool        first      = true;

    if (!parameters)
        return;
    tree_each_child(parameter, tree, parameters) {
        Kind   kind = tree_kind(tree, parameter);
        NodeId name = parameter, type = 0, value = 0;
        if (kind == PY_DEFAULT_PARAMETER || kind == PY_TYPED_DEFAULT_PARAMETER) {
            name  = tree_field(tree, parameter, F_NAME);
            value = tree_field(tree, parameter, F_VALUE);
        } else if (kind == PY_TYPED_PARAMETER) {
            name = tree_nth(tree, parameter, 0);
        }
        type = tree_field(tree, parameter, F_TYPE);
        if (kind == PY_COMMENT || kind == PY_TOKEN)
            continue;
        bool is_self = first && info->owner && !info->is_static;
        first        = false;
        if (!name || tree_kind(tree, name) != PY_IDENTIFIER)
            continue;
        if (is_self)
            walk_self(walk, name, info);
        if (type)
            annotate(walk, type, slot(walk, name));
        if (value)
            slot_copy(walk->model, slot(walk, value), slot(walk, name), here(walk, parameter));
    }
}

/* `def __getattr__(self, name): return getattr(self._conn, name)`: what is not here is looked for there. */
static void find_delegate(Walk *walk, NodeId function, NodeId owner)
{
    const Tree *tree  = walk->tree;
    ClassInfo  *class = sheet_class(&walk->model->sheets[walk->module->id], owner);

    for (NodeId id = function; class && id < tree_node(tree, function)->end; id++) {
        NodeId callee    = tree_kind(tree, id) == PY_CALL ? tree_field(tree, id, F_FUNCTION) : 0;
        NodeId arguments = callee ? tree_field(tree, id, F_ARGUMENTS) : 0;
        if (!arguments || !is_builtin(walk, callee, "getattr") || tree_arity(tree, arguments) < 2
            || plain_string(tree, tree_nth(tree, arguments, 1)).len)
            continue;
        if (!class->delegate)
            class->delegate = slot_new(walk->model);
        slot_copy(walk->model, slot(walk, tree_nth(tree, arguments, 0)), class->delegate, here(walk, id));
    }
}

/* The parameter of the function that an expression names, while it holds what the caller gave; 0 if none. */
static NodeId parameter_named(const Walk *walk, NodeId function, NodeId name)
{
    SymbolId symbol = tree_kind(walk->tree, name) == PY_IDENTIFIER ? walk->module->scopes.symbol_of[name] : 0;

    if (!symbol)
        return 0;
    const Symbol *found = &walk->module->scopes.symbols.items[symbol];
    if (!found->is_parameter || found->bindings.count != 1)
        return 0;
    NodeId bound = found->bindings.items[0];
    Kind   kind  = tree_kind(walk->tree, tree_parent(walk->tree, bound));
    return tree_is_inside(walk->tree, bound, tree_field(walk->tree, function, F_PARAMETERS))
                && kind != PY_LIST_SPLAT_PATTERN && kind != PY_DICTIONARY_SPLAT_PATTERN
             ? bound : 0;
}

/* A return, or the body of a lambda: what the caller gave goes back to that caller alone. */
static void give_back(Walk *walk, FunctionInfo *info, NodeId value, NodeId at)
{
    const Tree *tree   = walk->tree;
    Arena      *arena  = walk->model->arena;
    SlotId      got    = slot(walk, value);
    NodeId      inner  = tree_strip(tree, value);
    NodeId      named  = parameter_named(walk, info->at.node, inner);
    Echo        echo   = { .parameter = named };

    switch (tree_kind(tree, inner)) {
    case PY_BOOLEAN:
        give_back(walk, info, tree_field(tree, inner, F_LEFT), at);
        give_back(walk, info, tree_field(tree, inner, F_RIGHT), at);
        return;
    case PY_CONDITIONAL:
        give_back(walk, info, tree_nth(tree, inner, 0), at);
        give_back(walk, info, tree_nth(tree, inner, 2), at);
        return;
    case PY_SUBSCRIPT: {
        NodeId key = tree_field(tree, inner, F_SUBSCRIPT);
        named      = parameter_named(walk, info->at.node, tree_strip(tree, tree_field(tree, inner, F_VALUE)));
        Str literal = key ? literal_key(walk, key) : (Str) { 0 };
        echo        = (Echo) { .parameter = named, .item = literal.len ? literal : EACH_ITEM };
        if (key && tree_kind(tree, key) == PY_SLICE)
            echo.item = (Str) { 0 };
        break;
    }
    case PY_CALL:
        named = parameter_named(walk, info->at.node, tree_field(tree, inner, F_FUNCTION));
        echo  = (Echo) { .parameter = named, .call = named ? call_made(walk, inner, slot_new(walk->model)) : NULL };
        break;
    default:
        break;
    }
    slot_copy(walk->model, got, named ? info->returned : info->returned_own, here(walk, at));
    if (named)
        vec_push(arena, &info->echoes, echo);
}

static void walk_function(Walk *walk, NodeId id)
{
    Model        *model = walk->model;
    FunctionInfo *info  = arena_new(model->arena, FunctionInfo);
    NodeId        name  = tree_field(walk->tree, id, F_NAME);

    model->sheets[walk->module->id].functions[walk->module->scopes.opens[id]] = info;
    vec_push(model->arena, &model->functions, info);
    info->at              = here(walk, id);
    info->returned        = slot_new(model);
    info->returned_own    = slot_new(model);
    info->yielded         = slot_new(model);
    info->is_generator    = yields(walk, id);
    info->is_manager      = decorated_by(walk, id, "contextmanager") || decorated_by(walk, id, "asynccontextmanager");
    info->is_property     = decorated_by(walk, id, "property") || decorated_by(walk, id, "cached_property");
    info->is_static       = decorated_by(walk, id, "staticmethod");
    info->is_class_method = decorated_by(walk, id, "classmethod");
    info->owner           = owner_class(walk, id);
    ValueId value         = value_of(model, ROLE_FUNCTION, walk->module->id, id, (Str) { 0 });
    slot_add(model, name ? slot(walk, name) : slot(walk, id), value, 0, here(walk, id));
    walk_parameters(walk, id, info);
    if (info->owner && name && str_is(tree_text(walk->tree, name), "__getattr__"))
        find_delegate(walk, id, info->owner);
    NodeId type = tree_field(walk->tree, id, F_RETURN_TYPE);
    if (type)
        info->is_generator ? annotate_yielded(walk, type, info->yielded) : annotate(walk, type, info->returned_own);
    slot_copy(model, info->returned_own, info->returned, here(walk, id));
    if (tree_kind(walk->tree, id) == PY_LAMBDA && tree_field(walk->tree, id, F_BODY))
        give_back(walk, info, tree_field(walk->tree, id, F_BODY), id);
}

/* A decorator is called with the function. What it gives back is taken to be that function. */
static void walk_decorator(Walk *walk, NodeId id)
{
    const Tree *tree      = walk->tree;
    NodeId      decorator = tree_nth(tree, id, 0);
    NodeId      function  = tree_field(tree, tree_parent(tree, id), F_DEFINITION);
    NodeId      name      = tree_field(tree, function, F_NAME);

    if (!decorator || !name || tree_kind(tree, function) != PY_FUNCTION)
        return;
    Model    *model    = walk->model;
    CallSite *call     = arena_new(model->arena, CallSite);
    SlotId    argument = slot_new(model);
    call->at           = here(walk, id);
    call->result       = slot_new(model);
    vec_push(model->arena, &call->arguments, (Argument) { .node = function, .slot = argument });
    slot_add(model, argument, value_of(model, ROLE_FUNCTION, walk->module->id, function, (Str) { 0 }), 0, call->at);
    slot_flow(model, slot(walk, decorator), (Constraint) { .kind = FLOW_CALL, .call = call, .at = call->at });
}

static void walk_class(Walk *walk, NodeId id)
{
    Model     *model = walk->model;
    ClassInfo *info  = arena_new(model->arena, ClassInfo);
    NodeId     name  = tree_field(walk->tree, id, F_NAME);
    NodeId     bases = tree_field(walk->tree, id, F_SUPERCLASSES);

    model->sheets[walk->module->id].classes[walk->module->scopes.opens[id]] = info;
    info->at     = here(walk, id);
    info->selves = slot_new(model);
    slot_add(model, info->selves, value_of(model, ROLE_INSTANCE, walk->module->id, id, (Str) { 0 }), 0, info->at);
    if (bases)
        tree_each_child(base, walk->tree, bases)
            if (tree_kind(walk->tree, base) == PY_IDENTIFIER || tree_kind(walk->tree, base) == PY_ATTRIBUTE) {
                vec_push(model->arena, &info->bases, slot(walk, base));
                flow(walk, slot(walk, base), FLOW_DERIVE, info->selves, (Str) { 0 }, id);
            }
    if (name)
        slot_add(model, slot(walk, name),
                 value_of(model, ROLE_CLASS, walk->module->id, id, (Str) { 0 }), 0, here(walk, id));
}

static void walk_display(Walk *walk, NodeId id)
{
    Model   *model = walk->model;
    ValueId  value = value_of(model, ROLE_OBJECT, walk->module->id, id, (Str) { 0 });
    SlotId   each  = slot_of_attribute(model, value, EACH_ITEM), unknown = slot_of_attribute(model, value, ANY_KEY);
    uint32_t index = 0;
    bool     keyed = tree_kind(walk->tree, id) == PY_DICTIONARY, starred = false;

    slot_add(model, slot(walk, id), value, 0, here(walk, id));
    tree_each_child(child, walk->tree, id) {
        Kind kind = tree_kind(walk->tree, child);
        if (kind == PY_PAIR) {
            NodeId key = tree_field(walk->tree, child, F_KEY), item = tree_field(walk->tree, child, F_VALUE);
            Str    name = key ? literal_key(walk, key) : (Str) { 0 };
            if (item)
                slot_copy(model, slot(walk, item), name.len ? slot_of_attribute(model, value, name) : unknown,
                          here(walk, child));
            if (item && name.len)
                slot_copy(model, slot(walk, item), each, here(walk, child));
        } else if (kind == PY_LIST_SPLAT || kind == PY_DICTIONARY_SPLAT) {
            NodeId inner = tree_nth(walk->tree, child, 0);
            starred      = true;
            if (inner)
                flow(walk, slot(walk, inner), FLOW_ELEMENT, unknown, (Str) { 0 }, child);
        } else if (!keyed && kind != PY_COMMENT && kind != PY_TOKEN) {
            SlotId own = starred ? unknown : slot_of_attribute(model, value, index_name(walk, index++));
            slot_copy(model, slot(walk, child), own, here(walk, child));
            slot_copy(model, slot(walk, child), each, here(walk, child));
        }
    }
}

static void walk_comprehension(Walk *walk, NodeId id)
{
    Model  *model = walk->model;
    ValueId value = value_of(model, ROLE_OBJECT, walk->module->id, id, (Str) { 0 });
    NodeId  body  = tree_field(walk->tree, id, F_BODY);

    slot_add(model, slot(walk, id), value, 0, here(walk, id));
    if (!body)
        return;
    if (tree_kind(walk->tree, body) == PY_PAIR)
        body = tree_field(walk->tree, body, F_VALUE);
    if (body)
        slot_copy(model, slot(walk, body), slot_of_attribute(model, value, ANY_KEY), here(walk, id));
}

static void assign_element(Walk *walk, NodeId target, NodeId iterable)
{
    SlotId got = slot_new(walk->model);

    flow(walk, slot(walk, iterable), FLOW_ELEMENT, got, (Str) { 0 }, iterable);
    assign(walk, target, got, iterable);
}

static void walk_subscript(Walk *walk, NodeId id)
{
    NodeId value = tree_field(walk->tree, id, F_VALUE), key = tree_field(walk->tree, id, F_SUBSCRIPT);

    if (!value || !key)
        return;
    if (tree_kind(walk->tree, key) == PY_SLICE) {
        slot_copy(walk->model, slot(walk, value), slot(walk, id), here(walk, id));
        return;
    }
    Str name = literal_key(walk, key);
    if (name.len)
        flow(walk, slot(walk, value), FLOW_ITEM, slot(walk, id), name, id);
    else
        flow(walk, slot(walk, value), FLOW_LOOKUP, slot(walk, id), (Str) { 0 }, id);
}

static void walk_with_item(Walk *walk, NodeId id)
{
    const Tree *tree  = walk->tree;
    NodeId      value = tree_field(tree, id, F_VALUE);

    if (value && tree_kind(tree, value) == PY_AS_PATTERN) {
        NodeId manager = tree_nth(tree, value, 0), target = tree_field(tree, value, F_ALIAS);
        if (!manager || !target)
            return;
        SlotId got = slot_new(walk->model);
        flow(walk, slot(walk, manager), FLOW_ENTER, got, (Str) { 0 }, manager);
        assign(walk, target, got, manager);
    }
}

/* What stands between `yield` and its value is `from`, or nothing. */
static bool is_yield_from(const Tree *tree, NodeId yield, NodeId value)
{
    Str between = str_slice(tree->source->text, tree_node(tree, yield)->lo, tree_node(tree, value)->lo);
    return str_ends_with(str_trim(between), STR("from"));
}

static void walk_return(Walk *walk, NodeId id, bool is_yield)
{
    NodeId        function = scope_function(&walk->module->scopes, id);
    NodeId        value    = tree_nth(walk->tree, id, 0);
    FunctionInfo *info     = function ? sheet_function(&walk->model->sheets[walk->module->id], function) : NULL;

    if (!info || !value)
        return;
    if (!is_yield)
        give_back(walk, info, value, id);
    else if (is_yield_from(walk->tree, id, value))
        flow(walk, slot(walk, value), FLOW_ELEMENT, info->yielded, (Str) { 0 }, id);
    else
        slot_copy(walk->model, slot(walk, value), info->yielded, here(walk, id));
}

ValueId module_value(Model *model, const Module *from, uint32_t level, Str name)
{
    if (!level && known_is_sqlite_module(name))
        return value_of(model, ROLE_SQLITE_MODULE, 0, 0, (Str) { 0 });
    const Module *found = project_find(model->project, from, level, name);
    if (found)
        return value_of(model, ROLE_MODULE, found->id, 0, (Str) { 0 });
    if (level)
        name = str_format(model->arena, "." STR_FORMAT, STR_ARG(name));
    return value_of(model, ROLE_EXTERNAL, 0, 0, name);
}

static void walk_import(Walk *walk, const Import *import)
{
    Model *model = walk->model;
    Place  at    = here(walk, import->at);

    if (!import->symbol)
        return;
    SlotId dst = slot_of_symbol(model, walk->module, import->symbol);
    if (import->name.len) {
        Str inner = import->module.len
                      ? str_format(model->arena, STR_FORMAT "." STR_FORMAT, STR_ARG(import->module), STR_ARG(import->name))
                      : import->name;
        /* `from package import module` names a file; what is no file is a name inside. */
        bool is_module = (import->level == 0 && known_is_sqlite_module(inner))
                      || project_find(model->project, walk->module, import->level, inner);
        if (is_module) {
            slot_add(model, dst, module_value(model, walk->module, import->level, inner), 0, at);
            return;
        }
        SlotId module = slot_new(model);
        slot_add(model, module, module_value(model, walk->module, import->level, import->module), 0, at);
        flow(walk, module, FLOW_LOAD, dst, import->name, import->at);
        return;
    }
    size_t dot = str_find_char(import->module, '.');
    if (import->is_aliased || dot == STR_NOT_FOUND) {
        slot_add(model, dst, module_value(model, walk->module, 0, import->module), 0, at);
        return;
    }
    /* `import a.b.c` binds a, through which a.b and a.b.c are reached. */
    ValueId owner = module_value(model, walk->module, 0, str_slice(import->module, 0, dot));
    slot_add(model, dst, owner, 0, at);
    while (dot < import->module.len) {
        Str    rest = str_slice(import->module, dot + 1, import->module.len);
        size_t next = str_find_char(rest, '.');
        size_t end  = next == STR_NOT_FOUND ? import->module.len : dot + 1 + next;
        ValueId inner = module_value(model, walk->module, 0, str_slice(import->module, 0, end));
        slot_add(model, slot_of_attribute(model, owner, str_slice(import->module, dot + 1, end)), inner, 0, at);
        owner = inner;
        dot   = end;
    }
}

/* A name nobody binds is a builtin, or comes from `from m import *`. */
static void walk_free_name(Walk *walk, NodeId id)
{
    Model *model = walk->model;
    Str    name  = tree_text(walk->tree, id);

    if (walk->module->scopes.symbol_of[id])
        return;
    NodeId parent = tree_parent(walk->tree, id);
    Kind   around = tree_kind(walk->tree, parent);
    if (around == PY_DOTTED_NAME || (around == PY_ATTRIBUTE && tree_node(walk->tree, id)->field != F_OBJECT)
        || (around == PY_KEYWORD_ARGUMENT && tree_node(walk->tree, id)->field == F_NAME))
        return;
    for (size_t i = 0; i < walk->module->imports.count; i++) {
        const Import *import = &walk->module->imports.items[i];
        if (!str_is(import->name, "*"))
            continue;
        if (!import->level && known_is_sqlite_module(import->module) && !known_is_sqlite_export(name))
            continue;
        SlotId module = slot_new(model);
        slot_add(model, module, module_value(model, walk->module, import->level, import->module), 0, here(walk, import->at));
        flow(walk, module, FLOW_LOAD, slot(walk, id), name, id);
    }
    slot_add(model, slot(walk, id),
             value_of(model, ROLE_EXTERNAL, 0, 0, str_format(model->arena, "builtins." STR_FORMAT, STR_ARG(name))), 0,
             here(walk, id));
}

static void note_store(Walk *walk, NodeId target, NodeId value)
{
    Arena *arena = walk->model->arena;

    if (tree_kind(walk->tree, target) != PY_ATTRIBUTE)
        return;
    Str    name  = tree_text(walk->tree, tree_field(walk->tree, target, F_ATTRIBUTE));
    void **place = map_place(arena, &walk->model->stores, name);
    if (!*place)
        *place = arena_new(arena, StoreVec);
    StoreVec *stores = *place;
    vec_push(arena, stores, (Store) { here(walk, target), value });
}

static void walk_node(Walk *walk, NodeId id)
{
    const Tree *tree = walk->tree;

    switch (tree_kind(tree, id)) {
    case PY_IDENTIFIER:
        walk_free_name(walk, id);
        break;
    case PY_FUNCTION:
    case PY_LAMBDA:
        walk_function(walk, id);
        break;
    case PY_DECORATOR:
        walk_decorator(walk, id);
        break;
    case PY_CLASS:
        walk_class(walk, id);
        break;
    case PY_ASSIGNMENT: {
        NodeId left = tree_field(tree, id, F_LEFT), right = tree_field(tree, id, F_RIGHT);
        NodeId type = tree_field(tree, id, F_TYPE);
        if (type && tree_kind(tree, left) == PY_IDENTIFIER)
            annotate(walk, type, slot(walk, left));
        if (left && right) {
            assign(walk, left, slot(walk, right), id);
            note_store(walk, left, right);
        }
        break;
    }
    case PY_NAMED_EXPRESSION:
        assign(walk, tree_field(tree, id, F_NAME), slot(walk, tree_field(tree, id, F_VALUE)), id);
        break;
    case PY_ATTRIBUTE: {
        NodeId object = tree_field(tree, id, F_OBJECT), name = tree_field(tree, id, F_ATTRIBUTE);
        bool   stored = tree_node(tree, id)->field == F_LEFT
                     && tree_kind(tree, tree_parent(tree, id)) == PY_ASSIGNMENT;
        if (object && name && !stored)
            flow(walk, slot(walk, object), FLOW_LOAD, slot(walk, id), tree_text(tree, name), id);
        break;
    }
    case PY_SUBSCRIPT:
        walk_subscript(walk, id);
        break;
    case PY_CALL:
        walk_call(walk, id);
        break;
    case PY_CONDITIONAL:
        slot_copy(walk->model, slot(walk, tree_nth(tree, id, 0)), slot(walk, id), here(walk, id));
        slot_copy(walk->model, slot(walk, tree_nth(tree, id, 2)), slot(walk, id), here(walk, id));
        break;
    case PY_BOOLEAN:
        slot_copy(walk->model, slot(walk, tree_field(tree, id, F_LEFT)), slot(walk, id), here(walk, id));
        slot_copy(walk->model, slot(walk, tree_field(tree, id, F_RIGHT)), slot(walk, id), here(walk, id));
        break;
    case PY_BINARY: /* rows + rows */
        if (str_is(tree_text(tree, tree_field(tree, id, F_OPERATOR)), "+")) {
            slot_copy(walk->model, slot(walk, tree_field(tree, id, F_LEFT)), slot(walk, id), here(walk, id));
            slot_copy(walk->model, slot(walk, tree_field(tree, id, F_RIGHT)), slot(walk, id), here(walk, id));
        }
        break;
    case PY_TUPLE:
    case PY_LIST:
    case PY_SET:
    case PY_DICTIONARY:
    case PY_EXPRESSION_LIST:
        walk_display(walk, id);
        break;
    case PY_LIST_COMPREHENSION:
    case PY_SET_COMPREHENSION:
    case PY_DICTIONARY_COMPREHENSION:
    case PY_GENERATOR:
        walk_comprehension(walk, id);
        break;
    case PY_FOR:
    case PY_FOR_IN:
        if (tree_field(tree, id, F_LEFT) && tree_field(tree, id, F_RIGHT))
            assign_element(walk, tree_field(tree, id, F_LEFT), tree_field(tree, id, F_RIGHT));
        break;
    case PY_WITH_ITEM:
        walk_with_item(walk, id);
        break;
    case PY_RETURN:
        walk_return(walk, id, false);
        break;
    case PY_YIELD:
        walk_return(walk, id, true);
        break;
    default:
        break;
    }
}

void flow_generate(Model *model, const Module *module)
{
    Walk walk = { .model = model, .module = module, .tree = &module->tree };

    for (NodeId id = 1; id < module->tree.count; id++)
        walk_node(&walk, id);
    for (size_t i = 0; i < module->imports.count; i++)
        walk_import(&walk, &module->imports.items[i]);
}
