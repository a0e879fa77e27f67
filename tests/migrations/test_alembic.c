#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzers/migrations/alembic.h"

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

#define HEAD(id, before) \
    "from alembic import op\nimport sqlalchemy as sa\nrevision = '" id "'\ndown_revision = " before "\ndef upgrade():\n"

/* A revision of one file, beside what SQLite has. */
static Catalog read_beside(Arena *arena, const char *sql, const char *python)
{
    Catalog         catalog = { 0 };
    RevisionFileVec files   = { 0 };
    RevisionFile    file    = { STR("alembic/versions/a.py"), str_of(python) };

    if (sql)
        catalog_add_sql(arena, &catalog, STR("schema.sql"), str_of(sql), NULL);
    vec_push(arena, &files, file);
    catalog_add_alembic(arena, &catalog, &files);
    return catalog;
}

static Catalog read_one(Arena *arena, const char *python)
{
    return read_beside(arena, NULL, python);
}

static Str columns_told(Arena *arena, const Catalog *catalog, const char *name)
{
    const CatalogTable *table = catalog_table(catalog, str_of(name));
    Buf                 out   = buf_new(arena);

    if (!table)
        return STR("no such table");
    vec_each(column, &table->columns)
        buf_format(&out, "%s" STR_FORMAT " %s", out.len ? ", " : "", STR_ARG(column->name), pg_type_sql(column->type));
    return buf_str(&out);
}

static void assert_columns(Arena *arena, const Catalog *catalog, const char *name, const char *expected)
{
    assert_string_equal(str_cstr(arena, columns_told(arena, catalog, name)), expected);
}

static const CatalogNote *note_with(const Catalog *catalog, const char *words)
{
    vec_each(note, &catalog->notes)
        if (str_contains(note->message, str_of(words)))
            return note;
    return NULL;
}

/* -- types ----------------------------------------------------------------------------------- */

static void a_column_is_on_postgres_what_its_migration_makes_it(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_one(arena, HEAD("1", "None")
        " op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True),\n"
        "  sa.Column('is_on', sa.Integer(), server_default='0'), sa.Column('flag', sa.Boolean()),\n"
        "  sa.Column('at', sa.DateTime(timezone=True)), sa.Column('naive', sa.DateTime()))\n");

    const CatalogColumn *on = catalog_column(catalog_table(&catalog, STR("t")), STR("is_on"));

    /* by its name and default it would be a boolean */
    assert_columns(arena, &catalog, "t", "id BIGINT, is_on BIGINT, flag BOOLEAN, at TIMESTAMPTZ, naive unknown");
    assert_string_equal(str_cstr(arena, on->meaning.because), "migrated as INTEGER");
    assert_int_equal(on->place.line, 7);
    assert_true(str_is(str_slice(on->place.text, on->place.lo, on->place.hi), "sa.Column('is_on', sa.Integer(), server_default='0')"));
    assert_int_equal(catalog.notes.count, 1);
    assert_string_equal(str_cstr(arena, catalog.notes.items[0].message),
                        "2 columns (t.id first) are INTEGER or SMALLINT on Postgres, which fail for values of more than 32 or 16 bits");
}

static void a_type_of_the_project_is_not_guessed(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_one(arena, "from app.types import Money\n" HEAD("1", "None")
        " op.create_table('t', sa.Column('price', Money()))\n");

    assert_columns(arena, &catalog, "t", "price unknown");
    assert_non_null(note_with(&catalog, "not SQLAlchemy's own"));
}

static void the_configuration_outweighs_the_migration(void **state)
{
    Arena          *arena   = *state;
    Catalog         catalog = { 0 };
    RevisionFileVec files   = { 0 };
    RevisionFile    file    = { STR("versions/a.py"), STR(HEAD("1", "None") " op.create_table('t', sa.Column('x', sa.DateTime()))\n") };

    vec_push(arena, &files, file);
    catalog_override(arena, &catalog, STR("t"), STR("x"), MEANS_TIMESTAMPTZ);
    catalog_add_alembic(arena, &catalog, &files);

    assert_columns(arena, &catalog, "t", "x TIMESTAMPTZ");
}

/* -- beside SQLite's own schema -------------------------------------------------------------- */

static void types_on_postgres_are_those_of_the_migration_and_a_clash_names_both(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_beside(arena, "CREATE TABLE t (id INTEGER PRIMARY KEY, is_on INTEGER DEFAULT 0, n TEXT)",
        HEAD("1", "None") " op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True),\n"
        "  sa.Column('is_on', sa.Boolean()), sa.Column('n', sa.Integer()))\n");

    assert_columns(arena, &catalog, "t", "id BIGINT, is_on BOOLEAN, n BIGINT");
    assert_int_equal(catalog.notes.count, 2); /* and that INTEGER has 32 bits */
    assert_string_equal(str_cstr(arena, catalog.notes.items[0].message),
                        "t.n is INTEGER on Postgres by this migration, and would be TEXT by schema.sql, line 1; it is taken for what "
                        "the migration makes it");
    assert_true(str_is(catalog.notes.items[0].place.path, "alembic/versions/a.py"));
    assert_true(str_is(catalog_column(catalog_table(&catalog, STR("t")), STR("n"))->declared, "TEXT"));
}

static void a_key_that_only_one_of_them_has_is_relied_on_by_nobody(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_beside(arena, "CREATE TABLE t (a TEXT UNIQUE, b TEXT UNIQUE, c TEXT)",
        HEAD("1", "None") " op.create_table('t', sa.Column('a', sa.Text(), unique=True), sa.Column('b', sa.Text()),\n"
        "  sa.Column('c', sa.Text(), unique=True))\n");
    const CatalogTable *table = catalog_table(&catalog, STR("t"));

    assert_true(catalog_column(table, STR("a"))->unique);
    assert_false(catalog_column(table, STR("b"))->unique);
    assert_false(catalog_column(table, STR("c"))->unique);
    assert_non_null(note_with(&catalog, "only SQLite has t (b) unique"));
    assert_non_null(note_with(&catalog, "only the migration has t (c) unique"));
}

static void a_column_of_one_definition_alone_may_be_null(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_beside(arena, "CREATE TABLE t (id INTEGER PRIMARY KEY, old TEXT NOT NULL)",
        HEAD("1", "None") " op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True),\n"
        "  sa.Column('new', sa.Text(), nullable=False))\n");
    const CatalogTable *table = catalog_table(&catalog, STR("t"));

    assert_true(column_is_nullable(table, catalog_column(table, STR("old"))));
    assert_true(column_is_nullable(table, catalog_column(table, STR("new"))));
    assert_non_null(note_with(&catalog, "t.old is defined here, but not with the table in alembic/versions/a.py, line 6"));
    assert_non_null(note_with(&catalog, "t.new is defined here, but not with the table in schema.sql, line 1"));
}

static void an_index_that_leaves_out_rows_on_one_database_alone_is_no_key(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_one(arena, HEAD("1", "None")
        " op.create_table('t', sa.Column('a', sa.Text()), sa.Column('b', sa.Text()))\n"
        " op.create_index('ix', 't', ['a'], unique=True, postgresql_where=sa.text('b IS NULL'))\n");
    const CatalogTable *table = catalog_table(&catalog, STR("t"));

    assert_false(catalog_column(table, STR("a"))->unique);
    assert_non_null(table->indexes.items[0].where.node);
    assert_non_null(note_with(&catalog, "only SQLite has t (a) unique"));
}

/* -- what is decided when it runs ------------------------------------------------------------ */

static void what_only_a_database_decides_adds_and_takes_nothing_away(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_one(arena, HEAD("1", "None")
        " op.create_table('t', sa.Column('a', sa.Text()), sa.Column('b', sa.Text()))\n"
        " if 'c' not in [c['name'] for c in sa.inspect(op.get_bind()).get_columns('t')]:\n"
        "  op.add_column('t', sa.Column('c', sa.Text()))\n"
        " if sa.inspect(op.get_bind()).has_table('old'):\n"
        "  op.drop_column('t', 'b')\n");

    assert_columns(arena, &catalog, "t", "a TEXT, b TEXT, c TEXT");
    assert_int_equal(note_with(&catalog, "depends on this condition")->place.line, 7);
    assert_int_equal(note_with(&catalog, "drop_column() is left out")->place.line, 10);
}

static void what_a_condition_gave_a_name_is_not_known_after_it(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_one(arena, HEAD("1", "None")
        " kind = sa.Text()\n"
        " if sa.inspect(op.get_bind()).has_table('old'):\n"
        "  kind = sa.Integer()\n"
        " op.create_table('t', sa.Column('a', kind))\n");

    assert_columns(arena, &catalog, "t", "a unknown");
}

static void what_is_not_followed_is_said(void **state)
{
    static const char *const notes[] = { "this loop is not followed", "made_elsewhere() is not followed", "create_all() is not followed",
                                         "this statement is not followed: its text is not known", "create_exclude_constraint()",
                                         "this statement is not followed: it is decided when it runs", "which nothing here defines" };
    Arena  *arena   = *state;
    Catalog catalog = read_one(arena, "from app import made_elsewhere, Base\n" HEAD("1", "None")
        " for table in op.get_bind().execute(sa.text('SELECT 1')):\n  op.drop_table(table)\n"
        " made_elsewhere(op)\n"
        " Base.metadata.create_all(op.get_bind())\n"
        " op.execute(open('x.sql').read() % 1)\n"
        " op.create_exclude_constraint('x', 't')\n"
        " while True:\n  op.drop_table('t')\n"
        " op.add_column('nowhere', sa.Column('a', sa.Text()))\n");

    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (!note_with(&catalog, notes[i]))
            fail_msg("no note says: %s", notes[i]);
}

static void a_table_whose_columns_are_not_all_known_says_so(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_one(arena, "from app import more\n" HEAD("1", "None")
        " op.create_table('t', sa.Column('a', sa.Text()), *more())\n");

    assert_false(catalog_table(&catalog, STR("t"))->columns_known);
    assert_non_null(note_with(&catalog, "not all columns"));
}

static void lists_change_as_they_do_in_python(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_one(arena, "from sqlalchemy import *\n" HEAD("1", "None")
        " parts = []\n parts.append(Column('a', Text()))\n parts.extend([Column('b', Text())])\n"
        " op.create_table('t', *parts)\n"
        " kinds = {'x': sa.Text()}\n kinds['x'] = sa.Integer()\n"
        " op.create_table('u', sa.Column('a', kinds['x']))\n"
        " parts.pop()\n op.create_table('v', *parts)\n"
        " one = sa.Column('a', sa.Text())\n one.nullable = False\n op.create_table('w', one)\n");

    assert_columns(arena, &catalog, "t", "a TEXT, b TEXT");
    assert_columns(arena, &catalog, "u", "a unknown");
    assert_null(catalog_table(&catalog, STR("v")));
    assert_null(catalog_table(&catalog, STR("w")));
    assert_non_null(note_with(&catalog, "nothing that SQLite reads"));
}

static void a_default_that_sqlite_cannot_read_is_there_all_the_same(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_one(arena, HEAD("1", "None")
        " op.create_table('t', sa.Column('a', sa.Text(), server_default=sa.text(\"'{}'::jsonb\")),\n"
        "  sa.Column('b', sa.Text(), server_default=sa.text('now()')))\n");
    const CatalogTable *table = catalog_table(&catalog, STR("t"));

    assert_non_null(catalog_column(table, STR("a"))->default_.node);
    assert_true(str_is(node_text(catalog_column(table, STR("b"))->default_.text, catalog_column(table, STR("b"))->default_.node), "(now())"));
    assert_int_equal(catalog.notes.count, 1);
}

/* -- order ----------------------------------------------------------------------------------- */

static Catalog read_files(Arena *arena, const RevisionFile *files, size_t count)
{
    Catalog         catalog = { 0 };
    RevisionFileVec all     = { 0 };

    for (size_t i = 0; i < count; i++)
        vec_push(arena, &all, files[i]);
    assert_int_equal(catalog_add_alembic(arena, &catalog, &all), count);
    return catalog;
}

static void revisions_are_run_in_their_order_and_two_heads_are_told(void **state)
{
    const RevisionFile files[] = {
        { STR("versions/a.py"), STR(HEAD("three", "'one'") " op.add_column('t', sa.Column('c', sa.Text()))\n") },
        { STR("versions/b.py"), STR(HEAD("two", "'one'") " op.add_column('t', sa.Column('b', sa.Text()))\n") },
        { STR("versions/c.py"), STR(HEAD("one", "None") " op.create_table('t', sa.Column('a', sa.Text()))\n") },
    };
    Arena  *arena   = *state;
    Catalog catalog = read_files(arena, files, 3);

    assert_columns(arena, &catalog, "t", "a TEXT, c TEXT, b TEXT");
    assert_int_equal(catalog.notes.count, 1);
    assert_string_equal(str_cstr(arena, catalog.notes.items[0].message),
                        "revision two is a head beside three: what both make is taken together");
}

static void circles_and_missing_revisions_are_told(void **state)
{
    const RevisionFile files[] = {
        { STR("versions/a.py"), STR(HEAD("one", "'two'") " op.create_table('t', sa.Column('a', sa.Text()))\n") },
        { STR("versions/b.py"), STR(HEAD("two", "'one'") " op.add_column('t', sa.Column('b', sa.Text()))\n") },
        { STR("versions/c.py"), STR(HEAD("three", "'zero'") " op.create_table('u', sa.Column('a', sa.Text()))\n") },
    };
    Arena  *arena   = *state;
    Catalog catalog = read_files(arena, files, 3);

    assert_columns(arena, &catalog, "t", "a TEXT, b TEXT");
    assert_columns(arena, &catalog, "u", "a TEXT");
    assert_non_null(note_with(&catalog, "lead back to it"));
    assert_non_null(note_with(&catalog, "revision zero, which comes before this one, is not there"));
}

static void each_folder_has_a_history_of_its_own(void **state)
{
    const RevisionFile files[] = {
        { STR("one/versions/a.py"), STR(HEAD("1", "None") " op.create_table('t', sa.Column('a', sa.Text()))\n") },
        { STR("two/versions/a.py"), STR(HEAD("1", "None") " op.create_table('u', sa.Column('a', sa.Text()))\n") },
        { STR("two/versions/b.py"), STR(HEAD("2", "'1'") " op.drop_table('t')\n") },
    };
    Arena  *arena   = *state;
    Catalog catalog = read_files(arena, files, 3);

    assert_columns(arena, &catalog, "t", "a TEXT");
    assert_columns(arena, &catalog, "u", "a TEXT");
}

static void endless_revisions_come_to_an_end(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = read_one(arena, "def again(n):\n return again(n) + again(n)\n" HEAD("1", "None")
        " op.create_table('t', sa.Column('a', sa.Text()))\n"
        " again(1)\n"
        " a = ['x', 'y', 'z', 'u']\n"
        " for b in a:\n  for c in a:\n   for d in a:\n    for e in a:\n     for f in a:\n      for g in a:\n       for h in a:\n"
        "        for i in a:\n         for j in a:\n          op.execute('SELECT ' + b + c + d + e + f + g + h + i + j)\n");

    assert_non_null(catalog_table(&catalog, STR("t")));
    assert_non_null(note_with(&catalog, "too long"));
}

static void a_file_that_is_no_revision_is_passed_by(void **state)
{
    Arena          *arena   = *state;
    Catalog         catalog = { 0 };
    RevisionFileVec files   = { 0 };
    RevisionFile    env     = { STR("env.py"), STR("from alembic import context  # down_revision\n") };
    RevisionFile    broken  = { STR("versions/b.py"), STR("from alembic import op\ndown_revision = ((((\ndef upgrade(:\n") };

    vec_push(arena, &files, env);
    vec_push(arena, &files, broken);

    assert_int_equal(catalog_add_alembic(arena, &catalog, &files), 0);
    assert_int_equal(catalog.tables.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_column_is_on_postgres_what_its_migration_makes_it, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_type_of_the_project_is_not_guessed, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(the_configuration_outweighs_the_migration, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(types_on_postgres_are_those_of_the_migration_and_a_clash_names_both, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_key_that_only_one_of_them_has_is_relied_on_by_nobody, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_column_of_one_definition_alone_may_be_null, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(an_index_that_leaves_out_rows_on_one_database_alone_is_no_key, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(what_only_a_database_decides_adds_and_takes_nothing_away, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(what_a_condition_gave_a_name_is_not_known_after_it, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(what_is_not_followed_is_said, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_table_whose_columns_are_not_all_known_says_so, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(lists_change_as_they_do_in_python, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_default_that_sqlite_cannot_read_is_there_all_the_same, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(revisions_are_run_in_their_order_and_two_heads_are_told, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(circles_and_missing_revisions_are_told, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(each_folder_has_a_history_of_its_own, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(endless_revisions_come_to_an_end, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_revision_is_passed_by, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
