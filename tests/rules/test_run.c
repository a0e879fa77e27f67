/* What the runner adds to what rules say: settings, doubles, names over time; and what rules ask of
 * the facts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/rules/analysis.h"

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

static const char two_deletes[] = "import sqlite3\n"
                                  "con = sqlite3.connect(\"a\")\n"
                                  "def f():\n"
                                  "    con.execute(\"DELETE FROM seen\")\n"
                                  "    con.execute(\"DELETE FROM seen\")\n";

/* Findings of one rule, or of all, in a file pkg/mod.py. */
static FindingVec find(Arena *arena, const char *text, const char *id)
{
    const RegisteredRule *entry = id ? rule_find(str_of(id)) : NULL;

    assert_true(!id || entry);
    return analysis_of(arena, STR("pkg/mod.py"), str_of(text), id ? entry->rule : NULL)->findings;
}

static uint32_t line_of(const Finding *finding)
{
    return source_line_of(finding->source, finding->lo);
}

static void equal_findings_of_one_scope_have_different_fingerprints(void **state)
{
    FindingVec got = find(*state, two_deletes, "execute/string-without-text");

    assert_int_equal(got.count, 2);
    assert_false(str_eq(got.items[0]->fingerprint, got.items[1]->fingerprint));
    assert_true(str_is(got.items[0]->scope, "pkg.mod.f"));
}

static void fingerprints_stay_when_lines_move(void **state)
{
    Arena     *arena  = *state;
    char      *moved  = str_cstr(arena, str_format(arena, "# a comment\n\n%s", two_deletes));
    FindingVec before = find(arena, two_deletes, NULL), after = find(arena, moved, NULL);

    assert_true(before.count > 0);
    assert_int_equal(before.count, after.count);
    for (size_t i = 0; i < before.count; i++) {
        assert_true(str_eq(before.items[i]->fingerprint, after.items[i]->fingerprint));
        assert_true(before.items[i]->lo < after.items[i]->lo);
    }
}

static void fingerprints_change_with_the_text_they_are_about(void **state)
{
    FindingVec one =
        find(*state, "import sqlite3\nsqlite3.connect(\"a\").execute(\"DELETE FROM seen\")\n",
             "execute/string-without-text");
    FindingVec two =
        find(*state, "import sqlite3\nsqlite3.connect(\"a\").execute(\"DELETE FROM users\")\n",
             "execute/string-without-text");

    assert_int_equal(one.count, 1);
    assert_int_equal(two.count, 1);
    assert_false(str_eq(one.items[0]->fingerprint, two.items[0]->fingerprint));
}

static void one_import_statement_with_two_names_is_one_finding(void **state)
{
    FindingVec got = find(*state, "from sqlite3 import connect, Row\n", "connect/sqlite3-import");

    assert_int_equal(got.count, 1);
}

static void a_module_that_is_called_sqlite3_in_a_package_is_another_one(void **state)
{
    FindingVec got = find(*state, "from .sqlite3 import connect\nfrom mysqlite3 import x\n",
                          "connect/sqlite3-import");

    assert_int_equal(got.count, 0);
}

static void members_of_an_exception_tuple_are_reported_one_by_one(void **state)
{
    FindingVec got =
        find(*state,
             "import sqlite3\n"
             "try:\n"
             "    pass\n"
             "except (ValueError, sqlite3.IntegrityError, sqlite3.OperationalError) as e:\n"
             "    pass\n",
             "errors/sqlite3-exception");

    assert_int_equal(got.count, 2);
    assert_int_equal(got.items[0]->hi - got.items[0]->lo, strlen("sqlite3.IntegrityError"));
}

static void exceptions_of_a_connection_are_those_of_sqlite3(void **state)
{
    FindingVec got = find(*state,
                          "import sqlite3\n"
                          "db = sqlite3.connect('a')\n"
                          "try:\n"
                          "    db.execute('DELETE FROM seen')\n"
                          "except db.IntegrityError:\n"
                          "    pass\n",
                          "errors/sqlite3-exception");

    assert_int_equal(got.count, 1);
}

static void who_opens_a_connection_may_commit_it(void **state)
{
    FindingVec got = find(*state,
                          "import sqlite3\n"
                          "def job():\n"
                          "    con = sqlite3.connect('a')\n"
                          "    con.commit()\n"
                          "    helper(con)\n"
                          "def helper(con):\n"
                          "    con.commit()\n",
                          "transactions/commit-in-service");

    assert_int_equal(got.count, 1);
    assert_int_equal(line_of(got.items[0]), 7);
    assert_int_equal(got.items[0]->notes.count, 2);
    assert_int_equal(
        source_line_of(got.items[0]->notes.items[0].source, got.items[0]->notes.items[0].at), 3);
    assert_int_equal( /* where it is handed on */
        source_line_of(got.items[0]->notes.items[1].source, got.items[0]->notes.items[1].at), 5);
}

static void what_is_no_connection_may_have_the_same_methods(void **state)
{
    FindingVec got = find(*state,
                          "import sqlite3, requests\n"
                          "def job(session, thing):\n"
                          "    session.execute('seen', (1,))\n"
                          "    thing.cursor().execute('x')\n"
                          "    session.commit()\n"
                          "    requests.get('x').cursor()\n",
                          NULL);

    assert_int_equal(got.count, 1); /* the import */
}

static void what_runs_sql_beside_sqlite3_alone_is_likely_sqlite3s(void **state)
{
    FindingVec got = find(*state,
                          "import sqlite3\n"
                          "def job(session):\n"
                          "    session.execute('DELETE FROM seen WHERE id = 1')\n",
                          "execute/string-without-text");

    assert_int_equal(got.count, 1);
    assert_int_equal(got.items[0]->certainty, CERTAINTY_MAYBE);
}

static void what_runs_sql_beside_another_library_may_be_that_ones(void **state)
{
    FindingVec got = find(*state,
                          "import sqlite3, psycopg2\n"
                          "def job(session):\n"
                          "    session.execute('DELETE FROM seen WHERE id = 1')\n",
                          "execute/string-without-text");

    assert_int_equal(got.count, 0);
}

static void a_variable_that_grows_brings_its_placeholders(void **state)
{
    FindingVec got = find(*state,
                          "import sqlite3\n"
                          "con = sqlite3.connect('a')\n"
                          "def listed(name, ids):\n"
                          "    sql = 'SELECT id FROM users'\n"
                          "    if name:\n"
                          "        sql += ' WHERE name = ?'\n"
                          "    con.execute(sql, [name])\n"
                          "    marks = ','.join('?' * len(ids))\n"
                          "    con.execute(f'SELECT id FROM users WHERE id IN ({marks})', ids)\n"
                          "    con.execute(f'SELECT id FROM {name}')\n",
                          "params/qmark-placeholder");

    assert_int_equal(got.count, 2);
}

static void a_question_mark_within_a_string_of_sql_is_no_placeholder(void **state)
{
    FindingVec got =
        find(*state, "import sqlite3\nsqlite3.connect('a').execute(\"SELECT 'why?' -- ?\\n\")\n",
             "params/qmark-placeholder");

    assert_int_equal(got.count, 0);
}

static void a_time_with_a_zone_is_fine(void **state)
{
    FindingVec got =
        find(*state,
             "import sqlite3\n"
             "from datetime import datetime, timezone\n"
             "con = sqlite3.connect('a')\n"
             "def touch(uid):\n"
             "    con.execute('UPDATE users SET seen_at = ?', (datetime.now(timezone.utc),))\n"
             "    con.execute('UPDATE users SET seen_at = ?', "
             "(datetime.utcnow().replace(tzinfo=timezone.utc),))\n",
             "types/naive-timestamp");

    assert_int_equal(got.count, 0);
}

static void a_time_is_followed_through_variables_and_functions(void **state)
{
    FindingVec got = find(
        *state,
        "import sqlite3\n"
        "import datetime\n"
        "con = sqlite3.connect('a')\n"
        "def stamp():\n"
        "    return datetime.datetime.utcnow().isoformat()\n"
        "def touch(uid):\n"
        "    now = datetime.datetime.now()\n"
        "    con.execute('UPDATE users SET seen_at = ? WHERE id = ?', (now.isoformat(), uid))\n"
        "    con.execute('UPDATE users SET seen_at = ? WHERE id = ?', (stamp(), uid))\n",
        "types/naive-timestamp");

    assert_int_equal(got.count, 2);
    assert_int_equal(line_of(got.items[0]), 5);
    assert_int_equal(line_of(got.items[1]), 7);
}

static void an_annotation_in_quotes_is_one_as_well(void **state)
{
    FindingVec got = find(
        *state,
        "import sqlite3\n"
        "from typing import Optional\n"
        "def f(a: 'sqlite3.Connection', b: Optional[sqlite3.Cursor] = None, c: int = 1) -> 'str':\n"
        "    d: sqlite3.Row | None = None\n",
        "connect/sqlite3-annotation");

    assert_int_equal(got.count, 3);
}

static void a_secret_is_in_no_message_and_no_fingerprint_depends_on_it(void **state)
{
    FindingVec one =
        find(*state, "url = 'postgres://app:Tr0ub4dor@db.internal/x'\n", "secrets/postgres-url");
    FindingVec two =
        find(*state, "url = 'postgres://app:c0rrectH0rse@db.internal/x'\n", "secrets/postgres-url");

    assert_int_equal(one.count, 1);
    assert_false(str_contains(one.items[0]->message, STR("Tr0ub4dor")));
    assert_true(str_eq(one.items[0]->fingerprint, two.items[0]->fingerprint));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(equal_findings_of_one_scope_have_different_fingerprints),
        TEST(fingerprints_stay_when_lines_move),
        TEST(fingerprints_change_with_the_text_they_are_about),
        TEST(one_import_statement_with_two_names_is_one_finding),
        TEST(a_module_that_is_called_sqlite3_in_a_package_is_another_one),
        TEST(members_of_an_exception_tuple_are_reported_one_by_one),
        TEST(exceptions_of_a_connection_are_those_of_sqlite3),
        TEST(who_opens_a_connection_may_commit_it),
        TEST(what_is_no_connection_may_have_the_same_methods),
        TEST(what_runs_sql_beside_sqlite3_alone_is_likely_sqlite3s),
        TEST(what_runs_sql_beside_another_library_may_be_that_ones),
        TEST(a_variable_that_grows_brings_its_placeholders),
        TEST(a_question_mark_within_a_string_of_sql_is_no_placeholder),
        TEST(a_time_with_a_zone_is_fine),
        TEST(a_time_is_followed_through_variables_and_functions),
        TEST(an_annotation_in_quotes_is_one_as_well),
        TEST(a_secret_is_in_no_message_and_no_fingerprint_depends_on_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
