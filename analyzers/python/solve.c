#include "analyzers/python/slots.h"

static const Module *module_of(const Model *model, uint32_t id)
{
    return model->project->modules.items[id];
}

/* Constraint.extra of a load that __getattr__ hands on. */
enum { DELEGATED = 1 };

static void load(Model *model, ValueId owner, Str name, SlotId dst, Place at);
static void annotate_by_bases(Model *model, const Value *type, const Constraint *flow);

/* Whether the class itself defines this method: then those of its bases are out of sight. */
static bool defines_method(const Model *model, const Value *type, Str name)
{
    const Module *module = module_of(model, type->a);
    ScopeId       scope  = module->scopes.opens[type->b];
    SymbolId      symbol = scope ? scope_local(&module->scopes, scope, name) : 0;

    if (!symbol)
        return false;
    vec_each(bound, &module->scopes.symbols.items[symbol].bindings)
        if (tree_kind(&module->tree, tree_parent(&module->tree, *bound)) == PY_FUNCTION)
            return true;
    return false;
}

static void load_from_bases(Model *model, const Value *type, Str name, ValueId seen_by, SlotId dst, Place at)
{
    const ClassInfo *info = sheet_class(&model->sheets[type->a], type->b);

    for (size_t i = 0; info && i < info->bases.count; i++)
        slot_flow(model, info->bases.items[i],
                  (Constraint) { .kind = FLOW_INHERIT, .dst = dst, .name = name, .extra = seen_by, .at = at });
}

/* `name` of class `type`, seen through an instance or a class, bases included. */
static void load_from_class(Model *model, const Value *type, Str name, ValueId seen_by, SlotId dst, Place at)
{
    ValueId class_value = value_of(model, ROLE_CLASS, type->a, type->b, (Str) { 0 });
    SlotId  slot        = slot_of_attribute(model, class_value, name);

    slot_flow(model, slot, (Constraint) { .kind = FLOW_COPY, .dst = dst, .extra = seen_by, .at = at });
    if (!defines_method(model, type, name))
        load_from_bases(model, type, name, seen_by, dst, at);
    const ClassInfo *info   = sheet_class(&model->sheets[type->a], type->b);
    const Module    *module = module_of(model, type->a);
    if (info && info->delegate && !str_starts_with(name, STR("__"))
        && !scope_local(&module->scopes, module->scopes.opens[type->b], name))
        slot_flow(model, info->delegate,
                  (Constraint) { .kind = FLOW_LOAD, .dst = dst, .name = name, .extra = DELEGATED, .at = at });
}

/* The modules whose names `from x import *` hands on, directly or through one another. */
static const Stars *stars_of(Model *model, const Module *module)
{
    Sheet *sheet = &model->sheets[module->id];
    Stars *stars = sheet->stars;

    if (stars)
        return stars;
    sheet->stars = stars = arena_new(model->arena, Stars);
    bool *seen           = arena_array(model->arena, bool, model->project->modules.count + 1);
    seen[module->id]     = true;
    for (size_t next = 0; next <= stars->modules.count; next++) {
        const Module *from = next ? module_of(model, stars->modules.items[next - 1]) : module;
        vec_each(import, &from->imports) {
            if (!str_is(import->name, "*"))
                continue;
            stars->has_sqlite |= !import->level && known_is_sqlite_module(import->module);
            const Module *star = project_find(model->project, from, import->level, import->module);
            if (!star || seen[star->id] || stars->modules.count >= STAR_LIMIT)
                continue;
            seen[star->id] = true;
            vec_push(model->arena, &stars->modules, star->id);
        }
    }
    return stars;
}

static void load_starred(Model *model, const Module *module, Str name, SlotId dst, Place at)
{
    const Stars *stars = stars_of(model, module);

    if (stars->has_sqlite && known_is_sqlite_export(name))
        slot_add(model, dst, value_of(model, ROLE_SQLITE_NAME, 0, 0, name), 0, at);
    vec_each(id, &stars->modules)
        if (scope_local(&module_of(model, *id)->scopes, 1, name))
            slot_copy(model, slot_of_attribute(model, value_of(model, ROLE_MODULE, *id, 0, (Str) { 0 }), name), dst, at);
}

/* "a/b/__init__.py" and "c" as "a.b.c": a file that is not read, perhaps. */
static Str unread_module(Model *model, const Module *package, Str name)
{
    Buf out = buf_new(model->arena);

    buf_add(&out, str_slice(package->source.path, 0, package->source.path.len - strlen("__init__.py")));
    for (size_t i = 0; i < out.len; i++)
        if (out.ptr[i] == '/')
            out.ptr[i] = '.';
    buf_add(&out, name);
    return buf_str(&out);
}

static void load_from_module(Model *model, ValueId owner, Str name, SlotId dst, Place at)
{
    const Module *module = module_of(model, model->values.items[owner].a);

    slot_copy(model, slot_of_attribute(model, owner, name), dst, at); /* its own, or what another file puts there */
    if (scope_local(&module->scopes, 1, name))
        return;
    if (str_ends_with(module->source.path, STR("__init__.py"))) {
        const Module *inner = project_find(model->project, module, 1, name);
        if (inner && inner != module)
            slot_add(model, dst, value_of(model, ROLE_MODULE, inner->id, 0, (Str) { 0 }), 0, at);
        else if (!stars_of(model, module)->modules.count)
            slot_add(model, dst, value_of(model, ROLE_EXTERNAL, 0, 0, unread_module(model, module, name)), 0, at);
    }
    load_starred(model, module, name, dst, at);
}

static void load(Model *model, ValueId owner, Str name, SlotId dst, Place at)
{
    Value value = model->values.items[owner];

    switch (value.role) {
    case ROLE_INSTANCE:
    case ROLE_CLASS:
        if (value.role == ROLE_INSTANCE && str_is(name, "__class__"))
            slot_add(model, dst, value_of(model, ROLE_CLASS, value.a, value.b, (Str) { 0 }), 0, at);
        else
            load_from_class(model, &value, name, owner, dst, at);
        break;
    case ROLE_SUPER:
        load_from_bases(model, &value, name, value_of(model, ROLE_INSTANCE, value.a, value.b, (Str) { 0 }), dst, at);
        break;
    case ROLE_MODULE:
        load_from_module(model, owner, name, dst, at);
        break;
    case ROLE_METHOD: /* `app.state.db`: what looked like a method is a place to keep things */
        slot_copy(model, slot_of_attribute(model, owner, name), dst, at);
        break;
    case ROLE_OBJECT:
    case ROLE_EXTERNAL:
        slot_copy(model, slot_of_attribute(model, owner, name), dst, at);
        known_attribute(model, owner, name, dst, at);
        break;
    default:
        known_attribute(model, owner, name, dst, at);
        break;
    }
}

/* What a call gives for the parameter at a position and of a name goes into `dst`; false if it gives nothing. */
static bool pass_argument(Model *model, const CallSite *call, uint32_t position, Str name, SlotId dst)
{
    const Argument *argument = call_argument(call, position, name);
    uint32_t        before   = 0;

    if (argument) {
        slot_copy(model, argument->slot, dst, call->at);
        return true;
    }
    bool found = false;
    vec_each(given, &call->arguments) {
        if (given->is_mapping && name.len) {
            slot_flow(model, given->slot, (Constraint) { .kind = FLOW_ITEM, .dst = dst, .name = name, .at = call->at });
            found = true;
        } else if (given->is_star && position >= before) {
            Str item = str_format(model->arena, "#%u", position - before);
            slot_flow(model, given->slot, (Constraint) { .kind = FLOW_ITEM, .dst = dst, .name = item, .at = call->at });
            found = true;
            break; /* how many it holds is not known: what comes after it is anywhere */
        } else if (!given->name.len) {
            before++;
        }
    }
    return found;
}

/* `*args`: the arguments from `position` on, as the items of one tuple. */
static void pass_rest(Model *model, const CallSite *call, uint32_t position, const Module *module, NodeId name)
{
    ValueId  rest = value_of(model, ROLE_OBJECT, module->id, name, (Str) { 0 });
    SlotId   each = slot_of_attribute(model, rest, EACH_ITEM);
    uint32_t at   = 0;

    slot_add(model, slot_of_node(model, module, name), rest, 0, call->at);
    vec_each(given, &call->arguments) {
        if (given->name.len || given->is_mapping)
            continue;
        if (given->is_star) {
            if (at == position) /* handed on as it came */
                slot_copy(model, given->slot, slot_of_node(model, module, name), call->at);
            slot_flow(model, given->slot,
                      (Constraint) { .kind = FLOW_ELEMENT, .dst = slot_of_attribute(model, rest, ANY_KEY), .at = call->at });
            return;
        }
        if (at >= position) {
            Str item = str_format(model->arena, "#%u", at - position);
            slot_copy(model, given->slot, slot_of_attribute(model, rest, item), call->at);
            slot_copy(model, given->slot, each, call->at);
        }
        at++;
    }
}

/* `**kwargs`: what is given by name, as the items of one dict. */
static void pass_named(Model *model, const CallSite *call, const Module *module, NodeId name)
{
    ValueId rest = value_of(model, ROLE_OBJECT, module->id, name, (Str) { 0 });

    slot_add(model, slot_of_node(model, module, name), rest, 0, call->at);
    vec_each(given, &call->arguments) {
        if (given->is_mapping)
            slot_copy(model, given->slot, slot_of_node(model, module, name), call->at);
        else if (given->name.len)
            slot_copy(model, given->slot, slot_of_attribute(model, rest, given->name), call->at);
    }
}

/* Where a parameter is bound; of `*args` and `**kwargs`, too. */
static NodeId name_of_parameter(const Tree *tree, NodeId parameter)
{
    switch (tree_kind(tree, parameter)) {
    case PY_DEFAULT_PARAMETER:
    case PY_TYPED_DEFAULT_PARAMETER:
        return tree_field(tree, parameter, F_NAME);
    case PY_TYPED_PARAMETER:
        return name_of_parameter(tree, tree_nth(tree, parameter, 0));
    case PY_LIST_SPLAT_PATTERN:
    case PY_DICTIONARY_SPLAT_PATTERN:
        return tree_nth(tree, parameter, 0);
    case PY_IDENTIFIER:
        return parameter;
    default:
        return 0;
    }
}

/* The parameters of a function in turn, with the position each is given at. */
typedef struct Parameter {
    NodeId   node, name;
    uint32_t position; /* NAMED_ONLY: it has none */
    bool     is_rest, is_mapping, is_self;
} Parameter;
typedef Vec(Parameter) ParameterVec;

enum { NAMED_ONLY = UINT32_MAX / 2 };

static ParameterVec parameters_of(Arena *arena, const Tree *tree, const FunctionInfo *info, bool is_bound)
{
    NodeId       list     = tree_field(tree, info->at.node, F_PARAMETERS);
    ParameterVec out      = { 0 };
    uint32_t     position = 0;
    bool         self     = is_bound && !info->is_static;

    if (!list)
        return out;
    tree_each_child(node, tree, list) {
        NodeId name = name_of_parameter(tree, node);
        NodeId star = tree_kind(tree, node) == PY_TYPED_PARAMETER ? tree_nth(tree, node, 0) : node;
        Kind   kind = tree_kind(tree, star);
        if (kind == PY_KEYWORD_SEPARATOR)
            position = NAMED_ONLY;
        if (!name || tree_kind(tree, name) != PY_IDENTIFIER)
            continue;
        Parameter parameter = { .node = node, .name = name, .position = position, .is_self = self,
                                .is_rest = kind == PY_LIST_SPLAT_PATTERN, .is_mapping = kind == PY_DICTIONARY_SPLAT_PATTERN };
        if (parameter.is_rest)
            position = NAMED_ONLY;
        else if (!self && position != NAMED_ONLY)
            position++;
        self = false;
        vec_push(arena, &out, parameter);
    }
    return out;
}

/* Passes the call's arguments to the parameters of a function. */
static void bind_arguments(Model *model, CallSite *call, const FunctionInfo *info, ValueId self)
{
    const Module *module     = module_of(model, info->at.module);
    const Tree   *tree       = &module->tree;
    ParameterVec  parameters = parameters_of(model->arena, tree, info, self != 0);

    vec_each(parameter, &parameters) {
        SlotId slot = slot_of_node(model, module, parameter->name);
        if (parameter->is_self)
            slot_add(model, slot, self, 0, call->at);
        else if (parameter->is_rest)
            pass_rest(model, call, parameter->position, module, parameter->name);
        else if (parameter->is_mapping)
            pass_named(model, call, module, parameter->name);
        else
            pass_argument(model, call, parameter->position, tree_text(tree, parameter->name), slot);
    }
}

/* What a function gives back to its callers because they gave it: each gets its own. */
static void echo_arguments(Model *model, CallSite *call, const FunctionInfo *info, ValueId self)
{
    const Module *module     = module_of(model, info->at.module);
    const Tree   *tree       = &module->tree;
    ParameterVec  parameters = { 0 };

    if (info->echoes.count)
        parameters = parameters_of(model->arena, tree, info, self != 0);
    vec_each(echo, &info->echoes) {
        SlotId given = slot_new(model);
        vec_each(parameter, &parameters) {
            if (parameter->name != echo->parameter)
                continue;
            NodeId otherwise = tree_field(tree, parameter->node, F_VALUE);
            if (parameter->is_self)
                slot_add(model, given, self, 0, call->at);
            else if (!pass_argument(model, call, parameter->position, tree_text(tree, parameter->name), given))
                /* not given: the default, or what a framework puts there */
                slot_copy(model, slot_of_node(model, module, otherwise ? otherwise : parameter->name), given, call->at);
        }
        if (echo->call) {
            CallSite *inner = arena_new(model->arena, CallSite);
            *inner          = (CallSite) { .at = echo->call->at, .result = call->result };
            inner->arguments.items = echo->call->arguments.items;
            inner->arguments.count = echo->call->arguments.count;
            slot_flow(model, given, (Constraint) { .kind = FLOW_CALL, .call = inner, .at = call->at });
        } else if (str_eq(echo->item, EACH_ITEM)) {
            slot_flow(model, given, (Constraint) { .kind = FLOW_ELEMENT, .dst = call->result, .at = call->at });
        } else if (echo->item.len) {
            slot_flow(model, given,
                      (Constraint) { .kind = FLOW_ITEM, .dst = call->result, .name = echo->item, .at = call->at });
        } else {
            slot_copy(model, given, call->result, call->at);
        }
    }
}

static void add_caller(Model *model, FunctionInfo *info, Place at)
{
    vec_each(caller, &info->callers)
        if (caller->module == at.module && caller->node == at.node)
            return;
    vec_push(model->arena, &info->callers, at);
}

static void call_function(Model *model, CallSite *call, Place callee, ValueId self)
{
    FunctionInfo *info = sheet_function(&model->sheets[callee.module], callee.node);

    if (!info)
        return;
    bool known = false;
    vec_each(other, &call->callees)
        known |= other->module == callee.module && other->node == callee.node;
    if (known && !self)
        return;
    if (!known) {
        vec_push(model->arena, &call->callees, callee);
        add_caller(model, info, call->at);
    }

    bind_arguments(model, call, info, self);
    Place at = call->at;
    if (info->is_manager)
        slot_add(model, call->result, value_of(model, ROLE_MANAGER, callee.module, callee.node, (Str) { 0 }), 0, at);
    else if (info->is_generator)
        slot_add(model, call->result, value_of(model, ROLE_GENERATOR, callee.module, callee.node, (Str) { 0 }), 0, at);
    else {
        slot_copy(model, info->returned_own, call->result, at);
        echo_arguments(model, call, info, self);
    }
}

/* Whether a class gets its __init__ from its fields: a dataclass, attrs, a NamedTuple. */
static bool is_made_of_fields(const Module *module, NodeId class)
{
    const Tree *tree  = &module->tree;
    NodeId      bases = tree_field(tree, class, F_SUPERCLASSES);

    if (decorator_named(tree, class, "dataclass") || decorator_named(tree, class, "define")
        || decorator_named(tree, class, "frozen"))
        return true;
    if (bases)
        tree_each_child(base, tree, bases)
            if (str_ends_with(tree_text(tree, base), STR("NamedTuple")))
                return true;
    return false;
}

/* `Holder(conn, path)`: what is given goes to the fields in turn, or by name; and to their positions. */
static void fill_fields(Model *model, const CallSite *call, const Value *type, ValueId instance)
{
    const Module *module = module_of(model, type->a);
    const Tree   *tree   = &module->tree;
    NodeId        body   = tree_field(tree, type->b, F_BODY);
    uint32_t      index  = 0;

    if (!body || !is_made_of_fields(module, type->b))
        return;
    tree_each_child(statement, tree, body) {
        NodeId field = tree_kind(tree, statement) == PY_EXPRESSION_STATEMENT ? tree_nth(tree, statement, 0) : 0;
        NodeId name  = field && tree_kind(tree, field) == PY_ASSIGNMENT && tree_field(tree, field, F_TYPE)
                         ? tree_field(tree, field, F_LEFT) : 0;
        if (!name || tree_kind(tree, name) != PY_IDENTIFIER)
            continue;
        SlotId slot = slot_of_attribute(model, instance, tree_text(tree, name));
        pass_argument(model, call, index, tree_text(tree, name), slot);
        slot_copy(model, slot, slot_of_attribute(model, instance, str_format(model->arena, "#%u", index)), call->at);
        index++;
    }
}

static void call_class(Model *model, CallSite *call, ValueId class_value)
{
    Value   type     = model->values.items[class_value];
    ValueId instance = value_of(model, ROLE_INSTANCE, type.a, type.b, (Str) { 0 });
    SlotId  made     = slot_new(model);

    slot_add(model, call->result, instance, 0, call->at);
    fill_fields(model, call, &type, instance);
    /* Instantiating calls __init__ with the new instance. */
    load_from_class(model, &type, STR("__init__"), instance, made, call->at);
    CallSite *construct  = arena_new(model->arena, CallSite);
    construct->at        = call->at;
    construct->arguments.items = call->arguments.items;
    construct->arguments.count = call->arguments.count;
    construct->result    = slot_new(model);
    slot_flow(model, made, (Constraint) { .kind = FLOW_CALL, .call = construct, .at = call->at });
    /* A subclass of sqlite3.Connection makes connections. */
    annotate_by_bases(model, &type,
                      &(Constraint) { .kind = FLOW_ANNOTATE, .dst = call->result, .at = call->at });
}

static void call_value(Model *model, CallSite *call, ValueId callee)
{
    Value value = model->values.items[callee];

    switch (value.role) {
    case ROLE_FUNCTION:
        call_function(model, call, (Place) { value.a, value.b }, 0);
        break;
    case ROLE_BOUND: {
        Value function = model->values.items[value.a];
        call_function(model, call, (Place) { function.a, function.b }, value.b);
        break;
    }
    case ROLE_CLASS:
        call_class(model, call, callee);
        break;
    case ROLE_INSTANCE: {
        SlotId method = slot_new(model);
        load(model, callee, STR("__call__"), method, call->at);
        slot_flow(model, method, (Constraint) { .kind = FLOW_CALL, .call = call, .at = call->at });
        break;
    }
    default:
        known_call(model, call, callee);
        break;
    }
}

static void call_method(Model *model, ValueId owner, Str name, SlotId result, Place at)
{
    SlotId    method = slot_new(model);
    CallSite *call   = arena_new(model->arena, CallSite);

    call->at     = at;
    call->result = result;
    load(model, owner, name, method, at);
    slot_flow(model, method, (Constraint) { .kind = FLOW_CALL, .call = call, .at = at });
}

static void enter(Model *model, ValueId manager, SlotId dst, Place at)
{
    Value value = model->values.items[manager];

    switch (value.role) {
    case ROLE_MANAGER:
        slot_copy(model, sheet_function(&model->sheets[value.a], value.b)->yielded, dst, at);
        break;
    case ROLE_INSTANCE:
        call_method(model, manager, STR("__enter__"), dst, at);
        call_method(model, manager, STR("__aenter__"), dst, at);
        break;
    case ROLE_OBJECT:
        slot_add(model, dst, manager, 0, at);
        break;
    case ROLE_CONNECTION:
    case ROLE_CURSOR:
    case ROLE_SA_CONNECTION:
    case ROLE_SA_RESULT:
        slot_add(model, dst, manager, 0, at);
        break;
    default:
        break;
    }
}

/* What iterating over an instance gives: worked out once for its class, whoever asks. */
static SlotId items_of_instance(Model *model, ValueId owner, Place at)
{
    size_t before = model->slots.count;
    SlotId items  = slot_of_attribute(model, owner, STR("<item>"));

    if (model->slots.count == before)
        return items;
    SlotId iterator = slot_new(model);
    call_method(model, owner, STR("__iter__"), iterator, at);
    call_method(model, owner, STR("__aiter__"), iterator, at);
    slot_flow(model, iterator, (Constraint) { .kind = FLOW_ELEMENT, .dst = items, .at = at });
    call_method(model, owner, STR("__next__"), items, at);
    call_method(model, owner, STR("__anext__"), items, at);
    call_method(model, owner, STR("__getitem__"), items, at);
    return items;
}

typedef enum Way { BY_ITERATION, BY_LOOKUP } Way;

static bool is_dict(const Model *model, const Value *value)
{
    if (value->role != ROLE_OBJECT || value->name.len || !value->b)
        return false;
    Kind kind = tree_kind(&module_of(model, value->a)->tree, value->b);
    return kind == PY_DICTIONARY || kind == PY_DICTIONARY_COMPREHENSION;
}

static void element(Model *model, ValueId owner, SlotId dst, Place at, Way way)
{
    Value value = model->values.items[owner];

    switch (value.role) {
    case ROLE_GENERATOR:
        slot_copy(model, sheet_function(&model->sheets[value.a], value.b)->yielded, dst, at);
        break;
    case ROLE_OBJECT:
    case ROLE_EXTERNAL:
        if (way == BY_ITERATION && is_dict(model, &value))
            break; /* its keys */
        slot_copy(model, slot_of_attribute(model, owner, ANY_KEY), dst, at);
        slot_copy(model, slot_of_attribute(model, owner, EACH_ITEM), dst, at);
        break;
    case ROLE_INSTANCE:
        slot_copy(model, items_of_instance(model, owner, at), dst, at);
        break;
    default:
        known_element(model, owner, dst, at);
        break;
    }
}

static void item(Model *model, ValueId owner, Str key, SlotId dst, Place at)
{
    Value value = model->values.items[owner];

    switch (value.role) {
    case ROLE_OBJECT:
    case ROLE_EXTERNAL:
        slot_copy(model, slot_of_attribute(model, owner, key), dst, at);
        slot_copy(model, slot_of_attribute(model, owner, ANY_KEY), dst, at);
        if (slot_known_attribute(model, owner, OF_ROW))
            slot_flow(model, slot_of_attribute(model, owner, OF_ROW),
                      (Constraint) { .kind = FLOW_ITEM, .dst = dst, .name = key, .at = at });
        break;
    case ROLE_DB_ROW:
    case ROLE_SA_ROW:
        slot_add(model, dst, value_of(model, ROLE_CELL, at.module, at.node, key), 0, at);
        break;
    case ROLE_INSTANCE:
        slot_copy(model, slot_of_attribute(model, owner, key), dst, at);
        element(model, owner, dst, at, BY_LOOKUP);
        break;
    default:
        element(model, owner, dst, at, BY_LOOKUP);
        break;
    }
}

/* A list (or tuple, or set) made of what the value gives. */
static void list_of(Model *model, ValueId owner, SlotId dst, Place at)
{
    Value value = model->values.items[owner];

    switch (value.role) {
    case ROLE_CURSOR:
        slot_add(model, dst, value_of(model, ROLE_DB_ROWS, at.module, at.node, (Str) { 0 }), 0, at);
        break;
    case ROLE_SA_RESULT:
    case ROLE_DB_ROW:
    case ROLE_SA_ROW:
    case ROLE_GENERATOR:
    case ROLE_INSTANCE: {
        ValueId made = value_of(model, ROLE_OBJECT, at.module, at.node, (Str) { 0 });
        slot_add(model, dst, made, 0, at);
        element(model, owner, slot_of_attribute(model, made, ANY_KEY), at, BY_ITERATION);
        break;
    }
    default:
        slot_add(model, dst, owner, 0, at);
        break;
    }
}

/* What an annotation such as list[Row] says, once its element is known. */
static void list_with(Model *model, ValueId item_value, SlotId dst, Place at)
{
    Value value = model->values.items[item_value];

    if (value.role == ROLE_DB_ROW) {
        slot_add(model, dst, value_of(model, ROLE_DB_ROWS, value.a, value.b, (Str) { 0 }), 0, at);
        return;
    }
    ValueId made = value_of(model, ROLE_OBJECT, at.module, at.node, (Str) { 0 });
    slot_add(model, dst, made, 0, at);
    slot_add(model, slot_of_attribute(model, made, ANY_KEY), item_value, 0, at);
}

static void provide(Model *model, ValueId owner, SlotId dst, Place at)
{
    Value value = model->values.items[owner];

    if (value.role == ROLE_GENERATOR || value.role == ROLE_MANAGER)
        slot_copy(model, sheet_function(&model->sheets[value.a], value.b)->yielded, dst, at);
    else
        slot_add(model, dst, owner, 0, at);
}

/* Seen through an instance (or, for a class method, through the class), a function of a class is a bound
 * method, a property its result. */
static void copy_bound(Model *model, ValueId value, const Constraint *flow, SlotId source)
{
    Value         held = model->values.items[value];
    Value         seen = model->values.items[flow->extra];
    FunctionInfo *info = held.role == ROLE_FUNCTION ? sheet_function(&model->sheets[held.a], held.b) : NULL;

    if (!flow->extra || !info || !info->owner || info->is_static
        || (seen.role == ROLE_CLASS && !info->is_class_method)) {
        slot_add(model, flow->dst, value, source, flow->at);
    } else if (info->is_property) {
        CallSite *call = arena_new(model->arena, CallSite);
        call->at       = flow->at;
        call->result   = flow->dst;
        call_function(model, call, (Place) { held.a, held.b }, flow->extra);
    } else {
        ValueId self = info->is_class_method ? value_of(model, ROLE_CLASS, seen.a, seen.b, (Str) { 0 }) : flow->extra;
        slot_add(model, flow->dst, value_of(model, ROLE_BOUND, value, self, (Str) { 0 }), source, flow->at);
    }
}

/* `class Pool(sqlite3.Connection)`, perhaps by way of other classes of the project. */
static void annotate_by_bases(Model *model, const Value *type, const Constraint *flow)
{
    const ClassInfo *info = sheet_class(&model->sheets[type->a], type->b);

    for (size_t i = 0; info && i < info->bases.count; i++)
        slot_flow(model, info->bases.items[i], *flow);
}

/* `super().execute(…)` in a subclass of sqlite3.Connection: the method of the connection that the object is. */
static void load_from_library(Model *model, ValueId base, const Constraint *flow)
{
    Value   seen = model->values.items[flow->extra];
    Value   type = model->values.items[base];
    Role    role = str_is(type.name, "Connection") ? ROLE_CONNECTION : str_is(type.name, "Cursor") ? ROLE_CURSOR : ROLE_NONE;

    if (role && seen.role == ROLE_INSTANCE)
        known_attribute(model, value_of(model, role, seen.a, seen.b, (Str) { 0 }), flow->name, flow->dst, flow->at);
}

/* `Database.__init__ = counting_init` in a test: what the program is without its tests does not change by it. */
static bool is_patch(const Model *model, const Value *owner, Place at)
{
    return (owner->role == ROLE_CLASS || owner->role == ROLE_MODULE)
        && is_test_file(module_of(model, at.module)->source.path)
        && !is_test_file(module_of(model, owner->a)->source.path);
}

static void apply(Model *model, SlotId source, const Constraint *flow, ValueId value)
{
    switch (flow->kind) {
    case FLOW_COPY:
        copy_bound(model, value, flow, source);
        break;
    case FLOW_LOAD:
        load(model, value, flow->name, flow->dst, flow->at);
        break;
    case FLOW_STORE: {
        Role role = model->values.items[value].role;
        if (is_patch(model, &model->values.items[value], flow->at))
            break;
        if (role == ROLE_INSTANCE || role == ROLE_CLASS || role == ROLE_MODULE || role == ROLE_OBJECT
            || role == ROLE_EXTERNAL || role == ROLE_METHOD)
            slot_copy(model, flow->dst, slot_of_attribute(model, value, flow->name), flow->at);
        break;
    }
    case FLOW_CALL:
        call_value(model, flow->call, value);
        break;
    case FLOW_ELEMENT:
        element(model, value, flow->dst, flow->at, BY_ITERATION);
        break;
    case FLOW_LOOKUP:
        element(model, value, flow->dst, flow->at, BY_LOOKUP);
        break;
    case FLOW_DICT: {
        Role role = model->values.items[value].role;
        if (role == ROLE_DB_ROW || role == ROLE_SA_ROW)
            slot_add(model, flow->dst, value, source, flow->at);
        break;
    }
    case FLOW_ITEM:
        item(model, value, flow->name, flow->dst, flow->at);
        break;
    case FLOW_ENTER:
        enter(model, value, flow->dst, flow->at);
        break;
    case FLOW_ANNOTATE:
        if (model->values.items[value].role == ROLE_CLASS) {
            Value type = model->values.items[value];
            if (flow->extra)
                slot_add(model, flow->dst, value_of(model, ROLE_INSTANCE, type.a, type.b, (Str) { 0 }),
                         source, flow->at);
            Constraint as_base = *flow;
            as_base.extra      = 0;
            annotate_by_bases(model, &type, &as_base);
        } else {
            known_instance(model, value, flow->dst, flow->at, flow->extra ? KNOWN_ANY : KNOWN_DATABASE);
        }
        break;
    case FLOW_LIST:
        list_of(model, value, flow->dst, flow->at);
        break;
    case FLOW_LIST_OF:
        list_with(model, value, flow->dst, flow->at);
        break;
    case FLOW_PROVIDE:
        provide(model, value, flow->dst, flow->at);
        break;
    case FLOW_DERIVE:
        if (model->values.items[value].role == ROLE_CLASS) {
            Value            base  = model->values.items[value];
            const ClassInfo *class = sheet_class(&model->sheets[base.a], base.b);
            if (class)
                slot_copy(model, flow->dst, class->selves, flow->at);
        }
        break;
    case FLOW_INHERIT:
        if (model->values.items[value].role == ROLE_SQLITE_NAME) {
            load_from_library(model, value, flow);
        } else if (model->values.items[value].role == ROLE_CLASS) {
            Value base = model->values.items[value];
            load_from_class(model, &base, flow->name, flow->extra, flow->dst, flow->at);
        }
        break;
    }
}

/* Whether the same constraint may come up again: those that the walk lays down have a slot of their own. */
static bool may_be_repeated(const Constraint *constraint)
{
    switch (constraint->kind) {
    case FLOW_COPY:
    case FLOW_INHERIT:
    case FLOW_ANNOTATE:
    case FLOW_ELEMENT:
    case FLOW_LOOKUP:
    case FLOW_ITEM:
        return true;
    case FLOW_LOAD: /* an object that delegates to one of its own class would ask for ever */
        return constraint->extra == DELEGATED;
    default:
        return false;
    }
}

static uint32_t hash_of_flow(SlotId source, const Constraint *flow)
{
    uint32_t hash = flow->name.len ? (uint32_t)str_hash(flow->name) : 0;
    return hash_mix(hash_mix(hash_mix(hash_mix(hash, source), flow->dst), flow->extra), (uint32_t)flow->kind);
}

static bool is_same_flow(const Constraint *a, const Constraint *b)
{
    return a->kind == b->kind && a->dst == b->dst && a->extra == b->extra && str_eq(a->name, b->name);
}

/* Whether the slot has the constraint. Few are looked through; of many, all are in `flow_index`. */
static bool has_flow(const Model *model, SlotId source, const Constraint *flow)
{
    const Slot *slot = &model->slots.items[source];

    if (slot->out.count < FLOWS_MANY) {
        vec_each(old, &slot->out)
            if (is_same_flow(old, flow))
                return true;
        return false;
    }
    hash_index_each(at, &model->flow_index, hash_of_flow(source, flow))
        if (at < slot->out.count && is_same_flow(&slot->out.items[at], flow))
            return true;
    return false;
}

static void index_flows(Model *model, SlotId source)
{
    const Slot *slot = &model->slots.items[source];

    if (slot->out.count < FLOWS_MANY)
        return;
    for (size_t at = slot->out.count == FLOWS_MANY ? 0 : slot->out.count - 1; at < slot->out.count; at++)
        if (may_be_repeated(&slot->out.items[at]))
            hash_index_add(model->arena, &model->flow_index, hash_of_flow(source, &slot->out.items[at]), (uint32_t)at);
}

void slot_flow(Model *model, SlotId source, Constraint constraint)
{
    if (!source || (may_be_repeated(&constraint) && has_flow(model, source, &constraint)))
        return;
    Slot *slot = &model->slots.items[source];
    vec_push(model->arena, &slot->out, constraint);
    index_flows(model, source);
    if (slot->settled)
        vec_push(model->arena, &model->work,
                 (Work) { source, (uint32_t)(slot->out.count - 1), slot->settled });
}

/* One step; false when the program has asked for more than we are ready to follow. */
static bool step(Model *model, SlotId slot, size_t constraint, size_t value)
{
    if (++model->steps > MODEL_STEPS) {
        model->capped++;
        return false;
    }
    Constraint flow = model->slots.items[slot].out.items[constraint];
    apply(model, slot, &flow, model->slots.items[slot].values.items[value].value);
    return true;
}

/* Nothing is applied where it is laid down: all goes through the list of work, so that no shape of
 * program can make us recurse. */
/* What is done goes, once it is the most of the list. */
static void forget_done(Model *model)
{
    enum { WORTH_IT = 1 << 16 };

    if (model->done < WORTH_IT || model->done * 2 < model->work.count)
        return;
    model->work.count -= model->done;
    memmove(model->work.items, model->work.items + model->done, model->work.count * sizeof *model->work.items);
    model->done = 0;
}

void model_solve(Model *model)
{
    for (size_t next; (next = model->done) < model->work.count;) {
        Work work = model->work.items[next];
        model->done++;
        forget_done(model);
        if (work.count) {
            for (uint32_t i = 0; i < work.count; i++)
                if (!step(model, work.slot, work.index, i))
                    return;
            continue;
        }
        for (size_t i = 0; i < model->slots.items[work.slot].out.count; i++)
            if (!step(model, work.slot, i, work.index))
                return;
        model->slots.items[work.slot].settled = work.index + 1;
    }
}
