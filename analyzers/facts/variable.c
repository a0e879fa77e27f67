#include "analyzers/facts/variable.h"

typedef struct Span {
    uint32_t lo, hi;
} Span;

typedef struct Finding {
    Arena             *arena;
    const Model       *model;
    const CallsiteVec *calls;
    ResultVariableVec  found;
    Map               *by_place;
} Finding;

/* The variable a call's result is assigned to; 0 if it is not. */
SymbolId call_target(const Callsite *site)
{
    const Tree *tree   = &site->module->tree;
    NodeId      parent = tree_parent(tree, site->call);
    NodeId      left   = tree_kind(tree, parent) == PY_ASSIGNMENT && tree_node(tree, site->call)->field == F_RIGHT
                           ? tree_field(tree, parent, F_LEFT) : 0;

    return left && tree_kind(tree, left) == PY_IDENTIFIER ? site->module->scopes.symbol_of[left] : 0;
}

/* The variable a call is made on; 0 if that is no plain name. */
SymbolId call_receiver(const Callsite *site)
{
    NodeId receiver = site->receiver ? tree_strip(&site->module->tree, site->receiver) : 0;

    return receiver && tree_kind(&site->module->tree, receiver) == PY_IDENTIFIER
             ? site->module->scopes.symbol_of[receiver] : 0;
}

static Str variable_key(Arena *arena, const Module *module, SymbolId symbol)
{
    return str_format(arena, "%u:%u", module->id, symbol);
}

static ResultVariable *variable_at(Finding *finding, const Callsite *site, SymbolId symbol)
{
    void **place = map_place(finding->arena, finding->by_place, variable_key(finding->arena, site->module, symbol));

    if (!*place) {
        ResultVariable *variable = arena_new(finding->arena, ResultVariable);
        *variable = (ResultVariable) { .module = site->module, .symbol = symbol, .function = site->function };
        vec_push(finding->arena, &finding->found, variable);
        *place = variable;
    }
    ResultVariable *variable = *place;
    variable->is_shared |= variable->function != site->function;
    return variable;
}

static bool is_plain_name(const Tree *tree, NodeId id)
{
    while (tree_kind(tree, id) == PY_ATTRIBUTE)
        id = tree_field(tree, id, F_OBJECT);
    return tree_kind(tree, id) == PY_IDENTIFIER;
}

/* The attribute a call is made on, as it is written; empty if that is none. */
static Str receiver_path(const Callsite *site)
{
    const Tree *tree     = &site->module->tree;
    NodeId      receiver = site->receiver ? tree_strip(tree, site->receiver) : 0;

    return receiver && site->function && tree_kind(tree, receiver) == PY_ATTRIBUTE && is_plain_name(tree, receiver)
             ? tree_text(tree, receiver) : (Str) { 0 };
}

static Str path_key(Arena *arena, const Callsite *site, Str path)
{
    return str_format(arena, "%u:%u:" STR_FORMAT, site->module->id, site->function, STR_ARG(path));
}

static void add_run_on_path(Finding *finding, const Callsite *site, Str path)
{
    void **place = map_place(finding->arena, finding->by_place, path_key(finding->arena, site, path));

    if (!*place) {
        ResultVariable *made = arena_new(finding->arena, ResultVariable);
        *made = (ResultVariable) { .module = site->module, .function = site->function, .path = path, .is_run = true };
        vec_push(finding->arena, &finding->found, made);
        *place = made;
    }
    vec_push(finding->arena, &((ResultVariable *)*place)->executes, site->call);
}

static void find_variables(Finding *finding)
{
    vec_each(site, finding->calls) {
        bool     runs   = method_is_sql(site->method) && site->method != METHOD_WRAPPER;
        SymbolId target = runs || site->method == METHOD_CURSOR ? call_target(site) : 0;
        SymbolId on     = runs && role_is_result(site->role) ? call_receiver(site) : 0;
        Str      path   = runs && site->role == ROLE_CURSOR ? receiver_path(site) : (Str) { 0 };
        if (path.len)
            add_run_on_path(finding, site, path);
        if (target) {
            ResultVariable *variable = variable_at(finding, site, target);
            if (runs)
                vec_push(finding->arena, &variable->executes, site->call);
            if (site->method == METHOD_CURSOR) {
                variable->cursors++;
                variable->cursor = site;
            }
        }
        if (on) {
            ResultVariable *variable = variable_at(finding, site, on);
            variable->is_run         = true;
            if (on != target)
                vec_push(finding->arena, &variable->executes, site->call);
        }
    }
}

bool use_binds(const ResultVariable *variable, NodeId use)
{
    if (!variable->symbol)
        return attribute_is_bound(&variable->module->tree, use);
    vec_each(binding, &variable->module->scopes.symbols.items[variable->symbol].bindings)
        if (*binding == use)
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

bool is_closed_at(const Tree *tree, NodeId use)
{
    NodeId parent = tree_parent(tree, use);

    return tree_kind(tree, parent) == PY_ATTRIBUTE && tree_node(tree, use)->field == F_OBJECT
        && str_is(tree_text(tree, tree_field(tree, parent, F_ATTRIBUTE)), "close");
}

bool use_closes(const ResultVariable *variable, NodeId use)
{
    return is_closed_at(&variable->module->tree, use);
}

bool use_runs(const ResultVariable *variable, NodeId use)
{
    const Tree *tree = &variable->module->tree;
    NodeId      call = tree_parent(tree, tree_parent(tree, use));

    vec_each(execute, &variable->executes)
        if (*execute == call)
            return true;
    return false;
}

/* Whether every use is in the function that runs the statements. */
static bool is_of_one_function(const ResultVariable *variable)
{
    const Tree   *tree   = &variable->module->tree;
    const Scopes *scopes = &variable->module->scopes;
    NodeId        home   = scopes->scopes.items[scopes->symbols.items[variable->symbol].scope].node;
    NodeId        root   = home ? home : 1;

    for (NodeId id = root; id < tree_node(tree, root)->end; id++)
        if (tree_kind(tree, id) == PY_IDENTIFIER && scopes->symbol_of[id] == variable->symbol
            && scope_function(scopes, id) != variable->function)
            return false;
    return true;
}

/* A loop over a cursor that runs another statement on it goes on with that one's rows. */
static bool is_run_within(const ResultVariable *variable, NodeId use)
{
    const Tree *tree = &variable->module->tree;
    NodeId      loop = tree_parent(tree, use);

    if (!variable->is_run || tree_kind(tree, loop) != PY_FOR || tree_node(tree, use)->field != F_RIGHT)
        return false;
    vec_each(execute, &variable->executes)
        if (tree_is_inside(tree, *execute, loop))
            return true;
    return false;
}

/* Whether another statement comes between one and a place where its result is used: in the text, or in the next turn. */
static bool comes_between(const Tree *tree, NodeId execute, NodeId other, NodeId use)
{
    const PyNode *from = tree_node(tree, execute), *at = tree_node(tree, other), *to = tree_node(tree, use);

    if (at->lo >= from->hi && at->lo < to->lo)
        return true;
    for (NodeId up = tree_parent(tree, use); up && tree_kind(tree, up) != PY_FUNCTION; up = tree_parent(tree, up)) {
        Kind kind = tree_kind(tree, up);
        if ((kind == PY_FOR || kind == PY_WHILE) && tree_is_inside(tree, other, up)
            && !tree_is_inside(tree, execute, kind == PY_WHILE ? up : tree_field(tree, up, F_BODY)))
            return true;
    }
    return false;
}

/* The variable that a statement's result is assigned to, if it is not the cursor's own. */
static SymbolId other_target(const ResultVariable *cursor, NodeId execute)
{
    const Tree *tree   = &cursor->module->tree;
    NodeId      parent = tree_parent(tree, execute);
    NodeId      left   = tree_kind(tree, parent) == PY_ASSIGNMENT ? tree_field(tree, parent, F_LEFT) : 0;
    SymbolId    symbol = left && tree_kind(tree, left) == PY_IDENTIFIER ? cursor->module->scopes.symbol_of[left] : 0;

    return symbol == cursor->symbol ? 0 : symbol;
}

/* A cursor whose place the connection's own name can take. */
static bool is_replaceable(const ResultVariable *variable)
{
    const Tree *tree = &variable->module->tree;

    return variable->cursors == 1 && variable->module->scopes.symbols.items[variable->symbol].bindings.count == 1
        && is_plain_name(tree, variable->cursor->receiver)
        && tree_arity(tree, tree_field(tree, variable->cursor->call, F_ARGUMENTS)) == 0;
}

/* Whether it is known what each use sees; a cursor must be nothing but run and read. */
static bool is_separable(const ResultVariable *variable)
{
    if ((variable->cursors || variable->is_run) && !is_replaceable(variable))
        return false;
    vec_each(reach, &variable->reaches) {
        if (use_binds(variable, reach->use) || use_runs(variable, reach->use))
            continue;
        if (reach->count > REACH_LIMIT || is_run_within(variable, reach->use))
            return false;
        if (variable->cursors && !use_closes(variable, reach->use)
            && (!is_reading(&variable->module->tree, reach->use) || !reach->count || reach->may_be_none))
            return false;
    }
    return true;
}

/* From the first use of a variable to its last. */
static Span life_of(const ResultVariable *variable)
{
    Span out = { UINT32_MAX, 0 };

    vec_each(reach, &variable->reaches) {
        const PyNode *use = tree_node(&variable->module->tree, reach->use);
        out.lo = use->lo < out.lo ? use->lo : out.lo;
        out.hi = use->hi > out.hi ? use->hi : out.hi;
    }
    return out;
}

/* How many cursors of the function were in use already when this one came. */
static uint32_t count_neighbours(const Finding *finding, const ResultVariable *variable)
{
    Span     own   = life_of(variable);
    uint32_t count = 0;

    vec_each(at, &finding->found) {
        const ResultVariable *other = *at;
        if (other == variable)
            break;
        Span life = life_of(other);
        count += other->cursors && other->module == variable->module && other->function == variable->function
              && life.lo < own.hi && own.lo < life.hi;
    }
    return count;
}

/* -- cursors that objects keep ------------------------------------------------------------------- */

/* A function of the project that is called between a statement and its reader may run another on the same cursor. */
static bool is_called_between(const Finding *finding, const ResultVariable *variable, const Reach *reach)
{
    const Tree *tree = &variable->module->tree;
    NodeId      loop = tree_parent(tree, reach->use);
    uint32_t    from = UINT32_MAX, to = tree_node(tree, reach->use)->lo;

    for (uint32_t i = 0; i < reach->count; i++)
        from = tree_node(tree, reach->executes[i])->hi < from ? tree_node(tree, reach->executes[i])->hi : from;
    if (tree_kind(tree, loop) == PY_FOR && tree_node(tree, reach->use)->field == F_RIGHT)
        to = tree_node(tree, loop)->hi;
    for (NodeId id = variable->function; id < tree_node(tree, variable->function)->end; id++)
        if (tree_kind(tree, id) == PY_CALL && tree_node(tree, id)->lo >= from && tree_node(tree, id)->lo < to
            && model_callee(finding->model, variable->module, id).node)
            return true;
    return false;
}

/* The one cursor() call whose cursor all statements of the variable run on; NULL if it is not one, or is given a class. */
static const Callsite *only_maker(const Finding *finding, const ResultVariable *variable)
{
    const Callsite *maker = NULL;

    vec_each(execute, &variable->executes) {
        const Callsite *site = callsite_at(finding->calls, variable->module, *execute);
        vec_each(held, model_values(finding->model, site->module, site->receiver)) {
            const Value    *value = model_value(finding->model, held->value);
            const Callsite *made  = value->role == ROLE_CURSOR && value->a < model_project(finding->model)->modules.count
                                      ? callsite_at(finding->calls, model_module(finding->model, value->a), value->b) : NULL;
            if (!made || made->method != METHOD_CURSOR || (maker && maker != made))
                return NULL;
            maker = made;
        }
    }
    if (!maker || tree_arity(&maker->module->tree, tree_field(&maker->module->tree, maker->call, F_ARGUMENTS)))
        return NULL;
    const Tree *tree   = &maker->module->tree;
    NodeId      parent = tree_parent(tree, maker->call), left = tree_field(tree, parent, F_LEFT);
    return tree_kind(tree, parent) == PY_ASSIGNMENT && left && tree_kind(tree, left) == PY_ATTRIBUTE
                && tree_kind(tree, tree_parent(tree, parent)) == PY_EXPRESSION_STATEMENT && maker->receiver
             ? maker : NULL;
}

static bool share_value(const Model *model, const HeldVec *a, const HeldVec *b, Role role)
{
    vec_each(mine, a)
        vec_each(its, b)
            if (mine->value == its->value && model_value(model, its->value)->role == role)
                return true;
    return false;
}

/* What the function calls the connection of the cursor: an attribute of the same object. */
static Str connection_beside(const Finding *finding, const ResultVariable *variable, const Callsite *maker)
{
    const Tree     *tree   = &variable->module->tree;
    const Callsite *run    = callsite_at(finding->calls, variable->module, variable->executes.items[0]);
    NodeId          object = tree_field(tree, tree_strip(tree, run->receiver), F_OBJECT);

    /* `self.cur = self.conn.cursor()`: who has the one has the other. */
    const Tree *home = &maker->module->tree;
    NodeId      kept = tree_field(home, tree_parent(home, maker->call), F_LEFT);
    if (tree_kind(home, maker->receiver) == PY_ATTRIBUTE
        && str_eq(tree_text(home, tree_field(home, maker->receiver, F_OBJECT)), tree_text(home, tree_field(home, kept, F_OBJECT))))
        return str_format(finding->arena, STR_FORMAT "." STR_FORMAT, STR_ARG(tree_text(tree, object)),
                          STR_ARG(tree_text(home, tree_field(home, maker->receiver, F_ATTRIBUTE))));

    /* `self.conn = conn`, somewhere in the maker's file */
    const HeldVec *connections = model_values(finding->model, maker->module, maker->receiver);
    const HeldVec *objects     = model_values(finding->model, variable->module, object);
    for (NodeId id = 1; id < home->count; id++)
        if (tree_kind(home, id) == PY_ATTRIBUTE
            && share_value(finding->model, connections, model_values(finding->model, maker->module, id), ROLE_CONNECTION)
            && share_value(finding->model, objects, model_values(finding->model, maker->module, tree_field(home, id, F_OBJECT)),
                           ROLE_INSTANCE))
            return str_format(finding->arena, STR_FORMAT "." STR_FORMAT, STR_ARG(tree_text(tree, object)),
                              STR_ARG(tree_text(home, tree_field(home, id, F_ATTRIBUTE))));
    return (Str) { 0 };
}

static bool is_separable_path(const Finding *finding, ResultVariable *variable)
{
    const Tree     *tree  = &variable->module->tree;
    const Callsite *maker = only_maker(finding, variable);

    if (!maker || !(variable->connection = connection_beside(finding, variable, maker)).len)
        return false;
    variable->cursor  = maker;
    variable->cursors = 1;
    vec_each(reach, &variable->reaches) {
        if (use_binds(variable, reach->use) || use_runs(variable, reach->use) || use_closes(variable, reach->use))
            continue;
        if (!is_reading(tree, reach->use) || !reach->count || reach->count > REACH_LIMIT || reach->may_be_none
            || is_run_within(variable, reach->use) || is_called_between(finding, variable, reach))
            return false;
    }
    return true;
}

static const ResultVariable *variable_around(const Finding *finding, const Module *module, NodeId node)
{
    NodeId function = scope_function(&module->scopes, node);

    vec_each(at, &finding->found)
        if ((*at)->path.len && (*at)->module == module && (*at)->function == function)
            return *at;
    return NULL;
}

/* Whether a place that holds the cursor is where it is made and kept, or a use in a function that runs it before it reads. */
static bool is_accounted_for(const Finding *finding, const Callsite *maker, Place place)
{
    const Module         *module   = model_module(finding->model, place.module);
    const Tree           *tree     = &module->tree;
    const ResultVariable *variable = variable_around(finding, module, place.node);
    Str                   text     = tree_text(tree, place.node);

    if (is_closed_at(tree, place.node)
        && tree_kind(tree, tree_parent(tree, tree_parent(tree, tree_parent(tree, place.node)))) == PY_EXPRESSION_STATEMENT)
        return true;
    if (module == maker->module && (place.node == maker->call || tree_parent(tree, maker->call) == tree_parent(tree, place.node)))
        return true;
    if (!variable || !variable->is_separable || variable->cursor != maker)
        return false;
    return str_eq(text, variable->path)
        || (tree_kind(tree, place.node) == PY_CALL && callsite_at(finding->calls, module, place.node));
}

/* A cursor that is used in any other way is read by who knows whom: its statements stay together. */
static void doubt_kept_cursors(Finding *finding)
{
    vec_each(at, &finding->found) {
        const ResultVariable *variable = *at;
        if (!variable->path.len || !variable->is_separable)
            continue;
        const Callsite *maker = variable->cursor;
        ValueId         value = model_find(finding->model, ROLE_CURSOR, maker->module->id, maker->call);
        bool            known = true;
        vec_each(place, model_holders(finding->model, value))
            known = known && is_accounted_for(finding, maker, *place);
        for (size_t i = 0; !known && i < finding->found.count; i++)
            if (finding->found.items[i]->path.len && finding->found.items[i]->cursor == maker)
                finding->found.items[i]->is_separable = false;
    }
}

/* Whether a use of a variable may see this statement's result. */
static bool may_see(const Reach *reach, NodeId execute)
{
    for (uint32_t i = 0; i < reach->count && i < REACH_LIMIT; i++)
        if (reach->executes[i] == execute)
            return true;
    return reach->count > REACH_LIMIT;
}

/*
 * `found = cur.execute(a)`, `for row in cur.execute(a)`: to sqlite3 the result is the cursor, which reads what it runs
 * next.
 */
static NodeId find_between(const Finding *finding, const ResultVariable *cursor, NodeId execute)
{
    const Tree *tree  = &cursor->module->tree;
    NodeId      loop  = tree_parent(tree, execute);
    bool        loops = tree_kind(tree, loop) == PY_FOR && tree_node(tree, execute)->field == F_RIGHT;
    const ResultVariable *target = result_variable(finding->arena, finding->by_place, cursor->module, other_target(cursor, execute));

    vec_each(other, &cursor->executes) {
        if (*other == execute)
            continue;
        if (loops && tree_is_inside(tree, *other, loop))
            return *other;
        for (size_t i = 0; target && i < target->reaches.count; i++)
            if (!use_binds(target, target->reaches.items[i].use) && may_see(&target->reaches.items[i], execute)
                && comes_between(tree, execute, *other, target->reaches.items[i].use))
                return *other;
    }
    return 0;
}

static void find_all_between(const Finding *finding, ResultVariable *cursor)
{
    if (!cursor->is_run || cursor->executes.count < 2)
        return;
    vec_each(execute, &cursor->executes)
        vec_push(finding->arena, &cursor->between, find_between(finding, cursor, *execute));
}

NodeId statement_between(const ResultVariable *cursor, NodeId execute)
{
    for (size_t i = 0; i < cursor->between.count; i++)
        if (cursor->executes.items[i] == execute)
            return cursor->between.items[i];
    return 0;
}

ResultVariableVec result_variables_find(Arena *arena, const Model *model, const CallsiteVec *calls, Map *by_place)
{
    Finding finding = { .arena = arena, .model = model, .calls = calls, .by_place = by_place };

    find_variables(&finding);
    vec_each(at, &finding.found) {
        ResultVariable *variable = *at;
        if (variable->path.len) {
            variable->reaches = reach_of_path(arena, variable->module, variable->function, variable->path, &variable->executes);
            variable->is_separable = is_separable_path(&finding, variable);
            continue;
        }
        variable->is_shared |= !is_of_one_function(variable);
        if (variable->is_shared || !variable->executes.count)
            continue;
        variable->reaches = reach_of(arena, variable->module, variable->function, variable->symbol, &variable->executes);
        variable->is_separable = is_separable(variable);
    }
    vec_each(at, &finding.found)
        find_all_between(&finding, *at);
    doubt_kept_cursors(&finding);
    vec_each(at, &finding.found)
        if ((*at)->cursors)
            (*at)->ordinal = count_neighbours(&finding, *at);
    return finding.found;
}

const ResultVariable *result_variable(Arena *arena, const Map *by_place, const Module *module, SymbolId symbol)
{
    return symbol ? map_find(by_place, variable_key(arena, module, symbol)) : NULL;
}

const ResultVariable *units_variable(Arena *arena, const Units *units, const Module *module, SymbolId symbol)
{
    return result_variable(arena, &units->variables, module, symbol);
}

const ResultVariable *result_variable_under(Arena *arena, const Map *by_place, const Callsite *site)
{
    Str path = receiver_path(site);

    return path.len ? map_find(by_place, path_key(arena, site, path))
                    : result_variable(arena, by_place, site->module, call_receiver(site));
}

const ResultVariable *units_variable_under(Arena *arena, const Units *units, const Callsite *site)
{
    return result_variable_under(arena, &units->variables, site);
}
