#include "cli/sql_schema.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzers/intake/source.h"
#include "analyzers/intake/utf8.h"
#include "analyzers/schema/database.h"
#include "cli/schema_source.h"

static bool leads_up(Str path)
{
    return str_is(path, "..") || str_starts_with(path, STR("../")) || str_contains(path, STR("/../"))
        || str_ends_with(path, STR("/.."));
}

/* file_read() stays below its root, so that for a path from anywhere is the root of all. */
bool named_file_read(Arena *arena, Str path, Str *raw, Error *why)
{
    if (path.len && path.ptr[0] == '/')
        return file_read(arena, STR("/"), path, raw, why);
    if (!leads_up(path))
        return file_read(arena, STR("."), path, raw, why);
    char *here = getcwd(NULL, 0);
    if (!here)
        return error_set_errno(why, "cannot open " STR_FORMAT, STR_ARG(path));
    Str whole = str_format(arena, "%s/" STR_FORMAT, here, STR_ARG(path));
    free(here);
    return file_read(arena, STR("/"), whole, raw, why);
}

bool sql_text_of(Str path, Str raw, Str *text, Error *why)
{
    Str mark = STR("\xEF\xBB\xBF");

    if (str_starts_with(raw, mark))
        raw = str_slice(raw, mark.len, raw.len);
    if (str_find_char(raw, '\0') != STR_NOT_FOUND)
        return error_set(why, STR_FORMAT " holds NUL bytes: it is no SQL", STR_ARG(path));
    size_t bad_at = utf8_bad_at(raw);
    if (bad_at != STR_NOT_FOUND)
        return error_set(why, STR_FORMAT ": byte 0x%02X at offset %zu is not UTF-8; save the file as UTF-8", STR_ARG(path),
                         (unsigned char)raw.ptr[bad_at], bad_at);
    *text = raw;
    return true;
}

static bool add_revision(Arena *arena, Catalog *catalog, Str path, Str raw, Error *why)
{
    RevisionFileVec files = { 0 };
    RevisionFile    file  = { .path = path, .raw = raw };

    vec_push(arena, &files, file);
    return catalog_add_alembic(arena, catalog, &files) > 0
        || error_set(why, STR_FORMAT " is no revision of Alembic that can be read", STR_ARG(path));
}

bool schema_add_named(Arena *arena, Catalog *catalog, Str path, Error *why)
{
    Str         raw, text;
    NoteVec     unused = { 0 };
    struct stat info;

    if (stat(str_cstr(arena, path), &info) == 0 && S_ISDIR(info.st_mode)) {
        if (catalog->tables.count)
            return error_set(why, STR_FORMAT " is a folder: the tables of a project come before those of files", STR_ARG(path));
        return schema_of_folder(arena, path, catalog, why);
    }
    if (is_database(str_cstr(arena, path))) /* which may be larger than any text that is read */
        return catalog_add_database(arena, catalog, str_cstr(arena, path), path, &unused, why);
    if (!named_file_read(arena, path, &raw, why) || !sql_text_of(path, raw, &text, why))
        return false;
    if (str_ends_with(path, STR(".py")))
        return add_revision(arena, catalog, path, raw, why);
    catalog_add_sql(arena, catalog, path, text, &unused);
    return true;
}

typedef struct Entry {
    Catalog catalog;
    bool    is_read;
    Error   why;
} Entry;

bool schema_find(Schemas *schemas, Str path, const Catalog **out, Error *why)
{
    Entry *entry = map_find(&schemas->by_path, path);

    if (!entry) {
        path           = str_copy(schemas->arena, path);
        entry          = arena_new(schemas->arena, Entry);
        entry->is_read = schema_add_named(schemas->arena, &entry->catalog, path, &entry->why);
        if (entry->is_read)
            schema_weigh(schemas->arena, &entry->catalog);
        map_set(schemas->arena, &schemas->by_path, path, entry);
    }
    if (entry->is_read)
        *out = &entry->catalog;
    else
        *why = entry->why;
    return entry->is_read;
}
