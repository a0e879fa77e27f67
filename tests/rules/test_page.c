#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules/page.h"

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

static const char whole[] = "/*\n"
                            " * family/name\n"
                            " *\n"
                            " * Why it fails,\n"
                            " * in two lines.\n"
                            " *\n"
                            " * A second paragraph.\n"
                            " *\n"
                            " * Bad:\n"
                            " *     if wrong:\n"
                            " *         run()\n"
                            " *\n"
                            " *     again()\n"
                            " *\n"
                            " * Good:\n"
                            " *     right()\n"
                            " *\n"
                            " * What the fix does.\n"
                            " ";

static void a_page_is_taken_apart_into_prose_and_code(void **state)
{
    Page page;

    bool complete = page_read(*state, str_of(whole), &page);

    assert_true(complete);
    assert_true(str_is(page.id, "family/name"));
    assert_true(str_is(page.why, "Why it fails,\nin two lines.\n\nA second paragraph."));
    assert_true(str_is(page.bad, "if wrong:\n    run()\n\nagain()\n"));
    assert_true(str_is(page.good, "right()\n"));
    assert_true(str_is(page.fix, "What the fix does."));
}

static void a_page_without_a_closing_sentence_is_incomplete(void **state)
{
    Str  cut = str_of(whole);
    Page page;
    cut.len = str_find(cut, STR(" * What the fix"));

    bool complete = page_read(*state, cut, &page);

    assert_false(complete);
    assert_true(str_is(page.good, "right()\n"));
    assert_int_equal(page.fix.len, 0);
}

static void code_that_multiplies_keeps_its_star(void **state)
{
    Page page;
    Str text = STR("/*\n * a/b\n *\n * Why.\n *\n * Bad:\n *     x = 2 * 3\n *\n * Good:\n *     x "
                   "= 6\n *\n * Fix.\n ");

    bool complete = page_read(*state, text, &page);

    assert_true(complete);
    assert_true(str_is(page.bad, "x = 2 * 3\n"));
}

static void an_empty_comment_is_no_page(void **state)
{
    Page page;

    assert_false(page_read(*state, STR("/*\n "), &page));
    assert_false(page_read(*state, STR(""), &page));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(a_page_is_taken_apart_into_prose_and_code),
        TEST(a_page_without_a_closing_sentence_is_incomplete),
        TEST(code_that_multiplies_keeps_its_star),
        TEST(an_empty_comment_is_no_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
