/*
 * Any bytes: refused in one line, or read so that writing gives the same bytes back, lines
 * tile the text, and every position names the byte it stands for.
 */
#include "analyzers/intake/prefilter.h"
#include "analyzers/intake/source.h"
#include "analyzers/intake/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_lines(const Source *source)
{
    if (source->line_count == 0 || source->lines[0] != 0)
        bug("the first line does not begin at 0");
    for (uint32_t line = 1; line <= source->line_count; line++) {
        Str      text  = source_line(source, line);
        uint32_t start = source->lines[line - 1];
        uint32_t next  = line < source->line_count ? source->lines[line]
                                                   : (uint32_t)source->text.len;
        if (start > next || start + text.len > next || next - start - text.len > 2)
            bug("line %u does not tile", line);
        if (str_contains(text, STR("\n")) || str_contains(text, STR("\r")))
            bug("line %u holds a line end", line);
        if (source_line_of(source, start) != line)
            bug("line %u is not found again", line);
    }
}

/* An ASCII character is the same byte in the file. */
static void check_positions(const Source *source)
{
    size_t step = source->encoding == ENCODING_OTHER ? source->text.len / 16 + 1 : 1;

    for (size_t at = 0; at < source->text.len; at += step) {
        unsigned char c = (unsigned char)source->text.ptr[at];
        if (c >= 0x80)
            continue;
        Position where = source_position(source, (uint32_t)at);
        if (where.offset >= source->raw.len || (unsigned char)source->raw.ptr[where.offset] != c)
            bug("offset %zu is somewhere else in the file", at);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    Str    raw   = { (const char *)data, size };
    Source source;
    Str    again;
    Error  why;

    prefilter(raw);
    if (source_from_bytes(arena, STR("fuzz.py"), raw, &source, &why)) {
        if (utf8_bad_at(source.text) != STR_NOT_FOUND)
            bug("the text is not UTF-8");
        if (!source_encode(arena, &source, source.text, &again, &why))
            bug("%s", why.message);
        if (!str_eq(again, raw))
            bug("written again the bytes differ");
        check_lines(&source);
        check_positions(&source);
    } else if (strchr(why.message, '\n')) {
        bug("a refusal of more than one line");
    }
    arena_close(arena);
    return 0;
}
