#include "cli/sql_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_ROOM = 64 << 10 };

bool lines_open(Arena *arena, Str path, Str stdin_name, Lines *out, Error *why)
{
    struct stat info;

    *out = (Lines) { .name = path, .handle = STDIN_FILENO };
    if (str_is(path, "-")) {
        out->name = stdin_name;
        return true;
    }
    out->handle = open(str_cstr(arena, path), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (out->handle < 0)
        return error_set_errno(why, "cannot open " STR_FORMAT, STR_ARG(path));
    if (fstat(out->handle, &info) == 0 && S_ISDIR(info.st_mode)) {
        lines_close(out);
        return error_set(why, STR_FORMAT " is a folder, not a file", STR_ARG(path));
    }
    return true;
}

void lines_close(Lines *lines)
{
    if (lines->handle != STDIN_FILENO)
        close(lines->handle);
    free(lines->bytes);
}

static Str pending(const Lines *lines)
{
    return (Str) { lines->bytes ? lines->bytes + lines->lo : "", lines->hi - lines->lo };
}

bool lines_would_wait(const Lines *lines)
{
    return !lines->is_at_end && str_find_char(pending(lines), '\n') == STR_NOT_FOUND;
}

static void make_room(Lines *lines)
{
    if (lines->lo) {
        memmove(lines->bytes, lines->bytes + lines->lo, lines->hi - lines->lo);
        lines->hi -= lines->lo;
        lines->lo = 0;
    }
    if (lines->hi < lines->room)
        return;
    lines->room  = lines->room ? lines->room * 2 : FIRST_ROOM;
    lines->bytes = realloc(lines->bytes, lines->room);
    if (!lines->bytes)
        out_of_memory();
}

static bool read_more(Lines *lines, Error *why)
{
    ssize_t got;

    make_room(lines);
    do
        got = read(lines->handle, lines->bytes + lines->hi, lines->room - lines->hi);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_set_errno(why, "cannot read " STR_FORMAT, STR_ARG(lines->name));
    lines->hi += (size_t)got;
    lines->is_at_end = got == 0;
    return true;
}

LineKind lines_next(Lines *lines, Str *line, Error *why)
{
    bool   is_too_long = false;
    size_t seen        = 0;

    for (;;) {
        Str    rest = pending(lines);
        size_t end  = str_find_char(str_slice(rest, seen, rest.len), '\n');
        if (end == STR_NOT_FOUND && !lines->is_at_end) {
            seen = rest.len;
            if (seen > LINE_CEILING) { /* its bytes are of no use */
                is_too_long = true;
                lines->lo   = lines->hi;
                seen        = 0;
            }
            if (!read_more(lines, why))
                return LINE_FAILED;
            continue;
        }
        if (end == STR_NOT_FOUND && rest.len == 0 && !is_too_long)
            return LINE_NONE;
        end       = end == STR_NOT_FOUND ? rest.len : seen + end;
        *line     = str_slice(rest, 0, end);
        lines->lo += end < rest.len ? end + 1 : end;
        return is_too_long ? LINE_TOO_LONG : LINE_READ;
    }
}
