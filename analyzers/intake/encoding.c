#include "analyzers/intake/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#include "analyzers/intake/utf8.h"

/* Names that Python knows and the C library does not, written with '-' and in lower case. */
static const struct {
    const char *python;
    const char *iconv;
} OTHER_NAMES[] = {
    { "646", "ASCII" },
    { "8859", "ISO-8859-1" },
    { "iso-latin-1", "ISO-8859-1" },
    { "latin", "ISO-8859-1" },
    { "latin-1", "ISO-8859-1" },
    { "mac-roman", "MACINTOSH" },
    { "macroman", "MACINTOSH" },
    { "mac-cyrillic", "MAC-CYRILLIC" },
    { "maccyrillic", "MAC-CYRILLIC" },
    { "ms932", "CP932" },
    { "mskanji", "CP932" },
    { "ms-kanji", "CP932" },
    { "windows-31j", "CP932" },
    { "ms949", "CP949" },
    { "ms936", "GBK" },
};

/* Lower case with '-' for '_', as Python compares names. */
static Str normal_name(Arena *arena, Str name)
{
    char *copy = (char *)str_lower(arena, name).ptr;

    for (size_t i = 0; i < name.len; i++)
        if (copy[i] == '_')
            copy[i] = '-';
    return (Str) { copy, name.len };
}

bool encoding_is_utf8(Str name)
{
    static const char *const names[] = { "utf-8", "utf8", "u8", "utf", "cp65001", "utf8-ucs2",
                                         "utf8-ucs4" };
    char   buffer[16];
    size_t length = name.len < sizeof buffer ? name.len : sizeof buffer;

    for (size_t i = 0; i < length; i++) {
        char c    = name.ptr[i];
        buffer[i] = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    Str normal = { buffer, length };
    if (str_starts_with(normal, STR("utf-8-")))
        return true; /* utf-8-sig and the editors' utf-8-unix */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (name.len == length && str_is(normal, names[i]))
            return true;
    return false;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
        || c == '_' || c == '.';
}

static Str first_line(Str *rest)
{
    size_t end = 0;

    while (end < rest->len && rest->ptr[end] != '\n' && rest->ptr[end] != '\r')
        end++;
    Str    line = str_slice(*rest, 0, end);
    size_t next = end;
    if (next < rest->len)
        next += rest->ptr[next] == '\r' && next + 1 < rest->len && rest->ptr[next + 1] == '\n' ? 2
                                                                                               : 1;
    *rest = str_slice(*rest, next, rest->len);
    return line;
}

static Str skip_blanks(Str line)
{
    while (line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t' || line.ptr[0] == '\f'))
        line = str_slice(line, 1, line.len);
    return line;
}

/* PEP 263: ^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+), where .*? takes the first that fits. */
static bool coding_in(Str line, Str *name)
{
    const Str word = STR("coding");

    line = skip_blanks(line);
    if (line.len == 0 || line.ptr[0] != '#')
        return false;
    for (size_t at; (at = str_find(line, word)) != STR_NOT_FOUND;) {
        line = str_slice(line, at + word.len, line.len);
        if (line.len == 0 || (line.ptr[0] != ':' && line.ptr[0] != '='))
            continue;
        size_t lo = 1;
        while (lo < line.len && (line.ptr[lo] == ' ' || line.ptr[lo] == '\t'))
            lo++;
        size_t hi = lo;
        while (hi < line.len && is_name_char(line.ptr[hi]))
            hi++;
        if (hi > lo) {
            *name = str_slice(line, lo, hi);
            return true;
        }
    }
    return false;
}

bool coding_find(Str raw, Str *name)
{
    Str line = first_line(&raw);

    if (coding_in(line, name))
        return true;
    line = skip_blanks(line);
    if (line.len && line.ptr[0] != '#')
        return false; /* after code, a second line is no place for it */
    return coding_in(first_line(&raw), name);
}

typedef enum Conversion { CONVERTED, UNKNOWN_NAME, BAD_INPUT } Conversion;

/* The whole of `in`; on BAD_INPUT `*bad_at` is how far it got. */
static Conversion convert(Arena *arena, const char *to, const char *from, Str in, Str *out,
                          size_t *bad_at)
{
    Buf        text   = buf_new(arena);
    Conversion result = CONVERTED;
    iconv_t    way    = iconv_open(to, from);

    if (way == (iconv_t)-1)
        return UNKNOWN_NAME;
    char  *next = (char *)in.ptr;
    size_t left = in.len;
    for (bool flushing = left == 0;; flushing = true) {
        char   chunk[4096];
        char  *end  = chunk;
        size_t room = sizeof chunk;
        size_t done;
        do {
            end  = chunk;
            room = sizeof chunk;
            done = iconv(way, flushing ? NULL : &next, flushing ? NULL : &left, &end, &room);
            buf_add(&text, (Str) { chunk, (size_t)(end - chunk) });
        } while (done == (size_t)-1 && errno == E2BIG);
        if (done == (size_t)-1) {
            *bad_at = (size_t)(next - in.ptr);
            result  = BAD_INPUT;
            break;
        }
        if (flushing)
            break;
    }
    iconv_close(way);
    *out = text.len ? buf_str(&text) : STR("");
    return result;
}

/*
 * Does every ASCII byte mean itself, always? UTF-16, UTF-7 and EBCDIC fail at once. Encodings
 * that shift by an escape sequence (ISO 2022, HZ) show themselves by writing other characters
 * in ASCII bytes.
 */
static bool is_ascii_compatible(Arena *arena, const char *iconv_name)
{
    static const char *const others[] = { "é", "я", "あ", "中", "한" };
    char   ascii[126];
    Str    text, bytes;
    size_t bad_at;

    for (size_t i = 0; i < sizeof ascii; i++)
        ascii[i] = (char)(i + 1);
    Str in = { ascii, sizeof ascii };
    if (convert(arena, "UTF-8", iconv_name, in, &text, &bad_at) != CONVERTED || !str_eq(text, in))
        return false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (convert(arena, iconv_name, "UTF-8", str_of(others[i]), &bytes, &bad_at) == CONVERTED
            && (bytes.len == 0 || (unsigned char)bytes.ptr[0] < 0x80))
            return false;
    return true;
}

static bool opens(const char *iconv_name)
{
    iconv_t way = iconv_open("UTF-8", iconv_name);

    if (way == (iconv_t)-1)
        return false;
    iconv_close(way);
    return true;
}

/* The C library's name for it, or NULL. */
static const char *iconv_name_find(Arena *arena, Str name)
{
    Str         normal = normal_name(arena, name);
    const char *found  = str_cstr(arena, normal);

    for (size_t i = 0; i < sizeof OTHER_NAMES / sizeof *OTHER_NAMES; i++)
        if (str_is(normal, OTHER_NAMES[i].python))
            found = OTHER_NAMES[i].iconv;
    if (str_starts_with(normal, STR("latin-1-")) || str_starts_with(normal, STR("iso-8859-1-"))
        || str_starts_with(normal, STR("iso-latin-1-")))
        found = "ISO-8859-1"; /* Python cuts an editor's -unix off these three */

    if (opens(found))
        return found;
    Buf bare = buf_new(arena); /* iso2022-jp is ISO2022JP there */
    for (size_t i = 0; i < normal.len; i++)
        if (normal.ptr[i] != '-')
            buf_add_char(&bare, normal.ptr[i]);
    found = str_cstr(arena, buf_str(&bare));
    return opens(found) ? found : NULL;
}

static bool usable_name(Arena *arena, Str path, Str name, const char **iconv_name, Error *why)
{
    *iconv_name = iconv_name_find(arena, name);
    if (!*iconv_name)
        return error_set(why,
                         STR_FORMAT ": unknown encoding " STR_FORMAT
                                    " in its coding line; save the file as UTF-8",
                         STR_ARG(path), STR_ARG(name));
    if (!is_ascii_compatible(arena, *iconv_name))
        return error_set(why,
                         STR_FORMAT ": the encoding " STR_FORMAT
                                    " of its coding line does not hold ASCII as it is; "
                                    "save the file as UTF-8",
                         STR_ARG(path), STR_ARG(name));
    return true;
}

static size_t line_of(Str raw, size_t at)
{
    size_t line = 1;

    for (size_t i = 0; i < at; i++) {
        bool half = raw.ptr[i] == '\r' && i + 1 < raw.len && raw.ptr[i + 1] == '\n';
        line += raw.ptr[i] == '\n' || (raw.ptr[i] == '\r' && !half);
    }
    return line;
}

bool encoding_decode(Arena *arena, Str path, Str name, Str raw, Str *text, Error *why)
{
    const char *iconv_name;
    Str         decoded, again;
    size_t      bad_at = 0;

    if (!usable_name(arena, path, name, &iconv_name, why))
        return false;
    if (convert(arena, "UTF-8", iconv_name, raw, &decoded, &bad_at) != CONVERTED)
        return error_set(why,
                         STR_FORMAT ":%zu: byte 0x%02X is not " STR_FORMAT
                                    ", which its coding line promises",
                         STR_ARG(path), line_of(raw, bad_at),
                         bad_at < raw.len ? (unsigned char)raw.ptr[bad_at] : 0, STR_ARG(name));
    if (convert(arena, iconv_name, "UTF-8", decoded, &again, &bad_at) != CONVERTED
        || !str_eq(again, raw))
        return error_set(why,
                         STR_FORMAT ": read as " STR_FORMAT
                                    " and written again it would change; save the file as UTF-8",
                         STR_ARG(path), STR_ARG(name));
    *text = decoded;
    return true;
}

bool encoding_encode(Arena *arena, Str path, Str name, Str text, Str *raw, Error *why)
{
    const char *iconv_name;
    Str         encoded, again;
    size_t      bad_at = 0;

    if (!usable_name(arena, path, name, &iconv_name, why))
        return false;
    if (convert(arena, iconv_name, "UTF-8", text, &encoded, &bad_at) != CONVERTED) {
        size_t at = bad_at;
        return error_set(why,
                         STR_FORMAT ":%zu: its encoding " STR_FORMAT
                                    " has no U+%04X; save the file as UTF-8",
                         STR_ARG(path), line_of(text, bad_at), STR_ARG(name),
                         bad_at < text.len ? (unsigned)utf8_next(text, &at) : 0);
    }
    if (convert(arena, "UTF-8", iconv_name, encoded, &again, &bad_at) != CONVERTED
        || !str_eq(again, text))
        return error_set(why,
                         STR_FORMAT ": written as " STR_FORMAT
                                    " the new text would read differently; save the file as UTF-8",
                         STR_ARG(path), STR_ARG(name));
    *raw = encoded;
    return true;
}
