#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzers/intake/test_file.h"

static void a_test_is_told_by_its_path(void **state)
{
    (void)state;
    assert_true(is_test_file(STR("test_app.py")));
    assert_true(is_test_file(STR("src/app_test.py")));
    assert_true(is_test_file(STR("src/conftest.py")));
    assert_true(is_test_file(STR("tests/helpers/tables.sql")));
    assert_true(is_test_file(STR("app/test/data.py")));
}

static void what_only_sounds_like_one_is_none(void **state)
{
    (void)state;
    assert_false(is_test_file(STR("app.py")));
    assert_false(is_test_file(STR("src/testing/app.py")));
    assert_false(is_test_file(STR("src/tests")));
    assert_false(is_test_file(STR("latest_app.py")));
    assert_false(is_test_file(STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_test_is_told_by_its_path),
        cmocka_unit_test(what_only_sounds_like_one_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
