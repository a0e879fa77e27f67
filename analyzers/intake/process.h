/*
 * Running another program and reading what it says.
 *
 * Input goes in and output comes out at the same time, so neither side can wait for the
 * other for ever. The program is found along PATH and gets no shell in between.
 */
#ifndef ANALYZERS_INTAKE_PROCESS_H
#define ANALYZERS_INTAKE_PROCESS_H

#include "base/error.h"
#include "base/str.h"

enum { PROGRAM_OUTPUT_LIMIT = 512 * 1024 * 1024 }; /* bytes on its standard output */

/*
 * False if the program cannot be started, is ended by a signal or says too much; `why` then
 * holds the reason, with the first line of its standard error. Whether an exit status other
 * than 0 is a failure is for the caller to say: without `status` it is; with it the answer is
 * true, and `why` holds what the program said on standard error.
 */
bool run_program(Arena *arena, const char *const argv[], Str input, Str *output, int *status,
                 Error *why);

/* The same with an environment of its own: "NAME=value" …, NULL. */
bool run_program_with(Arena *arena, const char *const argv[], const char *const environment[],
                      Str input, Str *output, int *status, Error *why);

#endif
