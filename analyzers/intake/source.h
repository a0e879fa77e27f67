/*
 * A file as it is analysed.
 *
 * Every offset in the program is a byte offset in `text`: UTF-8, without byte order
 * mark, line ends as the author left them. `raw` is what lies on disk, and
 * source_encode() leads new text back to that form. Files that Python itself would
 * refuse to decode are refused here, in one line that says where and what to do.
 *
 * A Source lives in the arena it was read into and is never changed. Its `raw` is
 * borrowed by source_from_bytes(), so those bytes must live as long.
 */
#ifndef ANALYZERS_INTAKE_SOURCE_H
#define ANALYZERS_INTAKE_SOURCE_H

#include "base/error.h"
#include "base/str.h"

typedef enum Encoding { ENCODING_UTF8, ENCODING_OTHER } Encoding;

/* Line and column count from 1, columns in characters (a tab is one). The offset is in bytes of
   the file as it lies on disk: a byte order mark and a legacy encoding count. */
typedef struct Position {
    uint32_t line;
    uint32_t column;
    uint64_t offset;
} Position;

typedef struct Source {
    Str      path; /* relative to the root, '/'-separated */
    Str      text; /* UTF-8, without byte order mark */
    Str      raw;  /* as read; the same bytes as `text` where that is UTF-8 without a mark */
    Encoding encoding;
    Str      encoding_name; /* as the coding line spells it; "utf-8" if there is none */
    uint32_t bom;           /* bytes of the mark: 0 or 3 */
    Str      newline;       /* "\n", "\r\n" or "\r": that of the first line; "\n" if none */

    /* Offset of each line's first byte. A final line end begins one more, empty line, and an
       empty text has one line. */
    const uint32_t *lines;
    uint32_t        line_count;
    const uint32_t *raw_lines; /* the same in `raw`, for ENCODING_OTHER; else NULL */
} Source;

enum { SOURCE_LIMIT = 16 * 1024 * 1024 }; /* bytes of one file */

/* Bytes of a file below `root`, not looked at: for those who search before they decode. Links
   are followed only inside the root; folders, pipes and devices are refused. */
bool file_read(Arena *arena, Str root, Str path, Str *raw, Error *why);

bool source_from_bytes(Arena *arena, Str path, Str raw, Source *out, Error *why);
bool source_read(Arena *arena, Str root, Str path, Source *out, Error *why);

Position source_position(const Source *source, uint32_t at);
uint32_t source_line_of(const Source *source, uint32_t at);
Str      source_line(const Source *source, uint32_t line); /* from 1; without its line end */

/* New text as the bytes to write: mark and encoding as the file had them. */
bool source_encode(Arena *arena, const Source *source, Str text, Str *raw, Error *why);

#endif
