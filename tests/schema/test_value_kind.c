#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>

#include "analyzers/schema/json_text.h"
#include "analyzers/schema/value_kind.h"
#include "base/own.h"

OWN_BY(sqlite3, sqlite3_close)
OWN_BY(sqlite3_stmt, sqlite3_finalize)

typedef struct Case {
    const char *text;
    ValueKind   kind;
} Case;

static const Case cases[] = {
    { "2024-01-31T23:59:59", VALUE_ISO_TIME },
    { "2024-01-31 23:59:59", VALUE_ISO_TIME },
    { "2024-01-31 23:59", VALUE_ISO_TIME },
    { "2024-01-31T23:59:59Z", VALUE_ISO_TIME },
    { "2024-01-31T23:59:59.1", VALUE_ISO_TIME },
    { "2024-01-31T23:59:59.123456+00:00", VALUE_ISO_TIME },
    { "2024-01-31T23:59:59+0530", VALUE_ISO_TIME },
    { "2024-01-31T23:59:59-08", VALUE_ISO_TIME },
    { "2024-02-29 00:00:00", VALUE_ISO_TIME },
    { "2024-02-30 00:00:00", VALUE_FREE_TEXT },
    { "2023-02-29 00:00:00", VALUE_FREE_TEXT },
    { "1900-02-29 00:00:00", VALUE_FREE_TEXT },
    { "2000-02-29 00:00:00", VALUE_ISO_TIME },
    { "0000-01-01 00:00:00", VALUE_FREE_TEXT },
    { "2024-01-31 24:00:00", VALUE_FREE_TEXT },
    { "2024-01-31 23:60:00", VALUE_FREE_TEXT },
    { "2024-01-31 23:59:60", VALUE_FREE_TEXT },
    { "2024-01-31 23:59:59.", VALUE_FREE_TEXT },
    { "2024-01-31 23:59:59,5", VALUE_FREE_TEXT },
    { "2024-01-31 23:59:59.1234567", VALUE_FREE_TEXT }, /* Postgres rounds it */
    { "2024-01-31 23:59:59 +00:00", VALUE_FREE_TEXT },
    { "2024-01-31 23:59:59 UTC", VALUE_FREE_TEXT },
    { "2024-01-31T23:59:59+16:00", VALUE_FREE_TEXT },
    { "2024-01-31T23:59:59+00:60", VALUE_FREE_TEXT },
    { "2024-01-31T23:59:59z", VALUE_FREE_TEXT },
    { "2024-01-31t23:59:59", VALUE_FREE_TEXT },
    { "2024-01-31T23", VALUE_FREE_TEXT },
    { " 2024-01-31 23:59:59", VALUE_FREE_TEXT },
    { "20240131T235959", VALUE_FREE_TEXT },
    { "2024-W05-3", VALUE_FREE_TEXT },
    { "2024-031", VALUE_FREE_TEXT },
    { "01/31/2024", VALUE_FREE_TEXT },
    { "Wed, 31 Jan 2024 23:59:59 GMT", VALUE_FREE_TEXT },
    { "now", VALUE_FREE_TEXT },
    { "infinity", VALUE_FREE_TEXT },
    { "None", VALUE_FREE_TEXT },
    { "2024-01-31", VALUE_ISO_DATE },
    { "2024-02-30", VALUE_FREE_TEXT },
    { "2024-1-31", VALUE_FREE_TEXT },
    { "12024-01-31", VALUE_FREE_TEXT },
    { "09:30", VALUE_PARTIAL_TIME },
    { "09:30:00.5", VALUE_PARTIAL_TIME },
    { "9:30", VALUE_FREE_TEXT },
    { "2024-01", VALUE_PARTIAL_TIME },
    { "2024-13", VALUE_FREE_TEXT },
    { "2024", VALUE_NUMBER_TEXT },
    { "1706745599", VALUE_NUMBER_TEXT },
    { " 12 ", VALUE_NUMBER_TEXT },
    { "-1.5e3", VALUE_NUMBER_TEXT },
    { "1e", VALUE_FREE_TEXT },
    { ".", VALUE_FREE_TEXT },
    { "12abc", VALUE_FREE_TEXT },
    { "", VALUE_EMPTY },
    { " \n", VALUE_EMPTY },
    { "{}", VALUE_JSON },
    { " [1, 2.5e-3, {\"a\": [null, true, \"\\u00e4\\ud83d\\ude00\"]}] ", VALUE_JSON },
    { "{\"a\": 12345678901234567890123}", VALUE_JSON },
    { "\"x\"", VALUE_JSON_WORD },
    { "true", VALUE_JSON_WORD },
    { "null", VALUE_JSON_WORD },
    { "{\"a\": \"\\u0000\"}", VALUE_JSON_WITH_NUL },
    { "[NaN]", VALUE_FREE_TEXT },
    { "NaN", VALUE_FREE_TEXT },
    { "[-Infinity]", VALUE_FREE_TEXT },
    { "{'a': 1}", VALUE_FREE_TEXT },
    { "{a: 1}", VALUE_FREE_TEXT },
    { "[1,]", VALUE_FREE_TEXT },
    { "{\"a\": 1,}", VALUE_FREE_TEXT },
    { "{\"a\" 1}", VALUE_FREE_TEXT },
    { "{\"a\": }", VALUE_FREE_TEXT },
    { "{1: 2}", VALUE_FREE_TEXT },
    { "[1}", VALUE_FREE_TEXT },
    { "[1", VALUE_FREE_TEXT },
    { "[1]]", VALUE_FREE_TEXT },
    { "[1] x", VALUE_FREE_TEXT },
    { "[01]", VALUE_FREE_TEXT },
    { "[+1]", VALUE_FREE_TEXT },
    { "[.5]", VALUE_FREE_TEXT },
    { "[1.]", VALUE_FREE_TEXT },
    { "[1e-999]", VALUE_JSON },
    { "[1.5E+14]", VALUE_JSON },
    { "[1e-9999]", VALUE_FREE_TEXT },
    { "[1e23]", VALUE_FREE_TEXT }, /* JSONB makes an integer of it */
    { "[12e14]", VALUE_FREE_TEXT },
    { "[1e]", VALUE_FREE_TEXT },
    { "[True]", VALUE_FREE_TEXT },
    { "[\"\\x\"]", VALUE_FREE_TEXT },
    { "[\"\\u12g4\"]", VALUE_FREE_TEXT },
    { "[\"\\ud83d\"]", VALUE_FREE_TEXT },
    { "[\"\\ud83dx\"]", VALUE_FREE_TEXT },
    { "[\"\\ude00\"]", VALUE_FREE_TEXT },
    { "[\"\\ude00\\ude00\"]", VALUE_FREE_TEXT },
    { "[\"a\nb\"]", VALUE_FREE_TEXT },
    { "[\"a", VALUE_FREE_TEXT },
    { "[\"a\\", VALUE_FREE_TEXT },
    { "[draft] hello", VALUE_FREE_TEXT },
    { "\xEF\xBB\xBF{}", VALUE_FREE_TEXT },
    { "[\"\xFF\"]", VALUE_BROKEN_TEXT },
    { "caf\xE9", VALUE_BROKEN_TEXT },
    { "caf\xC3\xA9", VALUE_FREE_TEXT },
};

static void a_text_is_what_every_reader_takes_it_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ValueKind got = text_kind_of(str_of(cases[i].text));
        if (got != cases[i].kind)
            fail_msg("\"%s\" is said to be %s, and is %s", cases[i].text, value_kind_words(got),
                     value_kind_words(cases[i].kind));
    }
    assert_int_equal(text_kind_of((Str) { "a\0b", 3 }), VALUE_NUL_TEXT);
    assert_int_equal(text_kind_of((Str) { NULL, 0 }), VALUE_EMPTY);
}

static void json_goes_as_deep_as_python_does_and_not_deeper(void **state)
{
    char text[1201];
    (void)state;

    memset(text, '[', 500);
    memset(text + 500, ']', 500);
    assert_int_equal(json_kind_of((Str) { text, 1000 }), JSON_COMPOUND);

    memset(text, '[', 501);
    memset(text + 501, ']', 501);
    assert_int_equal(json_kind_of((Str) { text, 1002 }), JSON_NO);
}

static int64_t asked(sqlite3 *db, const char *question, Str text)
{
    OWN(sqlite3_stmt) statement = NULL;

    assert_int_equal(sqlite3_prepare_v2(db, question, -1, &statement, NULL), SQLITE_OK);
    sqlite3_bind_text(statement, 1, text.ptr, (int)text.len, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    return sqlite3_column_int64(statement, 0);
}

/* Each text of the table with each byte of it taken out, doubled or made another. */
static void what_is_json_or_a_time_is_so_for_sqlite_too(void **state)
{
    static const char others[]   = "0129-:TZ .+\"\\{}[],eu";
    OWN(sqlite3)      db         = NULL;
    size_t            json_count = 0, time_count = 0;
    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t len = strlen(cases[i].text);
        for (size_t at = 0; at < len; at++)
            for (size_t j = 0; j < sizeof others + 1; j++) {
                char text[200];
                bool shorter = j == sizeof others, longer = j == sizeof others - 1;
                snprintf(text, sizeof text, "%.*s%s%s", (int)at, cases[i].text,
                         shorter ? "" : (char[]) { longer ? cases[i].text[at] : others[j], 0 },
                         cases[i].text + at + !longer);
                Str       it   = str_of(text);
                JsonKind  json = json_kind_of(it);
                ValueKind kind = text_kind_of(it);
                json_count += json != JSON_NO;
                time_count += kind == VALUE_ISO_TIME || kind == VALUE_ISO_DATE;
                if (json != JSON_NO && !asked(db, "SELECT json_valid(?1)", it))
                    fail_msg("no JSON for SQLite: %s", text);
                /* It knows offsets with a colon alone, and moves the time by them. */
                bool has_offset = kind == VALUE_ISO_TIME && strpbrk(text + 10, "+-");
                if ((kind == VALUE_ISO_DATE || (kind == VALUE_ISO_TIME && !has_offset))
                    && !asked(db, "SELECT date(?1) = substr(?1, 1, 10)", it))
                    fail_msg("no time for SQLite: %s", text);
            }
    }
    assert_true(json_count > 300);
    assert_true(time_count > 300);
}

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

static void the_form_of_a_text_says_nothing_of_what_it_says(void **state)
{
    Arena *arena = *state;

    assert_true(str_is(value_form(arena, STR("Pass word:42\n\xC3\xA9\"")), "\"aaaa aaaa:99?a\"\""));
    assert_true(str_is(value_form(arena, STR("exactly 24 characters ..")), "\"aaaaaaa 99 aaaaaaaaaa ..\""));
    assert_true(str_is(value_form(arena, STR("a text of 25 characters, ")), "25 characters"));
    assert_true(str_is(value_form(arena, STR("")), "0 characters"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_what_every_reader_takes_it_for),
        cmocka_unit_test(json_goes_as_deep_as_python_does_and_not_deeper),
        cmocka_unit_test(what_is_json_or_a_time_is_so_for_sqlite_too),
        cmocka_unit_test_setup_teardown(the_form_of_a_text_says_nothing_of_what_it_says, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
