#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/words.h"

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

static void every_word_of_a_text_may_be_held(void **state)
{
    Words words = words_of(*state, STR("from pkg.db import get_db, _x1\n\"\xc3\xa9t\xc3\xa9\""));

    assert_true(words_may_hold(&words, word_hash(STR("get_db"))));
    assert_true(words_may_hold(&words, word_hash(STR("_x1"))));
    assert_true(words_may_hold(&words, word_hash(STR("pkg"))));
    assert_true(words_may_hold(&words, word_hash(STR("\xc3\xa9t\xc3\xa9"))));
}

static void most_words_that_are_not_there_are_told_apart(void **state)
{
    Arena *arena = *state;
    Words  words = words_of(arena, STR("def f(a, b):\n    return a + b\n"));
    int    wrong = 0;

    for (int i = 0; i < 1000; i++)
        wrong += words_may_hold(&words, word_hash(str_format(arena, "name_%d", i)));

    assert_true(wrong < 100);
}

static void a_word_is_not_found_inside_a_longer_one(void **state)
{
    (void)state;
    assert_true(text_holds_word(STR("x get_db y"), STR("get_db")));
    assert_true(text_holds_word(STR("get_db"), STR("get_db")));
    assert_true(text_holds_word(STR("get_dbs get_db("), STR("get_db")));
    assert_false(text_holds_word(STR("get_dbs my_get_db"), STR("get_db")));
    assert_false(text_holds_word(STR("get_d"), STR("get_db")));
    assert_false(text_holds_word(STR("anything"), STR("")));
}

static void an_empty_text_holds_no_words(void **state)
{
    Words words = words_of(*state, STR(""));

    assert_false(words_may_hold(&words, word_hash(STR("import"))));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(every_word_of_a_text_may_be_held),
        TEST(most_words_that_are_not_there_are_told_apart),
        TEST(a_word_is_not_found_inside_a_longer_one),
        TEST(an_empty_text_holds_no_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
