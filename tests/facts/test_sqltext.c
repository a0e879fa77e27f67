#include "tests/facts/linked.h"

#define PRELUDE "import sqlite3\nconn = sqlite3.connect('a.db')\n"

/* The laws of every text: pieces tile it, plain bytes map back to themselves, `node` lies in `home`. */
static void assert_lawful(const SqlText *sql)
{
    uint32_t at = 0;

    vec_each(piece, &sql->pieces) {
        assert_int_equal(piece->lo, at);
        at = piece->hi;
        assert_true(piece->part < sql->parts.count);
        for (uint32_t i = piece->lo; i < piece->hi && piece->kind == PIECE_PLAIN && sql->home; i++) {
            uint32_t    lo, hi;
            const Part *part;
            assert_true(sqltext_map(sql, i, i + 1, &lo, &hi, &part));
            assert_int_equal(hi, lo + 1);
            assert_int_equal(sql->home->source.text.ptr[lo], sql->text.ptr[i]);
            assert_true(part->content_lo <= lo && hi <= part->content_hi);
        }
        if (sql->home && piece->kind == PIECE_HOLE)
            assert_true(piece->node < sql->home->tree.count);
    }
    assert_int_equal(at, sql->text.len);
    assert_true(sql->home ? sql->node < sql->home->tree.count : sql->node == 0);
    if (sql->complete)
        assert_true(str_find_char(sql->text, HOLE_BYTE) == STR_NOT_FOUND);
}

/* The SQL of the first execute(). */
static const SqlText *sql_of(Arena *arena, const char *code)
{
    const Linked  *linked = link_text(arena, str_cstr(arena, str_format(arena, PRELUDE "%s", code)));
    const SqlText *sql    = &call_of(linked, METHOD_EXECUTE, 1)->sql;

    assert_lawful(sql);
    return sql;
}

/* `text` has `{}` for a hole. */
static void assert_sql(Arena *arena, const char *code, Shape shape, const char *text)
{
    const SqlText *sql = sql_of(arena, code);
    Buf            got = buf_new(arena);

    for (size_t i = 0; i < sql->text.len; i++)
        buf_add(&got, sql->text.ptr[i] == HOLE_BYTE ? STR("{}") : str_slice(sql->text, i, i + 1));
    assert_text(buf_str(&got), text);
    if (sql->shape != shape)
        fail_msg("%s: the shape is %s, expected %s", code, shape_name(sql->shape), shape_name(shape));
    assert_int_equal(sql->complete, !strstr(text, "{}"));
}

static void literals_are_complete(void **state)
{
    assert_sql(*state, "conn.execute('SELECT 1')", SHAPE_LITERAL, "SELECT 1");
    assert_sql(*state, "conn.execute(('SELECT 1'))", SHAPE_LITERAL, "SELECT 1");
    assert_sql(*state, "conn.execute('SELECT ' 'a' \" FROM t\")", SHAPE_IMPLICIT_CONCAT, "SELECT a FROM t");
    assert_sql(*state, "conn.execute('''SELECT\n 1''')", SHAPE_LITERAL, "SELECT\n 1");
    assert_sql(*state, "conn.execute('SELECT 1'.strip())", SHAPE_LITERAL, "SELECT 1");
    assert_sql(*state, "import textwrap\nconn.execute(textwrap.dedent('SELECT 1'))", SHAPE_LITERAL, "SELECT 1");
}

static void what_only_the_running_program_knows_is_a_hole(void **state)
{
    assert_sql(*state, "conn.execute(f'SELECT {a} FROM t')", SHAPE_FSTRING, "SELECT {} FROM t");
    assert_sql(*state, "conn.execute('SELECT %s FROM t WHERE a = %d' % (a, b))", SHAPE_FORMAT,
               "SELECT {} FROM t WHERE a = {}");
    assert_sql(*state, "conn.execute('SELECT %(x)s' % d)", SHAPE_FORMAT, "SELECT {}");
    assert_sql(*state, "conn.execute('SELECT {} {1} {name:>{w}}'.format(a, b, name=c))", SHAPE_FORMAT, "SELECT {} {} {}");
    assert_sql(*state, "conn.execute('SELECT ' + a + ' FROM t')", SHAPE_CONCAT, "SELECT {} FROM t");
    assert_sql(*state, "conn.execute('SELECT ' + 'a')", SHAPE_CONCAT, "SELECT a");
}

static void doubled_characters_of_templates_are_single(void **state)
{
    assert_sql(*state, "conn.execute(\"SELECT 1 WHERE a LIKE 'x%%' AND b = %s\" % b)", SHAPE_FORMAT,
               "SELECT 1 WHERE a LIKE 'x%' AND b = {}");
    assert_text(sql_of(*state, "conn.execute('SELECT {{}} {}'.format(a))")->text, "SELECT {} \x1a");
}

static void a_template_made_by_an_fstring_is_not_trusted(void **state)
{
    assert_sql(*state, "conn.execute(f'SELECT {{}} {a}'.format(b))", SHAPE_UNKNOWN, "{}");
}

static void constants_are_followed_to_their_literal(void **state)
{
    const SqlText *sql = sql_of(*state, "SQL = 'SELECT 1'\ndef f():\n    conn.execute(SQL)");

    assert_text(sql->text, "SELECT 1");
    assert_int_equal(sql->shape, SHAPE_VARIABLE);
    assert_true(sql->complete && sql->constant);
    assert_text(sql->home->scopes.symbols.items[sql->constant].name, "SQL");
    assert_int_equal(sql->constants.count, 1);
    assert_sql(*state, "def f():\n    q = 'SELECT 1'\n    conn.execute(q)", SHAPE_VARIABLE, "SELECT 1");
    assert_sql(*state, "a = b = 'SELECT 1'\nconn.execute(a)", SHAPE_VARIABLE, "SELECT 1");
    assert_sql(*state, "class C:\n    Q = 'SELECT 1'\n    def f(self):\n        conn.execute(self.Q)", SHAPE_VARIABLE, "SELECT 1");
    assert_sql(*state, "class C:\n    Q = 'SELECT 1'\ndef f():\n    conn.execute(C.Q)", SHAPE_VARIABLE, "SELECT 1");
    assert_sql(*state, "T = 'users'\nconn.execute('SELECT 1 FROM ' + T)", SHAPE_CONCAT, "SELECT 1 FROM users");
    assert_sql(*state, "S = 'SELECT %s'\nconn.execute(S % a)", SHAPE_FORMAT, "SELECT {}");
}

static void constants_of_other_modules_are_followed(void **state)
{
    Project *project = project_given(*state);
    add_module(project, "pkg/use.py",
               "import sqlite3\nfrom . import sql\nfrom .sql import Q as R, TABLE\nfrom .again import Q as S\n"
               "conn = sqlite3.connect('')\n"
               "conn.execute(R)\nconn.execute(sql.Q)\nconn.execute('SELECT 1 FROM ' + TABLE)\nconn.execute(S)\n"
               "conn.execute(sql.F.format(x))\nconn.execute(sql.C.Q)\n");
    const Module *home = add_module(project, "pkg/sql.py",
                                    "Q = 'SELECT 1'\nTABLE = 't'\nF = 'SELECT {}'\nclass C:\n    Q = 'SELECT 2'\n");
    add_module(project, "pkg/again.py", "from .sql import Q\n");
    const Linked *linked = link_project(project);

    const SqlText *sql[7];
    for (int nth = 1; nth <= 6; nth++)
        assert_lawful(sql[nth] = &call_of(linked, METHOD_EXECUTE, nth)->sql);
    assert_text(sql[1]->text, "SELECT 1");
    assert_ptr_equal(sql[1]->home, home);
    assert_true(sql[2]->complete);
    assert_null(sql[3]->home);
    assert_text(sql[3]->text, "SELECT 1 FROM t");
    assert_text(sql[4]->text, "SELECT 1");
    assert_ptr_equal(sql[5]->home, home);
    assert_text(sql[6]->text, "SELECT 2");
}

static void what_changes_is_no_constant(void **state)
{
    assert_sql(*state, "q = 'SELECT 1'\nif x:\n    q = 'SELECT 2'\nconn.execute(q)", SHAPE_VARIABLE, "{}");
    assert_sql(*state, "q = 'SELECT 1'\nif x:\n    q += ' WHERE a'\nconn.execute(q)", SHAPE_AUGMENTED, "{}");
    assert_sql(*state, "for q in qs:\n    conn.execute(q)", SHAPE_VARIABLE, "{}");
    assert_sql(*state, "def f(q):\n    conn.execute(q)", SHAPE_VARIABLE, "{}");
    assert_sql(*state, "conn.execute(make())", SHAPE_UNKNOWN, "{}");
    assert_sql(*state, "conn.execute('SELECT 1' if a else 'SELECT 2')", SHAPE_VARIABLE, "{}");
    assert_sql(*state, "class C:\n    Q = 'SELECT 1'\n    def f(self):\n        conn.execute(self.Q)\nC.Q = 'SELECT 2'",
               SHAPE_UNKNOWN, "{}");
}

static void the_only_assignment_that_reaches_a_use_is_followed(void **state)
{
    assert_sql(*state, "q = 'SELECT 1'\nq = 'SELECT 2'\nconn.execute(q)", SHAPE_VARIABLE, "SELECT 2");
    assert_sql(*state, "q = 'SELECT 1'\nq += ' WHERE a'\nconn.execute(q)", SHAPE_AUGMENTED, "SELECT 1 WHERE a");
    assert_sql(*state, "if (q := 'SELECT 1'):\n    conn.execute(q)\nq = 'SELECT 2'", SHAPE_VARIABLE, "SELECT 1");
    assert_sql(*state, "q = 'SELECT 1'\nfor x in y:\n    conn.execute(q)\n    q = 'SELECT 2'", SHAPE_VARIABLE, "{}");
}

static void entries_of_displays_are_followed_by_a_literal_key(void **state)
{
    assert_sql(*state, "Q = {'a': 'SELECT 1', 'b': 'SELECT 2'}\nconn.execute(Q['b'])", SHAPE_VARIABLE, "SELECT 2");
    assert_sql(*state, "Q = {'a': 'SELECT 1', 'b': 'SELECT 2'}\nconn.execute(Q[name])", SHAPE_VARIABLE, "{}");
    assert_sql(*state, "Q = ['SELECT 1', 'SELECT 2']\nconn.execute(Q[1])", SHAPE_VARIABLE, "SELECT 2");
    assert_sql(*state, "Q = {'a': 'SELECT 1'}\nconn.execute(Q['c'])", SHAPE_VARIABLE, "{}");
}

static void methods_of_strings_are_carried_out(void **state)
{
    assert_sql(*state, "conn.execute('SELECT 1;'.rstrip(';'))", SHAPE_LITERAL, "SELECT 1");
    assert_sql(*state, "conn.execute('SELECT 1'.lower())", SHAPE_LITERAL, "select 1");
    assert_sql(*state, "conn.execute('SELECT :a'.replace(':a', '?'))", SHAPE_LITERAL, "SELECT ?");
    assert_sql(*state, "conn.execute(' '.join(['SELECT 1', 'FROM t']))", SHAPE_CONCAT, "SELECT 1 FROM t");
    assert_sql(*state, "conn.execute('SELECT 1'.center(80))", SHAPE_UNKNOWN, "{}");
}

static void a_text_made_of_itself_is_not_complete(void **state)
{
    assert_false(sql_of(*state, "q = q + 'x'\nconn.execute(q)")->complete);
}

static void classes_that_disagree_give_no_constant(void **state)
{
    assert_sql(*state,
               "class A:\n    Q = 'SELECT 1'\n    def f(self):\n        conn.execute(self.Q)\n"
               "class B(A):\n    Q = 'SELECT 2'\nA().f()\nB().f()\n",
               SHAPE_UNKNOWN, "{}");
}

static void lists_of_placeholders_are_known_as_such(void **state)
{
    static const char *const ways[] = {
        "conn.execute(f\"SELECT 1 WHERE a IN ({','.join('?' * len(x))})\", x)",
        "conn.execute('SELECT 1 WHERE a IN (%s)' % ','.join(['?'] * len(x)), x)",
        "conn.execute('SELECT 1 WHERE a IN ({})'.format(', '.join('?' for _ in x)), x)",
        "conn.execute('SELECT 1 WHERE a IN (' + ','.join('?' * 3) + ')', x)",
        "marks = ','.join('?' * 3)\nconn.execute(f'SELECT 1 WHERE a IN ({marks})', x)",
    };

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        assert_sql(*state, ways[i], SHAPE_IN_LIST, "SELECT 1 WHERE a IN ({})");
    assert_sql(*state, "conn.execute(f\"SELECT {', '.join(columns)} FROM t\")", SHAPE_FSTRING, "SELECT {} FROM t");
}

static void long_sums_are_read_to_the_end(void **state)
{
    Buf code = buf_new(*state);
    buf_add(&code, STR("conn.execute('SELECT 1'"));
    for (int i = 0; i < 40; i++)
        buf_add(&code, STR(" + ', 1'"));
    buf_add(&code, STR(")"));

    const SqlText *sql = sql_of(*state, str_cstr(*state, buf_str(&code)));

    assert_int_equal(sql->text.len, 8 + 40 * 3);
    assert_true(sql->complete);
}

static void texts_that_multiply_are_given_up(void **state)
{
    Buf code = buf_new(*state);
    buf_add(&code, STR("a0 = 'x'\n"));
    for (int i = 1; i < 12; i++) {
        buf_format(&code, "a%d = a%d", i, i - 1);
        for (int k = 0; k < 20; k++)
            buf_format(&code, " + a%d", i - 1);
        buf_add_char(&code, '\n');
    }
    buf_add(&code, STR("conn.execute(a11)\n"));

    const SqlText *sql = sql_of(*state, str_cstr(*state, buf_str(&code)));

    assert_false(sql->complete);
    assert_true(sql->text.len < 10000);
}

static void a_range_maps_to_the_source_or_is_refused(void **state)
{
    const SqlText *sql = sql_of(*state, "conn.execute('ab\\ncd' f'e{x}f')");
    uint32_t       lo, hi;
    const Part    *part;

    assert_text(sql->text, "ab\ncde\x1a" "f");
    assert_true(sqltext_map(sql, 1, 4, &lo, &hi, &part)); /* over the escape */
    assert_text(str_slice(sql->home->source.text, lo, hi), "b\\nc");
    assert_true(sqltext_map(sql, 2, 3, &lo, &hi, &part)); /* the escape itself */
    assert_text(str_slice(sql->home->source.text, lo, hi), "\\n");
    assert_false(sqltext_map(sql, 4, 6, &lo, &hi, &part)); /* from one part into the next */
    assert_false(sqltext_map(sql, 5, 8, &lo, &hi, &part)); /* over a hole */
    assert_true(sqltext_map(sql, 7, 8, &lo, &hi, &part));
    assert_text(str_slice(sql->home->source.text, lo, hi), "f");
    assert_true(part->is_format);
    assert_true(sqltext_map(sql, 5, 5, &lo, &hi, &part)); /* at a border: the part before */
    assert_text(str_slice(sql->home->source.text, lo - 1, hi + 1), "d'");
    assert_true(sqltext_map(sql, 8, 8, &lo, &hi, &part)); /* the end */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(literals_are_complete),
        TEST(what_only_the_running_program_knows_is_a_hole),
        TEST(doubled_characters_of_templates_are_single),
        TEST(a_template_made_by_an_fstring_is_not_trusted),
        TEST(constants_are_followed_to_their_literal),
        TEST(constants_of_other_modules_are_followed),
        TEST(what_changes_is_no_constant),
        TEST(the_only_assignment_that_reaches_a_use_is_followed),
        TEST(entries_of_displays_are_followed_by_a_literal_key),
        TEST(methods_of_strings_are_carried_out),
        TEST(a_text_made_of_itself_is_not_complete),
        TEST(classes_that_disagree_give_no_constant),
        TEST(lists_of_placeholders_are_known_as_such),
        TEST(long_sums_are_read_to_the_end),
        TEST(texts_that_multiply_are_given_up),
        TEST(a_range_maps_to_the_source_or_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
