/*
 * Statements that have another text on each database.
 *
 * A definition that both databases read in one text gets that text. Where there is none (a key that counts itself,
 * bytes), the statement is written twice: for Postgres as the schema would have it, in the author's layout, and for
 * SQLite as it was (SC-27).
 */
#include "rewriters/port/work.h"

#include "rewriters/proof/proof.h"
#include "rewriters/schema/in_place.h"
#include "rewriters/sql/colon.h"

/* -- what the texts are ---------------------------------------------------------------------- */

static bool is_definition(const Statement *statement)
{
    switch (statement->kind) {
    case STATEMENT_CREATE_TABLE:
    case STATEMENT_CREATE_INDEX:
    case STATEMENT_CREATE_VIEW:
    case STATEMENT_ALTER_TABLE:
    case STATEMENT_DROP: return true;
    default: return false;
    }
}

/* A remark that says no more than that it is a definition. */
static bool is_of_definition(const SqlRemark *remark)
{
    static const char *const features[] = { "create-table", "autoincrement", "create-index", "create-view", "alter-table",
                                            "drop" };

    for (size_t i = 0; i < sizeof features / sizeof *features; i++)
        if (strcmp(remark->feature, features[i]) == 0)
            return true;
    return false;
}

static bool is_only_a_definition(const Translation *sql)
{
    vec_each(remark, &sql->remarks)
        if (remark->verdict == SQL_DECIDE && !is_of_definition(remark))
            return false;
    return is_definition(&sql->statement);
}

/* As text() has to be given it. */
static Str escaped(Arena *arena, Str text)
{
    Buf out = buf_new(arena);

    if (!colons_need_escape(text))
        return text;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ':')
            buf_add_char(&out, '\\');
        buf_add_char(&out, text.ptr[i]);
    }
    return buf_str(&out);
}

/* The edits of the translation, but for what the definition's own replace. */
static EditVec joined(Arena *arena, const Callsite *call, const EditVec *translated, const EditVec *defined)
{
    EditVec out     = { 0 };
    bool    is_text = call->method != METHOD_WRAPPER; /* else who makes a text() of it escapes them */

    vec_each(edit, defined)
        vec_push(arena, &out, (Edit) { edit->lo, edit->hi, is_text ? escaped(arena, edit->text) : edit->text });
    vec_each(edit, translated) {
        bool replaced = false;
        vec_each(other, defined)
            replaced |= other->lo <= edit->lo && edit->hi <= other->hi && other->hi > other->lo;
        if (!replaced)
            vec_push(arena, &out, *edit);
    }
    edits_sort(&out);
    return out;
}

/* What Postgres would be sent, with a letter for each hole. */
static Str as_sent(Arena *arena, Str text, const EditVec *edits)
{
    char *sent = str_cstr(arena, edit_splice(arena, text, edits));

    for (char *at = sent; *at; at++)
        if (*at == HOLE_BYTE)
            *at = 'h';
    return str_of(sent);
}

static void tell_findings(Work *work, const Callsite *call, const DdlFindingVec *findings, Verdict verdict)
{
    vec_each(finding, findings)
        work_reason(work, verdict, finding->code, call->module, call->sql_node, STR_FORMAT,
                    STR_ARG(finding->message));
}

static void tell_target(Work *work, const Callsite *call, Str table)
{
    if (table.len)
        work_reason(work, VERDICT_UNSAFE, "SC-21", call->module, call->sql_node,
                    "Postgres wants the table " STR_FORMAT " to be there before one that refers to it", STR_ARG(table));
}

static void settle(Translation *sql, bool per_dialect)
{
    vec_each(remark, &sql->remarks)
        if (is_of_definition(remark)) {
            remark->verdict = SQL_DIFFERS;
            remark->changed = true;
            remark->message = per_dialect
                ? STR("a change of the schema belongs into a migration; it is said to each database in its own words here")
                : STR("a change of the schema belongs into a migration; both databases read this text");
        }
    sql->verdict = translation_verdict_besides(sql, NULL);
    sql->target  = SQL_TARGET_BOTH;
}

/* By a connection; for callers of a wrapper by DATABASE_URL, if the connections are those of the engine module. */
bool can_tell_dialect(const Work *work, const Callsite *call)
{
    return call->method == METHOD_EXECUTE || call->method == METHOD_EXECUTESCRIPT
        || (call->method == METHOD_WRAPPER && work->in->config->providers.count == 0);
}

bool port_definition_of(Work *work, const Callsite *call, Translation *sql, EditVec *for_postgres)
{
    Str message;

    *for_postgres = (EditVec) { 0 };
    if (sql->verdict != SQL_DECIDE || !is_only_a_definition(sql))
        return false;
    DdlInPlace made = ddl_in_place(work->arena, work->in->catalog, sql->text);
    if (made.target == SQL_TARGET_NONE) {
        tell_findings(work, call, &made.findings, VERDICT_MANUAL);
        return false;
    }
    EditVec edits = joined(work->arena, call, &sql->edits, &made.edits);
    if (!edits_are_in_order(&edits, sql->text.len)
        || !postgres_parses(work->arena, as_sent(work->arena, sql->text, &made.edits), &message)) {
        work_reason(work, VERDICT_MANUAL, "SQL-13", call->module, call->sql_node,
                    "the text this definition would become is none for Postgres; write it by hand");
        return false;
    }
    bool per_dialect = made.target == SQL_TARGET_POSTGRES;
    if (per_dialect && !can_tell_dialect(work, call)) {
        work_reason(work, VERDICT_MANUAL, "SC-27", call->module, call->sql_node,
                    "the definition has other words on each database, and which one it is cannot be told here");
        return false;
    }
    settle(sql, per_dialect);
    tell_findings(work, call, &made.findings, VERDICT_UNSAFE);
    tell_target(work, call, made.refers_to);
    if (per_dialect)
        *for_postgres = edits;
    else
        sql->edits = edits;
    return per_dialect;
}

void port_definition(Work *work, Execute *execute)
{
    if (!port_definition_of(work, execute->call, &execute->sql, &execute->for_postgres))
        return;
    execute->per_dialect     = true;
    execute->chosen_in_place = execute->call->method == METHOD_WRAPPER;
    execute->for_sqlite      = execute->sql.edits;
    execute->sql.edits       = (EditVec) { 0 };
}

/* -- a query for each ------------------------------------------------------------------------ */

/* What becomes of the text for SQLite: names for its binds, and colons as text() wants them. */
static EditVec edits_for_sqlite(Work *work, const Translation *plain, const Translation *alone)
{
    EditVec out = { 0 };

    vec_each(bind, &alone->binds)
        if (!bind->clock && !str_eq(str_slice(plain->text, bind->lo + 1, bind->hi), bind->name))
            vec_push(work->arena, &out, (Edit) { bind->lo, bind->hi, str_format(work->arena, ":" STR_FORMAT, STR_ARG(bind->name)) });
    vec_each(edit, &plain->edits)
        if (str_is(edit->text, "\\:"))
            vec_push(work->arena, &out, *edit);
    edits_sort(&out);
    return out;
}

/* Names of tables are looked at by port_schema_query(), and small on Postgres. */
static bool asks_for_tables(const Translation *sql)
{
    vec_each(remark, &sql->remarks)
        if (strcmp(remark->feature, "sqlite-master") == 0)
            return true;
    return false;
}

static const SqlRemark *first_refusal(const Translation *sql)
{
    vec_each(remark, &sql->remarks)
        if (remark->verdict == SQL_DECIDE)
            return remark;
    return NULL;
}

static bool is_about(const SqlRemark *a, const SqlRemark *b)
{
    return a->lo == b->lo && a->hi == b->hi;
}

/* What was found in the text stays found, with the answer to it; what the other text brings with it is added. */
static SqlRemarkVec answered(Arena *arena, const SqlRemarkVec *found, const SqlRemarkVec *answers)
{
    SqlRemarkVec out = { 0 };

    vec_each(remark, found) {
        SqlRemark kept = *remark;
        if (remark->verdict == SQL_DECIDE) {
            kept.verdict = SQL_DIFFERS;
            kept.changed = true;
            vec_each(answer, answers)
                if (is_about(answer, remark))
                    kept.message = answer->message;
        }
        vec_push(arena, &out, kept);
    }
    vec_each(answer, answers) {
        bool known = false;
        vec_each(remark, found)
            known |= is_about(answer, remark);
        if (!known)
            vec_push(arena, &out, *answer);
    }
    return out;
}

static bool has_expanding(const Translation *sql)
{
    vec_each(bind, &sql->binds)
        if (bind->expanding)
            return true;
    return false;
}

void port_alone(Work *work, Execute *execute)
{
    Translation plain   = execute->sql;
    Wording     wording = { .catalog = work->in->catalog, .postgres_alone = true };

    if (execute->per_dialect || plain.verdict != SQL_DECIDE || !can_tell_dialect(work, execute->call)
        || execute->lists.count || asks_for_tables(&plain))
        return;
    Translation sql = port_translate(work, execute, execute->text.text, wording);
    if (sql.verdict == SQL_DECIDE) {
        wording.bind_clock = true;
        sql                = port_translate(work, execute, execute->text.text, wording);
    }
    if (sql.verdict == SQL_DECIDE || sql.target != SQL_TARGET_POSTGRES || has_expanding(&sql))
        return;
    const SqlRemark *refusal    = first_refusal(&plain);
    EditVec          for_sqlite = edits_for_sqlite(work, &plain, &sql);
    if (!refusal || !edits_are_in_order(&for_sqlite, plain.text.len))
        return;
    vec_each(result, &sql.results) /* SQLite goes on with the words it had */
        result->lite_key = result->key;
    work_reason(work, VERDICT_UNSAFE, refusal->code, execute->call->module, execute->call->call,
                "each database gets words of its own here, which have to be changed together");
    sql.remarks              = answered(work->arena, &plain.remarks, &sql.remarks);
    execute->sql             = sql;
    execute->for_postgres    = sql.edits;
    execute->for_sqlite      = for_sqlite;
    execute->sql.edits       = (EditVec) { 0 };
    execute->per_dialect     = true;
    execute->chosen_in_place = true;
}

/* -- the two statements ---------------------------------------------------------------------- */

static bool source_edits(Work *work, const SqlText *text, const EditVec *edits, EditVec *out)
{
    vec_each(edit, edits) {
        uint32_t    lo, hi;
        const Part *part;
        Str         spelled;
        if (!sqltext_map(text, edit->lo, edit->hi, &lo, &hi, &part)
            || !part_spell(work->arena, part, edit->text, &spelled))
            return false;
        vec_push(work->arena, out, (Edit) { lo, hi, spelled });
    }
    edits_sort(out);
    return true;
}

static bool stands_in_call(const Work *work, const Execute *execute)
{
    const SqlText *text     = &execute->text;
    const PyNode  *argument = tree_node(work->tree, execute->call->sql_node);
    const PyNode  *literal  = text->node && text->home == work->module ? tree_node(work->tree, text->node) : NULL;

    return literal && argument->lo <= literal->lo && literal->hi <= argument->hi;
}

/* A piece of source, with edits that lie in it. */
static Str spliced(Work *work, const Module *module, NodeId node, const EditVec *edits)
{
    uint32_t lo    = tree_node(&module->tree, node)->lo;
    EditVec  moved = { 0 };

    vec_each(edit, edits)
        vec_push(work->arena, &moved, (Edit) { edit->lo - lo, edit->hi - lo, edit->text });
    return edit_splice(work->arena, tree_text(&module->tree, node), &moved);
}

/* The argument that is Postgres' text, and the edits that make it; a text kept in a constant is written out. */
static bool argument_for_postgres(Work *work, const Execute *execute, EditVec *edits, Str *out)
{
    const SqlText *text     = &execute->text;
    const PyNode  *argument = tree_node(work->tree, execute->call->sql_node);

    if (!text->home || !source_edits(work, text, &execute->for_postgres, edits))
        return false;
    if (stands_in_call(work, execute)) {
        *out = spliced(work, work->module, execute->call->sql_node, edits);
        return true;
    }
    if (!text->complete || !text->node)
        return false;
    *out   = spliced(work, text->home, text->node, edits);
    *edits = (EditVec) { 0 };
    vec_push(work->arena, edits, (Edit) { argument->lo, argument->hi, *out });
    return true;
}

static bool shares_statement(const Work *work, const Execute *execute, NodeId statement)
{
    for (size_t i = 0; i < work->executes.count; i++)
        if (work->executes.items[i] != execute
            && tree_statement(work->tree, work->executes.items[i]->call->call) == statement)
            return true;
    return false;
}

static void refuse_text(Work *work, const Execute *execute)
{
    work_reason(work, VERDICT_MANUAL, "SC-27", work->module, execute->call->sql_node,
                "this has other words on each database, and is put together in a way that is not traced to "
                "one place; write it as one literal");
}

static void write_for_sqlite(Work *work, const Execute *execute)
{
    vec_each(edit, &execute->for_sqlite)
        if (!port_text_edit(work, &execute->text, edit))
            refuse_text(work, execute);
}

/* The test of a connection; where there is none, of what the engine module goes by. */
static Str on_postgres(Work *work, Str connection)
{
    if (connection.len)
        return str_format(work->arena, STR_FORMAT ".dialect.name == \"postgresql\"", STR_ARG(connection));
    return str_format(work->arena, STR_FORMAT "()", STR_ARG(work_import(work, work->module, "", "on_postgres")));
}

/* text("…" if conn.dialect.name == "postgresql" else "…") */
static void choose_in_place(Work *work, const Execute *execute, Str connection, Str for_postgres)
{
    const PyNode *argument = tree_node(work->tree, execute->call->sql_node);
    Str newline = work->module->source.newline, step = indent_step(work->module), indent;

    if (!statement_indent(work->module, tree_statement(work->tree, execute->call->call), &indent))
        indent = STR("");
    Str break_ = str_format(work->arena, STR_FORMAT STR_FORMAT STR_FORMAT STR_FORMAT, STR_ARG(newline), STR_ARG(indent),
                            STR_ARG(step), STR_ARG(step));
    work_insert(work, work->module, argument->lo,
                str_format(work->arena, STR_FORMAT STR_FORMAT STR_FORMAT "if " STR_FORMAT " else" STR_FORMAT, STR_ARG(break_),
                           STR_ARG(for_postgres), STR_ARG(break_), STR_ARG(on_postgres(work, connection)), STR_ARG(break_)));
    write_for_sqlite(work, execute);
}

void port_by_dialect(Work *work, Execute *execute, Str connection)
{
    NodeId  statement = tree_statement(work->tree, execute->call->call);
    Kind    kind      = tree_kind(work->tree, statement);
    EditVec edits    = { 0 };
    Str     for_postgres;

    if (!execute->per_dialect)
        return;
    bool alone = (kind == PY_EXPRESSION_STATEMENT || kind == PY_RETURN) && !shares_statement(work, execute, statement);
    if ((!alone && !execute->chosen_in_place) || (connection.len && !is_dotted_name(connection))) {
        work_reason(work, VERDICT_MANUAL, "SC-27", work->module, execute->call->call,
                    "this has other words on each database; run it as a statement of its own, on a connection that has "
                    "a name");
        return;
    }
    if (!argument_for_postgres(work, execute, &edits, &for_postgres)) {
        refuse_text(work, execute);
        return;
    }
    if (execute->chosen_in_place) {
        choose_in_place(work, execute, connection, for_postgres);
        return;
    }
    Str newline = work->module->source.newline, step = indent_step(work->module), indent;
    if (!statement_indent(work->module, statement, &indent))
        indent = STR("");
    if (execute->in_savepoint)
        indent = str_format(work->arena, STR_FORMAT STR_FORMAT, STR_ARG(indent), STR_ARG(step));
    Str copy = work_statement_copy(work, statement, &edits);
    write_for_sqlite(work, execute);
    work_wrap_statement(work, work->module, statement,
                        str_format(work->arena,
                                   "if " STR_FORMAT ":" STR_FORMAT STR_FORMAT STR_FORMAT STR_FORMAT STR_FORMAT STR_FORMAT
                                   "else:",
                                   STR_ARG(on_postgres(work, connection)), STR_ARG(newline), STR_ARG(indent), STR_ARG(step), STR_ARG(copy),
                                   STR_ARG(newline), STR_ARG(indent)));
    if (execute->in_savepoint)
        work_insert(work, work->module, tree_node(work->tree, statement)->lo, step);
}
