#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzers/intake/process.h"

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

#define SHELL(script) ((const char *const[]) { "sh", "-c", (script), NULL })

static void output_and_status_come_back(void **state)
{
    Str   output = { 0 };
    int   status = -1;
    Error why;

    assert_true(run_program(*state, SHELL("printf hello"), (Str) { 0 }, &output, &status, &why));

    assert_true(str_is(output, "hello"));
    assert_int_equal(status, 0);
}

static void much_goes_in_and_out_at_once(void **state)
{
    const char *const cat[] = { "cat", NULL };
    size_t            length = 3 * 1024 * 1024;
    char             *bytes  = arena_alloc(*state, length);
    Str               output = { 0 };
    Error             why;
    for (size_t i = 0; i < length; i++)
        bytes[i] = (char)(i * 7);

    assert_true(run_program(*state, cat, (Str) { bytes, length }, &output, NULL, &why));

    assert_true(str_eq(output, (Str) { bytes, length }));
}

static void a_program_that_does_not_read_does_not_end_us(void **state)
{
    size_t length = 1024 * 1024;
    char  *bytes  = arena_alloc(*state, length);
    Str    output = { 0 };
    Error  why;

    assert_true(run_program(*state, SHELL("exec <&-; sleep 0.1; printf done"),
                            (Str) { bytes, length }, &output, NULL, &why));

    assert_true(str_is(output, "done"));
}

static void without_input_its_input_is_at_its_end(void **state)
{
    Str   output = { 0 };
    Error why;

    assert_true(run_program(*state, SHELL("wc -c"), (Str) { 0 }, &output, NULL, &why));

    assert_true(str_is(str_trim(output), "0"));
}

static void a_status_nobody_asks_for_is_a_failure_with_its_words(void **state)
{
    Str   output = { 0 };
    Error why    = { "" };

    bool ok = run_program(*state, SHELL("echo 'bad\033[31m thing' >&2; echo more >&2; exit 3"),
                          (Str) { 0 }, &output, NULL, &why);

    assert_false(ok);
    assert_null(output.ptr);
    assert_string_equal(why.message, "sh ended with status 3: bad?[31m thing");
}

static void a_status_asked_for_is_the_callers_to_judge(void **state)
{
    Str   output = { 0 };
    int   status = -1;
    Error why    = { "" };

    bool ok = run_program(*state, SHELL("printf out; echo words >&2; exit 1"), (Str) { 0 }, &output,
                          &status, &why);

    assert_true(ok);
    assert_int_equal(status, 1);
    assert_true(str_is(output, "out"));
    assert_non_null(strstr(why.message, "words"));
}

static void a_missing_program_is_told(void **state)
{
    const char *const argv[] = { "lite2pg-no-such-program", NULL };
    Str               output = { 0 };
    int               status = -1;
    Error             why    = { "" };

    assert_false(run_program(*state, argv, (Str) { 0 }, &output, &status, &why));

    assert_string_equal(why.message,
                        "cannot run lite2pg-no-such-program: No such file or directory");
    assert_int_equal(status, -1);
}

static void an_end_by_signal_is_a_failure(void **state)
{
    Str   output = { 0 };
    int   status = -1;
    Error why    = { "" };

    assert_false(run_program(*state, SHELL("kill -TERM $$"), (Str) { 0 }, &output, &status, &why));

    assert_non_null(strstr(why.message, "signal"));
}

static void endless_complaints_do_not_hold_it_up(void **state)
{
    Str   output = { 0 };
    Error why;

    assert_true(run_program(*state, SHELL("yes complaint | head -c 1000000 >&2; printf ok"),
                            (Str) { 0 }, &output, NULL, &why));

    assert_true(str_is(output, "ok"));
}

static void it_gets_the_environment_it_is_given(void **state)
{
    const char *const environment[] = { "PATH=/usr/bin:/bin", "WORD=given", NULL };
    Str               output        = { 0 };
    Error             why;

    assert_true(run_program_with(*state, SHELL("printf \"$WORD$HOME\""), environment, (Str) { 0 },
                                 &output, NULL, &why));

    assert_true(str_is(output, "given"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_and_status_come_back),
        cmocka_unit_test(much_goes_in_and_out_at_once),
        cmocka_unit_test(a_program_that_does_not_read_does_not_end_us),
        cmocka_unit_test(without_input_its_input_is_at_its_end),
        cmocka_unit_test(a_status_nobody_asks_for_is_a_failure_with_its_words),
        cmocka_unit_test(a_status_asked_for_is_the_callers_to_judge),
        cmocka_unit_test(a_missing_program_is_told),
        cmocka_unit_test(an_end_by_signal_is_a_failure),
        cmocka_unit_test(endless_complaints_do_not_hold_it_up),
        cmocka_unit_test(it_gets_the_environment_it_is_given),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
