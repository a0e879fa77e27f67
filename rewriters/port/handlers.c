/*
 * Exceptions and what follows them.
 *
 * A handler that goes on after an error finds the transaction aborted on Postgres,
 * where SQLite has undone only the statement (TR-05): the statement gets a
 * savepoint of its own, which undoes exactly what SQLite would have.
 */
#include "rewriters/port/work.h"

static const struct {
    const char *sqlite, *name, *also;
    Verdict     verdict;
} exceptions[] = {
#define EXCEPTION(sqlite, name, also, verdict) { sqlite, name, also, verdict },
#include "rewriters/port/exceptions.def"
#undef EXCEPTION
};

static Str sqlite_exception(const Model *model, const Module *module, NodeId expression)
{
    vec_each(held, model_values(model, module, expression)) {
        const Value *value = model_value(model, held->value);
        if (value->role == ROLE_SQLITE_NAME)
            return value->name;
    }
    return (Str) { 0 };
}

bool port_exception(Work *work, const Module *module, NodeId expression)
{
    Str name = sqlite_exception(work->model, module, expression);

    for (size_t i = 0; name.len && i < sizeof exceptions / sizeof *exceptions; i++) {
        if (!str_is(name, exceptions[i].sqlite))
            continue;
        const PyNode *node = tree_node(&module->tree, expression);
        Str           text = work_import(work, module, "sqlalchemy.exc", exceptions[i].name);
        if (exceptions[i].also[0]) {
            Str also = work_import(work, module, "sqlalchemy.exc", exceptions[i].also);
            bool inside = tree_kind(&module->tree, node->parent) == PY_TUPLE;
            text = str_format(work->arena, inside ? STR_FORMAT ", " STR_FORMAT : "(" STR_FORMAT ", " STR_FORMAT ")",
                              STR_ARG(text), STR_ARG(also));
        }
        work_edit(work, module, node->lo, node->hi, text);
        if (exceptions[i].verdict != VERDICT_SAFE)
            work_reason(work, exceptions[i].verdict, "PY-28", module, expression,
                        "which errors are a " STR_FORMAT " differs between the drivers; see what is meant to be caught here",
                        STR_ARG(name));
        return true;
    }
    return false;
}

/* The exception classes of a clause: an expression, or the items of a tuple. */
static NodeIdVec classes_of(Work *work, const Module *module, NodeId clause)
{
    const Tree *tree = &module->tree;
    NodeIdVec   out  = { 0 };
    NodeId      what = tree_nth(tree, clause, 0);

    if (!what || tree_kind(tree, what) == PY_BLOCK)
        return out;
    if (tree_kind(tree, what) == PY_AS_PATTERN)
        what = tree_nth(tree, what, 0);
    what = tree_strip(tree, what);
    if (tree_kind(tree, what) == PY_TUPLE || tree_kind(tree, what) == PY_EXPRESSION_LIST) {
        tree_each_child(child, tree, what)
            if (tree_kind(tree, child) != PY_COMMENT)
                vec_push(work->arena, &out, child);
    } else if (what) {
        vec_push(work->arena, &out, what);
    }
    return out;
}

static NodeId body_of(const Tree *tree, NodeId clause)
{
    tree_each_child(child, tree, clause)
        if (tree_kind(tree, child) == PY_BLOCK)
            return child;
    return 0;
}

/* Whether control never leaves a block at its end. */
static bool always_raises(const Tree *tree, NodeId block)
{
    NodeId last = 0;

    tree_each_child(child, tree, block)
        if (tree_kind(tree, child) != PY_COMMENT)
            last = child;
    return last && tree_kind(tree, last) == PY_RAISE;
}

static bool rolls_back(const Tree *tree, NodeId block)
{
    for (NodeId id = block; id < tree_node(tree, block)->end; id++)
        if (tree_kind(tree, id) == PY_ATTRIBUTE
            && str_is(tree_text(tree, tree_field(tree, id, F_ATTRIBUTE)), "rollback"))
            return true;
    return false;
}

/*
 * `"database is locked" in str(e)`: SQLAlchemy's text of a SQLite error has these words in it, and no error of
 * Postgres has; there the other branch is taken.
 */
static bool asks_for_lock(const Module *module, NodeId comparison)
{
    static const char *const words[] = { "locked", "unable to open database file", "disk I/O error", "busy" };
    const Tree *tree     = &module->tree;
    NodeId      operator = tree_field(tree, comparison, F_OPERATORS), first = tree_nth(tree, comparison, 0);
    Str         sign     = operator ? tree_text(tree, operator) : (Str) { 0 };

    if ((!str_is(sign, "in") && !str_is(sign, "not in")) || tree_kind(tree, tree_strip(tree, first)) != PY_STRING)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_contains(tree_text(tree, first), str_of(words[i])))
            return true;
    return false;
}

/* The variable of `except … as e` and what is done with it; `looked_into` is the verdict if its text or codes are asked. */
static void judge_variable(Work *work, const Module *module, NodeId clause, Verdict looked_into)
{
    const Tree *tree  = &module->tree;
    NodeId      alias = tree_field(tree, clause, F_ALIAS);
    NodeId      what  = tree_nth(tree, clause, 0);

    if (!alias && what && tree_kind(tree, what) == PY_AS_PATTERN)
        alias = tree_field(tree, what, F_ALIAS);
    if (alias && tree_kind(tree, alias) == PY_AS_PATTERN_TARGET)
        alias = tree_nth(tree, alias, 0);
    if (!alias || tree_kind(tree, alias) != PY_IDENTIFIER)
        return;
    SymbolId symbol = module->scopes.symbol_of[alias];
    for (NodeId id = clause; id < tree_node(tree, clause)->end; id++) {
        if (id == alias || tree_kind(tree, id) != PY_IDENTIFIER || module->scopes.symbol_of[id] != symbol)
            continue;
        NodeId up       = tree_parent(tree, id);
        bool   compared = false, for_lock = false;
        for (NodeId at = id; at && at != clause; at = tree_parent(tree, at)) {
            compared |= tree_kind(tree, at) == PY_COMPARISON;
            for_lock |= tree_kind(tree, at) == PY_COMPARISON && asks_for_lock(module, at);
        }
        if (for_lock) {
            work_reason(work, VERDICT_UNSAFE, "PY-29", module, id,
                        "the handler asks whether SQLite's file is locked, which Postgres never says: the other branch is taken there");
            continue;
        }
        if (compared || tree_kind(tree, up) == PY_ATTRIBUTE)
            work_reason(work, looked_into, "PY-29", module, id,
                        "the handler looks into the error, whose text and codes differ between the drivers; "
                        "tell errors apart by e.orig and its pgcode");
        else if (tree_kind(tree, up) != PY_RAISE)
            work_reason(work, VERDICT_UNSAFE, "PY-29", module, id,
                        "the error is shown or handed on; its text differs between the drivers");
    }
}

static bool catches_database_errors(Work *work, const Module *module, NodeId clause)
{
    NodeIdVec classes = classes_of(work, module, clause);

    if (classes.count == 0)
        return true; /* a bare except */
    vec_each(class, &classes) {
        Str text = tree_text(&module->tree, *class);
        if (sqlite_exception(work->model, module, *class).len || str_is(text, "Exception")
            || str_is(text, "BaseException"))
            return true;
    }
    return false;
}

static bool is_under_wrap(const Tree *tree, NodeId statement)
{
    Kind kind = tree_kind(tree, statement);
    return kind == PY_EXPRESSION_STATEMENT || kind == PY_RETURN;
}

static bool is_of_rows(const Statement *statement)
{
    return statement->kind == STATEMENT_INSERT || statement->kind == STATEMENT_REPLACE
        || statement->kind == STATEMENT_UPDATE || statement->kind == STATEMENT_DELETE;
}

/* Gives the statement a savepoint: the error undoes it alone, as SQLite does. */
static void add_savepoint(Work *work, Execute *execute, const Module *module, NodeId clause, Str connection)
{
    const Tree *tree      = work->tree;
    NodeId      statement = tree_statement(tree, execute->call->call);

    bool is_name = connection.len && str_find_char(connection, '(') == STR_NOT_FOUND; /* in a wrapper there is none here */
    if (!is_of_rows(&execute->sql.statement))
        work_reason(work, VERDICT_UNSAFE, "TR-17", module, clause,
                    "what this statement finds missing, or there already, is an error of another kind on Postgres; "
                    "see that the handler means both, and nothing else");
    if (!is_under_wrap(tree, statement) || execute->call->method == METHOD_EXECUTEMANY || execute->script || !is_name) {
        work_reason(work, VERDICT_UNSAFE, "TR-05", module, clause,
                    "the handler goes on after the error, but the transaction is aborted on Postgres; "
                    "put `with conn.begin_nested():` around the statement");
        return;
    }
    work_wrap_statement(work, work->module, statement,
                        str_format(work->arena, "with " STR_FORMAT ".begin_nested():", STR_ARG(connection)));
    execute->in_savepoint = true;
}

/* Whether all that a clause catches of the database are broken constraints, which reading never meets. */
static bool is_for_writes(Work *work, const Module *module, const NodeIdVec *classes)
{
    bool any = false;

    vec_each(class, classes) {
        Str name = sqlite_exception(work->model, module, *class);
        if (!str_is(name, "IntegrityError") && (name.len || str_is(tree_text(&module->tree, *class), "Exception")))
            return false;
        any |= name.len != 0;
    }
    return any;
}

static bool names_sqlite(Work *work, const Module *module, const NodeIdVec *classes)
{
    vec_each(class, classes)
        if (sqlite_exception(work->model, module, *class).len)
            return true;
    return false;
}

static bool ends_with_return(const Tree *tree, NodeId block)
{
    NodeId last = 0;

    tree_each_child(child, tree, block)
        if (tree_kind(tree, child) != PY_COMMENT)
            last = child;
    return last && tree_kind(tree, last) == PY_RETURN;
}

/* What a `with suppress(…)` passes over; empty if the statement is none. */
static NodeIdVec suppressed_by(Work *work, const Module *module, NodeId with)
{
    const Tree *tree = &module->tree;
    NodeIdVec   out  = { 0 };

    for (NodeId id = with; id < tree_node(tree, with)->end; id++) {
        if (tree_node(tree, id)->field == F_BODY)
            break;
        NodeId function = tree_kind(tree, id) == PY_CALL ? tree_field(tree, id, F_FUNCTION) : 0;
        Str    name     = function ? tree_text(tree, function) : (Str) { 0 };
        if (str_is(name, "suppress") || str_ends_with(name, STR(".suppress")))
            tree_each_child(class, tree, tree_field(tree, id, F_ARGUMENTS))
                if (tree_kind(tree, class) != PY_COMMENT)
                    vec_push(work->arena, &out, class);
    }
    return out;
}

/* One execute and what its errors meet on their way up. */
typedef struct Flight {
    Execute *execute;
    Str      connection;
    bool     ended;   /* nobody further up hears of an error as it was: a savepoint or a rollback came first */
    PlaceVec callers; /* calls that lead to it, each looked at once */
} Flight;

static void meet_clause(Work *work, Flight *flight, const Module *module, NodeId clause)
{
    const Tree *tree    = &module->tree;
    bool        own     = flight->callers.count == 0;
    NodeIdVec   classes = classes_of(work, module, clause);
    NodeId      body    = body_of(tree, clause);
    bool        ours    = false;

    if (!catches_database_errors(work, module, clause))
        return;
    vec_each(class, &classes)
        ours |= port_exception(work, module, *class);
    if (ours)
        judge_variable(work, module, clause, own ? VERDICT_MANUAL : VERDICT_UNSAFE);
    if (flight->ended || !body || (!flight->execute->sql.statement.is_write
                                   && (!own || is_for_writes(work, module, &classes))))
        return;
    if (rolls_back(tree, body)) {
        flight->ended = true;
        return;
    }
    /* A caller that catches everything and leaves at once is the program's last resort. */
    if (always_raises(tree, body) || (!own && !names_sqlite(work, module, &classes) && ends_with_return(tree, body)))
        return;
    add_savepoint(work, flight->execute, module, clause, flight->connection);
    flight->ended = true;
}

static void meet_suppress(Work *work, Flight *flight, const Module *module, NodeId with)
{
    NodeIdVec classes = suppressed_by(work, module, with);
    bool      any     = false;

    vec_each(class, &classes)
        any |= port_exception(work, module, *class) || str_is(tree_text(&module->tree, *class), "Exception");
    if (any && !flight->ended && flight->execute->sql.statement.is_write) {
        add_savepoint(work, flight->execute, module, with, flight->connection);
        flight->ended = true;
    }
}

/* `with conn:` rolls back where an error leaves it, on both sides: committing() does after the port. */
static bool ends_transaction(Work *work, const Module *module, NodeId with)
{
    const Tree *tree = &module->tree;

    for (NodeId id = with; id < tree_node(tree, with)->end; id++) {
        if (tree_node(tree, id)->field == F_BODY)
            break;
        if (tree_kind(tree, id) != PY_WITH_ITEM)
            continue;
        NodeId item = tree_nth(tree, id, 0);
        if (tree_kind(tree, item) == PY_AS_PATTERN)
            item = tree_nth(tree, item, 0);
        if (tree_kind(tree, item) != PY_CALL && model_has(work->model, module, item, ROLE_CONNECTION))
            return true;
    }
    return false;
}

/* Whether an error of a wrapper's statement has ended the transaction before it reaches the wrapper's caller. */
static bool is_ended_within(Work *work, const Callsite *site)
{
    enum { STEPS = 8 };

    for (int step = 0; site && site->method == METHOD_WRAPPER && step < STEPS; step++) {
        const Module *module = model_module(work->model, site->because.module);
        const Tree   *tree   = &module->tree;
        NodeId        at     = site->because.node;
        for (NodeId up = tree_parent(tree, at); up && tree_kind(tree, up) != PY_FUNCTION; at = up, up = tree_parent(tree, up)) {
            if (tree_node(tree, at)->field != F_BODY)
                continue;
            if (tree_kind(tree, up) == PY_WITH && ends_transaction(work, module, up))
                return true;
            if (tree_kind(tree, up) == PY_TRY)
                tree_each_child(clause, tree, up)
                    if (tree_kind(tree, clause) == PY_EXCEPT && body_of(tree, clause) && catches_database_errors(work, module, clause)
                        && rolls_back(tree, body_of(tree, clause)))
                        return true;
        }
        site = callsite_at(work->in->units->calls, module, site->because.node);
    }
    return false;
}

/* Everything around a call within its function. */
static void climb(Work *work, Flight *flight, const Module *module, NodeId call)
{
    const Tree *tree = &module->tree;

    for (NodeId at = call, up = tree_parent(tree, at); up; at = up, up = tree_parent(tree, up)) {
        if (tree_kind(tree, up) == PY_FUNCTION || tree_kind(tree, up) == PY_LAMBDA)
            break;
        if (tree_node(tree, at)->field != F_BODY)
            continue;
        if (tree_kind(tree, up) == PY_WITH) {
            meet_suppress(work, flight, module, up);
            flight->ended |= ends_transaction(work, module, up);
        }
        if (tree_kind(tree, up) != PY_TRY)
            continue;
        tree_each_child(clause, tree, up)
            if (tree_kind(tree, clause) == PY_EXCEPT)
                meet_clause(work, flight, module, clause);
    }
}

/* Queues the places that call a function, each once; far more than any program nests, and of a wrapper all that call it. */
enum { CALLERS_MAX = 256, WRAPPER_CALLERS_MAX = 2048 };

static void add_callers(Work *work, Flight *flight, const Module *module, NodeId function)
{
    size_t most = flight->execute->call->is_passed_on ? WRAPPER_CALLERS_MAX : CALLERS_MAX;

    if (!function)
        return;
    vec_each(caller, model_callers(work->model, module, function)) {
        bool known = flight->callers.count >= most;
        vec_each(other, &flight->callers)
            known |= other->module == caller->module && other->node == caller->node;
        if (!known)
            vec_push(work->arena, &flight->callers, *caller);
    }
}

void port_handlers(Work *work, Execute *execute, Str connection)
{
    Flight flight = { .execute = execute, .connection = connection, .ended = is_ended_within(work, execute->call) };

    climb(work, &flight, work->module, execute->call->call);
    add_callers(work, &flight, work->module, work->function);
    for (size_t i = 0; i < flight.callers.count; i++) {
        Place         place  = flight.callers.items[i];
        const Module *module = model_module(work->model, place.module);
        climb(work, &flight, module, place.node);
        add_callers(work, &flight, module, scope_function(&module->scopes, place.node));
    }
}

/* -- `with conn:` ---------------------------------------------------------------------------- */

static bool is_connect_call(Work *work, const Module *module, NodeId id)
{
    NodeId function = tree_kind(&module->tree, id) == PY_CALL ? tree_field(&module->tree, id, F_FUNCTION) : 0;
    return function && str_is(sqlite_exception(work->model, module, function), "connect");
}

void port_with_blocks(Work *work, ValueId connection)
{
    vec_each(place, model_holders(work->model, connection)) {
        const Module *module = model_module(work->model, place->module);
        const Tree   *tree   = &module->tree;
        NodeId        item   = place->node;
        NodeId        parent = tree_parent(tree, item);
        if (tree_kind(tree, parent) == PY_AS_PATTERN && tree_nth(tree, parent, 0) == item)
            parent = tree_parent(tree, parent);
        if (tree_kind(tree, parent) != PY_WITH_ITEM)
            continue;
        /* closing(conn), a provider's own context manager: they keep their meaning. `with connect()` is the provider's. */
        if (tree_kind(tree, item) == PY_CALL
            && (work->unit->kind != UNIT_PROVIDER || !is_connect_call(work, module, item)))
            continue;
        bool done = false; /* another connection value may have led here before */
        vec_each(known, &work->committed)
            done |= known->module == place->module && known->node == place->node;
        if (done)
            continue;
        vec_push(work->arena, &work->committed, *place);
        if (commits_are_foreign(work) && module == work->module
            && scope_function(&module->scopes, item) == work->function)
            work_reason(work, VERDICT_UNSAFE, "TR-01", module, item,
                        "this block commits at its end; a connection out of engine.begin() takes no statement after that: "
                        "leave the commit to the caller");
        Str committing = work_import(work, module, "", "committing");
        work_insert_before(work, module, tree_node(tree, item)->lo,
                           str_format(work->arena, STR_FORMAT "(", STR_ARG(committing)));
        work_insert(work, module, tree_node(tree, item)->hi, STR(")"));
    }
}
