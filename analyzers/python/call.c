#include "analyzers/python/slots.h"

/*
 * Calls of the project's own functions and classes: arguments become parameters, and what comes back goes to
 * who asked.
 */

static const Module *module_of(const Model *model, uint32_t id)
{
    return model->project->modules.items[id];
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
    bool found = false, starred = false;
    vec_each(given, &call->arguments) {
        if (given->is_mapping && name.len) {
            slot_flow(model, given->slot, (Constraint) { .kind = FLOW_ITEM, .dst = dst, .name = name, .at = call->at });
            found = true;
        } else if (given->is_star && position >= before && !starred) {
            Str item = str_format(model->arena, "#%u", position - before);
            slot_flow(model, given->slot, (Constraint) { .kind = FLOW_ITEM, .dst = dst, .name = item, .at = call->at });
            found = starred = true; /* how many it holds is not known: what comes after it is anywhere */
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
        bool   is_unbound_self = info->owner && !info->is_static && !self && parameter == parameters.items;
        if (is_unbound_self && !call_argument(call, 0, (Str) { 0 }))
            continue; /* what a star brings is hardly the object: the method was reached in a way we do not see */
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

void call_function(Model *model, CallSite *call, Place callee, ValueId self)
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
    attribute_of_class(model, &type, STR("__init__"), instance, made, call->at);
    CallSite *construct  = arena_new(model->arena, CallSite);
    construct->at        = call->at;
    construct->arguments.items = call->arguments.items;
    construct->arguments.count = call->arguments.count;
    construct->result    = slot_new(model);
    slot_flow(model, made, (Constraint) { .kind = FLOW_CALL, .call = construct, .at = call->at });
    /* A subclass of sqlite3.Connection makes connections. */
    instance_of_bases(model, &type,
                      &(Constraint) { .kind = FLOW_ANNOTATE, .dst = call->result, .at = call->at });
}

void call_value(Model *model, CallSite *call, ValueId callee)
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
        attribute_load(model, callee, STR("__call__"), method, call->at);
        slot_flow(model, method, (Constraint) { .kind = FLOW_CALL, .call = call, .at = call->at });
        break;
    }
    default:
        known_call(model, call, callee);
        break;
    }
}
