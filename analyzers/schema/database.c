#include "analyzers/schema/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzers/schema/database_rows.h"
#include "base/own.h"

OWN_BY(sqlite3, sqlite3_close)
OWN_BY(sqlite3_stmt, sqlite3_finalize)

enum {
    HEADER          = 100,
    WRITE_VERSION   = 18, /* where the header says how the file is journalled … */
    IS_WAL          = 2,  /* … and that it has a write-ahead log */
    LOCKS_AT        = 0x40000000,
    LOCKS           = 512,
    STATEMENT_LIMIT = 16 << 20,
    BUSY_LIMIT      = 2000, /* ms */
};

/* The file format's first bytes, with the NUL that ends them. */
static const char magic[16] = "SQLite format 3";

static bool header_read(const char *file, unsigned char header[HEADER])
{
    int handle = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (handle < 0)
        return false;
    ssize_t got = pread(handle, header, HEADER, 0);
    close(handle);
    return got == HEADER;
}

bool is_database(const char *file)
{
    unsigned char header[HEADER];

    return header_read(file, header) && memcmp(header, magic, sizeof magic) == 0;
}

/* A file that SQLite keeps beside the database, with something in it. */
static bool has_beside(Arena *arena, const char *file, const char *ending)
{
    struct stat info;

    return stat(str_cstr(arena, str_format(arena, "%s%s", file, ending)), &info) == 0 && info.st_size > 0;
}

/* As a URI: SQLite reads `?`, `#` and `%` in a name otherwise. */
static const char *uri_of(Arena *arena, const char *file, const char *how)
{
    Buf uri = buf_new(arena);

    /* A `//` at the beginning would be read as the name of a host. */
    buf_add(&uri, file[0] == '/' ? STR("file://") : STR("file:"));
    for (; *file; file++)
        if (strchr("?#%", *file))
            buf_format(&uri, "%%%02X", (unsigned char)*file);
        else
            buf_add_char(&uri, *file);
    buf_format(&uri, "?%s", how);
    return str_cstr(arena, buf_str(&uri));
}

/* By another process, in the bytes that SQLite locks a database by. */
static bool is_locked(const char *file)
{
    int          handle = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct flock lock   = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCKS_AT, .l_len = LOCKS };

    if (handle < 0)
        return false;
    bool is_free = fcntl(handle, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK;
    close(handle);
    return !is_free;
}

/*
 * A write-ahead log needs an index beside it to be read, in a file that all share who have the database
 * open; but one may have it for itself alone. Without that file and without a lock nobody has: then the index
 * is kept in memory, where it needs no lock that only a writer gets. A log that is empty needs nothing.
 */
typedef enum Way { WAY_SHARED, WAY_ALONE, WAY_WITHOUT_LOG } Way;

static const char *const ways[] = {
    [WAY_SHARED] = "mode=ro", [WAY_ALONE] = "mode=ro&vfs=unix-none", [WAY_WITHOUT_LOG] = "mode=ro&immutable=1"
};

static Way way_to_open(Arena *arena, const char *file)
{
    unsigned char header[HEADER];

    if (!header_read(file, header) || header[WRITE_VERSION] != IS_WAL)
        return WAY_SHARED;
    if (!has_beside(arena, file, "-wal"))
        return WAY_WITHOUT_LOG;
    return has_beside(arena, file, "-shm") || is_locked(file) ? WAY_SHARED : WAY_ALONE;
}

static bool unreadable(sqlite3 *db, Str path, Error *why)
{
    return error_set(why, STR_FORMAT " cannot be read as a SQLite database: %s", STR_ARG(path),
                     sqlite3_errmsg(db));
}

/*
 * No statement of the file is endless. A schema may use functions that only the application has,
 * which SQLite takes for damage unless the schema is said to be writable; the file is not. None of
 * what it calls is run that could do harm. One transaction: all is read of one state of the file, and
 * a writer is waited for once.
 */
static void prepare(sqlite3 *db, Way way)
{
    if (way == WAY_ALONE)
        sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, STATEMENT_LIMIT);
    sqlite3_busy_timeout(db, BUSY_LIMIT);
    sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
}

static Str text_of(Arena *arena, sqlite3_stmt *statement)
{
    const char *text = (const char *)sqlite3_column_text(statement, 0);

    return str_copy(arena, (Str){ text, text ? (size_t)sqlite3_column_bytes(statement, 0) : 0 });
}

bool catalog_add_database(Arena *arena, Catalog *catalog, const char *file, Str path,
                          NoteVec *notes, Error *why)
{
    static const char question[] = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
                                   " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid";
    OWN(sqlite3)      db         = NULL;
    OWN(sqlite3_stmt) rows       = NULL;
    StrVec            texts      = { 0 };
    int               status     = SQLITE_OK;
    Way               way;

    if (access(file, R_OK) < 0)
        return error_set_errno(why, "cannot open " STR_FORMAT, STR_ARG(path));
    if (!is_database(file))
        return error_set(why, STR_FORMAT " is no SQLite database", STR_ARG(path));
    way = way_to_open(arena, file);
    if (sqlite3_open_v2(uri_of(arena, file, ways[way]), &db,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL)
        != SQLITE_OK)
        return unreadable(db, path, why);
    prepare(db, way);
    if (sqlite3_prepare_v2(db, question, -1, &rows, NULL) != SQLITE_OK)
        return unreadable(db, path, why);
    while ((status = sqlite3_step(rows)) == SQLITE_ROW)
        vec_push(arena, &texts, text_of(arena, rows));
    if (status != SQLITE_DONE)
        return unreadable(db, path, why);
    vec_each(text, &texts)
        catalog_add_sql(arena, catalog, path, *text, notes);
    catalog_look_at_rows(arena, catalog, db, path);
    return true;
}
