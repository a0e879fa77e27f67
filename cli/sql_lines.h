/*
 * The lines of a file or a pipe, one after the other, however long it is.
 *
 * A line is good until the next call, and comes without its line end; the last one
 * needs none. One that is longer than LINE_CEILING is passed by and told as such.
 */
#ifndef CLI_SQL_LINES_H
#define CLI_SQL_LINES_H

#include "base/error.h"
#include "base/str.h"

enum { LINE_CEILING = 64 << 20 };

typedef enum LineKind { LINE_NONE, LINE_READ, LINE_TOO_LONG, LINE_FAILED } LineKind;

typedef struct Lines {
    Str    name; /* for messages */
    int    handle;
    char  *bytes; /* of malloc: it grows to the longest line */
    size_t lo, hi, room;
    bool   is_at_end;
} Lines;

/* `path` from the current folder; "-" is standard input, called `stdin_name`. */
bool     lines_open(Arena *arena, Str path, Str stdin_name, Lines *out, Error *why);
void     lines_close(Lines *lines);
bool     lines_would_wait(const Lines *lines); /* the next one is not wholly here yet */
LineKind lines_next(Lines *lines, Str *line, Error *why);

#endif
