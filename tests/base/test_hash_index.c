#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/hash_index.h"

enum { MANY = 5000 };

static void every_thing_is_found_under_its_hash(void **state)
{
    (void)state;
    Arena    *arena = arena_open();
    HashIndex index = { 0 };
    for (uint32_t i = 0; i < MANY; i++)
        hash_index_add(arena, &index, hash_mix(7, i), i);

    for (uint32_t i = 0; i < MANY; i++) {
        int found = 0;
        hash_index_each(at, &index, hash_mix(7, i))
            found += at == i;
        assert_int_equal(found, 1);
    }
    arena_close(arena);
}

static void all_things_with_one_hash_are_found_and_no_others(void **state)
{
    (void)state;
    Arena    *arena = arena_open();
    HashIndex index = { 0 };
    for (uint32_t i = 0; i < 40; i++)
        hash_index_add(arena, &index, 0xffffffffu, i);
    hash_index_add(arena, &index, 0, 99);

    uint32_t count = 0, sum = 0;
    hash_index_each(at, &index, 0xffffffffu) {
        count++;
        sum += at;
    }

    assert_int_equal(count, 40);
    assert_int_equal(sum, 39 * 40 / 2);
    arena_close(arena);
}

static void nothing_is_found_where_nothing_is(void **state)
{
    (void)state;
    Arena    *arena = arena_open();
    HashIndex index = { 0 };

    hash_index_each(at, &index, 5)
        assert_int_equal(at, UINT32_MAX);
    hash_index_add(arena, &index, 6, 0);
    hash_index_each(at, &index, 5)
        assert_int_equal(at, UINT32_MAX);
    arena_close(arena);
}

static void neighbouring_numbers_hash_apart(void **state)
{
    (void)state;
    uint32_t same = 0;

    for (uint32_t i = 0; i < MANY; i++)
        same += (hash_mix(0, i) & 0xffff) == (hash_mix(0, i + 1) & 0xffff);

    assert_true(same < 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_thing_is_found_under_its_hash),
        cmocka_unit_test(all_things_with_one_hash_are_found_and_no_others),
        cmocka_unit_test(nothing_is_found_where_nothing_is),
        cmocka_unit_test(neighbouring_numbers_hash_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
