#include "cli/schema_source.h"

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
    NoteVec unused = {
        0
    }; /* `schema` tells of them; here they would only repeat themselves on each run */

    catalog_add_sql(session->arena, &session->catalog, path, text, &unused);
}

static bool add_file(Session *session, Str path, Error *why)
{
    Str   raw;
    Error cause;

    if (!file_read(session->arena, session->root, path, &raw, &cause))
        return error_set(why, STR_FORMAT ":%u: schema: %s", STR_ARG(session->config.file),
                         config_line(&session->config, STR("schema")), cause.message);
    add_sql(session, path, raw);
    return true;
}

static bool is_sql(Str path)
{
    return str_ends_with(path, STR(".sql"));
}

static bool is_below(Str folder, Str path)
{
    while (folder.len && folder.ptr[folder.len - 1] == '/')
        folder.len--;
    return str_is(folder, ".") || folder.len == 0
        || (path.len > folder.len && str_starts_with(path, folder) && path.ptr[folder.len] == '/');
}

/* One path of the setting: a file, or a folder with the files below it. */
static bool add_configured(Session *session, const FoundVec *every, Str path, Error *why)
{
    bool any = false;

    if (is_sql(path))
        return add_file(session, path, why);
    vec_each(file, every) {
        if (!is_sql(file->path) || !is_below(path, file->path))
            continue;
        if (!add_file(session, file->path, why))
            return false;
        any = true;
    }
    if (!any)
        tell(session, path, "named in `schema`, but no .sql file or folder of them: not read");
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

static void add_executed(Session *session)
{
    IndexVec order   = session_calls(session->arena, session);
    Arena   *scratch = arena_open();

    vec_each(index, &order) {
        const Callsite *call = &session->calls.items[*index];
        if (method_is_sql(call->method) && call->sql.text.len
            && defines_tables(scratch, call->sql.text))
            add_sql(session, call->module->source.path, str_copy(session->arena, call->sql.text));
    }
    arena_close(scratch);
}

static void add_types(Session *session)
{
    vec_each(typed, &session->config.types) {
        size_t dot = str_rfind_char(typed->column, '.');
        if (dot != STR_NOT_FOUND)
            catalog_override(session->arena, &session->catalog, str_slice(typed->column, 0, dot),
                             str_slice(typed->column, dot + 1, typed->column.len),
                             meaning_of[typed->type]);
    }
}

bool schema_read(Session *session, const FoundVec *every, Error *why)
{
    vec_each(path, &session->config.schema)
        if (!add_configured(session, every, *path, why))
            return false;
    if (!config_line(&session->config, STR("schema"))) {
        add_found(session, every);
        add_executed(session);
    }
    add_types(session);
    return true;
}

