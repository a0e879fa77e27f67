#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzers/sql/parser.h"

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

static Str with_holes(Arena *arena, const char *sql)
{
    Str text = str_copy(arena, str_of(sql));

    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '^')
            ((char *)text.ptr)[i] = SQL_HOLE;
    return text;
}

/* An expression as it groups: leaves as written, everything else as (operator part part). */
static void grouped(Buf *out, Str text, const Node *node)
{
    if (!node->first) {
        for (uint32_t at = node->lo; at < node->hi; at++)
            buf_add_char(out, text.ptr[at] == SQL_HOLE ? '^' : text.ptr[at]);
        return;
    }
    buf_format(out, "(%s%s", node->flags & FLAG_NOT ? "not " : "",
               node->op != OP_NONE ? node_op_name(node->op) : node_kind_name(node->kind));
    node_each(child, node) {
        buf_add_char(out, ' ');
        grouped(out, text, child);
    }
    buf_add_char(out, ')');
}

static void assert_groups(Arena *arena, const char *sql, const char *expected)
{
    Str         text = with_holes(arena, sql);
    const Node *node = sql_parse_expression(arena, text);
    Buf         out  = buf_new(arena);

    assert_non_null(node);
    grouped(&out, text, node);
    assert_string_equal(str_cstr(arena, buf_str(&out)), expected);
}

static const Node *root_of(Arena *arena, Str text)
{
    Sql sql = sql_parse(arena, text);

    assert_int_equal(sql.statements.count, 1);
    assert_false(sql.statements.items[0].broken);
    return sql.statements.items[0].root;
}

static void assert_tree(Arena *arena, const char *sql, const char *expected)
{
    Str text = with_holes(arena, sql);
    Buf out  = buf_new(arena);

    node_print(&out, text, root_of(arena, text));
    for (size_t i = 0; i < out.len; i++)
        if (out.ptr[i] == SQL_HOLE)
            out.ptr[i] = '^';
    assert_string_equal(str_cstr(arena, buf_str(&out)), expected);
}

/* -- expressions ----------------------------------------------------------------------------- */

static void operators_bind_as_tightly_as_in_sqlite(void **state)
{
    assert_groups(*state, "a OR b AND c", "(or a (and b c))");
    assert_groups(*state, "NOT a = b AND c", "(and (not (= a b)) c)");
    assert_groups(*state, "a = b < c", "(= a (< b c))");
    assert_groups(*state, "a < b | c + d * e || f", "(< a (| b (+ c (* d (|| e f)))))");
    assert_groups(*state, "a - b - c", "(- (- a b) c)");
    assert_groups(*state, "a -> b ->> c", "(->> (-> a b) c)");
    assert_groups(*state, "-a || b", "(|| (negate a) b)");
    assert_groups(*state, "-a COLLATE nocase", "(collate (negate a))");
    assert_groups(*state, "a || b COLLATE nocase", "(|| a (collate b))");
    assert_groups(*state, "~ - a", "(~ (negate a))");
    assert_groups(*state, "1 = NOT 2 = 3", "(= 1 (not (= 2 3)))");
}

static void not_before_in_like_and_between_binds_as_loosely_as_not(void **state)
{
    assert_groups(*state, "a = b NOT IN (c)", "(not in (= a b) (list c))");
    assert_groups(*state, "a = b IN (c)", "(in (= a b) (list c))");
    assert_groups(*state, "a < b IN (c)", "(in (< a b) (list c))");
    assert_groups(*state, "a NOT LIKE b ESCAPE c", "(not like a b c)");
    assert_groups(*state, "a NOT NULL AND b", "(and (not null a) b)");
    assert_groups(*state, "NOT a NOT NULL", "(not (not null a))");
}

static void between_takes_its_own_and(void **state)
{
    assert_groups(*state, "a BETWEEN b AND c AND d", "(and (between a b c) d)");
    assert_groups(*state, "a NOT BETWEEN b + 1 AND c OR d", "(or (not between a (+ b 1) c) d)");
    assert_groups(*state, "a BETWEEN b AND c = d", "(= (between a b c) d)");
}

static void is_has_four_forms(void **state)
{
    assert_groups(*state, "a IS NULL", "(is a NULL)");
    assert_groups(*state, "a IS NOT b = c", "(= (is not a b) c)");
    assert_groups(*state, "a IS DISTINCT FROM b", "(is distinct from a b)");
    assert_groups(*state, "a IS NOT DISTINCT FROM b", "(is not distinct from a b)");
}

static void rows_lists_and_parentheses_are_different_things(void **state)
{
    assert_groups(*state, "(a)", "(paren a)");
    assert_groups(*state, "(a, b) = (1, 2)", "(= (row a b) (row 1 2))");
    assert_groups(*state, "a IN ()", "(in a ())");
    assert_groups(*state, "a IN (1, 2)", "(in a (list 1 2))");
    assert_groups(*state, "a IN main.t", "(in a main.t)");
    assert_groups(*state, "a IN :ids", "(in a :ids)");
}

static void case_has_an_operand_or_none(void **state)
{
    assert_groups(*state, "CASE WHEN a THEN b END", "(case (when a b))");
    assert_groups(*state, "CASE x WHEN a THEN b WHEN c THEN d ELSE e END",
                  "(case x (when a b) (when c d) e)");
}

static void text_that_is_no_expression_gives_none(void **state)
{
    assert_null(sql_parse_expression(*state, STR("a b")));
    assert_null(sql_parse_expression(*state, STR("")));
    assert_null(sql_parse_expression(*state, STR("a +")));
    assert_null(sql_parse_expression(*state, STR("a; b")));
}

/* -- statements ------------------------------------------------------------------------------ */

static void clauses_are_nodes_with_their_keywords(void **state)
{
    assert_tree(*state, "SELECT a AS x FROM t u WHERE b = ? ORDER BY a DESC LIMIT 2, 3",
                "select 0..61\n"
                "  core: core 0..34\n"
                "    results: results 7..13\n"
                "      item: result alias=x 7..13\n"
                "        operand: column name=a 7..8\n"
                "    from: from 14..22\n"
                "      source: table name=t alias=u +bare-alias 19..22\n"
                "    where: where 23..34\n"
                "      condition: binary `=` 29..34\n"
                "        left: column name=b 29..30\n"
                "        right: bind name=? 33..34\n"
                "  order: order-by 35..50\n"
                "    item: order-term +desc 44..50\n"
                "      operand: column name=a 44..45\n"
                "  limit: limit +comma 51..61\n"
                "    offset: literal `integer` 57..58\n"
                "    count: literal `integer` 60..61\n");
}

static void an_upsert_keeps_its_target_its_assignments_and_its_condition_apart(void **state)
{
    assert_tree(*state, "INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2 WHERE b",
                "insert 0..72\n"
                "  target: table name=t 12..13\n"
                "  columns: columns 14..17\n"
                "    column: name name=a 15..16\n"
                "  source: select 18..28\n"
                "    core: values 18..28\n"
                "      row: row 25..28\n"
                "        item: literal `integer` 26..27\n"
                "  upsert: upsert 29..72\n"
                "    index: index-target 41..44\n"
                "      item: order-term 42..43\n"
                "        operand: column name=a 42..43\n"
                "    set: set 55..64\n"
                "      item: assign `=` 59..64\n"
                "        column: name name=a 59..60\n"
                "        right: literal `integer` 63..64\n"
                "    where: where 65..72\n"
                "      condition: column name=b 71..72\n");
}

static void a_text_may_hold_several_statements_and_triggers_keep_their_semicolons(void **state)
{
    Arena *arena = *state;
    Sql    sql   = sql_parse(arena, STR("; BEGIN; -- no\n"
                                        "CREATE TRIGGER g AFTER INSERT ON t BEGIN"
                                        " SELECT 1; SELECT 2; END; COMMIT"));

    assert_int_equal(sql.statements.count, 3);
    assert_int_equal(sql.statements.items[0].root->kind, NODE_BEGIN);
    assert_int_equal(sql.statements.items[1].root->kind, NODE_CREATE_TRIGGER);
    assert_int_equal(node_count(sql.statements.items[1].root, ROLE_BODY), 2);
    assert_int_equal(sql.statements.items[2].root->kind, NODE_COMMIT);
    assert_int_equal(sql.statements.items[0].lo, 2);
    assert_int_equal(sql.statements.items[0].hi, 7);
    assert_int_equal(sql.statements.items[0].end, 8);
    assert_int_equal(sql.statements.items[2].hi, sql.statements.items[2].end);
}

static void a_broken_statement_names_the_place_and_the_next_one_is_read(void **state)
{
    Arena *arena = *state;
    Sql    sql   = sql_parse(arena, STR("SELECT a FROM WHERE x; DELETE FROM t"));

    assert_int_equal(sql.statements.count, 2);
    assert_true(sql.statements.items[0].broken);
    assert_false(sql.statements.items[0].certain);
    assert_int_equal(sql.statements.items[0].broken_at, 14);
    assert_true(str_is(sql.statements.items[0].expected, "a table"));
    assert_false(sql.statements.items[1].broken);
    assert_int_equal(sql.statements.items[1].root->kind, NODE_DELETE);
}

static void a_broken_trigger_ends_at_its_end(void **state)
{
    Arena *arena = *state;
    Sql    sql   = sql_parse(arena, STR("CREATE TRIGGER g AFTER INSERT ON t BEGIN"
                                        " SELEC 1; SELECT 2; END; COMMIT"));

    assert_int_equal(sql.statements.count, 2);
    assert_true(sql.statements.items[0].broken);
    assert_int_equal(sql.statements.items[1].root->kind, NODE_COMMIT);
}

static void nesting_beyond_the_ceiling_breaks_the_statement_and_nothing_else(void **state)
{
    Arena *arena = *state;
    Buf    text  = buf_new(arena);

    buf_add(&text, STR("SELECT "));
    for (int i = 0; i < 100000; i++)
        buf_add_char(&text, '(');
    Sql deep = sql_parse(arena, buf_str(&text));

    assert_true(deep.statements.items[0].broken);
    assert_true(str_is(deep.statements.items[0].expected, "less nesting"));

    text = buf_new(arena);
    buf_add(&text, STR("SELECT 1"));
    for (int i = 0; i < 100000; i++)
        buf_add(&text, STR("+1"));
    Sql high = sql_parse(arena, buf_str(&text));

    assert_true(high.statements.items[0].broken);
    assert_true(str_is(high.statements.items[0].expected, "a tree less high"));
}

/* -- holes ----------------------------------------------------------------------------------- */

static SqlStatement only(Arena *arena, const char *sql)
{
    Sql parsed = sql_parse(arena, with_holes(arena, sql));

    assert_int_equal(parsed.statements.count, 1);
    return parsed.statements.items[0];
}

static void a_hole_for_a_name_or_an_expression_leaves_the_statement_certain(void **state)
{
    static const char *const texts[] = {
        "SELECT ^ FROM tbl_^ WHERE ^ = ? AND b IN (^) ORDER BY ^ LIMIT ^",
        "SELECT a FROM ^.t AS x_^",
        "SELECT f_^(a) FROM t WHERE a ^ ?",
        "SELECT a FROM t WHERE id IN ^",
        "INSERT INTO t (a, ^) VALUES (?, ^)",
        "UPDATE t SET ^ WHERE id = ?",
        "UPDATE t SET col_^ = ? WHERE id = ?",
        "DELETE FROM ^",
        "PRAGMA table_info(^)",
        "PRAGMA user_version = ^",
        "CREATE TABLE t_^ (a INT)",
        "SAVEPOINT sp_^",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        SqlStatement statement = only(*state, texts[i]);
        if (statement.broken || !statement.certain || !statement.has_hole)
            print_error("%s\n", texts[i]);
        assert_false(statement.broken);
        assert_true(statement.certain);
        assert_true(statement.has_hole);
    }
}

static void a_hole_where_clauses_may_stand_makes_it_uncertain_but_not_broken(void **state)
{
    static const char *const texts[] = {
        "SELECT a FROM t ^",
        "SELECT a FROM t ^ ORDER BY a",
        "SELECT a FROM t WHERE a = 1 ^ ORDER BY a",
        "SELECT a FROM t WHERE a = 1 ^ AND b = ?",
        "SELECT a FROM t ^ AND b = ?",
        "SELECT a FROM t ^ JOIN u ON t.id = u.id",
        "SELECT a FROM t ORDER BY a ^ LIMIT 1",
        "SELECT a FROM t LIMIT 1 ^",
        "UPDATE t ^ WHERE a = 1",
        "UPDATE t SET a = 1 ^",
        "DELETE FROM t ^",
        "INSERT INTO t ^ VALUES (1)",
        "INSERT INTO t (a) ^",
        "INSERT INTO t (a) VALUES (1) ^",
        "INSERT ^ INTO t (a) VALUES (1)",
        "^ WHERE a = ?",
        "^",
        "CREATE TABLE t (a INT ^)",
        "WITH x AS (SELECT 1) ^",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        SqlStatement statement = only(*state, texts[i]);
        if (statement.broken || statement.certain)
            print_error("%s\n", texts[i]);
        assert_false(statement.broken);
        assert_false(statement.certain);
    }
}

static void what_is_wrong_before_any_hole_is_still_wrong(void **state)
{
    assert_true(only(*state, "SELECT FROM t WHERE a = ^").broken);
    assert_true(only(*state, "SELECT a FROM t WHERE a = ^ = = 1").broken);
}

static void a_condition_goes_on_behind_a_hole(void **state)
{
    assert_tree(*state, "DELETE FROM t ^ AND b = ?",
                "delete 0..25\n"
                "  target: table name=t 12..13\n"
                "  where: where +hole 14..25\n"
                "    condition: binary `and` 14..25\n"
                "      left: hole 14..15\n"
                "      right: binary `=` 20..25\n"
                "        left: column name=b 20..21\n"
                "        right: bind name=? 24..25\n");
    assert_groups(*state, "a = ? ^ AND b = ?", "(and (tail (= a ?) ^) (= b ?))");
    assert_groups(*state, "a ^ ? AND b", "(and (hole a ?) b)");
}

/* -- trees ----------------------------------------------------------------------------------- */

static void names_lose_their_quotes(void **state)
{
    Arena *arena = *state;

    assert_true(str_is(sql_unquote(arena, STR("\"a\"\"b\"")), "a\"b"));
    assert_true(str_is(sql_unquote(arena, STR("[a b]")), "a b"));
    assert_true(str_is(sql_unquote(arena, STR("`a`")), "a"));
    assert_true(str_is(sql_unquote(arena, STR("'it''s'")), "it's"));
    assert_true(str_is(sql_unquote(arena, STR("plain")), "plain"));
    assert_true(str_is(sql_unquote(arena, STR("''")), ""));
}

static void node_at_finds_the_smallest_node_around_the_bytes(void **state)
{
    Arena      *arena = *state;
    const Node *root  = root_of(arena, STR("SELECT a + bb FROM t"));

    assert_int_equal(node_at(root, 11, 13)->kind, NODE_COLUMN);
    assert_int_equal(node_at(root, 9, 10)->kind, NODE_BINARY);
    assert_int_equal(node_at(root, 13, 14)->kind, NODE_SELECT_CORE);
    assert_null(node_at(root, 19, 30));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(operators_bind_as_tightly_as_in_sqlite),
        TEST(not_before_in_like_and_between_binds_as_loosely_as_not),
        TEST(between_takes_its_own_and),
        TEST(is_has_four_forms),
        TEST(rows_lists_and_parentheses_are_different_things),
        TEST(case_has_an_operand_or_none),
        TEST(text_that_is_no_expression_gives_none),
        TEST(clauses_are_nodes_with_their_keywords),
        TEST(an_upsert_keeps_its_target_its_assignments_and_its_condition_apart),
        TEST(a_text_may_hold_several_statements_and_triggers_keep_their_semicolons),
        TEST(a_broken_statement_names_the_place_and_the_next_one_is_read),
        TEST(a_broken_trigger_ends_at_its_end),
        TEST(nesting_beyond_the_ceiling_breaks_the_statement_and_nothing_else),
        TEST(a_hole_for_a_name_or_an_expression_leaves_the_statement_certain),
        TEST(a_hole_where_clauses_may_stand_makes_it_uncertain_but_not_broken),
        TEST(what_is_wrong_before_any_hole_is_still_wrong),
        TEST(a_condition_goes_on_behind_a_hole),
        TEST(names_lose_their_quotes),
        TEST(node_at_finds_the_smallest_node_around_the_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
