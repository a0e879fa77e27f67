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

/* What the first column of `CREATE TABLE t (<definition>)` means: "maybe boolean", "? json". */
static Str told(Arena *arena, const char *definition)
{
    Catalog catalog = { 0 };
    Str     text    = str_format(arena, "CREATE TABLE t (%s)", definition);

    catalog_add_sql(arena, &catalog, STR("a.sql"), text, NULL);
    const CatalogTable *table = catalog_table(&catalog, STR("t"));
    assert_non_null(table);
    assert_true(table->columns.count >= 1);
    const Meaning *meaning = &table->columns.items[0].meaning;
    switch (meaning->certainty) {
    case MEANING_YES: return str_format(arena, "yes %s", meaning_name(meaning->meaning));
    case MEANING_MAYBE: return str_format(arena, "maybe %s", meaning_name(meaning->meaning));
    default: break;
    }
    if (meaning->suspicion == MEANS_PLAIN)
        return STR("plain");
    return str_format(arena, "? %s", meaning_name(meaning->suspicion));
}

typedef struct MeaningCase {
    const char *definition, *expected;
} MeaningCase;

static void assert_meanings(Arena *arena, const MeaningCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Str got = told(arena, cases[i].definition);
        if (!str_is(got, cases[i].expected))
            print_error("%s\n", cases[i].definition);
        assert_string_equal(str_cstr(arena, got), cases[i].expected);
    }
}

#define ASSERT_MEANINGS(arena, cases) \
    assert_meanings((arena), (cases), sizeof(cases) / sizeof *(cases))

static void a_flag_is_declared_checked_or_has_a_default_and_a_name(void **state)
{
    static const MeaningCase cases[] = {
        { "a BOOLEAN", "yes boolean" },
        { "a bool NOT NULL DEFAULT TRUE", "yes boolean" },
        { "x INTEGER CHECK (x IN (0, 1))", "yes boolean" },
        { "x INTEGER CHECK (x IN (1, 0) AND x IS NOT NULL)", "yes boolean" },
        { "x INTEGER CHECK (x = 0 OR x = 1)", "yes boolean" },
        { "x INTEGER CHECK (x IS NULL OR x IN (0, 1))", "yes boolean" },
        { "x INTEGER CHECK (x BETWEEN 0 AND 1)", "yes boolean" },
        { "x INTEGER CHECK (x IS NULL OR x = 0 OR x IS 1)", "yes boolean" },
        { "a BOOLEAN CHECK (a = 1)", "yes boolean" },
        { "a BOOLEAN CHECK (a IS NOT NULL AND a <> 0)", "yes boolean" },
        { "a BOOLEAN CHECK (a = 1 OR b <> ''), b TEXT", "yes boolean" },
        { "x INTEGER, CHECK (\"X\" IN (0, 1))", "yes boolean" },
        { "is_admin INTEGER NOT NULL DEFAULT 0", "maybe boolean" },
        { "is_active INT DEFAULT (1)", "maybe boolean" },
        { "email_verified INTEGER DEFAULT 0", "maybe boolean" },
        { "revoked INTEGER DEFAULT FALSE", "maybe boolean" },
        { "is_admin INTEGER", "? boolean" },
    };
    ASSERT_MEANINGS(*state, cases);
}

static void other_values_quantities_and_keys_are_no_flags(void **state)
{
    static const MeaningCase cases[] = {
        { "is_admin INTEGER DEFAULT 2", "plain" },
        { "is_x INTEGER DEFAULT 0 CHECK (is_x IN (0, 1, 2))", "plain" },
        { "is_x INTEGER DEFAULT 0 CHECK (is_x >= 0)", "plain" },
        { "x INTEGER CHECK (x = 1)", "plain" },
        { "id INTEGER PRIMARY KEY CHECK (id IN (0, 1))", "plain" },
        { "is_x INTEGER DEFAULT 0, PRIMARY KEY (is_x)", "plain" },
        { "attempts INTEGER DEFAULT 0", "plain" },
        { "login_count INTEGER DEFAULT 0", "plain" },
        { "is_level INTEGER DEFAULT 0", "plain" },
        { "is_x TEXT DEFAULT '0'", "plain" },
        { "a BOOLEAN CHECK (a IN (0, 1, 2))", "? boolean" },
        { "a BOOLEAN DEFAULT 5", "? boolean" },
        { "x INTEGER CHECK (x IN (0, 1) OR y > 3), y INTEGER", "plain" },
        { "x INTEGER CHECK (x <> 0 AND x <> 1)", "plain" },
        { "x INTEGER CHECK (x <> 0 OR x IS NOT 1)", "plain" },
        { "x INTEGER CHECK (x IS NOT NULL OR x IN (0, 1))", "plain" },
        { "is_x INTEGER DEFAULT 0 CHECK (is_x <> 2)", "plain" },
        { "level INTEGER CHECK (level IN (0, 1))", "maybe boolean" },
    };
    ASSERT_MEANINGS(*state, cases);
}

static void a_time_is_declared_or_has_the_clock_for_its_default(void **state)
{
    static const MeaningCase cases[] = {
        { "a DATETIME", "yes timestamptz" },
        { "a TIMESTAMP DEFAULT CURRENT_TIMESTAMP", "yes timestamptz" },
        { "a DATE", "yes date" },
        { "created_at TEXT DEFAULT CURRENT_TIMESTAMP", "yes timestamptz" },
        { "created_at TEXT NOT NULL DEFAULT (datetime('now'))", "yes timestamptz" },
        { "created_at TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))", "yes timestamptz" },
        { "stamp TEXT DEFAULT (datetime('now'))", "maybe timestamptz" },
        { "day TEXT DEFAULT (date('now'))", "yes date" },
        { "x TEXT DEFAULT CURRENT_DATE", "maybe date" },
        { "created_at TEXT NOT NULL", "? timestamptz" },
        { "due TEXT", "? date" },
    };
    ASSERT_MEANINGS(*state, cases);
}

static void seconds_since_the_epoch_and_other_text_are_no_times(void **state)
{
    static const MeaningCase cases[] = {
        { "created_at INTEGER", "plain" },
        { "created_at INTEGER DEFAULT (strftime('%s', 'now'))", "plain" },
        { "created_at REAL DEFAULT (julianday('now'))", "plain" },
        { "created_at TEXT DEFAULT (unixepoch())", "plain" },
        { "created_at TEXT DEFAULT ''", "plain" },
        { "a DATETIME DEFAULT 0", "? timestamptz" },
        { "a DATETIME DEFAULT (strftime('%s', 'now'))", "? timestamptz" },
        { "a TEXT DEFAULT CURRENT_TIME", "plain" },
    };
    ASSERT_MEANINGS(*state, cases);
}

static void json_bytes_and_money_have_words_of_their_own(void **state)
{
    static const MeaningCase cases[] = {
        { "a JSON", "yes json" },
        { "a TEXT CHECK (json_valid(a))", "yes json" },
        { "payload TEXT DEFAULT '{}'", "maybe json" },
        { "x TEXT NOT NULL DEFAULT '[]'", "? json" },
        { "payload TEXT", "? json" },
        { "payload TEXT DEFAULT 'none'", "plain" },
        { "a BLOB", "yes bytes" },
        { "a VARBINARY(16)", "yes bytes" },
        { "a", "plain" },
        { "a DECIMAL(10, 2)", "yes money" },
        { "price REAL", "? money" },
        { "a UUID", "? uuid" },
        { "name TEXT", "plain" },
    };
    ASSERT_MEANINGS(*state, cases);
}

static void the_evidence_is_told_with_its_place(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = { 0 };
    catalog_add_sql(arena, &catalog, STR("db/1.sql"),
                    STR("CREATE TABLE t (\n  id INTEGER,\n  is_admin INT DEFAULT 0\n)"), NULL);

    const CatalogTable  *table  = catalog_table(&catalog, STR("t"));
    const CatalogColumn *column = catalog_column(table, STR("is_admin"));

    assert_true(str_is(column->meaning.because, "default 0 and the name is_admin"));
    assert_true(str_is(column->meaning.place.path, "db/1.sql"));
    assert_int_equal(column->meaning.place.line, 3);
    assert_int_equal(column->type, PG_BOOLEAN);
}

static void the_configuration_has_the_last_word_before_and_after_the_table(void **state)
{
    Arena  *arena   = *state;
    Catalog catalog = { 0 };
    catalog_override(arena, &catalog, STR("T"), STR("Flag"), MEANS_INTEGER);
    catalog_add_sql(arena, &catalog, STR("a.sql"),
                    STR("CREATE TABLE t (flag BOOLEAN, n INTEGER)"), NULL);
    catalog_override(arena, &catalog, STR("t"), STR("N"), MEANS_BOOLEAN);
    catalog_add_sql(arena, &catalog, STR("b.sql"), STR("CREATE INDEX i ON t (n)"), NULL);

    const CatalogTable *table = catalog_table(&catalog, STR("t"));

    assert_int_equal(table->columns.items[0].type, PG_BIGINT);
    assert_int_equal(table->columns.items[1].type, PG_BOOLEAN);
    assert_int_equal(table->columns.items[1].meaning.certainty, MEANING_YES);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_flag_is_declared_checked_or_has_a_default_and_a_name),
        TEST(other_values_quantities_and_keys_are_no_flags),
        TEST(a_time_is_declared_or_has_the_clock_for_its_default),
        TEST(seconds_since_the_epoch_and_other_text_are_no_times),
        TEST(json_bytes_and_money_have_words_of_their_own),
        TEST(the_evidence_is_told_with_its_place),
        TEST(the_configuration_has_the_last_word_before_and_after_the_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
