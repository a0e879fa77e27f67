#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzers/intake/glob.h"

#define MATCHES(pattern, path) assert_true(glob_match(STR(pattern), STR(path)))
#define DIFFERS(pattern, path) assert_false(glob_match(STR(pattern), STR(path)))

static void a_star_stays_in_its_folder(void **state)
{
    (void)state;
    MATCHES("a/*.py", "a/b.py");
    DIFFERS("a/*.py", "a/b/c.py");
    MATCHES("a/*/c.py", "a/b/c.py");
    MATCHES("a/x*y*z.py", "a/xaaybbyz.py");
    DIFFERS("a/x*y*z.py", "a/xaazbb.py");
    MATCHES("a/*", "a/.hidden");
}

static void a_question_mark_is_one_character(void **state)
{
    (void)state;
    MATCHES("a/?.py", "a/b.py");
    MATCHES("a/?.py", "a/ä.py");
    DIFFERS("a/?.py", "a/bb.py");
    DIFFERS("a?b", "a/b");
}

static void two_stars_cross_folders(void **state)
{
    (void)state;
    MATCHES("backend_v2/legacy/**", "backend_v2/legacy/a.py");
    MATCHES("backend_v2/legacy/**", "backend_v2/legacy/deep/a.py");
    DIFFERS("backend_v2/legacy/**", "backend_v2/legacy");
    DIFFERS("backend_v2/legacy/**", "other/backend_v2/legacy/a.py");
    MATCHES("a/**/b.py", "a/b.py");
    MATCHES("a/**/b.py", "a/x/y/b.py");
    MATCHES("**/b.py", "b.py");
    MATCHES("**/b/c.py", "a/b/a/b/c.py");
    DIFFERS("a/**/b.py", "a/x/y/c.py");
}

static void without_a_slash_any_folder_will_do(void **state)
{
    (void)state;
    MATCHES("*.py", "a.py");
    MATCHES("*.py", "a/b/c.py");
    MATCHES("tests", "a/tests/x.py");
    DIFFERS("tests", "a/mytests/x.py");
}

static void a_slash_binds_to_the_root(void **state)
{
    (void)state;
    MATCHES("/a.py", "a.py");
    DIFFERS("/a.py", "b/a.py");
    MATCHES("./a.py", "b/a.py"); /* "./" is no slash of the pattern's own */
    DIFFERS("a/b.py", "x/a/b.py");
}

static void a_folder_stands_for_all_below_it(void **state)
{
    (void)state;
    MATCHES("backend_v2", "backend_v2/db/x.py");
    MATCHES("backend_v2/", "backend_v2/db/x.py");
    MATCHES("a/b", "a/b/c/d.py");
    MATCHES("a/*", "a/b/c.py");
    MATCHES(".", "a/b.py");
    DIFFERS("a.py/", "a.py");
    DIFFERS("backend", "backend_v2/x.py");
}

static void classes_hold_characters(void **state)
{
    (void)state;
    MATCHES("[ab].py", "a.py");
    MATCHES("[a-c].py", "b.py");
    DIFFERS("[a-c].py", "d.py");
    MATCHES("[!a-c].py", "d.py");
    DIFFERS("[^a-c].py", "b.py");
    MATCHES("[]x].py", "].py");
    MATCHES("[a-].py", "-.py");
    MATCHES("[ä-ü].py", "ö.py");
    MATCHES("[x.py", "[x.py"); /* no class at all */
}

static void a_backslash_takes_the_next_as_it_is(void **state)
{
    (void)state;
    MATCHES("\\*.py", "*.py");
    DIFFERS("\\*.py", "a.py");
    MATCHES("a\\", "a\\");
    MATCHES("[\\]].py", "].py");
}

static void nothing_matches_nothing(void **state)
{
    (void)state;
    DIFFERS("", "a.py");
    DIFFERS("/", "a.py");
    DIFFERS("a", "");
    assert_false(glob_match_any(&(StrVec) { 0 }, STR("a.py")));
}

static void bad_patterns_do_not_take_for_ever(void **state)
{
    Arena *arena   = arena_open();
    Buf    pattern = buf_new(arena), path = buf_new(arena);
    (void)state;
    for (int i = 0; i < 200; i++) {
        buf_add(&pattern, STR("**/*a*a*a*a*/"));
        buf_add(&path, STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/"));
    }
    buf_add(&pattern, STR("b"));
    buf_add(&path, STR("c"));

    bool matches = glob_match(buf_str(&pattern), buf_str(&path));

    assert_false(matches);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_star_stays_in_its_folder),
        cmocka_unit_test(a_question_mark_is_one_character),
        cmocka_unit_test(two_stars_cross_folders),
        cmocka_unit_test(without_a_slash_any_folder_will_do),
        cmocka_unit_test(a_slash_binds_to_the_root),
        cmocka_unit_test(a_folder_stands_for_all_below_it),
        cmocka_unit_test(classes_hold_characters),
        cmocka_unit_test(a_backslash_takes_the_next_as_it_is),
        cmocka_unit_test(nothing_matches_nothing),
        cmocka_unit_test(bad_patterns_do_not_take_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
