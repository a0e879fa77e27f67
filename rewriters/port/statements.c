/*
 * A unit of statements as a whole: which statement each reader sees, where the
 * connection comes from once the cursor is gone, and the new calls.
 */
#include "rewriters/port/work.h"

#include "analyzers/facts/reach.h"

static NodeId unparenthesized(const Tree *tree, NodeId id)
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

/* Reads a statement's result at `holder`; false if what is done there is not understood. */
static bool add_read(Work *work, Execute *execute, NodeId holder)
{
    const Tree *tree   = work->tree;
    NodeId      outer  = unparenthesized(tree, holder);
    NodeId      parent = tree_parent(tree, outer);
    Read        read   = { .holder = outer, .of = execute };

    if (tree_kind(tree, parent) == PY_ATTRIBUTE && tree_node(tree, outer)->field == F_OBJECT) {
        NodeId call = tree_parent(tree, parent);
        bool   called = tree_kind(tree, call) == PY_CALL && tree_node(tree, parent)->field == F_FUNCTION;
        read.what     = tree_text(tree, tree_field(tree, parent, F_ATTRIBUTE));
        read.use      = called ? call : parent;
    } else if (is_loop_source(tree, outer) || is_iterating_call(work, outer)) {
        read.use = outer;
    } else {
        return false;
    }
    vec_push(work->arena, &execute->reads, read);
    return true;
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
        if (work->executes.items[i]->call->call == call)
            return work->executes.items[i];
    return NULL;
}

/* The result of an execute call where it stands: dropped, chained, assigned, iterated. */
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
    if (!add_read(work, execute, call))
        refuse_escape(work, call);
}

/* All uses of a result variable that the source itself names: `res = conn.execute(…)`. */
static void follow_target(Work *work, Execute *execute)
{
    const Scopes *scopes = &work->module->scopes;
    SymbolId      symbol = scopes->symbol_of[execute->result_target];

    for (NodeId id = 1; id < work->tree->count; id++) {
        if (tree_kind(work->tree, id) != PY_IDENTIFIER || scopes->symbol_of[id] != symbol
            || id == execute->result_target)
            continue;
        bool bound = false;
        vec_each(binding, &scopes->symbols.items[symbol].bindings)
            bound |= *binding == id;
        if (!bound && !add_read(work, execute, id))
            refuse_escape(work, id);
    }
}

/* A variable several statements are assigned to: which one each use sees. */
static void follow_shared_target(Work *work, SymbolId symbol)
{
    const Scopes *scopes   = &work->module->scopes;
    NodeIdVec     executes = { 0 };

    for (size_t i = 0; i < work->executes.count; i++)
        if (work->executes.items[i]->result_target
            && scopes->symbol_of[work->executes.items[i]->result_target] == symbol)
            vec_push(work->arena, &executes, work->executes.items[i]->call->call);
    if (scopes->symbols.items[symbol].bindings.count != executes.count) {
        work_reason(work, VERDICT_MANUAL, "PY-02", work->module, executes.items[0],
                    "the result's variable holds other things too; give the result a name of its own");
        return;
    }
    ReachVec reaches = reach_of(work->arena, work->module, work->unit->function, symbol, &executes);
    vec_each(reach, &reaches) {
        bool bound = false;
        vec_each(binding, &scopes->symbols.items[symbol].bindings)
            bound |= *binding == reach->use;
        if (bound)
            continue;
        if (reach->count != 1) {
            work_reason(work, VERDICT_MANUAL, "PY-02", work->module, reach->use,
                        "which statement is read here depends on the path taken; give each result a name of its own");
            return;
        }
        if (!add_read(work, execute_of(work, reach->executes[0]), reach->use))
            refuse_escape(work, reach->use);
    }
}

/* The cursor() call an execute runs on, if it is the one assigned to a local variable. */
static const Callsite *cursor_call(const Work *work, const Callsite *execute)
{
    vec_each(held, model_values(work->model, execute->module, execute->receiver)) {
        const Value *value = model_value(work->model, held->value);
        if (value->role != ROLE_CURSOR)
            continue;
        vec_each(index, &work->unit->calls) {
            const Callsite *site = &work->in->units->calls->items[*index];
            if (site->method == METHOD_CURSOR && site->module->id == value->a && site->call == value->b)
                return site;
        }
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
            && scope_function(&work->module->scopes, store->at.node) == work->unit->function
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

static bool is_cursor_name(const Work *work, const Callsite *site, SymbolId symbol)
{
    return site->receiver && tree_kind(work->tree, site->receiver) == PY_IDENTIFIER
        && work->module->scopes.symbol_of[site->receiver] == symbol;
}

/* Every use of a cursor variable: an execute, a read of one, close(). */
static void follow_cursor(Work *work, const Callsite *cursor)
{
    const Tree   *tree   = work->tree;
    const Scopes *scopes = &work->module->scopes;
    NodeId        parent = tree_parent(tree, unparenthesized(tree, cursor->call));
    NodeId        target = tree_kind(tree, parent) == PY_ASSIGNMENT ? tree_field(tree, parent, F_LEFT) : 0;
    SymbolId      symbol = target && tree_kind(tree, target) == PY_IDENTIFIER ? scopes->symbol_of[target] : 0;
    NodeIdVec     executes = { 0 };
    uint32_t      cursors  = 0;

    if (!symbol)
        return;
    vec_each(index, &work->unit->calls) {
        const Callsite *site = &work->in->units->calls->items[*index];
        if (site->module != work->module)
            continue;
        if (site->method == METHOD_CURSOR) {
            NodeId other = tree_parent(tree, unparenthesized(tree, site->call));
            NodeId bound = tree_kind(tree, other) == PY_ASSIGNMENT ? tree_field(tree, other, F_LEFT) : 0;
            cursors += bound && scopes->symbol_of[bound] == symbol;
        } else if (method_is_sql(site->method) && is_cursor_name(work, site, symbol)) {
            vec_push(work->arena, &executes, site->call);
        }
    }
    if (scopes->symbols.items[symbol].bindings.count != cursors) {
        work_reason(work, VERDICT_MANUAL, "PY-02", work->module, target,
                    "the cursor's variable holds other things too; give the cursor a name of its own");
        return;
    }
    ReachVec reaches = reach_of(work->arena, work->module, work->unit->function, symbol, &executes);
    vec_each(reach, &reaches) {
        NodeId outer     = unparenthesized(tree, reach->use);
        NodeId attribute = tree_parent(tree, outer);
        bool   bound     = false;
        vec_each(binding, &scopes->symbols.items[symbol].bindings)
            bound |= *binding == reach->use;
        if (bound)
            continue;
        if (scope_function(scopes, reach->use) != work->unit->function) {
            work_reason(work, VERDICT_MANUAL, "PY-04", work->module, reach->use,
                        "an inner function uses the cursor; pass it what it needs");
            continue;
        }
        if (tree_kind(tree, attribute) == PY_ATTRIBUTE && tree_node(tree, outer)->field == F_OBJECT) {
            Str    name      = tree_text(tree, tree_field(tree, attribute, F_ATTRIBUTE));
            NodeId call      = tree_parent(tree, attribute);
            NodeId statement = tree_parent(tree, call);
            if (execute_of(work, call))
                continue;
            if (str_is(name, "close") && tree_kind(tree, statement) == PY_EXPRESSION_STATEMENT) {
                work_delete_statement(work, statement);
                continue;
            }
            if (str_is(name, "connection")) {
                work_reason(work, VERDICT_MANUAL, "PY-04", work->module, attribute,
                            "the cursor gives its connection here; use the connection's own name");
                continue;
            }
        }
        if (reach->count != 1 || reach->may_be_none) {
            work_reason(work, VERDICT_MANUAL, "PY-02", work->module, reach->use,
                        "which statement is read here depends on the path taken; give each result a name of its own");
            continue;
        }
        Execute *execute = execute_of(work, reach->executes[0]);
        if (!add_read(work, execute, reach->use)) {
            refuse_escape(work, reach->use);
            continue;
        }
        vec_last(&execute->reads).by_cursor = true;
        execute->needs_result               = true;
        /* A loop over the cursor in which it runs another statement goes on with that one. */
        NodeId loop = tree_parent(tree, outer);
        if (is_loop_source(tree, outer))
            vec_each(other, &executes)
                if (tree_is_inside(tree, *other, loop))
                    work_reason(work, VERDICT_MANUAL, "PY-02", work->module, *other,
                                "the cursor is run again inside the loop over it; use a second result");
    }
}

/* -- what is read ---------------------------------------------------------------------------- */

static void rename_holder(Work *work, const Read *read)
{
    if (read->by_cursor)
        work_edit(work, work->module, tree_node(work->tree, read->holder)->lo, tree_node(work->tree, read->holder)->hi,
                  work->result_name);
}

/* The INTEGER PRIMARY KEY a single inserted row gets; empty if it is not certain. */
static Str generated_key(Work *work, const Execute *execute)
{
    const Statement *statement = &execute->sql.statement;

    if (statement->kind != STATEMENT_INSERT || statement->has_returning || statement->has_with || !work->in->catalog
        || !statement->root || statement->root->conflict != OP_NONE
        || node_child_of_kind(statement->root, NODE_UPSERT))
        return (Str) { 0 };
    const Node *select = node_child(statement->root, ROLE_SOURCE);
    const Node *values = select && select->kind == NODE_SELECT ? node_child(select, ROLE_CORE) : NULL;
    if (!values || values->kind != NODE_VALUES || node_count(values, ROLE_ROW) != 1
        || node_count(select, ROLE_CORE) != 1)
        return (Str) { 0 };
    vec_each(table, &statement->tables) {
        if (table->access != TABLE_WRITE)
            continue;
        const CatalogTable  *known = catalog_table(work->in->catalog, table->name);
        const CatalogColumn *key   = known ? table_rowid_alias(known) : NULL;
        return key ? key->name : (Str) { 0 };
    }
    return (Str) { 0 };
}

static void port_lastrowid(Work *work, Execute *execute, const Read *read)
{
    const Tree *tree = work->tree;
    Str         key  = generated_key(work, execute);

    if (!key.len) {
        work_reason(work, VERDICT_MANUAL, "PY-12", work->module, read->use,
                    "lastrowid is 0 on Postgres, and which column holds the new key is not certain; add RETURNING by hand");
        return;
    }
    vec_each(other, &execute->reads)
        if (!str_is(other->what, "lastrowid")) {
            work_reason(work, VERDICT_MANUAL, "PY-11", work->module, other->use,
                        "lastrowid and something else are read from one statement; add RETURNING by hand");
            return;
        }
    if (!execute->gives_key) {
        const SqlText *text = &execute->text;
        uint32_t       end  = (uint32_t)text->text.len, lo, hi;
        const Part    *part;
        Str            spelled;
        while (end && strchr(" \t\r\n;", text->text.ptr[end - 1]))
            end--;
        if (!sqltext_map(text, end, end, &lo, &hi, &part)
            || !part_spell(work->arena, part, str_format(work->arena, " RETURNING " STR_FORMAT, STR_ARG(key)), &spelled)) {
            work_reason(work, VERDICT_MANUAL, "PY-11", work->module, read->use,
                        "RETURNING cannot be added to a statement assembled like this; add it by hand");
            return;
        }
        work_insert(work, text->home, lo, spelled);
        execute->gives_key = true;
    }
    const PyNode *use = tree_node(tree, read->use);
    if (read->holder == execute->call->call || tree_kind(tree, read->holder) == PY_CALL) {
        work_edit(work, work->module, tree_node(tree, read->holder)->hi, use->hi, STR(".scalar_one()"));
        return;
    }
    if (execute->result_target) { /* res = conn.execute(…); res.lastrowid */
        work_edit(work, work->module, use->lo, use->hi, tree_text(tree, read->holder));
        return;
    }
    work_edit(work, work->module, use->lo, use->hi, work->result_name);
}

static void port_read(Work *work, Execute *execute, const Read *read)
{
    if (read->what.len == 0 || str_is(read->what, "fetchone") || str_is(read->what, "fetchall")
        || str_is(read->what, "fetchmany")) {
        port_rows(work, execute, read);
    } else if (str_is(read->what, "lastrowid")) {
        port_lastrowid(work, execute, read);
    } else if (str_is(read->what, "rowcount")) {
        if (execute->sql.statement.kind != STATEMENT_INSERT && execute->sql.statement.kind != STATEMENT_UPDATE
            && execute->sql.statement.kind != STATEMENT_DELETE)
            work_reason(work, VERDICT_UNSAFE, "PY-13", work->module, read->use,
                        "rowcount after this statement differs between the databases; count the rows");
        rename_holder(work, read);
    } else if (str_is(read->what, "close")) {
        rename_holder(work, read);
    } else if (str_is(read->what, "description")) {
        work_reason(work, VERDICT_MANUAL, "PY-16", work->module, read->use,
                    "description has no counterpart once rows are read; use list(result.keys())");
    } else {
        work_reason(work, VERDICT_MANUAL, "PY-01", work->module, read->use,
                    "an SQLAlchemy result has no `" STR_FORMAT "` that means the same", STR_ARG(read->what));
    }
}

/* -- the new calls --------------------------------------------------------------------------- */

/* `.bindparams(bindparam("ids", expanding=True, …))` for the lists of a statement; empty if it has none. */
static Str expanding_binds(Work *work, const Execute *execute)
{
    Buf out = buf_new(work->arena);

    vec_each(list, &execute->lists) {
        PgType type = PG_UNKNOWN;
        vec_each(bind, &execute->sql.binds)
            if (str_eq(bind->name, list->name))
                type = bind->type;
        const char *name = type == PG_TEXT ? "String" : type == PG_BIGINT ? "BigInteger" : type == PG_BOOLEAN ? "Boolean" : NULL;
        if (!name)
            work_reason(work, VERDICT_UNSAFE, "TX-08", work->module, execute->call->call,
                        "the type of the list's column is not known; an empty list fails on Postgres unless it is an integer");
        buf_format(&out, "%s" STR_FORMAT "(\"" STR_FORMAT "\", expanding=True", out.len ? ", " : "",
                   STR_ARG(work_import(work, work->module, "sqlalchemy", "bindparam")), STR_ARG(list->name));
        if (name)
            buf_format(&out, ", type_=" STR_FORMAT, STR_ARG(work_import(work, work->module, "sqlalchemy", name)));
        buf_add_char(&out, ')');
    }
    return out.len ? str_format(work->arena, ".bindparams(" STR_FORMAT ")", STR_ARG(buf_str(&out))) : (Str) { 0 };
}

static void wrap_in_text(Work *work, const Execute *execute)
{
    const Callsite *call = execute->call;
    const PyNode   *node = tree_node(work->tree, call->sql_node);
    Str             name = work_import(work, work->module, "sqlalchemy", "text");

    work_insert(work, work->module, node->lo, str_format(work->arena, STR_FORMAT "(", STR_ARG(name)));
    work_insert_before(work, work->module, node->hi,
                       str_format(work->arena, ")" STR_FORMAT, STR_ARG(expanding_binds(work, execute))));

    /* Joined literals that are aligned under the first stay aligned. */
    NodeId literal = tree_strip(work->tree, call->sql_node);
    if (tree_kind(work->tree, literal) != PY_CONCATENATED_STRING || execute->chosen_in_place)
        return;
    uint32_t column = source_position(&work->module->source, node->lo).column;
    NodeId   first  = tree_nth(work->tree, literal, 0);
    tree_each_child(part, work->tree, literal) {
        Str      indent;
        uint32_t lo = tree_node(work->tree, part)->lo;
        if (part != first && tree_kind(work->tree, part) == PY_STRING && statement_indent(work->module, part, &indent)
            && source_position(&work->module->source, lo).column == column && literal == call->sql_node) {
            char *blanks = str_cstr(work->arena, name);
            memset(blanks, ' ', name.len);
            work_insert(work, work->module, lo - (uint32_t)indent.len,
                        str_format(work->arena, STR_FORMAT " ", (int)name.len, blanks));
        }
    }
}

static void write_call(Work *work, Execute *execute, Str connection)
{
    const Callsite *call = execute->call;
    const PyNode   *name = tree_node(work->tree, call->name);

    if (execute->is_setting) {
        if (!port_setting(work, call, connection))
            work_reason(work, VERDICT_MANUAL, "SQL-32", work->module, call->call,
                        "the PRAGMA is SQLite's alone; run it on a connection that has a name");
        return;
    }
    if (execute->script) {
        write_script(work, execute, connection);
        return;
    }
    if (execute->through_cursor) {
        const PyNode *receiver = tree_node(work->tree, call->receiver);
        Str           before   = { 0 };
        if (execute->needs_result)
            before = str_format(work->arena, STR_FORMAT " = ", STR_ARG(work->result_name));
        work_edit(work, work->module, receiver->lo, receiver->hi,
                  str_format(work->arena, STR_FORMAT STR_FORMAT, STR_ARG(before), STR_ARG(connection)));
    }
    if (call->method == METHOD_EXECUTEMANY)
        work_edit(work, work->module, name->lo, name->hi, STR("execute"));
    wrap_in_text(work, execute);
    if (execute->gives_key && (execute->needs_result || execute->result_target))
        work_insert(work, work->module, tree_node(work->tree, call->call)->hi, STR(".scalar_one()"));
    port_by_dialect(work, execute, connection);
}

static bool changes_schema(StatementKind kind)
{
    switch (kind) {
    case STATEMENT_CREATE_TABLE:
    case STATEMENT_CREATE_INDEX:
    case STATEMENT_CREATE_VIEW:
    case STATEMENT_CREATE_TRIGGER:
    case STATEMENT_CREATE_VIRTUAL_TABLE:
    case STATEMENT_ALTER_TABLE:
    case STATEMENT_DROP:
    case STATEMENT_ANALYZE:
        return true;
    default:
        return false;
    }
}

static void judge_execute(Work *work, Execute *execute)
{
    const Callsite *call = execute->call;

    if (tree_has_error(work->tree, tree_statement(work->tree, call->call)))
        work_reason(work, VERDICT_MANUAL, "PY-01", work->module, call->call, "there is a syntax error in this statement");
    if (port_pragma(work, execute))
        return;
    if (call->method == METHOD_EXECUTESCRIPT) {
        port_script(work, execute);
        return;
    }
    if (call->method == METHOD_WRAPPER) {
        work_reason(work, VERDICT_MANUAL, "PY-35", work->module, call->call,
                    "`" STR_FORMAT "` hands its SQL on; port it together with all its callers", STR_ARG(call->callee));
        return;
    }
    if (!call->sql_node) {
        work_reason(work, VERDICT_MANUAL, "PY-05", work->module, call->call, "the call's SQL argument is not seen");
        return;
    }
    port_statement_sql(work, execute);
    if (!execute->translated || work->out->verdict == VERDICT_MANUAL)
        return;
    if (call->method == METHOD_EXECUTEMANY)
        port_many(work, execute);
    else
        port_parameters(work, execute);
    if (execute->sql.statement.has_with && execute->sql.statement.is_write)
        work_reason(work, VERDICT_UNSAFE, "TR-12", work->module, call->call,
                    "sqlite3 commits a statement that begins with WITH at once, unless a transaction is open; "
                    "see that it is committed");
    if (changes_schema(execute->sql.statement.kind))
        work_reason(work, VERDICT_UNSAFE, "TR-12", work->module, call->call,
                    "sqlite3 commits a change of the schema at once, unless a transaction is open; see that it is committed");
    if (execute->sql.statement.kind == STATEMENT_INSERT && execute->sql.statement.has_returning
        && execute->reads.count == 0)
        work_reason(work, VERDICT_UNSAFE, "TR-10", work->module, call->call,
                    "RETURNING is not read to its end: SQLite cannot commit then");
}

static void collect(Work *work)
{
    vec_each(index, &work->unit->calls) {
        const Callsite *site = &work->in->units->calls->items[*index];
        if (site->module != work->module || site->function != work->unit->function) {
            work_reason(work, VERDICT_MANUAL, site->method == METHOD_WRAPPER ? "PY-35" : "PY-04", site->module, site->call,
                        site->method == METHOD_WRAPPER
                            ? "a wrapper hands its callers' SQL on; port it together with all of them"
                            : "functions share this cursor or statement; port them together");
            continue;
        }
        if (!method_is_sql(site->method))
            continue;
        Execute *execute = arena_new(work->arena, Execute);
        execute->call    = site;
        vec_push(work->arena, &work->executes, execute);
    }
}

/* Two runs of the same named variable in a loop or in sequence share `result`: a name nobody else has. */
static void name_result(Work *work)
{
    bool lastrowid = false, other = false;

    for (size_t i = 0; i < work->executes.count; i++)
        vec_each(read, &work->executes.items[i]->reads) {
            lastrowid |= str_is(read->what, "lastrowid");
            other |= !str_is(read->what, "lastrowid");
        }
    work->result_name = work_fresh_name(work, lastrowid && !other ? "new_id" : "result");
}

void port_statements(Work *work)
{
    collect(work);
    if (work->out->verdict == VERDICT_MANUAL && work->executes.count == 0)
        return;

    /* First which statement each place reads … */
    for (size_t i = 0; i < work->executes.count; i++)
        place_result(work, work->executes.items[i]);
    for (size_t i = 0; i < work->executes.count; i++) {
        Execute *execute = work->executes.items[i];
        if (!execute->result_target)
            continue;
        SymbolId symbol = work->module->scopes.symbol_of[execute->result_target];
        bool     first  = true;
        for (size_t j = 0; j < i; j++)
            first &= !work->executes.items[j]->result_target
                  || work->module->scopes.symbol_of[work->executes.items[j]->result_target] != symbol;
        if (work->module->scopes.symbols.items[symbol].bindings.count == 1)
            follow_target(work, execute);
        else if (first)
            follow_shared_target(work, symbol);
    }
    vec_each(index, &work->unit->calls) {
        const Callsite *site = &work->in->units->calls->items[*index];
        if (site->method == METHOD_CURSOR && site->module == work->module)
            follow_cursor(work, site);
    }
    name_result(work);

    /* … then the statements, their values and their rows … */
    for (size_t i = 0; i < work->executes.count; i++)
        judge_execute(work, work->executes.items[i]);
    if (work->out->verdict == VERDICT_MANUAL)
        return;

    /* … and last the calls, with the connection in the cursor's place. */
    for (size_t i = 0; i < work->executes.count; i++) {
        Execute        *execute    = work->executes.items[i];
        const Callsite *call       = execute->call;
        const Callsite *cursor     = call->role == ROLE_CURSOR ? cursor_call(work, call) : NULL;
        Str             connection = { 0 };
        if (call->role == ROLE_CURSOR) {
            execute->through_cursor = true;
            if (!cursor || cursor->function != call->function) {
                work_reason(work, VERDICT_MANUAL, "PY-04", work->module, call->call,
                            "the cursor comes from elsewhere; pass the connection instead, and port the callers with it");
                return;
            }
            if (tree_strip(work->tree, call->receiver) == cursor->call)
                connection = tree_text(work->tree, cursor->receiver); /* conn.cursor().execute(…) */
            else if (tree_kind(work->tree, call->receiver) == PY_IDENTIFIER)
                connection = drop_cursor(work, cursor);
            else
                work_reason(work, VERDICT_MANUAL, "PY-04", work->module, call->receiver,
                            "the cursor is kept in an attribute or a container; use the connection instead");
            if (work->out->verdict == VERDICT_MANUAL)
                return;
        }
        vec_each(read, &execute->reads)
            port_read(work, execute, read);
        if (work->out->verdict == VERDICT_MANUAL)
            return;
        if (!connection.len)
            connection = tree_text(work->tree, call->receiver);
        port_handlers(work, execute, connection);
        write_call(work, execute, connection);
    }
    vec_each(index, &work->unit->calls) {
        const Callsite *site = &work->in->units->calls->items[*index];
        if (site->role == ROLE_CONNECTION)
            vec_each(held, model_values(work->model, site->module, site->receiver))
                if (model_value(work->model, held->value)->role == ROLE_CONNECTION)
                    port_with_blocks(work, held->value);
    }
    port_annotations(work);
}
