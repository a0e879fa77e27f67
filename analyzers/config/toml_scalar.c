#include "analyzers/config/toml_scalar.h"

#include <errno.h>
#include <stdlib.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool hex_digits(Str digits, uint32_t *out)
{
    uint32_t value = 0;

    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.ptr[i];
        if (c >= '0' && c <= '9')
            value = value * 16 + (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            value = value * 16 + (uint32_t)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F')
            value = value * 16 + (uint32_t)(c - 'A') + 10;
        else
            return false;
    }
    *out = value;
    return true;
}

static void add_utf8(Buf *out, uint32_t point)
{
    if (point < 0x80) {
        buf_add_char(out, (char)point);
    } else if (point < 0x800) {
        buf_add_char(out, (char)(0xC0 | point >> 6));
        buf_add_char(out, (char)(0x80 | (point & 0x3F)));
    } else if (point < 0x10000) {
        buf_add_char(out, (char)(0xE0 | point >> 12));
        buf_add_char(out, (char)(0x80 | (point >> 6 & 0x3F)));
        buf_add_char(out, (char)(0x80 | (point & 0x3F)));
    } else {
        buf_add_char(out, (char)(0xF0 | point >> 18));
        buf_add_char(out, (char)(0x80 | (point >> 12 & 0x3F)));
        buf_add_char(out, (char)(0x80 | (point >> 6 & 0x3F)));
        buf_add_char(out, (char)(0x80 | (point & 0x3F)));
    }
}

/* \b \t \n \f \r \" \\ ; 0 for any other letter */
static char plain_escape(char letter)
{
    switch (letter) {
    case 'b': return '\b';
    case 't': return '\t';
    case 'n': return '\n';
    case 'f': return '\f';
    case 'r': return '\r';
    case '"': return '"';
    case '\\': return '\\';
    default: return 0;
    }
}

/* The escape at `at` (its backslash), which it adds to `out`; 0 if there is none such. */
static size_t escape_length(Buf *out, Str body, size_t at, const char **wrong)
{
    char     letter = at + 1 < body.len ? body.ptr[at + 1] : '\0';
    char     plain  = plain_escape(letter);
    uint32_t point;

    if (plain) {
        buf_add_char(out, plain);
        return 2;
    }
    size_t digits = letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
    if (digits == 0 || at + 2 + digits > body.len
        || !hex_digits(str_slice(body, at + 2, at + 2 + digits), &point)) {
        *wrong = "a string holds an escape that TOML does not know; single quotes take "
                 "backslashes as they are";
        return 0;
    }
    if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
        *wrong = "a string holds an escape that is no Unicode character";
        return 0;
    }
    add_utf8(out, point);
    return 2 + digits;
}

/* A backslash at the end of a line swallows the white space up to the next text. */
static size_t line_ending_length(Str body, size_t at)
{
    size_t end = at + 1;

    while (end < body.len && (body.ptr[end] == ' ' || body.ptr[end] == '\t'))
        end++;
    if (end == body.len || (body.ptr[end] != '\n' && body.ptr[end] != '\r'))
        return 0;
    while (end < body.len && is_blank(body.ptr[end]))
        end++;
    return end - at;
}

static bool unescape(Arena *arena, Str body, bool many_lines, Str *out, const char **wrong)
{
    Buf text = buf_new(arena);

    for (size_t at = 0; at < body.len;) {
        if (body.ptr[at] != '\\') {
            buf_add_char(&text, body.ptr[at++]);
            continue;
        }
        size_t length = many_lines ? line_ending_length(body, at) : 0;
        if (length == 0)
            length = escape_length(&text, body, at, wrong);
        if (length == 0)
            return false;
        at += length;
    }
    *out = buf_str(&text);
    return true;
}

/* At most two quotes in a row may stand inside: the grammar lets more of them pass. */
static bool holds_three(Str body, char quote)
{
    size_t run = 0;

    for (size_t at = 0; at < body.len; at++) {
        if (quote == '"' && body.ptr[at] == '\\') {
            at++;
            run = 0;
            continue;
        }
        run = body.ptr[at] == quote ? run + 1 : 0;
        if (run == 3)
            return true;
    }
    return false;
}

bool toml_string_of(Arena *arena, Str token, Str *out, const char **wrong)
{
    bool   many_lines = str_starts_with(token, STR("\"\"\"")) || str_starts_with(token, STR("'''"));
    size_t quotes     = many_lines ? 3 : 1;

    if (token.len < 2 * quotes) {
        *wrong = "a string is not closed";
        return false;
    }
    Str body = str_slice(token, quotes, token.len - quotes);
    if (many_lines && str_starts_with(body, STR("\r\n")))
        body = str_slice(body, 2, body.len);
    else if (many_lines && str_starts_with(body, STR("\n")))
        body = str_slice(body, 1, body.len);

    if (many_lines && holds_three(body, token.ptr[0])) {
        *wrong = "a string over several lines holds its own end";
        return false;
    }
    if (token.ptr[0] == '"')
        return unescape(arena, body, many_lines, out, wrong);
    *out = str_copy(arena, body);
    return true;
}

static char *without_underscores(Arena *arena, Str token)
{
    char  *copy = arena_alloc(arena, token.len + 1);
    size_t len  = 0;

    for (size_t i = 0; i < token.len; i++)
        if (token.ptr[i] != '_')
            copy[len++] = token.ptr[i];
    return copy;
}

bool toml_integer_of(Arena *arena, Str token, int64_t *out, const char **wrong)
{
    char *digits = without_underscores(arena, token);
    int   base   = 10;

    if (digits[0] == '0' && digits[1]) {
        base = digits[1] == 'x' ? 16 : digits[1] == 'o' ? 8 : 2;
        digits += 2;
    }
    errno = 0;
    long long value = strtoll(digits, NULL, base);
    if (errno == ERANGE) {
        *wrong = "a whole number does not fit 64 bits";
        return false;
    }
    *out = value;
    return true;
}

bool toml_float_of(Arena *arena, Str token, double *out, const char **wrong)
{
    (void)wrong;
    *out = strtod(without_underscores(arena, token), NULL);
    return true;
}

static unsigned two_digits(Str token, size_t at)
{
    return (unsigned)(token.ptr[at] - '0') * 10 + (unsigned)(token.ptr[at + 1] - '0');
}

bool toml_date_is_real(Str token, const char **wrong)
{
    static const unsigned char days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    size_t                     dash   = str_find_char(token, '-');

    if (token.len >= 3 && token.ptr[2] == ':')
        return true; /* a time of day: the grammar has bounded its parts */
    if (dash != 4 || token.len < 10) {
        *wrong = "the year of a date has four digits";
        return false;
    }
    unsigned year  = two_digits(token, 0) * 100 + two_digits(token, 2);
    unsigned month = two_digits(token, 5), day = two_digits(token, 8);
    bool     leap  = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (month < 1 || month > 12 || day < 1 || day > days[month - 1]
        || (month == 2 && day == 29 && !leap)) {
        *wrong = "there is no such day";
        return false;
    }
    return true;
}
