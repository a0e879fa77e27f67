#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzers/schema/catalog.h"

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

enum { ROOM = 4 }; /* signals of a case */

/*
 * What column `definition` is taken for with these signals, and what without the last of them. Every kind of signal is
 * the last of some case whose two answers differ: see the last test.
 */
typedef struct WeighCase {
    const char *definition;
    SignalKind  signals[ROOM];
    const char *with, *without;
} WeighCase;

#define S(kind) SIGNAL_##kind

static const WeighCase cases[] = {
    /* a name and one source; two sources of code; never one source alone */
    { "is_open INTEGER", { S(SQL_ZERO) }, "maybe boolean", "? boolean" },
    { "is_open INTEGER", { S(SQL_ONE) }, "maybe boolean", "? boolean" },
    { "is_open INTEGER", { S(SQL_SET_ZERO) }, "maybe boolean", "? boolean" },
    { "is_open INTEGER", { S(SQL_SET_ONE) }, "maybe boolean", "? boolean" },
    { "is_open INTEGER", { S(SQL_TRUTH) }, "maybe boolean", "? boolean" },
    { "is_open INTEGER", { S(GIVEN_BOOL) }, "maybe boolean", "? boolean" },
    { "is_open INTEGER", { S(GIVEN_ZERO_ONE) }, "maybe boolean", "? boolean" },
    { "is_open INTEGER", { S(READ_TRUTH) }, "maybe boolean", "? boolean" },
    { "is_open INTEGER", { S(READ_ZERO_ONE) }, "maybe boolean", "? boolean" },
    { "is_open INTEGER", { S(DATA_ZERO_ONE) }, "maybe boolean", "? boolean" },
    { "a INTEGER", { S(SQL_ZERO), S(SQL_ONE), S(READ_TRUTH) }, "maybe boolean", "plain" },
    { "a INTEGER", { S(SQL_ZERO), S(READ_TRUTH) }, "plain", "plain" },
    { "a INTEGER", { S(SQL_ZERO), S(SQL_ONE), S(SQL_TRUTH) }, "plain", "plain" },
    { "a INTEGER", { S(SQL_TRUTH), S(READ_TRUTH) }, "plain", "plain" },
    { "a INTEGER DEFAULT 0", { S(SQL_TRUTH), S(READ_TRUTH) }, "plain", "plain" },
    { "a INTEGER", { S(DATA_ZERO_ONE), S(READ_TRUTH) }, "maybe boolean", "plain" },
    { "a INTEGER DEFAULT 0", { S(GIVEN_BOOL) }, "maybe boolean", "plain" },
    { "a INTEGER DEFAULT 0", { S(SQL_ZERO) }, "plain", "plain" },
    { "a INTEGER DEFAULT 0", { S(DATA_ZERO_ONE) }, "plain", "plain" },
    { "is_open INTEGER", { S(SQL_ONE), S(READ_TRUTH) }, "yes boolean", "maybe boolean" },
    { "is_open INTEGER DEFAULT 0", { S(SQL_ONE) }, "yes boolean", "maybe boolean" },
    { "seen_at TEXT", { S(SQL_NOW) }, "maybe timestamptz", "? timestamptz" },
    { "seen_at TEXT", { S(SQL_TIME_FUNCTION) }, "maybe timestamptz", "? timestamptz" },
    { "seen_at TEXT", { S(GIVEN_ISO) }, "maybe timestamptz", "? timestamptz" },
    { "seen_on TEXT", { S(GIVEN_ISO) }, "? timestamptz", "? timestamptz" },
    { "seen_on TEXT", { S(GIVEN_DATE) }, "maybe date", "? timestamptz" },
    { "seen_at TEXT", { S(GIVEN_TIME) }, "maybe timestamptz", "? timestamptz" },
    { "seen_at TEXT", { S(READ_TIME) }, "maybe timestamptz", "? timestamptz" },
    { "seen_at TEXT", { S(DATA_ISO_TIME) }, "maybe timestamptz", "? timestamptz" },
    { "due TEXT", { S(SQL_TODAY) }, "maybe date", "? date" },
    { "due TEXT", { S(READ_DATE) }, "maybe date", "? date" },
    { "due TEXT", { S(DATA_ISO_DATE) }, "maybe date", "? date" },
    { "due TEXT", { S(READ_DATE), S(GIVEN_TIME) }, "? date", "maybe date" },
    { "payload TEXT", { S(SQL_JSON_FUNCTION) }, "maybe json", "? json" },
    { "payload TEXT", { S(GIVEN_JSON) }, "maybe json", "? json" },
    { "payload TEXT", { S(READ_JSON) }, "maybe json", "? json" },
    { "payload TEXT", { S(DATA_JSON) }, "maybe json", "? json" },
    { "a TEXT", { S(GIVEN_JSON), S(READ_JSON) }, "maybe json", "plain" },
    { "a", { S(READ_BYTES), S(GIVEN_BYTES) }, "maybe bytes", "plain" },
    { "a", { S(GIVEN_BYTES), S(READ_BYTES) }, "maybe bytes", "plain" },
    { "a", { S(GIVEN_BYTES), S(DATA_BYTES) }, "maybe bytes", "plain" },

    /* what is not open to it: another affinity, a key, a reference, a quantity, a default of its own */
    { "is_open TEXT", { S(GIVEN_BOOL) }, "plain", "plain" },
    { "is_open INTEGER PRIMARY KEY", { S(GIVEN_BOOL) }, "plain", "plain" },
    { "is_open INTEGER REFERENCES x (id)", { S(GIVEN_BOOL) }, "? boolean", "? boolean" },
    { "retries INTEGER", { S(GIVEN_BOOL), S(READ_TRUTH) }, "plain", "plain" },
    { "is_open INTEGER DEFAULT 7", { S(GIVEN_BOOL) }, "plain", "plain" },
    { "seen_at INTEGER", { S(SQL_NOW) }, "plain", "plain" },
    { "payload TEXT UNIQUE", { S(GIVEN_JSON), S(READ_JSON) }, "? json", "? json" },

    /* vetoes */
    { "is_open INTEGER", { S(SQL_ONE), S(SQL_OTHER_NUMBER) }, "? boolean", "maybe boolean" },
    { "is_open INTEGER", { S(SQL_ONE), S(SQL_OTHER_TEXT) }, "? boolean", "maybe boolean" },
    { "is_open INTEGER", { S(SQL_ONE), S(SQL_ORDER) }, "? boolean", "maybe boolean" },
    { "is_open INTEGER", { S(SQL_ONE), S(SQL_ARITHMETIC) }, "? boolean", "maybe boolean" },
    { "is_open INTEGER", { S(SQL_ONE), S(SQL_OTHER_COLUMN) }, "? boolean", "maybe boolean" },
    { "is_open INTEGER", { S(SQL_ONE), S(GIVEN_NUMBER) }, "? boolean", "maybe boolean" },
    { "is_open INTEGER", { S(SQL_ONE), S(READ_NUMBER) }, "? boolean", "maybe boolean" },
    { "is_open INTEGER", { S(SQL_ONE), S(DATA_OTHER_NUMBER) }, "? boolean", "maybe boolean" },
    { "a INTEGER DEFAULT 0", { S(SQL_ZERO), S(SQL_ONE), S(SQL_QUANTITY) }, "? boolean", "maybe boolean" },
    { "a INTEGER DEFAULT 0", { S(GIVEN_BOOL), S(SQL_QUANTITY) }, "maybe boolean", "maybe boolean" },
    { "is_open INTEGER", { S(SQL_ONE), S(SQL_QUANTITY) }, "maybe boolean", "maybe boolean" },
    { "seen_at TEXT", { S(SQL_NOW), S(SQL_EPOCH) }, "? timestamptz", "maybe timestamptz" },
    { "seen_at TEXT", { S(SQL_NOW), S(GIVEN_EPOCH) }, "? timestamptz", "maybe timestamptz" },
    { "seen_at TEXT", { S(SQL_NOW), S(GIVEN_OTHER_TIME) }, "? timestamptz", "maybe timestamptz" },
    { "seen_at TEXT", { S(SQL_NOW), S(GIVEN_TEXT) }, "? timestamptz", "maybe timestamptz" },
    { "seen_at TEXT", { S(SQL_NOW), S(READ_OTHER_TIME) }, "? timestamptz", "maybe timestamptz" },
    { "seen_at TEXT", { S(SQL_NOW), S(READ_EPOCH) }, "? timestamptz", "maybe timestamptz" },
    { "seen_at TEXT", { S(SQL_NOW), S(DATA_PARTIAL_TIME) }, "? timestamptz", "maybe timestamptz" },
    { "seen_at TEXT", { S(SQL_NOW), S(DATA_FREE_TEXT) }, "? timestamptz", "maybe timestamptz" },
    { "seen_at TEXT", { S(SQL_NOW), S(DATA_EPOCH) }, "? timestamptz", "maybe timestamptz" },
    { "payload TEXT", { S(READ_JSON), S(SQL_TEXT_USE) }, "? json", "maybe json" },
    { "payload TEXT", { S(READ_JSON), S(SQL_TEXT_EQUAL) }, "? json", "maybe json" },
    { "payload TEXT", { S(READ_JSON), S(GIVEN_STR) }, "? json", "maybe json" },
    { "payload TEXT", { S(READ_JSON), S(READ_TEXT) }, "? json", "maybe json" },
    { "payload TEXT", { S(READ_JSON), S(DATA_NOT_JSON) }, "? json", "maybe json" },
    { "payload TEXT", { S(READ_JSON), S(DATA_NUL_IN_JSON) }, "? json", "maybe json" },
    { "a", { S(GIVEN_BYTES), S(READ_BYTES), S(DATA_TEXT_IN_BYTES) }, "? bytes", "maybe bytes" },

    /* values that nobody sees being written */
    { "a INTEGER DEFAULT 0", { S(SQL_ZERO), S(SQL_ONE), S(GIVEN_UNSEEN) }, "plain", "maybe boolean" },
    { "is_open INTEGER", { S(SQL_ONE), S(GIVEN_UNSEEN) }, "maybe boolean", "maybe boolean" },
    { "seen_at TEXT", { S(GIVEN_TIME), S(GIVEN_UNSEEN) }, "? timestamptz", "maybe timestamptz" },
    { "seen_at TEXT", { S(READ_TIME), S(GIVEN_UNSEEN) }, "maybe timestamptz", "maybe timestamptz" },
    { "payload TEXT", { S(GIVEN_JSON), S(GIVEN_UNSEEN) }, "? json", "maybe json" },

    /* what the definition decides: a default gives way, a CHECK to other values, a declared type to nothing */
    { "is_open INTEGER DEFAULT 0", { S(DATA_OTHER_NUMBER) }, "? boolean", "maybe boolean" },
    { "seen_at TEXT DEFAULT CURRENT_TIMESTAMP", { S(GIVEN_EPOCH) }, "? timestamptz", "yes timestamptz" },
    { "a INTEGER CHECK (a IN (0, 1))", { S(SQL_ORDER) }, "yes boolean", "yes boolean" },
    { "a INTEGER CHECK (a IN (0, 1))", { S(SQL_OTHER_NUMBER) }, "? boolean", "yes boolean" },
    { "a BOOLEAN", { S(SQL_OTHER_NUMBER) }, "yes boolean", "yes boolean" },
    { "a TIMESTAMP", { S(DATA_EPOCH) }, "yes timestamptz", "yes timestamptz" },
    { "a JSON", { S(DATA_NOT_JSON) }, "yes json", "yes json" },
    { "a BLOB", { S(DATA_TEXT_IN_BYTES) }, "yes bytes", "yes bytes" },
};

enum { CASES = sizeof cases / sizeof *cases };

/* A zero is SIGNAL_SQL_ZERO: what follows the first one in a row is no signal. */
static size_t signals_in(const WeighCase *one)
{
    size_t count = 1;

    while (count < ROOM && one->signals[count])
        count++;
    return count;
}

static const CatalogColumn *weighed(Arena *arena, Catalog *catalog, const char *definition, const SignalKind *signals,
                                    size_t count)
{
    catalog_add_sql(arena, catalog, STR("a.sql"), str_format(arena, "CREATE TABLE t (%s)", definition), NULL);
    const CatalogTable *table = catalog_table(catalog, STR("t"));
    assert_non_null(table);
    const CatalogColumn *column = &table->columns.items[0];
    for (size_t i = 0; i < count; i++)
        catalog_signal(arena, catalog, table, column, (Signal) { .kind = signals[i] });
    catalog_weigh(arena, catalog);
    return column;
}

static Str told(Arena *arena, const Meaning *meaning)
{
    switch (meaning->certainty) {
    case MEANING_YES: return str_format(arena, "yes %s", meaning_name(meaning->meaning));
    case MEANING_MAYBE: return str_format(arena, "maybe %s", meaning_name(meaning->meaning));
    default: break;
    }
    return meaning->suspicion == MEANS_PLAIN ? STR("plain")
                                             : str_format(arena, "? %s", meaning_name(meaning->suspicion));
}

static void signals_are_weighed_with_the_definition(void **state)
{
    Arena *arena = *state;

    for (size_t i = 0; i < CASES; i++) {
        Catalog catalog = { 0 };

        Str with = told(arena, &weighed(arena, &catalog, cases[i].definition, cases[i].signals, signals_in(&cases[i]))->meaning);

        if (!str_is(with, cases[i].with))
            print_error("%s, with %s\n", cases[i].definition, signal_name(cases[i].signals[signals_in(&cases[i]) - 1]));
        assert_string_equal(str_cstr(arena, with), cases[i].with);
    }
}

static void without_the_last_signal_they_mean_less(void **state)
{
    Arena *arena = *state;

    for (size_t i = 0; i < CASES; i++) {
        Catalog catalog = { 0 };

        Str without = told(arena, &weighed(arena, &catalog, cases[i].definition, cases[i].signals,
                                           signals_in(&cases[i]) - 1)->meaning);

        if (!str_is(without, cases[i].without))
            print_error("%s, without %s\n", cases[i].definition, signal_name(cases[i].signals[signals_in(&cases[i]) - 1]));
        assert_string_equal(str_cstr(arena, without), cases[i].without);
    }
}

static void every_kind_of_signal_decides_something(void **state)
{
    bool decides[SIGNAL_COUNT] = { false };

    (void)state;
    for (size_t i = 0; i < CASES; i++)
        if (strcmp(cases[i].with, cases[i].without) != 0)
            decides[cases[i].signals[signals_in(&cases[i]) - 1]] = true;

    for (SignalKind kind = 0; kind < SIGNAL_COUNT; kind++) {
        if (!decides[kind])
            print_error("no case turns on %s\n", signal_name(kind));
        assert_true(decides[kind]);
    }
}

static void equal_signals_are_one_that_counts_and_keeps_its_first_place(void **state)
{
    Arena   *arena   = *state;
    Catalog  catalog = { 0 };
    Signal   signal  = { .kind = SIGNAL_SQL_ONE, .place = { .path = STR("a.py"), .line = 3 }, .detail = STR("first") };
    const CatalogColumn *column = weighed(arena, &catalog, "is_open INTEGER", NULL, 0);
    const CatalogTable  *table  = catalog_table(&catalog, STR("T"));

    catalog_signal(arena, &catalog, table, column, signal);
    signal.place.line = 9;
    signal.count      = 4;
    catalog_signal(arena, &catalog, table, column, signal);

    assert_int_equal(column->signals.count, 1);
    assert_int_equal(column->signals.items[0].count, 5);
    assert_int_equal(column->signals.items[0].place.line, 3);
    assert_true(str_is(column->signals.items[0].detail, "first"));
    assert_int_equal(column->meaning.certainty, MEANING_NO);
}

static void signals_stay_when_the_table_is_altered(void **state)
{
    static const SignalKind kinds[] = { SIGNAL_GIVEN_BOOL };
    Arena                  *arena   = *state;
    Catalog                 catalog = { 0 };

    weighed(arena, &catalog, "is_open INTEGER", kinds, 1);
    catalog_add_sql(arena, &catalog, STR("b.sql"),
                    STR("ALTER TABLE t ADD COLUMN b TEXT; ALTER TABLE t RENAME TO u; ALTER TABLE u RENAME COLUMN is_open TO is_shut"),
                    NULL);

    const CatalogColumn *column = catalog_column(catalog_table(&catalog, STR("u")), STR("is_shut"));
    assert_non_null(column);
    assert_int_equal(column->meaning.meaning, MEANS_BOOLEAN);
    assert_int_equal(column->type, PG_BOOLEAN);
}

static void the_configuration_outweighs_every_signal(void **state)
{
    static const SignalKind kinds[] = { SIGNAL_GIVEN_BOOL, SIGNAL_SQL_ONE };
    Arena                  *arena   = *state;
    Catalog                 catalog = { 0 };

    catalog_override(arena, &catalog, STR("t"), STR("is_open"), MEANS_INTEGER);
    const CatalogColumn *column = weighed(arena, &catalog, "is_open INTEGER", kinds, 2);

    assert_int_equal(column->meaning.meaning, MEANS_INTEGER);
    assert_int_equal(column->type, PG_BIGINT);
}

static void what_contradicts_a_declared_type_is_told(void **state)
{
    static const SignalKind kinds[] = { SIGNAL_SQL_OTHER_NUMBER };
    Arena                  *arena   = *state;
    Catalog                 catalog = { 0 };

    const CatalogColumn *column = weighed(arena, &catalog, "a BOOLEAN", kinds, 1);

    assert_int_equal(column->type, PG_BOOLEAN);
    assert_int_equal(column->meaning.against, MEANS_BOOLEAN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(signals_are_weighed_with_the_definition, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(without_the_last_signal_they_mean_less, open_arena, close_arena),
        cmocka_unit_test(every_kind_of_signal_decides_something),
        cmocka_unit_test_setup_teardown(equal_signals_are_one_that_counts_and_keeps_its_first_place, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(signals_stay_when_the_table_is_altered, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(the_configuration_outweighs_every_signal, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(what_contradicts_a_declared_type_is_told, open_arena, close_arena),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
