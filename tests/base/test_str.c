#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"

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

static void assert_text(Str got, const char *expected)
{
    if (!str_is(got, expected))
        fail_msg("got \"%.*s\", expected \"%s\"", STR_ARG(got), expected);
}

static void texts_are_equal_by_their_bytes(void **state)
{
    (void)state;
    static const char with_nul[] = { 'a', '\0', 'b' };

    assert_true(str_eq(STR("ab"), STR("ab")));
    assert_false(str_eq(STR("ab"), STR("abc")));
    assert_true(str_eq((Str) { 0 }, STR("")));
    assert_false(str_eq((Str) { with_nul, 3 }, STR("a")));
    assert_true(str_eq_nocase(STR("SeLeCt"), STR("select")));
    assert_false(str_eq_nocase(STR("\xc3\x84"), STR("\xc3\xa4"))); /* Ä and ä: ASCII alone folds */
    assert_true(str_is(str_of(NULL), ""));
}

static void order_is_by_bytes_and_then_by_length(void **state)
{
    (void)state;
    assert_true(str_compare(STR("a"), STR("b")) < 0);
    assert_true(str_compare(STR("a"), STR("aa")) < 0);
    assert_true(str_compare(STR("\xc3"), STR("z")) > 0);
    assert_int_equal(str_compare(STR("same"), STR("same")), 0);
    assert_true(str_compare((Str) { 0 }, STR("a")) < 0);
}

static void parts_are_found_from_either_end(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("a.b.c"), STR(".c")), 3);
    assert_int_equal(str_find(STR("abc"), STR("")), 0);
    assert_true(str_find(STR("abc"), STR("abcd")) == STR_NOT_FOUND);
    assert_int_equal(str_find_char(STR("a.b.c"), '.'), 1);
    assert_int_equal(str_rfind_char(STR("a.b.c"), '.'), 3);
    assert_true(str_rfind_char((Str) { 0 }, '.') == STR_NOT_FOUND);
    assert_true(str_starts_with(STR("abc"), STR("ab")) && !str_starts_with(STR("a"), STR("ab")));
    assert_true(str_ends_with(STR("abc"), STR("bc")) && !str_ends_with(STR("c"), STR("bc")));
    assert_true(str_contains(STR("abc"), STR("b")) && !str_contains(STR("abc"), STR("x")));
}

static void white_space_goes_from_both_ends(void **state)
{
    (void)state;
    assert_text(str_trim(STR(" \t a b\r\n\v")), "a b");
    assert_text(str_trim(STR(" \n ")), "");
    assert_text(str_trim((Str) { 0 }), "");
}

static void cutting_gives_every_piece_once(void **state)
{
    (void)state;
    static const char *const expected[] = { "a", "", "b", "" };
    Str                      rest = STR("a,,b,"), piece;
    size_t                   count = 0;

    while (count < 8 && str_cut(&rest, ',', &piece))
        assert_text(piece, expected[count++]);
    assert_int_equal(count, 4); /* after the last separator there is an empty piece */
    assert_false(str_cut(&rest, ',', &piece));
}

static void new_text_lives_in_its_arena(void **state)
{
    Arena *arena = *state;
    StrVec parts = { 0 };
    vec_push(arena, &parts, STR("a"));
    vec_push(arena, &parts, STR("b"));

    assert_text(str_join(arena, &parts, STR(", ")), "a, b");
    assert_text(str_join(arena, &(StrVec) { 0 }, STR(", ")), "");
    assert_text(str_lower(arena, STR("SELECT \xc3\x84")), "select \xc3\x84");
    assert_text(str_format(arena, "%d-%s", 7, "x"), "7-x");
    assert_string_equal(str_cstr(arena, STR("text")), "text");
    assert_text(str_copy(arena, STR("copy")), "copy");
}

static void a_buffer_grows_as_it_must(void **state)
{
    Buf buf = buf_new(*state);

    for (int i = 0; i < 5000; i++) {
        buf_add(&buf, STR("ab"));
        buf_add_char(&buf, 'c');
        buf_format(&buf, "%d", i % 10);
    }
    assert_int_equal(buf_str(&buf).len, 5000 * 4);
    assert_text(str_slice(buf_str(&buf), 19996, 20000), "abc9");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(texts_are_equal_by_their_bytes),
        TEST(order_is_by_bytes_and_then_by_length),
        TEST(parts_are_found_from_either_end),
        TEST(white_space_goes_from_both_ends),
        TEST(cutting_gives_every_piece_once),
        TEST(new_text_lives_in_its_arena),
        TEST(a_buffer_grows_as_it_must),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
