#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rewriters/edit/diff.h"
#include "tests/intake/folder.h"

typedef struct Place {
    Arena *arena;
    Str    root;
} Place;

static int open_place(void **state)
{
    Arena *arena = arena_open();
    Place *place = arena_new(arena, Place);

    *place = (Place) { arena, folder_new(arena) };
    *state = place;
    return 0;
}

static int close_place(void **state)
{
    Place *place = *state;

    folder_remove(place->root);
    arena_close(place->arena);
    return 0;
}

/* Gives the diff to the real git, and looks at what that makes of the file. */
static void assert_applies(Place *place, const char *path, Str before, Str after)
{
    Str   diff = diff_unified(place->arena, str_of(path), before, after);
    Str   output;
    Error why;

    if (before.ptr)
        folder_put(place->arena, place->root, path, before);
    const char *const argv[] = { "git", "-C", place->root.ptr, "apply", "--whitespace=nowarn",
                                 "-", NULL };
    if (!run_program(place->arena, argv, diff, &output, NULL, &why))
        fail_msg("%s\n" STR_FORMAT, why.message, STR_ARG(diff));
    Str got = folder_get(place->arena, place->root, path);
    assert_non_null(got.ptr);
    if (!str_eq(got, after))
        fail_msg("git makes something else of\n" STR_FORMAT, STR_ARG(diff));
    unlink(folder_path(place->arena, place->root, path));
}

static const char *diff_of(Place *place, const char *before, const char *after)
{
    return str_cstr(place->arena,
                    diff_unified(place->arena, STR("a.py"), str_of(before), str_of(after)));
}

static void a_change_is_shown_as_git_shows_it(void **state)
{
    assert_string_equal(diff_of(*state, "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
                                "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
                        "--- a/a.py\n"
                        "+++ b/a.py\n"
                        "@@ -2,7 +2,7 @@\n"
                        " 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

static void equal_texts_have_no_diff(void **state)
{
    assert_string_equal(diff_of(*state, "a\n", "a\n"), "");
    assert_string_equal(diff_of(*state, "", ""), "");
}

static void close_changes_share_a_hunk_and_far_ones_do_not(void **state)
{
    assert_string_equal(diff_of(*state, "x\n1\n2\n3\n4\n5\n6\ny\n", "X\n1\n2\n3\n4\n5\n6\nY\n"),
                        "--- a/a.py\n+++ b/a.py\n@@ -1,8 +1,8 @@\n"
                        "-x\n+X\n 1\n 2\n 3\n 4\n 5\n 6\n-y\n+Y\n");
    assert_string_equal(diff_of(*state, "x\n1\n2\n3\n4\n5\n6\n7\ny\n",
                                "X\n1\n2\n3\n4\n5\n6\n7\nY\n"),
                        "--- a/a.py\n+++ b/a.py\n@@ -1,4 +1,4 @@\n-x\n+X\n 1\n 2\n 3\n"
                        "@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-y\n+Y\n");
}

static void a_missing_last_newline_is_told(void **state)
{
    assert_string_equal(diff_of(*state, "a\nb", "a\nb\n"),
                        "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n a\n"
                        "-b\n\\ No newline at end of file\n+b\n");
}

static void a_new_file_comes_from_nowhere(void **state)
{
    Place *place = *state;
    Str    diff  = diff_unified(place->arena, STR("a.py"), (Str) { 0 }, STR("x\ny\n"));

    assert_string_equal(str_cstr(place->arena, diff),
                        "--- /dev/null\n+++ b/a.py\n@@ -0,0 +1,2 @@\n+x\n+y\n");
}

static void git_applies_all_kinds(void **state)
{
    Place *place = *state;

    assert_applies(place, "a.py", STR("a\nb\nc\n"), STR("a\nc\n"));
    assert_applies(place, "a.py", STR("a\nb\nc"), STR("a\nb\nc\nd"));
    assert_applies(place, "a.py", STR("a\nb\nc\n"), STR("a\nb\nc"));
    assert_applies(place, "a.py", STR("a\r\nb\r\n"), STR("a\r\nB\r\n"));
    assert_applies(place, "a.py", STR("a\rb\r"), STR("a\rB\r"));
    assert_applies(place, "a.py", STR(""), STR("new\n"));
    assert_applies(place, "sub/a.py", STR("x = '\xE4'\n"), STR("y = '\xE4'\n"));
    assert_applies(place, "new/file.py", (Str) { 0 }, STR("x\n"));
    assert_applies(place, "new/bare.py", (Str) { 0 }, STR("x"));
    assert_applies(place, "new/__init__.py", (Str) { 0 }, STR(""));
}

static void git_understands_odd_names(void **state)
{
    Place *place = *state;

    assert_applies(place, "with blank.py", STR("a\n"), STR("b\n"));
    assert_applies(place, "with blank too.py", (Str) { 0 }, STR("b\n"));
    assert_applies(place, "empty and blank.py", (Str) { 0 }, STR(""));
    assert_applies(place, "tab\there.py", STR("a\n"), STR("b\n"));
    assert_applies(place, "quote\"d \\ name.py", STR("a\n"), STR("b\n"));
    assert_applies(place, "line\nbreak.py", STR("a\n"), STR("b\n"));
    assert_applies(place, "ümläut.py", STR("a\n"), STR("b\n"));
}

/* Lines from a small alphabet, so that there is much to match wrongly. */
static Str random_lines(Arena *arena, unsigned *dice, int most)
{
    Buf out = buf_new(arena);

    *dice     = *dice * 1103515245u + 12345u;
    int count = (int)(*dice >> 16) % most;
    for (int i = 0; i < count; i++) {
        *dice = *dice * 1103515245u + 12345u;
        buf_format(&out, "%c\n", 'a' + (char)(*dice >> 16 & 3));
    }
    *dice = *dice * 1103515245u + 12345u;
    if (*dice >> 16 & 1)
        buf_add(&out, STR("end"));
    return out.len ? buf_str(&out) : STR("");
}

/* The fewest changed lines there can be, from a table over all pairs of lines. */
static size_t fewest(Arena *arena, Str before, Str after)
{
    StrVec a = { 0 }, b = { 0 };
    Str    line;

    while (before.len && str_cut(&before, '\n', &line))
        vec_push(arena, &a, line);
    while (after.len && str_cut(&after, '\n', &line))
        vec_push(arena, &b, line);
    size_t  wide  = b.count + 1;
    size_t *table = arena_array(arena, size_t, (a.count + 1) * wide);
    for (size_t i = a.count + 1; i-- > 0;)
        for (size_t j = wide; j-- > 0;) {
            size_t *cell = &table[i * wide + j];
            if (i == a.count || j == b.count)
                *cell = a.count - i + b.count - j;
            else if (str_eq(a.items[i], b.items[j]))
                *cell = cell[wide + 1];
            else
                *cell = 1 + (cell[wide] < cell[1] ? cell[wide] : cell[1]);
        }
    return table[0];
}

static void random_texts_have_shortest_diffs(void **state)
{
    Place   *place = *state;
    unsigned dice  = 99;

    for (int round = 0; round < 3000; round++) {
        Arena *arena  = arena_open();
        Str    before = random_lines(arena, &dice, 40), after = random_lines(arena, &dice, 40);

        DiffSize size = diff_size(before, after);

        assert_int_equal(size.added + size.removed, fewest(arena, before, after));
        arena_close(arena);
    }
    for (int round = 0; round < 150; round++) {
        Str before = random_lines(place->arena, &dice, 60);
        Str after  = random_lines(place->arena, &dice, 60);
        if (!str_eq(before, after) && after.len)
            assert_applies(place, "a.py", before, after);
    }
}

static void large_and_different_texts_are_shown_all_the_same(void **state)
{
    Place *place  = *state;
    Buf    before = buf_new(place->arena), after = buf_new(place->arena);
    for (int i = 0; i < 20000; i++) {
        buf_format(&before, "old %d\n", i * 7919 % 20011);
        buf_format(&after, "%s %d\n", i % 100 ? "new" : "old", i * 7919 % 20011);
    }

    assert_applies(place, "a.py", buf_str(&before), buf_str(&after));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_shown_as_git_shows_it),
        cmocka_unit_test(equal_texts_have_no_diff),
        cmocka_unit_test(close_changes_share_a_hunk_and_far_ones_do_not),
        cmocka_unit_test(a_missing_last_newline_is_told),
        cmocka_unit_test(a_new_file_comes_from_nowhere),
        cmocka_unit_test(git_applies_all_kinds),
        cmocka_unit_test(git_understands_odd_names),
        cmocka_unit_test(random_texts_have_shortest_diffs),
        cmocka_unit_test(large_and_different_texts_are_shown_all_the_same),
    };

    return cmocka_run_group_tests(tests, open_place, close_place);
}
