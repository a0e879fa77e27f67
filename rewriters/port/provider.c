/*
 * Where connections come from: `sqlite3.connect(path, …)` asks the engine module.
 *
 * The engine module (rewriters/scaffold) opens Postgres where DATABASE_URL says
 * so and the SQLite file otherwise. What the provider did to the raw connection
 * moves there: PRAGMAs run on connect, on SQLite alone; row_factory goes, since
 * each statement says how it wants its rows.
 */
#include "rewriters/port/work.h"

static const Callsite *connect_call(const Work *work)
{
    vec_each(index, &work->unit->calls) {
        const Callsite *site = &work->in->units->calls->items[*index];
        if (site->method == METHOD_CONNECT)
            return site;
    }
    return NULL;
}

/* One argument of connect(), by its name. */
static void judge_argument(Work *work, NodeId argument, Str name)
{
    if (str_is(name, "isolation_level") || str_is(name, "autocommit"))
        work_reason(work, VERDICT_MANUAL, "TR-08", work->module, argument,
                    "the connection ends its transactions in its own way; decide who commits");
    else if (str_is(name, "factory"))
        work_reason(work, VERDICT_MANUAL, "PY-26", work->module, argument,
                    "the connection is of a class of its own; bring what that does to the calls");
    else if (str_is(name, "uri"))
        work_reason(work, VERDICT_MANUAL, "PY-32", work->module, argument,
                    "the database is opened by a file: URI; say in DATABASE_URL which one is meant");
    else if (str_is(name, "detect_types"))
        work_reason(work, VERDICT_UNSAFE, "PY-27", work->module, argument,
                    "types are detected on SQLite alone; see that Postgres columns give the same Python types");
}

static void judge_arguments(Work *work, NodeId arguments)
{
    /* Python's manual, sqlite3.connect() */
    static const char *const names[] = { "database", "timeout", "detect_types", "isolation_level", "check_same_thread",
                                         "factory", "cached_statements", "uri" };
    const Tree *tree     = work->tree;
    size_t      position = 0;

    tree_each_child(argument, tree, arguments) {
        Kind kind = tree_kind(tree, argument);
        if (kind == PY_COMMENT || kind == PY_TOKEN)
            continue;
        if (kind == PY_LIST_SPLAT || kind == PY_DICTIONARY_SPLAT || position >= sizeof names / sizeof *names) {
            work_reason(work, VERDICT_MANUAL, "PY-32", work->module, argument,
                        "the arguments of connect() are not all seen; write them out");
            continue;
        }
        if (kind == PY_KEYWORD_ARGUMENT) {
            judge_argument(work, argument, tree_text(tree, tree_field(tree, argument, F_NAME)));
            continue;
        }
        Str text = tree_text(tree, argument), name = str_of(names[position]);
        if (position == 0 && (str_is(text, "\":memory:\"") || str_is(text, "':memory:'")))
            work_reason(work, VERDICT_MANUAL, "PY-31", work->module, argument,
                        "a database in memory has no counterpart on Postgres; decide what it is for");
        if (position++ == 0)
            continue;
        judge_argument(work, argument, name); /* engine_for() takes them by name */
        work_insert(work, work->module, tree_node(tree, argument)->lo, str_format(work->arena, STR_FORMAT "=", STR_ARG(name)));
    }
}

/* `conn.row_factory = sqlite3.Row` goes; another factory is a decision (PY-20, PY-26). */
static void drop_row_factories(Work *work, ValueId connection)
{
    vec_each(store, model_stores(work->model, STR("row_factory"))) {
        const Module *module = model_module(work->model, store->at.module);
        NodeId        object = tree_field(&module->tree, store->at.node, F_OBJECT);
        bool          ours   = false;
        vec_each(held, model_values(work->model, module, object))
            ours |= held->value == connection;
        if (!ours)
            continue;
        Place      because = { 0 };
        PlaceVec   origins = connection_origins(work->arena, work->model, module, object);
        RowFactory factory = row_factory_of(work->model, &origins, &because);
        NodeId     statement = tree_statement(&module->tree, store->at.node);
        if (factory != FACTORY_ROW && factory != FACTORY_DICT) {
            work_reason(work, VERDICT_MANUAL, "PY-26", module, store->at.node,
                        "rows are made by a factory of its own; say at each fetch what is wanted");
        } else if (module != work->module) {
            work_reason(work, VERDICT_MANUAL, "PY-20", module, store->at.node,
                        "row_factory is set in another file than the connection is opened in; drop it there");
        } else {
            work_delete_statement(work, statement);
        }
    }
}

/* Whether all names of an expression mean the same where the connection is opened. */
static bool is_known_at_opening(const Work *work, NodeId expression)
{
    const Scopes *scopes = &work->module->scopes;

    for (NodeId id = expression; id < tree_node(work->tree, expression)->end; id++) {
        SymbolId symbol = tree_kind(work->tree, id) == PY_IDENTIFIER ? scopes->symbol_of[id] : 0;
        if (!symbol)
            continue;
        vec_each(binding, &scopes->symbols.items[symbol].bindings)
            if (scope_function(scopes, *binding) == work->function && work->function
                && !scopes->symbols.items[symbol].is_parameter)
                return false;
    }
    return true;
}

/*
 * What a PRAGMA says, as Python for the engine: its text without the word, and holes as they are. Empty if it
 * cannot be moved to where the connection is opened.
 */
static Str pragma_text(Work *work, const Callsite *site)
{
    Str            text = str_trim(site->sql.text);
    size_t         skip = (size_t)(text.ptr - site->sql.text.ptr) + strlen("PRAGMA");
    const PyNode *node = tree_node(work->tree, site->sql_node);
    uint32_t       lo, hi;
    const Part    *part;

    if (site->sql.complete) {
        text = str_trim(str_slice(text, strlen("PRAGMA"), text.len));
        if (str_ends_with(text, STR(";")))
            text.len--;
        return literal_write(work->arena, text);
    }
    while (skip < site->sql.text.len && strchr(" \t\r\n", site->sql.text.ptr[skip]))
        skip++;
    if (site->sql.home != work->module || !sqltext_map(&site->sql, 0, (uint32_t)skip, &lo, &hi, &part) || lo < node->lo
        || hi > node->hi || !is_known_at_opening(work, site->sql_node))
        return (Str) { 0 };
    Str source = work->module->source.text;
    return str_format(work->arena, STR_FORMAT STR_FORMAT, STR_ARG(str_slice(source, node->lo, lo)),
                      STR_ARG(str_slice(source, hi, node->hi)));
}

/* The tuple for the engine: on one line if it is short, else a line for each. */
static Str pragma_tuple(Work *work, const StrVec *pragmas)
{
    enum { SHORT = 60 };
    NodeId statement = tree_statement(work->tree, connect_call(work)->call);
    Buf    line = buf_new(work->arena), lines = buf_new(work->arena);
    Str    indent, step = indent_step(work->module), newline = work->module->source.newline;

    vec_each(pragma, pragmas)
        buf_format(&line, "%s" STR_FORMAT, line.len ? ", " : "", STR_ARG(*pragma));
    if (line.len <= SHORT || !statement_indent(work->module, statement, &indent))
        return str_format(work->arena, ", pragmas=(" STR_FORMAT "%s)", STR_ARG(buf_str(&line)), pragmas->count == 1 ? "," : "");
    vec_each(pragma, pragmas)
        buf_format(&lines, STR_FORMAT STR_FORMAT STR_FORMAT STR_FORMAT ",", STR_ARG(newline), STR_ARG(indent), STR_ARG(step),
                   STR_ARG(*pragma));
    return str_format(work->arena, ", pragmas=(" STR_FORMAT STR_FORMAT STR_FORMAT ")", STR_ARG(buf_str(&lines)), STR_ARG(newline),
                      STR_ARG(indent));
}

/* The PRAGMAs of the unit, as a tuple for the engine; their statements go. */
static Str take_pragmas(Work *work)
{
    StrVec pragmas = { 0 };

    vec_each(index, &work->unit->calls) {
        const Callsite *site = &work->in->units->calls->items[*index];
        if (!method_is_sql(site->method))
            continue;
        NodeId statement = site->module == work->module ? tree_parent(work->tree, site->call) : 0;
        Str    text      = tree_kind(work->tree, statement) == PY_EXPRESSION_STATEMENT ? pragma_text(work, site) : (Str) { 0 };
        if (!text.len && port_setting(work, site, tree_text(work->tree, site->receiver)))
            continue;
        if (!text.len) {
            work_reason(work, VERDICT_MANUAL, "SQL-32", site->module, site->call,
                        "the PRAGMA's result is used, or its text is not certain; ask SQLAlchemy's inspect() instead");
            continue;
        }
        vec_push(work->arena, &pragmas, text);
        work_delete_statement(work, statement);
        vec_push(work->arena, &work->out->remarks,
                 (StatementRemark) { .call = site, .code = "SQL-32", .feature = "pragma", .module = site->module,
                                     .verdict = SQL_DECIDE,
                                     .lo = tree_node(work->tree, site->sql_node)->lo,
                                     .hi = tree_node(work->tree, site->sql_node)->hi,
                                     .message = STR("PRAGMA is SQLite's own; run it on connect, on SQLite alone") });
    }
    return pragmas.count ? pragma_tuple(work, &pragmas) : (Str) { 0 };
}

/* Settings made elsewhere; those in the provider itself are seen by port_members(). */
static void judge_settings(Work *work, ValueId connection)
{
    static const char *const settings[] = { "isolation_level", "text_factory", "autocommit" };

    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        vec_each(store, model_stores(work->model, str_of(settings[i]))) {
            const Module *module = model_module(work->model, store->at.module);
            if (module == work->module && scope_function(&module->scopes, store->at.node) == work->function)
                continue;
            vec_each(held, model_values(work->model, module, tree_field(&module->tree, store->at.node, F_OBJECT)))
                if (held->value == connection)
                    work_reason(work, VERDICT_MANUAL, i == 1 ? "PY-27" : "TR-08", module, store->at.node,
                                "%s is set on the connection, which SQLAlchemy's ignores; decide what it is for",
                                settings[i]);
        }
}

void port_provider(Work *work)
{
    const Callsite *connect   = connect_call(work);
    const Tree     *tree      = work->tree;
    NodeId          function  = tree_field(tree, connect->call, F_FUNCTION);
    NodeId          arguments = tree_field(tree, connect->call, F_ARGUMENTS);
    ValueId connection = model_find(work->model, ROLE_CONNECTION, work->module->id, connect->call);

    work_reason(work, VERDICT_UNSAFE, "PY-32", work->module, connect->call,
                "connections come from the engine module now; see that each is closed, and by whom it is committed");
    if (!arguments || tree_kind(tree, arguments) != PY_ARGUMENT_LIST || tree_arity(tree, arguments) == 0) {
        work_reason(work, VERDICT_MANUAL, "PY-32", work->module, connect->call, "connect() is not given a path that is seen");
        return;
    }
    judge_arguments(work, arguments);
    drop_row_factories(work, connection);
    judge_settings(work, connection);
    Str pragmas = take_pragmas(work);
    if (work->out->verdict == VERDICT_MANUAL)
        return;

    const PyNode *call = tree_node(tree, connect->call), *last = NULL;
    tree_each_child(argument, tree, arguments)
        if (tree_kind(tree, argument) != PY_COMMENT && tree_kind(tree, argument) != PY_TOKEN)
            last = tree_node(tree, argument);
    Str engine_for = work_import(work, work->module, "", "engine_for");
    work_edit(work, work->module, tree_node(tree, function)->lo, tree_node(tree, function)->hi, engine_for);
    work_insert(work, work->module, last->hi, pragmas);
    work_insert_before(work, work->module, call->hi, STR(".connect()"));
    port_with_blocks(work, connection);
    /* Functions that say they return sqlite3's connection now return SQLAlchemy's. */
    NodeId type = work->function ? tree_field(tree, work->function, F_RETURN_TYPE) : 0;
    for (NodeId id = type; type && id < tree_node(tree, type)->end; id++)
        if (tree_kind(tree, id) == PY_ATTRIBUTE || tree_kind(tree, id) == PY_IDENTIFIER || tree_kind(tree, id) == PY_STRING)
            port_annotation(work, work->module, id);
}
