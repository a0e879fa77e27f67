#include "analyzers/facts/variable.h"

typedef struct Span {
    uint32_t lo, hi;
} Span;

typedef struct Finding {
    Arena             *arena;
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

static void find_variables(Finding *finding)
{
    vec_each(site, finding->calls) {
        bool     runs   = method_is_sql(site->method) && site->method != METHOD_WRAPPER;
        SymbolId target = runs || site->method == METHOD_CURSOR ? call_target(site) : 0;
        SymbolId on     = runs && role_is_result(site->role) ? call_receiver(site) : 0;
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

static bool is_plain_name(const Tree *tree, NodeId id)
{
    while (tree_kind(tree, id) == PY_ATTRIBUTE)
        id = tree_field(tree, id, F_OBJECT);
    return tree_kind(tree, id) == PY_IDENTIFIER;
}

bool use_binds(const ResultVariable *variable, NodeId use)
{
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

bool use_closes(const ResultVariable *variable, NodeId use)
{
    const Tree *tree   = &variable->module->tree;
    NodeId      parent = tree_parent(tree, use);

    return tree_kind(tree, parent) == PY_ATTRIBUTE
        && str_is(tree_text(tree, tree_field(tree, parent, F_ATTRIBUTE)), "close");
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

ResultVariableVec result_variables_find(Arena *arena, const CallsiteVec *calls, Map *by_place)
{
    Finding finding = { .arena = arena, .calls = calls, .by_place = by_place };

    find_variables(&finding);
    vec_each(at, &finding.found) {
        ResultVariable *variable = *at;
        variable->is_shared |= !is_of_one_function(variable);
        if (variable->is_shared || !variable->executes.count)
            continue;
        variable->reaches = reach_of(arena, variable->module, variable->function, variable->symbol, &variable->executes);
        variable->is_separable = is_separable(variable);
    }
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
