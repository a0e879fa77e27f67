#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sqlite3.h>

#include "analyzers/schema/catalog.h"
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

static Catalog read_sql(Arena *arena, const char *sql)
{
    Catalog catalog = { 0 };

    catalog_add_sql(arena, &catalog, STR("a.sql"), str_of(sql), NULL);
    return catalog;
}

static Str columns_told(Arena *arena, const Catalog *catalog, const char *name)
{
    const CatalogTable *table = catalog_table(catalog, str_of(name));
    Buf                 out   = buf_new(arena);

    if (!table)
        return STR("no such table");
    vec_each(column, &table->columns)
        buf_format(&out, "%s" STR_FORMAT, out.len ? " " : "", STR_ARG(column->name));
    return buf_str(&out);
}

static void assert_columns(Arena *arena, const Catalog *catalog, const char *name,
                           const char *expected)
{
    assert_string_equal(str_cstr(arena, columns_told(arena, catalog, name)), expected);
}

/* -- definitions ----------------------------------------------------------------------------- */

static void a_column_has_all_that_its_definition_says(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_sql(arena,
        "CREATE TABLE \"Users\" (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " email VARCHAR(80) NOT NULL UNIQUE COLLATE NOCASE,"
        " score REAL DEFAULT -1.5, slug TEXT AS (lower(email)) STORED)");

    const CatalogTable  *table = catalog_table(&catalog, STR("users"));
    const CatalogColumn *id    = catalog_column(table, STR("ID"));
    const CatalogColumn *email = catalog_column(table, STR("email"));
    const CatalogColumn *score = catalog_column(table, STR("score"));
    const CatalogColumn *slug  = catalog_column(table, STR("slug"));

    assert_true(str_is(table->name, "Users"));
    assert_true(id->rowid_alias && id->autoincrement && id->unique && id->pk == 1);
    assert_false(column_is_nullable(table, id));
    assert_true(email->not_null && email->unique && email->pk == 0);
    assert_true(str_is(email->declared, "VARCHAR(80)"));
    assert_true(str_is(email->collation, "NOCASE"));
    assert_int_equal(email->affinity, AFFINITY_TEXT);
    assert_true(str_is(node_text(score->default_.text, score->default_.node), "-1.5"));
    assert_true(column_is_nullable(table, score));
    assert_int_equal(slug->generated, GENERATED_STORED);
    assert_non_null(slug->generated_as.node);
    assert_null(catalog_column(table, STR("nope")));
}

static void constraints_of_the_table_are_kept_with_their_columns(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_sql(arena,
        "CREATE TABLE t (a, b, c REFERENCES v, UNIQUE (b, c), CONSTRAINT pk PRIMARY KEY (b, a),"
        " CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES u (x, y) ON DELETE CASCADE ON UPDATE SET NULL"
        " DEFERRABLE INITIALLY DEFERRED, CHECK (a <> b)) WITHOUT ROWID");

    const CatalogTable *table = catalog_table(&catalog, STR("t"));

    assert_int_equal(table->keys.count, 2);
    assert_true(table->keys.items[0].is_primary);
    assert_true(str_is(table->keys.items[0].name, "pk"));
    assert_int_equal(catalog_column(table, STR("a"))->pk, 2);
    assert_int_equal(catalog_column(table, STR("b"))->pk, 1);
    assert_false(column_is_nullable(table, catalog_column(table, STR("a"))));
    assert_int_equal(table->foreign_keys.count, 2);
    assert_true(str_is(table->foreign_keys.items[0].table, "v"));
    assert_int_equal(table->foreign_keys.items[0].to.count, 0);
    assert_true(str_is(table->foreign_keys.items[1].to.items[1], "y"));
    assert_int_equal(table->foreign_keys.items[1].on_delete, OP_CASCADE);
    assert_int_equal(table->foreign_keys.items[1].on_update, OP_SET_NULL);
    assert_true(table->foreign_keys.items[1].deferrable);
    assert_true(table->foreign_keys.items[1].initially_deferred);
    assert_int_equal(table->checks.count, 1);
    assert_true(table->without_rowid);
}

static void only_the_word_integer_makes_a_rowid(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_sql(arena,
        "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INT PRIMARY KEY);"
        "CREATE TABLE c (id INTEGER PRIMARY KEY DESC);"
        "CREATE TABLE d (id INTEGER, PRIMARY KEY (id));"
        "CREATE TABLE e (id INTEGER PRIMARY KEY) WITHOUT ROWID");

    assert_non_null(table_rowid_alias(catalog_table(&catalog, STR("a"))));
    assert_null(table_rowid_alias(catalog_table(&catalog, STR("b"))));
    assert_null(table_rowid_alias(catalog_table(&catalog, STR("c"))));
    assert_non_null(table_rowid_alias(catalog_table(&catalog, STR("d"))));
    assert_null(table_rowid_alias(catalog_table(&catalog, STR("e"))));
}

static void an_index_is_unique_for_all_rows_or_only_for_some(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_sql(arena,
        "CREATE TABLE t (a, b, c, d);"
        "CREATE UNIQUE INDEX i ON t (a); CREATE UNIQUE INDEX j ON t (b) WHERE c IS NULL;"
        "CREATE UNIQUE INDEX k ON t (lower(c)); CREATE INDEX l ON t (d)");

    const CatalogTable *table = catalog_table(&catalog, STR("t"));

    assert_int_equal(table->indexes.count, 4);
    assert_true(catalog_column(table, STR("a"))->unique);
    assert_false(catalog_column(table, STR("b"))->unique);
    assert_false(catalog_column(table, STR("c"))->unique);
    assert_false(catalog_column(table, STR("d"))->unique);
    assert_non_null(table->indexes.items[1].where.node);
    assert_true(table->indexes.items[2].has_expression);
}

static void views_virtual_tables_and_triggers_are_known_by_name(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_sql(arena,
        "CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t;"
        "CREATE VIRTUAL TABLE f USING fts5(a);"
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END");

    assert_int_equal(catalog_table(&catalog, STR("v"))->kind, TABLE_VIEW);
    assert_false(catalog_table(&catalog, STR("v"))->columns_known);
    assert_int_equal(catalog_table(&catalog, STR("f"))->kind, TABLE_VIRTUAL);
    assert_true(str_is(catalog_table(&catalog, STR("f"))->module, "fts5"));
    assert_true(catalog_table(&catalog, STR("t"))->has_triggers);
    assert_int_equal(catalog.triggers.count, 1);

    catalog_add_sql(arena, &catalog, STR("b.sql"), STR("DROP TABLE t"), NULL);

    assert_int_equal(catalog.triggers.count, 0);
}

static void a_key_names_at_most_one_row(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_sql(arena, "CREATE TABLE t (a, b, c UNIQUE, PRIMARY KEY (a, b))");
    Str     ab[]    = { STR("B"), STR("x"), STR("a") };
    Str     a[]     = { STR("a") };
    Str     c[]     = { STR("c") };

    const CatalogTable *table = catalog_table(&catalog, STR("t"));

    assert_true(table_has_key(table, &(StrVec) { ab, 3, 3 }));
    assert_false(table_has_key(table, &(StrVec) { a, 1, 1 }));
    assert_true(table_has_key(table, &(StrVec) { c, 1, 1 }));
}

/* -- migrations ------------------------------------------------------------------------------ */

static void migrations_are_applied_in_their_order(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = { 0 };
    NoteVec notes   = { 0 };
    catalog_add_sql(arena, &catalog, STR("1.sql"),
                    STR("CREATE TABLE t (a, b); CREATE TABLE old (x); CREATE INDEX i ON t (a);"),
                    &notes);
    catalog_add_sql(arena, &catalog, STR("2.sql"),
                    STR("ALTER TABLE t ADD COLUMN c TEXT; ALTER TABLE t RENAME COLUMN a TO z;"
                        "ALTER TABLE t DROP COLUMN b; DROP TABLE old; INSERT INTO t VALUES (1);"),
                    &notes);
    catalog_add_sql(arena, &catalog, STR("3.sql"), STR("ALTER TABLE t RENAME TO u; DROP INDEX i"),
                    &notes);

    assert_columns(arena, &catalog, "u", "z c");
    assert_columns(arena, &catalog, "t", "no such table");
    assert_columns(arena, &catalog, "old", "no such table");
    assert_int_equal(catalog.tables.count, 1);
    assert_int_equal(catalog_table(&catalog, STR("u"))->indexes.count, 0);
    assert_int_equal(notes.count, 1);
    assert_true(str_starts_with(notes.items[0].message, STR("line 1: 1 statement from here on changes rows")));
}

static void rows_that_come_with_definitions_are_told_once(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = { 0 };

    catalog_add_sql(arena, &catalog, STR("seed.sql"),
                    STR("CREATE TABLE t (a);\nINSERT INTO t VALUES (1);\nUPDATE t SET a = 2; SELECT 1; DELETE FROM t;"), NULL);

    assert_int_equal(catalog.notes.count, 1);
    assert_string_equal(catalog.notes.items[0].code, "SC-02");
    assert_int_equal(catalog.notes.items[0].place.line, 2);
    assert_true(str_starts_with(catalog.notes.items[0].message, STR("3 statements from here on change rows")));
}

static void a_table_rebuilt_under_another_name_takes_the_place_of_the_old_one(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_sql(arena,
        "CREATE TABLE t (a, b); CREATE TABLE u (x REFERENCES t (a));"
        "CREATE TABLE t_new (a INTEGER NOT NULL, c);"
        "INSERT INTO t_new SELECT a, b FROM t; DROP TABLE t; ALTER TABLE t_new RENAME TO t;");

    assert_columns(arena, &catalog, "t", "a c");
    assert_true(catalog_column(catalog_table(&catalog, STR("t")), STR("a"))->not_null);
    assert_int_equal(catalog.tables.count, 2);
}

static void a_table_does_not_take_the_name_of_another(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_sql(arena, "CREATE TABLE a (x); CREATE TABLE b (y);"
                                      "ALTER TABLE a RENAME TO b");

    assert_columns(arena, &catalog, "a", "x");
    assert_columns(arena, &catalog, "b", "y");
}

static Str cell(sqlite3_stmt *rows, int column)
{
    return str_of((const char *)sqlite3_column_text(rows, column));
}

static void the_catalog_after_migrations_is_that_of_sqlite(void **state)
{
    static const char script[] =
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT DEFAULT 'x');"
        "CREATE TABLE posts (id INTEGER, user_id INT REFERENCES users (id), at TEXT,"
        " PRIMARY KEY (id, at));"
        "ALTER TABLE users ADD COLUMN is_admin INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE posts RENAME COLUMN at TO posted_at;"
        "ALTER TABLE users RENAME TO members;"
        "CREATE TABLE tmp (x); DROP TABLE tmp; CREATE TABLE tmp (y, z VARCHAR (10));"
        "ALTER TABLE members DROP COLUMN email;";
    Arena  *arena   = *state;
    Catalog catalog = read_sql(arena, script);
    OWN(sqlite3) db = NULL;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, script, NULL, NULL, NULL), SQLITE_OK);

    sqlite3_stmt *rows = NULL;
    assert_int_equal(sqlite3_prepare_v2(db,
        "SELECT m.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk"
        " FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'",
        -1, &rows, NULL), SQLITE_OK);
    size_t columns = 0;
    while (sqlite3_step(rows) == SQLITE_ROW) {
        const CatalogTable *table = catalog_table(&catalog, cell(rows, 0));
        assert_non_null(table);
        const CatalogColumn *column = catalog_column(table, cell(rows, 1));
        assert_non_null(column);
        assert_string_equal(str_cstr(arena, column->declared), cell(rows, 2).ptr);
        assert_int_equal(column->not_null, sqlite3_column_int(rows, 3));
        assert_int_equal(column->pk, sqlite3_column_int(rows, 5));
        const SchemaExpr *value = &column->default_;
        assert_int_equal(value->node != NULL, cell(rows, 4).ptr != NULL);
        if (value->node)
            assert_string_equal(str_cstr(arena, node_text(value->text, value->node)),
                                cell(rows, 4).ptr);
        columns++;
    }
    sqlite3_finalize(rows);
    size_t ours = 0;
    vec_each(table, &catalog.tables)
        ours += (*table)->columns.count;
    assert_int_equal(columns, ours);
    assert_int_equal(columns, 8);
}

static void two_definitions_of_a_table_give_the_columns_of_both_and_a_note(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = { 0 };
    NoteVec notes   = { 0 };
    catalog_add_sql(arena, &catalog, STR("1.sql"), STR("CREATE TABLE t (a NOT NULL, b NOT NULL)"),
                    &notes);
    catalog_add_sql(arena, &catalog, STR("app.py"),
                    STR("\nCREATE TABLE IF NOT EXISTS t (a NOT NULL, c NOT NULL)"), &notes);

    const CatalogTable *table = catalog_table(&catalog, STR("t"));

    assert_columns(arena, &catalog, "t", "a b c");
    assert_false(column_is_nullable(table, catalog_column(table, STR("a"))));
    assert_true(column_is_nullable(table, catalog_column(table, STR("b"))));
    assert_true(column_is_nullable(table, catalog_column(table, STR("c"))));
    assert_int_equal(notes.count, 1);
    assert_true(str_is(notes.items[0].path, "app.py"));
    assert_true(str_starts_with(notes.items[0].message, STR("line 2: table t ")));
    assert_true(str_contains(notes.items[0].message, STR("1.sql, line 1")));
}

static void the_same_definition_twice_is_no_news(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = { 0 };
    NoteVec notes   = { 0 };
    catalog_add_sql(arena, &catalog, STR("1.sql"), STR("CREATE TABLE t (a TEXT NOT NULL)"), &notes);
    catalog_add_sql(arena, &catalog, STR("2.sql"),
                    STR("CREATE TABLE IF NOT EXISTS T (A text NOT NULL)"), &notes);

    assert_int_equal(notes.count, 0);
    assert_columns(arena, &catalog, "t", "a");
}

static void what_cannot_be_read_is_told_and_passed_by(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = { 0 };
    NoteVec notes   = { 0 };
    catalog_add_sql(arena, &catalog, STR("1.sql"),
                    STR("CREATE TABLE a (x ENUM('p', 'q'));\nALTER TABLE nope ADD x;\n"
                        "CREATE INDEX i ON gone (x);\nCREATE TABLE b (y);"), &notes);

    assert_columns(arena, &catalog, "b", "y");
    assert_int_equal(notes.count, 3);
    assert_true(str_starts_with(notes.items[0].message, STR("line 1: this definition is left")));
    assert_true(str_starts_with(notes.items[1].message, STR("line 2: ALTER TABLE of nope")));
    assert_true(str_starts_with(notes.items[2].message, STR("line 3: index i")));
}

static void a_hole_in_a_definition_leaves_the_columns_unknown(void **state)
{
    Catalog catalog = read_sql(*state, "CREATE TABLE t (a, \x1a); CREATE TABLE \x1a (b);"
                                       "CREATE TABLE u (c \x1a)");

    assert_int_equal(catalog.tables.count, 2);
    assert_false(catalog_table(&catalog, STR("t"))->columns_known);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_column_has_all_that_its_definition_says),
        TEST(constraints_of_the_table_are_kept_with_their_columns),
        TEST(only_the_word_integer_makes_a_rowid),
        TEST(an_index_is_unique_for_all_rows_or_only_for_some),
        TEST(views_virtual_tables_and_triggers_are_known_by_name),
        TEST(a_key_names_at_most_one_row),
        TEST(migrations_are_applied_in_their_order),
        TEST(rows_that_come_with_definitions_are_told_once),
        TEST(a_table_rebuilt_under_another_name_takes_the_place_of_the_old_one),
        TEST(a_table_does_not_take_the_name_of_another),
        TEST(the_catalog_after_migrations_is_that_of_sqlite),
        TEST(two_definitions_of_a_table_give_the_columns_of_both_and_a_note),
        TEST(the_same_definition_twice_is_no_news),
        TEST(what_cannot_be_read_is_told_and_passed_by),
        TEST(a_hole_in_a_definition_leaves_the_columns_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
