#include "analyzers/intake/test_file.h"
#include "analyzers/python/slots.h"

static const Module *module_of(const Model *model, uint32_t id)
{
    return model->project->modules.items[id];
}

static void call_method(Model *model, ValueId owner, Str name, SlotId result, Place at)
{
    SlotId    method = slot_new(model);
    CallSite *call   = arena_new(model->arena, CallSite);

    call->at     = at;
    call->result = result;
    attribute_load(model, owner, name, method, at);
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
        attribute_load(model, value, flow->name, flow->dst, flow->at);
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
            instance_of_bases(model, &type, &as_base);
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
            attribute_of_library(model, value, flow);
        } else if (model->values.items[value].role == ROLE_CLASS) {
            Value base = model->values.items[value];
            attribute_of_class(model, &base, flow->name, flow->extra, flow->dst, flow->at);
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

static uint32_t hash_of_flow(const Constraint *flow)
{
    uint32_t hash = flow->name.len ? (uint32_t)str_hash(flow->name) : 0;
    return hash_mix(hash_mix(hash_mix(hash_mix(hash, flow->source), flow->dst), flow->extra), (uint32_t)flow->kind);
}

static bool is_same_flow(const Constraint *a, const Constraint *b)
{
    return a->kind == b->kind && a->source == b->source && a->dst == b->dst && a->extra == b->extra && str_eq(a->name, b->name);
}

/* Whether the constraint was laid down before. Few are looked through; of many, all are in `many_index`. */
static bool has_flow(const Model *model, const Constraint *flow)
{
    if (model->slots.items[flow->source].flows < FLOWS_MANY) {
        flow_each(old, model, flow->source)
            if (is_same_flow(old, flow))
                return true;
        return false;
    }
    hash_index_each(at, &model->many_index, hash_of_flow(flow))
        if (is_same_flow(model->many.items[at], flow))
            return true;
    return false;
}

static void index_flows(Model *model, SlotId source)
{
    const Slot *slot = &model->slots.items[source];

    if (slot->flows < FLOWS_MANY)
        return;
    for (const Constraint *flow = slot->flows == FLOWS_MANY ? slot->first : slot->last; flow; flow = flow->next) {
        if (!may_be_repeated(flow))
            continue;
        hash_index_add(model->arena, &model->many_index, hash_of_flow(flow), (uint32_t)model->many.count);
        vec_push(model->arena, &model->many, flow);
    }
}

void slot_flow(Model *model, SlotId source, Constraint constraint)
{
    constraint.source = source;
    constraint.next   = NULL;
    if (!source || (may_be_repeated(&constraint) && has_flow(model, &constraint)))
        return;
    Slot       *slot = &model->slots.items[source];
    Constraint *made = arena_new(model->arena, Constraint);
    *made            = constraint;
    *(slot->last ? &slot->last->next : &slot->first) = made;
    slot->last                                       = made;
    slot->flows++;
    slot->is_loaded |= constraint.kind == FLOW_LOAD;
    index_flows(model, source);
    if (slot->settled)
        vec_push(model->arena, &model->work, (Work) { made, source, slot->settled });
}

/* One step; false when the program has asked for more than we are ready to follow. */
static bool step(Model *model, const Constraint *flow, uint32_t value)
{
    if (++model->steps > model->limits.steps || arena_used(model->arena) > model->limits.bytes) {
        model->is_cut_short = true;
        return false;
    }
    apply(model, flow->source, flow, model->slots.items[flow->source].values.items[value].value);
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
        if (work.missed) {
            for (uint32_t i = 0; i < work.index; i++)
                if (!step(model, work.missed, i))
                    return;
            continue;
        }
        flow_each(flow, model, work.slot)
            if (!step(model, flow, work.index))
                return;
        model->slots.items[work.slot].settled = work.index + 1;
    }
}
