#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzers/intake/discover.h"
#include "tests/intake/folder.h"

/* A project of its own for each test, below a folder that is outside the project. */
typedef struct Place {
    Arena  *arena;
    Str     outside, root;
    NoteVec notes;
} Place;

static int open_place(void **state)
{
    Arena *arena = arena_open();
    Place *place = arena_new(arena, Place);

    place->arena   = arena;
    place->outside = folder_new(arena);
    place->root    = str_of(folder_path(arena, place->outside, "project"));
    mkdir(place->root.ptr, 0777);
    *state = place;
    return 0;
}

static int close_place(void **state)
{
    Place *place = *state;

    folder_remove(place->outside);
    arena_close(place->arena);
    return 0;
}

static void put(Place *place, const char *path)
{
    folder_put(place->arena, place->root, path, STR("x\n"));
}

static void put_link(Place *place, const char *target, const char *path)
{
    assert_int_equal(symlink(target, folder_path(place->arena, place->root, path)), 0);
}

static void make_repository(Place *place)
{
    folder_git(place->arena, place->root, "init", "-q");
}

/* What is found, one path a line. */
static const char *found(Place *place, const StrVec *paths, const DiscoverOptions *options)
{
    FoundVec files = { 0 };
    Error    why;
    Buf      out = buf_new(place->arena);

    if (!discover(place->arena, place->root, paths, options, &files, &place->notes, &why))
        fail_msg("%s", why.message);
    vec_each(file, &files)
        buf_format(&out, STR_FORMAT "%s\n", STR_ARG(file->path), file->named ? " (named)" : "");
    return str_cstr(place->arena, buf_str(&out));
}

static const char *found_in_all(Place *place)
{
    return found(place, &(StrVec) { 0 }, NULL);
}

static StrVec one_path(Place *place, const char *path)
{
    StrVec paths = { 0 };

    vec_push(place->arena, &paths, str_of(folder_path(place->arena, place->root, path)));
    return paths;
}

/* Notes as "path: message" lines. */
static const char *notes(Place *place)
{
    Buf out = buf_new(place->arena);

    vec_each(note, &place->notes)
        buf_format(&out, STR_FORMAT ": " STR_FORMAT "\n", STR_ARG(note->path),
                   STR_ARG(note->message));
    return str_cstr(place->arena, buf_str(&out));
}

static const char *refusal(Place *place, const StrVec *paths)
{
    FoundVec files = { 0 };
    Error   *why   = arena_new(place->arena, Error);

    assert_false(discover(place->arena, place->root, paths, NULL, &files, &place->notes, why));
    assert_int_equal(files.count, 0);
    return why->message;
}

static void a_repository_shows_what_it_holds_and_would_add(void **state)
{
    Place *place = *state;
    make_repository(place);
    put(place, "b/held.py");
    put(place, "gone.py");
    folder_git(place->arena, place->root, "add", ".");
    put(place, "a new.py");
    put(place, "window.pyw");
    put(place, "notes.txt");
    put(place, "ignored/x.py");
    folder_put(place->arena, place->root, ".gitignore", STR("ignored/\n"));
    unlink(folder_path(place->arena, place->root, "gone.py"));

    assert_string_equal(found_in_all(place), "a new.py\nb/held.py\nwindow.pyw\n");
    assert_string_equal(notes(place), "");
}

static void a_project_inside_a_repository_is_only_itself(void **state)
{
    Place *place = *state;
    make_repository(place);
    put(place, "above.py");
    put(place, "app/x.py");
    folder_git(place->arena, place->root, "add", ".");
    place->root = str_of(folder_path(place->arena, place->root, "app"));

    assert_string_equal(found_in_all(place), "x.py\n");
}

static void an_unmerged_file_comes_once(void **state)
{
    Place *place = *state;
    make_repository(place);
    put(place, "x.py");
    Str   blob, output;
    Error why;
    assert_true(run_program(place->arena,
                            (const char *const[]) { "git", "-C", place->root.ptr, "hash-object",
                                                    "-w", "x.py", NULL },
                            (Str) { 0 }, &blob, NULL, &why));
    Str hash  = str_trim(blob);
    Str index = str_format(place->arena,
                           "100644 " STR_FORMAT " 1\tx.py\n100644 " STR_FORMAT
                           " 2\tx.py\n100644 " STR_FORMAT " 3\tx.py\n",
                           STR_ARG(hash), STR_ARG(hash), STR_ARG(hash));
    assert_true(run_program(place->arena,
                            (const char *const[]) { "git", "-C", place->root.ptr, "update-index",
                                                    "--index-info", NULL },
                            index, &output, NULL, &why));

    assert_string_equal(found_in_all(place), "x.py\n");
}

static void a_repository_around_us_by_variable_changes_nothing(void **state)
{
    Place *place = *state;
    make_repository(place);
    put(place, "x.py");
    setenv("GIT_DIR", "/nonexistent", 1);

    const char *list = found_in_all(place);

    unsetenv("GIT_DIR");
    assert_string_equal(list, "x.py\n");
    assert_string_equal(notes(place), "");
}

static void the_repository_cannot_make_us_run_things(void **state)
{
    Place *place = *state;
    make_repository(place);
    put(place, "x.py");
    const char *trace = folder_path(place->arena, place->outside, "was-run");
    folder_git(place->arena, place->root, "config", "core.fsmonitor",
               str_format(place->arena, "touch %s; false", trace).ptr);

    assert_string_equal(found_in_all(place), "x.py\n");
    assert_false(folder_has(place->arena, place->outside, "was-run"));
}

static void nested_repositories_are_told_and_left_alone(void **state)
{
    Place *place = *state;
    make_repository(place);
    put(place, "x.py");
    put(place, "vendor/lib/y.py");
    Place inner = { .arena = place->arena,
                    .root  = str_of(folder_path(place->arena, place->root, "vendor/lib")) };
    make_repository(&inner);

    assert_string_equal(found_in_all(place), "x.py\n");
    assert_string_equal(notes(place), "vendor/lib: a repository of its own: not looked into\n");
}

static void where_git_cannot_be_asked_all_is_walked(void **state)
{
    Place *place = *state;
    put(place, "x.py");
    folder_put(place->arena, place->root, ".git", STR("gitdir: /nonexistent\n"));

    assert_string_equal(found_in_all(place), "x.py\n");
    assert_non_null(strstr(notes(place), "git cannot be asked"));
}

static void a_walk_passes_by_what_is_nobodys_source(void **state)
{
    Place *place = *state;
    put(place, "x.py");
    put(place, ".dot.py");
    put(place, "a/b/y.py");
    put(place, ".hidden/z.py");
    put(place, "node_modules/z.py");
    put(place, "a/__pycache__/z.py");
    put(place, "env/pyvenv.cfg");
    put(place, "env/lib/z.py");
    put(place, "folder.py/w.py");

    assert_string_equal(found_in_all(place), ".dot.py\na/b/y.py\nfolder.py/w.py\nx.py\n");
}

static void a_walk_for_all_text_enters_hidden_folders(void **state)
{
    Place          *place   = *state;
    DiscoverOptions options = { .all_text = true };
    put(place, ".env");
    put(place, ".github/workflows/ci.yml");
    put(place, ".hg/store");
    put(place, "x.py");

    assert_string_equal(found(place, &(StrVec) { 0 }, &options),
                        ".env\n.github/workflows/ci.yml\nx.py\n");
}

static void a_virtual_environment_in_git_is_skipped_and_told(void **state)
{
    Place *place = *state;
    make_repository(place);
    put(place, "x.py");
    put(place, "env/pyvenv.cfg");
    put(place, "env/lib/a.py");
    put(place, "env/lib/b.py");
    folder_git(place->arena, place->root, "add", ".");

    assert_string_equal(found_in_all(place), "x.py\n");
    assert_string_equal(notes(place),
                        "env: a virtual environment, though git lists it: not looked into\n");
}

static void a_named_folder_in_an_environment_is_looked_into(void **state)
{
    Place *place = *state;
    make_repository(place);
    put(place, "env/pyvenv.cfg");
    put(place, "env/lib/a.py");
    StrVec paths = one_path(place, "env/lib");

    assert_string_equal(found(place, &paths, NULL), "env/lib/a.py\n");
    assert_string_equal(notes(place), "");
}

static void links_show_no_file_twice(void **state)
{
    Place *place = *state;
    put(place, "a/real.py");
    put(place, "a/script");
    put_link(place, "a/real.py", "again.py");
    put_link(place, "a", "folder");
    put_link(place, "a/script", "one.py");
    put_link(place, "a/script", "two.py");

    assert_string_equal(found_in_all(place), "a/real.py\none.py\n");
    assert_string_equal(notes(place), "");

    make_repository(place);
    folder_git(place->arena, place->root, "add", ".");
    assert_string_equal(found_in_all(place), "a/real.py\none.py\n");
    assert_string_equal(notes(place), "");
}

static void links_that_lead_astray_are_told(void **state)
{
    static const char expected[]
        = "elsewhere: a link that leaves the project: not followed\n"
          "loop.py: a link that leads nowhere: not read\n"
          "out.py: a link that leaves the project: not followed\n";
    Place *place = *state;
    folder_put(place->arena, place->outside, "secret.py", STR("x"));
    put(place, "x.py");
    put_link(place, "../secret.py", "out.py");
    put_link(place, "..", "elsewhere");
    put_link(place, "loop.py", "loop.py");

    assert_string_equal(found_in_all(place), "x.py\n");
    assert_string_equal(notes(place), expected);

    make_repository(place);
    folder_git(place->arena, place->root, "add", ".");
    assert_string_equal(found_in_all(place), "x.py\n");
    assert_string_equal(notes(place), expected);
}

static void what_is_no_file_is_told(void **state)
{
    Place *place = *state;
    assert_int_equal(mkfifo(folder_path(place->arena, place->root, "pipe.py"), 0600), 0);

    assert_string_equal(found_in_all(place), "");
    assert_string_equal(notes(place), "pipe.py: neither a file nor a folder: not read\n");
}

static void a_named_file_is_taken_whatever_it_is_called(void **state)
{
    Place          *place   = *state;
    DiscoverOptions options = { 0 };
    put(place, "bin/tool");
    vec_push(place->arena, &options.exclude, STR("bin"));
    StrVec paths = one_path(place, "bin/tool");

    assert_string_equal(found(place, &paths, &options), "bin/tool (named)\n");
    options.force_exclude = true;
    assert_string_equal(found(place, &paths, &options), "");
}

static void a_file_named_and_found_comes_once(void **state)
{
    Place *place = *state;
    put(place, "a/x.py");
    put(place, "a/y.py");
    StrVec paths = one_path(place, "a/x.py");
    vec_push(place->arena, &paths, str_of(folder_path(place->arena, place->root, "a/")));
    vec_push(place->arena, &paths, str_of(folder_path(place->arena, place->root, "./a/../a/x.py")));

    assert_string_equal(found(place, &paths, NULL), "a/x.py (named)\na/y.py\n");
}

static void paths_are_those_of_the_current_folder(void **state)
{
    Place *place = *state;
    char   before[PATH_MAX];
    StrVec paths = { 0 };
    put(place, "a/x.py");
    put(place, "b/y.py");
    put(place, "b/z.py");
    vec_push(place->arena, &paths, STR("x.py"));
    vec_push(place->arena, &paths, STR("../b"));
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(folder_path(place->arena, place->root, "a")), 0);

    const char *list = found(place, &paths, NULL);

    assert_int_equal(chdir(before), 0);
    assert_string_equal(list, "a/x.py (named)\nb/y.py\nb/z.py\n");
}

static void a_path_that_is_not_there_is_an_error(void **state)
{
    Place *place = *state;
    StrVec paths = one_path(place, "none.py");

    const char *message = refusal(place, &paths);

    assert_non_null(strstr(message, "no such file or folder"));
    assert_non_null(strstr(message, "none.py"));
}

static void a_path_outside_is_an_error(void **state)
{
    Place *place = *state;
    folder_put(place->arena, place->outside, "other.py", STR("x"));
    folder_put(place->arena, place->outside, "project2/x.py", STR("x"));
    StrVec file   = one_path(place, "../other.py");
    StrVec folder = one_path(place, "../project2");

    assert_non_null(strstr(refusal(place, &file), "outside the project"));
    assert_non_null(strstr(refusal(place, &folder), "outside the project"));
}

static void globs_choose_among_what_is_found(void **state)
{
    Place          *place   = *state;
    DiscoverOptions options = { 0 };
    put(place, "app/a.py");
    put(place, "app/legacy/b.py");
    put(place, "tests/c.py");
    vec_push(place->arena, &options.include, STR("app"));
    vec_push(place->arena, &options.exclude, STR("app/legacy/**"));

    assert_string_equal(found(place, &(StrVec) { 0 }, &options), "app/a.py\n");
}

static void a_folder_that_gives_nothing_is_told(void **state)
{
    Place *place = *state;
    make_repository(place);
    put(place, "ignored/x.py");
    folder_put(place->arena, place->root, ".gitignore", STR("ignored/\n"));
    StrVec paths = one_path(place, "ignored");

    assert_string_equal(found(place, &paths, NULL), "");
    assert_string_equal(notes(place), "ignored: no Python files here\n");
}

static void odd_names_are_names(void **state)
{
    Place *place = *state;
    make_repository(place);
    put(place, "tab\there.py");
    put(place, "line\nbreak.py");
    put(place, ":(glob)x.py");
    put(place, "\xFF.py");
    put(place, "100644 ab 0\tx.py");
    folder_git(place->arena, place->root, "add", "--", "tab\there.py");

    assert_string_equal(found_in_all(place), "100644 ab 0\tx.py\n:(glob)x.py\nline\nbreak.py\n"
                                             "tab\there.py\n\xFF.py\n");
}

static void a_walk_does_not_go_down_for_ever(void **state)
{
    Place *place = *state;
    Buf    path  = buf_new(place->arena);
    for (int i = 0; i < FOLDER_DEPTH_LIMIT; i++)
        buf_add(&path, STR("d/"));
    put(place, str_format(place->arena, STR_FORMAT "in.py", STR_ARG(buf_str(&path))).ptr);
    put(place, str_format(place->arena, STR_FORMAT "d/out.py", STR_ARG(buf_str(&path))).ptr);

    const char *list = found_in_all(place);

    assert_non_null(strstr(list, "/in.py"));
    assert_null(strstr(list, "/out.py"));
    assert_non_null(strstr(notes(place), "lies too deep"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_place, close_place)
        TEST(a_repository_shows_what_it_holds_and_would_add),
        TEST(a_project_inside_a_repository_is_only_itself),
        TEST(an_unmerged_file_comes_once),
        TEST(a_repository_around_us_by_variable_changes_nothing),
        TEST(the_repository_cannot_make_us_run_things),
        TEST(nested_repositories_are_told_and_left_alone),
        TEST(where_git_cannot_be_asked_all_is_walked),
        TEST(a_walk_passes_by_what_is_nobodys_source),
        TEST(a_walk_for_all_text_enters_hidden_folders),
        TEST(a_virtual_environment_in_git_is_skipped_and_told),
        TEST(a_named_folder_in_an_environment_is_looked_into),
        TEST(links_show_no_file_twice),
        TEST(links_that_lead_astray_are_told),
        TEST(what_is_no_file_is_told),
        TEST(a_named_file_is_taken_whatever_it_is_called),
        TEST(a_file_named_and_found_comes_once),
        TEST(paths_are_those_of_the_current_folder),
        TEST(a_path_that_is_not_there_is_an_error),
        TEST(a_path_outside_is_an_error),
        TEST(globs_choose_among_what_is_found),
        TEST(a_folder_that_gives_nothing_is_told),
        TEST(odd_names_are_names),
        TEST(a_walk_does_not_go_down_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
