#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sqlite3.h>

#include "analyzers/schema/resolve.h"
#include "base/own.h"

OWN_BY(sqlite3, sqlite3_close)

static const char tables[] =
    "CREATE TABLE users (Id INTEGER PRIMARY KEY, name TEXT NOT NULL,"
    " is_admin INTEGER DEFAULT 0, born DATE);"
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL,"
    " title TEXT, total AS (1), body BLOB);"
    "CREATE TABLE plain (a, b);"
    "CREATE VIEW v AS SELECT 1 AS one;";

static int open_arena(void **state)
{
    *state = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(*state);
    return 0;
}

static Catalog catalog_of(Arena *arena)
{
    Catalog catalog = { 0 };

    catalog_add_sql(arena, &catalog, STR("a.sql"), str_of(tables), NULL);
    return catalog;
}

static Statement read_one(Arena *arena, const char *sql)
{
    Str       text = str_copy(arena, str_of(sql));
    Statement out;

    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '^')
            ((char *)text.ptr)[i] = SQL_HOLE;
    assert_true(statement_read(arena, text, &out));
    return out;
}

static Str told(Arena *arena, Resolved got)
{
    switch (got.status) {
    case RESOLVED_UNKNOWN: return STR("unknown");
    case RESOLVED_COMPUTED: return STR("computed");
    case RESOLVED_ABSENT: return STR("absent");
    case RESOLVED_AMBIGUOUS: return STR("ambiguous");
    case RESOLVED_ROWID: return str_format(arena, STR_FORMAT ".rowid", STR_ARG(got.table->name));
    default: break;
    }
    return str_format(arena, STR_FORMAT "." STR_FORMAT "%s", STR_ARG(got.table->name),
                      STR_ARG(got.column->name), got.nullable ? "?" : "");
}

/* The column behind the `$` of the text. */
static Str column_told(Arena *arena, const Catalog *catalog, const char *sql)
{
    Str text = str_copy(arena, str_of(sql));
    Str mark = STR("$");

    size_t at = str_find(text, mark);
    assert_true(at != STR_NOT_FOUND);
    ((char *)text.ptr)[at] = ' ';
    Statement statement = read_one(arena, str_cstr(arena, text));
    node_walk_each(node, statement.root)
        if (node->kind == NODE_COLUMN && node->lo == at + 1)
            return told(arena, resolve_column(arena, catalog, &statement, node));
    return STR("no column there");
}

static void a_name_means_the_column_sqlite_would_take(void **state)
{
    static const char *const cases[][2] = {
        { "SELECT $name FROM users", "users.name" },
        { "SELECT $NAME FROM Users u", "users.name" },
        { "SELECT $u.born FROM users u", "users.born?" },
        { "SELECT $title FROM users JOIN posts ON user_id = users.id", "posts.title?" },
        { "SELECT $id FROM users, posts", "ambiguous" },
        { "SELECT $id FROM users JOIN posts USING (id)", "users.Id" },
        { "SELECT $p.id FROM users u LEFT JOIN posts p ON 1", "posts.id?" },
        { "SELECT $nope FROM users", "absent" },
        { "SELECT $nope FROM users, elsewhere", "unknown" },
        { "SELECT $name FROM users, elsewhere", "users.name" },
        { "SELECT $x.a FROM users", "unknown" },
        { "SELECT $rowid FROM users", "users.Id" },
        { "SELECT $oid FROM plain", "plain.rowid" },
        { "SELECT 1 FROM users WHERE EXISTS (SELECT 1 FROM posts WHERE user_id = $name)",
          "users.name" },
        { "SELECT 1 FROM users WHERE EXISTS (SELECT 1 FROM posts WHERE $id = 1)", "posts.id" },
        { "SELECT $n FROM (SELECT name AS n FROM users)", "users.name" },
        { "SELECT $n FROM (SELECT * FROM users) WHERE n", "absent" },
        { "SELECT $name FROM (SELECT * FROM (SELECT * FROM users))", "users.name" },
        { "SELECT $n FROM (SELECT COUNT(*) AS n FROM users)", "computed" },
        { "SELECT $n FROM (SELECT 1 AS n UNION SELECT 2)", "computed" },
        { "WITH w AS (SELECT id, name FROM users) SELECT $name FROM w", "users.name" },
        { "WITH w (i, n) AS (SELECT id, name FROM users) SELECT $n FROM w", "users.name" },
        { "WITH users AS (SELECT title AS name FROM posts) SELECT $name FROM users",
          "posts.title?" },
        { "WITH RECURSIVE w (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM w) SELECT $i FROM w",
          "computed" },
        { "SELECT name AS n FROM users ORDER BY $n", "users.name" },
        { "SELECT COUNT(*) AS name FROM users ORDER BY $name", "computed" },
        { "SELECT COUNT(*) AS c FROM users GROUP BY name HAVING $c > 1", "computed" },
        { "SELECT born AS name FROM users WHERE $name = 1", "users.name" },
        { "INSERT INTO users (name) VALUES (1) ON CONFLICT DO UPDATE SET name = $excluded.name",
          "users.name" },
        { "UPDATE users SET name = $title FROM posts", "posts.title?" },
        { "DELETE FROM users WHERE $is_admin = 1", "users.is_admin?" },
        { "SELECT $one FROM v", "unknown" },
        { "SELECT $name FROM users ^ WHERE 1", "users.name" },
        { "SELECT $nope FROM users ^ WHERE 1", "unknown" },
        { "SELECT $a FROM json_each('[]')", "unknown" },
    };
    Arena  *arena   = *state;
    Catalog catalog = catalog_of(arena);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Str got = column_told(arena, &catalog, cases[i][0]);
        if (!str_is(got, cases[i][1]))
            print_error("%s\n", cases[i][0]);
        assert_string_equal(str_cstr(arena, got), cases[i][1]);
    }
}

static void a_bind_meets_a_column_of_the_catalog(void **state)
{
    static const char *const cases[][2] = {
        { "SELECT 1 FROM users WHERE is_admin = ?", "users.is_admin?" },
        { "SELECT 1 FROM users u, posts WHERE title = ?", "posts.title?" },
        { "INSERT INTO users (born) VALUES (?)", "users.born?" },
        { "INSERT INTO users VALUES (?)", "users.Id" },
        { "INSERT INTO posts VALUES (1, 2, 3, ?)", "posts.body?" },
        { "INSERT INTO posts VALUES (1, 2, 3, 4, ?)", "absent" },
        { "INSERT INTO elsewhere VALUES (?)", "unknown" },
        { "UPDATE users SET name = ?", "users.name" },
        { "SELECT ? FROM users", "unknown" },
        { "SELECT 1 FROM users LIMIT ?", "unknown" },
    };
    Arena  *arena   = *state;
    Catalog catalog = catalog_of(arena);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Statement statement = read_one(arena, cases[i][0]);
        Resolved  got = resolve_bind(arena, &catalog, &statement, &statement.binds.items[0]);
        assert_string_equal(str_cstr(arena, told(arena, got)), cases[i][1]);
    }
}

static void result_keys_are_spelled_as_sqlite_spells_them(void **state)
{
    static const char *const texts[] = {
        "SELECT * FROM users",
        "SELECT ID, NAME, u.BORN AS b, rowid, is_admin + 1 FROM users u",
        "SELECT * FROM users JOIN posts ON posts.user_id = users.id",
        "SELECT p.*, u.name FROM users u LEFT JOIN posts p ON 1",
        "SELECT * FROM users JOIN posts USING (id)",
        "SELECT * FROM (SELECT NAME, born AS B, 1 + 1 FROM users)",
        "SELECT NAME, q.Born FROM (SELECT name, BORN FROM users) q",
        "SELECT * FROM (SELECT id, name, ID, name, name FROM users)",
        "WITH w (x, y) AS (SELECT id, name FROM users) SELECT *, X FROM w",
        "WITH w AS (SELECT * FROM users) SELECT w.* FROM w, plain",
        "SELECT \"name\", \"nope\", 'x' FROM users",
        "SELECT a FROM plain UNION SELECT name FROM users",
        "INSERT INTO users (name) VALUES ('x') RETURNING ID, *",
        "UPDATE users SET name = 'x' FROM posts RETURNING *, NAME || 'x'",
        "DELETE FROM plain RETURNING A",
    };
    Arena  *arena   = *state;
    Catalog catalog = catalog_of(arena);
    OWN(sqlite3) db = NULL;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, tables, NULL, NULL, NULL), SQLITE_OK);

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Statement         statement = read_one(arena, texts[i]);
        ResolvedResultVec ours      = { 0 };
        sqlite3_stmt     *theirs    = NULL;
        assert_int_equal(sqlite3_prepare_v2(db, texts[i], -1, &theirs, NULL), SQLITE_OK);
        assert_true(resolve_results(arena, &catalog, &statement, &ours));
        if (ours.count != (size_t)sqlite3_column_count(theirs))
            print_error("%s\n", texts[i]);
        assert_int_equal(ours.count, sqlite3_column_count(theirs));
        for (size_t k = 0; k < ours.count; k++)
            assert_string_equal(str_cstr(arena, ours.items[k].key),
                                sqlite3_column_name(theirs, (int)k));
        sqlite3_finalize(theirs);
    }
}

static void a_star_over_an_unknown_table_leaves_results_out(void **state)
{
    Arena            *arena     = *state;
    Catalog           catalog   = catalog_of(arena);
    Statement         statement = read_one(arena, "SELECT u.*, e.* FROM users u, elsewhere e");
    ResolvedResultVec results   = { 0 };

    assert_false(resolve_results(arena, &catalog, &statement, &results));
    assert_int_equal(results.count, 4);
}

static void results_keep_the_types_of_plain_columns(void **state)
{
    Arena            *arena     = *state;
    Catalog           catalog   = catalog_of(arena);
    Statement         statement = read_one(arena, "SELECT is_admin, born, (name), COUNT(*),"
                                                  " (SELECT body FROM posts) FROM users");
    ResolvedResultVec results   = { 0 };

    assert_true(resolve_results(arena, &catalog, &statement, &results));
    assert_int_equal(results.items[0].column.type, PG_BOOLEAN);
    assert_int_equal(results.items[1].column.type, PG_DATE);
    assert_int_equal(results.items[2].column.type, PG_TEXT);
    assert_int_equal(results.items[3].column.type, PG_UNKNOWN);
    assert_int_equal(results.items[4].column.type, PG_BYTEA);
}

static void subqueries_that_multiply_themselves_end_as_unknown(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = catalog_of(arena);
    Buf     text    = buf_new(arena);
    buf_add(&text, STR("WITH w0 AS (SELECT * FROM users)"));
    for (int i = 1; i < 60; i++)
        buf_format(&text, ", w%d AS (SELECT a.*, b.* FROM w%d a, w%d b)", i, i - 1, i - 1);
    buf_add(&text, STR(" SELECT * FROM w59"));

    Statement         statement = read_one(arena, str_cstr(arena, buf_str(&text)));
    ResolvedResultVec results   = { 0 };

    assert_false(resolve_results(arena, &catalog, &statement, &results));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_name_means_the_column_sqlite_would_take),
        TEST(a_bind_meets_a_column_of_the_catalog),
        TEST(result_keys_are_spelled_as_sqlite_spells_them),
        TEST(a_star_over_an_unknown_table_leaves_results_out),
        TEST(results_keep_the_types_of_plain_columns),
        TEST(subqueries_that_multiply_themselves_end_as_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
