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

/* The variable of `except … as e` and what is done with it. */
static void judge_variable(Work *work, const Module *module, NodeId clause)
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
        bool   compared = false;
        for (NodeId at = id; at && at != clause; at = tree_parent(tree, at))
            compared |= tree_kind(tree, at) == PY_COMPARISON;
        if (compared || tree_kind(tree, up) == PY_ATTRIBUTE)
            work_reason(work, VERDICT_MANUAL, "PY-29", module, id,
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

/* Gives the statement a savepoint: the error undoes it alone, as SQLite does. */
static void add_savepoint(Work *work, Execute *execute, NodeId clause, Str connection)
{
    const Tree *tree      = work->tree;
    NodeId      statement = tree_statement(tree, execute->call->call);

    bool is_write = execute->sql.statement.is_write;
    bool is_name  = str_find_char(connection, '(') == STR_NOT_FOUND;
    if (!is_write) {
        work_reason(work, VERDICT_UNSAFE, "TR-05", work->module, clause,
                    "after an error the transaction is aborted on Postgres; roll back, or put a savepoint around the statement");
        return;
    }
    if (!is_under_wrap(tree, statement) || execute->call->method == METHOD_EXECUTEMANY || !is_name) {
        work_reason(work, VERDICT_UNSAFE, "TR-05", work->module, clause,
                    "the handler goes on after the error, but the transaction is aborted on Postgres; "
                    "put `with conn.begin_nested():` around the statement");
        return;
    }
    work_wrap_statement(work, work->module, statement,
                        str_format(work->arena, "with " STR_FORMAT ".begin_nested():", STR_ARG(connection)));
}

void port_handlers(Work *work, Execute *execute, Str connection)
{
    const Tree *tree    = work->tree;
    bool        wrapped = false;

    for (NodeId at = execute->call->call, up = tree_parent(tree, at); up; at = up, up = tree_parent(tree, up)) {
        if (tree_kind(tree, up) == PY_FUNCTION || tree_kind(tree, up) == PY_LAMBDA)
            break;
        if (tree_kind(tree, up) != PY_TRY || tree_node(tree, at)->field != F_BODY)
            continue;
        tree_each_child(clause, tree, up) {
            if (tree_kind(tree, clause) != PY_EXCEPT || !catches_database_errors(work, work->module, clause))
                continue;
            NodeIdVec classes = classes_of(work, work->module, clause);
            bool      ours    = false;
            vec_each(class, &classes)
                ours |= port_exception(work, work->module, *class);
            if (ours)
                judge_variable(work, work->module, clause);
            NodeId body = body_of(tree, clause);
            if (wrapped || !body || always_raises(tree, body) || rolls_back(tree, body))
                continue;
            add_savepoint(work, execute, clause, connection);
            wrapped = true;
        }
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
        Str committing = work_import(work, module, "", "committing");
        work_insert_before(work, module, tree_node(tree, item)->lo,
                           str_format(work->arena, STR_FORMAT "(", STR_ARG(committing)));
        work_insert(work, module, tree_node(tree, item)->hi, STR(")"));
    }
}
