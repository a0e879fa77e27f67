#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"

static void memory_comes_zeroed_and_aligned(void **state)
{
    (void)state;
    Arena *arena = arena_open();

    for (size_t size = 0; size < 200; size++) {
        unsigned char *got = arena_alloc(arena, size);
        assert_non_null(got);
        assert_int_equal((uintptr_t)got % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(got[i], 0);
            got[i] = 0xff;
        }
    }
    arena_close(arena);
}

static void large_pieces_fit_too(void **state)
{
    (void)state;
    Arena         *arena = arena_open();
    unsigned char *large = arena_alloc(arena, 10u << 20);
    unsigned char *after = arena_alloc(arena, 16);

    large[(10u << 20) - 1] = 1;
    after[0]               = 2;
    assert_int_equal(large[(10u << 20) - 1], 1);
    assert_true(arena_used(arena) >= (10u << 20) + 16);
    arena_close(arena);
}

static void a_reset_arena_forgets_and_gives_zeroes_again(void **state)
{
    (void)state;
    Arena *arena = arena_open();
    int   *many  = arena_array(arena, int, 1000);
    for (int i = 0; i < 1000; i++)
        many[i] = i + 1;

    arena_reset(arena);

    assert_int_equal(arena_used(arena), 0);
    many = arena_array(arena, int, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(many[i], 0);
    arena_close(arena);
}

static void closing_nothing_is_fine(void **state)
{
    (void)state;
    arena_close(NULL);
}

static void what_was_used_before_a_reset_is_zero_after_it(void **state)
{
    (void)state;
    const size_t sizes[] = { 10, 5000, 100000, 3000000, 9000000 };
    Arena       *arena   = arena_open();

    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 40; i++) {
            size_t         size  = sizes[i % 5];
            unsigned char *bytes = arena_alloc(arena, size);
            for (size_t at = 0; at < size; at += size / 7)
                assert_int_equal(bytes[at], 0);
            assert_int_equal(bytes[size - 1], 0);
            memset(bytes, 0xff, size);
        }
        assert_true(arena_used(arena) > 40000000);
        arena_reset(arena);
        assert_int_equal(arena_used(arena), 0);
    }
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_comes_zeroed_and_aligned),
        cmocka_unit_test(large_pieces_fit_too),
        cmocka_unit_test(a_reset_arena_forgets_and_gives_zeroes_again),
        cmocka_unit_test(what_was_used_before_a_reset_is_zero_after_it),
        cmocka_unit_test(closing_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
