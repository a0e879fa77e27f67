#include "reports/printable.h"

#include "analyzers/intake/utf8.h"

enum { BAD_BYTE = 0xDC00 }; /* utf8_next(): a byte that is no character, plus its value */

static bool is_harmful(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point <= 0x9F) || point == 0x61C
        || (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E)
        || (point >= 0x2060 && point <= 0x206F) || point == 0xFEFF
        || (point >= BAD_BYTE && point <= BAD_BYTE + 0xFF);
}

static void add_escaped(Buf *out, uint32_t point)
{
    if (point == '\n')
        buf_add(out, STR("\\n"));
    else if (point == '\t')
        buf_add(out, STR("\\t"));
    else if (point == '\r')
        buf_add(out, STR("\\r"));
    else if (point >= BAD_BYTE && point <= BAD_BYTE + 0xFF)
        buf_format(out, "\\x%02x", (unsigned)(point - BAD_BYTE));
    else if (point <= 0xFF)
        buf_format(out, "\\x%02x", (unsigned)point);
    else
        buf_format(out, "\\u%04x", (unsigned)point);
}

Str printable(Arena *arena, Str text)
{
    Buf    out   = buf_new(arena);
    size_t clean = 0; /* what lies before is in `out` */

    for (size_t at = 0; at < text.len;) {
        size_t   lo    = at;
        uint32_t point = utf8_next(text, &at);
        if (!is_harmful(point))
            continue;
        buf_add(&out, str_slice(text, clean, lo));
        add_escaped(&out, point);
        clean = at;
    }
    if (clean == 0)
        return text;
    buf_add(&out, str_slice(text, clean, text.len));
    return buf_str(&out);
}

Str shortened(Arena *arena, Str text, size_t width)
{
    Str    shown = printable(arena, text);
    size_t at = 0, last = 0;

    for (size_t count = 0; at < shown.len; count++) {
        if (count + 1 == width)
            last = at;
        if (count == width)
            return str_format(arena, STR_FORMAT "\xE2\x80\xA6", STR_ARG(str_slice(shown, 0, last)));
        utf8_next(shown, &at);
    }
    return shown;
}
