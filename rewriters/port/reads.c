/*
 * Which statement each reader of a result sees, where the result goes, and what
 * takes the cursor's place once it is gone.
 */
#include "rewriters/port/work.h"

#include "analyzers/facts/variable.h"

NodeId unparenthesized(const Tree *tree, NodeId id)
{
    while (tree_kind(tree, tree_parent(tree, id)) == PY_PARENTHESIZED
           || tree_kind(tree, tree_parent(tree, id)) == PY_AWAIT)
        id = tree_parent(tree, id);
    return id;
}

static bool is_loop_source(const Tree *tree, NodeId id)
{
    Kind kind = tree_kind(tree, tree_parent(tree, id));
    return (kind == PY_FOR || kind == PY_FOR_IN) && tree_node(tree, id)->field == F_RIGHT;
}

static bool is_iterating_call(const Work *work, NodeId id)
{
    static const char *const names[] = { "list", "tuple", "set", "sorted", "next", "iter", "enumerate", "dict",
                                         "sum", "any", "all", "max", "min", "zip", "map", "filter", NULL };
    const Tree *tree = work->tree;

    if (tree_kind(tree, tree_parent(tree, id)) != PY_ARGUMENT_LIST)
        return false;
    NodeId function = tree_field(tree, tree_parent(tree, tree_parent(tree, id)), F_FUNCTION);
    if (!function || tree_kind(tree, function) != PY_IDENTIFIER || work->module->scopes.symbol_of[function])
        return false;
    for (size_t i = 0; names[i]; i++)
        if (str_is(tree_text(tree, function), names[i]))
            return true;
    return false;
}

/* Whether the same place was found to read another statement of the unit. */
static bool is_read_already(const Work *work, const Execute *execute, NodeId use)
{
    for (size_t i = 0; i < work->executes.count; i++)
        if (work->executes.items[i] != execute)
            vec_each(read, &work->executes.items[i]->reads)
                if (read->module == work->module && read->use == use)
                    return true;
    return false;
}

/* Reads a statement's result at `holder`; NULL if what is done there is not understood. */
static Read *add_read(Work *work, Execute *execute, NodeId holder)
{
    const Tree *tree   = work->tree;
    NodeId      outer  = unparenthesized(tree, holder);
    NodeId      parent = tree_parent(tree, outer);
    Read        read   = { .module = work->module, .function = work->function, .holder = outer, .of = execute };

    if (tree_kind(tree, parent) == PY_ATTRIBUTE && tree_node(tree, outer)->field == F_OBJECT) {
        NodeId call = tree_parent(tree, parent);
        bool   called = tree_kind(tree, call) == PY_CALL && tree_node(tree, parent)->field == F_FUNCTION;
        read.what     = tree_text(tree, tree_field(tree, parent, F_ATTRIBUTE));
        read.use      = called ? call : parent;
    } else if (is_loop_source(tree, outer) || is_iterating_call(work, outer)) {
        read.use = outer;
    } else {
        return NULL;
    }
    vec_each(known, &execute->reads)
        if (known->module == read.module && known->use == read.use)
            return known;
    read.is_again     = is_read_already(work, execute, read.use);
    read.may_be_other = model_has(work->model, work->module, outer, ROLE_DB_ROWS) != NULL;
    vec_push(work->arena, &execute->reads, read);
    return &vec_last(&execute->reads);
}

static void refuse_escape(Work *work, NodeId holder)
{
    NodeId parent = tree_parent(work->tree, unparenthesized(work->tree, holder));

    work_reason(work, VERDICT_MANUAL, "PY-04", work->module, holder,
                tree_kind(work->tree, parent) == PY_RETURN || tree_kind(work->tree, parent) == PY_YIELD
                    ? "the cursor leaves its function; return what is read from it, and port the callers with it"
                    : "the cursor is handed on; pass the connection and return what is read, and port both sides");
}

static Execute *execute_of(Work *work, NodeId call)
{
    for (size_t i = 0; i < work->executes.count; i++)
        if (work->executes.items[i]->call->module == work->module && work->executes.items[i]->call->call == call)
            return work->executes.items[i];
    return NULL;
}

/* -- beyond the function ----------------------------------------------------------------------- */

/* Whether an expression that holds a result does nothing to it where it stands: it is bound, tested, passed on. */
static bool is_passing(Work *work, NodeId holder)
{
    const Tree *tree   = work->tree;
    NodeId      outer  = unparenthesized(tree, holder);
    NodeId      parent = tree_parent(tree, outer);

    switch (tree_kind(tree, parent)) {
    case PY_ASSIGNMENT: {
        NodeId left = tree_field(tree, parent, F_LEFT);
        return left == outer || tree_kind(tree, left) == PY_IDENTIFIER;
    }
    case PY_RETURN:
    case PY_EXPRESSION_STATEMENT:
    case PY_IF:
    case PY_ELIF:
    case PY_WHILE:
    case PY_NOT:
    case PY_BOOLEAN:
    case PY_CONDITIONAL:
    case PY_NAMED_EXPRESSION:
    case PY_PARAMETERS:
    case PY_TYPED_PARAMETER:
    case PY_DEFAULT_PARAMETER:
    case PY_TYPED_DEFAULT_PARAMETER:
        return true;
    case PY_COMPARISON:
        return str_ends_with(tree_text(tree, parent), STR("None"));
    case PY_ARGUMENT_LIST: {
        NodeId function = tree_field(tree, tree_parent(tree, parent), F_FUNCTION);
        return model_callee(work->model, work->module, tree_parent(tree, parent)).node != 0
            || str_is(tree_text(tree, function), "bool");
    }
    default:
        return false;
    }
}

/* What a wrapper gives may be rows as well as a result, by what it is asked for; no result can be used like this. */
static bool is_of_rows(Work *work, NodeId holder)
{
    Kind around = tree_kind(work->tree, tree_parent(work->tree, unparenthesized(work->tree, holder)));

    return (around == PY_SUBSCRIPT || around == PY_COMPARISON || around == PY_AUGMENTED_ASSIGNMENT)
        && (model_has(work->model, work->module, holder, ROLE_DB_ROW) || model_has(work->model, work->module, holder, ROLE_DB_ROWS));
}

/* The values a statement's result is, as the model knows them: by its own call, or that of its cursor. */
static bool is_result_of(const Work *work, const Execute *execute, const Value *value)
{
    if (value->role != ROLE_CURSOR || value->a != execute->call->module->id)
        return false;
    if (value->b == execute->call->call)
        return true;
    vec_each(held, model_values(work->model, execute->call->module, execute->call->receiver)) {
        const Value *cursor = model_value(work->model, held->value);
        if (cursor->role == ROLE_CURSOR && cursor->a == value->a && cursor->b == value->b)
            return true;
    }
    return false;
}

static void follow_value(Work *work, Execute *execute, ValueId value)
{
    Home home = { work->module, work->function };

    vec_each(place, model_holders(work->model, value)) {
        const Module *module   = model_module(work->model, place->module);
        NodeId        function = scope_function(&module->scopes, place->node);
        if (module == home.module && function == home.function)
            continue;
        work_enter(work, (Home) { module, function });
        if (!add_read(work, execute, place->node) && !is_passing(work, place->node) && !is_of_rows(work, place->node))
            refuse_escape(work, place->node);
        work_enter(work, home);
    }
}

/* A result that its function returns: the readers are the callers, as far as the model sees them. */
static void follow_beyond(Work *work, Execute *execute, NodeId holder)
{
    if (execute->is_followed)
        return;
    execute->is_followed = true;
    if (!work->function || !model_callers(work->model, work->module, work->function)->count) {
        refuse_escape(work, holder);
        return;
    }
    vec_each(held, model_values(work->model, work->module, holder))
        if (is_result_of(work, execute, model_value(work->model, held->value)))
            follow_value(work, execute, held->value);
}

static bool is_returned(const Tree *tree, NodeId holder)
{
    return tree_kind(tree, tree_parent(tree, unparenthesized(tree, holder))) == PY_RETURN;
}

/* -- within the function ----------------------------------------------------------------------- */

/* The result of an execute call where it stands: dropped, chained, assigned, iterated, returned. */
static void place_result(Work *work, Execute *execute)
{
    const Tree *tree   = work->tree;
    NodeId      call   = unparenthesized(tree, execute->call->call);
    NodeId      parent = tree_parent(tree, call);

    if (tree_kind(tree, parent) == PY_EXPRESSION_STATEMENT)
        return;
    if (tree_kind(tree, parent) == PY_ASSIGNMENT && tree_node(tree, call)->field == F_RIGHT) {
        NodeId target = tree_field(tree, parent, F_LEFT);
        if (target && tree_kind(tree, target) == PY_IDENTIFIER) {
            execute->result_target = target;
            return;
        }
    }
    if (is_returned(tree, call))
        follow_beyond(work, execute, call);
    else if (!add_read(work, execute, call))
        refuse_escape(work, call);
}

/* A loop over the cursor in which it runs another statement goes on with that one. */
static void judge_loop(Work *work, const ResultVariable *variable, NodeId use)
{
    const Tree *tree  = work->tree;
    NodeId      outer = unparenthesized(tree, use), loop = tree_parent(tree, outer);

    if (variable->cursors && is_loop_source(tree, outer))
        vec_each(other, &variable->executes)
            if (tree_is_inside(tree, *other, loop))
                work_reason(work, VERDICT_MANUAL, "PY-02", work->module, *other,
                            "the cursor is run again inside the loop over it; use a second result");
}

static void refuse_path(Work *work, NodeId use)
{
    work_reason(work, VERDICT_MANUAL, "PY-02", work->module, use,
                "which statement is read here depends on the path taken; give each result a name of its own");
}

/* One use of the variable that sees a statement of the unit. */
static void follow_use(Work *work, const ResultVariable *variable, const Reach *reach, Execute *execute)
{
    const Tree *tree      = work->tree;
    NodeId      attribute = tree_parent(tree, unparenthesized(tree, reach->use));

    if (is_returned(tree, reach->use)) {
        if (variable->cursors)
            refuse_escape(work, reach->use);
        else
            follow_beyond(work, execute, reach->use);
        return;
    }
    if (variable->cursors && tree_kind(tree, attribute) == PY_ATTRIBUTE
        && str_is(tree_text(tree, tree_field(tree, attribute, F_ATTRIBUTE)), "connection")) {
        work_reason(work, VERDICT_MANUAL, "PY-04", work->module, attribute,
                    "the cursor gives its connection here; use the connection's own name");
        return;
    }
    Read *read = add_read(work, execute, reach->use);
    if (!read && (variable->cursors || !is_passing(work, reach->use))) {
        refuse_escape(work, reach->use);
    } else if (read) {
        read->by_cursor       = variable->cursors != 0;
        read->may_be_other   |= !variable->cursors && reach->may_be_none;
        execute->needs_result |= read->by_cursor;
        judge_loop(work, variable, reach->use);
    }
}

/* `cur.close()`, which goes with the cursor. */
static void drop_closing(Work *work, NodeId use)
{
    const Tree *tree      = work->tree;
    NodeId      statement = tree_parent(tree, tree_parent(tree, tree_parent(tree, use)));

    if (tree_kind(tree, statement) == PY_EXPRESSION_STATEMENT)
        work_delete_statement(work, statement);
}

/* What each use of a variable sees, as far as it is a statement of this unit. */
static void follow_variable(Work *work, const ResultVariable *variable)
{
    if (variable->is_shared) {
        work_reason(work, VERDICT_MANUAL, "PY-04", work->module, variable->executes.items[0],
                    "several functions use this cursor or result; let each run its statements on the connection");
        return;
    }
    if (variable->cursors && variable->symbol
        && variable->module->scopes.symbols.items[variable->symbol].bindings.count != variable->cursors) {
        work_reason(work, VERDICT_MANUAL, "PY-02", work->module, variable->executes.items[0],
                    "the cursor's variable holds other things too; give the cursor a name of its own");
        return;
    }
    vec_each(reach, &variable->reaches) {
        bool ours = false;
        if (use_binds(variable, reach->use) || use_runs(variable, reach->use))
            continue;
        if (variable->cursors && use_closes(variable, reach->use)) {
            if (!variable->is_separable)
                drop_closing(work, reach->use);
            continue;
        }
        if (reach->count > REACH_LIMIT) {
            refuse_path(work, reach->use);
            continue;
        }
        for (uint32_t i = 0; i < reach->count; i++)
            ours |= execute_of(work, reach->executes[i]) != NULL;
        if (variable->cursors && (reach->may_be_none || !reach->count) && (ours || !variable->is_separable))
            refuse_path(work, reach->use);
        else
            for (uint32_t i = 0; ours && i < reach->count; i++)
                follow_use(work, variable, reach, execute_of(work, reach->executes[i]));
    }
}

static bool is_run_on(Work *work, const Execute *execute, const ResultVariable *variable)
{
    return execute->call->module == variable->module && execute->call->function == variable->function
        && units_variable_under(work->arena, work->in->units, execute->call) == variable;
}

static Str own_name(const ResultVariable *variable)
{
    size_t dot = str_rfind_char(variable->path, '.');

    return variable->symbol ? variable->module->scopes.symbols.items[variable->symbol].name
                            : str_slice(variable->path, dot + 1, variable->path.len);
}

/* A name for the results that the readers of a cursor see: one nobody else has, and another for each cursor. */
static void name_results(Work *work, const ResultVariable *variable)
{
    bool lastrowid = false, other = false;

    for (size_t i = 0; i < work->executes.count; i++)
        vec_each(read, &work->executes.items[i]->reads)
            if (read->by_cursor && is_run_on(work, work->executes.items[i], variable)) {
                lastrowid |= str_is(read->what, "lastrowid");
                other |= !str_is(read->what, "lastrowid");
            }
    const char *wish = lastrowid && !other ? "new_id" : "result";
    if (variable->ordinal)
        wish = str_cstr(work->arena, str_format(work->arena, STR_FORMAT "_%s",
                                                STR_ARG(own_name(variable)), wish));
    Str name = work_fresh_name(work, wish);
    for (size_t i = 0; i < work->executes.count; i++)
        if (is_run_on(work, work->executes.items[i], variable))
            work->executes.items[i]->result_name = name;
}

/* What sqlite3 would read of a statement's result is another one's (PY-02). */
static void judge_rerun(Work *work, const Execute *execute)
{
    const ResultVariable *cursor = execute->call->role == ROLE_CURSOR
                                     ? units_variable_under(work->arena, work->in->units, execute->call) : NULL;
    NodeId                other  = cursor ? statement_between(cursor, execute->call->call) : 0;

    if (other)
        work_reason(work, VERDICT_MANUAL, "PY-02", work->module, other,
                    "the cursor is run again before the result of a former statement is read; give each a cursor of its own");
}

static bool is_here(const Work *work, const Execute *execute)
{
    return execute->call->module == work->module && execute->call->function == work->function;
}

typedef Vec(const ResultVariable *) VariableVec;

static void follow_once(Work *work, VariableVec *seen, const ResultVariable *variable)
{
    if (!variable)
        return;
    vec_each(known, seen)
        if (*known == variable)
            return;
    vec_push(work->arena, seen, variable);
    follow_variable(work, variable);
    if (variable->cursors)
        name_results(work, variable);
}

void find_reads(Work *work)
{
    VariableVec seen = { 0 };

    for (size_t i = 0; i < work->executes.count; i++)
        if (is_here(work, work->executes.items[i]) && work->executes.items[i]->call->method != METHOD_WRAPPER)
            place_result(work, work->executes.items[i]);
    for (size_t i = 0; i < work->executes.count; i++) {
        const Execute *execute = work->executes.items[i];
        if (!is_here(work, execute))
            continue;
        judge_rerun(work, execute);
        if (execute->result_target)
            follow_once(work, &seen, units_variable(work->arena, work->in->units, work->module,
                                                   work->module->scopes.symbol_of[execute->result_target]));
        if (execute->call->role == ROLE_CURSOR && execute->call->method != METHOD_WRAPPER)
            follow_once(work, &seen, units_variable_under(work->arena, work->in->units, execute->call));
    }
}

/* -- the connection in the cursor's place ------------------------------------------------------- */

/* The cursor() call an execute runs on. */
static const Callsite *cursor_call(const Work *work, const Callsite *execute)
{
    vec_each(held, model_values(work->model, execute->module, execute->receiver)) {
        const Value *value = model_value(work->model, held->value);
        if (value->role != ROLE_CURSOR || value->a >= model_project(work->model)->modules.count)
            continue;
        const Callsite *site = callsite_at(work->in->units->calls, model_module(work->model, value->a), value->b);
        if (site && site->method == METHOD_CURSOR)
            return site;
    }
    return NULL;
}

static bool is_plain_name(const Tree *tree, NodeId id)
{
    while (tree_kind(tree, id) == PY_ATTRIBUTE)
        id = tree_field(tree, id, F_OBJECT);
    return tree_kind(tree, id) == PY_IDENTIFIER;
}

/* Whether a plain name keeps its meaning from the cursor() call to the statements. */
static bool is_stable(const Work *work, NodeId receiver)
{
    if (tree_kind(work->tree, receiver) == PY_IDENTIFIER) {
        SymbolId symbol = work->module->scopes.symbol_of[receiver];
        return symbol && work->module->scopes.symbols.items[symbol].bindings.count == 1;
    }
    vec_each(store, model_stores(work->model, tree_text(work->tree, tree_field(work->tree, receiver, F_ATTRIBUTE))))
        if (store->at.module == work->module->id
            && scope_function(&work->module->scopes, store->at.node) == work->function
            && tree_node(work->tree, store->at.node)->lo > tree_node(work->tree, receiver)->lo)
            return false;
    return true;
}

/*
 * `cur = conn.cursor()` goes; its statements run on `conn`. When the connection is
 * not a name but a call (`get_db().cursor()`), the variable for the cursor gives
 * way to one for the connection.
 */
static Str drop_cursor(Work *work, const Callsite *cursor)
{
    const Tree *tree       = work->tree;
    NodeId      call       = unparenthesized(tree, cursor->call);
    NodeId      assignment = tree_parent(tree, call);
    NodeId      target     = tree_kind(tree, assignment) == PY_ASSIGNMENT ? tree_field(tree, assignment, F_LEFT) : 0;
    NodeId      statement  = tree_parent(tree, assignment);
    NodeId      arguments  = tree_field(tree, cursor->call, F_ARGUMENTS);

    if (arguments && tree_arity(tree, arguments)) {
        work_reason(work, VERDICT_MANUAL, "PY-26", work->module, cursor->call,
                    "cursor() is given a class of its own; bring what it does to the calls");
        return (Str) { 0 };
    }
    if (!target || tree_kind(tree, target) != PY_IDENTIFIER
        || tree_kind(tree, statement) != PY_EXPRESSION_STATEMENT) {
        work_reason(work, VERDICT_MANUAL, "PY-04", work->module, cursor->call,
                    "the cursor is kept in an attribute, a container or a `with`; use the connection instead");
        return (Str) { 0 };
    }
    ScopeKind scope = work->module->scopes.scopes.items[work->module->scopes.scope_of[target]].kind;
    if (scope != SCOPE_FUNCTION && scope != SCOPE_LAMBDA) {
        SymbolId symbol = work->module->scopes.symbol_of[target];
        for (NodeId id = 1; id < tree->count; id++)
            if (tree_kind(tree, id) == PY_IDENTIFIER && work->module->scopes.symbol_of[id] == symbol
                && scope_function(&work->module->scopes, id)) {
                work_reason(work, VERDICT_MANUAL, "PY-04", work->module, cursor->call,
                            "functions share this cursor through a global; let each run its statements on the connection");
                return (Str) { 0 };
            }
    }
    if (is_plain_name(tree, cursor->receiver)) {
        if (!is_stable(work, cursor->receiver)) {
            work_reason(work, VERDICT_MANUAL, "PY-02", work->module, cursor->receiver,
                        "the connection's name may mean another one by the time the cursor is used");
            return (Str) { 0 };
        }
        work_delete_statement(work, statement);
        return tree_text(tree, cursor->receiver);
    }
    if (!work->receiver_name.len)
        work->receiver_name = work_fresh_name(work, "conn");
    work_edit(work, work->module, tree_node(tree, target)->lo, tree_node(tree, target)->hi, work->receiver_name);
    work_edit(work, work->module, tree_node(tree, cursor->receiver)->hi, tree_node(tree, cursor->call)->hi, (Str) { 0 });
    return work->receiver_name;
}

static Str name_instead(Work *work, const Callsite *cursor)
{
    if (!is_stable(work, cursor->receiver)) {
        work_reason(work, VERDICT_MANUAL, "PY-02", work->module, cursor->receiver,
                    "the connection's name may mean another one by the time the cursor is used");
        return (Str) { 0 };
    }
    return tree_text(work->tree, cursor->receiver);
}

Str connection_for(Work *work, Execute *execute)
{
    const Callsite *call     = execute->call;
    const Callsite *cursor   = call->role == ROLE_CURSOR ? cursor_call(work, call) : NULL;
    const ResultVariable *variable = units_variable_under(work->arena, work->in->units, call);

    if (call->role != ROLE_CURSOR)
        return tree_text(work->tree, call->receiver);
    execute->through_cursor = true;
    if (variable && variable->is_separable && !variable->symbol)
        return variable->connection;
    if (!cursor || cursor->function != call->function || cursor->module != call->module) {
        work_reason(work, VERDICT_MANUAL, "PY-04", work->module, call->call,
                    "the cursor comes from elsewhere; pass the connection instead, and port the callers with it");
        return (Str) { 0 };
    }
    if (tree_strip(work->tree, call->receiver) == cursor->call)
        return tree_text(work->tree, cursor->receiver); /* conn.cursor().execute(…) */
    if (variable && variable->is_separable && variable->cursor == cursor)
        return name_instead(work, cursor);
    if (tree_kind(work->tree, call->receiver) == PY_IDENTIFIER)
        return drop_cursor(work, cursor);
    work_reason(work, VERDICT_MANUAL, "PY-04", work->module, call->receiver,
                "the cursor is kept in an attribute or a container; use the connection instead");
    return (Str) { 0 };
}

void port_cursor(Work *work)
{
    const Callsite *cursor = &work->in->units->calls->items[work->unit->calls.items[0]];
    Home            home   = { work->module, work->function };

    vec_each(index, &work->unit->calls)
        if (work->in->units->calls->items[*index].method == METHOD_CURSOR)
            cursor = &work->in->units->calls->items[*index];
    work_enter(work, (Home) { cursor->module, cursor->function });
    work_delete_statement(work, tree_statement(work->tree, cursor->call));
    vec_each(place, model_holders(work->model, model_find(work->model, ROLE_CURSOR, cursor->module->id, cursor->call))) {
        const Module *module = model_module(work->model, place->module);
        work_enter(work, (Home) { module, scope_function(&module->scopes, place->node) });
        /* `cur.execute(…).close()` is the statement's */
        if (tree_kind(work->tree, place->node) != PY_CALL && is_closed_at(work->tree, place->node))
            drop_closing(work, place->node);
    }
    work_enter(work, home);
}
