#include "analyzers/intake/test_file.h"

bool is_test_file(Str path)
{
    Str part;

    while (str_cut(&path, '/', &part)) {
        bool is_name = path.len == 0;
        if (!is_name && (str_is(part, "tests") || str_is(part, "test")))
            return true;
        if (is_name && (str_is(part, "conftest.py") || str_starts_with(part, STR("test_")) || str_ends_with(part, STR("_test.py"))))
            return true;
    }
    return false;
}
