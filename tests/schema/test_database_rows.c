#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sqlite3.h>
#include <stdlib.h>

#include "analyzers/schema/column_contents.h"
#include "analyzers/schema/database_rows.h"
#include "base/own.h"

OWN_BY(sqlite3_stmt, sqlite3_finalize)

typedef struct World {
    Arena   *arena;
    sqlite3 *db;
    Catalog  catalog;
} World;

static int open_world(void **state)
{
    World *world = calloc(1, sizeof *world);

    world->arena = arena_open();
    assert_int_equal(sqlite3_open(":memory:", &world->db), SQLITE_OK);
    *state = world;
    return 0;
}

static int close_world(void **state)
{
    World *world = *state;

    sqlite3_close(world->db);
    arena_close(world->arena);
    free(world);
    return 0;
}

static void run(const World *world, const char *sql)
{
    char *trouble = NULL;

    if (sqlite3_exec(world->db, sql, NULL, NULL, &trouble) != SQLITE_OK)
        fail_msg("%s: %s", trouble, sql);
}

static void look(World *world)
{
    OWN(sqlite3_stmt) rows = NULL;

    sqlite3_prepare_v2(world->db, "SELECT sql FROM sqlite_master WHERE sql <> '' ORDER BY rowid", -1, &rows, NULL);
    while (sqlite3_step(rows) == SQLITE_ROW)
        catalog_add_sql(world->arena, &world->catalog, STR("a.db"),
                        str_copy(world->arena, str_of((const char *)sqlite3_column_text(rows, 0))), NULL);
    catalog_look_at_rows(world->arena, &world->catalog, world->db, STR("a.db"));
}

/* The rows of the numbers i from 0, each with the value given. */
static void fill(const World *world, size_t count, const char *value)
{
    Str sql = str_format(world->arena,
                         "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %zu - 1)"
                         " INSERT INTO t SELECT %s FROM n",
                         count, value);

    run(world, str_cstr(world->arena, sql));
}

static const CatalogColumn *column_of(const World *world, const char *table, const char *column)
{
    const CatalogTable *known = catalog_table(&world->catalog, str_of(table));

    assert_non_null(known);
    assert_non_null(catalog_column(known, str_of(column)));
    return catalog_column(known, str_of(column));
}

static const Signal *signal_of(const CatalogColumn *column, SignalKind kind)
{
    vec_each(signal, &column->signals)
        if (signal->kind == kind)
            return signal;
    return NULL;
}

/* "ZERO_ONE NOT_JSON": names of signals without what all of data begin with. */
static Str names_of(Arena *arena, const SignalVec *signals)
{
    StrVec names = { 0 };

    vec_each(signal, signals) {
        Str name = str_of(signal_name(signal->kind));
        assert_true(str_starts_with(name, STR("DATA_")));
        vec_push(arena, &names, str_slice(name, 5, name.len));
    }
    return str_join(arena, &names, STR(" "));
}

/* -- signals --------------------------------------------------------------------------------- */

typedef struct Case {
    const char *column;
    size_t      rows;
    const char *value; /* of the row i */
    const char *says;
} Case;

#define TIME_TEXT "'2024-01-02T03:04:' || substr('0' || (i % 60), -2)"
#define DATE_TEXT "date('2024-01-01', i || ' days')"
#define OBJECT    "'{\"a\": ' || i || '}'"

static const Case cases[] = {
    /* Booleans. */
    { "is_on INTEGER", 10, "i % 2", "ZERO_ONE" },
    { "is_on INTEGER", 40, "CASE i % 3 WHEN 2 THEN NULL ELSE i % 3 END", "ZERO_ONE" },
    { "is_on BOOLEAN", 40, "i % 2", "ZERO_ONE" },
    { "is_on", 40, "i % 2", "ZERO_ONE EPOCH" },
    { "is_on INTEGER", 9, "i % 2", "" },
    { "is_on INTEGER", 0, "i", "" },
    { "is_on INTEGER", 40, "NULL", "" },
    { "is_on INTEGER", 40, "0", "" },
    { "is_on INTEGER", 40, "1", "" },
    { "is_on INTEGER", 40, "CASE i WHEN 39 THEN 2 ELSE i % 2 END", "OTHER_NUMBER" },
    { "is_on INTEGER", 40, "CASE i WHEN 39 THEN -1 ELSE i % 2 END", "OTHER_NUMBER" },
    { "is_on INTEGER", 40, "CASE i WHEN 39 THEN 0.5 ELSE i % 2 END", "OTHER_NUMBER" },
    { "is_on INTEGER", 40, "CASE i WHEN 39 THEN 'true' ELSE i % 2 END", "OTHER_NUMBER" },
    { "is_on INTEGER", 40, "CASE i WHEN 39 THEN '' ELSE i % 2 END", "OTHER_NUMBER" },
    { "is_on INTEGER", 40, "CASE i WHEN 39 THEN x'00' ELSE i % 2 END", "OTHER_NUMBER" },
    { "is_on INTEGER", 40, "CASE i WHEN 39 THEN '1' ELSE i % 2 END", "ZERO_ONE" }, /* SQLite makes a number of it */
    { "is_on TEXT", 40, "i % 2", "EPOCH" },
    /* Times. */
    { "at TEXT", 3, TIME_TEXT, "ISO_TIME NOT_JSON" },
    { "at TEXT", 2, TIME_TEXT, "NOT_JSON" },
    { "at DATETIME", 40, TIME_TEXT, "OTHER_NUMBER ISO_TIME NOT_JSON" },
    { "at TEXT", 200, "CASE WHEN i < 198 THEN " TIME_TEXT " ELSE '' END", "ISO_TIME NOT_JSON" },
    { "at TEXT", 200, "CASE WHEN i < 197 THEN " TIME_TEXT " ELSE '' END", "FREE_TEXT NOT_JSON" },
    { "at TEXT", 200, "CASE WHEN i < 199 THEN " TIME_TEXT " ELSE 'soon' END", "ISO_TIME FREE_TEXT NOT_JSON" },
    { "at TEXT", 200, "CASE WHEN i < 199 THEN " TIME_TEXT " ELSE '01/02/2024' END", "ISO_TIME FREE_TEXT NOT_JSON" },
    { "at TEXT", 200, "CASE WHEN i < 199 THEN " TIME_TEXT " ELSE 'null' END", "ISO_TIME FREE_TEXT NOT_JSON" },
    { "at TEXT", 200, "CASE WHEN i < 199 THEN " TIME_TEXT " ELSE x'00' END", "ISO_TIME FREE_TEXT NOT_JSON TEXT_IN_BYTES" },
    { "at TEXT", 200, "CASE WHEN i < 199 THEN " TIME_TEXT " ELSE '09:30' END", "ISO_TIME PARTIAL_TIME NOT_JSON" },
    { "at TEXT", 200, "CASE WHEN i < 199 THEN " TIME_TEXT " ELSE 1706745599 END", "ISO_TIME EPOCH NOT_JSON" },
    { "at TEXT", 200, "CASE i % 2 WHEN 1 THEN " TIME_TEXT " ELSE " DATE_TEXT " END", "NOT_JSON" },
    { "at TEXT", 40, "'2024-01'", "PARTIAL_TIME NOT_JSON" },
    { "at TEXT", 40, "'09:30'", "PARTIAL_TIME NOT_JSON" },
    { "at TEXT", 40, "''", "FREE_TEXT NOT_JSON" },
    { "at DATETIME", 40, "1706745599 + i", "OTHER_NUMBER EPOCH" },
    { "at INTEGER", 40, "1706745599 + i", "OTHER_NUMBER" },
    { "price NUMERIC", 40, "1706745599 + i", "OTHER_NUMBER" },
    { "at INTEGER", 40, TIME_TEXT, "OTHER_NUMBER" },
    /* Dates. */
    { "day TEXT", 40, DATE_TEXT, "ISO_DATE NOT_JSON" },
    { "day DATE", 40, DATE_TEXT, "OTHER_NUMBER ISO_DATE NOT_JSON" },
    { "day TEXT", 2, DATE_TEXT, "NOT_JSON" },
    { "day TEXT", 200, "CASE i WHEN 5 THEN '2024-02-30' ELSE " DATE_TEXT " END", "FREE_TEXT NOT_JSON" },
    /* JSON. */
    { "meta TEXT", 3, OBJECT, "JSON" },
    { "meta TEXT", 40, "'[]'", "JSON" },
    { "meta JSON", 40, OBJECT, "OTHER_NUMBER JSON" },
    { "meta", 40, OBJECT, "OTHER_NUMBER JSON" },
    { "meta TEXT", 2, OBJECT, "" },
    { "meta TEXT", 40, "i", "EPOCH" },
    { "meta TEXT", 40, "'\"' || i || '\"'", "" },
    { "meta TEXT", 40, "CASE i WHEN 5 THEN 'null' ELSE " OBJECT " END", "" },
    { "meta TEXT", 40, "CASE i WHEN 5 THEN '' ELSE " OBJECT " END", "FREE_TEXT NOT_JSON" },
    { "meta TEXT", 40, "CASE i WHEN 5 THEN '{''a'': 1}' ELSE " OBJECT " END", "FREE_TEXT NOT_JSON" },
    { "meta TEXT", 40, "CASE i WHEN 5 THEN '[NaN]' ELSE " OBJECT " END", "FREE_TEXT NOT_JSON" },
    { "meta TEXT", 40, "CASE i WHEN 5 THEN '[\"\\u0000\"]' ELSE " OBJECT " END", "NUL_IN_JSON" },
    { "meta TEXT", 40, "CASE i WHEN 5 THEN '[' || char(0) || ']' ELSE " OBJECT " END", "FREE_TEXT NOT_JSON" },
    { "meta TEXT", 40, "CASE i WHEN 5 THEN CAST(x'5BFF5D' AS TEXT) ELSE " OBJECT " END", "FREE_TEXT NOT_JSON" },
    { "meta INTEGER", 40, OBJECT, "OTHER_NUMBER" },
    /* Bytes. */
    { "raw BLOB", 3, "x'00FF'", "OTHER_NUMBER NOT_JSON BYTES" },
    { "raw", 3, "x''", "OTHER_NUMBER NOT_JSON BYTES" },
    { "raw BLOB", 2, "x'00FF'", "OTHER_NUMBER NOT_JSON" },
    { "raw BLOB", 40, "CASE i WHEN 5 THEN 'soon' ELSE x'00FF' END", "OTHER_NUMBER FREE_TEXT NOT_JSON TEXT_IN_BYTES" },
    { "raw BLOB", 40, "'soon'", "OTHER_NUMBER FREE_TEXT NOT_JSON TEXT_IN_BYTES" },
    { "raw", 40, "'soon'", "OTHER_NUMBER FREE_TEXT NOT_JSON" },
};

static void rows_say_what_they_hold(void **state)
{
    World *world = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Case *it = &cases[i];
        Str         create = str_format(world->arena, "DROP TABLE IF EXISTS t; CREATE TABLE t (%s)", it->column);
        world->catalog = (Catalog) { 0 };
        run(world, str_cstr(world->arena, create));
        if (it->rows)
            fill(world, it->rows, it->value);
        look(world);
        Str got = names_of(world->arena, &catalog_table(&world->catalog, STR("t"))->columns.items[0].signals);
        if (!str_is(got, it->says))
            fail_msg("%s with %zu rows of %s says \"" STR_FORMAT "\", not \"%s\"", it->column, it->rows, it->value,
                     STR_ARG(got), it->says);
    }
}

static void every_signal_of_data_is_in_the_table_above(void **state)
{
    Arena *arena = ((World *)*state)->arena;

    for (SignalKind kind = 0; kind < SIGNAL_COUNT; kind++) {
        bool is_told = signal_source(kind) != SIGNAL_OF_DATA;
        Str  name    = str_of(signal_name(kind));
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            Str rest = str_of(cases[i].says), word;
            while (str_cut(&rest, ' ', &word))
                is_told = is_told || str_eq(str_format(arena, "DATA_" STR_FORMAT, STR_ARG(word)), name);
        }
        if (!is_told)
            fail_msg("no case for " STR_FORMAT, STR_ARG(name));
    }
}

static void a_signal_says_how_much_was_seen_and_shows_no_text(void **state)
{
    World *world = *state;
    run(world, "CREATE TABLE t (id INTEGER PRIMARY KEY, is_on INTEGER, at TEXT)");
    fill(world, 40, "10 + i, i % 2, CASE WHEN i > 37 THEN 'Hunter2' ELSE " TIME_TEXT " END");

    look(world);

    const Signal *is_on = signal_of(column_of(world, "t", "is_on"), SIGNAL_DATA_ZERO_ONE);
    const Signal *at    = signal_of(column_of(world, "t", "at"), SIGNAL_DATA_FREE_TEXT);
    assert_int_equal(is_on->count, 40);
    assert_true(str_is(is_on->detail, "all 40 rows"));
    assert_true(str_is(is_on->place.path, "a.db"));
    assert_int_equal(at->count, 2);
    assert_true(str_is(at->detail, "free text of the form \"aaaaaa9\" at rowid 48; all 40 rows"));
}

/* -- which rows ------------------------------------------------------------------------------ */

static Str rows_said(const World *world)
{
    return row_count_words(world->arena, column_of(world, "t", "c")->contents.items[0]->rows);
}

static void a_large_table_is_looked_at_in_its_beginning_its_end_and_between(void **state)
{
    World *world = *state;
    run(world, "CREATE TABLE t (c INTEGER)");
    fill(world, 100000, "CASE i WHEN 0 THEN 'first' WHEN 99999 THEN 'last' ELSE i END");

    look(world);

    const ColumnContents *got = column_of(world, "t", "c")->contents.items[0];
    assert_true(str_is(rows_said(world), "2,000 of at most 100,000 rows"));
    assert_int_equal(got->kinds[VALUE_FREE_TEXT].count, 2);
    assert_int_equal(got->kinds[VALUE_INTEGER].count + got->kinds[VALUE_ONE].count, 1998);
}

static void a_table_as_large_as_the_look_is_seen_whole(void **state)
{
    World *world = *state;
    run(world, "CREATE TABLE t (c INTEGER)");
    fill(world, 2000, "i");
    look(world);
    assert_true(str_is(rows_said(world), "all 2,000 rows"));

    run(world, "INSERT INTO t VALUES (5)");
    world->catalog = (Catalog) { 0 };
    look(world);

    assert_true(str_is(rows_said(world), "2,000 of at most 2,001 rows"));
}

/* Every row that is looked at is looked at once. */
static void wide_gaps_and_the_ends_of_the_numbers_do_no_harm(void **state)
{
    World *world = *state;
    run(world, "CREATE TABLE t (id INTEGER PRIMARY KEY, c UNIQUE)");
    fill(world, 3000, "i * i * i, i");
    run(world, "INSERT INTO t VALUES (9223372036854775807, 'last'), (-9223372036854775808, 'first')");

    look(world);

    const ColumnContents *got = column_of(world, "t", "c")->contents.items[0];
    uint64_t              sum = 0;
    for (size_t i = 0; i < VALUE_KIND_COUNT; i++)
        sum += got->kinds[i].count;
    assert_int_equal(sum, got->rows.looked_at);
    assert_int_equal(got->kinds[VALUE_FREE_TEXT].count, 2);
    assert_int_equal(got->kinds[VALUE_ZERO].count, 1);
    assert_in_range(got->rows.looked_at, 1000, 2000);
    assert_true(str_is(got->kinds[VALUE_FREE_TEXT].where, "rowid -9223372036854775808"));
}

static void a_table_without_rowids_is_looked_at_from_its_beginning(void **state)
{
    World *world = *state;
    run(world, "CREATE TABLE t (k TEXT COLLATE NOCASE, c INTEGER, PRIMARY KEY (k DESC)) WITHOUT ROWID");
    fill(world, 5000, "printf('%05d', i), CASE i WHEN 4990 THEN 'soon' ELSE i END");

    look(world);

    assert_true(str_is(rows_said(world), "the first 501 rows"));
    assert_true(str_is(column_of(world, "t", "c")->contents.items[0]->kinds[VALUE_FREE_TEXT].where, "row 10"));
}

static void a_table_that_takes_all_names_of_the_rowid_is_read_nevertheless(void **state)
{
    World *world = *state;
    run(world, "CREATE TABLE t (rowid TEXT, _rowid_ TEXT, c INTEGER, oid AS (c) VIRTUAL)");
    fill(world, 30, "'x', 'y', i % 2");

    look(world);

    assert_true(str_is(rows_said(world), "all 30 rows"));
    assert_non_null(signal_of(column_of(world, "t", "c"), SIGNAL_DATA_ZERO_ONE));
}

static void many_tables_share_what_may_be_looked_at(void **state)
{
    World *world = *state;
    run(world, "CREATE TABLE t (c INTEGER, d, e, f, g)");
    fill(world, 5000, "i, i, i, i, i");
    for (int i = 0; i < 199; i++)
        run(world, str_cstr(world->arena, str_format(world->arena, "CREATE TABLE t%d (c)", i)));

    look(world);

    assert_true(str_is(rows_said(world), "1,000 of at most 5,000 rows"));
}

/* -- what is not read ------------------------------------------------------------------------ */

static void only_what_tables_store_is_read(void **state)
{
    World *world = *state;
    run(world, "CREATE TABLE t (c INTEGER, twice AS (c * 2) VIRTUAL, kept AS (c) STORED);"
               "CREATE VIEW v AS SELECT c FROM t;"
               "CREATE VIRTUAL TABLE f USING fts5(c);"
               "CREATE TABLE empty (c INTEGER)");
    run(world, "INSERT INTO f VALUES ('a'), ('b'), ('c')");
    run(world, "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 40)"
               " INSERT INTO t (c) SELECT i % 2 FROM n");

    look(world);

    assert_int_equal(column_of(world, "t", "c")->signals.count, 1);
    assert_int_equal(column_of(world, "t", "twice")->signals.count, 0);
    assert_int_equal(column_of(world, "t", "kept")->signals.count, 0);
    assert_int_equal(column_of(world, "empty", "c")->contents.count, 0);
    vec_each(table, &world->catalog.tables)
        vec_each(column, &(*table)->columns)
            assert_true(str_is((*table)->name, "t") || column->contents.count == 0);
}

static void names_are_no_texts(void **state)
{
    World *world = *state;
    run(world, "CREATE TABLE `a``b \"c\" [d]` (`select` INTEGER, `x``y` INTEGER, \"it's\" INTEGER, `gone` INTEGER)");
    run(world, "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 40)"
               " INSERT INTO `a``b \"c\" [d]` SELECT i % 2, i % 2, i % 2, i % 2 FROM n");

    look(world);

    const CatalogTable *table = world->catalog.tables.items[0];
    assert_int_equal(table->columns.count, 4);
    vec_each(column, &table->columns)
        assert_non_null(signal_of(column, SIGNAL_DATA_ZERO_ONE));
}

static void a_column_of_another_definition_is_passed_by(void **state)
{
    World *world = *state;
    run(world, "CREATE TABLE t (c INTEGER)");
    fill(world, 30, "i % 2");
    catalog_add_sql(world->arena, &world->catalog, STR("1.sql"), STR("CREATE TABLE T (C INTEGER, later TEXT)"), NULL);

    look(world);

    assert_non_null(signal_of(column_of(world, "t", "c"), SIGNAL_DATA_ZERO_ONE));
    assert_int_equal(column_of(world, "t", "later")->signals.count, 0);
}

static void long_texts_are_left_and_the_rest_of_the_table_is_read(void **state)
{
    World *world = *state;
    run(world, "CREATE TABLE t (c TEXT, n INTEGER)");
    fill(world, 40, "CASE i WHEN 5 THEN printf('[%.*c]', 300000, ' ') ELSE '[]' END, i % 2");

    look(world);

    const ColumnContents *got = column_of(world, "t", "c")->contents.items[0];
    assert_int_equal(got->kinds[VALUE_LONG_TEXT].count, 1);
    assert_int_equal(got->kinds[VALUE_JSON].count, 39);
    assert_int_equal(column_of(world, "t", "c")->signals.count, 0); /* nobody knows what the long one is */
    assert_non_null(signal_of(column_of(world, "t", "n"), SIGNAL_DATA_ZERO_ONE));
}

static void texts_behind_much_else_are_left_and_bytes_are_counted(void **state)
{
    World *world = *state;
    run(world, "CREATE TABLE t (b BLOB, c TEXT)");
    fill(world, 8, "zeroblob(2000000), '[]'");

    look(world);

    assert_int_equal(column_of(world, "t", "b")->contents.items[0]->kinds[VALUE_BYTES].count, 8);
    assert_int_equal(column_of(world, "t", "c")->contents.items[0]->kinds[VALUE_LONG_TEXT].count, 8);
}

static void much_text_ends_the_look(void **state)
{
    World *world = *state;
    run(world, "CREATE TABLE t (c TEXT)");
    fill(world, 400, "printf('[%.*c]', 200000, ' ')");

    look(world);

    Str said = rows_said(world);
    assert_true(str_ends_with(said, STR(" of at most 400 rows")));
    assert_in_range(column_of(world, "t", "c")->contents.items[0]->rows.looked_at, 330, 340); /* 64 MB */
}

static void the_same_rows_give_the_same_signals(void **state)
{
    World *world = *state;
    run(world, "CREATE TABLE t (c INTEGER, d TEXT)");
    fill(world, 30000, "i % 7, CASE i % 700 WHEN 1 THEN 'soon' ELSE " TIME_TEXT " END");

    look(world);
    Catalog first  = world->catalog;
    world->catalog = (Catalog) { 0 };
    look(world);

    for (size_t i = 0; i < 2; i++) {
        const SignalVec *a = &first.tables.items[0]->columns.items[i].signals;
        const SignalVec *b = &world->catalog.tables.items[0]->columns.items[i].signals;
        assert_int_equal(a->count, b->count);
        assert_true(a->count > 0);
        for (size_t j = 0; j < a->count; j++) {
            assert_int_equal(a->items[j].kind, b->items[j].kind);
            assert_int_equal(a->items[j].count, b->items[j].count);
            assert_true(str_eq(a->items[j].detail, b->items[j].detail));
        }
    }
}

/* -- what does not fit ----------------------------------------------------------------------- */

typedef struct Misfit {
    const char *column;
    const char *value;
    const char *codes; /* of the notes */
} Misfit;

static const Misfit misfits[] = {
    { "c BOOLEAN", "i % 2", "" },
    { "c BOOLEAN", "2", "DATA-05" },
    { "c BOOLEAN", "'true'", "DATA-05" },
    { "c BOOLEAN", "''", "DATA-05" },
    { "c INTEGER", "i * 1000", "" },
    { "c INTEGER", "'12abc'", "DATA-01" },
    { "c INTEGER", "''", "DATA-01" },
    { "c INTEGER", "1.5", "DATA-02" },
    { "c INTEGER", "x'00'", "DATA-01" },
    { "c REAL", "i / 3.0", "" },
    { "c REAL", "'a'", "DATA-01" },
    { "c NUMERIC(10, 2)", "i / 4.0", "" },
    { "c NUMERIC(10, 2)", "'a'", "DATA-01" },
    { "c TEXT", "'a' || i", "" },
    { "c TEXT", "x'00'", "DATA-10" },
    { "c TEXT", "'a' || char(0)", "DATA-08" },
    { "c TEXT", "CAST(x'FF' AS TEXT)", "DATA-08b" },
    { "c", "i", "" },
    { "c", "x'00'", "DATA-10" },
    { "c BLOB", "x'00'", "" },
    { "c BLOB", "'a'", "DATA-10" },
    { "c TIMESTAMP", TIME_TEXT, "" },
    { "c TIMESTAMP", DATE_TEXT, "" },
    { "c TIMESTAMP", "'soon'", "DATA-07" },
    { "c TIMESTAMP", "'2024-01'", "DATA-07" },
    { "c TIMESTAMP", "''", "DATA-06" },
    { "c TIMESTAMP", "1706745599", "DATA-07" },
    { "c DATE", DATE_TEXT, "" },
    { "c DATE", TIME_TEXT, "DATA-07" },
    { "c JSON", OBJECT, "" },
    { "c JSON", "'null'", "" },
    { "c JSON", "i", "" },
    { "c JSON", "'{''a'': 1}'", "DATA-09" },
    { "c JSON", "'[\"\\u0000\"]'", "DATA-09" },
    { "c JSON", "''", "DATA-09" },
    { "c UUID", "'a'", "" },
    { "c INTEGER", "NULL", "" },
};

static Str codes_of(Arena *arena, const CatalogNoteVec *notes)
{
    StrVec codes = { 0 };

    vec_each(note, notes)
        vec_push(arena, &codes, str_of(note->code));
    return str_join(arena, &codes, STR(" "));
}

static void a_value_that_the_type_is_not_for_leaves_a_note(void **state)
{
    World *world = *state;

    for (size_t i = 0; i < sizeof misfits / sizeof *misfits; i++) {
        const Misfit *it     = &misfits[i];
        Str           create = str_format(world->arena, "DROP TABLE IF EXISTS t; CREATE TABLE t (%s)", it->column);
        world->catalog       = (Catalog) { 0 };
        run(world, str_cstr(world->arena, create));
        fill(world, 5, it->value);
        look(world);
        assert_int_equal(world->catalog.notes.count, 0);
        catalog_tell_misfits(world->arena, &world->catalog);
        Str got = codes_of(world->arena, &world->catalog.notes);
        if (!str_is(got, it->codes))
            fail_msg("%s with %s leaves \"" STR_FORMAT "\", not \"%s\"", it->column, it->value, STR_ARG(got),
                     it->codes);
    }
}

static void a_note_names_the_column_the_rows_and_the_form(void **state)
{
    World *world = *state;
    run(world, "CREATE TABLE t (id INTEGER PRIMARY KEY, flag BOOLEAN)");
    fill(world, 4000, "i + 101, CASE i WHEN 7 THEN 'secret!' WHEN 9 THEN 'x' ELSE i % 2 END");

    look(world);
    catalog_tell_misfits(world->arena, &world->catalog);

    assert_int_equal(world->catalog.notes.count, 1);
    assert_string_equal(str_cstr(world->arena, world->catalog.notes.items[0].message),
                        "t.flag is BOOLEAN on Postgres, and 2 rows of a.db hold something else: free text of the form"
                        " \"aaaaaa!\" at rowid 108 (looked at: 2,000 of at most 4,000 rows)");
}

static void the_type_that_counts_is_the_one_in_the_end(void **state)
{
    World *world = *state;
    run(world, "CREATE TABLE t (flag BOOLEAN, n TEXT)");
    fill(world, 20, "i, i");

    look(world);
    catalog_override(world->arena, &world->catalog, STR("t"), STR("flag"), MEANS_INTEGER);
    catalog_override(world->arena, &world->catalog, STR("t"), STR("n"), MEANS_INTEGER);
    catalog_tell_misfits(world->arena, &world->catalog);

    assert_int_equal(world->catalog.notes.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_say_what_they_hold),
        TEST(every_signal_of_data_is_in_the_table_above),
        TEST(a_signal_says_how_much_was_seen_and_shows_no_text),
        TEST(a_large_table_is_looked_at_in_its_beginning_its_end_and_between),
        TEST(a_table_as_large_as_the_look_is_seen_whole),
        TEST(wide_gaps_and_the_ends_of_the_numbers_do_no_harm),
        TEST(a_table_without_rowids_is_looked_at_from_its_beginning),
        TEST(a_table_that_takes_all_names_of_the_rowid_is_read_nevertheless),
        TEST(many_tables_share_what_may_be_looked_at),
        TEST(only_what_tables_store_is_read),
        TEST(names_are_no_texts),
        TEST(a_column_of_another_definition_is_passed_by),
        TEST(long_texts_are_left_and_the_rest_of_the_table_is_read),
        TEST(texts_behind_much_else_are_left_and_bytes_are_counted),
        TEST(much_text_ends_the_look),
        TEST(the_same_rows_give_the_same_signals),
        TEST(a_value_that_the_type_is_not_for_leaves_a_note),
        TEST(a_note_names_the_column_the_rows_and_the_form),
        TEST(the_type_that_counts_is_the_one_in_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
