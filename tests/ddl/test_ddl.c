#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rewriters/schema/ddl.h"

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

static Ddl ddl_for(Arena *arena, const char *sql)
{
    Catalog *catalog = arena_new(arena, Catalog);

    catalog_add_sql(arena, catalog, STR("a.sql"), str_of(sql), NULL);
    return ddl_of(arena, catalog, NULL);
}

static const char *text_for(Arena *arena, const char *sql)
{
    Ddl ddl = ddl_for(arena, sql);

    return str_cstr(arena, ddl_text(arena, &ddl));
}

/* The codes of all findings, in order. */
static const char *codes_for(Arena *arena, const char *sql)
{
    Ddl    ddl   = ddl_for(arena, sql);
    StrVec codes = { 0 };

    vec_each(statement, &ddl.statements)
        vec_each(finding, &statement->findings)
            vec_push(arena, &codes, str_of(finding->code));
    return str_cstr(arena, str_join(arena, &codes, STR(" ")));
}

static void an_empty_catalog_is_an_empty_script(void **state)
{
    assert_string_equal(text_for(*state, ""), "");
}

static void the_key_of_another_row_is_no_serial(void **state)
{
    assert_string_equal(
        text_for(*state, "CREATE TABLE u (id INTEGER PRIMARY KEY);"
                         "CREATE TABLE p (id INTEGER PRIMARY KEY REFERENCES u)"),
        "CREATE TABLE u (\n    id BIGSERIAL PRIMARY KEY\n);\n"
        "\n"
        "-- lite2pg: SC-01 key id is that of another row, so no sequence counts it: "
        "INSERT has to give it\n"
        "CREATE TABLE p (\n    id BIGINT PRIMARY KEY REFERENCES u (id)\n);\n");
}

static void a_foreign_key_that_postgres_would_refuse_is_told(void **state)
{
    static const char *const refused[] = {
        "CREATE TABLE t (a INTEGER REFERENCES gone)",
        "CREATE TABLE p (a INTEGER); CREATE TABLE t (a INTEGER REFERENCES p)",
        "CREATE TABLE p (a INTEGER); CREATE TABLE t (a INTEGER REFERENCES p (a))",
        "CREATE TABLE p (a INTEGER UNIQUE); CREATE TABLE t (a TEXT REFERENCES p (a))",
        "CREATE TABLE p (a INTEGER UNIQUE); CREATE TABLE t (a INTEGER REFERENCES p (b))",
        "CREATE TABLE p (a INTEGER); CREATE UNIQUE INDEX i ON p (a) WHERE a > 0;"
        "CREATE TABLE t (a INTEGER REFERENCES p (a))",
        "CREATE TABLE p (a INTEGER, b INTEGER, UNIQUE (a, b));"
        "CREATE TABLE t (a INTEGER REFERENCES p (a))",
    };

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_string_equal(codes_for(*state, refused[i]), "SC-21");
        assert_null(strstr(text_for(*state, refused[i]), " REFERENCES "));
    }
}

static void a_foreign_key_to_a_unique_index_of_the_same_table_comes_after_it(void **state)
{
    const char *text  = text_for(*state, "CREATE TABLE t (a TEXT, b TEXT REFERENCES t (a));"
                                          "CREATE UNIQUE INDEX i ON t (a)");
    const char *index = strstr(text, "CREATE UNIQUE INDEX i"), *key = strstr(text, "ALTER TABLE t");

    assert_non_null(index);
    assert_non_null(key);
    assert_true(index < key);
}

static void what_depends_on_the_session_is_in_no_index(void **state)
{
    static const char *const terms[] = { "date(at)", "CAST(at AS TEXT)", "s || n", "n || s" };

    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        Str sql = str_format(*state,
                             "CREATE TABLE t (at TIMESTAMP, s TEXT, n INTEGER);"
                             "CREATE INDEX i ON t (%s)",
                             terms[i]);
        assert_string_equal(codes_for(*state, str_cstr(*state, sql)), "SC-17");
    }
    assert_string_equal(codes_for(*state, "CREATE TABLE t (s TEXT, n INTEGER);"
                                          "CREATE INDEX i ON t (s || '-' || s)"),
                        "");
}

static void a_rename_is_followed_through_checks_indexes_and_views(void **state)
{
    const char *sql = "CREATE TABLE t (a TEXT CHECK (a <> 'x'), b TEXT CHECK (b <> \"y\"),"
                      "    n INTEGER, d INTEGER AS (n * 2) STORED);"
                      "CREATE INDEX i ON t (n DESC, substr(a, 1, 2)) WHERE t.a > b;"
                      "CREATE VIEW v AS SELECT t.a, b FROM t WHERE n > 1;"
                      "ALTER TABLE t RENAME COLUMN a TO c; ALTER TABLE t RENAME COLUMN b TO a;"
                      "ALTER TABLE t RENAME n TO \"order\"; ALTER TABLE t RENAME TO u";
    const char *text = text_for(*state, sql);

    assert_non_null(strstr(text, "c TEXT CHECK (c <> 'x'),\n    a TEXT CHECK (a <> 'y'),"));
    assert_non_null(strstr(text, "GENERATED ALWAYS AS (\"order\" * 2) STORED"));
    assert_non_null(strstr(text, "i ON u (\"order\" DESC, (substr(c, 1, 2))) WHERE u.c > a;"));
    assert_non_null(strstr(text, "SELECT u.c, a FROM u WHERE \"order\" > 1;"));
}

static void a_view_that_may_mean_a_renamed_column_is_told(void **state)
{
    static const char *const bodies[] = {
        "SELECT a FROM t JOIN v1",
        "SELECT t.b FROM t NATURAL JOIN o",
        "SELECT t.b FROM t JOIN o USING (a)",
        "SELECT b AS a FROM t ORDER BY a",
        "WITH x AS (SELECT a FROM t) SELECT a FROM x",
    };

    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        Str sql = str_format(*state,
                             "CREATE TABLE t (a TEXT, b TEXT); CREATE TABLE o (a TEXT, z TEXT);"
                             "CREATE VIEW v1 AS SELECT z FROM o; CREATE VIEW v AS %s;"
                             "ALTER TABLE t RENAME COLUMN a TO c",
                             bodies[i]);
        assert_string_equal(codes_for(*state, str_cstr(*state, sql)), "SC-28");
    }
}

static void a_view_keeps_the_names_of_its_columns(void **state)
{
    const char *text =
        text_for(*state, "CREATE TABLE t (a INTEGER);"
                         "CREATE VIEW v AS SELECT count(*), a AS B FROM t GROUP BY a");

    assert_non_null(strstr(text, "CREATE VIEW v (\"count(*)\", B) AS\nSELECT count(*), a AS B"));
}

static void a_view_comes_after_the_views_it_reads(void **state)
{
    const char *text =
        text_for(*state, "CREATE VIEW w AS SELECT a FROM v;"
                         "CREATE VIEW v AS SELECT a FROM t; CREATE TABLE t (a TEXT)");

    assert_true(strstr(text, "CREATE VIEW v") < strstr(text, "CREATE VIEW w"));
    assert_string_equal(codes_for(*state, "CREATE VIEW v AS SELECT * FROM w;"
                                          "CREATE VIEW w AS SELECT * FROM v"),
                        "SC-25 SC-25");
}

static void indexes_and_named_keys_do_not_share_a_name(void **state)
{
    assert_string_equal(codes_for(*state, "CREATE TABLE a (x TEXT, CONSTRAINT u UNIQUE (x));"
                                          "CREATE TABLE b (x TEXT, CONSTRAINT u UNIQUE (x));"
                                          "CREATE INDEX a_x_key ON b (x)"),
                        "SC-24");
    assert_string_equal(codes_for(*state, "CREATE TABLE a (x TEXT UNIQUE);"
                                          "CREATE INDEX a_x_key ON a (x)"),
                        "SC-24");
}

static void bookkeeping_is_left_out_unless_it_is_tied_to_other_tables(void **state)
{
    assert_string_equal(codes_for(*state, "CREATE TABLE migrations (id INTEGER PRIMARY KEY)"),
                        "SC-27");
    assert_string_equal(codes_for(*state, "CREATE TABLE migrations (id INTEGER PRIMARY KEY);"
                                          "CREATE TABLE steps (m INTEGER REFERENCES migrations)"),
                        "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_catalog_is_an_empty_script),
        TEST(the_key_of_another_row_is_no_serial),
        TEST(a_foreign_key_that_postgres_would_refuse_is_told),
        TEST(a_foreign_key_to_a_unique_index_of_the_same_table_comes_after_it),
        TEST(what_depends_on_the_session_is_in_no_index),
        TEST(a_rename_is_followed_through_checks_indexes_and_views),
        TEST(a_view_that_may_mean_a_renamed_column_is_told),
        TEST(a_view_keeps_the_names_of_its_columns),
        TEST(a_view_comes_after_the_views_it_reads),
        TEST(indexes_and_named_keys_do_not_share_a_name),
        TEST(bookkeeping_is_left_out_unless_it_is_tied_to_other_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
