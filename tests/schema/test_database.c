#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_database_gives_what_its_definitions_say),
        TEST(a_database_with_a_log_is_read_and_nothing_is_left_beside_it),
        TEST(what_stands_only_in_the_log_is_read_as_well),
        TEST(functions_and_collations_of_the_application_do_not_matter),
        TEST(what_is_no_database_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
