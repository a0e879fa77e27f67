#include "analyzers/intake/source.h"

#include "analyzers/intake/encoding.h"
#include "analyzers/intake/utf8.h"

static const char BOM[] = "\xEF\xBB\xBF";

/* Length of the line end at `at`: 2 for "\r\n", 0 if none begins there. */
static uint32_t line_end(Str text, size_t at)
{
    if (text.ptr[at] == '\n')
        return 1;
    if (text.ptr[at] != '\r')
        return 0;
    return at + 1 < text.len && text.ptr[at + 1] == '\n' ? 2 : 1;
}

static const uint32_t *line_starts(Arena *arena, Str text, uint32_t *count)
{
    uint32_t lines = 1;

    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n' || (text.ptr[i] == '\r' && line_end(text, i) == 1);
    uint32_t *starts = arena_array(arena, uint32_t, lines);
    *count           = 1;
    for (size_t i = 0; i < text.len; i++) {
        uint32_t length = line_end(text, i);
        if (length) {
            starts[(*count)++] = (uint32_t)(i + length);
            i += length - 1;
        }
    }
    return starts;
}

static Str first_newline(const Source *source)
{
    if (source->line_count < 2)
        return STR("\n");
    uint32_t next = source->lines[1];
    uint32_t lo   = next - 1;
    if (lo && source->text.ptr[lo] == '\n' && source->text.ptr[lo - 1] == '\r')
        lo--;
    return str_slice(source->text, lo, next);
}

static uint32_t raw_line_of(Arena *arena, Str raw, size_t at)
{
    uint32_t count;

    line_starts(arena, str_slice(raw, 0, at), &count);
    return count;
}

static bool decode(Arena *arena, Source *source, Error *why)
{
    Str  raw   = source->raw;
    Str  body  = str_slice(raw, source->bom, raw.len);
    Str  name  = STR("utf-8");
    bool named = coding_find(body, &name);

    source->encoding_name = named ? str_copy(arena, name) : STR("utf-8");
    if (named && !encoding_is_utf8(name)) {
        if (source->bom)
            return error_set(why,
                             STR_FORMAT ": begins with the mark of UTF-8, but its coding line says "
                                        STR_FORMAT "; remove one of the two",
                             STR_ARG(source->path), STR_ARG(name));
        source->encoding = ENCODING_OTHER;
        return encoding_decode(arena, source->path, name, raw, &source->text, why);
    }
    size_t bad_at = utf8_bad_at(body);
    if (bad_at != STR_NOT_FOUND)
        return error_set(why,
                         STR_FORMAT ":%u: byte 0x%02X at offset %zu is not UTF-8; save the file "
                                    "as UTF-8 or name its encoding in a coding line",
                         STR_ARG(source->path), raw_line_of(arena, body, bad_at),
                         (unsigned char)body.ptr[bad_at], bad_at + source->bom);
    source->text = body;
    return true;
}

bool source_from_bytes(Arena *arena, Str path, Str raw, Source *out, Error *why)
{
    Source source = { .path = str_copy(arena, path), .raw = raw.ptr ? raw : STR("") };

    if (raw.len > SOURCE_LIMIT)
        return error_set(why,
                         STR_FORMAT " has %zu bytes, more than the %d that are read of one file; "
                                    "exclude it in the configuration",
                         STR_ARG(path), raw.len, SOURCE_LIMIT);
    if (raw.len && memchr(raw.ptr, 0, raw.len))
        return error_set(why, STR_FORMAT " holds NUL bytes: not Python source", STR_ARG(path));
    if (str_starts_with(source.raw, str_of(BOM)))
        source.bom = sizeof BOM - 1;
    if (!decode(arena, &source, why))
        return false;

    source.lines   = line_starts(arena, source.text, &source.line_count);
    source.newline = first_newline(&source);
    if (source.encoding == ENCODING_OTHER) {
        uint32_t raw_count;
        source.raw_lines = line_starts(arena, source.raw, &raw_count);
        if (raw_count != source.line_count)
            return error_set(why,
                             STR_FORMAT ": has other lines as " STR_FORMAT
                                        " than as bytes; save the file as UTF-8",
                             STR_ARG(path), STR_ARG(source.encoding_name));
    }
    *out = source;
    return true;
}

bool source_read(Arena *arena, Str root, Str path, Source *out, Error *why)
{
    Str raw;

    return file_read(arena, root, path, &raw, why) && source_from_bytes(arena, path, raw, out, why);
}

uint32_t source_line_of(const Source *source, uint32_t at)
{
    uint32_t lo = 0, hi = source->line_count; /* lines[lo] <= at < lines[hi] */

    if (at > source->text.len)
        bug("offset %u past the end of " STR_FORMAT, at, STR_ARG(source->path));
    while (hi - lo > 1) {
        uint32_t middle = lo + (hi - lo) / 2;
        if (source->lines[middle] <= at)
            lo = middle;
        else
            hi = middle;
    }
    return lo + 1;
}

/* Bytes that `text` takes in the file's encoding; it was decoded from there, so the way back is
   known to work. */
static size_t raw_length(const Source *source, Str text)
{
    Arena *scratch = arena_open();
    Str    raw     = { 0 };
    Error  why;

    if (!encoding_encode(scratch, source->path, source->encoding_name, text, &raw, &why))
        raw.len = utf8_count(text); /* `at` lies inside a character that has no half in `raw` */
    size_t length = raw.len;
    arena_close(scratch);
    return length;
}

Position source_position(const Source *source, uint32_t at)
{
    uint32_t line   = source_line_of(source, at);
    uint32_t start  = source->lines[line - 1];
    Str      before = str_slice(source->text, start, at);
    size_t   count  = utf8_count(before);
    Position out    = { .line = line, .column = (uint32_t)count + 1 };

    if (source->encoding == ENCODING_UTF8)
        out.offset = (uint64_t)at + source->bom;
    else if (count == before.len) /* ASCII, which is one byte each in every encoding taken */
        out.offset = source->raw_lines[line - 1] + count;
    else
        out.offset = source->raw_lines[line - 1] + raw_length(source, before);
    return out;
}

Str source_line(const Source *source, uint32_t line)
{
    if (line == 0 || line > source->line_count)
        bug("no line %u in " STR_FORMAT, line, STR_ARG(source->path));
    uint32_t lo = source->lines[line - 1];
    uint32_t hi = line < source->line_count ? source->lines[line] : (uint32_t)source->text.len;
    if (hi > lo && source->text.ptr[hi - 1] == '\n')
        hi--;
    if (hi > lo && source->text.ptr[hi - 1] == '\r')
        hi--;
    return str_slice(source->text, lo, hi);
}

bool source_encode(Arena *arena, const Source *source, Str text, Str *raw, Error *why)
{
    Buf out = buf_new(arena);

    if (source->encoding == ENCODING_OTHER)
        return encoding_encode(arena, source->path, source->encoding_name, text, raw, why);
    buf_add(&out, str_slice(str_of(BOM), 0, source->bom));
    buf_add(&out, text);
    *raw = out.len ? buf_str(&out) : STR("");
    return true;
}
