#include "analyzers/schema/value_kind.h"

#include <ctype.h>

#include "analyzers/intake/utf8.h"
#include "analyzers/schema/json_text.h"

enum {
    FORM_LIMIT       = 24, /* characters; a longer form says less than the length */
    SECOND_DIGITS    = 6,  /* of a fraction: Postgres rounds what has more */
    OFFSET_LIMIT     = 15, /* hours; Postgres takes none beyond */
};

static const char *const kind_words[] = {
#define VALUE(kind, words) [VALUE_##kind] = words,
#include "analyzers/schema/value_kinds.def"
#undef VALUE
};

const char *value_kind_words(ValueKind kind)
{
    return kind_words[kind];
}

ValueKind integer_kind_of(int64_t value)
{
    return value == 0 ? VALUE_ZERO : value == 1 ? VALUE_ONE : VALUE_INTEGER;
}

/* -- dates and times ------------------------------------------------------------------------- */

/* Takes so many digits off the front; -1 if they are not there. */
static int take_digits(Str *rest, size_t count)
{
    int value = 0;

    if (rest->len < count)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (!isdigit((unsigned char)rest->ptr[i]))
            return -1;
        value = value * 10 + (rest->ptr[i] - '0');
    }
    *rest = str_slice(*rest, count, rest->len);
    return value;
}

static bool take(Str *rest, char wanted)
{
    if (rest->len == 0 || rest->ptr[0] != wanted)
        return false;
    *rest = str_slice(*rest, 1, rest->len);
    return true;
}

static int days_in(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool             leap   = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

/* Of a year that Postgres has; the year 0 is none. */
static bool take_month(Str *rest, int *year, int *month)
{
    *year = take_digits(rest, 4);
    if (*year < 1 || !take(rest, '-'))
        return false;
    *month = take_digits(rest, 2);
    return *month >= 1 && *month <= 12;
}

static bool take_date(Str *rest)
{
    int year, month;

    if (!take_month(rest, &year, &month) || !take(rest, '-'))
        return false;
    int day = take_digits(rest, 2);
    return day >= 1 && day <= days_in(year, month);
}

static bool take_sixtieths(Str *rest)
{
    int value = take_digits(rest, 2);

    return value >= 0 && value < 60;
}

/* HH:MM, HH:MM:SS, HH:MM:SS.f */
static bool take_clock(Str *rest)
{
    int    hour = take_digits(rest, 2);
    size_t count = 0;

    if (hour < 0 || hour > 23 || !take(rest, ':') || !take_sixtieths(rest))
        return false;
    if (!take(rest, ':'))
        return true;
    if (!take_sixtieths(rest))
        return false;
    if (!take(rest, '.'))
        return true;
    while (take_digits(rest, 1) >= 0)
        count++;
    return count >= 1 && count <= SECOND_DIGITS;
}

/* Nothing, Z, +HH, +HHMM, +HH:MM. */
static bool take_zone(Str *rest)
{
    if (rest->len == 0 || take(rest, 'Z'))
        return true;
    if (!take(rest, '+') && !take(rest, '-'))
        return false;
    int hours = take_digits(rest, 2);
    if (hours < 0 || hours > OFFSET_LIMIT)
        return false;
    if (rest->len == 0)
        return true;
    take(rest, ':');
    return take_sixtieths(rest);
}

static bool is_iso_date(Str text)
{
    return take_date(&text) && text.len == 0;
}

static bool is_iso_time(Str text)
{
    return take_date(&text) && (take(&text, 'T') || take(&text, ' ')) && take_clock(&text)
        && take_zone(&text) && text.len == 0;
}

static bool is_partial_time(Str text)
{
    Str clock = text;
    int year, month;

    return (take_clock(&clock) && clock.len == 0) || (take_month(&text, &year, &month) && text.len == 0);
}

/* -- kinds of text --------------------------------------------------------------------------- */

static size_t count_digits(Str *rest)
{
    size_t before = rest->len;

    while (take_digits(rest, 1) >= 0)
        ;
    return before - rest->len;
}

/* 12, -1.5, 1e3, with blanks around it: what SQLite makes a number of in a column of numbers. */
static bool is_number(Str text)
{
    text = str_trim(text);
    if (!take(&text, '+'))
        take(&text, '-');
    size_t digits = count_digits(&text);
    if (take(&text, '.'))
        digits += count_digits(&text);
    if (digits == 0)
        return false;
    if (!take(&text, 'e') && !take(&text, 'E'))
        return text.len == 0;
    if (!take(&text, '+'))
        take(&text, '-');
    return count_digits(&text) > 0 && text.len == 0;
}

ValueKind text_kind_of(Str text)
{
    if (str_trim(text).len == 0)
        return VALUE_EMPTY;
    if (memchr(text.ptr, 0, text.len))
        return VALUE_NUL_TEXT;
    if (utf8_bad_at(text) != STR_NOT_FOUND)
        return VALUE_BROKEN_TEXT;
    if (is_number(text))
        return VALUE_NUMBER_TEXT;
    if (is_iso_time(text))
        return VALUE_ISO_TIME;
    if (is_iso_date(text))
        return VALUE_ISO_DATE;
    if (is_partial_time(text))
        return VALUE_PARTIAL_TIME;
    switch (json_kind_of(text)) {
    case JSON_COMPOUND: return VALUE_JSON;
    case JSON_WORD: return VALUE_JSON_WORD;
    case JSON_HAS_NUL: return VALUE_JSON_WITH_NUL;
    case JSON_NUMBER:
    case JSON_NO: break;
    }
    return VALUE_FREE_TEXT;
}

/* -- forms ----------------------------------------------------------------------------------- */

static bool begins_character(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80;
}

Str value_form(Arena *arena, Str text)
{
    Buf    out   = buf_new(arena);
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += begins_character(text.ptr[i]);
    if (count > FORM_LIMIT || text.len == 0)
        return str_format(arena, "%zu character%s", count, count == 1 ? "" : "s");
    buf_add_char(&out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (begins_character(text.ptr[i]))
            buf_add_char(&out, isdigit(c) ? '9' : c >= 0x80 || isalpha(c) ? 'a' : isprint(c) ? (char)c : '?');
    }
    buf_add_char(&out, '"');
    return buf_str(&out);
}
