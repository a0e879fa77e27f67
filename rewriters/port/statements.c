/*
 * A unit of statements as a whole: what is read of their results, and the new calls.
 */
#include "rewriters/port/work.h"

/* -- what is read ---------------------------------------------------------------------------- */

static void rename_holder(Work *work, const Read *read)
{
    if (read->by_cursor)
        work_edit(work, work->module, tree_node(work->tree, read->holder)->lo, tree_node(work->tree, read->holder)->hi,
                  read->of->result_name);
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
    work_edit(work, work->module, use->lo, use->hi, execute->result_name);
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
            before = str_format(work->arena, STR_FORMAT " = ", STR_ARG(execute->result_name));
        work_edit(work, work->module, receiver->lo, receiver->hi,
                  str_format(work->arena, STR_FORMAT STR_FORMAT, STR_ARG(before), STR_ARG(connection)));
    }
    if (call->method == METHOD_EXECUTEMANY)
        work_edit(work, work->module, name->lo, name->hi, STR("execute"));
    if (!call->is_passed_on)
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

static const CatalogTable *written_table(const Work *work, const Statement *statement)
{
    vec_each(table, &statement->tables)
        if (table->access == TABLE_WRITE && work->in->catalog)
            return catalog_table(work->in->catalog, table->name);
    return NULL;
}

static bool is_referenced(const Catalog *catalog, const CatalogTable *table)
{
    vec_each(other, &catalog->tables)
        vec_each(key, &(*other)->foreign_keys)
            if (str_eq_nocase(key->table, table->name))
                return true;
    return false;
}

/* SQLite looks at foreign keys only where it is told to, Postgres always (SQL-41). */
static void judge_foreign_keys(Work *work, const Execute *execute)
{
    const Statement    *statement = &execute->sql.statement;
    const CatalogTable *table     = written_table(work, statement);

    if (!table || !work->in->unkept_keys[work->unit->index])
        return;
    bool child  = statement->kind != STATEMENT_DELETE && table->foreign_keys.count;
    bool parent = statement->kind == STATEMENT_DELETE && is_referenced(work->in->catalog, table);
    if (child || parent)
        work_reason(work, VERDICT_UNSAFE, "SQL-41", work->module, execute->call->call,
                    "PRAGMA foreign_keys is not seen to be on here: what breaks a foreign key of " STR_FORMAT
                    " passes on SQLite and fails on Postgres", STR_ARG(table->name));
}

void port_statement(Work *work, Execute *execute)
{
    const Callsite *call = execute->call;

    port_statement_sql(work, execute);
    if (!execute->translated || work->out->verdict == VERDICT_MANUAL)
        return;
    if (call->method == METHOD_EXECUTEMANY)
        port_many(work, execute);
    else
        port_parameters(work, execute);
    judge_foreign_keys(work, execute);
    if (execute->sql.statement.has_with && execute->sql.statement.is_write)
        work_reason(work, VERDICT_UNSAFE, "TR-12", work->module, call->call,
                    "sqlite3 commits a statement that begins with WITH at once, unless a transaction is open; "
                    "see that it is committed");
    if (changes_schema(execute->sql.statement.kind))
        work_reason(work, VERDICT_UNSAFE, "TR-12", work->module, call->call,
                    "sqlite3 commits a change of the schema at once, unless a transaction is open; see that it is committed");
    if (execute->sql.statement.kind == STATEMENT_INSERT && execute->sql.statement.has_returning
        && execute->reads.count == 0 && call->method != METHOD_WRAPPER)
        work_reason(work, VERDICT_UNSAFE, "TR-10", work->module, call->call,
                    "RETURNING is not read to its end: SQLite cannot commit then");
}

static void judge_execute(Work *work, Execute *execute)
{
    const Callsite *call = execute->call;

    if (tree_has_error(work->tree, tree_statement(work->tree, call->call)))
        work_reason(work, VERDICT_MANUAL, "PY-01", work->module, call->call, "there is a syntax error in this statement");
    if (port_pragma(work, execute))
        return;
    if (call->method == METHOD_EXECUTESCRIPT)
        port_script(work, execute);
    else if (call->is_passed_on)
        port_passing(work, execute);
    else if (call->method == METHOD_WRAPPER)
        port_wrapper_call(work, execute);
    else if (!call->sql_node)
        work_reason(work, VERDICT_MANUAL, "PY-05", work->module, call->call, "the call's SQL argument is not seen");
    else
        port_statement(work, execute);
}

static void collect(Work *work)
{
    vec_each(index, &work->unit->calls) {
        const Callsite *site = &work->in->units->calls->items[*index];
        if (!method_is_sql(site->method))
            continue;
        Execute *execute = arena_new(work->arena, Execute);
        execute->call    = site;
        vec_push(work->arena, &work->executes, execute);
    }
}

static void enter_execute(Work *work, const Execute *execute)
{
    work_enter(work, (Home) { execute->call->module, execute->call->function });
}

static void port_reads(Work *work, Execute *execute)
{
    vec_each(read, &execute->reads) {
        work_enter(work, (Home) { read->module, read->function });
        port_read(work, execute, read);
    }
    enter_execute(work, execute);
}

/* The new call, with the connection in the cursor's place. */
static void port_execute(Work *work, Execute *execute)
{
    bool is_wrapped = execute->call->method == METHOD_WRAPPER;
    Str  connection = is_wrapped ? STR("") : connection_for(work, execute);

    if (work->out->verdict == VERDICT_MANUAL)
        return;
    port_reads(work, execute);
    if (work->out->verdict == VERDICT_MANUAL || is_wrapped)
        return;
    port_handlers(work, execute, connection);
    write_call(work, execute, connection);
}

void port_statements(Work *work)
{
    Home lead = { work->module, work->function };

    collect(work);
    vec_each(home, &work->homes) {
        work_enter(work, *home);
        find_reads(work);
    }
    for (size_t i = 0; i < work->executes.count; i++) {
        enter_execute(work, work->executes.items[i]);
        judge_execute(work, work->executes.items[i]);
    }
    for (size_t i = 0; i < work->executes.count && work->out->verdict != VERDICT_MANUAL; i++) {
        enter_execute(work, work->executes.items[i]);
        port_execute(work, work->executes.items[i]);
    }
    work_enter(work, lead);
    if (work->out->verdict == VERDICT_MANUAL)
        return;
    vec_each(index, &work->unit->calls) {
        const Callsite *site = &work->in->units->calls->items[*index];
        if (site->role == ROLE_CONNECTION && site->method != METHOD_WRAPPER)
            vec_each(held, model_values(work->model, site->module, site->receiver))
                if (model_value(work->model, held->value)->role == ROLE_CONNECTION)
                    port_with_blocks(work, held->value);
    }
    port_annotations(work);
}
