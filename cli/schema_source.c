#include "cli/schema_source.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "analyzers/facts/column_use.h"
#include "analyzers/facts/variants.h"
#include "analyzers/intake/test_file.h"
#include "analyzers/migrations/alembic.h"
#include "analyzers/python/literal.h"
#include "analyzers/schema/column_contents.h"
#include "analyzers/schema/database.h"
#include "cli/schema_template.h"
#include "base/pool.h"

static const ColumnMeaning meaning_of[COLUMN_TYPE_COUNT] = {
    [COLUMN_BOOLEAN] = MEANS_BOOLEAN, [COLUMN_TIMESTAMPTZ] = MEANS_TIMESTAMPTZ,
    [COLUMN_DATE] = MEANS_DATE,       [COLUMN_JSONB] = MEANS_JSON,
    [COLUMN_BYTEA] = MEANS_BYTES,     [COLUMN_BIGINT] = MEANS_INTEGER,
    [COLUMN_DOUBLE] = MEANS_REAL,     [COLUMN_NUMERIC] = MEANS_MONEY,
    [COLUMN_TEXT] = MEANS_TEXT,       [COLUMN_UUID] = MEANS_UUID,
};

static void tell(Session *session, Str path, const char *message)
{
    vec_push(session->arena, &session->notes, (Note) { path, str_of(message) });
}

static bool defines_tables(Arena *arena, Str text)
{
    const char *terminated = str_cstr(arena, text);

    return strcasestr(terminated, "create") && strcasestr(terminated, "table");
}

static void add_sql(Session *session, Str path, Str text)
{
    catalog_add_sql(session->arena, &session->catalog, path, text, NULL);
}

static bool is_sql(Str path)
{
    return str_ends_with(path, STR(".sql"));
}

static bool named_as_database(Str path)
{
    static const char *const endings[] = { ".db", ".db3", ".sqlite", ".sqlite3" };

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (str_ends_with(path, str_of(endings[i])))
            return true;
    return false;
}

static Str without_mark(Str text)
{
    static const Str mark = { "\xEF\xBB\xBF", 3 };

    return str_starts_with(text, mark) ? str_slice(text, mark.len, text.len) : text;
}

bool schema_add_file(Arena *arena, Catalog *catalog, Str root, Str path, Str shown,
                     Error *why)
{
    const char *file = str_cstr(arena, str_format(arena, STR_FORMAT "/" STR_FORMAT, STR_ARG(root),
                                                  STR_ARG(path)));
    struct stat info;
    Str         raw;

    if (stat(file, &info) == 0 && S_ISREG(info.st_mode)
        && (is_database(file) || named_as_database(path)))
        return catalog_add_database(arena, catalog, file, shown, NULL, why);
    if (!file_read(arena, root, path, &raw, why))
        return false;
    if (raw.len && memchr(raw.ptr, 0, raw.len))
        return error_set(why, STR_FORMAT " is neither a SQLite database nor a text of SQL",
                         STR_ARG(shown));
    catalog_add_sql(arena, catalog, shown, without_mark(raw), NULL);
    return true;
}

/* Links lead where they like; what a configuration names lies in its project. */
static bool lies_within(Arena *arena, Str root, Str path)
{
    char        real_root[PATH_MAX], real[PATH_MAX];
    const char *file = str_cstr(arena, str_format(arena, STR_FORMAT "/" STR_FORMAT, STR_ARG(root),
                                                  STR_ARG(path)));

    if (!realpath(str_cstr(arena, root), real_root) || !realpath(file, real))
        return false;
    size_t length = strlen(real_root);
    return strncmp(real, real_root, length) == 0 && (real[length] == '/' || length == 1);
}

static bool add_file(Session *session, Str path, Error *why)
{
    Error cause;

    if (schema_add_file(session->arena, &session->catalog, session->root, path, path,
                        &cause))
        return true;
    return error_set(why, STR_FORMAT ":%u: schema: %s", STR_ARG(session->config.file),
                     config_line(&session->config, STR("schema")), cause.message);
}

/* A file that is there, is in the project, and is (or is called) a database. */
static bool is_database_here(Session *session, Str path)
{
    const char *file = str_cstr(session->arena, str_format(session->arena, STR_FORMAT "/" STR_FORMAT,
                                                           STR_ARG(session->root), STR_ARG(path)));
    struct stat info;

    return stat(file, &info) == 0 && S_ISREG(info.st_mode)
        && lies_within(session->arena, session->root, path)
        && (named_as_database(path) || is_database(file));
}

static bool is_below(Str folder, Str path)
{
    while (folder.len && folder.ptr[folder.len - 1] == '/')
        folder.len--;
    return str_is(folder, ".") || folder.len == 0
        || (path.len > folder.len && str_starts_with(path, folder) && path.ptr[folder.len] == '/');
}

/* -- revisions ------------------------------------------------------------------------------- */

bool schema_add_revision(Arena *arena, RevisionFileVec *out, Str root, Str path, Str shown)
{
    RevisionFile file = { .path = shown };
    Error        why;

    if (!str_ends_with(path, STR(".py")) || !file_read(arena, root, path, &file.raw, &why) || !is_revision(file.raw))
        return false;
    vec_push(arena, out, file);
    return true;
}

static Str folder_of(Str path)
{
    size_t slash = str_rfind_char(path, '/');

    return slash == STR_NOT_FOUND ? STR(".") : str_slice(path, 0, slash);
}

static bool is_below_any(const StrVec *folders, Str path)
{
    vec_each(folder, folders)
        if (is_below(*folder, path))
            return true;
    return false;
}

/*
 * Where Alembic keeps them: below a folder with an env.py that speaks of it, in `versions`. No file is opened for
 * what it may hold but those.
 */
static RevisionFileVec found_revisions(Session *session, const FoundVec *every)
{
    RevisionFileVec out      = { 0 };
    StrVec          folders = { 0 };
    Arena          *scratch  = arena_open();

    vec_each(file, every) {
        Str   raw;
        Error why;
        arena_reset(scratch);
        if ((str_is(file->path, "env.py") || str_ends_with(file->path, STR("/env.py"))) && !is_test_file(file->path)
            && file_read(scratch, session->root, file->path, &raw, &why) && str_contains(raw, STR("alembic")))
            vec_push(session->arena, &folders, folder_of(file->path));
    }
    arena_close(scratch);
    vec_each(file, every)
        if (folders.count && str_ends_with(file->path, STR(".py")) && is_below_any(&folders, file->path)
            && !is_test_file(file->path))
            schema_add_revision(session->arena, &out, session->root, file->path, file->path);
    return out;
}

static bool is_among(const RevisionFileVec *revisions, Str path)
{
    vec_each(file, revisions)
        if (str_eq(file->path, path))
            return true;
    return false;
}

/* One path of the setting: a file, a database, or a folder with the files below it. */
static bool add_configured(Session *session, const FoundVec *every, Str path, Error *why)
{
    RevisionFileVec revisions = { 0 };
    bool            any       = false;

    if (is_sql(path) || is_database_here(session, path))
        return add_file(session, path, why);
    vec_each(file, every) {
        if (str_eq(path, file->path) || is_below(path, file->path))
            any = schema_add_revision(session->arena, &revisions, session->root, file->path, file->path) || any;
        if (!is_sql(file->path) || !is_below(path, file->path))
            continue;
        if (!add_file(session, file->path, why))
            return false;
        any = true;
    }
    catalog_add_alembic(session->arena, &session->catalog, &revisions);
    if (!any)
        tell(session, path, "named in `schema`, but no .sql file, database, revision of Alembic or folder of them: not read");
    return true;
}

static void add_found(Session *session, const FoundVec *every)
{
    Arena *scratch = arena_open();

    vec_each(file, every) {
        Str   raw;
        Error why;
        arena_reset(scratch);
        if (is_sql(file->path) && file_read(scratch, session->root, file->path, &raw, &why)
            && defines_tables(scratch, raw))
            add_sql(session, file->path, str_copy(session->arena, raw));
    }
    arena_close(scratch);
}

/*
 * A statement that adds to tables: an index, a view, a trigger, a column. What takes away or renames
 * is passed by: in which order a program comes to it is not known, and too many columns do less harm
 * than too few.
 */
static bool adds_to_table(Arena *arena, Str text)
{
    const char *terminated = str_cstr(arena, text);

    if (defines_tables(arena, text))
        return false;
    if (strcasestr(terminated, "create"))
        return strcasestr(terminated, "index") || strcasestr(terminated, "view")
            || strcasestr(terminated, "trigger");
    return strcasestr(terminated, "alter") && strcasestr(terminated, "table")
        && strcasestr(terminated, "add") && !strcasestr(terminated, "rename");
}

/*
 * Definitions in the order in which they count. First the tables that the program makes, then those
 * that stand in it as text which nobody is seen to execute, then those of which the text is known but
 * in part; the tables of its tests; last, what adds to tables. What an earlier turn has defined, a
 * later one does not define again.
 */
typedef enum Turn {
    TURN_TABLES,
    TURN_TEXTS,
    TURN_TABLES_WITH_HOLES,
    TURN_TABLES_OF_TESTS,
    TURN_TABLES_OF_TESTS_WITH_HOLES,
    TURN_ADDITIONS,
    TURN_COUNT,
} Turn;

typedef struct Executed {
    Session *session;
    Arena   *scratch; /* one call */
    const RevisionFileVec *revisions; /* whose SQL is read with them */
    Turn     turn;
    size_t   known;   /* tables of earlier turns */
} Executed;

static bool is_known(const Executed *it, Str name)
{
    for (size_t i = 0; i < it->known; i++)
        if (str_eq_nocase(it->session->catalog.tables.items[i]->name, name))
            return true;
    return false;
}

/* Whether a text defines a table that no earlier turn has. */
static bool is_news(const Executed *it, Str text)
{
    Catalog alone = { 0 };

    catalog_add_sql(it->scratch, &alone, STR(""), text, NULL);
    vec_each(table, &alone.tables)
        if (!is_known(it, (*table)->name))
            return true;
    return false;
}

static bool is_due(const Executed *it, const Callsite *call, Str text)
{
    bool has_holes = str_find_char(text, HOLE_BYTE) != STR_NOT_FOUND;
    bool of_tests  = is_test_file(call->module->source.path);

    if (it->turn == TURN_ADDITIONS)
        return adds_to_table(it->scratch, text) && !has_holes;
    Turn turn = of_tests ? has_holes ? TURN_TABLES_OF_TESTS_WITH_HOLES : TURN_TABLES_OF_TESTS
              : has_holes ? TURN_TABLES_WITH_HOLES : TURN_TABLES;
    return turn == it->turn && defines_tables(it->scratch, text)
        && (turn == TURN_TABLES || is_news(it, text));
}

static void add_if_due(const Executed *it, const Callsite *call, Str text)
{
    Arena *arena = it->session->arena;

    if (text.len && is_due(it, call, text))
        add_sql(it->session, str_copy(arena, call->module->source.path), str_copy(arena, text));
}

/* The text a call has, or all that it may have. */
static void add_texts(const Executed *it, const Callsite *call)
{
    Variants variants = { 0 };

    if (!call->sql.complete && call->sql_node)
        variants = sqltext_variants(it->scratch, it->session->model, call->module, call->sql_node);
    vec_each(text, &variants.texts)
        add_if_due(it, call, text->text);
    if (variants.texts.count == 0)
        add_if_due(it, call, call->sql.text);
}

/* A string that begins with CREATE TABLE, or with what may come before it in a script. */
static bool begins_script(Str text)
{
    static const char *const words[] = { "create", "--", "/*", "pragma", "begin", "drop" };

    text = str_trim(text);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        Str word = str_of(words[i]);
        if (text.len >= word.len && str_eq_nocase(str_slice(text, 0, word.len), word))
            return true;
    }
    return false;
}

/* Before it is filled in by % or format(). */
static bool is_template(Str name)
{
    return str_find_char(name, '%') != STR_NOT_FOUND || str_find_char(name, '{') != STR_NOT_FOUND;
}

/* Every table in it is defined whole, and one of them is news. */
static bool is_schema_text(const Executed *it, Str text)
{
    Catalog alone = { 0 };

    if (!begins_script(text) || !defines_tables(it->scratch, text) || str_find_char(text, HOLE_BYTE) != STR_NOT_FOUND)
        return false;
    catalog_add_sql(it->scratch, &alone, STR(""), text, NULL);
    vec_each(table, &alone.tables)
        if (!(*table)->columns_known || is_template((*table)->name))
            return false;
    return is_news(it, text);
}

static void add_text(const Executed *it, const Module *module, NodeId id)
{
    Session *session = it->session;
    Literal  literal;

    if (literal_read(it->scratch, &module->tree, id, &literal) && !literal.is_bytes && is_schema_text(it, literal.text))
        add_sql(session, str_copy(session->arena, module->source.path), str_copy(session->arena, literal.text));
}

/* { "users": "CREATE TABLE {} (…)" } */
static void add_template(const Executed *it, const Module *module, NodeId pair)
{
    Arena  *arena = it->session->arena;
    MadeSql made;

    if (!schema_template_read(it->scratch, module, pair, &made) || !is_news(it, made.sql))
        return;
    made.sql = str_copy(arena, made.sql);
    catalog_add_made(arena, &it->session->catalog, &made);
}

/* A string by itself is a docstring; the parts of a joined one are read as one; what something is added to is a part. */
static bool may_be_used(const Module *module, NodeId id)
{
    Kind around = tree_kind(&module->tree, tree_parent(&module->tree, id));

    return around != PY_EXPRESSION_STATEMENT && around != PY_CONCATENATED_STRING && around != PY_BINARY;
}

static void add_written(const Executed *it)
{
    vec_each(at, &it->session->project.modules) {
        const Module *module = *at;
        arena_reset(it->scratch);
        if (is_test_file(module->source.path) || is_among(it->revisions, module->source.path)
            || !defines_tables(it->scratch, module->source.text))
            continue;
        for (NodeId id = 1; id < module->tree.count; id++) {
            Kind kind = tree_kind(&module->tree, id);
            arena_reset(it->scratch);
            if ((kind == PY_STRING || kind == PY_CONCATENATED_STRING) && may_be_used(module, id))
                add_text(it, module, id);
            else if (kind == PY_PAIR)
                add_template(it, module, id);
        }
    }
}

static void add_executed(Session *session, const RevisionFileVec *revisions)
{
    IndexVec order = session_calls(session->arena, session);
    Executed it    = { .session = session, .scratch = arena_open(), .revisions = revisions };

    for (it.turn = TURN_TABLES; it.turn < TURN_COUNT; it.turn++) {
        it.known = session->catalog.tables.count;
        if (it.turn == TURN_TEXTS)
            add_written(&it);
        vec_each(index, &order) {
            const Callsite *call = &session->calls.items[*index];
            arena_reset(it.scratch);
            if (method_is_sql(call->method) && !is_among(revisions, call->module->source.path))
                add_texts(&it, call);
        }
    }
    arena_close(it.scratch);
}

void schema_set_types(Arena *arena, Catalog *catalog, const Config *config)
{
    vec_each(typed, &config->types) {
        size_t dot = str_rfind_char(typed->column, '.');
        if (dot != STR_NOT_FOUND)
            catalog_override(arena, catalog, str_slice(typed->column, 0, dot),
                             str_slice(typed->column, dot + 1, typed->column.len),
                             meaning_of[typed->type]);
    }
}

void schema_weigh(Arena *arena, Catalog *catalog)
{
    column_use_in_sql(arena, catalog);
    catalog_weigh(arena, catalog);
    catalog_tell_misfits(arena, catalog);
}

bool schema_read(Session *session, const FoundVec *every, Error *why)
{
    vec_each(path, &session->config.schema)
        if (!add_configured(session, every, *path, why))
            return false;
    if (!config_line(&session->config, STR("schema"))) {
        RevisionFileVec revisions = found_revisions(session, every);
        add_found(session, every);
        add_executed(session, &revisions);
        catalog_add_alembic(session->arena, &session->catalog, &revisions);
    }
    schema_set_types(session->arena, &session->catalog, &session->config);
    column_use_find(session->arena, session->model, &session->calls, &session->catalog);
    schema_weigh(session->arena, &session->catalog);
    return true;
}

bool schema_read_later(Session *session, Error *why)
{
    DiscoverOptions options = { .all_text = true };
    FoundVec        every   = { 0 };
    StrVec          all     = { 0 };

    return session->calls.count > 0
        || (discover(session->arena, session->root, &all, &options, &every, &session->notes, why)
            && schema_read(session, &every, why));
}

bool schema_of_folder(Arena *arena, Str folder, Catalog *out, Error *why)
{
    SessionOptions options = { .depth = SESSION_PORTS, .parse = PARSE_DATABASE, .jobs = pool_usual_jobs() };
    Session        session;

    vec_push(arena, &options.paths, folder);
    if (!session_open(arena, &options, &session, why))
        return false;
    bool ok = schema_read_later(&session, why);
    if (ok)
        *out = session.catalog;
    session_close(&session);
    return ok;
}
