#include "analyzers/facts/unit.h"

#include "analyzers/facts/reach.h"

/* A variable that holds a cursor, or one statement's result after the other. */
typedef struct Carrier {
    const Module   *module;
    SymbolId        symbol;
    NodeId          function;
    const Callsite *cursor;    /* the cursor() call it is bound to; NULL for a result's variable */
    uint32_t        cursors;   /* how many there are */
    NodeIdVec       executes;  /* calls on the cursor, or whose result is assigned */
    bool            is_shared; /* by several functions */
    bool            is_separable;
    ReachVec        reaches;
} Carrier;

typedef struct Grouper {
    Arena             *arena;
    const Model       *model;
    const CallsiteVec *calls;
    uint32_t          *parent;
    Map                carriers; /* by module and symbol */
    Vec(Carrier *)     carrier_list;
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

/* The call that made the cursor or result a value is; NULL if it is none, or not seen. */
static const Callsite *maker_of(const Grouper *grouper, ValueId id)
{
    const Value *value = model_value(grouper->model, id);

    return is_result(value->role) ? call_of(grouper, value->a, value->b) : NULL;
}

/* -- variables that carry cursors and results ------------------------------------------------- */

/* The variable a call's result is assigned to; 0 if it is not. */
static SymbolId target_of(const Callsite *site)
{
    const Tree *tree   = &site->module->tree;
    NodeId      parent = tree_parent(tree, site->call);
    NodeId      left   = tree_kind(tree, parent) == PY_ASSIGNMENT && tree_node(tree, site->call)->field == F_RIGHT
                           ? tree_field(tree, parent, F_LEFT) : 0;

    return left && tree_kind(tree, left) == PY_IDENTIFIER ? site->module->scopes.symbol_of[left] : 0;
}

/* The variable a call is made on; 0 if that is no plain name. */
static SymbolId receiver_of(const Callsite *site)
{
    NodeId receiver = site->receiver ? tree_strip(&site->module->tree, site->receiver) : 0;

    return receiver && tree_kind(&site->module->tree, receiver) == PY_IDENTIFIER
             ? site->module->scopes.symbol_of[receiver] : 0;
}

static Str variable_key(const Grouper *grouper, const Callsite *site, SymbolId symbol)
{
    return str_format(grouper->arena, "%u:%u", site->module->id, symbol);
}

static Carrier *carrier_at(Grouper *grouper, const Callsite *site, SymbolId symbol)
{
    void **place = map_place(grouper->arena, &grouper->carriers, variable_key(grouper, site, symbol));

    if (!*place) {
        Carrier *carrier = arena_new(grouper->arena, Carrier);
        *carrier         = (Carrier) { .module = site->module, .symbol = symbol, .function = site->function };
        vec_push(grouper->arena, &grouper->carrier_list, carrier);
        *place = carrier;
    }
    Carrier *carrier = *place;
    carrier->is_shared |= carrier->function != site->function;
    return carrier;
}

static Carrier *carrier_of(const Grouper *grouper, const Callsite *site)
{
    SymbolId symbol = receiver_of(site);

    return symbol ? map_find(&grouper->carriers, variable_key(grouper, site, symbol)) : NULL;
}

static void find_carriers(Grouper *grouper)
{
    vec_each(site, grouper->calls) {
        bool     runs   = method_is_sql(site->method) && site->method != METHOD_WRAPPER;
        SymbolId target = runs || site->method == METHOD_CURSOR ? target_of(site) : 0;
        SymbolId on     = runs && is_result(site->role) ? receiver_of(site) : 0;
        if (target) {
            Carrier *carrier = carrier_at(grouper, site, target);
            if (runs)
                vec_push(grouper->arena, &carrier->executes, site->call);
            carrier->cursors += site->method == METHOD_CURSOR;
            if (site->method == METHOD_CURSOR)
                carrier->cursor = site;
        }
        if (on && on != target)
            vec_push(grouper->arena, &carrier_at(grouper, site, on)->executes, site->call);
    }
}

static bool is_plain_name(const Tree *tree, NodeId id)
{
    while (tree_kind(tree, id) == PY_ATTRIBUTE)
        id = tree_field(tree, id, F_OBJECT);
    return tree_kind(tree, id) == PY_IDENTIFIER;
}

static bool is_binding(const Carrier *carrier, NodeId id)
{
    vec_each(binding, &carrier->module->scopes.symbols.items[carrier->symbol].bindings)
        if (*binding == id)
            return true;
    return false;
}

/* Whether a use does no more than to ask something of what the variable holds, or to go through it. */
static bool is_reading(const Tree *tree, NodeId use)
{
    NodeId parent = tree_parent(tree, use);
    Kind   kind   = tree_kind(tree, parent);

    return (kind == PY_ATTRIBUTE && tree_node(tree, use)->field == F_OBJECT)
        || ((kind == PY_FOR || kind == PY_FOR_IN) && tree_node(tree, use)->field == F_RIGHT);
}

static bool is_closing(const Tree *tree, NodeId use)
{
    NodeId parent = tree_parent(tree, use);

    return tree_kind(tree, parent) == PY_ATTRIBUTE
        && str_is(tree_text(tree, tree_field(tree, parent, F_ATTRIBUTE)), "close");
}

static bool is_execute(const Carrier *carrier, NodeId use)
{
    const Tree *tree = &carrier->module->tree;
    NodeId      call = tree_parent(tree, tree_parent(tree, use));

    vec_each(execute, &carrier->executes)
        if (*execute == call)
            return true;
    return false;
}

/*
 * Whether the statements a variable carries can be told apart: it belongs to one function, and each reader's
 * statements are known. A cursor must be nothing but run and read.
 */
static bool is_separable(const Grouper *grouper, Carrier *carrier)
{
    const Tree   *tree     = &carrier->module->tree;
    const Scopes *scopes   = &carrier->module->scopes;
    const Symbol *variable = &scopes->symbols.items[carrier->symbol];

    if (carrier->is_shared || !carrier->executes.count)
        return false;
    if (carrier->cursors
        && (carrier->cursors != 1 || variable->bindings.count != 1 || !is_plain_name(tree, carrier->cursor->receiver)
            || carrier->cursor->function != carrier->function
            || tree_arity(tree, tree_field(tree, carrier->cursor->call, F_ARGUMENTS))))
        return false;
    NodeId home = scopes->scopes.items[variable->scope].node, root = home ? home : 1;
    for (NodeId id = root; id < tree_node(tree, root)->end; id++)
        if (tree_kind(tree, id) == PY_IDENTIFIER && scopes->symbol_of[id] == carrier->symbol
            && scope_function(scopes, id) != carrier->function)
            return false;
    carrier->reaches = reach_of(grouper->arena, carrier->module, carrier->function, carrier->symbol, &carrier->executes);
    vec_each(reach, &carrier->reaches) {
        if (is_binding(carrier, reach->use) || is_execute(carrier, reach->use))
            continue;
        if (reach->count > REACH_LIMIT)
            return false;
        if (carrier->cursors && !is_closing(tree, reach->use)
            && (!is_reading(tree, reach->use) || !reach->count || reach->may_be_none))
            return false;
    }
    return true;
}

/* Statements one of which a reader sees, it cannot be said which, belong together. */
static void unite_reached(Grouper *grouper, const Carrier *carrier)
{
    vec_each(reach, &carrier->reaches)
        if (!is_binding(carrier, reach->use) && !is_execute(carrier, reach->use)
            && !is_closing(&carrier->module->tree, reach->use))
            for (uint32_t i = 1; i < reach->count; i++)
                unite(grouper, callsite_at(grouper->calls, carrier->module, reach->executes[0])->index,
                      callsite_at(grouper->calls, carrier->module, reach->executes[i])->index);
}

static void unite_by_carrier(Grouper *grouper)
{
    find_carriers(grouper);
    vec_each(at, &grouper->carrier_list) {
        Carrier *carrier       = *at;
        carrier->is_separable = is_separable(grouper, carrier);
        if (carrier->is_separable) {
            unite_reached(grouper, carrier);
            continue;
        }
        for (size_t i = 1; i < carrier->executes.count; i++)
            unite(grouper, callsite_at(grouper->calls, carrier->module, carrier->executes.items[0])->index,
                  callsite_at(grouper->calls, carrier->module, carrier->executes.items[i])->index);
    }
}

/* A reader of a variable whose statements are told apart belongs to those that come before it. */
static bool unite_with_reached(Grouper *grouper, const Callsite *site)
{
    const Carrier *carrier = carrier_of(grouper, site);

    if (!carrier || !carrier->is_separable)
        return false;
    vec_each(reach, &carrier->reaches)
        if (reach->use == tree_strip(&site->module->tree, site->receiver) && !is_execute(carrier, reach->use)
            && !is_closing(&site->module->tree, reach->use))
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
        if (!is_result(site->role) || maker_of(grouper, site->value))
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
    SymbolId       target  = site->method == METHOD_CURSOR ? target_of(site) : 0;
    const Carrier *carrier = target ? map_find(&grouper->carriers, variable_key(grouper, site, target)) : NULL;

    return carrier && carrier->is_separable;
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
    vec_each(at, &grouper->carrier_list) {
        const Carrier *carrier = *at;
        if (carrier->is_separable && carrier->cursor)
            vec_each(execute, &carrier->executes)
                add_need(grouper->arena, units, units->unit_of[carrier->cursor->index],
                         units->unit_of[callsite_at(grouper->calls, carrier->module, *execute)->index]);
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
    unite_by_carrier(&grouper);
    unite_by_cursor(&grouper);
    unite_by_constant(&grouper);
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
        if (site->receiver) {
            PlaceVec origins = connection_origins(arena, model, site->module, site->receiver);
            vec_each(origin, &origins)
                add_origin(arena, &into->origins, *origin);
        }
        if (site->method == METHOD_CONNECT)
            add_origin(arena, &into->origins, (Place) { site->module->id, site->call });
    }
    find_needs(&grouper, out);
}
