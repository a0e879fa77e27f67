#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rewriters/sql/colon.h"
#include "rewriters/sql/translate.h"

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

static Catalog *catalog_of(Arena *arena, const char *sql)
{
    Catalog *catalog = arena_new(arena, Catalog);

    catalog_add_sql(arena, catalog, STR("schema.sql"), str_of(sql), NULL);
    return catalog;
}

static void binds_are_told_with_their_columns_and_types(void **state)
{
    Arena           *arena   = *state;
    TranslateOptions options = { .catalog = catalog_of(
        arena, "CREATE TABLE t (id INTEGER PRIMARY KEY, is_on BOOLEAN NOT NULL)") };

    Translation got = sql_translate(arena, STR("UPDATE t SET is_on = ? WHERE id = ?"), &options);

    assert_int_equal(got.binds.count, 2);
    assert_true(str_is(got.binds.items[0].name, "is_on"));
    assert_true(str_is(got.binds.items[0].table, "t"));
    assert_int_equal(got.binds.items[0].type, PG_BOOLEAN);
    assert_int_equal(got.binds.items[1].type, PG_BIGINT);
    assert_int_equal(got.binds.items[1].number, 2);
    assert_int_equal(got.binds.items[1].lo, 34);
}

static void numbers_of_binds_are_those_of_sqlite(void **state)
{
    Arena *arena = *state;

    Translation got = sql_translate(arena, STR("SELECT ?2, ?, ?2 LIMIT 1"), NULL);

    assert_int_equal(got.binds.count, 3);
    assert_int_equal(got.binds.items[0].number, 2);
    assert_int_equal(got.binds.items[1].number, 3);
    assert_true(str_eq(got.binds.items[0].name, got.binds.items[2].name));
}

static void the_verdict_can_be_asked_without_one_feature(void **state)
{
    Arena           *arena   = *state;
    TranslateOptions options = { .catalog = catalog_of(
        arena, "CREATE TABLE t (id INTEGER PRIMARY KEY, at TIMESTAMP)") };

    Translation got = sql_translate(arena, STR("SELECT at FROM t WHERE id = ?"), &options);

    assert_int_equal(got.verdict, SQL_DIFFERS);
    assert_int_equal(translation_verdict_besides(&got, "result-type"), SQL_SAME);
    assert_true(got.one_row);
}

static void a_refused_statement_has_no_text(void **state)
{
    Arena *arena = *state;

    Translation got = sql_translate(arena, STR("PRAGMA foreign_keys = ON"), NULL);

    assert_int_equal(got.verdict, SQL_DECIDE);
    assert_int_equal(got.target, SQL_TARGET_NONE);
    assert_int_equal(translation_apply(arena, &got).len, 0);
    assert_string_equal(got.remarks.items[0].feature, "pragma");
}

static void edits_touch_nothing_that_can_stay(void **state)
{
    Arena           *arena   = *state;
    TranslateOptions options = { .catalog = catalog_of(
        arena, "CREATE TABLE t (id INTEGER PRIMARY KEY, is_on BOOLEAN NOT NULL)") };
    Str text = STR("SELECT id   -- the key\n  FROM t\n WHERE is_on = 1 AND id = ?");

    Translation got = sql_translate(arena, text, &options);

    assert_int_equal(got.edits.count, 2);
    assert_int_equal(got.edits.items[0].hi - got.edits.items[0].lo, 1);
    assert_true(str_is(got.edits.items[0].text, "true"));
    assert_true(str_is(got.edits.items[1].text, ":id"));
}

static void text_sees_binds_by_its_own_rule(void **state)
{
    Arena *arena = *state;

    StrVec got = text_binds_of(
        arena, STR("a = :a AND b=:b2 AND ' :c' AND x::int AND \\:d AND '12:30' AND :é:"));

    assert_int_equal(got.count, 4);
    assert_true(str_is(got.items[0], "a"));
    assert_true(str_is(got.items[1], "b2"));
    assert_true(str_is(got.items[2], "c"));
}

static void colons_that_text_passes_over_are_left_alone(void **state)
{
    (void)state;

    assert_false(colons_need_escape(STR("'12:30'")));
    assert_false(colons_need_escape(STR("'http://x'")));
    assert_false(colons_need_escape(STR("'a::b'")));
    assert_true(colons_need_escape(STR("' :x'")));
    assert_true(colons_need_escape(STR("'{\"a\":1}'")));
    assert_true(colons_need_escape(STR("'a\\:b'")));
}

/* Not in fixtures/sqltest, where Python would end a line at each. */
static void a_vertical_tab_becomes_a_blank_and_clashes_with_nothing(void **state)
{
    Arena           *arena   = *state;
    TranslateOptions options = { .catalog = catalog_of(arena, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)") };

    Translation plain  = sql_translate(arena, STR("SELECT n \v, id FROM \vt WHERE n > \v2"), &options);
    Translation within = sql_translate(arena, STR("SELECT MAX(IIF \v(n > 1, n, id), 1) AS m FROM t"), &options);

    assert_true(str_is(translation_apply(arena, &plain), "SELECT n  , id FROM  t WHERE n >  2"));
    assert_true(str_is(translation_apply(arena, &within),
                       "SELECT CASE WHEN CASE WHEN n > 1 THEN n ELSE id END >= 1"
                       " THEN CASE WHEN n > 1 THEN n ELSE id END ELSE 1 END AS m FROM t"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(binds_are_told_with_their_columns_and_types, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(numbers_of_binds_are_those_of_sqlite, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(the_verdict_can_be_asked_without_one_feature, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(a_refused_statement_has_no_text, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(edits_touch_nothing_that_can_stay, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(text_sees_binds_by_its_own_rule, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_vertical_tab_becomes_a_blank_and_clashes_with_nothing, open_arena,
                                        close_arena),
        cmocka_unit_test(colons_that_text_passes_over_are_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
