#include "analyzers/python/slots.h"

/*
 * What an attribute of a value of the project is: of an instance and a class through its bases, of a module
 * through what it imports and stars, and of an object that hands on what it does not have.
 */

static const Module *module_of(const Model *model, uint32_t id)
{
    return model->project->modules.items[id];
}

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
void attribute_of_class(Model *model, const Value *type, Str name, ValueId seen_by, SlotId dst, Place at)
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

void attribute_load(Model *model, ValueId owner, Str name, SlotId dst, Place at)
{
    Value value = model->values.items[owner];

    switch (value.role) {
    case ROLE_INSTANCE:
    case ROLE_CLASS:
        if (value.role == ROLE_INSTANCE && str_is(name, "__class__"))
            slot_add(model, dst, value_of(model, ROLE_CLASS, value.a, value.b, (Str) { 0 }), 0, at);
        else
            attribute_of_class(model, &value, name, owner, dst, at);
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

/* `super().execute(…)` in a subclass of sqlite3.Connection: the method of the connection that the object is. */
void attribute_of_library(Model *model, ValueId base, const Constraint *flow)
{
    Value   seen = model->values.items[flow->extra];
    Value   type = model->values.items[base];
    Role    role = str_is(type.name, "Connection") ? ROLE_CONNECTION : str_is(type.name, "Cursor") ? ROLE_CURSOR : ROLE_NONE;

    if (role && seen.role == ROLE_INSTANCE)
        known_attribute(model, value_of(model, role, seen.a, seen.b, (Str) { 0 }), flow->name, flow->dst, flow->at);
}

/* `class Pool(sqlite3.Connection)`, perhaps by way of other classes of the project. */
void instance_of_bases(Model *model, const Value *type, const Constraint *flow)
{
    const ClassInfo *info = sheet_class(&model->sheets[type->a], type->b);

    for (size_t i = 0; info && i < info->bases.count; i++)
        slot_flow(model, info->bases.items[i], *flow);
}
