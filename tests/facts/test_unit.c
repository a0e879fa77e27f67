#include "tests/facts/linked.h"

#define CONN "import sqlite3\nconn = sqlite3.connect('')\n"

/* The units as "id: method method; …", without those that open connections. */
static Str shown_units(const Linked *linked)
{
    Buf out = buf_new(linked->arena);

    vec_each(unit, &linked->units.units) {
        if (unit->kind == UNIT_PROVIDER)
            continue;
        buf_format(&out, "%s" STR_FORMAT ":", out.len ? "; " : "", STR_ARG(unit->id));
        vec_each(index, &unit->calls) {
            assert_int_equal(linked->units.unit_of[*index], unit->index);
            buf_format(&out, " %s", method_name(linked->calls.items[*index].method));
        }
    }
    return buf_str(&out);
}

static void assert_units(Arena *arena, const char *text, const char *expected)
{
    assert_text(shown_units(link_text(arena, text)), expected);
}

static void statements_of_a_cursor_stand_alone_with_what_reads_them(void **state)
{
    assert_units(*state,
                 CONN "def f():\n    cur = conn.cursor()\n    cur.execute('a')\n    cur.fetchone()\n    cur.execute('b')\n"
                      "    conn.commit()\n    cur.close()\n",
                 "app.py::f: cursor close; app.py::f#2: execute fetchone; app.py::f#3: execute");
}

static void statements_that_one_reader_may_see_are_one_unit(void **state)
{
    assert_units(*state,
                 CONN "def f(x):\n    cur = conn.cursor()\n    if x:\n        cur.execute('a')\n    else:\n"
                      "        cur.execute('b')\n    cur.fetchone()\n    cur.execute('c')\n",
                 "app.py::f: cursor; app.py::f#2: execute execute fetchone; app.py::f#3: execute");
}

static void statements_of_a_cursor_that_is_handed_on_are_one_unit(void **state)
{
    assert_units(*state,
                 CONN "def f(g):\n    cur = conn.cursor()\n    cur.execute('a')\n    cur.execute('b')\n    g(cur)\n",
                 "app.py::f: cursor execute execute");
}


static void statements_on_the_connection_stand_alone(void **state)
{
    assert_units(*state,
                 CONN "def f():\n    conn.execute('a').fetchall()\n    conn.execute('b')\n    conn.commit()\n    conn.close()\n",
                 "app.py::f: fetchall execute; app.py::f#2: execute");
}

static void results_of_one_variable_are_told_apart(void **state)
{
    assert_units(*state,
                 CONN "def f():\n    r = conn.execute('a')\n    r.fetchone()\n    r = conn.execute('b')\n    r.fetchone()\n"
                      "def g():\n    r = conn.execute('c')\n",
                 "app.py::f: execute fetchone; app.py::f#2: execute fetchone; app.py::g: execute");
}

static void users_of_one_constant_are_one_unit(void **state)
{
    assert_units(*state,
                 CONN "Q = 'SELECT 1'\nT = 't'\ndef f():\n    conn.execute(Q)\ndef g():\n    conn.execute(Q)\n"
                      "def h():\n    conn.execute('SELECT 2')\n"
                      "def i():\n    conn.execute('SELECT 3 FROM ' + T)\ndef j():\n    conn.execute('SELECT 4 FROM ' + T)\n",
                 "app.py::f: execute execute; app.py::h: execute; app.py::i: execute execute");
}

static void constants_unite_across_modules(void **state)
{
    Project *project = project_given(*state);
    add_module(project, "a.py", CONN "from sql import Q\nconn.execute(Q)\n");
    add_module(project, "b.py", CONN "import sql\nconn.execute(sql.Q)\n");
    add_module(project, "sql.py", "Q = 'SELECT 1'\n");

    assert_text(shown_units(link_project(project)), "a.py::<module>#2: execute execute");
}

static void a_wrapper_and_each_of_its_callers_are_units(void **state)
{
    assert_units(*state,
                 CONN "def q(sql, args=()):\n    return conn.execute(sql, args)\ndef f():\n    q('a')\ndef g():\n    q('b')\n",
                 "app.py::q: execute; app.py::f: wrapper; app.py::g: wrapper");
}

static void statements_under_one_handler_are_one_unit(void **state)
{
    assert_units(*state,
                 CONN "def f():\n    try:\n        conn.execute('a')\n        try:\n            conn.execute('b')\n"
                      "        except sqlite3.Error:\n            pass\n        conn.execute('c')\n"
                      "    except (ValueError, sqlite3.IntegrityError) as e:\n        conn.execute('d')\n"
                      "    try:\n        conn.execute('e')\n    except ValueError:\n        pass\n",
                 "app.py::f: execute execute; app.py::f#2: execute; app.py::f#3: execute; app.py::f#4: execute");
}

static void a_handler_is_found_around_its_body_only(void **state)
{
    const Linked *linked = link_text(*state, CONN "try:\n    conn.execute('a')\nexcept conn.Error:\n    conn.execute('b')\n"
                                                  "else:\n    conn.execute('c')\n"
                                                  "try:\n    def f():\n        conn.execute('d')\nexcept sqlite3.Error:\n    pass\n");

    assert_true(try_with_sqlite_handler(linked->model, linked->module, call_of(linked, METHOD_EXECUTE, 1)->call));
    for (int nth = 2; nth <= 4; nth++)
        assert_false(try_with_sqlite_handler(linked->model, linked->module, call_of(linked, METHOD_EXECUTE, nth)->call));
}

static const Unit *unit_named(const Linked *linked, const char *id)
{
    vec_each(unit, &linked->units.units)
        if (str_is(unit->id, id))
            return unit;
    fail_msg("there is no unit %s", id);
    return NULL;
}

static void a_cursor_needs_its_statements_and_a_call_its_wrapper(void **state)
{
    const Linked *linked = link_text(*state, CONN "def q(sql):\n    return conn.execute(sql)\n"
                                                  "def f():\n    q('a')\n    cur = conn.cursor()\n    cur.execute('b')\n");
    const Unit   *wrapper = unit_named(linked, "app.py::q"), *call = unit_named(linked, "app.py::f");
    const Unit   *cursor = unit_named(linked, "app.py::f#2"), *statement = unit_named(linked, "app.py::f#3");

    assert_text(shown_units(linked), "app.py::q: execute; app.py::f: wrapper; app.py::f#2: cursor; app.py::f#3: execute");
    assert_int_equal(call->needs.count, 1);
    assert_int_equal(call->needs.items[0], wrapper->index);
    assert_int_equal(cursor->kind, UNIT_CURSOR);
    assert_int_equal(cursor->needs.count, 1);
    assert_int_equal(cursor->needs.items[0], statement->index);
    assert_int_equal(statement->needs.count, 0);
    assert_int_equal(statement->origins.count, 1); /* by way of the cursor */
}

static void a_connection_gives_origins_and_unites_nothing(void **state)
{
    const Linked *linked = link_text(*state, "import sqlite3\nA = sqlite3.connect('a')\nB = sqlite3.connect('b')\n"
                                             "def f(conn):\n    conn.execute('x')\ndef g(conn):\n    conn.execute('y')\n"
                                             "f(A)\nf(B)\ng(B)\n");
    const Unit   *f = unit_named(linked, "app.py::f"), *g = unit_named(linked, "app.py::g");

    assert_int_equal(f->origins.count, 2);
    assert_int_equal(g->origins.count, 1);
    assert_text(tree_text(&linked->module->tree, g->origins.items[0].node), "sqlite3.connect('b')");
    assert_int_equal(f->sql_calls, 1);
}

static void opening_a_connection_is_a_unit_of_its_own(void **state)
{
    const Linked *linked = link_text(*state, "import sqlite3\ndef get_db():\n    conn = sqlite3.connect('a')\n"
                                             "    conn.execute('PRAGMA foreign_keys = ON')\n    return conn\n"
                                             "def f():\n    get_db().execute('SELECT 1')\n");

    assert_int_equal(linked->units.units.count, 2);
    assert_int_equal(linked->units.units.items[0].kind, UNIT_PROVIDER);
    assert_int_equal(linked->units.units.items[0].calls.count, 2); /* with the PRAGMA that sets it up */
    assert_text(linked->units.units.items[1].id, "app.py::f");
}

static void commit_rollback_and_close_belong_to_no_unit(void **state)
{
    const Linked *linked = link_text(*state, CONN "conn.commit()\nconn.rollback()\nconn.close()\n");

    assert_int_equal(linked->calls.count, 4);
    for (size_t i = 1; i < linked->calls.count; i++)
        assert_int_equal(linked->units.unit_of[i], NO_UNIT);
    assert_text(shown_units(linked), "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(statements_of_a_cursor_stand_alone_with_what_reads_them),
        TEST(statements_that_one_reader_may_see_are_one_unit),
        TEST(statements_of_a_cursor_that_is_handed_on_are_one_unit),
        TEST(a_cursor_needs_its_statements_and_a_call_its_wrapper),
        TEST(statements_on_the_connection_stand_alone),
        TEST(results_of_one_variable_are_told_apart),
        TEST(users_of_one_constant_are_one_unit),
        TEST(constants_unite_across_modules),
        TEST(a_wrapper_and_each_of_its_callers_are_units),
        TEST(statements_under_one_handler_are_one_unit),
        TEST(a_handler_is_found_around_its_body_only),
        TEST(a_connection_gives_origins_and_unites_nothing),
        TEST(opening_a_connection_is_a_unit_of_its_own),
        TEST(commit_rollback_and_close_belong_to_no_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
