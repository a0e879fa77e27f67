#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzers/schema/database.h"
#include "base/own.h"

OWN_BY(sqlite3, sqlite3_close)

typedef struct World {
    Arena *arena;
    char   folder[64];
    char   file[96];
} World;

static int open_world(void **state)
{
    World *world = calloc(1, sizeof *world);

    world->arena = arena_open();
    snprintf(world->folder, sizeof world->folder, "/tmp/lite2pg-database-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    /* Each of these means something in a URI. */
    snprintf(world->file, sizeof world->file, "%s/a b%%20?#.db", world->folder);
    *state = world;
    return 0;
}

static size_t files_in(const char *name)
{
    DIR   *folder = opendir(name);
    size_t count  = 0;

    for (struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static int close_world(void **state)
{
    World         *world  = *state;
    DIR           *folder = opendir(world->folder);
    struct dirent *entry;

    while ((entry = readdir(folder)))
        unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
    rmdir(world->folder);
    arena_close(world->arena);
    free(world);
    return 0;
}

static void make(const World *world, const char *sql)
{
    OWN(sqlite3) db = NULL;

    assert_int_equal(sqlite3_open(world->file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static void write_file(const World *world, const char *bytes, size_t len)
{
    OWN(FILE) file = fopen(world->file, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
}

static bool read_it(const World *world, Catalog *catalog, Error *why)
{
    return catalog_add_database(world->arena, catalog, world->file, STR("data/a.db"), NULL, why);
}

static void a_database_gives_what_its_definitions_say(void **state)
{
    World  *world   = *state;
    Catalog catalog = { 0 };
    Error   why;
    make(world,
         "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a BOOLEAN NOT NULL DEFAULT 0);"
         "CREATE UNIQUE INDEX t_a ON t (a) WHERE a = 1;"
         "CREATE VIEW v AS SELECT a FROM t;"
         "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; SELECT 1; END;"
         "ALTER TABLE t RENAME COLUMN a TO b; ALTER TABLE t ADD COLUMN c TEXT;"
         "INSERT INTO t (b) VALUES (1); ANALYZE");

    assert_true(read_it(world, &catalog, &why));

    const CatalogTable  *table = catalog_table(&catalog, STR("t"));
    const CatalogColumn *b     = catalog_column(table, STR("b"));
    assert_int_equal(catalog.tables.count, 2); /* SQLite's own are none of ours */
    assert_int_equal(catalog.triggers.count, 1);
    assert_int_equal(table->columns.count, 3);
    assert_int_equal(b->type, PG_BOOLEAN);
    assert_true(str_is(b->place.path, "data/a.db"));
    assert_int_equal(table->indexes.count, 1);
    assert_non_null(table->indexes.items[0].where.node);
    assert_int_equal(catalog_table(&catalog, STR("v"))->kind, TABLE_VIEW);
}

static void a_database_with_a_log_is_read_and_nothing_is_left_beside_it(void **state)
{
    World  *world   = *state;
    Catalog catalog = { 0 };
    Error   why;
    make(world, "PRAGMA journal_mode = WAL; CREATE TABLE t (a)");
    assert_int_equal(files_in(world->folder), 1);

    assert_true(read_it(world, &catalog, &why));

    assert_non_null(catalog_table(&catalog, STR("t")));
    assert_int_equal(files_in(world->folder), 1);
}

static void what_stands_only_in_the_log_is_read_as_well(void **state)
{
    World       *world   = *state;
    Catalog      catalog = { 0 };
    OWN(sqlite3) writer  = NULL;
    Error        why;
    make(world, "PRAGMA journal_mode = WAL; CREATE TABLE t (a)");
    assert_int_equal(sqlite3_open(world->file, &writer), SQLITE_OK);
    assert_int_equal(sqlite3_exec(writer, "CREATE TABLE fresh (a)", NULL, NULL, NULL), SQLITE_OK);

    assert_true(read_it(world, &catalog, &why));

    assert_non_null(catalog_table(&catalog, STR("fresh")));
}

static int all_alike(void *data, int a_len, const void *a, int b_len, const void *b)
{
    (void)data, (void)a_len, (void)a, (void)b_len, (void)b;
    return 0;
}

static void application_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    sqlite3_result_value(context, values[0]);
}

static void functions_and_collations_of_the_application_do_not_matter(void **state)
{
    World       *world   = *state;
    Catalog      catalog = { 0 };
    OWN(sqlite3) db      = NULL;
    Error        why;
    assert_int_equal(sqlite3_open(world->file, &db), SQLITE_OK);
    sqlite3_create_function(db, "theirs", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                            application_function, NULL, NULL);
    sqlite3_create_collation(db, "ours", SQLITE_UTF8, NULL, all_alike);
    assert_int_equal(sqlite3_exec(db,
                                  "CREATE TABLE t (a TEXT COLLATE ours, b);"
                                  "CREATE INDEX i ON t (theirs(b)); CREATE TABLE u (a);"
                                  "CREATE INDEX j ON t (json_extract(b, '$.x'))",
                                  NULL, NULL, NULL),
                     SQLITE_OK);

    assert_true(read_it(world, &catalog, &why));

    assert_int_equal(catalog_table(&catalog, STR("t"))->indexes.count, 2);
    assert_non_null(catalog_table(&catalog, STR("u")));
}

static void what_is_no_database_is_refused_by_name(void **state)
{
    World  *world   = *state;
    Catalog catalog = { 0 };
    Error   why;

    assert_false(read_it(world, &catalog, &why));
    assert_string_equal(why.message, "cannot open data/a.db: No such file or directory");

    write_file(world, "", 0);
    assert_false(read_it(world, &catalog, &why));
    assert_string_equal(why.message, "data/a.db is no SQLite database");

    write_file(world, "CREATE TABLE t (a);", 19);
    assert_false(is_database(world->file));
    assert_false(read_it(world, &catalog, &why));
    assert_string_equal(why.message, "data/a.db is no SQLite database");

    char broken[4096] = "SQLite format 3";
    memset(broken + 16, 'x', sizeof broken - 16);
    write_file(world, broken, sizeof broken);
    assert_true(is_database(world->file));
    assert_false(read_it(world, &catalog, &why));
    assert_non_null(strstr(why.message, "data/a.db cannot be read as a SQLite database: "));
    assert_int_equal(catalog.tables.count, 0);
}

/* -- rows ------------------------------------------------------------------------------------ */

#define ROWS                                                                                       \
    "CREATE TABLE t (id INTEGER PRIMARY KEY, is_on INTEGER, at TEXT, meta TEXT, raw BLOB);"        \
    "CREATE TABLE k (a TEXT PRIMARY KEY, b TEXT) WITHOUT ROWID;"                                   \
    "CREATE TRIGGER g AFTER INSERT ON k BEGIN DELETE FROM t; END;"                                 \
    "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99)"                \
    " INSERT INTO t SELECT i, i % 2, '2024-01-02 03:04:05', printf('{\"a\": \"%.*c\"}', i * 90, 'x'),"  \
    " zeroblob(i * 70) FROM n;"

static Str bytes_of(const World *world, const char *name)
{
    Str       path = str_format(world->arena, "%s/%s", world->folder, name);
    OWN(FILE) file = fopen(str_cstr(world->arena, path), "rb");
    size_t    room = 1 << 20;
    char     *text = arena_alloc(world->arena, room);

    assert_non_null(file);
    return (Str) { text, fread(text, 1, room, file) };
}

static int by_bytes(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

/* Every file of the folder: its name, when it was changed, what is in it. The index of a log is all readers'. */
static Str all_files(const World *world)
{
    DIR   *folder = opendir(world->folder);
    StrVec lines  = { 0 };

    for (struct dirent *entry; (entry = readdir(folder));) {
        struct stat info;
        if (entry->d_name[0] == '.')
            continue;
        bool is_index = str_ends_with(str_of(entry->d_name), STR("-shm"));
        assert_int_equal(fstatat(dirfd(folder), entry->d_name, &info, 0), 0);
        vec_push(world->arena, &lines,
                 is_index ? str_format(world->arena, "%s\n", entry->d_name)
                          : str_format(world->arena, "%s %lld.%ld %zx\n", entry->d_name, (long long)info.st_mtim.tv_sec,
                                       info.st_mtim.tv_nsec, (size_t)str_hash(bytes_of(world, entry->d_name))));
    }
    closedir(folder);
    vec_sort(&lines, by_bytes);
    return str_join(world->arena, &lines, STR(""));
}

static const CatalogColumn *column_of(const Catalog *catalog, const char *table, const char *column)
{
    const CatalogTable *known = catalog_table(catalog, str_of(table));

    return known ? catalog_column(known, str_of(column)) : NULL;
}

static bool has_signal(const Catalog *catalog, const char *table, const char *column, SignalKind kind)
{
    vec_each(signal, &column_of(catalog, table, column)->signals)
        if (signal->kind == kind)
            return true;
    return false;
}

static void assert_rows_are_read_and_no_file_changes(const World *world)
{
    Catalog catalog = { 0 };
    Error   why;
    Str     before = all_files(world);

    assert_true(read_it(world, &catalog, &why));

    assert_true(has_signal(&catalog, "t", "is_on", SIGNAL_DATA_ZERO_ONE));
    assert_true(has_signal(&catalog, "t", "at", SIGNAL_DATA_ISO_TIME));
    assert_true(has_signal(&catalog, "t", "meta", SIGNAL_DATA_JSON));
    assert_true(has_signal(&catalog, "t", "raw", SIGNAL_DATA_BYTES));
    assert_string_equal(str_cstr(world->arena, all_files(world)), str_cstr(world->arena, before));
}

static void rows_are_read_and_no_file_changes(void **state)
{
    World *world = *state;
    make(world, ROWS);

    assert_rows_are_read_and_no_file_changes(world);
}

static void rows_beside_an_empty_log_are_read_and_no_file_changes(void **state)
{
    World *world = *state;
    make(world, "PRAGMA journal_mode = WAL;" ROWS);

    assert_rows_are_read_and_no_file_changes(world);
    assert_int_equal(files_in(world->folder), 1);
}

static void rows_in_the_log_of_another_process_are_read_and_no_file_changes(void **state)
{
    World       *world  = *state;
    OWN(sqlite3) writer = NULL;
    make(world, "PRAGMA journal_mode = WAL");
    assert_int_equal(sqlite3_open(world->file, &writer), SQLITE_OK);
    assert_int_equal(sqlite3_exec(writer, ROWS, NULL, NULL, NULL), SQLITE_OK);

    assert_rows_are_read_and_no_file_changes(world);
    assert_int_equal(files_in(world->folder), 3);
}

static void write_named(const World *world, const char *name, Str bytes)
{
    Str       path = str_format(world->arena, "%s/%s", world->folder, name);
    OWN(FILE) file = fopen(str_cstr(world->arena, path), "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
}

/* A database that was copied with its log: nobody has it open, and the log has no index. */
static void rows_in_a_log_that_was_left_behind_are_read_and_no_file_appears(void **state)
{
    World       *world  = *state;
    OWN(sqlite3) writer = NULL;
    const char  *name   = strrchr(world->file, '/') + 1;
    make(world, "PRAGMA journal_mode = WAL");
    assert_int_equal(sqlite3_open(world->file, &writer), SQLITE_OK);
    assert_int_equal(sqlite3_exec(writer, ROWS, NULL, NULL, NULL), SQLITE_OK);
    Str log_name = str_format(world->arena, "%s-wal", name);
    Str database = bytes_of(world, name), log = bytes_of(world, str_cstr(world->arena, log_name));
    sqlite3_close(writer);
    writer = NULL;
    write_named(world, name, database);
    write_named(world, str_cstr(world->arena, log_name), log);

    assert_rows_are_read_and_no_file_changes(world);
    assert_int_equal(files_in(world->folder), 2);
}

/* Whoever locks a database for itself alone needs no index file for its log. */
static void what_another_process_has_for_itself_alone_is_refused(void **state)
{
    World  *world   = *state;
    Catalog catalog = { 0 };
    int     ready[2], done[2];
    char    byte = 0;
    Error   why;
    make(world, "PRAGMA journal_mode = WAL");
    assert_int_equal(pipe(ready) | pipe(done), 0);
    pid_t child = fork();
    if (child == 0) {
        sqlite3 *db = NULL;
        close(done[1]);
        sqlite3_open(world->file, &db);
        sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE;" ROWS, NULL, NULL, NULL);
        if (write(ready[1], &byte, 1) == 1 && read(done[0], &byte, 1) >= 0)
            _exit(0);
        _exit(1);
    }
    close(done[0]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(files_in(world->folder), 2);

    bool ok = read_it(world, &catalog, &why);

    close(done[1]);
    waitpid(child, NULL, 0);
    close(ready[0]);
    close(ready[1]);
    assert_false(ok);
    assert_string_equal(why.message, "data/a.db cannot be read as a SQLite database: database is locked");
}

/* What a look has found, in words. */
static Str findings_of(Arena *arena, const Catalog *catalog)
{
    Buf out = buf_new(arena);

    vec_each(table, &catalog->tables)
        vec_each(column, &(*table)->columns)
            vec_each(signal, &column->signals)
                buf_format(&out, STR_FORMAT " %s %u " STR_FORMAT "\n", STR_ARG(column->name), signal_name(signal->kind),
                           signal->count, STR_ARG(signal->detail));
    return buf_str(&out);
}

/* Bytes of every page changed, one at a time; and the file cut off. */
static void a_damaged_database_is_harmless_and_gives_the_same_answer_twice(void **state)
{
    enum { DAMAGES = 400 };
    World *world = *state;
    size_t read = 0, telling = 0;
    make(world, "PRAGMA page_size = 512;" ROWS "INSERT INTO k VALUES ('a', 'b'), ('c', 'd')");
    Str whole = bytes_of(world, strrchr(world->file, '/') + 1);

    for (size_t i = 0; i < DAMAGES; i++) {
        Arena  *arena  = arena_open();
        World   here   = *world;
        Catalog first  = { 0 }, second = { 0 };
        Error   why;
        here.arena     = arena;
        char  *damaged = (char *)str_copy(arena, whole).ptr;
        size_t at      = 16 + i * 7919 % (whole.len - 16);
        size_t len     = i % 8 == 7 ? at : whole.len;
        damaged[at] ^= (char)(1 + i % 255);
        write_file(&here, damaged, len);

        bool ok = read_it(&here, &first, &why);
        assert_int_equal(read_it(&here, &second, &why), ok);

        Str found = findings_of(arena, &first);
        assert_true(str_eq(found, findings_of(arena, &second)));
        read += ok;
        telling += found.len > 0;
        arena_close(arena);
    }

    assert_in_range(read, DAMAGES / 4, DAMAGES);
    assert_in_range(telling, 1, read);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_database_gives_what_its_definitions_say),
        TEST(a_database_with_a_log_is_read_and_nothing_is_left_beside_it),
        TEST(what_stands_only_in_the_log_is_read_as_well),
        TEST(functions_and_collations_of_the_application_do_not_matter),
        TEST(what_is_no_database_is_refused_by_name),
        TEST(rows_are_read_and_no_file_changes),
        TEST(rows_beside_an_empty_log_are_read_and_no_file_changes),
        TEST(rows_in_the_log_of_another_process_are_read_and_no_file_changes),
        TEST(rows_in_a_log_that_was_left_behind_are_read_and_no_file_appears),
        TEST(what_another_process_has_for_itself_alone_is_refused),
        TEST(a_damaged_database_is_harmless_and_gives_the_same_answer_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
