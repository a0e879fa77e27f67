#include "tests/facts/linked.h"

#include "analyzers/facts/variants.h"

/* The texts that the first execute() may run, as "a | b". */
static Str variants_of(Arena *arena, const char *code, bool *capped)
{
    const Linked   *linked = link_text(arena, str_cstr(arena, str_format(arena, "import sqlite3\nconn = sqlite3.connect('')\n%s", code)));
    const Callsite *call   = call_of(linked, METHOD_EXECUTE, 1);
    Variants        got    = sqltext_variants(arena, linked->model, call->module, call->sql_node);
    Buf             out    = buf_new(arena);

    vec_each(text, &got.texts) {
        if (out.len)
            buf_add(&out, STR(" | "));
        for (size_t i = 0; i < text->text.len; i++)
            buf_add(&out, text->text.ptr[i] == HOLE_BYTE ? STR("{}") : str_slice(text->text, i, i + 1));
    }
    if (capped)
        *capped = got.capped;
    return buf_str(&out);
}

static void a_known_text_has_no_variants(void **state)
{
    assert_text(variants_of(*state, "conn.execute('SELECT 1')", NULL), "");
    assert_text(variants_of(*state, "conn.execute(make())", NULL), "");
}

static void branches_loops_and_choices_give_one_each(void **state)
{
    assert_text(variants_of(*state, "if x:\n    q = 'SELECT 1'\nelse:\n    q = 'SELECT 2'\nconn.execute(q)", NULL),
                "SELECT 1 | SELECT 2");
    assert_text(variants_of(*state, "for q in ('SELECT 1', 'SELECT 2'):\n    conn.execute(q)", NULL), "SELECT 1 | SELECT 2");
    assert_text(variants_of(*state, "Q = {'a': 'SELECT 1', 'b': 'SELECT 2'}\nfor name, q in Q.items():\n    conn.execute(q)", NULL),
                "SELECT 1 | SELECT 2");
    assert_text(variants_of(*state, "Q = {'a': 'SELECT 1', 'b': 'SELECT 2'}\nconn.execute(Q[name])", NULL), "SELECT 1 | SELECT 2");
    assert_text(variants_of(*state, "for title, q in [('a', 'SELECT 1'), ('b', 'SELECT 2')]:\n    conn.execute(q)", NULL),
                "SELECT 1 | SELECT 2");
    assert_text(variants_of(*state, "conn.execute('SELECT 1' if x else 'SELECT 2')", NULL), "SELECT 1 | SELECT 2");
}

static void what_grows_is_taken_at_its_longest(void **state)
{
    assert_text(variants_of(*state, "q = 'SELECT 1'\nif x:\n    q += ' WHERE a'\nif y:\n    q += ' LIMIT 1'\nconn.execute(q)", NULL),
                "SELECT 1 WHERE a LIMIT 1");
    assert_text(variants_of(*state, "q = 'SELECT 1'\nif x:\n    q += ' WHERE a'\nconn.execute(q)\nq += ' LIMIT 1'", NULL),
                "SELECT 1 WHERE a");
    assert_text(variants_of(*state, "w = 'WHERE a'\nif x:\n    w += ' AND b'\nconn.execute(f'SELECT 1 {w} LIMIT 1')", NULL),
                "SELECT 1 WHERE a AND b LIMIT 1");
    assert_text(variants_of(*state, "w = ''\nif x:\n    w = w + ' WHERE b'\nconn.execute('SELECT 1' + w + ' LIMIT 1')", NULL),
                "SELECT 1 WHERE b LIMIT 1");
}

static void no_more_are_followed_than_the_limit(void **state)
{
    Arena *arena = *state;
    Buf    code  = buf_new(arena);
    bool   capped;

    buf_add(&code, STR("for q in ("));
    for (int i = 0; i < VARIANT_LIMIT + 1; i++)
        buf_format(&code, "'SELECT %d', ", i);
    buf_add(&code, STR("):\n    conn.execute(q)"));
    variants_of(arena, str_cstr(arena, buf_str(&code)), &capped);

    assert_true(capped);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(a_known_text_has_no_variants),
        TEST(branches_loops_and_choices_give_one_each),
        TEST(what_grows_is_taken_at_its_longest),
        TEST(no_more_are_followed_than_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
