#include "analyzers/facts/unit.h"

typedef struct Grouper {
    Arena             *arena;
    const Model       *model;
    const CallsiteVec *calls;
    uint32_t          *parent;
} Grouper;

static uint32_t find_root(Grouper *grouper, uint32_t at)
{
    while (grouper->parent[at] != at) {
        grouper->parent[at] = grouper->parent[grouper->parent[at]];
        at                  = grouper->parent[at];
    }
    return at;
}

/* The earlier call stays the root, so that units come in the order of the source. */
static void unite(Grouper *grouper, uint32_t a, uint32_t b)
{
    a = find_root(grouper, a);
    b = find_root(grouper, b);
    if (a < b)
        grouper->parent[b] = a;
    else
        grouper->parent[a] = b;
}

static const Callsite *call_of(const Grouper *grouper, uint32_t module, NodeId node)
{
    if (module >= model_project(grouper->model)->modules.count)
        return NULL;
    return callsite_at(grouper->calls, model_module(grouper->model, module), node);
}

static bool is_result(Role role)
{
    return role == ROLE_CURSOR || role == ROLE_SA_RESULT;
}

/* A call on a cursor (or result) belongs to the call that made it. */
static void unite_by_cursor(Grouper *grouper)
{
    vec_each(site, grouper->calls) {
        if (!site->receiver)
            continue;
        vec_each(held, model_values(grouper->model, site->module, site->receiver)) {
            const Value *value = model_value(grouper->model, held->value);
            if (!is_result(value->role))
                continue;
            const Callsite *maker = call_of(grouper, value->a, value->b);
            if (maker)
                unite(grouper, site->index, maker->index);
        }
    }
    /* Cursors of unseen origin (annotated parameters): by value. */
    uint32_t *first = arena_array(grouper->arena, uint32_t, model_value_count(grouper->model));
    vec_each(site, grouper->calls) {
        if (!is_result(site->role))
            continue;
        if (first[site->value])
            unite(grouper, first[site->value] - 1, site->index);
        else
            first[site->value] = site->index + 1;
    }
}

/* Unites a call with the first one that was seen under the same key. */
static void unite_as(Grouper *grouper, Map *first, Str key, uint32_t index)
{
    void **seen = map_place(grouper->arena, first, key);

    if (*seen)
        unite(grouper, (uint32_t)(uintptr_t)*seen - 1, index);
    else
        *seen = (void *)(uintptr_t)(index + 1);
}

static void unite_at(Grouper *grouper, Map *first, Place place, uint32_t index)
{
    unite_as(grouper, first, str_format(grouper->arena, "%u:%u", place.module, place.node), index);
}

static void unite_by_constant(Grouper *grouper)
{
    Map first = { 0 };

    vec_each(site, grouper->calls)
        vec_each(constant, &site->sql.constants)
            unite_at(grouper, &first, *constant, site->index);
}

/* Statements made of one literal, or bound to one list of values. */
static void unite_by_growth(Grouper *grouper, const Growth **growths)
{
    Map first = { 0 };

    vec_each(site, grouper->calls)
        if (growths[site->index])
            vec_each(place, &growths[site->index]->touched)
                unite_at(grouper, &first, *place, site->index);
}

static void unite_by_wrapper(Grouper *grouper)
{
    vec_each(site, grouper->calls) {
        if (site->method != METHOD_WRAPPER)
            continue;
        const Callsite *inner = call_of(grouper, site->because.module, site->because.node);
        if (inner)
            unite(grouper, site->index, inner->index);
    }
}

/* Whether an expression is an exception class of sqlite3, or a tuple with one. */
static bool names_sqlite_exception(const Model *model, const Module *module, NodeId expression)
{
    for (NodeId id = expression; id < tree_node(&module->tree, expression)->end; id++) {
        Kind kind = tree_kind(&module->tree, id);
        if ((kind == PY_ATTRIBUTE || kind == PY_IDENTIFIER) && model_has(model, module, id, ROLE_SQLITE_NAME))
            return true;
    }
    return false;
}

NodeId try_with_sqlite_handler(const Model *model, const Module *module, NodeId node)
{
    const Tree *tree = &module->tree;

    for (NodeId at = node, up = tree_parent(tree, node); up; at = up, up = tree_parent(tree, up)) {
        if (tree_kind(tree, up) == PY_FUNCTION || tree_kind(tree, up) == PY_LAMBDA)
            return 0;
        if (tree_kind(tree, up) != PY_TRY || tree_node(tree, at)->field != F_BODY)
            continue;
        tree_each_child(clause, tree, up)
            if (tree_kind(tree, clause) == PY_EXCEPT && tree_nth(tree, clause, 0)
                && tree_kind(tree, tree_nth(tree, clause, 0)) != PY_BLOCK
                && names_sqlite_exception(model, module, tree_nth(tree, clause, 0)))
                return up;
    }
    return 0;
}

static void unite_by_handler(Grouper *grouper)
{
    Map first = { 0 };

    vec_each(site, grouper->calls) {
        if (!method_is_sql(site->method))
            continue;
        NodeId handled = try_with_sqlite_handler(grouper->model, site->module, site->call);
        if (handled)
            unite_at(grouper, &first, (Place) { site->module->id, handled }, site->index);
    }
}

/* The variable a call's result is assigned to; 0 if it is not. */
static SymbolId target_of(const Callsite *site)
{
    const Tree *tree   = &site->module->tree;
    NodeId      parent = tree_parent(tree, site->call);
    NodeId      left   = tree_kind(tree, parent) == PY_ASSIGNMENT && tree_node(tree, site->call)->field == F_RIGHT
                           ? tree_field(tree, parent, F_LEFT) : 0;

    return left && tree_kind(tree, left) == PY_IDENTIFIER ? site->module->scopes.symbol_of[left] : 0;
}

/* Statements whose results share a variable: which one a reader sees is decided for all of them. */
static void unite_by_target(Grouper *grouper)
{
    Map first = { 0 };

    vec_each(site, grouper->calls) {
        SymbolId target = method_is_sql(site->method) ? target_of(site) : 0;
        if (!target)
            continue;
        Str key = str_format(grouper->arena, "%u:%u:%u", site->module->id, site->function, target);
        unite_as(grouper, &first, key, site->index);
    }
}

/* PRAGMAs that set up a connection where it is opened belong to its opening. */
static bool is_setup(const Callsite *site)
{
    static const char *const settings[] = { "foreign_keys", "journal_mode", "synchronous", "busy_timeout",
                                            "cache_size", "temp_store", "mmap_size", "wal_autocheckpoint",
                                            "auto_vacuum", "recursive_triggers", NULL };
    Str text = str_trim(site->sql.text);

    if (site->method != METHOD_EXECUTE || text.len < 8 || !str_eq_nocase(str_slice(text, 0, 7), STR("pragma "))
        || str_find_char(text, '=') == STR_NOT_FOUND)
        return false;
    text = str_trim(str_slice(text, 7, text.len));
    for (size_t i = 0; settings[i]; i++)
        if (text.len > strlen(settings[i]) && str_eq_nocase(str_slice(text, 0, strlen(settings[i])), str_of(settings[i])))
            return true;
    return false;
}

static void unite_by_setup(Grouper *grouper)
{
    vec_each(site, grouper->calls) {
        if (site->role != ROLE_CONNECTION || !is_setup(site))
            continue;
        const Value    *value   = model_value(grouper->model, site->value);
        const Callsite *connect = call_of(grouper, value->a, value->b);
        if (connect && connect->method == METHOD_CONNECT && connect->module == site->module
            && connect->function == site->function)
            unite(grouper, connect->index, site->index);
    }
}

static bool stands_alone(const Callsite *site)
{
    return site->role == ROLE_CONNECTION && site->method != METHOD_CURSOR && !method_is_sql(site->method);
}

static void add_origin(Arena *arena, PlaceVec *origins, Place place)
{
    vec_each(known, origins)
        if (known->module == place.module && known->node == place.node)
            return;
    vec_push(arena, origins, place);
}

PlaceVec connection_origins(Arena *arena, const Model *model, const Module *module, NodeId expression)
{
    PlaceVec out = { 0 };

    vec_each(held, model_values(model, module, expression)) {
        const Value *value = model_value(model, held->value);
        if (value->role == ROLE_CONNECTION)
            add_origin(arena, &out, (Place) { value->a, value->b });
    }
    return out;
}

static Str unit_id(Arena *arena, const Callsite *first, Map *used)
{
    const Scopes *scopes = &first->module->scopes;
    ScopeId       scope  = first->function ? scopes->opens[first->function] : scopes->scope_of[first->call];
    Str           name   = scopes->scopes.items[scope].qualname;
    if (name.len == 0)
        name = STR("<module>");
    Str id = str_format(arena, STR_FORMAT "::" STR_FORMAT, STR_ARG(first->module->source.path), STR_ARG(name));

    void   **place = map_place(arena, used, id);
    uintptr_t times = (uintptr_t)*place + 1;
    *place          = (void *)times;
    return times == 1 ? id : str_format(arena, STR_FORMAT "#%zu", STR_ARG(id), (size_t)times);
}

void units_build(Arena *arena, const Model *model, const CallsiteVec *calls, Units *out)
{
    Grouper grouper = { .arena  = arena,
                        .model  = model,
                        .calls  = calls,
                        .parent = arena_array(arena, uint32_t, calls->count + 1) };
    Map     used    = { 0 };

    *out = (Units) { .model = model, .calls = calls, .unit_of = arena_array(arena, uint32_t, calls->count + 1) };
    for (uint32_t i = 0; i < calls->count; i++) {
        grouper.parent[i] = i;
        out->unit_of[i]   = NO_UNIT;
    }
    out->growths = arena_array(arena, const Growth *, calls->count + 1);
    vec_each(site, calls)
        if (method_is_sql(site->method))
            out->growths[site->index] = growth_of(arena, model, site);
    unite_by_cursor(&grouper);
    unite_by_constant(&grouper);
    unite_by_growth(&grouper, out->growths);
    unite_by_wrapper(&grouper);
    unite_by_handler(&grouper);
    unite_by_target(&grouper);
    unite_by_setup(&grouper);

    vec_each(site, calls) {
        if (stands_alone(site) || (site->role == ROLE_SA_CONNECTION && !method_is_sql(site->method)))
            continue;
        uint32_t root = find_root(&grouper, site->index);
        if (out->unit_of[root] == NO_UNIT) {
            out->unit_of[root] = (uint32_t)out->units.count;
            vec_push(arena, &out->units,
                     (Unit) { .index    = (uint32_t)out->units.count,
                              .kind     = site->method == METHOD_CONNECT ? UNIT_PROVIDER : UNIT_STATEMENTS,
                              .id       = unit_id(arena, site, &used),
                              .module   = site->module,
                              .function = site->function });
        }
        uint32_t unit              = out->unit_of[root];
        out->unit_of[site->index] = unit;
        Unit *into                 = &out->units.items[unit];
        vec_push(arena, &into->calls, site->index);
        into->sql_calls += method_is_sql(site->method);
        if (site->receiver) {
            PlaceVec origins = connection_origins(arena, model, site->module, site->receiver);
            vec_each(origin, &origins)
                add_origin(arena, &into->origins, *origin);
        }
        if (site->method == METHOD_CONNECT)
            add_origin(arena, &into->origins, (Place) { site->module->id, site->call });
    }
}
