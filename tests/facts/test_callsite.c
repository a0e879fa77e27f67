#include "tests/facts/linked.h"

#define PRELUDE "import sqlite3\nconn = sqlite3.connect('a.db')\ncur = conn.cursor()\n"

static const Linked *link_after_prelude(Arena *arena, const char *code)
{
    return link_text(arena, str_cstr(arena, str_format(arena, PRELUDE "%s", code)));
}

static Str text_at(const Callsite *site, NodeId node)
{
    return tree_text(&site->module->tree, node);
}

static void every_call_on_a_connection_or_cursor_is_found(void **state)
{
    static const Method expected[] = { METHOD_CONNECT,  METHOD_CURSOR, METHOD_EXECUTE,
                                       METHOD_FETCHALL, METHOD_COMMIT, METHOD_CLOSE };
    const Linked *linked = link_after_prelude(*state, "def f():\n    cur.execute('SELECT 1')\n    r = cur.fetchall()\n"
                                                      "    conn.commit()\n    other.execute('SELECT 2')\n"
                                                      "    conn.close()\n    r.append(1)\n");

    assert_int_equal(linked->calls.count, sizeof expected / sizeof *expected);
    for (uint32_t i = 0; i < linked->calls.count; i++) {
        assert_int_equal(linked->calls.items[i].method, expected[i]);
        assert_int_equal(linked->calls.items[i].index, i);
    }
    const Callsite *execute = call_of(linked, METHOD_EXECUTE, 1);
    assert_int_equal(execute->role, ROLE_CURSOR);
    assert_int_equal(execute->certainty, CERTAINTY_YES);
    assert_text(text_at(execute, execute->receiver), "cur");
    assert_text(text_at(execute, execute->name), "execute");
    assert_text(text_at(execute, execute->because.node), "conn.cursor()");
    assert_kind(execute->module, execute->function, PY_FUNCTION);
    assert_int_equal(linked->calls.items[0].function, 0);
}

static void calls_are_found_again_by_their_node(void **state)
{
    const Linked *linked = link_after_prelude(*state, "conn.execute('a').fetchone()\nconn.execute('b').fetchall()\n");

    vec_each(site, &linked->calls)
        assert_ptr_equal(callsite_at(&linked->calls, site->module, site->call), site);
    assert_null(callsite_at(&linked->calls, linked->module, 1));
    assert_null(callsite_at(&(CallsiteVec) { 0 }, linked->module, 1));
}

static void assert_params(Arena *arena, const char *code, ParamShape shape, size_t items, bool exact)
{
    const Linked *linked = link_after_prelude(arena, code);
    const Params *params = NULL;

    vec_each(site, &linked->calls)
        if (method_is_sql(site->method))
            params = &site->params;
    assert_non_null(params);
    if (params->shape != shape)
        fail_msg("%s: the parameters are %s, expected %s", code, param_shape_name(params->shape), param_shape_name(shape));
    assert_int_equal(params->items.count, items);
    assert_int_equal(params->is_exact, exact);
}

static void parameters_have_a_shape(void **state)
{
    assert_params(*state, "cur.execute('a')", PARAMS_NONE, 0, false);
    assert_params(*state, "cur.execute('a', (1,))", PARAMS_TUPLE, 1, true);
    assert_params(*state, "cur.execute('a', ())", PARAMS_TUPLE, 0, true);
    assert_params(*state, "cur.execute('a', [1, x])", PARAMS_LIST, 2, true);
    assert_params(*state, "cur.execute('a', {'k': 1})", PARAMS_DICT, 1, true);
    assert_params(*state, "cur.execute('a', {**d, 'k': 1})", PARAMS_DICT, 2, false);
    assert_params(*state, "cur.execute('a', (*x, 1))", PARAMS_TUPLE, 2, false);
    assert_params(*state, "cur.execute('a', (x))", PARAMS_VARIABLE, 0, false);
    assert_params(*state, "args = (1, 2)\ncur.execute('a', args)", PARAMS_VARIABLE, 2, true);
    assert_params(*state, "args = []\nargs.append(1)\ncur.execute('a', args)", PARAMS_APPENDED, 0, false);
    assert_params(*state, "args = []\nargs += [1]\ncur.execute('a', args)", PARAMS_APPENDED, 0, false);
    assert_params(*state, "args = (1,)\nargs = (2,)\ncur.execute('a', args)", PARAMS_VARIABLE, 0, false);
    assert_params(*state, "cur.executemany('a', (x for x in y))", PARAMS_GENERATOR, 0, false);
    assert_params(*state, "cur.executemany('a', [(x,) for x in y])", PARAMS_GENERATOR, 0, false);
    assert_params(*state, "cur.execute('a', tuple(x))", PARAMS_VARIABLE, 0, false);
    assert_params(*state, "cur.execute('a', x + [1])", PARAMS_APPENDED, 0, false);
    assert_params(*state, "cur.execute('a', [1] + x)", PARAMS_LIST, 0, false);
    assert_params(*state, "cur.execute('a', x * 2)", PARAMS_UNKNOWN, 0, false);
    assert_params(*state, "cur.execute('a', self.args)", PARAMS_VARIABLE, 0, false);
    assert_params(*state, "cur.execute(*both)", PARAMS_UNKNOWN, 0, false);
    assert_params(*state, "cur.execute('a', *more)", PARAMS_UNKNOWN, 0, false);
    assert_params(*state, "cur.execute('a', # why\n (1,  # one\n 2))", PARAMS_TUPLE, 2, true);
}

static void a_call_without_arguments_does_no_harm(void **state)
{
    const Linked   *linked = link_after_prelude(*state, "cur.execute()\ncur.execute(x for x in y)\n");
    const Callsite *site   = call_of(linked, METHOD_EXECUTE, 1);

    assert_int_equal(site->sql_node, 0);
    assert_int_equal(site->sql.text.len, 0);
    assert_int_equal(site->sql.shape, SHAPE_UNKNOWN);
}

static void wrappers_hand_sql_and_values_on(void **state)
{
    const Linked *linked = link_after_prelude(*state, "def query_db(sql, args=(), one=False):\n"
                                                      "    return conn.execute(sql, args).fetchall()\n"
                                                      "query_db('SELECT ?', (1,), one=True)\n"
                                                      "query_db(args=[2, 3], sql='SELECT 2')\n"
                                                      "query_db('SELECT 3', one=True)\n");

    const Callsite *first = call_of(linked, METHOD_WRAPPER, 1);
    assert_text(first->sql.text, "SELECT ?");
    assert_text(first->callee, "query_db");
    assert_int_equal(first->params.shape, PARAMS_TUPLE);
    assert_text(text_at(first, first->because.node), "conn.execute(sql, args)");
    assert_text(text_at(first, first->name), "query_db");
    assert_int_equal(first->receiver, 0);
    const Callsite *second = call_of(linked, METHOD_WRAPPER, 2);
    assert_text(second->sql.text, "SELECT 2");
    assert_int_equal(second->params.items.count, 2);
    assert_int_equal(call_of(linked, METHOD_WRAPPER, 3)->params.shape, PARAMS_NONE);
}

static void methods_wrap_too_and_wrappers_wrap_wrappers(void **state)
{
    static const char *const texts[]  = { "SELECT ?", "SELECT 2", "SELECT 3", "SELECT 4" };
    static const ParamShape  shapes[] = { PARAMS_TUPLE, PARAMS_NONE, PARAMS_LIST, PARAMS_NONE };
    const Linked *linked = link_after_prelude(*state,
                                              "class Db:\n    def run(self, sql, *args):\n        return conn.execute(sql, args)\n"
                                              "    def one(self, params, query):\n        return self.run(query).fetchone()\n"
                                              "    @staticmethod\n    def static(sql, params):\n        conn.execute(sql, params)\n"
                                              "db = Db()\ndb.run('SELECT ?', 1)\ndb.one((), 'SELECT 2')\n"
                                              "Db.static('SELECT 3', [1])\ndb.run('SELECT 4')\n");

    for (int i = 0; i < 4; i++) {
        const Callsite *site = call_of(linked, METHOD_WRAPPER, i + 2); /* the first is self.run(query) */
        assert_text(site->sql.text, texts[i]);
        assert_int_equal(site->params.shape, shapes[i]);
        assert_true(site->receiver);
    }
}

static void a_parameter_may_be_handed_on_with_something_added(void **state)
{
    const Linked *linked = link_after_prelude(*state, "def f(sql):\n    sql = sql.rstrip() + ' LIMIT 1'\n    conn.execute(sql)\n"
                                                      "f('SELECT 1')\n");

    assert_text(call_of(linked, METHOD_WRAPPER, 1)->sql.text, "SELECT 1");
}

static void a_parameter_that_is_replaced_first_is_not_handed_on(void **state)
{
    const Linked *linked = link_after_prelude(*state, "def f(sql):\n    sql = 'SELECT 2'\n    conn.execute(sql)\n"
                                                      "f('SELECT 1')\n");

    vec_each(site, &linked->calls)
        assert_true(site->method != METHOD_WRAPPER);
}

static void a_parameter_may_be_handed_on_by_an_inner_function(void **state)
{
    const Linked *linked = link_after_prelude(*state, "def f(sql, values=()):\n"
                                                      "    def work():\n        return conn.execute(sql, values or [])\n"
                                                      "    return work()\n"
                                                      "f('SELECT ?', (1,))\n");
    const Callsite *site = call_of(linked, METHOD_WRAPPER, 1);

    assert_text(site->sql.text, "SELECT ?");
    assert_int_equal(site->params.shape, PARAMS_TUPLE);
}

static void a_part_of_a_statement_is_told_from_a_name(void **state)
{
    const Linked *linked = link_after_prelude(*state, "def f(table, where):\n"
                                                      "    conn.execute(f'SELECT * FROM t {where}')\n"
                                                      "def g(table):\n"
                                                      "    conn.execute(f'SELECT * FROM {table}')\n"
                                                      "f('t', 'WHERE a = ?')\n"
                                                      "g('t')\n");

    assert_text(call_of(linked, METHOD_WRAPPER, 1)->sql.text, "WHERE a = ?");
    uint32_t wrappers = 0;
    vec_each(site, &linked->calls)
        wrappers += site->method == METHOD_WRAPPER;
    assert_int_equal(wrappers, 1);
}

static void statements_may_be_handed_on_one_by_one(void **state)
{
    const Linked *linked = link_after_prelude(*state, "def f(statements):\n"
                                                      "    for one in statements:\n        conn.execute(one[0], one[1])\n"
                                                      "f([['SELECT ?', (1,)]])\n");

    assert_int_equal(call_of(linked, METHOD_WRAPPER, 1)->sql.shape, SHAPE_UNKNOWN);
}

static void what_a_connection_gives_is_no_part_of_it(void **state)
{
    const Linked *linked = link_after_prelude(*state, "def f(db):\n"
                                                      "    for (name,) in names(db):\n        conn.execute(f'DROP TABLE {name}')\n"
                                                      "f('a b')\n");

    vec_each(site, &linked->calls)
        assert_true(site->method != METHOD_WRAPPER);
}

static void a_wrapper_that_calls_itself_ends(void **state)
{
    const Linked *linked = link_after_prelude(*state, "def f(sql):\n    conn.execute(sql)\n    f(sql)\nf('SELECT 1')\n");

    assert_text(call_of(linked, METHOD_WRAPPER, 2)->sql.text, "SELECT 1");
}

static void receivers_of_several_kinds_are_maybe(void **state)
{
    const Linked *linked = link_text(*state, "import sqlite3, psycopg2\nfrom sqlalchemy import create_engine\n"
                                             "def f(c):\n    c.execute('SELECT 1')\n"
                                             "f(sqlite3.connect(''))\nf(psycopg2.connect(''))\n"
                                             "def g(c):\n    c.execute('SELECT 2')\n"
                                             "g(sqlite3.connect(''))\ng(create_engine('').connect())\n"
                                             "def h(c):\n    c.execute('SELECT 3')\nh(create_engine('').connect())\n"
                                             "psycopg2.connect('').execute('SELECT 4')\n");

    const Callsite *foreign = call_of(linked, METHOD_EXECUTE, 1);
    assert_true(foreign->is_mixed);
    assert_int_equal(foreign->certainty, CERTAINTY_MAYBE);
    const Callsite *half = call_of(linked, METHOD_EXECUTE, 2);
    assert_true(half->is_mixed);
    assert_int_equal(half->role, ROLE_CONNECTION);
    assert_false(half->is_ported);
    const Callsite *ported = call_of(linked, METHOD_EXECUTE, 3);
    assert_true(ported->is_ported);
    assert_int_equal(ported->certainty, CERTAINTY_YES);
    vec_each(site, &linked->calls)
        assert_false(str_is(site->sql.text, "SELECT 4"));
}

static void a_statement_of_another_database_speaks_against_a_likely_receiver(void **state)
{
    const Linked *linked = link_text(*state, "import sqlite3, psycopg2\n"
                                             "def f(c):\n"
                                             "    c.execute('SELECT 1 WHERE a = ?', (1,))\n"
                                             "    c.execute('SELECT 1 WHERE a = %s', (1,))\n"
                                             "f(sqlite3.connect(''))\nf(psycopg2.connect(''))\n");
    uint32_t count = 0;

    vec_each(site, &linked->calls)
        count += site->method == METHOD_EXECUTE;
    assert_int_equal(count, 1);
}

static void connections_are_opened_at_callsites(void **state)
{
    const Linked *linked = link_text(*state, "import sqlite3 as s\nfrom sqlite3 import connect\ndef f():\n    a = s.connect('x')\n"
                                             "    return connect('y')\nz = s.Connection('')\n");

    assert_int_equal(linked->calls.count, 3);
    assert_text(text_at(&linked->calls.items[0], linked->calls.items[0].name), "connect");
    assert_int_equal(linked->calls.items[0].role, ROLE_SQLITE_MODULE);
    assert_text(text_at(&linked->calls.items[1], linked->calls.items[1].name), "connect");
    assert_int_equal(linked->calls.items[2].method, METHOD_CONNECT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(every_call_on_a_connection_or_cursor_is_found),
        TEST(calls_are_found_again_by_their_node),
        TEST(parameters_have_a_shape),
        TEST(a_call_without_arguments_does_no_harm),
        TEST(wrappers_hand_sql_and_values_on),
        TEST(methods_wrap_too_and_wrappers_wrap_wrappers),
        TEST(a_parameter_may_be_handed_on_with_something_added),
        TEST(a_parameter_that_is_replaced_first_is_not_handed_on),
        TEST(a_parameter_may_be_handed_on_by_an_inner_function),
        TEST(a_part_of_a_statement_is_told_from_a_name),
        TEST(statements_may_be_handed_on_one_by_one),
        TEST(what_a_connection_gives_is_no_part_of_it),
        TEST(a_wrapper_that_calls_itself_ends),
        TEST(receivers_of_several_kinds_are_maybe),
        TEST(a_statement_of_another_database_speaks_against_a_likely_receiver),
        TEST(connections_are_opened_at_callsites),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
