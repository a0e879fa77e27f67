#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rewriters/edit/compose.h"

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

static Fix *replace(Arena *arena, uint32_t lo, uint32_t hi, const char *text)
{
    Fix *fix = arena_new(arena, Fix);

    fix->id = STR("family/rule");
    vec_push(arena, &fix->edits, (Edit) { lo, hi, str_of(text) });
    return fix;
}

static Fix *and_replace(Arena *arena, Fix *fix, uint32_t lo, uint32_t hi, const char *text)
{
    vec_push(arena, &fix->edits, (Edit) { lo, hi, str_of(text) });
    return fix;
}

static void the_later_of_two_overlapping_fixes_is_deferred(void **state)
{
    Arena *arena     = *state;
    FixVec proposals = { 0 };
    vec_push(arena, &proposals, replace(arena, 0, 5, "x"));
    vec_push(arena, &proposals, replace(arena, 4, 7, "y"));

    Composition got = compose(arena, &proposals);

    assert_int_equal(got.kept.count, 1);
    assert_ptr_equal(got.deferred.items[0], proposals.items[1]);
    assert_ptr_equal(compose_obstacle(&got, got.deferred.items[0]), proposals.items[0]);
}

static void a_fix_is_kept_whole_or_not_at_all(void **state)
{
    Arena *arena     = *state;
    FixVec proposals = { 0 };
    vec_push(arena, &proposals, replace(arena, 10, 12, "a"));
    vec_push(arena, &proposals,
             and_replace(arena, replace(arena, 0, 2, "b"), 11, 13, "b"));
    vec_push(arena, &proposals, replace(arena, 0, 2, "c"));

    Composition got = compose(arena, &proposals);

    assert_int_equal(got.kept.count, 2);
    assert_int_equal(got.edits.count, 2);
    assert_ptr_equal(got.deferred.items[0], proposals.items[1]);
    assert_string_equal(got.edits.items[0].text.ptr, "c");
}

static void edits_come_out_in_order(void **state)
{
    Arena *arena     = *state;
    FixVec proposals = { 0 };
    vec_push(arena, &proposals, and_replace(arena, replace(arena, 8, 9, "I"), 4, 6, "E"));
    vec_push(arena, &proposals, replace(arena, 4, 4, "+"));
    vec_push(arena, &proposals, and_replace(arena, replace(arena, 6, 6, "-"), 0, 1, "A"));

    Composition got = compose(arena, &proposals);

    assert_int_equal(got.deferred.count, 0);
    assert_string_equal(str_cstr(arena, edit_splice(arena, STR("0123456789"), &got.edits)),
                        "A123+E-67I9");
}

static void equal_edits_are_shared(void **state)
{
    Arena *arena     = *state;
    FixVec proposals = { 0 };
    vec_push(arena, &proposals, and_replace(arena, replace(arena, 0, 0, "import x\n"), 5, 6, "a"));
    vec_push(arena, &proposals, and_replace(arena, replace(arena, 0, 0, "import x\n"), 8, 9, "b"));
    vec_push(arena, &proposals, and_replace(arena, replace(arena, 0, 0, "import y\n"), 2, 3, "c"));

    Composition got = compose(arena, &proposals);

    assert_int_equal(got.kept.count, 2);
    assert_int_equal(got.edits.count, 3);
    assert_ptr_equal(got.deferred.items[0], proposals.items[2]);
    assert_ptr_equal(compose_obstacle(&got, got.deferred.items[0]), proposals.items[0]);
}

static void a_fix_around_many_kept_edits_is_deferred(void **state)
{
    Arena *arena     = *state;
    FixVec proposals = { 0 };
    for (uint32_t i = 0; i < 50; i++)
        vec_push(arena, &proposals, replace(arena, 4 * i + 2, 4 * i + 2 + i % 3, "x"));
    vec_push(arena, &proposals, replace(arena, 0, 300, "all"));
    vec_push(arena, &proposals, replace(arena, 0, 2, "touches"));

    Composition got = compose(arena, &proposals);

    assert_int_equal(got.kept.count, 51);
    assert_int_equal(got.deferred.count, 1);
    assert_true(edits_are_in_order(&got.edits, 1000));
}

/* Whatever is proposed: the result is in order, and each fix left out clashes with what is kept. */
static void random_proposals_are_chosen_as_the_slow_way_chooses(void **state)
{
    unsigned dice = 7;

    for (int round = 0; round < 2000; round++) {
        Arena *arena     = *state;
        FixVec proposals = { 0 };
        for (int i = 0; i < 12; i++) {
            dice        = dice * 1103515245u + 12345u;
            uint32_t lo = dice >> 16 & 31;
            uint32_t hi = lo + (dice >> 22 & 3);
            vec_push(arena, &proposals, replace(arena, lo, hi, dice >> 28 & 1 ? "a" : "b"));
        }
        EditVec kept  = { 0 };
        size_t  count = 0;
        vec_each(fix, &proposals) {
            Edit edit  = (*fix)->edits.items[0];
            bool clash = false, same = false;
            vec_each(other, &kept) {
                clash |= edit_clashes(*other, edit);
                same |= edit_eq(*other, edit);
            }
            if (!same && !clash)
                vec_push(arena, &kept, edit);
            count += same || !clash;
        }

        Composition got = compose(arena, &proposals);

        assert_true(edits_are_in_order(&got.edits, 64));
        assert_int_equal(got.kept.count, count);
        assert_int_equal(got.edits.count, kept.count);
        assert_int_equal(got.kept.count + got.deferred.count, proposals.count);
        arena_reset(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_later_of_two_overlapping_fixes_is_deferred),
        cmocka_unit_test(a_fix_is_kept_whole_or_not_at_all),
        cmocka_unit_test(edits_come_out_in_order),
        cmocka_unit_test(equal_edits_are_shared),
        cmocka_unit_test(a_fix_around_many_kept_edits_is_deferred),
        cmocka_unit_test(random_proposals_are_chosen_as_the_slow_way_chooses),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
