#include "analyzers/facts/unit.h"

#include "analyzers/facts/variable.h"

typedef struct Grouper {
    Arena             *arena;
    const Model       *model;
    const CallsiteVec *calls;
    uint32_t          *parent;
    ResultVariableVec  variables;
    Map                by_place; /* the same, by module and symbol */
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

/* The call that made the cursor or result a value is; NULL if it is none, or not seen. */
static const Callsite *maker_of(const Grouper *grouper, ValueId id)
{
    const Value *value = model_value(grouper->model, id);

    return role_is_result(value->role) ? call_of(grouper, value->a, value->b) : NULL;
}

/* Statements one of which a reader sees, it cannot be said which, belong together. */
static void unite_reached(Grouper *grouper, const ResultVariable *variable)
{
    vec_each(reach, &variable->reaches)
        if (!use_binds(variable, reach->use) && !use_runs(variable, reach->use)
            && !use_closes(variable, reach->use))
            for (uint32_t i = 1; i < reach->count; i++)
                unite(grouper, callsite_at(grouper->calls, variable->module, reach->executes[0])->index,
                      callsite_at(grouper->calls, variable->module, reach->executes[i])->index);
}

/* A statement that is run before an earlier one's result is read decides what is read. */
static void unite_with_between(Grouper *grouper, const ResultVariable *variable)
{
    vec_each(execute, &variable->executes) {
        NodeId other = statement_between(variable, *execute);
        if (other)
            unite(grouper, callsite_at(grouper->calls, variable->module, *execute)->index,
                  callsite_at(grouper->calls, variable->module, other)->index);
    }
}

static void unite_by_variable(Grouper *grouper)
{
    vec_each(at, &grouper->variables) {
        const ResultVariable *variable = *at;
        if (variable->is_separable) {
            unite_reached(grouper, variable);
            unite_with_between(grouper, variable);
            continue;
        }
        for (size_t i = 1; i < variable->executes.count; i++)
            unite(grouper, callsite_at(grouper->calls, variable->module, variable->executes.items[0])->index,
                  callsite_at(grouper->calls, variable->module, variable->executes.items[i])->index);
    }
}

/* A reader of a variable whose statements are told apart belongs to those that come before it. */
static bool unite_with_reached(Grouper *grouper, const Callsite *site)
{
    const ResultVariable *variable = result_variable_under(grouper->arena, &grouper->by_place, site);

    if (!variable || !variable->is_separable)
        return false;
    if (variable->cursor && use_closes(variable, tree_strip(&site->module->tree, site->receiver)))
        unite(grouper, site->index, variable->cursor->index);
    vec_each(reach, &variable->reaches)
        if (reach->use == tree_strip(&site->module->tree, site->receiver) && !use_runs(variable, reach->use)
            && !use_closes(variable, reach->use))
            for (uint32_t i = 0; i < reach->count; i++)
                unite(grouper, site->index, callsite_at(grouper->calls, site->module, reach->executes[i])->index);
    return true;
}

/* A call on a cursor (or result) belongs to the call that made it. */
static void unite_by_cursor(Grouper *grouper)
{
    uint32_t *first = arena_array(grouper->arena, uint32_t, model_value_count(grouper->model));

    vec_each(site, grouper->calls) {
        if (!site->receiver)
            continue;
        NodeId          receiver = tree_strip(&site->module->tree, site->receiver);
        const Callsite *chained  = callsite_at(grouper->calls, site->module, receiver);
        if (chained && chained->method != METHOD_WRAPPER && chained->method != METHOD_CONNECT) {
            unite(grouper, site->index, chained->index);
            continue;
        }
        if (unite_with_reached(grouper, site))
            continue;
        vec_each(held, model_values(grouper->model, site->module, site->receiver)) {
            const Callsite *maker = maker_of(grouper, held->value);
            if (maker)
                unite(grouper, site->index, maker->index);
        }
        /* A cursor of unseen origin (an annotated parameter): by value. */
        if (!role_is_result(site->role) || maker_of(grouper, site->value))
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

/* The call within a wrapper that runs what a call of the wrapper is given. */
static const Callsite *call_inside(const Grouper *grouper, const Callsite *site)
{
    return site->method == METHOD_WRAPPER ? call_of(grouper, site->because.module, site->because.node) : NULL;
}

/* A wrapper that runs what another wrapper is given, and one whose callers give but a piece of the SQL. */
static void unite_by_wrapper(Grouper *grouper)
{
    vec_each(site, grouper->calls) {
        const Callsite *inner = call_inside(grouper, site);
        if (inner && (site->is_passed_on || !inner->is_passed_on))
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

static bool is_separable_cursor(const Grouper *grouper, const Callsite *site)
{
    vec_each(variable, &grouper->variables)
        if ((*variable)->is_separable && (*variable)->cursor == site)
            return true;
    return false;
}

static UnitKind kind_of(const Grouper *grouper, const Callsite *first)
{
    return first->method == METHOD_CONNECT          ? UNIT_PROVIDER
         : is_separable_cursor(grouper, first) ? UNIT_CURSOR
                                                    : UNIT_STATEMENTS;
}

static void add_need(Arena *arena, Units *units, uint32_t of, uint32_t need)
{
    IndexVec *needs = of == NO_UNIT ? NULL : &units->units.items[of].needs;

    if (!needs || need == NO_UNIT || need == of)
        return;
    vec_each(known, needs)
        if (*known == need)
            return;
    vec_push(arena, needs, need);
}

static void find_needs(const Grouper *grouper, Units *units)
{
    vec_each(site, grouper->calls) {
        const Callsite *inner = call_inside(grouper, site);
        if (inner)
            add_need(grouper->arena, units, units->unit_of[site->index], units->unit_of[inner->index]);
    }
    vec_each(at, &grouper->variables) {
        const ResultVariable *variable = *at;
        if (variable->is_separable && variable->cursor)
            vec_each(execute, &variable->executes)
                add_need(grouper->arena, units, units->unit_of[variable->cursor->index],
                         units->unit_of[callsite_at(grouper->calls, variable->module, *execute)->index]);
    }
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

const char *unit_kind_name(UnitKind kind)
{
    static const char *const names[] = { "statements", "provider", "cursor" };
    return names[kind];
}

/* Where the connection comes from that a call is made on, itself or by way of a cursor. */
static void add_origins_of(const Grouper *grouper, const Callsite *site, Unit *into)
{
    if (!site->receiver || site->method == METHOD_WRAPPER)
        return;
    PlaceVec origins = connection_origins(grouper->arena, grouper->model, site->module, site->receiver);
    vec_each(held, model_values(grouper->model, site->module, site->receiver)) {
        const Callsite *maker = maker_of(grouper, held->value);
        if (!maker || !maker->receiver || maker->method == METHOD_WRAPPER)
            continue;
        PlaceVec behind = connection_origins(grouper->arena, grouper->model, maker->module, maker->receiver);
        vec_each(origin, &behind)
            add_origin(grouper->arena, &origins, *origin);
    }
    vec_each(origin, &origins)
        add_origin(grouper->arena, &into->origins, *origin);
}

static bool is_of_no_unit(const Callsite *site)
{
    return stands_alone(site) || (site->role == ROLE_SA_CONNECTION && !method_is_sql(site->method));
}

/* For each root the call its unit is called after: a statement rather than what reads it, maybe in another file. */
static const Callsite **find_leads(Grouper *grouper)
{
    const Callsite **leads = arena_array(grouper->arena, const Callsite *, grouper->calls->count + 1);

    vec_each(site, grouper->calls) {
        const Callsite **lead = &leads[find_root(grouper, site->index)];
        bool             runs = method_is_sql(site->method) || site->method == METHOD_CONNECT;
        if (!is_of_no_unit(site) && (!*lead || (runs && !method_is_sql((*lead)->method) && (*lead)->method != METHOD_CONNECT
                                                && (*lead)->method != METHOD_CURSOR)))
            *lead = site;
    }
    return leads;
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
    grouper.variables = result_variables_find(arena, model, calls, &grouper.by_place);
    unite_by_variable(&grouper);
    unite_by_cursor(&grouper);
    unite_by_constant(&grouper);
    unite_by_growth(&grouper, out->growths);
    unite_by_wrapper(&grouper);
    unite_by_handler(&grouper);
    unite_by_setup(&grouper);

    const Callsite **leads = find_leads(&grouper);
    vec_each(site, calls) {
        if (is_of_no_unit(site))
            continue;
        uint32_t        root = find_root(&grouper, site->index);
        const Callsite *lead = leads[root];
        if (out->unit_of[root] == NO_UNIT) {
            out->unit_of[root] = (uint32_t)out->units.count;
            vec_push(arena, &out->units,
                     (Unit) { .index    = (uint32_t)out->units.count,
                              .kind     = kind_of(&grouper, lead),
                              .id       = unit_id(arena, lead, &used),
                              .module   = lead->module,
                              .function = lead->function });
        }
        uint32_t unit              = out->unit_of[root];
        out->unit_of[site->index] = unit;
        Unit *into                 = &out->units.items[unit];
        vec_push(arena, &into->calls, site->index);
        into->sql_calls += method_is_sql(site->method);
        add_origins_of(&grouper, site, into);
        if (site->method == METHOD_CONNECT)
            add_origin(arena, &into->origins, (Place) { site->module->id, site->call });
    }
    find_needs(&grouper, out);
    out->variables = grouper.by_place;
}
