#include "rules/page.h"

/* Without the comment's frame: leading blanks, the star, one blank after it, and blanks at the end.
 */
static Str unframed(Str line)
{
    Str    bare = str_trim(line);
    size_t end  = line.len;

    if (str_starts_with(bare, STR("/*")) || str_starts_with(bare, STR("*/")) || bare.len == 0)
        return STR("");
    while (end && (line.ptr[end - 1] == ' ' || line.ptr[end - 1] == '\t'))
        end--;
    line.len     = end;
    size_t star  = str_find_char(line, '*');
    if (star == STR_NOT_FOUND)
        return bare;
    line = str_slice(line, star + 1, line.len);
    return line.len && line.ptr[0] == ' ' ? str_slice(line, 1, line.len) : line;
}

static void add_prose(Buf *out, Str line, bool *gap)
{
    if (line.len == 0) {
        *gap = out->len > 0;
        return;
    }
    if (*gap)
        buf_add(out, STR("\n\n"));
    else if (out->len)
        buf_add_char(out, '\n');
    *gap = false;
    buf_add(out, line);
}

static void add_code(Buf *out, Str line, bool *gap)
{
    enum { INDENT = 4 };

    if (line.len == 0) {
        *gap = out->len > 0;
        return;
    }
    if (*gap)
        buf_add_char(out, '\n');
    *gap = false;
    buf_add(out, str_slice(line, line.len < INDENT ? line.len : INDENT, line.len));
    buf_add_char(out, '\n');
}

bool page_read(Arena *arena, Str comment, Page *out)
{
    enum { WHY, BAD, GOOD, FIX } part = WHY;
    Buf  parts[4] = { buf_new(arena), buf_new(arena), buf_new(arena), buf_new(arena) };
    bool gap      = false;
    Str  line;

    *out = (Page) { 0 };
    while (str_cut(&comment, '\n', &line)) {
        line = unframed(line);
        if (!out->id.len) {
            out->id = line;
            continue;
        }
        bool indented = str_starts_with(line, STR("    "));
        if (str_is(line, "Bad:") || str_is(line, "Good:")) {
            part = str_is(line, "Bad:") ? BAD : GOOD;
            gap  = false;
            continue;
        }
        if (part == GOOD && line.len && !indented) {
            part = FIX;
            gap  = false;
        }
        if (part == BAD || part == GOOD)
            add_code(&parts[part], line, &gap);
        else
            add_prose(&parts[part], line, &gap);
    }
    out->why  = buf_str(&parts[WHY]);
    out->bad  = buf_str(&parts[BAD]);
    out->good = buf_str(&parts[GOOD]);
    out->fix  = buf_str(&parts[FIX]);
    return out->id.len && out->why.len && out->bad.len && out->good.len && out->fix.len;
}
