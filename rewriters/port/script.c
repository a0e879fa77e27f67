/*
 * executescript(): its statements one by one.
 *
 * sqlite3 commits before a script, and each of its statements as it is done. After the port they are committed
 * together: what comes before the script first, then the script.
 */
#include "rewriters/port/work.h"

#include "rewriters/proof/proof.h"

typedef struct ScriptStatement {
    Str  sqlite, postgres; /* as text() gets them; `postgres` empty: the same */
    bool is_setting;       /* a PRAGMA, as sqlite3 gets it */
    Str  before;           /* the blanks before it on its line, if it begins one */
} ScriptStatement;

typedef struct Script {
    Vec(ScriptStatement) statements;
    bool commits; /* here, not where the connection was opened */
    bool commits_before, commits_after;
} Script;

/* -- reading --------------------------------------------------------------------------------- */

static bool refuse(Work *work, const Callsite *call, const char *why)
{
    work_reason(work, VERDICT_MANUAL, "PY-17", work->module, call->call,
                "executescript() runs many statements and commits first; %s", why);
    return false;
}

static const Callsite *call_in(const Work *work, NodeId statement)
{
    vec_each(site, work->in->units->calls)
        if (statement && site->module == work->module && tree_statement(work->tree, site->call) == statement)
            return site;
    return NULL;
}

static bool is_pending_before(const Work *work, NodeId statement)
{
    const Tree     *tree = work->tree;
    const Callsite *last = NULL;

    tree_each_child(child, tree, tree_parent(tree, statement)) {
        if (child == statement)
            break;
        if (tree_kind(tree, child) == PY_COMMENT)
            continue;
        const Callsite *site = call_in(work, child);
        if (!site || site->method != METHOD_CURSOR)
            last = site;
    }
    return !last || (last->method != METHOD_COMMIT && last->method != METHOD_CONNECT && last->method != METHOD_EXECUTESCRIPT);
}

static bool is_committed_behind(const Work *work, NodeId statement)
{
    NodeId next = tree_next(work->tree, statement);

    while (next && tree_kind(work->tree, next) == PY_COMMENT)
        next = tree_next(work->tree, next);
    const Callsite *site = call_in(work, next);
    return site && site->method == METHOD_COMMIT;
}

static bool has_comment(const Tree *tree, NodeId statement)
{
    for (NodeId id = statement; id < tree_node(tree, statement)->end; id++)
        if (tree_kind(tree, id) == PY_COMMENT)
            return true;
    return false;
}

static Str blanks_before(Str text, uint32_t at)
{
    uint32_t line = at;

    while (line && (text.ptr[line - 1] == ' ' || text.ptr[line - 1] == '\t'))
        line--;
    return line && text.ptr[line - 1] == '\n' ? str_slice(text, line, at) : (Str) { 0 };
}

/* With the comments before it, which are about it. */
static Str with_comments(Str text, uint32_t from, const SqlStatement *statement, Str *before)
{
    while (from < statement->lo && strchr(" \t\r\n", text.ptr[from]))
        from++;
    *before = blanks_before(text, from);
    return str_slice(text, from, statement->hi);
}

static bool read_statement(Work *work, const Callsite *call, Str text, ScriptStatement *out)
{
    TranslateOptions options = { .catalog = work->in->catalog, .foreign_times = work->in->foreign_times };
    EditVec          for_postgres;

    if (is_setting(text)) {
        tell_setting(work, call, text);
        out->is_setting = true;
        out->sqlite     = text;
        return true;
    }
    Translation sql = sql_translate(work->arena, text, &options);
    translation_prove(work->arena, NULL, &options, &sql);
    bool per_dialect = port_definition_of(work, call, &sql, &for_postgres);
    vec_each(remark, &sql.remarks)
        if (verdict_of_remark(remark) != VERDICT_SAFE)
            work_reason(work, verdict_of_remark(remark), remark->code, call->module, call->sql_node, STR_FORMAT,
                        STR_ARG(remark->message));
    if (sql.verdict == SQL_DECIDE || sql.binds.count)
        return false;
    out->sqlite = edit_splice(work->arena, text, &sql.edits);
    if (per_dialect)
        out->postgres = edit_splice(work->arena, text, &for_postgres);
    return true;
}

/* BEGIN first and COMMIT last say what is done with a script anyway. */
static bool is_around(const Sql *sql, size_t at)
{
    const Node *root = sql->statements.items[at].root;

    return root && ((at == 0 && root->kind == NODE_BEGIN)
                    || (at > 0 && at + 1 == sql->statements.count && root->kind == NODE_COMMIT
                        && sql->statements.items[0].root->kind == NODE_BEGIN));
}

static bool read_statements(Work *work, const Callsite *call, Script *script)
{
    Sql      sql  = sql_parse(work->arena, call->sql.text);
    uint32_t from = 0;

    for (size_t i = 0; i < sql.statements.count; i++) {
        const SqlStatement *statement = &sql.statements.items[i];
        ScriptStatement     read      = { 0 };
        if (statement->broken || !statement->root)
            return refuse(work, call, "not all of these can be read");
        Str text = with_comments(sql.text, from, statement, &read.before);
        from     = statement->end;
        if (is_around(&sql, i)) {
            work_reason(work, VERDICT_UNSAFE, "SQL-43", work->module, call->call,
                        "the script begins and ends its transaction by itself; here SQLAlchemy does");
            continue;
        }
        if (!read_statement(work, call, text, &read))
            return refuse(work, call, "not all of these have a text that both databases read");
        vec_push(work->arena, &script->statements, read);
    }
    if (script->statements.count == 0)
        return refuse(work, call, "none is seen here");
    if (str_contains(str_slice(sql.text, from, sql.text.len), STR("--"))
        || str_contains(str_slice(sql.text, from, sql.text.len), STR("/*")))
        return refuse(work, call, "the comment at its end would be lost: put it before a statement");
    return true;
}

bool port_script(Work *work, Execute *execute)
{
    const Callsite *call      = execute->call;
    NodeId          statement = tree_statement(work->tree, call->call);
    Script         *script    = arena_new(work->arena, Script);

    if (!call->sql_node || !call->sql.complete || !call->sql.text.len)
        return refuse(work, call, "make the tables by a migration (schema --emit alembic), or split the script");
    const PyNode *argument = tree_node(work->tree, call->sql_node);
    const PyNode *literal  = call->sql.node && call->sql.home ? tree_node(&call->sql.home->tree, call->sql.node) : NULL;
    if (call->sql.home != work->module || !literal || literal->lo < argument->lo || literal->hi > argument->hi)
        return refuse(work, call, "its text stands elsewhere: split it there, into one text for each statement");
    if (tree_kind(work->tree, statement) != PY_EXPRESSION_STATEMENT || execute->reads.count || execute->result_target)
        return refuse(work, call, "split it into statements of their own");
    if (try_with_sqlite_handler(work->model, work->module, call->call))
        return refuse(work, call, "an error in the midst of it is handled here: say what is to be undone");
    if (has_comment(work->tree, statement))
        return refuse(work, call, "the comment in the call would be lost: put it above");
    if (!read_statements(work, call, script))
        return false;

    bool foreign           = commits_are_foreign(work);
    script->commits        = !foreign;
    script->commits_before = !foreign && is_pending_before(work, statement);
    script->commits_after  = !foreign && !is_committed_behind(work, statement);
    for (size_t i = 1; foreign && i < script->statements.count; i++)
        if (script->statements.items[i].is_setting)
            return refuse(work, call, "a setting in the midst of it takes no transaction, and who opened the connection "
                                      "ends that");
    work_reason(work, VERDICT_UNSAFE, "PY-17", work->module, call->call,
                "each statement of the script was committed as it was done; now an error undoes those before it");
    work_reason(work, VERDICT_UNSAFE, "TR-03", work->module, call->call,
                foreign ? "executescript() commits; here that is left to who opened the connection"
                        : "executescript() commits what is pending; so does the commit before it here");
    execute->script = script;
    return true;
}

/* -- writing --------------------------------------------------------------------------------- */

/* In three quotes if it has several lines, which stand as far in as they did. */
static Str literal_of(Work *work, const ScriptStatement *statement, Str text, Str indent)
{
    Buf out = buf_new(work->arena);

    if (str_find_char(text, '\n') == STR_NOT_FOUND)
        return literal_write(work->arena, text);
    buf_add(&out, STR("\"\"\""));
    if (statement->before.len)
        buf_format(&out, "\n" STR_FORMAT, STR_ARG(statement->before));
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\' || (text.ptr[i] == '"' && i + 1 < text.len && text.ptr[i + 1] == '"'))
            buf_add_char(&out, '\\');
        buf_add_char(&out, text.ptr[i]);
    }
    if (statement->before.len)
        buf_format(&out, "\n" STR_FORMAT, STR_ARG(indent));
    else if (text.ptr[text.len - 1] == '"')
        buf_add_char(&out, '\n');
    buf_add(&out, STR("\"\"\""));
    return buf_str(&out);
}

typedef struct Writer {
    Work *work;
    Buf   out;
    Str   connection, newline, indent, step;
} Writer;

static void add_line(Writer *writer, unsigned depth, Str line)
{
    if (writer->out.len) {
        buf_add(&writer->out, writer->newline);
        buf_add(&writer->out, writer->indent);
    }
    while (depth--)
        buf_add(&writer->out, writer->step);
    buf_add(&writer->out, line);
}

static void add_execute(Writer *writer, unsigned depth, const ScriptStatement *statement, Str text)
{
    Work *work   = writer->work;
    Str   indent = writer->indent;

    for (unsigned i = 0; i < depth; i++)
        indent = str_format(work->arena, STR_FORMAT STR_FORMAT, STR_ARG(indent), STR_ARG(writer->step));
    Str literal = literal_of(work, statement, text, indent);
    add_line(writer, depth,
             statement->is_setting
                 ? str_format(work->arena, STR_FORMAT ".connection.driver_connection.execute(" STR_FORMAT ")",
                              STR_ARG(writer->connection), STR_ARG(literal))
                 : str_format(work->arena, STR_FORMAT ".execute(" STR_FORMAT "(" STR_FORMAT "))", STR_ARG(writer->connection),
                              STR_ARG(work_import(work, work->module, "sqlalchemy", "text")), STR_ARG(literal)));
}

static void add_branch(Writer *writer, const char *dialect)
{
    add_line(writer, 0, str_format(writer->work->arena, "if " STR_FORMAT ".dialect.name == \"%s\":",
                                   STR_ARG(writer->connection), dialect));
}

void write_script(Work *work, Execute *execute, Str connection)
{
    NodeId        statement = tree_statement(work->tree, execute->call->call);
    const PyNode *node      = tree_node(work->tree, statement);
    Writer        writer    = { .work = work, .out = buf_new(work->arena), .connection = connection,
                                .newline = work->module->source.newline, .step = indent_step(work->module) };
    Str           commit    = str_format(work->arena, STR_FORMAT ".commit()", STR_ARG(connection));

    if (!is_dotted_name(connection) || !statement_indent(work->module, statement, &writer.indent)) {
        refuse(work, execute->call, "split it on a line of its own, on a connection that has a name");
        return;
    }
    if (execute->script->commits_before)
        add_line(&writer, 0, commit);
    vec_each(one, &execute->script->statements) {
        if (one->is_setting) {
            if (one != execute->script->statements.items && execute->script->commits)
                add_line(&writer, 0, commit); /* SQLite makes many settings outside of transactions alone */
            add_branch(&writer, "sqlite");
            add_execute(&writer, 1, one, one->sqlite);
        } else if (one->postgres.len) {
            add_branch(&writer, "postgresql");
            add_execute(&writer, 1, one, one->postgres);
            add_line(&writer, 0, STR("else:"));
            add_execute(&writer, 1, one, one->sqlite);
        } else {
            add_execute(&writer, 0, one, one->sqlite);
        }
    }
    if (execute->script->commits_after)
        add_line(&writer, 0, commit);
    work_edit(work, work->module, node->lo, node->hi, buf_str(&writer.out));
}
