/*
 * PRAGMAs that set something, and VACUUM: SQLite's alone, and its own affair.
 *
 * The statement goes to sqlite3's connection below SQLAlchemy's, on SQLite alone: many settings are refused, or do
 * nothing, within the transaction that SQLAlchemy begins with its first statement. So the text stays what it is, with
 * whatever Python puts into it.
 */
#include "rewriters/port/work.h"

static const char *const settings[] = {
#define SETTING(name) name,
#include "rewriters/port/pragmas.def"
#undef SETTING
};

/* Those that do something when they are only named. */
static const char *const acts[] = { "incremental_vacuum", "optimize", "shrink_memory", "wal_checkpoint" };

static bool is_among(const char *const *names, size_t count, Str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(name, str_of(names[i])))
            return true;
    return false;
}

static bool takes_word(Str *text, const char *word)
{
    Str wanted = str_of(word);

    if (text->len < wanted.len || !str_eq_nocase(str_slice(*text, 0, wanted.len), wanted))
        return false;
    *text = str_trim(str_slice(*text, wanted.len, text->len));
    return true;
}

static bool is_name_byte(char c)
{
    return c == HOLE_BYTE || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static Str take_name(Str *text)
{
    size_t end = 0;

    while (end < text->len && is_name_byte(text->ptr[end]))
        end++;
    Str name = str_slice(*text, 0, end);
    *text    = str_trim(str_slice(*text, end, text->len));
    return name;
}

/* The whole database into itself. */
static bool is_vacuum(Str sql)
{
    Str text = str_trim(sql);

    return takes_word(&text, "vacuum") && (text.len == 0 || str_is(text, ";"));
}

bool is_setting(Str sql)
{
    Str text = str_trim(sql);

    if (is_vacuum(sql))
        return true;
    if (!takes_word(&text, "pragma"))
        return false;
    Str name = take_name(&text);
    if (takes_word(&text, "."))
        name = take_name(&text);
    if (str_ends_with(text, STR(";")))
        text = str_trim(str_slice(text, 0, text.len - 1));
    if (str_find_char(text, ';') != STR_NOT_FOUND)
        return false;
    if (str_find_char(name, HOLE_BYTE) != STR_NOT_FOUND) /* whatever it is, it is set */
        return takes_word(&text, "=");
    if (!is_among(settings, sizeof settings / sizeof *settings, name))
        return false;
    return text.len ? takes_word(&text, "=") || takes_word(&text, "(")
                    : is_among(acts, sizeof acts / sizeof *acts, name);
}

static bool turns_keys_off(Arena *arena, Str sql)
{
    Str text = str_lower(arena, sql);

    return str_contains(text, STR("foreign_keys"))
        && (str_contains(text, STR("off")) || str_contains(text, STR("0")) || str_contains(text, STR("false"))
            || str_contains(text, STR("no")));
}

void tell_setting(Work *work, const Callsite *call, Str sql)
{
    if (is_vacuum(sql)) {
        work_reason(work, VERDICT_UNSAFE, "SQL-33", work->module, call->call,
                    "VACUUM is run on SQLite alone, after a commit; Postgres does it by itself");
        return;
    }
    work_reason(work, VERDICT_UNSAFE, "SQL-32", work->module, call->call,
                "the setting is made on SQLite alone; some do nothing once a transaction is open, which SQLAlchemy begins "
                "with any statement");
    if (turns_keys_off(work->arena, sql))
        work_reason(work, VERDICT_UNSAFE, "SQL-41", work->module, call->call,
                    "Postgres looks at foreign keys always; put what comes after in an order that keeps them");
}

bool port_setting(Work *work, const Callsite *call, Str connection)
{
    NodeId statement = tree_statement(work->tree, call->call);

    if (call->module != work->module || call->method != METHOD_EXECUTE || call->params.shape != PARAMS_NONE
        || tree_kind(work->tree, statement) != PY_EXPRESSION_STATEMENT || !is_setting(call->sql.text)
        || !is_dotted_name(connection) || (is_vacuum(call->sql.text) && commits_are_foreign(work))
        || try_with_sqlite_handler(work->model, work->module, call->call))
        return false;
    const PyNode *receiver = tree_node(work->tree, call->receiver);
    work_edit(work, work->module, receiver->lo, receiver->hi,
              str_format(work->arena, STR_FORMAT ".connection.driver_connection", STR_ARG(connection)));
    Str header = str_format(work->arena, "if " STR_FORMAT ".dialect.name == \"sqlite\":", STR_ARG(connection)), indent;
    if (is_vacuum(call->sql.text) && statement_indent(work->module, statement, &indent)) /* not in a transaction */
        header = str_format(work->arena, STR_FORMAT STR_FORMAT STR_FORMAT STR_FORMAT STR_FORMAT ".commit()", STR_ARG(header),
                            STR_ARG(work->module->source.newline), STR_ARG(indent), STR_ARG(indent_step(work->module)),
                            STR_ARG(connection));
    work_wrap_statement(work, work->module, statement, header);
    tell_setting(work, call, call->sql.text);
    return true;
}

/* Whether anything but close() is done with what the statement gives. */
static bool is_read(const Execute *execute)
{
    vec_each(read, &execute->reads)
        if (!str_is(read->what, "close"))
            return true;
    return execute->result_target != 0 || execute->needs_result;
}

bool port_pragma(Work *work, Execute *execute)
{
    const Callsite *call = execute->call;

    execute->is_setting = call->module == work->module && call->method == METHOD_EXECUTE && is_setting(call->sql.text)
                       && call->params.shape == PARAMS_NONE && !is_read(execute)
                       && !try_with_sqlite_handler(work->model, work->module, call->call)
                       && tree_kind(work->tree, tree_statement(work->tree, call->call)) == PY_EXPRESSION_STATEMENT;
    return execute->is_setting;
}
