/* Whether a file is a test, or belongs to the tests: told by its path, as pytest tells it. */
#ifndef ANALYZERS_INTAKE_TEST_FILE_H
#define ANALYZERS_INTAKE_TEST_FILE_H

#include "base/str.h"

bool is_test_file(Str path);

#endif
