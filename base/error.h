/*
 * What went wrong in the world, in one line for the person who runs us.
 *
 * A function that can fail for a reason outside the program returns bool, takes
 * `Error *why` last and leaves its outputs untouched on failure. The line names
 * the thing, the place and the cure. Our own mistakes are bug(): they end the
 * program with exit status 2.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stdnoreturn.h>

enum { ERROR_ROOM = 1024 };

typedef struct Error {
    char message[ERROR_ROOM]; /* one line, no final newline; longer ones end in "…" */
} Error;

/* Both return false, so that a failing case is one line: return error_set(why, …). */
bool error_set(Error *why, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same, followed by ": " and the meaning of errno. */
bool error_set_errno(Error *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

noreturn void out_of_memory(void);
noreturn void bug_at(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define bug(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)

#endif
