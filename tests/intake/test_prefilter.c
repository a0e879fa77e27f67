#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "analyzers/intake/prefilter.h"

static bool has_nocase(Str text, Str word)
{
    for (size_t i = 0; i + word.len <= text.len; i++)
        if (str_eq_nocase(str_slice(text, i, i + word.len), word))
            return true;
    return false;
}

/* What prefilter() promises, the slow way. */
static Hits slow(Str text)
{
    return (Hits) {
        .sqlite3    = str_contains(text, STR("sqlite")),
        .execute    = str_contains(text, STR(".execute")),
        .cursor     = str_contains(text, STR(".cursor")),
        .commit     = str_contains(text, STR(".commit(")),
        .fetch      = str_contains(text, STR(".fetch")),
        .postgres   = has_nocase(text, STR("postgres")),
        .pgpassword = str_contains(text, STR("PGPASSWORD")),
    };
}

static void assert_same(Hits got, Hits expected)
{
    assert_int_equal(got.sqlite3, expected.sqlite3);
    assert_int_equal(got.execute, expected.execute);
    assert_int_equal(got.cursor, expected.cursor);
    assert_int_equal(got.commit, expected.commit);
    assert_int_equal(got.fetch, expected.fetch);
    assert_int_equal(got.postgres, expected.postgres);
    assert_int_equal(got.pgpassword, expected.pgpassword);
}

static const char *const WORDS[] = { "sqlite",    ".execute",   ".cursor",   ".commit(",
                                     ".fetch",    "postgres",   "PostGres",  "POSTGRES",
                                     "PGPASSWORD", "pgpassword", ".commit ", "execute" };
enum { WORD_COUNT = sizeof WORDS / sizeof *WORDS };

/* The bytes lie at the very end of their own allocation, so that reading on is noticed. */
static void each_word_is_found_wherever_it_stands(void **state)
{
    (void)state;
    for (size_t word = 0; word < WORD_COUNT; word++)
        for (size_t before = 0; before < 40; before++)
            for (size_t after = 0; after < 20; after++) {
                size_t length = strlen(WORDS[word]);
                size_t total  = before + length + after;
                char  *bytes  = malloc(total);
                memset(bytes, 'x', total);
                memcpy(bytes + before, WORDS[word], length);
                assert_same(prefilter((Str) { bytes, total }), slow((Str) { bytes, total }));
                free(bytes);
            }
}

static void a_word_cut_short_is_none(void **state)
{
    (void)state;
    for (size_t word = 0; word < WORD_COUNT; word++)
        for (size_t length = 0; length < strlen(WORDS[word]); length++) {
            char *bytes = malloc(length + 1);
            memcpy(bytes, WORDS[word], length);
            assert_same(prefilter((Str) { bytes, length }), slow((Str) { bytes, length }));
            free(bytes);
        }
    assert_same(prefilter((Str) { 0 }), (Hits) { 0 });
}

static void random_bytes_are_judged_as_the_slow_way_judges_them(void **state)
{
    static const char pieces[] = "sqlite.execute.cursor.commit(.fetchpostgresPGPASSWORD\n xXtTgG";
    unsigned          dice     = 12345;
    char              bytes[300];
    (void)state;

    for (int round = 0; round < 20000; round++) {
        size_t length = 0;
        while (length < sizeof bytes - 12) {
            dice = dice * 1103515245u + 12345u;
            if (dice >> 16 & 1) {
                const char *word = WORDS[(dice >> 20) % WORD_COUNT];
                size_t      part = (dice >> 24) % (strlen(word) + 1);
                memcpy(bytes + length, word, part);
                length += part;
            } else {
                bytes[length++] = pieces[(dice >> 17) % (sizeof pieces - 1)];
            }
            if ((dice >> 28) == 0)
                break;
        }
        assert_same(prefilter((Str) { bytes, length }), slow((Str) { bytes, length }));
    }
}

static void a_module_or_a_call_is_a_database_file(void **state)
{
    (void)state;
    assert_true(hits_database(prefilter(STR("import sqlite3\n"))));
    assert_true(hits_database(prefilter(STR("db.executemany(sql, rows)"))));
    assert_false(hits_database(prefilter(STR("url = 'postgresql://'"))));
    assert_false(hits_database(prefilter(STR("repo.commit()"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_word_is_found_wherever_it_stands),
        cmocka_unit_test(a_word_cut_short_is_none),
        cmocka_unit_test(random_bytes_are_judged_as_the_slow_way_judges_them),
        cmocka_unit_test(a_module_or_a_call_is_a_database_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
