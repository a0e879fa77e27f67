#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules/registry.h"

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

static StrVec one_word(Arena *arena, const char *word)
{
    StrVec out = { 0 };

    vec_push(arena, &out, str_of(word));
    return out;
}

static void rules_stand_in_the_order_of_their_ids_and_no_id_twice(void **state)
{
    (void)state;
    for (size_t i = 1; i < rule_count; i++)
        assert_true(strcmp(rule_registry[i - 1].rule->id, rule_registry[i].rule->id) < 0);
}

static void without_a_choice_all_rules_are_chosen(void **state)
{
    StrVec  none = { 0 };
    RuleVec got;
    Error   why;

    assert_true(rules_choose(*state, &none, &none, &got, &why));

    assert_int_equal(got.count, rule_count);
}

static void a_family_is_chosen_less_one_of_its_rules(void **state)
{
    StrVec  select = one_word(*state, "connect"), ignore = one_word(*state, "connect/row-factory");
    RuleVec got;
    Error   why;

    assert_true(rules_choose(*state, &select, &ignore, &got, &why));

    assert_int_equal(got.count, 4);
    vec_each(rule, &got)
        assert_true(str_is(rule_family(*rule), "connect"));
}

static void a_word_that_means_no_rule_is_refused_with_the_nearest_one(void **state)
{
    StrVec  select = one_word(*state, "params/qmark-placeholders"), none = { 0 };
    RuleVec got = { .count = 77 };
    Error   why;

    bool chosen = rules_choose(*state, &select, &none, &got, &why);

    assert_false(chosen);
    assert_int_equal(got.count, 77);
    assert_string_equal(why.message,
                        "there is no rule or family params/qmark-placeholders; did you mean "
                        "params/qmark-placeholder?");
}

static void a_rule_is_found_by_its_whole_id_only(void **state)
{
    (void)state;
    assert_non_null(rule_find(STR("rows/row-by-name")));
    assert_null(rule_find(STR("rows")));
    assert_null(rule_find(STR("row-by-name")));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(rules_stand_in_the_order_of_their_ids_and_no_id_twice),
        TEST(without_a_choice_all_rules_are_chosen),
        TEST(a_family_is_chosen_less_one_of_its_rules),
        TEST(a_word_that_means_no_rule_is_refused_with_the_nearest_one),
        TEST(a_rule_is_found_by_its_whole_id_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
