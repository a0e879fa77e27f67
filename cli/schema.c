/* `schema`: reads a SQLite schema and writes it for Postgres, or as the catalog with its evidence.
 */
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/output.h"
#include "cli/schema_source.h"
#include "reports/schema_json.h"
#include "reports/schema_types.h"
#include "rewriters/schema/alembic.h"
#include "rewriters/schema/ddl.h"

typedef struct Reading {
    Arena  *arena;
    Str     root; /* of the project that holds the current folder */
    Catalog catalog;
} Reading;

/* Relative to the root of the project where it lies in it, else as the user wrote it. */
static Str shown_as(const Reading *it, Str path)
{
    char real[PATH_MAX];

    if (!realpath(str_cstr(it->arena, path), real))
        return path;
    Str full = str_copy(it->arena, str_of(real));
    if (it->root.len && it->root.len < full.len && str_starts_with(full, it->root)
        && full.ptr[it->root.len] == '/')
        return str_slice(full, it->root.len + 1, full.len);
    return path;
}

static Str joined(Arena *arena, Str folder, Str name)
{
    if (str_is(folder, "."))
        return name;
    return str_format(arena, STR_FORMAT "%s" STR_FORMAT, STR_ARG(folder),
                      str_ends_with(folder, STR("/")) ? "" : "/", STR_ARG(name));
}

static bool add_file(Reading *it, Str path, Error *why)
{
    size_t slash  = str_rfind_char(path, '/');
    Str    folder = slash == STR_NOT_FOUND ? STR(".")
                  : slash == 0             ? STR("/")
                                           : str_slice(path, 0, slash);
    Str    name   = slash == STR_NOT_FOUND ? path : str_slice(path, slash + 1, path.len);

    RevisionFileVec revisions = { 0 };

    if (schema_add_revision(it->arena, &revisions, folder, name, shown_as(it, path)))
        return catalog_add_alembic(it->arena, &it->catalog, &revisions) > 0
            || error_set(why, STR_FORMAT " is no revision of Alembic that can be read", STR_ARG(path));
    return schema_add_file(it->arena, &it->catalog, folder, name, shown_as(it, path), why);
}

/* The .sql files and revisions of a folder; where it has none, what the program in it defines. */
static bool add_folder(Reading *it, Str path, Error *why)
{
    DiscoverOptions options = { .all_text = true };
    FoundVec        files   = { 0 };
    NoteVec         unused  = { 0 };
    StrVec          all     = { 0 };
    char            real[PATH_MAX];
    RevisionFileVec revisions = { 0 };
    bool            any = false, is_program = false;

    if (!realpath(str_cstr(it->arena, path), real))
        return error_set_errno(why, "cannot open " STR_FORMAT, STR_ARG(path));
    if (!discover(it->arena, str_copy(it->arena, str_of(real)), &all, &options, &files, &unused,
                  why))
        return false;
    vec_each(file, &files) {
        Str whole  = joined(it->arena, path, file->path);
        is_program = is_program || str_ends_with(file->path, STR(".py"));
        schema_add_revision(it->arena, &revisions, str_copy(it->arena, str_of(real)), file->path, shown_as(it, whole));
        if (!str_ends_with(file->path, STR(".sql")))
            continue;
        any = true;
        if (!schema_add_file(it->arena, &it->catalog, str_copy(it->arena, str_of(real)), file->path,
                             shown_as(it, whole), why))
            return false;
    }
    any = catalog_add_alembic(it->arena, &it->catalog, &revisions) || any;
    if (!any && is_program && it->catalog.tables.count == 0 && !schema_of_folder(it->arena, path, &it->catalog, why))
        return false;
    return any || it->catalog.tables.count
        || error_set(why, "no .sql file, revision of Alembic or program in " STR_FORMAT " defines a table", STR_ARG(path));
}

static bool add_stdin(Reading *it, const Options *options, Error *why)
{
    Str text;

    if (options->words.count > 1)
        return error_set(why, "`-` reads one file from standard input: give no other path with it");
    if (!stdin_read(it->arena, &text, why))
        return false;
    if (text.len && memchr(text.ptr, 0, text.len))
        return error_set(why, "standard input is no text of SQL; give a database by its name");
    Str name = options->stdin_filename.len ? options->stdin_filename : STR("-");
    catalog_add_sql(it->arena, &it->catalog, name, text, NULL);
    return true;
}

static bool add_word(Reading *it, const Options *options, Str word, Error *why)
{
    struct stat info;

    if (str_is(word, "-"))
        return add_stdin(it, options, why);
    if (stat(str_cstr(it->arena, word), &info) < 0)
        return error_set_errno(why, "cannot open " STR_FORMAT, STR_ARG(word));
    return S_ISDIR(info.st_mode) ? add_folder(it, word, why) : add_file(it, word, why);
}

/* The files that were named, with what the project's configuration says of their columns. */
static bool read_named(Reading *it, const Options *options, Error *why)
{
    Config config = config_default();

    if (!project_root(it->arena, STR("."), &it->root))
        return error_set(why, "the current folder is not there any more");
    if (!config_read(it->arena, it->root, &config, why))
        return false;
    vec_each(word, &options->words)
        if (!add_word(it, options, *word, why))
            return false;
    schema_set_types(it->arena, &it->catalog, &config);
    schema_weigh(it->arena, &it->catalog);
    return true;
}

static bool is_folder(Arena *arena, Str path)
{
    struct stat info;

    return path.len && stat(str_cstr(arena, path), &info) == 0 && S_ISDIR(info.st_mode);
}

/* The revision has a name of its own: --output may be the folder `versions`. */
static int written_revision(const Options *options, const Ddl *ddl, Str source)
{
    Arena  *arena = options->arena;
    Options named = *options;
    Str     name  = alembic_name(arena, source);

    if (is_folder(arena, options->output))
        named.output = joined(arena, options->output,
                              str_format(arena, STR_FORMAT ".py", STR_ARG(name)));
    return result_write(&named, alembic_text(arena, ddl, name), STATUS_CLEAN);
}

/* `source` is what the schema is called after. */
static int written(const Options *options, const Catalog *catalog, Str source)
{
    Arena *arena = options->arena;
    Ddl    ddl   = ddl_of(arena, catalog, &catalog->notes);

    if (catalog->tables.count == 0 && options->loudness != LOUDNESS_QUIET)
        message("nothing here defines a table");
    if (str_is(options->format, "alembic"))
        return written_revision(options, &ddl, source);
    return result_write(options,
                        str_is(options->format, "json")    ? schema_json(arena, catalog, &ddl)
                        : str_is(options->format, "types") ? schema_types(arena, catalog)
                                                           : ddl_text(arena, &ddl),
                        STATUS_CLEAN);
}

static int schema_of_project(const Options *options)
{
    Session session;
    Error   why;

    if (!session_for(options->arena, options, SESSION_PORTS, PARSE_DATABASE, TEXTS_NONE, &session,
                     &why))
        return failed(&why);
    int status = schema_read_later(&session, &why)
                   ? written(options, &session.catalog, session.root)
                   : failed(&why);
    if (status == STATUS_CLEAN)
        status = session_report(options, &session, status);
    session_close(&session);
    return status;
}

/* A file by its own name; a folder (`.`, `..`) and standard input by the project's. */
static Str source_of(const Reading *it, const Options *options)
{
    Str  first = options->words.items[0];
    char real[PATH_MAX];

    if (str_is(first, "-"))
        return options->stdin_filename.len ? options->stdin_filename : it->root;
    return realpath(str_cstr(it->arena, first), real) ? str_copy(it->arena, str_of(real)) : first;
}

int run_schema(const Options *options)
{
    Reading reading = { .arena = options->arena };
    Error   why;

    if (options->words.count == 0)
        return schema_of_project(options);
    if (!read_named(&reading, options, &why))
        return failed(&why);
    return written(options, &reading.catalog, source_of(&reading, options));
}
