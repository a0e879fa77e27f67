#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sqlite3.h>

#include "analyzers/sql/statement.h"
#include "base/own.h"

OWN_BY(sqlite3, sqlite3_close)

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

static Statement read_one(Arena *arena, const char *sql)
{
    Str       text = str_copy(arena, str_of(sql));
    Statement out;

    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '^')
            ((char *)text.ptr)[i] = SQL_HOLE;
    assert_true(statement_read(arena, text, &out));
    return out;
}

static void assert_str(Arena *arena, Str got, const char *expected)
{
    assert_string_equal(str_cstr(arena, got), expected);
}

/* -- kinds ----------------------------------------------------------------------------------- */

static void a_statement_tells_what_it_does(void **state)
{
    static const struct {
        const char   *sql;
        StatementKind kind;
        bool          writes, rows;
    } cases[] = {
        { "SELECT 1", STATEMENT_SELECT, false, true },
        { "VALUES (1)", STATEMENT_SELECT, false, true },
        { "WITH x AS (SELECT 1) SELECT * FROM x", STATEMENT_SELECT, false, true },
        { "WITH x AS (SELECT 1) DELETE FROM t WHERE a IN x", STATEMENT_DELETE, true, false },
        { "INSERT INTO t VALUES (1)", STATEMENT_INSERT, true, false },
        { "INSERT INTO t VALUES (1) RETURNING a", STATEMENT_INSERT, true, true },
        { "INSERT OR IGNORE INTO t VALUES (1)", STATEMENT_INSERT, true, false },
        { "INSERT OR REPLACE INTO t VALUES (1)", STATEMENT_REPLACE, true, false },
        { "REPLACE INTO t VALUES (1)", STATEMENT_REPLACE, true, false },
        { "UPDATE t SET a = 1", STATEMENT_UPDATE, true, false },
        { "CREATE TABLE t (a)", STATEMENT_CREATE_TABLE, true, false },
        { "CREATE VIRTUAL TABLE f USING fts5(a)", STATEMENT_CREATE_VIRTUAL_TABLE, true, false },
        { "ALTER TABLE t ADD a", STATEMENT_ALTER_TABLE, true, false },
        { "DROP TABLE t", STATEMENT_DROP, true, false },
        { "PRAGMA foreign_keys", STATEMENT_PRAGMA, false, true },
        { "PRAGMA foreign_keys = ON", STATEMENT_PRAGMA, false, false },
        { "PRAGMA table_info(t)", STATEMENT_PRAGMA, false, true },
        { "EXPLAIN QUERY PLAN DELETE FROM t", STATEMENT_DELETE, false, true },
        { "BEGIN IMMEDIATE", STATEMENT_BEGIN, false, false },
        { "END", STATEMENT_COMMIT, false, false },
        { "ROLLBACK TO x", STATEMENT_ROLLBACK, false, false },
        { "^ WHERE a = 1", STATEMENT_UNKNOWN, false, false },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Statement got = read_one(*state, cases[i].sql);
        if (got.kind != cases[i].kind)
            print_error("%s is %s\n", cases[i].sql, statement_kind_name(got.kind));
        assert_int_equal(got.kind, cases[i].kind);
        assert_int_equal(got.is_write, cases[i].writes);
        assert_int_equal(got.returns_rows, cases[i].rows);
    }
}

static void several_statements_or_none_are_not_one(void **state)
{
    Arena    *arena = *state;
    Statement out;

    assert_false(statement_read(arena, STR("SELECT 1; SELECT 2"), &out));
    assert_false(statement_read(arena, STR(" -- nothing"), &out));
    assert_true(statement_read(arena, STR("SELECT 1;"), &out));
}

/* -- tables ---------------------------------------------------------------------------------- */

static Str tables_told(Arena *arena, const Statement *statement)
{
    Buf out = buf_new(arena);

    vec_each(use, &statement->tables)
        buf_format(&out, "%s" STR_FORMAT "%s" STR_FORMAT, out.len ? " " : "", STR_ARG(use->name),
                   use->access == TABLE_WRITE ? "!" : "", STR_ARG(use->alias));
    return buf_str(&out);
}

static void tables_are_told_with_what_is_done_to_them(void **state)
{
    static const char *const cases[][2] = {
        { "SELECT * FROM a, b x JOIN \"C\" AS y", "a bx Cy" },
        { "INSERT INTO a SELECT * FROM b", "a! b" },
        { "UPDATE a SET x = (SELECT 1 FROM b) FROM c", "a! b c" },
        { "DELETE FROM main.a WHERE x IN b", "a! b" },
        { "WITH x AS (SELECT * FROM a) SELECT * FROM x, b", "a b" },
        { "SELECT * FROM json_each(?)", "" },
        { "CREATE TABLE a (x REFERENCES b)", "a! b" },
        { "CREATE INDEX i ON a (x)", "a" },
        { "DROP TABLE a", "a!" },
        { "CREATE VIEW v AS SELECT * FROM a", "v! a" },
        { "SELECT * FROM tbl_^", "" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Statement got = read_one(*state, cases[i][0]);
        assert_str(*state, tables_told(*state, &got), cases[i][1]);
    }
}

/* -- binds ----------------------------------------------------------------------------------- */

/* "compare t.user_id" for each bind; ~ before the column when it is not met directly. */
static Str binds_told(Arena *arena, const Statement *statement)
{
    Buf out = buf_new(arena);

    vec_each(bind, &statement->binds) {
        buf_format(&out, "%s%s", out.len ? ", " : "", bind_context_name(bind->context));
        if (bind->column.len)
            buf_format(&out, " %s" STR_FORMAT "%s" STR_FORMAT, bind->direct ? "" : "~",
                       STR_ARG(bind->table), bind->table.len ? "." : "", STR_ARG(bind->column));
    }
    return buf_str(&out);
}

static void a_bind_knows_the_column_it_meets(void **state)
{
    static const char *const cases[][2] = {
        { "SELECT * FROM t WHERE a = ? AND ? < b", "compare t.a, compare t.b" },
        { "SELECT * FROM t x JOIN u ON x.a = u.b WHERE x.c = ? AND u.d IS ?",
          "compare t.c, compare u.d" },
        { "SELECT * FROM t, u WHERE a = ?", "compare a" },
        { "SELECT * FROM t WHERE a IN (?, ?) AND ? IN (1)", "in t.a, in t.a, in operand" },
        { "SELECT * FROM t WHERE a BETWEEN ? AND ?", "between low t.a, between high t.a" },
        { "SELECT * FROM t WHERE a LIKE ? ESCAPE ?", "like t.a, escape" },
        { "SELECT * FROM t WHERE a LIKE '%' || ? || '%'", "like ~t.a" },
        { "SELECT * FROM t WHERE LOWER(a) = LOWER(?)", "compare ~t.a" },
        { "SELECT * FROM t WHERE (a) = (?)", "compare t.a" },
        { "SELECT * FROM t WHERE a = CAST(? AS INTEGER)", "compare ~t.a" },
        { "SELECT * FROM t WHERE (a, b) = (?, ?)", "compare t.a, compare t.b" },
        { "SELECT * FROM t WHERE (a, b) IN (VALUES (?, ?))", "in t.a, in t.b" },
        { "SELECT * FROM t WHERE CASE a WHEN ? THEN 1 END", "compare t.a" },
        { "SELECT * FROM t WHERE ? IS NULL OR a = ?", "compare, compare t.a" },
        { "SELECT * FROM t LIMIT ? OFFSET ?", "limit, offset" },
        { "SELECT * FROM t LIMIT ?, ?", "offset, limit" },
        { "SELECT ?, f(?), x AS y FROM t", "result, argument" },
        { "SELECT * FROM t WHERE a = (SELECT b FROM u WHERE c = ?)", "compare c" },
        { "INSERT INTO t (a, b) VALUES (?, 1), (?, ?)", "insert t.a, insert t.a, insert t.b" },
        { "INSERT INTO t VALUES (?, ?)", "insert, insert" },
        { "INSERT INTO t (a, b) SELECT ?, x FROM u WHERE x = ?", "insert t.a, compare u.x" },
        { "INSERT INTO t (a, ^, b) VALUES (?, ^, ?)", "insert t.a, insert" },
        { "INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET n = n + ?, b = ?",
          "set ~t.n, set t.b" },
        { "UPDATE t SET a = ?, (b, c) = (?, ?), d = COALESCE(?, d) WHERE id = ?",
          "set t.a, set t.b, set t.c, set ~t.d, compare t.id" },
        { "UPDATE t SET a = CASE WHEN b = ? THEN ? ELSE a END", "compare t.b, set t.a" },
        { "SELECT * FROM t WHERE id IN :ids", "in t.id" },
        { "SELECT * FROM t WHERE data -> ? = 1", "other" },
        { "SELECT * FROM t WHERE x ^ ?", "compare t.x" },
        { "SELECT * FROM t ^ WHERE x = ?", "compare x" },
        { "SELECT FROM t WHERE x = ?", "other" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Statement got = read_one(*state, cases[i][0]);
        assert_str(*state, binds_told(*state, &got), cases[i][1]);
    }
}

static void binds_are_numbered_as_sqlite_numbers_them(void **state)
{
    static const char *const texts[] = {
        "SELECT ?, ?5, ?, :a, ?, @a, :a, ?2, ?",
        "SELECT :a, :b, :a, ?, $a, ?9, ?",
        "SELECT ?3, ?1, ?",
    };
    OWN(sqlite3) db = NULL;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Statement     got      = read_one(*state, texts[i]);
        sqlite3_stmt *theirs   = NULL;
        uint32_t      greatest = 0;
        assert_int_equal(sqlite3_prepare_v2(db, texts[i], -1, &theirs, NULL), SQLITE_OK);
        vec_each(bind, &got.binds) {
            Str         spelling = str_slice(got.text, bind->lo, bind->hi);
            const char *name     = sqlite3_bind_parameter_name(theirs, (int)bind->number);
            if (bind->form != BIND_QMARK)
                assert_str(*state, spelling, name ? name : "");
            if (bind->number > greatest)
                greatest = bind->number;
        }
        assert_int_equal(greatest, sqlite3_bind_parameter_count(theirs));
        sqlite3_finalize(theirs);
    }
}

static void placeholders_in_strings_and_comments_are_none(void **state)
{
    Statement got = read_one(*state, "SELECT '?', \"?\", [:a] /* ? */ FROM t -- ?\nWHERE a = ?");

    assert_int_equal(got.binds.count, 1);
}

/* -- names ----------------------------------------------------------------------------------- */

static Str names_told(Arena *arena, const Statement *statement)
{
    StrVec names = bind_names(arena, statement);

    return str_join(arena, &names, STR(" "));
}

static void every_number_gets_a_name_of_its_own(void **state)
{
    static const char *const cases[][2] = {
        { "SELECT * FROM t WHERE userId = ? OR userId = ?", "user_id user_id_2" },
        { "SELECT * FROM t WHERE a BETWEEN ? AND ? LIMIT ? OFFSET ?", "a_lo a_hi limit offset" },
        { "SELECT * FROM t WHERE a = ?1 OR b = ?1", "a a" },
        { "SELECT * FROM t WHERE a = ? AND b = :a", "a_2 a" },
        { "SELECT * FROM t WHERE f(?) AND a_2 = ? AND a = ? AND a = ?", "p1 a_2 a a_3" },
        { "SELECT ? AS total, ?", "total p2" },
        { "SELECT $x::y, :^", "x__y p2" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Statement got = read_one(*state, cases[i][0]);
        assert_str(*state, names_told(*state, &got), cases[i][1]);
    }
}

static void columns_become_words_of_lower_case(void **state)
{
    static const char *const cases[][2] = {
        { "createdAt", "created_at" }, { "userID", "user_id" },   { "HTTPServer", "http_server" },
        { "User ID", "user_id" },      { "9x", "p_9x" },          { "a-b.c", "a_b_c" },
        { "already_fine", "already_fine" }, { "ID", "id" },       { "", "" },
        { "--", "" },                  { "_x", "_x" },            { "gr\xC3\xB6n", "gr\xC3\xB6n" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(*state, bind_name_of(*state, str_of(cases[i][0])), cases[i][1]);
}

/* -- results --------------------------------------------------------------------------------- */

static void result_keys_are_those_of_sqlite(void **state)
{
    static const char *const texts[] = {
        "SELECT a, b AS x, c \"Y z\", 'lit', a+1, (a), ( a ) , +a FROM t",
        "SELECT t.a, main.t.b, \"c\", [a], `b`, max(a, b), 1 AS 'q' FROM t",
        "SELECT COUNT( * ), count(*) n, a  ||  b , CASE WHEN a THEN 1 END FROM t",
        "SELECT (SELECT 1), EXISTS (SELECT 1), -1, NULL, TRUE, CAST(a AS TEXT) FROM t",
        "VALUES (1, 2)",
        "INSERT INTO t (a) VALUES (1) RETURNING a, b AS x, a+1",
    };
    OWN(sqlite3) db = NULL;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE t (a, b, c)", NULL, NULL, NULL), SQLITE_OK);

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Statement     got    = read_one(*state, texts[i]);
        sqlite3_stmt *theirs = NULL;
        assert_int_equal(sqlite3_prepare_v2(db, texts[i], -1, &theirs, NULL), SQLITE_OK);
        for (size_t k = 0; k < got.results.count; k++)
            assert_str(*state, got.results.items[k].key, sqlite3_column_name(theirs, (int)k));
        if (got.results.count)
            assert_int_equal(got.results.count, sqlite3_column_count(theirs));
        sqlite3_finalize(theirs);
    }
}

static void stars_and_plain_columns_are_told_apart_from_expressions(void **state)
{
    Statement got = read_one(*state, "SELECT t.*, u.a, (b), c + 1, ^ FROM t");

    assert_int_equal(got.results.count, 5);
    assert_true(got.results.items[0].is_star);
    assert_str(*state, got.results.items[0].qualifier, "t");
    assert_str(*state, got.results.items[1].qualifier, "u");
    assert_non_null(got.results.items[2].column);
    assert_null(got.results.items[3].column);
    assert_null(got.results.items[4].expression);
}

/* -- scopes ---------------------------------------------------------------------------------- */

static Str scope_told(Arena *arena, const Statement *statement, const char *column)
{
    Buf out = buf_new(arena);

    node_walk_each(node, statement->root) {
        if (node->kind != NODE_COLUMN || !str_is(span_text(statement->text, node->name), column))
            continue;
        const SqlScope *scope = scope_of(&statement->scopes, node);
        for (; scope; scope = scope->outer) {
            buf_add(&out, STR("["));
            vec_each(source, &scope->sources)
                buf_format(&out, STR_FORMAT "%s%s ", STR_ARG(source->handle),
                           source->kind == SOURCE_SELECT ? "*" : "", source->nullable ? "?" : "");
            buf_add(&out, STR("]"));
        }
        return buf_str(&out);
    }
    return STR("no such column");
}

static void a_name_sees_the_tables_sqlite_lets_it_see(void **state)
{
    static const char *const cases[][2] = {
        { "SELECT x FROM a, b AS c", "[a c ]" },
        { "SELECT 1 FROM a WHERE EXISTS (SELECT 1 FROM b WHERE x)", "[b ][a ]" },
        { "SELECT 1 FROM a, (SELECT x FROM b) AS q", "[b ]" },
        { "SELECT x FROM (SELECT 1 FROM b) AS q", "[q* ]" },
        { "WITH w AS (SELECT 1 FROM b) SELECT x FROM w LEFT JOIN a ON 1", "[w* a? ]" },
        { "WITH w AS (SELECT x FROM b) SELECT 1 FROM a", "[b ]" },
        { "SELECT 1 FROM a RIGHT JOIN b ON x", "[a? b ]" },
        { "SELECT 1 FROM a ORDER BY x", "[a ]" },
        { "INSERT INTO a SELECT x FROM b", "[b ]" },
        { "INSERT INTO a VALUES (1) ON CONFLICT DO UPDATE SET y = x", "[a excluded ]" },
        { "UPDATE a SET y = x FROM b", "[a b ]" },
        { "DELETE FROM a AS z WHERE x", "[z ]" },
        { "CREATE TRIGGER g AFTER INSERT ON a BEGIN UPDATE b SET y = x; END", "[b ][a new old ]" },
        { "CREATE INDEX i ON a (y) WHERE x", "[a ]" },
        { "SELECT 1 FROM (a JOIN b ON x)", "[a b ]" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Statement got = read_one(*state, cases[i][0]);
        assert_str(*state, scope_told(*state, &got, "x"), cases[i][1]);
    }
}

static void a_hole_among_the_tables_makes_the_scope_uncertain(void **state)
{
    Statement known   = read_one(*state, "SELECT x FROM a WHERE x = ^");
    Statement unknown = read_one(*state, "SELECT x FROM a ^ WHERE x = 1");

    assert_true(known.scopes.items[0]->certain);
    assert_false(unknown.scopes.items[0]->certain);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_statement_tells_what_it_does),
        TEST(several_statements_or_none_are_not_one),
        TEST(tables_are_told_with_what_is_done_to_them),
        TEST(a_bind_knows_the_column_it_meets),
        TEST(binds_are_numbered_as_sqlite_numbers_them),
        TEST(placeholders_in_strings_and_comments_are_none),
        TEST(every_number_gets_a_name_of_its_own),
        TEST(columns_become_words_of_lower_case),
        TEST(result_keys_are_those_of_sqlite),
        TEST(stars_and_plain_columns_are_told_apart_from_expressions),
        TEST(a_name_sees_the_tables_sqlite_lets_it_see),
        TEST(a_hole_among_the_tables_makes_the_scope_uncertain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
