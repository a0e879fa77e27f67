#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/error.h"

static void setting_an_error_is_false_and_one_line(void **state)
{
    (void)state;
    Error why = { "" };

    assert_false(error_set(&why, "cannot read %s: %d", "a.py", 3));
    assert_string_equal(why.message, "cannot read a.py: 3");
}

static void the_meaning_of_errno_comes_last(void **state)
{
    (void)state;
    Error why = { "" };

    errno = ENOENT;
    assert_false(error_set_errno(&why, "cannot open %s", "a.py"));
    assert_string_equal(why.message, "cannot open a.py: No such file or directory");
}

static void what_is_too_long_ends_in_dots(void **state)
{
    (void)state;
    char  text[3 * ERROR_ROOM];
    Error why = { "" };
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';

    error_set(&why, "%s", text);

    size_t length = strlen(why.message);
    assert_true(length < ERROR_ROOM);
    assert_string_equal(why.message + length - strlen("…"), "…");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setting_an_error_is_false_and_one_line),
        cmocka_unit_test(the_meaning_of_errno_comes_last),
        cmocka_unit_test(what_is_too_long_ends_in_dots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
