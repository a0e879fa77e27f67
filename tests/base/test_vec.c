#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/vec.h"

typedef Vec(int) IntVec;

static int by_value(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void what_is_pushed_is_there_in_order(void **state)
{
    (void)state;
    Arena *arena    = arena_open();
    IntVec numbers  = { 0 };
    int    expected = 0;

    for (int i = 0; i < 10000; i++)
        vec_push(arena, &numbers, i);

    assert_int_equal(numbers.count, 10000);
    vec_each(number, &numbers)
        assert_int_equal(*number, expected++);
    assert_int_equal(vec_last(&numbers), 9999);
    arena_close(arena);
}

static void an_empty_row_has_nothing_to_walk_or_sort(void **state)
{
    (void)state;
    IntVec numbers = { 0 };

    vec_each(number, &numbers)
        fail_msg("found %d", *number);
    vec_sort(&numbers, by_value);
    assert_int_equal(numbers.count, 0);
}

static void sorting_follows_the_order_given(void **state)
{
    (void)state;
    Arena *arena   = arena_open();
    IntVec numbers = { 0 };
    for (int i = 0; i < 100; i++)
        vec_push(arena, &numbers, i * 37 % 100);

    vec_sort(&numbers, by_value);

    for (int i = 0; i < 100; i++)
        assert_int_equal(numbers.items[i], i);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_pushed_is_there_in_order),
        cmocka_unit_test(an_empty_row_has_nothing_to_walk_or_sort),
        cmocka_unit_test(sorting_follows_the_order_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
