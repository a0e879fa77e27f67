#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzers/intake/project_root.h"
#include "tests/intake/folder.h"

static Str folder;

static int open_arena(void **state)
{
    *state = arena_open();
    folder = folder_new(*state);
    return 0;
}

static int close_arena(void **state)
{
    folder_remove(folder);
    arena_close(*state);
    return 0;
}

static void assert_root(Arena *arena, const char *start, const char *expected)
{
    Str root = { 0 };

    assert_true(project_root(arena, str_of(folder_path(arena, folder, start)), &root));
    assert_string_equal(str_cstr(arena, root),
                        *expected ? folder_path(arena, folder, expected) : folder.ptr);
}

static void the_nearest_configuration_makes_the_project(void **state)
{
    Arena *arena = *state;
    folder_put(arena, folder, "one/lite2pg.toml", STR(""));
    folder_put(arena, folder, "one/sub/deep/x.py", STR(""));
    folder_put(arena, folder, "one/own/pyproject.toml",
               STR("[project]\nname = 'x'\n\n  [tool.lite2pg]  # ours\n"));
    folder_put(arena, folder, "one/own/a/x.py", STR(""));
    folder_put(arena, folder, "one/other/pyproject.toml", STR("[tool.lite2pgx]\n[tool.ruff]\n"));

    assert_root(arena, "one/sub/deep", "one");
    assert_root(arena, "one/sub/deep/x.py", "one");
    assert_root(arena, "one/own/a", "one/own");
    assert_root(arena, "one/other", "one");
}

static void a_table_below_ours_counts(void **state)
{
    Arena *arena = *state;
    folder_put(arena, folder, "two/pyproject.toml", STR("[tool.lite2pg.types]\n"));
    folder_put(arena, folder, "two/a/x.py", STR(""));

    assert_root(arena, "two/a", "two");
}

static void else_the_repository_is_the_project(void **state)
{
    Arena *arena = *state;
    folder_put(arena, folder, "three/.git/HEAD", STR(""));
    folder_put(arena, folder, "three/a/b/x.py", STR(""));
    folder_put(arena, folder, "three/linked/.git", STR("gitdir: elsewhere\n"));

    assert_root(arena, "three/a/b", "three");
    assert_root(arena, "three/linked", "three/linked");
}

static void else_the_start_is_the_project(void **state)
{
    Arena *arena = *state;
    folder_put(arena, folder, "four/a/x.py", STR(""));

    assert_root(arena, "four/a", "four/a");
    assert_root(arena, "four/a/x.py", "four/a");
}

static void what_does_not_exist_has_no_project(void **state)
{
    Arena *arena = *state;
    Str    root  = { 0 };

    assert_false(project_root(arena, str_of(folder_path(arena, folder, "none")), &root));
    assert_null(root.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_configuration_makes_the_project),
        cmocka_unit_test(a_table_below_ours_counts),
        cmocka_unit_test(else_the_repository_is_the_project),
        cmocka_unit_test(else_the_start_is_the_project),
        cmocka_unit_test(what_does_not_exist_has_no_project),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
