/*
 * What a command says, and to whom.
 *
 * Results go to standard output or, whole or not at all, to the file of --output;
 * messages go to standard error, made harmless for a terminal on their way.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cli/options.h"
#include "cli/session.h"

enum { STATUS_CLEAN = 0, STATUS_FINDINGS = 1, STATUS_FAILED = 2 };

/* Writes the result; gives `status`, or STATUS_FAILED (and says why) if it cannot be written. */
int result_write(const Options *options, Str text, int status);

/* "lite2pg: …" */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));
int  failed(const Error *why); /* gives STATUS_FAILED */

/* Shows a session's notes and errors; gives `status`, or STATUS_FAILED if files could not be read.
 */
int session_report(const Options *options, const Session *session, int status);

bool use_color(const Options *options);

/* All of standard input, unless it is too long for one file. */
bool stdin_read(Arena *arena, Str *text, Error *why);

/* Opens the session that the options ask for, with standard input read if a path is `-`. */
bool session_for(Arena *arena, const Options *options, SessionDepth depth, SessionParse parse,
                 SessionTexts texts, Session *out, Error *why);

#endif
