/* A file of this project that a test stands on: read whole, from the project's root, or the test ends there. */
#ifndef TESTS_GIVEN_FILE_H
#define TESTS_GIVEN_FILE_H

#include <stdio.h>
#include <stdlib.h>

#include "analyzers/intake/source.h"

static inline Str file_given(Arena *arena, const char *path)
{
    Str   text;
    Error why;

    if (file_read(arena, STR("."), str_of(path), &text, &why))
        return text;
    fprintf(stderr, "%s (start in the project's root)\n", why.message);
    abort();
}

#endif
