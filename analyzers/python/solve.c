#include "analyzers/python/slots.h"

static const Module *module_of(const Model *model, uint32_t id)
{
    return model->project->modules.items[id];
}

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
    const ClassInfo *info = model->sheets[type->a].classes[type->b];

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

static void load_from_module(Model *model, ValueId owner, Str name, SlotId dst, Place at)
{
    const Module *module = module_of(model, model->values.items[owner].a);

    if (scope_local(&module->scopes, 1, name)) {
        slot_copy(model, slot_of_attribute(model, owner, name), dst, at);
        return;
    }
    if (str_ends_with(module->source.path, STR("__init__.py"))) {
        const Module *inner = project_find(model->project, module, 1, name);
        if (inner && inner != module)
            slot_add(model, dst, value_of(model, ROLE_MODULE, inner->id, 0, (Str) { 0 }), 0, at);
    }
    load_starred(model, module, name, dst, at);
}

static void load(Model *model, ValueId owner, Str name, SlotId dst, Place at)
{
    Value value = model->values.items[owner];

    switch (value.role) {
    case ROLE_INSTANCE:
    case ROLE_CLASS:
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

/* Passes the call's arguments to the parameters of a function. */
static void bind_arguments(Model *model, CallSite *call, const FunctionInfo *info, ValueId self)
{
    const Module *module     = module_of(model, info->at.module);
    const Tree   *tree       = &module->tree;
    NodeId        parameters = tree_field(tree, info->at.node, F_PARAMETERS);
    uint32_t      position   = 0;
    bool          shifted    = self && !info->is_static;

    if (!parameters)
        return;
    tree_each_child(parameter, tree, parameters) {
        NodeId name = parameter;
        switch (tree_kind(tree, parameter)) {
        case PY_DEFAULT_PARAMETER:
        case PY_TYPED_DEFAULT_PARAMETER:
            name = tree_field(tree, parameter, F_NAME);
            break;
        case PY_TYPED_PARAMETER:
            name = tree_nth(tree, parameter, 0);
            break;
        case PY_IDENTIFIER:
            break;
        case PY_LIST_SPLAT_PATTERN:
        case PY_KEYWORD_SEPARATOR: /* what follows is given by keyword */
            position = UINT32_MAX / 2;
            name     = 0;
            break;
        default:
            name = 0;
            break;
        }
        if (!name || tree_kind(tree, name) != PY_IDENTIFIER)
            continue;
        SlotId slot = slot_of_node(model, module, name);
        if (shifted) {
            slot_add(model, slot, self, 0, call->at);
            shifted = false;
            continue;
        }
        const Argument *argument = call_argument(call, position++, tree_text(tree, name));
        if (argument)
            slot_copy(model, argument->slot, slot, call->at);
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
    FunctionInfo *info = model->sheets[callee.module].functions[callee.node];

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
    else
        slot_copy(model, info->returned, call->result, at);
}

static void call_class(Model *model, CallSite *call, ValueId class_value)
{
    Value   type     = model->values.items[class_value];
    ValueId instance = value_of(model, ROLE_INSTANCE, type.a, type.b, (Str) { 0 });
    SlotId  made     = slot_new(model);

    slot_add(model, call->result, instance, 0, call->at);
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
        slot_copy(model, model->sheets[value.a].functions[value.b]->yielded, dst, at);
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

static void element(Model *model, ValueId owner, SlotId dst, Place at)
{
    Value value = model->values.items[owner];

    switch (value.role) {
    case ROLE_GENERATOR:
        slot_copy(model, model->sheets[value.a].functions[value.b]->yielded, dst, at);
        break;
    case ROLE_OBJECT:
    case ROLE_EXTERNAL:
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
        break;
    case ROLE_DB_ROW:
    case ROLE_SA_ROW:
        slot_add(model, dst, value_of(model, ROLE_CELL, at.module, at.node, key), 0, at);
        break;
    default:
        element(model, owner, dst, at);
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
        element(model, owner, slot_of_attribute(model, made, ANY_KEY), at);
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
        slot_copy(model, model->sheets[value.a].functions[value.b]->yielded, dst, at);
    else
        slot_add(model, dst, owner, 0, at);
}

/* Seen through an instance (or, for a class method, through the class), a function of a class is a bound
 * method, a property its result. */
static void copy_bound(Model *model, ValueId value, const Constraint *flow, SlotId source)
{
    Value         held = model->values.items[value];
    Value         seen = model->values.items[flow->extra];
    FunctionInfo *info = held.role == ROLE_FUNCTION ? model->sheets[held.a].functions[held.b] : NULL;

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
    const ClassInfo *info = model->sheets[type->a].classes[type->b];

    for (size_t i = 0; info && i < info->bases.count; i++)
        slot_flow(model, info->bases.items[i], *flow);
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
        if (role == ROLE_INSTANCE || role == ROLE_CLASS || role == ROLE_MODULE || role == ROLE_OBJECT
            || role == ROLE_EXTERNAL || role == ROLE_METHOD)
            slot_copy(model, flow->dst, slot_of_attribute(model, value, flow->name), flow->at);
        break;
    }
    case FLOW_CALL:
        call_value(model, flow->call, value);
        break;
    case FLOW_ELEMENT:
        element(model, value, flow->dst, flow->at);
        break;
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
    case FLOW_INHERIT:
        if (model->values.items[value].role == ROLE_CLASS) {
            Value base = model->values.items[value];
            load_from_class(model, &base, flow->name, flow->extra, flow->dst, flow->at);
        }
        break;
    }
}

static bool may_be_repeated(ConstraintKind kind)
{
    return kind == FLOW_COPY || kind == FLOW_INHERIT || kind == FLOW_ANNOTATE || kind == FLOW_ELEMENT;
}

void slot_flow(Model *model, SlotId source, Constraint constraint)
{
    if (!source)
        return;
    Slot *slot = &model->slots.items[source];
    if (may_be_repeated(constraint.kind))
        vec_each(old, &slot->out)
            if (old->kind == constraint.kind && old->dst == constraint.dst && old->extra == constraint.extra
                && str_eq(old->name, constraint.name))
                return;
    vec_push(model->arena, &slot->out, constraint);
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
void model_solve(Model *model)
{
    for (size_t next; (next = model->done) < model->work.count;) {
        Work work = model->work.items[next];
        model->done++;
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
