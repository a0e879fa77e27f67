#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "rewriters/edit/edit.h"

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

static void add(Arena *arena, EditVec *edits, uint32_t lo, uint32_t hi, const char *text)
{
    vec_push(arena, edits, (Edit) { lo, hi, str_of(text) });
}

static void assert_spliced(Arena *arena, const EditVec *edits, const char *expected)
{
    assert_string_equal(str_cstr(arena, edit_splice(arena, STR("0123456789"), edits)), expected);
}

static void no_edits_leave_the_text(void **state)
{
    EditVec edits = { 0 };

    assert_spliced(*state, &edits, "0123456789");
    assert_non_null(edit_splice(*state, (Str) { 0 }, &edits).ptr);
}

static void edits_replace_insert_and_delete(void **state)
{
    EditVec edits = { 0 };
    add(*state, &edits, 0, 0, "<");
    add(*state, &edits, 1, 3, "ab");
    add(*state, &edits, 5, 6, "");
    add(*state, &edits, 10, 10, ">");

    assert_spliced(*state, &edits, "<0ab34" "6789>");
}

static void edits_may_touch(void **state)
{
    EditVec edits = { 0 };
    add(*state, &edits, 2, 4, "A");
    add(*state, &edits, 4, 4, "+");
    add(*state, &edits, 4, 6, "B");
    add(*state, &edits, 6, 6, "-");

    assert_spliced(*state, &edits, "01A+B-6789");
}

static void sorting_puts_insertions_first(void **state)
{
    EditVec edits = { 0 };
    add(*state, &edits, 4, 6, "B");
    add(*state, &edits, 4, 4, "+");
    add(*state, &edits, 1, 2, "A");

    edits_sort(&edits);

    assert_spliced(*state, &edits, "0A23+B6789");
}

static void a_whole_text_can_be_replaced_by_nothing(void **state)
{
    EditVec edits = { 0 };
    add(*state, &edits, 0, 10, "");

    assert_spliced(*state, &edits, "");
}

static void insertions_at_one_place_clash_and_neighbours_do_not(void **state)
{
    (void)state;
    assert_true(edit_clashes((Edit) { 3, 3, STR("a") }, (Edit) { 3, 3, STR("b") }));
    assert_true(edit_clashes((Edit) { 0, 5, STR("") }, (Edit) { 4, 7, STR("") }));
    assert_true(edit_clashes((Edit) { 0, 5, STR("") }, (Edit) { 3, 3, STR("a") }));
    assert_true(edit_clashes((Edit) { 3, 3, STR("a") }, (Edit) { 0, 5, STR("") }));
    assert_false(edit_clashes((Edit) { 0, 5, STR("") }, (Edit) { 5, 7, STR("") }));
    assert_false(edit_clashes((Edit) { 0, 5, STR("") }, (Edit) { 5, 5, STR("a") }));
    assert_false(edit_clashes((Edit) { 0, 0, STR("a") }, (Edit) { 0, 5, STR("") }));
}

/* How a child ends that splices them. */
static int status_of_splicing(const EditVec *edits)
{
    pid_t child = fork();
    int   ended = 0;

    if (child == 0) {
        close(2);
        edit_splice(arena_open(), STR("0123456789"), edits);
        _exit(0);
    }
    waitpid(child, &ended, 0);
    return WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
}

static void edits_out_of_order_are_a_bug(void **state)
{
    const Edit pairs[][2] = {
        { { 5, 6, STR("") }, { 1, 2, STR("") } },
        { { 1, 4, STR("") }, { 3, 5, STR("") } },
        { { 1, 1, STR("a") }, { 1, 1, STR("a") } },
        { { 1, 2, STR("") }, { 9, 11, STR("") } },
        { { 3, 2, STR("") }, { 5, 6, STR("") } },
        { { 4, 6, STR("") }, { 4, 4, STR("a") } },
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        EditVec edits = { 0 };
        vec_push(*state, &edits, pairs[i][0]);
        vec_push(*state, &edits, pairs[i][1]);
        assert_false(edits_are_in_order(&edits, 10));
        assert_int_equal(status_of_splicing(&edits), 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_edits_leave_the_text),
        cmocka_unit_test(edits_replace_insert_and_delete),
        cmocka_unit_test(edits_may_touch),
        cmocka_unit_test(sorting_puts_insertions_first),
        cmocka_unit_test(a_whole_text_can_be_replaced_by_nothing),
        cmocka_unit_test(insertions_at_one_place_clash_and_neighbours_do_not),
        cmocka_unit_test(edits_out_of_order_are_a_bug),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
