#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rewriters/proof/server.h"
#include "rewriters/proof/typing.h"

static const char schema[] =
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, ok BOOLEAN, age INTEGER, score REAL, seen TIMESTAMP, body JSON);"
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, title TEXT, anything ANY);";

typedef struct Given {
    Arena  *arena;
    Catalog catalog;
} Given;

static int open_catalog(void **state)
{
    Arena *arena = arena_open();
    Given *given = arena_new(arena, Given);

    given->arena = arena;
    catalog_add_sql(arena, &given->catalog, STR("s.sql"), str_of(schema), NULL);
    *state = given;
    return 0;
}

static int close_catalog(void **state)
{
    arena_close(((Given *)*state)->arena);
    return 0;
}

static Typing said(void **state, const char *text)
{
    Given *given = *state;

    return typing_of(given->arena, &given->catalog, str_of(text));
}

#define refused(text, message) assert_refused(state, text, message)

static void assert_refused(void **state, const char *text, const char *message)
{
    Typing got = said(state, text);

    if (got.verdict != TYPING_REFUSED || !str_is(got.message, message))
        fail_msg("%s\n  %s: " STR_FORMAT "\n  wanted: %s", text, typing_verdict_name(got.verdict), STR_ARG(got.message), message);
}

static void assert_verdict(void **state, const char *text, TypingVerdict verdict)
{
    Typing got = said(state, text);

    if (got.verdict != verdict)
        fail_msg("%s\n  %s: " STR_FORMAT, text, typing_verdict_name(got.verdict), STR_ARG(got.message));
}

#define taken(text)  assert_verdict(state, text, TYPING_TAKEN)
#define unsure_of(text) assert_verdict(state, text, TYPING_UNSURE)

static void operators_need_types_that_fit(void **state)
{
    refused("SELECT id FROM users WHERE ok = 0", "operator does not exist: boolean = integer");
    refused("SELECT id FROM users WHERE name = 1", "operator does not exist: text = integer");
    refused("SELECT id FROM users WHERE age LIKE '1%'", "operator does not exist: bigint ~~ unknown");
    refused("SELECT id FROM users WHERE name BETWEEN 1 AND 2", "operator does not exist: text >= integer");
    refused("SELECT id FROM users WHERE ok IN (0, 1)", "operator does not exist: boolean = integer");
    refused("SELECT id FROM users WHERE name IN (SELECT id FROM orders)", "operator does not exist: text = bigint");
    refused("SELECT u.id FROM users u JOIN orders o ON o.title = u.id", "operator does not exist: text = bigint");
    refused("SELECT age || id FROM users", "operator does not exist: bigint || bigint");
    refused("SELECT - name FROM users", "operator does not exist: - text");
    refused("SELECT - '1'", "operator is not unique: - unknown");
    refused("SELECT id FROM users WHERE id == 1", "operator does not exist: bigint == integer");
    refused("SELECT age%-4 FROM users", "operator does not exist: %-");
    taken("SELECT name || age, age || name FROM users WHERE name LIKE 'a%' AND age BETWEEN 1 AND 2.5 AND seen > '2024-01-01'");
    taken("SELECT id FROM users WHERE ok AND age = '5' AND (id, name) IN (SELECT user_id, title FROM orders)");
    taken("SELECT age * 1.5, score / 2, seen - CURRENT_TIMESTAMP, body ->> 'k', body -> 0 FROM users");
}

static void conditions_are_booleans(void **state)
{
    refused("SELECT id FROM users WHERE age", "argument of WHERE must be type boolean, not type bigint");
    refused("SELECT id FROM users WHERE ok AND 1", "argument of AND must be type boolean, not type integer");
    refused("SELECT NOT age FROM users", "argument of NOT must be type boolean, not type bigint");
    refused("SELECT CASE WHEN age THEN 1 END FROM users", "argument of CASE/WHEN must be type boolean, not type bigint");
    refused("SELECT id FROM users LIMIT 'x' || 'y'", "argument of LIMIT must be type bigint, not type text");
    taken("SELECT id FROM users WHERE NOT ok OR 'true'");
}

static void functions_need_arguments_that_fit(void **state)
{
    refused("SELECT LOWER(age) FROM users", "function lower(bigint) does not exist");
    refused("SELECT LENGTH(age) FROM users", "function length(bigint) does not exist");
    refused("SELECT SUBSTR(age, 1, 2) FROM users", "function substr(bigint, integer, integer) does not exist");
    refused("SELECT SUM(ok) FROM users", "function sum(boolean) does not exist");
    refused("SELECT ROUND(score, 2) FROM users", "function round(double precision, integer) does not exist");
    refused("SELECT MAX(age, 1) FROM users", "function max(bigint, integer) does not exist");
    refused("SELECT IFNULL(name, 'x') FROM users", "function ifnull(text, unknown) does not exist");
    refused("SELECT datetime('now')", "function datetime(unknown) does not exist");
    refused("SELECT LOWER(age || '') || SUM(ok) FROM users GROUP BY age", "function sum(boolean) does not exist");
    refused("SELECT SUBSTR(name, id) FROM users", "function substr(text, bigint) does not exist");
    taken("SELECT LOWER(name), date(seen), date(name), ROUND(age), TRIM(name, 'x'), COUNT(*) FROM users GROUP BY id");
}

static void branches_become_one_type(void **state)
{
    refused("SELECT COALESCE(ok, 0) FROM users", "COALESCE types boolean and integer cannot be matched");
    refused("SELECT CASE WHEN ok THEN 1 ELSE name END FROM users", "CASE types text and integer cannot be matched");
    refused("SELECT id FROM users UNION SELECT title FROM orders", "UNION types bigint and text cannot be matched");
    refused("SELECT NULL UNION SELECT NULL UNION SELECT 1", "UNION types text and integer cannot be matched");
    refused("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + age FROM n JOIN users ON true) SELECT i FROM n",
            "recursive query column 1 has type integer in non-recursive term but type bigint overall");
    refused("SELECT x + 1 FROM (SELECT 'a' AS x) AS s", "operator does not exist: text + integer");
    taken("SELECT COALESCE(age, 0, 1.5), CASE WHEN ok THEN name ELSE 'x' END FROM users UNION ALL SELECT 1, NULL");
}

static void columns_take_what_can_be_assigned(void **state)
{
    refused("INSERT INTO users (id, ok) VALUES (1, 0)", "column \"ok\" is of type boolean but expression is of type integer");
    refused("INSERT INTO users (id, age) VALUES (1, 'many')", "invalid input syntax for type bigint: \"many\"");
    refused("SELECT id FROM users WHERE seen <> ''", "invalid input syntax for type timestamp with time zone: \"\"");
    refused("INSERT INTO users (ok) SELECT 1", "column \"ok\" is of type boolean but expression is of type integer");
    refused("UPDATE users SET age = name", "column \"age\" is of type bigint but expression is of type text");
    refused("UPDATE users SET (id, age) = (1, 'x' || 'y')", "column \"age\" is of type bigint but expression is of type text");
    refused("INSERT INTO users (id, age) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET age = age + 1",
            "column reference \"age\" is ambiguous");
    taken("INSERT INTO users (id, name, age, score) VALUES (1, 2, 2.5, 3) ON CONFLICT (id) DO UPDATE SET age = excluded.age + users.age");
    taken("UPDATE users SET name = age, score = 1 WHERE id = 3 RETURNING id, ok");
}

static void a_column_is_grouped_or_aggregated(void **state)
{
    refused("SELECT name, COUNT(*) FROM users",
            "column \"users.name\" must appear in the GROUP BY clause or be used in an aggregate function");
    refused("SELECT u.name, MAX(age) FROM users u GROUP BY u.age",
            "column \"u.name\" must appear in the GROUP BY clause or be used in an aggregate function");
    refused("SELECT COUNT(*) FROM users GROUP BY age ORDER BY name",
            "column \"users.name\" must appear in the GROUP BY clause or be used in an aggregate function");
    refused("SELECT age, (SELECT MAX(id) FROM orders o WHERE o.title = u.name) FROM users u GROUP BY age",
            "column \"u.name\" must appear in the GROUP BY clause or be used in an aggregate function");
    refused("SELECT id FROM users WHERE COUNT(*) > 1", "aggregate functions are not allowed in WHERE");
    refused("SELECT MAX(COUNT(*)) FROM users", "aggregate function calls cannot be nested");
    refused("SELECT DISTINCT name FROM users ORDER BY age",
            "for SELECT DISTINCT, ORDER BY expressions must appear in select list");
    taken("SELECT id, name, COUNT(*) FROM users GROUP BY id");
    taken("SELECT LOWER(name) || 'x', COUNT(*) FROM users GROUP BY LOWER(users.name) ORDER BY LOWER(name)");
    taken("SELECT name AS n, SUM(COUNT(*)) OVER (ORDER BY name) FROM users GROUP BY n HAVING MAX(age) > 1 ORDER BY 2, n");
    taken("SELECT DISTINCT LOWER(name) FROM users ORDER BY LOWER(users.name)");
}

static void what_is_not_known_is_not_judged(void **state)
{
    unsure_of("SELECT id FROM users WHERE ok = $1");
    unsure_of("SELECT LOWER(x) FROM elsewhere WHERE x = 1");
    unsure_of("SELECT id FROM orders WHERE anything = 1");
    unsure_of("SELECT of_ours(ok) + 1 FROM users");
    unsure_of("SELECT o.name, COUNT(*) FROM elsewhere o");
    unsure_of("SELECT age || age + 1 FROM users"); /* 1 is added first, there */
    unsure_of("PRAGMA foreign_keys");
    refused("SELECT id FROM users WHERE ok + $1 = 2", "operator does not exist: boolean + unknown");
}

static void a_statement_that_multiplies_itself_is_not_followed(void **state)
{
    Given *given = *state;
    Buf    stars = buf_new(given->arena), rows = buf_new(given->arena);

    buf_add(&stars, STR("WITH t0 AS (SELECT 1 AS a, 2 AS b)"));
    for (int i = 1; i < 60; i++)
        buf_format(&stars, ", t%d AS (SELECT x.*, y.* FROM t%d x, t%d y)", i, i - 1, i - 1);
    buf_add(&stars, STR(" SELECT * FROM t59"));
    for (int i = 0; i < 60; i++)
        buf_add(&rows, STR("("));
    buf_add(&rows, STR("NULL"));
    for (int i = 0; i < 60; i++)
        buf_add(&rows, STR(", NULL) IN ((NULL, NULL), (NULL, NULL))"));

    assert_int_equal(typing_of(given->arena, &given->catalog, buf_str(&stars)).verdict, TYPING_UNSURE);
    assert_int_not_equal(typing_of(given->arena, &given->catalog, str_format(given->arena, "SELECT " STR_FORMAT, STR_ARG(buf_str(&rows)))).verdict, TYPING_TAKEN);
}

static void literals_take_the_type_they_meet(void **state)
{
    (void)state;

    assert_int_equal(server_operator("=", SERVER_INT8, SERVER_LITERAL).result, SERVER_BOOL);
    assert_int_equal(server_operator("+", SERVER_TIMESTAMPTZ, SERVER_LITERAL).result, SERVER_TIMESTAMPTZ);
    assert_int_equal(server_operator("->", SERVER_JSONB, SERVER_LITERAL).result, SERVER_JSONB);
    assert_int_equal(server_operator("||", SERVER_LITERAL, SERVER_LITERAL).result, SERVER_TEXT);
    assert_int_equal(server_operator("/", SERVER_INT4, SERVER_FLOAT8).result, SERVER_FLOAT8);
    assert_int_equal(server_operator("*", SERVER_INT4, SERVER_NUMERIC).result, SERVER_NUMERIC);
    assert_int_equal(server_function(STR("date_trunc"), (ServerType[]) { SERVER_LITERAL, SERVER_LITERAL }, 2).found, SERVER_MANY);
    assert_int_equal(server_function(STR("length"), (ServerType[]) { SERVER_LITERAL }, 1).result, SERVER_INT4);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, open_catalog, close_catalog)
    const struct CMUnitTest tests[] = {
        TEST(operators_need_types_that_fit),
        TEST(conditions_are_booleans),
        TEST(functions_need_arguments_that_fit),
        TEST(branches_become_one_type),
        TEST(columns_take_what_can_be_assigned),
        TEST(a_column_is_grouped_or_aggregated),
        TEST(what_is_not_known_is_not_judged),
        TEST(a_statement_that_multiplies_itself_is_not_followed),
        TEST(literals_take_the_type_they_meet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
