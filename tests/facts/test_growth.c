#include "tests/facts/linked.h"

#include "analyzers/facts/growth.h"

/* What the n-th execute() may get, as "text [values] | …"; "-" if nothing is followed, "?" behind it if that is not all. */
static Str growth_at(Arena *arena, const char *body, int n)
{
    Buf code = buf_new(arena), out = buf_new(arena);
    Str rest = str_of(body), line;

    buf_add(&code, STR("import sqlite3\ndef f(conn: sqlite3.Connection, a, b, c):\n"));
    while (str_cut(&rest, '\n', &line))
        buf_format(&code, "    " STR_FORMAT "\n", STR_ARG(line));
    const Linked   *linked = link_text(arena, str_cstr(arena, buf_str(&code)));
    const Callsite *call   = call_of(linked, METHOD_EXECUTE, n);
    const Growth   *growth = growth_of(arena, linked->model, call);
    if (!growth)
        return STR("-");
    vec_each(shape, &growth->shapes) {
        if (out.len)
            buf_add(&out, STR(" | "));
        for (size_t i = 0; i < shape->text.text.len; i++)
            buf_add(&out, shape->text.text.ptr[i] == HOLE_BYTE ? STR("{}") : str_slice(shape->text.text, i, i + 1));
        buf_add(&out, STR(" ["));
        vec_each(item, &shape->values)
            buf_format(&out, "%s%s" STR_FORMAT, item == shape->values.items ? "" : ", ", item->is_spread ? "*" : "",
                       STR_ARG(tree_text(&call->module->tree, item->node)));
        buf_add(&out, STR("]"));
    }
    return growth->certain && growth->knows_values ? buf_str(&out) : str_format(arena, STR_FORMAT " ?", STR_ARG(buf_str(&out)));
}

static void what_stands_at_the_call_is_not_followed(void **state)
{
    assert_text(growth_at(*state, "conn.execute('x = ?', (a,))", 1), "-");
    assert_text(growth_at(*state, "conn.execute(make(), a)", 1), "-");
}

static void each_path_is_a_shape(void **state)
{
    assert_text(growth_at(*state, "q = 'x'\np = []\nif a:\n    q += ' a = ?'\n    p.append(a)\nconn.execute(q, p)", 1),
                "x a = ? [a] | x []");
    assert_text(growth_at(*state, "if a:\n    q = 'x'\nelse:\n    q = 'y'\nconn.execute(q)", 1), "x [] | y []");
    assert_text(growth_at(*state, "q = 'x' if a else 'y'\nconn.execute(q + ' z')", 1), "x z [] | y z []");
}

static void what_cannot_change_is_asked_once(void **state)
{
    assert_text(growth_at(*state, "q = 'x'\np = []\nif a:\n    q += '?'\nif a:\n    p.append(b)\nconn.execute(q, p)", 1),
                "x? [b] | x []");
    assert_text(growth_at(*state, "q = 'x'\np = []\nif a:\n    q += '?'\na.pop()\nif a:\n    p.append(b)\nconn.execute(q, p)", 1),
                "x? [b] | x [b] | x? [] | x []");
}

static void a_list_that_is_known_decides(void **state)
{
    assert_text(growth_at(*state, "w = []\nif a:\n    w.append('a')\nif b:\n    w.append('b')\nq = 'x'\nif w:\n    q += ' W ' + ' AND '.join(w)\nconn.execute(q)", 1),
                "x W a AND b [] | x W b [] | x W a [] | x []");
}

static void what_leaves_the_function_is_no_shape(void **state)
{
    assert_text(growth_at(*state, "q = 'x'\nif a:\n    q = 'y'\n    return\nconn.execute(q)", 1), "x []");
}

static void a_loop_is_taken_up_to_two_times(void **state)
{
    assert_text(growth_at(*state, "q = 'x'\np = []\nfor v in a:\n    q += '?'\n    p.append(v)\nconn.execute(q, p)", 1),
                "x [] | x? [v] | x?? [v, v]");
}

static void a_list_with_two_names_is_not_known(void **state)
{
    assert_text(growth_at(*state, "p = [a]\nother = p\nother.append(b)\nconn.execute('x ?', p)", 1), "x ? [*p] ?");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(what_stands_at_the_call_is_not_followed),
        TEST(each_path_is_a_shape),
        TEST(what_cannot_change_is_asked_once),
        TEST(a_list_that_is_known_decides),
        TEST(what_leaves_the_function_is_no_shape),
        TEST(a_loop_is_taken_up_to_two_times),
        TEST(a_list_with_two_names_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
