#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzers/intake/source.h"
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

static const char *refusal(Place *place, const char *path)
{
    Error *why = arena_new(place->arena, Error);
    Str    raw = { 0 };

    assert_false(file_read(place->arena, place->root, str_of(path), &raw, why));
    assert_null(raw.ptr);
    return why->message;
}

static Str content(Place *place, const char *path)
{
    Str   raw;
    Error why;

    if (!file_read(place->arena, place->root, str_of(path), &raw, &why))
        fail_msg("%s", why.message);
    return raw;
}

static void a_file_is_read_byte_for_byte(void **state)
{
    Place *place = *state;
    Str    bytes = STR("\xFF\0\r\nx");
    folder_put(place->arena, place->root, "a/b.py", bytes);
    folder_put(place->arena, place->root, "empty.py", STR(""));

    assert_true(str_eq(content(place, "a/b.py"), bytes));
    assert_int_equal(content(place, "empty.py").len, 0);
    assert_non_null(content(place, "empty.py").ptr);
}

static void a_source_is_read_from_its_file(void **state)
{
    Place *place  = *state;
    Source source = { 0 };
    Error  why;
    folder_put(place->arena, place->root, "s.py", STR("x = 1\n"));

    assert_true(source_read(place->arena, place->root, STR("s.py"), &source, &why));

    assert_true(str_is(source.text, "x = 1\n"));
    assert_true(str_is(source.path, "s.py"));
}

static void links_inside_the_root_are_followed(void **state)
{
    Place *place = *state;
    folder_put(place->arena, place->root, "in/real.py", STR("r"));
    assert_int_equal(symlink("in/real.py", folder_path(place->arena, place->root, "near.py")), 0);
    assert_int_equal(symlink(folder_path(place->arena, place->root, "in"),
                             folder_path(place->arena, place->root, "absolute")), 0);

    assert_true(str_is(content(place, "near.py"), "r"));
    assert_true(str_is(content(place, "absolute/real.py"), "r"));
}

static void nothing_outside_the_root_is_read(void **state)
{
    Place *place = *state;
    folder_put(place->arena, place->root, "project/x.py", STR("x"));
    folder_put(place->arena, place->root, "secret.py", STR("s"));
    Place inner = { place->arena, str_of(folder_path(place->arena, place->root, "project")) };
    assert_int_equal(symlink("../secret.py", folder_path(inner.arena, inner.root, "out.py")), 0);
    assert_int_equal(symlink("/etc", folder_path(inner.arena, inner.root, "etc")), 0);
    assert_int_equal(symlink("..", folder_path(inner.arena, inner.root, "up")), 0);

    assert_non_null(strstr(refusal(&inner, "out.py"), "leads out of the project"));
    assert_non_null(strstr(refusal(&inner, "etc/passwd"), "leads out of the project"));
    assert_non_null(strstr(refusal(&inner, "up/secret.py"), "leads out of the project"));
    assert_non_null(strstr(refusal(&inner, "../secret.py"), "leads out of the project"));
}

static void only_files_are_read(void **state)
{
    Place *place = *state;
    assert_int_equal(mkfifo(folder_path(place->arena, place->root, "pipe.py"), 0600), 0);
    assert_int_equal(mkdir(folder_path(place->arena, place->root, "folder.py"), 0700), 0);
    assert_int_equal(symlink("loop.py", folder_path(place->arena, place->root, "loop.py")), 0);

    assert_string_equal(refusal(place, "pipe.py"), "pipe.py is a pipe, not a file");
    assert_string_equal(refusal(place, "folder.py"), "folder.py is a folder, not a file");
    assert_non_null(strstr(refusal(place, "loop.py"), "loop.py: Too many levels"));
    assert_string_equal(refusal(place, "none.py"),
                        "cannot open none.py: No such file or directory");
}

static void a_huge_file_is_refused_unread(void **state)
{
    Place *place = *state;
    folder_put(place->arena, place->root, "huge.py", STR(""));
    assert_int_equal(truncate(folder_path(place->arena, place->root, "huge.py"), 1LL << 40), 0);
    size_t before = arena_used(place->arena);

    const char *message = refusal(place, "huge.py");

    assert_non_null(strstr(message, "1099511627776"));
    assert_true(arena_used(place->arena) - before < 65536);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_byte_for_byte),
        cmocka_unit_test(a_source_is_read_from_its_file),
        cmocka_unit_test(links_inside_the_root_are_followed),
        cmocka_unit_test(nothing_outside_the_root_is_read),
        cmocka_unit_test(only_files_are_read),
        cmocka_unit_test(a_huge_file_is_refused_unread),
    };

    return cmocka_run_group_tests(tests, open_place, close_place);
}
