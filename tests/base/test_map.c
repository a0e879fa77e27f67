#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/map.h"

enum { MANY = 5000 };

static Map map_of_many(Arena *arena)
{
    Map map = { 0 };

    for (uintptr_t i = 0; i < MANY; i++)
        map_set(arena, &map, str_format(arena, "key %zu", (size_t)i), (void *)(i + 1));
    return map;
}

static void every_key_is_found_again(void **state)
{
    (void)state;
    Arena *arena = arena_open();
    Map    map   = map_of_many(arena);

    for (uintptr_t i = 0; i < MANY; i++)
        assert_int_equal((uintptr_t)map_find(&map, str_format(arena, "key %zu", (size_t)i)), i + 1);
    assert_null(map_find(&map, STR("key")));
    assert_null(map_find(&(Map) { 0 }, STR("key 1")));
    arena_close(arena);
}

static void setting_again_replaces(void **state)
{
    (void)state;
    Arena *arena = arena_open();
    Map    map   = { 0 };
    int    a, b;

    map_set(arena, &map, STR("k"), &a);
    map_set(arena, &map, STR("k"), &b);

    assert_ptr_equal(map_find(&map, STR("k")), &b);
    assert_int_equal(map.entries.count, 1);
    arena_close(arena);
}

static void it_is_walked_in_the_order_of_insertion(void **state)
{
    (void)state;
    Arena    *arena = arena_open();
    Map       map   = map_of_many(arena);
    uintptr_t next  = 1;

    vec_each(entry, &map.entries)
        assert_int_equal((uintptr_t)entry->value, next++);
    assert_int_equal(next, MANY + 1);
    arena_close(arena);
}

static void a_place_is_made_once(void **state)
{
    (void)state;
    Arena *arena = arena_open();
    Map    map   = { 0 };
    int    value;

    void **place = map_place(arena, &map, STR(""));
    assert_null(*place);
    *place = &value;
    assert_ptr_equal(*map_place(arena, &map, STR("")), &value);
    assert_ptr_equal(map_find(&map, (Str) { 0 }), &value);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_found_again),
        cmocka_unit_test(setting_again_replaces),
        cmocka_unit_test(it_is_walked_in_the_order_of_insertion),
        cmocka_unit_test(a_place_is_made_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
