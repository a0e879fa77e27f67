/* Is a text JSON? Asked of defaults that a JSONB column is to take. */
#include <ctype.h>

#include "rewriters/schema/writing.h"

enum { DEPTH = 64 };

static bool value(const char **at, const char *end, int depth);

static void blanks(const char **at, const char *end)
{
    while (*at < end && strchr(" \t\r\n", **at) && **at)
        (*at)++;
}

static bool word(const char **at, const char *end, const char *text)
{
    size_t len = strlen(text);

    if ((size_t)(end - *at) < len || memcmp(*at, text, len) != 0)
        return false;
    *at += len;
    return true;
}

static bool string(const char **at, const char *end)
{
    if (!word(at, end, "\""))
        return false;
    while (*at < end && **at != '"') {
        if ((unsigned char)**at < 0x20)
            return false;
        if (*(*at)++ != '\\')
            continue;
        if (*at >= end || !strchr("\"\\/bfnrtu", **at) || !**at)
            return false;
        if (*(*at)++ != 'u')
            continue;
        for (int i = 0; i < 4; i++, (*at)++)
            if (*at >= end || !isxdigit((unsigned char)**at))
                return false;
    }
    return word(at, end, "\"");
}

static bool digits(const char **at, const char *end)
{
    const char *begin = *at;

    while (*at < end && **at >= '0' && **at <= '9')
        (*at)++;
    return *at > begin;
}

static bool number(const char **at, const char *end)
{
    word(at, end, "-");
    if (!word(at, end, "0") && !digits(at, end))
        return false;
    if (word(at, end, ".") && !digits(at, end))
        return false;
    if (word(at, end, "e") || word(at, end, "E")) {
        if (!word(at, end, "+"))
            word(at, end, "-");
        return digits(at, end);
    }
    return true;
}

/* What stands between brackets: values, with names before them in an object. */
static bool members(const char **at, const char *end, int depth, bool named, const char *close)
{
    blanks(at, end);
    if (word(at, end, close))
        return true;
    for (;;) {
        blanks(at, end);
        if (named) {
            if (!string(at, end))
                return false;
            blanks(at, end);
            if (!word(at, end, ":"))
                return false;
        }
        if (!value(at, end, depth))
            return false;
        blanks(at, end);
        if (word(at, end, close))
            return true;
        if (!word(at, end, ","))
            return false;
    }
}

static bool value(const char **at, const char *end, int depth)
{
    blanks(at, end);
    if (*at >= end || depth > DEPTH)
        return false;
    switch (**at) {
    case '{':
        (*at)++;
        return members(at, end, depth + 1, true, "}");
    case '[':
        (*at)++;
        return members(at, end, depth + 1, false, "]");
    case '"':
        return string(at, end);
    case 't':
        return word(at, end, "true");
    case 'f':
        return word(at, end, "false");
    case 'n':
        return word(at, end, "null");
    default:
        return number(at, end);
    }
}

bool is_json(Str text)
{
    const char *at = text.ptr, *end = text.ptr + text.len;

    if (str_contains(text, STR("\\u"))) /* \u0000 and lone surrogates are none for JSONB */
        return false;
    if (text.len == 0 || !value(&at, end, 0))
        return false;
    blanks(&at, end);
    return at == end;
}
