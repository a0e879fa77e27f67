#include "analyzers/python/model.h"

#include "analyzers/python/slots.h"

static const char *const role_names[] = {
    [ROLE_NONE] = "none",
    [ROLE_SQLITE_MODULE] = "sqlite3",
    [ROLE_SQLITE_NAME] = "sqlite3_name",
    [ROLE_CONNECTION] = "connection",
    [ROLE_CURSOR] = "cursor",
    [ROLE_DB_ROW] = "row",
    [ROLE_DB_ROWS] = "rows",
    [ROLE_CELL] = "cell",
    [ROLE_ENGINE] = "engine",
    [ROLE_SA_CONNECTION] = "sa_connection",
    [ROLE_SA_RESULT] = "sa_result",
    [ROLE_SA_ROW] = "sa_row",
    [ROLE_TEXT] = "text",
    [ROLE_FUNCTION] = "function",
    [ROLE_CLASS] = "class",
    [ROLE_INSTANCE] = "instance",
    [ROLE_BOUND] = "bound_method",
    [ROLE_METHOD] = "method",
    [ROLE_MODULE] = "module",
    [ROLE_PARTIAL] = "partial",
    [ROLE_MANAGER] = "context_manager",
    [ROLE_GENERATOR] = "generator",
    [ROLE_EXTERNAL] = "external",
    [ROLE_OBJECT] = "object",
    [ROLE_SUPER] = "super",
};

const char *role_name(Role role)
{
    return role_names[role];
}

SlotId slot_new(Model *model)
{
    vec_push(model->arena, &model->slots, (Slot) { 0 });
    return (SlotId)model->slots.count - 1;
}

static SlotId *place_of_node(Model *model, const Module *module, NodeId node)
{
    return &model->sheets[module->id].of_node[node];
}

/* Expressions that are another expression share its slot. */
static NodeId same_value(const Tree *tree, NodeId node)
{
    for (;;) {
        NodeId inner = 0;
        switch (tree_kind(tree, node)) {
        case PY_PARENTHESIZED:
        case PY_AWAIT:
            inner = tree_nth(tree, node, 0);
            break;
        case PY_NAMED_EXPRESSION:
            inner = tree_field(tree, node, F_VALUE);
            break;
        case PY_ASSIGNMENT:
            inner = tree_field(tree, node, F_RIGHT);
            break;
        default:
            break;
        }
        if (!inner)
            return node;
        node = inner;
    }
}

SlotId slot_of_node(Model *model, const Module *module, NodeId node)
{
    if (!node)
        return 0;
    node = same_value(&module->tree, node);
    SymbolId symbol = tree_kind(&module->tree, node) == PY_IDENTIFIER
                        ? module->scopes.symbol_of[node] : 0;
    SlotId *place = place_of_node(model, module, node);
    if (symbol && !*place) /* else it is one of several assignments, see defs.c */
        return slot_of_symbol(model, module, symbol);
    if (!*place) {
        SlotId made                           = slot_new(model);
        *place_of_node(model, module, node) = made;
        return made;
    }
    return *place;
}

SlotId slot_of_symbol(Model *model, const Module *module, SymbolId symbol)
{
    SlotId *place = &model->sheets[module->id].of_symbol[symbol];

    if (!*place)
        *place = slot_new(model);
    return *place;
}

static uint32_t hash_of_name(Str name)
{
    uint64_t hash = str_hash(name);
    return (uint32_t)(hash >> 32 ^ hash);
}

static SlotId find_attribute(const Model *model, uint32_t hash, ValueId owner, Str name)
{
    hash_index_each(at, &model->attribute_index, hash) {
        const Attribute *attribute = &model->attributes.items[at];
        if (attribute->owner == owner && str_eq(attribute->name, name))
            return attribute->slot;
    }
    return 0;
}

SlotId slot_of_attribute(Model *model, ValueId owner, Str name)
{
    const Value *value = &model->values.items[owner];

    if (value->role == ROLE_INSTANCE || value->role == ROLE_CLASS) {
        /* An instance shares the slots of its class; a name of the class body is one of them. */
        const Module *module = model->project->modules.items[value->a];
        ScopeId       scope  = module->scopes.opens[value->b];
        SymbolId      symbol = scope ? scope_local(&module->scopes, scope, name) : 0;
        if (symbol)
            return slot_of_symbol(model, module, symbol);
        owner = value_of(model, ROLE_CLASS, value->a, value->b, (Str) { 0 });
    } else if (value->role == ROLE_MODULE) {
        const Module *module = model->project->modules.items[value->a];
        SymbolId      symbol = scope_local(&module->scopes, 1, name);
        if (symbol)
            return slot_of_symbol(model, module, symbol);
    }
    uint32_t hash = hash_mix(hash_of_name(name), owner);
    SlotId   slot = find_attribute(model, hash, owner, name);
    if (slot)
        return slot;
    slot = slot_new(model);
    hash_index_add(model->arena, &model->attribute_index, hash, (uint32_t)model->attributes.count);
    vec_push(model->arena, &model->attributes, (Attribute) { owner, slot, name });
    return slot;
}

bool slot_known_attribute(const Model *model, ValueId owner, Str name)
{
    return find_attribute(model, hash_mix(hash_of_name(name), owner), owner, name) != 0;
}

static uint32_t hash_of_value(Role role, uint32_t a, uint32_t b, Str name)
{
    return hash_mix(hash_mix(hash_mix(name.len ? hash_of_name(name) : 0, (uint32_t)role), a), b);
}

/* The value that is spelled like this; 0 if it never came up. */
static ValueId find_value(const Model *model, uint32_t hash, Role role, uint32_t a, uint32_t b, Str name)
{
    hash_index_each(at, &model->value_index, hash) {
        const Value *value = &model->values.items[at];
        if (value->role == role && value->a == a && value->b == b && str_eq(value->name, name))
            return at;
    }
    return 0;
}

ValueId value_of(Model *model, Role role, uint32_t a, uint32_t b, Str name)
{
    uint32_t hash  = hash_of_value(role, a, b, name);
    ValueId  known = find_value(model, hash, role, a, b, name);

    if (known)
        return known;
    hash_index_add(model->arena, &model->value_index, hash, (uint32_t)model->values.count);
    vec_push(model->arena, &model->values, (Value) { role, a, b, name });
    return (ValueId)model->values.count - 1;
}

static bool is_minor(const Model *model, ValueId value)
{
    const Value *held = &model->values.items[value];

    if (held->role == ROLE_METHOD)
        held = &model->values.items[held->a];
    return held->role == ROLE_OBJECT || held->role == ROLE_EXTERNAL || held->role == ROLE_METHOD;
}

void slot_add(Model *model, SlotId slot, ValueId value, SlotId from, Place at)
{
    Slot *held = &model->slots.items[slot];

    if (!slot || !value)
        return;
    vec_each(old, &held->values)
        if (old->value == value)
            return;
    bool minor = is_minor(model, value);
    if (minor ? held->minor >= SLOT_MINOR : held->values.count - held->minor >= SLOT_VALUES) {
        model->capped++;
        model->is_cut_short |= !minor;
        return;
    }
    held->minor += minor;
    vec_push(model->arena, &held->values, (Held) { value, from, at, model->is_presuming });
    vec_push(model->arena, &model->work,
             (Work) { .slot = slot, .index = (uint32_t)(held->values.count - 1) });
}

Str plain_string(const Tree *tree, NodeId node)
{
    Str text = tree_text(tree, node);

    if (tree_kind(tree, node) != PY_STRING || text.len < 2 || (text.ptr[0] != '"' && text.ptr[0] != '\'')
        || str_starts_with(text, STR("\"\"\"")) || str_starts_with(text, STR("'''"))
        || str_contains(text, STR("\\")))
        return (Str) { 0 };
    return str_slice(text, 1, text.len - 1);
}

static void sheet_open(Model *model, const Module *module)
{
    Sheet *sheet = &model->sheets[module->id];

    sheet->module    = module;
    sheet->of_node   = arena_array(model->arena, SlotId, module->tree.count + 1);
    sheet->of_symbol = arena_array(model->arena, SlotId, module->scopes.symbols.count + 1);
    sheet->functions = arena_array(model->arena, FunctionInfo *, module->scopes.scopes.count + 1);
    sheet->classes   = arena_array(model->arena, ClassInfo *, module->scopes.scopes.count + 1);
}

const Value *model_value(const Model *model, ValueId value)
{
    return &model->values.items[value];
}

static SlotId known_slot(const Model *model, const Module *module, NodeId node)
{
    node = same_value(&module->tree, node);
    SymbolId symbol = tree_kind(&module->tree, node) == PY_IDENTIFIER
                        ? module->scopes.symbol_of[node] : 0;
    const Sheet *sheet = &model->sheets[module->id];
    return symbol && !sheet->of_node[node] ? sheet->of_symbol[symbol] : sheet->of_node[node];
}

const HeldVec *model_values(const Model *model, const Module *module, NodeId expression)
{
    return &model->slots.items[known_slot(model, module, expression)].values;
}

const Held *model_has(const Model *model, const Module *module, NodeId expression, Role role)
{
    vec_each(held, model_values(model, module, expression))
        if (model->values.items[held->value].role == role)
            return held;
    return NULL;
}

NodeId model_binding(const Model *model, const Module *module, NodeId name)
{
    SymbolId symbol = tree_kind(&module->tree, name) == PY_IDENTIFIER ? module->scopes.symbol_of[name] : 0;

    if (!symbol)
        return 0;
    const Symbol *variable = &module->scopes.symbols.items[symbol];
    if (variable->bindings.count == 1 && !variable->is_parameter)
        return variable->bindings.items[0];
    const Sheet *sheet = &model->sheets[module->id];
    vec_each(before, &sheet->before)
        if (before->target == name)
            return before->bound;
    return model->slots.items[sheet->of_node[name]].bound;
}

const PlaceVec *model_callers(const Model *model, const Module *module, NodeId function)
{
    static const PlaceVec none;
    const FunctionInfo   *info = sheet_function(&model->sheets[module->id], function);
    return info ? &info->callers : &none;
}

Place model_callee(const Model *model, const Module *module, NodeId call)
{
    Place  only     = { 0 };
    NodeId function = tree_field(&module->tree, call, F_FUNCTION);

    if (!function)
        return only;
    vec_each(held, model_values(model, module, function)) {
        const Value *value = &model->values.items[held->value];
        if (value->role == ROLE_BOUND)
            value = &model->values.items[value->a];
        if (value->role != ROLE_FUNCTION)
            return (Place) { 0 };
        if (only.node && (only.module != value->a || only.node != value->b))
            return (Place) { 0 };
        only = (Place) { value->a, value->b };
    }
    return only;
}

/* Which expressions hold which values of the database world: asked often, so gathered once. */
static void gather_holders(const Model *model)
{
    PlaceVec *holders = model->asked->holders = arena_array(model->arena, PlaceVec, model->values.count);
    for (size_t i = 0; i < model->project->modules.count; i++) {
        const Module *module = model->project->modules.items[i];
        for (NodeId node = 1; node < module->tree.count; node++) {
            if (same_value(&module->tree, node) != node)
                continue;
            SlotId slot = known_slot(model, module, node);
            vec_each(held, &model->slots.items[slot].values)
                if (model->values.items[held->value].role <= ROLE_TEXT)
                    vec_push(model->arena, &holders[held->value], (Place) { (uint32_t)i, node });
        }
    }
}

const PlaceVec *model_holders(const Model *model, ValueId value)
{
    if (!model->asked->holders)
        gather_holders(model);
    return &model->asked->holders[value];
}

/* Room for the slots that a project will have: of its nodes, two of five get one. */
static void reserve_slots(Model *model)
{
    size_t nodes = 0;

    vec_each(module, &model->project->modules)
        nodes += (*module)->tree.count;
    vec_reserve(model->arena, &model->slots, nodes / 2 + 1);
}

const Model *model_build_within(Arena *arena, const Project *project, ModelLimits limits)
{
    Model *model = arena_new(arena, Model);

    model->limits = limits;
    model->arena   = arena;
    model->project = project;
    model->sheets  = arena_array(arena, Sheet, project->modules.count + 1);
    reserve_slots(model);
    slot_new(model);                                    /* slot 0 is "none" */
    vec_push(arena, &model->values, (Value) { 0 });     /* value 0 too */
    vec_each(module, &project->modules)
        sheet_open(model, *module);
    vec_each(module, &project->modules) {
        defs_generate(model, *module);
        flow_generate(model, *module);
    }
    inject_generate(model);
    model_solve(model);
    model_presume(model);
    model->asked = arena_new(arena, Asked);
    return model;
}

const Model *model_build(Arena *arena, const Project *project)
{
    return model_build_within(arena, project, (ModelLimits) { MODEL_STEPS, (size_t)MODEL_MEGABYTES << 20 });
}

bool model_is_whole(const Model *model)
{
    return !model->is_cut_short;
}

uint32_t model_value_count(const Model *model)
{
    return (uint32_t)model->values.count;
}

const HeldVec *model_returned(const Model *model, const Module *module, NodeId function)
{
    const FunctionInfo *info = sheet_function(&model->sheets[module->id], function);

    if (!info)
        return &model->slots.items[0].values;
    return &model->slots.items[info->is_generator ? info->yielded : info->returned].values;
}

const Project *model_project(const Model *model)
{
    return model->project;
}

const Module *model_module(const Model *model, uint32_t id)
{
    return model->project->modules.items[id];
}

ValueId model_find(const Model *model, Role role, uint32_t module, NodeId node)
{
    ValueId known = find_value(model, hash_of_value(role, module, node, (Str) { 0 }), role, module, node, (Str) { 0 });

    if (known)
        return known;
    if (role != ROLE_CELL && role != ROLE_OBJECT) /* of these alone the name tells two apart */
        return 0;
    for (size_t i = 1; i < model->values.count; i++) {
        const Value *value = &model->values.items[i];
        if (value->role == role && value->a == module && value->b == node)
            return (ValueId)i;
    }
    return 0;
}

PlaceVec model_evidence(Arena *arena, const Model *model, const Module *module, NodeId expression,
                        ValueId value)
{
    enum { LONGEST = 32 };
    PlaceVec out  = { 0 };
    SlotId   slot = known_slot(model, module, expression);

    while (slot && out.count < LONGEST) {
        const Held *step = NULL;
        vec_each(held, &model->slots.items[slot].values)
            if (held->value == value)
                step = held;
        if (!step)
            break;
        if (step->at.node)
            vec_push(arena, &out, step->at);
        slot = step->from;
    }
    return out;
}

const StoreVec *model_stores(const Model *model, Str attribute)
{
    static const StoreVec none;
    const StoreVec       *found = map_find(&model->stores, attribute);
    return found ? found : &none;
}

bool model_is_driver(Str dotted)
{
    return known_is_driver(dotted);
}

uint32_t model_capped(const Model *model)
{
    return model->capped;
}
