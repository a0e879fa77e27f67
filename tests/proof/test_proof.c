#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rewriters/proof/proof.h"

typedef struct Given {
    Arena  *arena;
    Catalog catalog;
    Prover *prover;
} Given;

static int open_given(void **state)
{
    Arena *arena = arena_open();
    Given *given = arena_new(arena, Given);

    given->arena  = arena;
    given->prover = prover_open();
    catalog_add_sql(arena, &given->catalog, STR("s.sql"),
                    STR("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, s TEXT COLLATE Nordic, UNIQUE (n, s));"
                        "CREATE VIEW v AS SELECT id FROM t; CREATE INDEX by_n ON t (n); CREATE TABLE c AS SELECT 1 AS x;"),
                    NULL);
    *state = given;
    return 0;
}

static int close_given(void **state)
{
    Given *given = *state;

    prover_close(given->prover);
    arena_close(given->arena);
    return 0;
}

/* As if the translator had put `word` in place of the bytes. */
static Translation mistaken(Given *given, Str text, Str wrong, const char *word)
{
    TranslateOptions options = { .catalog = &given->catalog };
    Translation      got     = sql_translate(given->arena, text, &options);
    uint32_t         lo      = (uint32_t)str_find(text, wrong);

    assert_int_not_equal(got.verdict, SQL_DECIDE);
    got.edits = (EditVec) { 0 };
    vec_push(given->arena, &got.edits, ((Edit) { lo, lo + (uint32_t)wrong.len, str_of(word) }));
    translation_prove(given->arena, given->prover, &options, &got);
    return got;
}

static SqlVerdict proved(Given *given, const char *text, TranslateOptions options)
{
    options.catalog = &given->catalog;
    Translation got = sql_translate(given->arena, str_of(text), &options);

    translation_prove(given->arena, given->prover, &options, &got);
    return got.verdict;
}

static void what_postgres_does_not_read_is_refused(void **state)
{
    Given *given = *state;

    Translation got = mistaken(given, STR("SELECT id FROM t WHERE n = 1 ORDER BY id"), STR("n = 1"), "`n` = 1");

    assert_int_equal(got.verdict, SQL_DECIDE);
    assert_int_equal(got.target, SQL_TARGET_NONE);
    assert_string_equal(got.remarks.items[0].feature, "refuted");
    assert_true(str_contains(got.remarks.items[0].message, STR("Postgres")));
}

static void what_sqlite_does_not_prepare_is_refused(void **state)
{
    Given *given = *state;

    Translation column   = mistaken(given, STR("SELECT id FROM t ORDER BY id"), STR("id"), "no_such");
    Translation conflict = mistaken(given, STR("INSERT INTO t (id, n) VALUES (1, 2) ON CONFLICT (id) DO NOTHING"),
                                    STR("(id) DO"), "(n) DO");

    assert_int_equal(column.verdict, SQL_DECIDE);
    assert_int_equal(column.target, SQL_TARGET_NONE);
    assert_true(str_contains(column.remarks.items[0].message, STR("no such column: no_such")));
    assert_int_equal(conflict.verdict, SQL_DECIDE);
}

static void what_postgres_refuses_for_its_types_is_refused(void **state)
{
    Given *given = *state;

    Translation compared = mistaken(given, STR("SELECT id FROM t WHERE n = 1 ORDER BY id"), STR("n = 1"), "s = 1");
    Translation grouped  = mistaken(given, STR("SELECT MAX(id) FROM t"), STR("MAX(id)"), "MAX(id), n");

    assert_int_equal(compared.verdict, SQL_DECIDE);
    assert_int_equal(compared.target, SQL_TARGET_NONE);
    assert_true(str_contains(compared.remarks.items[0].message, STR("operator does not exist: text = integer")));
    assert_int_equal(grouped.verdict, SQL_DECIDE);
    assert_true(str_contains(grouped.remarks.items[0].message, STR("must appear in the GROUP BY clause")));
}

static void what_is_right_is_left_as_it_is(void **state)
{
    Given *given = *state;

    assert_int_equal(proved(given, "SELECT id FROM t WHERE n = ? ORDER BY id", (TranslateOptions) { 0 }), SQL_SAME);
    assert_int_equal(proved(given, "SELECT id FROM t WHERE n IN :many ORDER BY id", (TranslateOptions) { 0 }), SQL_SAME);
    assert_int_equal(proved(given, "SELECT id FROM t WHERE 'a :b' <> ' :c' ORDER BY id", (TranslateOptions) { 0 }), SQL_SAME);
    assert_int_equal(proved(given, "SELECT id FROM t WHERE n = :n AND id > 12 ORDER BY id",
                            (TranslateOptions) { .plain_colons = true }), SQL_SAME);
    assert_int_equal(proved(given, "SELECT id FROM v ORDER BY id", (TranslateOptions) { 0 }), SQL_SAME);
}

static void what_sqlite_takes_neither_before_nor_after_is_not_called_the_same(void **state)
{
    Given           *given   = *state;
    Catalog          nothing = { 0 };
    TranslateOptions before  = { .catalog = &given->catalog }, after = { .catalog = &nothing };
    Translation      got     = sql_translate(given->arena, STR("SELECT id FROM t ORDER BY id"), &before);

    assert_int_equal(got.verdict, SQL_SAME);
    translation_prove(given->arena, given->prover, &after, &got);

    assert_int_equal(got.verdict, SQL_DIFFERS);
    assert_string_equal(got.remarks.items[0].feature, "unproved");
}

static void a_statement_with_a_hole_is_left_as_it_is(void **state)
{
    Given      *given   = *state;
    const char  text[]  = { 'S', 'E', 'L', 'E', 'C', 'T', ' ', SQL_HOLE, '\0' };
    Translation before  = sql_translate(given->arena, str_of(text), NULL);

    assert_int_equal(proved(given, text, (TranslateOptions) { 0 }), before.verdict);
}

static void postgres_reads_one_statement(void **state)
{
    Given *given = *state;
    Str    said  = { 0 };

    assert_true(postgres_parses(given->arena, STR("SELECT a FROM t WHERE b = $1;"), &said));
    assert_true(postgres_parses(given->arena, STR("SELECT a NOT /* its lexer does not see past this */ IN (1)"), &said));
    assert_false(postgres_parses(given->arena, STR("SELECT 1; SELECT 2"), &said));
    assert_true(str_is(said, "there are 2 statements"));
    assert_false(postgres_parses(given->arena, STR("SELECT 1 /* /* */"), &said));
    assert_false(postgres_parses(given->arena, STR("SELECT a FROM `t`"), &said));
    assert_true(str_contains(said, STR("syntax error")));
    assert_false(postgres_parses(given->arena, ((Str) { "SELECT 1\0", 9 }), &said));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_postgres_does_not_read_is_refused, open_given, close_given),
        cmocka_unit_test_setup_teardown(what_sqlite_does_not_prepare_is_refused, open_given, close_given),
        cmocka_unit_test_setup_teardown(what_postgres_refuses_for_its_types_is_refused, open_given, close_given),
        cmocka_unit_test_setup_teardown(what_is_right_is_left_as_it_is, open_given, close_given),
        cmocka_unit_test_setup_teardown(what_sqlite_takes_neither_before_nor_after_is_not_called_the_same, open_given,
                                        close_given),
        cmocka_unit_test_setup_teardown(a_statement_with_a_hole_is_left_as_it_is, open_given, close_given),
        cmocka_unit_test_setup_teardown(postgres_reads_one_statement, open_given, close_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
