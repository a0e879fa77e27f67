/*
 * Holds the parser against SQLite itself: what one accepts, the other accepts.
 * SQLite's answer is read from its message, for a statement about a table that
 * does not exist is no syntax error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzers/sql/parser.h"
#include "base/own.h"
#include "tests/sql/sqlite_answer.h"

OWN_BY(sqlite3, sqlite3_close)
OWN_BY(Arena, arena_close)

/* An error that is none of syntax counts as accepted: what is told here is short enough to be right up to it. */
static Answer their_answer(Arena *arena, sqlite3 *db, Str text)
{
    return sqlite_answer(arena, db, text).answer == REFUSES ? REFUSES : ACCEPTS;
}

static Answer our_answer(Arena *arena, Str text)
{
    Sql sql = sql_parse(arena, text);

    vec_each(statement, &sql.statements)
        if (statement->broken)
            return REFUSES;
    return ACCEPTS;
}

static Str fixture(Arena *arena, const char *path)
{
    OWN(FILE) file = fopen(path, "rb");
    Buf text       = buf_new(arena);
    char piece[4096];

    assert_non_null(file);
    for (size_t got; (got = fread(piece, 1, sizeof piece, file));)
        buf_add(&text, (Str) { piece, got });
    return buf_str(&text);
}

static int version_number(Str version)
{
    int number = 0;

    for (Str part; str_cut(&version, '.', &part);)
        number = number * 1000 + atoi(part.ptr);
    return number;
}

static void each_statement_of_the_list_is_judged_as_marked_by_us_and_by_sqlite(void **state)
{
    OWN(Arena) arena = arena_open();
    OWN(sqlite3) db  = sqlite_tables();
    Str rest         = fixture(arena, "fixtures/sql/statements.txt");
    int wrong        = 0;
    (void)state;

    for (Str line; str_cut(&rest, '\n', &line);) {
        Str mark;
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        assert_true(str_cut(&line, ' ', &mark));
        Answer expected = str_is(mark, "bad") ? REFUSES : ACCEPTS;
        bool   known    = true;
        if (str_is(mark, "new")) {
            Str version;
            assert_true(str_cut(&line, ' ', &version));
            known = version_number(str_of(sqlite3_libversion())) >= version_number(version);
        }

        if (our_answer(arena, line) != expected) {
            print_error("we %s: " STR_FORMAT "\n", expected == ACCEPTS ? "refuse" : "accept",
                        STR_ARG(line));
            wrong++;
        }
        if (known && their_answer(arena, db, line) != expected) {
            print_error("sqlite %s: " STR_FORMAT " (%s)\n",
                        expected == ACCEPTS ? "refuses" : "accepts", STR_ARG(line),
                        sqlite3_errmsg(db));
            wrong++;
        }
    }

    assert_int_equal(wrong, 0);
}

static void every_keyword_may_be_a_name_exactly_where_sqlite_lets_it(void **state)
{
    static const char *const places[] = {
        "SELECT %s FROM t",           "SELECT 1 %s",
        "SELECT 1 AS %s",             "SELECT 1 AS %s FROM t",
        "SELECT a %s FROM t",         "SELECT a %s, b FROM t",
        "SELECT t.%s FROM t",         "SELECT %s.a FROM t",
        "SELECT * FROM %s",           "SELECT * FROM t %s",
        "SELECT * FROM t AS %s",      "SELECT * FROM t %s WHERE a = 1",
        "SELECT * FROM t %s, u",      "SELECT * FROM (SELECT 1) %s",
        "SELECT * FROM main.%s",      "SELECT a FROM t WHERE %s = 1",
        "SELECT a FROM t WHERE a = %s", "SELECT a FROM t WHERE %s",
        "SELECT a FROM t ORDER BY %s", "SELECT a FROM t ORDER BY a %s",
        "SELECT a FROM t ORDER BY %s DESC", "SELECT a FROM t GROUP BY %s",
        "SELECT a FROM t LIMIT %s",   "SELECT a COLLATE %s FROM t",
        "SELECT (%s)",                "SELECT f(%s)",
        "SELECT CASE %s WHEN 1 THEN 2 END", "SELECT CASE WHEN 1 THEN %s END",
        "SELECT CAST(1 AS %s)",       "SELECT a IN %s FROM t",
        "SELECT a IN (%s) FROM t",    "SELECT - %s",
        "SELECT sum(a) OVER %s FROM t WINDOW w AS ()",
        "SELECT sum(a) OVER (%s) FROM t", "SELECT sum(a) OVER (%s PARTITION BY a) FROM t",
        "SELECT 1 FROM t WINDOW %s AS (ORDER BY a)",
        "WITH %s AS (SELECT 1) SELECT 1", "WITH x(%s) AS (SELECT 1) SELECT 1",
        "CREATE TABLE %s (a)",        "CREATE TABLE n (%s)",
        "CREATE TABLE n (%s TEXT)",   "CREATE TABLE n (a %s)",
        "CREATE TABLE n (a TEXT %s)", "CREATE TABLE n (a DEFAULT %s)",
        "CREATE TABLE n (a REFERENCES %s)", "CREATE TABLE n (a REFERENCES t (%s))",
        "CREATE TABLE n (a, UNIQUE (%s))", "CREATE TABLE n (a CONSTRAINT %s NOT NULL)",
        "CREATE TABLE n (a) %s",      "CREATE INDEX %s ON t (a)",
        "CREATE INDEX i ON %s (a)",   "CREATE INDEX i ON t (%s)",
        "CREATE VIEW %s AS SELECT 1", "CREATE TRIGGER %s AFTER INSERT ON t BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE f USING %s", "CREATE VIRTUAL TABLE f USING fts5(%s)",
        "INSERT INTO %s VALUES (1)",  "INSERT INTO t (%s) VALUES (1)",
        "INSERT INTO t AS %s VALUES (1, 2, 3, 4, 5)",
        "INSERT INTO t (a) VALUES (1) RETURNING %s", "UPDATE %s SET a = 1",
        "UPDATE t SET %s = 1",        "UPDATE t SET a = %s",
        "UPDATE t SET a = 1 %s",      "DELETE FROM %s",
        "DELETE FROM t WHERE %s = 1", "ALTER TABLE t ADD %s",
        "ALTER TABLE t ADD COLUMN %s", "ALTER TABLE t RENAME %s TO z",
        "ALTER TABLE t RENAME TO %s", "ALTER TABLE t DROP %s",
        "DROP TABLE %s",              "PRAGMA %s",
        "PRAGMA x = %s",              "PRAGMA x(%s)",
        "SAVEPOINT %s",               "RELEASE %s",
        "ROLLBACK TO %s",             "BEGIN %s",
        "BEGIN TRANSACTION %s",       "COMMIT %s",
        "ATTACH 'x' AS %s",           "DETACH %s",
        "VACUUM %s",                  "ANALYZE %s",
        "REINDEX %s",                 "EXPLAIN %s",
        "%s",
    };
    OWN(Arena) arena = arena_open();
    OWN(sqlite3) db  = sqlite_tables();
    int wrong        = 0;
    (void)state;

    for (size_t place = 0; place < sizeof places / sizeof *places; place++) {
        for (Keyword keyword = 1; keyword < KEYWORD_COUNT; keyword++) {
            char line[256];
            snprintf(line, sizeof line, places[place], keyword_name(keyword));
            Answer ours   = our_answer(arena, str_of(line));
            Answer theirs = their_answer(arena, db, str_of(line));
            if (ours == theirs)
                continue;
            print_error("we %s, sqlite %s: %s (%s)\n", ours == ACCEPTS ? "accept" : "refuse",
                        theirs == ACCEPTS ? "accepts" : "refuses", line, sqlite3_errmsg(db));
            wrong++;
        }
        arena_reset(arena);
    }

    assert_int_equal(wrong, 0);
}

/* -- what is in the tree anyway -------------------------------------------------------------- */

typedef struct Collected {
    Arena   *arena;
    sqlite3 *db;
    int      statements;
    int      wrong;
} Collected;

static bool defines(const Token *first)
{
    return first->keyword == KEYWORD_CREATE || first->keyword == KEYWORD_ALTER || first->keyword == KEYWORD_DROP;
}

/* Statement by statement, as SQLite parts them; those that define something are executed. */
static void compare_script(Collected *all, const char *path, Str text)
{
    Sql sql = sql_parse(all->arena, text);

    vec_each(statement, &sql.statements) {
        Str          rest   = str_slice(text, statement->lo, text.len);
        SqliteAnswer theirs = sqlite_answer(all->arena, all->db, rest);
        size_t       end    = statement->lo + theirs.end;
        bool         agrees = theirs.answer == SILENT || (theirs.answer == REFUSES) == statement->broken;
        if (theirs.answer == ACCEPTS && theirs.end && end != statement->end && end != text.len)
            agrees = false;
        all->statements++;
        if (!agrees) {
            print_error("%s, byte %u: SQLite says \"" STR_FORMAT "\" and ends at %zu, we at %u%s\n", path,
                        statement->lo, STR_ARG(theirs.message), end, statement->end,
                        statement->broken ? ", broken" : "");
            all->wrong++;
            return; /* what follows is cut differently */
        }
        if (defines(&sql.tokens.items[statement->first_token]))
            sqlite3_exec(all->db, str_cstr(all->arena, str_slice(text, statement->lo, statement->end)), NULL, NULL,
                         NULL);
    }
}

static void compare_file(Collected *all, const char *path)
{
    OWN(sqlite3) db = sqlite_tables();
    Str text        = fixture(all->arena, path);

    all->db = db;
    if (str_ends_with(str_of(path), STR("executed/statements.sql"))) { /* one a line */
        for (Str line; str_cut(&text, '\n', &line);)
            compare_script(all, path, line);
        return;
    }
    if (str_ends_with(str_of(path), STR(".sql"))) {
        compare_script(all, path, text);
        return;
    }
    /* Cases of the translator: each `in:` of one line. */
    for (Str line; str_cut(&text, '\n', &line);)
        if (str_starts_with(line, STR("in: ")) && !str_contains(line, STR("\\h")))
            compare_script(all, path, str_slice(line, 4, line.len));
}

static void what_is_in_the_tree_is_judged_as_sqlite_judges_it(void **state)
{
    char folder[] = "fixtures", *roots[] = { folder, NULL };
    Collected all  = { .arena = arena_open() };
    FTS *tree      = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    (void)state;

    assert_non_null(tree);
    for (FTSENT *entry; (entry = fts_read(tree));) {
        Str path = str_of(entry->fts_path);
        bool ours = str_ends_with(path, STR(".sql")) || str_ends_with(path, STR(".sqltest"));
        if (entry->fts_info == FTS_F && ours && !str_contains(path, STR("/fuzz/")))
            compare_file(&all, entry->fts_path);
    }
    fts_close(tree);
    arena_close(all.arena);

    print_message("%d statements\n", all.statements);
    assert_true(all.statements > 1000);
    assert_int_equal(all.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_statement_of_the_list_is_judged_as_marked_by_us_and_by_sqlite),
        cmocka_unit_test(what_is_in_the_tree_is_judged_as_sqlite_judges_it),
        cmocka_unit_test(every_keyword_may_be_a_name_exactly_where_sqlite_lets_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
