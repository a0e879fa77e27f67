#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rewriters/schema/in_place.h"

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

static DdlInPlace placed(Arena *arena, const char *schema, const char *sql)
{
    Catalog *catalog = arena_new(arena, Catalog);

    catalog_add_sql(arena, catalog, STR("a.sql"), str_of(schema), NULL);
    return ddl_in_place(arena, catalog, str_of(sql));
}

/* "both: text", "postgres: text", or "none: codes". */
static const char *told(Arena *arena, const char *schema, const char *sql)
{
    DdlInPlace got   = placed(arena, schema, sql);
    StrVec     codes = { 0 };
    Str        text;

    vec_each(finding, &got.findings)
        vec_push(arena, &codes, str_of(finding->code));
    text = got.target == SQL_TARGET_NONE ? str_join(arena, &codes, STR(" ")) : edit_splice(arena, str_of(sql), &got.edits);
    return str_cstr(arena, str_format(arena, "%s: " STR_FORMAT, sql_target_name(got.target), STR_ARG(text)));
}

static void a_table_of_common_types_is_one_text(void **state)
{
    assert_string_equal(told(*state, "", "CREATE TABLE IF NOT EXISTS t (a TEXT, b INTEGER DEFAULT 0, c REAL, d VARCHAR(9))"),
                        "both: CREATE TABLE IF NOT EXISTS t (a TEXT, b BIGINT DEFAULT 0, c DOUBLE PRECISION, d TEXT)");
}

static void a_key_that_counts_is_for_postgres_alone(void **state)
{
    assert_string_equal(told(*state, "", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, -- the key\n  a BLOB)"),
                        "postgres: CREATE TABLE t (id BIGSERIAL PRIMARY KEY, -- the key\n  a BYTEA)");
}

static void types_are_those_of_the_catalog(void **state)
{
    const char *schema = "CREATE TABLE t (is_on BOOLEAN NOT NULL DEFAULT 0 CHECK (is_on IN (0, 1)))";

    assert_string_equal(told(*state, schema, "ALTER TABLE t ADD COLUMN is_on INTEGER DEFAULT 1"),
                        "both: ALTER TABLE t ADD COLUMN is_on BOOLEAN DEFAULT true");
    assert_string_equal(told(*state, "", "ALTER TABLE t ADD COLUMN is_on INTEGER DEFAULT 1"),
                        "both: ALTER TABLE t ADD COLUMN is_on BIGINT DEFAULT 1");
}

static void constraints_stand_where_they_stood(void **state)
{
    assert_string_equal(told(*state, "", "CREATE TABLE t (a TEXT, b TEXT, PRIMARY KEY (a ASC, b) ON CONFLICT ABORT, UNIQUE (b))"),
                        "postgres: CREATE TABLE t (a TEXT, b TEXT, PRIMARY KEY (a, b), UNIQUE (b))");
    assert_string_equal(told(*state, "", "CREATE TABLE t (a TEXT REFERENCES nowhere (b), c TEXT) WITHOUT ROWID"),
                        "postgres: CREATE TABLE t (a TEXT, c TEXT)");
}

static void names_are_spelled_for_both(void **state)
{
    assert_string_equal(told(*state, "", "CREATE TABLE [Order] (`user` TEXT, 'x' TEXT)"),
                        "both: CREATE TABLE \"order\" (\"user\" TEXT, x TEXT)");
}

static void a_name_may_have_a_hole_and_nothing_else(void **state)
{
    assert_string_equal(told(*state, "", "CREATE TABLE '\x1a_copy' (a TEXT)"), "both: CREATE TABLE \"\x1a_copy\" (a TEXT)");
    assert_string_equal(told(*state, "", "DROP TABLE [\x1a]"), "both: DROP TABLE \"\x1a\"");
    assert_string_equal(told(*state, "", "ALTER TABLE t ADD COLUMN a \x1a"), "none: TX-10");
}

static void an_index_that_ignores_case_is_over_lower(void **state)
{
    const char *schema = "CREATE TABLE t (a TEXT, b TEXT)";

    assert_string_equal(told(*state, schema, "CREATE INDEX i ON t (a COLLATE NOCASE ASC, b)"),
                        "postgres: CREATE INDEX i ON t (lower(a), b)");
    assert_string_equal(told(*state, schema, "CREATE UNIQUE INDEX i ON t (a COLLATE NOCASE)"), "none: SC-18");
}

static void what_sqlite_does_by_itself_is_a_decision(void **state)
{
    assert_string_equal(told(*state, "", "CREATE TABLE t (a TEXT COLLATE NOCASE)"), "none: SC-18");
    assert_string_equal(told(*state, "", "CREATE TABLE t (a TEXT UNIQUE ON CONFLICT REPLACE)"), "none: SC-23");
}

static void a_view_is_made_anew(void **state)
{
    const char *schema = "CREATE TABLE t (a TEXT, b TEXT)";

    assert_string_equal(told(*state, schema, "CREATE VIEW IF NOT EXISTS v AS SELECT a FROM t WHERE b == 'x'"),
                        "postgres: CREATE OR REPLACE VIEW v AS SELECT a FROM t WHERE b = 'x'");
    assert_string_equal(told(*state, schema, "CREATE VIEW v AS SELECT soundex(a) AS s FROM t"), "none: SQL-13");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_table_of_common_types_is_one_text),
        TEST(a_key_that_counts_is_for_postgres_alone),
        TEST(types_are_those_of_the_catalog),
        TEST(constraints_stand_where_they_stood),
        TEST(names_are_spelled_for_both),
        TEST(a_name_may_have_a_hole_and_nothing_else),
        TEST(an_index_that_ignores_case_is_over_lower),
        TEST(what_sqlite_does_by_itself_is_a_decision),
        TEST(a_view_is_made_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
