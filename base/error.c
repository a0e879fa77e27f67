#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fill(Error *why, const char *format, va_list arguments)
{
    int length = vsnprintf(why->message, sizeof why->message, format, arguments);

    if (length >= (int)sizeof why->message)
        memcpy(why->message + sizeof why->message - 4, "\xE2\x80\xA6", 4);
}

bool error_set(Error *why, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fill(why, format, arguments);
    va_end(arguments);
    return false;
}

bool error_set_errno(Error *why, const char *format, ...)
{
    int     cause = errno;
    Error   thing;
    va_list arguments;

    va_start(arguments, format);
    fill(&thing, format, arguments);
    va_end(arguments);
    return error_set(why, "%s: %s", thing.message, strerror(cause));
}

noreturn void out_of_memory(void)
{
    fputs("lite2pg: out of memory\n", stderr);
    _Exit(2);
}

noreturn void bug_at(const char *file, int line, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "lite2pg: internal error at %s:%d: ", file, line);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputs("; please report it with the file that caused it\n", stderr);
    _Exit(2);
}
