#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "rewriters/edit/commit.h"
#include "tests/intake/folder.h"

enum { NOBODY = 65534 };

typedef struct Place {
    Arena    *arena;
    Str       outside, root;
    ChangeVec changes;
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

static const char *path_in(Place *place, const char *path)
{
    return folder_path(place->arena, place->root, path);
}

/* A file that holds "old …", and the wish that it hold "new …". */
static void put_and_change(Place *place, const char *path)
{
    Str before = str_format(place->arena, "old %s\n", path);
    Str after  = str_format(place->arena, "new %s\n", path);

    folder_put(place->arena, place->root, path, before);
    vec_push(place->arena, &place->changes, (Change) { str_of(path), before, after, false });
}

static void create(Place *place, const char *path)
{
    Str after = str_format(place->arena, "new %s\n", path);

    vec_push(place->arena, &place->changes, (Change) { str_of(path), { 0 }, after, true });
}

static void assert_holds(Place *place, const char *path, const char *word)
{
    Str got = folder_get(place->arena, place->root, path);

    assert_non_null(got.ptr);
    assert_string_equal(str_cstr(place->arena, got),
                        str_format(place->arena, "%s %s\n", word, path).ptr);
}

static void assert_no_leftovers(Place *place)
{
    const char *const find[] = { "find", place->root.ptr, "-name", "*.lite2pg-*", NULL };
    Str               output;
    Error             why;

    assert_true(run_program(place->arena, find, (Str) { 0 }, &output, NULL, &why));
    assert_string_equal(str_cstr(place->arena, output), "");
}

static void commit(Place *place)
{
    Error why;

    if (!changes_commit(place->root, &place->changes, &why))
        fail_msg("%s", why.message);
    assert_no_leftovers(place);
}

static const char *refusal(Place *place)
{
    Error *why = arena_new(place->arena, Error);

    assert_false(changes_commit(place->root, &place->changes, why));
    assert_no_leftovers(place);
    return why->message;
}

/* The same in a child that first gives something up; its line comes back through a pipe. */
static const char *refusal_after(Place *place, void (*give_up)(void))
{
    int  ends[2], ended = 0;
    char line[ERROR_ROOM] = "";

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        Error why;
        give_up();
        bool done = changes_commit(place->root, &place->changes, &why);
        if (!done && write(ends[1], why.message, strlen(why.message)) < 0)
            _exit(3);
        _exit(done ? 0 : 1);
    }
    close(ends[1]);
    ssize_t got = read(ends[0], line, sizeof line - 1);
    close(ends[0]);
    waitpid(child, &ended, 0);
    assert_int_equal(WIFEXITED(ended) ? WEXITSTATUS(ended) : -1, 1);
    assert_true(got > 0);
    assert_no_leftovers(place);
    return str_cstr(place->arena, str_of(line));
}

static void all_files_are_replaced(void **state)
{
    Place *place = *state;
    put_and_change(place, "a.py");
    put_and_change(place, "sub/b.py");

    commit(place);

    assert_holds(place, "a.py", "new");
    assert_holds(place, "sub/b.py", "new");
}

static void nothing_to_do_is_done(void **state)
{
    commit(*state);
}

static void new_files_are_made_with_their_folders(void **state)
{
    Place      *place = *state;
    struct stat info;
    create(place, "a.py");
    create(place, "db/migrations/versions/one.py");
    create(place, "db/migrations/versions/two.py");

    commit(place);

    assert_holds(place, "a.py", "new");
    assert_holds(place, "db/migrations/versions/one.py", "new");
    assert_holds(place, "db/migrations/versions/two.py", "new");
    mode_t mask = umask(0);
    umask(mask);
    assert_int_equal(stat(path_in(place, "a.py"), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0666 & ~mask);
}

static void the_mode_stays(void **state)
{
    Place      *place = *state;
    struct stat info;
    put_and_change(place, "tool.py");
    put_and_change(place, "private.py");
    assert_int_equal(chmod(path_in(place, "tool.py"), 0755), 0);
    assert_int_equal(chmod(path_in(place, "private.py"), 0600), 0);

    commit(place);

    assert_int_equal(stat(path_in(place, "tool.py"), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0755);
    assert_int_equal(stat(path_in(place, "private.py"), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
}

static void the_owner_stays(void **state)
{
    Place      *place = *state;
    struct stat info;
    if (geteuid() != 0)
        skip();
    put_and_change(place, "a.py");
    assert_int_equal(chown(path_in(place, "a.py"), NOBODY, NOBODY), 0);

    commit(place);

    assert_int_equal(stat(path_in(place, "a.py"), &info), 0);
    assert_int_equal(info.st_uid, NOBODY);
    assert_int_equal(info.st_gid, NOBODY);
}

static void a_link_stays_and_its_target_is_replaced(void **state)
{
    Place      *place = *state;
    struct stat info;
    folder_put(place->arena, place->root, "sub/real.py", STR("old link.py\n"));
    assert_int_equal(symlink("sub/real.py", path_in(place, "link.py")), 0);
    vec_push(place->arena, &place->changes,
             (Change) { STR("link.py"), STR("old link.py\n"), STR("new link.py\n"), false });

    commit(place);

    assert_int_equal(lstat(path_in(place, "link.py"), &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_holds(place, "link.py", "new");
    assert_int_equal(lstat(path_in(place, "sub/real.py"), &info), 0);
    assert_true(S_ISREG(info.st_mode));
}

static void nothing_outside_the_root_is_touched(void **state)
{
    Place *place = *state;
    folder_put(place->arena, place->outside, "out.py", STR("old\n"));
    assert_int_equal(symlink("../out.py", path_in(place, "link.py")), 0);
    assert_int_equal(symlink("..", path_in(place, "up")), 0);
    const Change wishes[] = {
        { STR("link.py"), STR("old\n"), STR("new\n"), false },
        { STR("../out.py"), STR("old\n"), STR("new\n"), false },
        { STR("up/out.py"), STR("old\n"), STR("new\n"), false },
        { STR("up/made.py"), { 0 }, STR("new\n"), true },
        { STR("../made.py"), { 0 }, STR("new\n"), true },
        { STR("up/sub/made.py"), { 0 }, STR("new\n"), true },
        { STR("/made.py"), { 0 }, STR("new\n"), true },
    };

    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        place->changes.count = 0;
        vec_push(place->arena, &place->changes, wishes[i]);
        refusal(place);
    }

    assert_true(str_is(folder_get(place->arena, place->outside, "out.py"), "old\n"));
    assert_false(folder_has(place->arena, place->outside, "made.py"));
    assert_false(folder_has(place->arena, place->outside, "sub"));
}

static void a_file_that_changed_meanwhile_stops_all(void **state)
{
    Place *place = *state;
    put_and_change(place, "a.py");
    put_and_change(place, "b.py");
    folder_put(place->arena, place->root, "b.py", STR("edited b.py\n"));

    const char *message = refusal(place);

    assert_string_equal(message, "b.py has changed since it was read: run again");
    assert_holds(place, "a.py", "old");
    assert_holds(place, "b.py", "edited");
}

static void a_file_that_is_gone_stops_all(void **state)
{
    Place *place = *state;
    put_and_change(place, "a.py");
    put_and_change(place, "b.py");
    unlink(path_in(place, "b.py"));

    assert_string_equal(refusal(place), "b.py is gone since it was read");
    assert_holds(place, "a.py", "old");
}

static void a_new_file_never_covers_another(void **state)
{
    Place *place = *state;
    put_and_change(place, "a.py");
    folder_put(place->arena, place->root, "b.py", STR("theirs b.py\n"));
    create(place, "made/c.py");
    create(place, "b.py");

    assert_string_equal(refusal(place), "cannot create b.py: it exists already");
    assert_holds(place, "a.py", "old");
    assert_holds(place, "b.py", "theirs");
    assert_false(folder_has(place->arena, place->root, "made"));
}

static void a_file_cannot_be_a_folder(void **state)
{
    Place *place = *state;
    put_and_change(place, "a.py");
    folder_put(place->arena, place->root, "b", STR("x"));
    create(place, "b/c.py");

    assert_string_equal(refusal(place), "cannot create b/c.py: Not a directory");
    assert_holds(place, "a.py", "old");
}

static void one_file_is_changed_under_one_name(void **state)
{
    Place *place = *state;
    put_and_change(place, "a.py");
    assert_int_equal(symlink("a.py", path_in(place, "b.py")), 0);
    vec_push(place->arena, &place->changes,
             (Change) { STR("b.py"), STR("old a.py\n"), STR("other\n"), false });

    assert_non_null(strstr(refusal(place), "a.py and b.py are the same file"));
    assert_holds(place, "a.py", "old");
}

/* "x" cannot be made where the folder of "x/y.py" has been made: seen only when names change. */
static void a_refusal_between_two_files_puts_the_first_back(void **state)
{
    Place      *place = *state;
    struct stat info;
    put_and_change(place, "a.py");
    assert_int_equal(chmod(path_in(place, "a.py"), 0750), 0);
    create(place, "b.py");
    create(place, "x");
    create(place, "x/y.py");

    const char *message = refusal(place);

    assert_string_equal(message, "cannot create x: File exists");
    assert_holds(place, "a.py", "old");
    assert_int_equal(stat(path_in(place, "a.py"), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0750);
    assert_false(folder_has(place->arena, place->root, "b.py"));
    assert_false(folder_has(place->arena, place->root, "x"));
}

static void allow_twelve_bytes_a_file(void)
{
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit) { 12, 12 });
}

static void without_room_all_stay_old(void **state)
{
    Place *place = *state;
    put_and_change(place, "a.py");
    put_and_change(place, "a_longer_name.py");
    create(place, "sub/c.py");

    const char *message = refusal_after(place, allow_twelve_bytes_a_file);

    assert_string_equal(message, "cannot write a_longer_name.py: File too large");
    assert_holds(place, "a.py", "old");
    assert_holds(place, "a_longer_name.py", "old");
    assert_false(folder_has(place->arena, place->root, "sub"));
}

static void become_nobody(void)
{
    if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setgid(NOBODY) < 0 || setuid(NOBODY) < 0))
        _exit(4);
}

/* The way to the project must be open to nobody. */
static void open_the_way(Place *place)
{
    chmod(place->outside.ptr, 0755);
}

static void a_folder_that_may_not_be_written_stops_all(void **state)
{
    Place *place = *state;
    put_and_change(place, "a.py");
    put_and_change(place, "locked/b.py");
    open_the_way(place);
    chmod(place->root.ptr, 0777);
    chmod(path_in(place, "a.py"), 0666);
    chmod(path_in(place, "locked/b.py"), 0666);
    chmod(path_in(place, "locked"), 0555);

    const char *message = refusal_after(place, become_nobody);

    assert_string_equal(message, "cannot write locked/b.py: Permission denied");
    assert_holds(place, "a.py", "old");
    assert_holds(place, "locked/b.py", "old");
    chmod(path_in(place, "locked"), 0755);
}

static void a_file_that_may_not_be_written_stops_all(void **state)
{
    Place *place = *state;
    put_and_change(place, "a.py");
    put_and_change(place, "b.py");
    open_the_way(place);
    chmod(place->root.ptr, 0777);
    chmod(path_in(place, "a.py"), 0666);
    chmod(path_in(place, "b.py"), 0444);

    const char *message = refusal_after(place, become_nobody);

    assert_string_equal(message, "cannot replace b.py: Permission denied");
    assert_holds(place, "a.py", "old");
    assert_holds(place, "b.py", "old");
}

/* In a folder with the sticky bit, new files may be made, but those of others not replaced: the
   refusal comes when the first file has been replaced already. */
static void a_refusal_at_the_second_replacement_puts_the_first_back(void **state)
{
    Place *place = *state;
    if (geteuid() != 0)
        skip();
    put_and_change(place, "a.py");
    put_and_change(place, "sticky/b.py");
    open_the_way(place);
    chmod(place->root.ptr, 0777);
    chmod(path_in(place, "a.py"), 0666);
    chmod(path_in(place, "sticky/b.py"), 0666);
    chmod(path_in(place, "sticky"), 01777);

    const char *message = refusal_after(place, become_nobody);

    assert_string_equal(message, "cannot replace sticky/b.py: Operation not permitted");
    assert_holds(place, "a.py", "old");
    assert_holds(place, "sticky/b.py", "old");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_place, close_place)
        TEST(all_files_are_replaced),
        TEST(nothing_to_do_is_done),
        TEST(new_files_are_made_with_their_folders),
        TEST(the_mode_stays),
        TEST(the_owner_stays),
        TEST(a_link_stays_and_its_target_is_replaced),
        TEST(nothing_outside_the_root_is_touched),
        TEST(a_file_that_changed_meanwhile_stops_all),
        TEST(a_file_that_is_gone_stops_all),
        TEST(a_new_file_never_covers_another),
        TEST(a_file_cannot_be_a_folder),
        TEST(one_file_is_changed_under_one_name),
        TEST(a_refusal_between_two_files_puts_the_first_back),
        TEST(without_room_all_stay_old),
        TEST(a_folder_that_may_not_be_written_stops_all),
        TEST(a_file_that_may_not_be_written_stops_all),
        TEST(a_refusal_at_the_second_replacement_puts_the_first_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
