#include "analyzers/schema/json_text.h"

#include "analyzers/intake/utf8.h"

enum {
    DEPTH_LIMIT    = 500,  /* Python's own ends at about a thousand */
    DIGITS_LIMIT   = 1000, /* of one number; Python reads no integer of more than 4300 */
    EXPONENT_LIMIT = 3,    /* digits of it */
    EXACT_DIGITS   = 15,   /* what a double holds of any number */
    SURROGATE      = 0xD800, /* … to 0xDBFF is a first half … */
    SECOND_HALF    = 0xDC00, /* … and from here to 0xDFFF a second one */
    SURROGATES_END = 0xE000,
};

typedef struct Json {
    Str    text;
    size_t at;
    bool   has_nul;
    char   closing[DEPTH_LIMIT];
    size_t depth;
} Json;

static int next(const Json *it)
{
    return it->at < it->text.len ? (unsigned char)it->text.ptr[it->at] : -1;
}

static bool take(Json *it, char wanted)
{
    if (next(it) != (unsigned char)wanted)
        return false;
    it->at++;
    return true;
}

static void skip_space(Json *it)
{
    while (it->at < it->text.len && strchr(" \t\n\r", it->text.ptr[it->at]) && it->text.ptr[it->at])
        it->at++;
}

static bool take_word(Json *it, Str word)
{
    if (!str_starts_with(str_slice(it->text, it->at, it->text.len), word))
        return false;
    it->at += word.len;
    return true;
}

static size_t take_digits(Json *it)
{
    size_t from = it->at;

    while (next(it) >= '0' && next(it) <= '9')
        it->at++;
    return it->at - from;
}

/* JSONB writes 1e23 as an integer, which Python then reads as one: not the number that the double was. */
static bool take_exponent(Json *it, size_t whole_digits)
{
    bool   is_negative = take(it, '-');
    size_t value       = 0;

    if (!is_negative)
        take(it, '+');
    size_t from  = it->at;
    size_t count = take_digits(it);
    if (count == 0 || count > EXPONENT_LIMIT)
        return false;
    for (; from < it->at; from++)
        value = value * 10 + (size_t)(it->text.ptr[from] - '0');
    return is_negative || whole_digits + value <= EXACT_DIGITS;
}

static bool take_number(Json *it)
{
    size_t from = it->at, whole_digits = 1;

    take(it, '-');
    if (!take(it, '0') && (whole_digits = take_digits(it)) == 0)
        return false;
    if (take(it, '.') && take_digits(it) == 0)
        return false;
    if (it->at - from > DIGITS_LIMIT)
        return false;
    return (!take(it, 'e') && !take(it, 'E')) || take_exponent(it, whole_digits);
}

/* The four digits after \u; -1 if they are not there. */
static int take_unit(Json *it)
{
    int unit = 0;

    for (int i = 0; i < 4; i++, it->at++) {
        int c     = next(it);
        int digit = c >= '0' && c <= '9' ? c - '0'
                  : c >= 'a' && c <= 'f' ? c - 'a' + 10
                  : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                         : -1;
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static bool take_escape(Json *it)
{
    int c = next(it);

    it->at++;
    if (c != 'u')
        return c > 0 && strchr("\"\\/bfnrt", c);
    int unit = take_unit(it);
    if (unit == 0)
        it->has_nul = true;
    if (unit < SURROGATE || unit >= SURROGATES_END)
        return unit >= 0;
    if (unit >= SECOND_HALF || !take(it, '\\') || !take(it, 'u'))
        return false;
    int second = take_unit(it);
    return second >= SECOND_HALF && second < SURROGATES_END;
}

static bool take_string(Json *it)
{
    if (!take(it, '"'))
        return false;
    while (!take(it, '"')) {
        int c = next(it);
        if (c < ' ')
            return false;
        it->at++;
        if (c == '\\' && !take_escape(it))
            return false;
    }
    return true;
}

static bool take_scalar(Json *it)
{
    switch (next(it)) {
    case '"': return take_string(it);
    case 't': return take_word(it, STR("true"));
    case 'f': return take_word(it, STR("false"));
    case 'n': return take_word(it, STR("null"));
    default: return take_number(it);
    }
}

static bool take_key(Json *it)
{
    skip_space(it);
    if (!take_string(it))
        return false;
    skip_space(it);
    return take(it, ':');
}

/* Goes into an object or array; `is_done` if it is empty and so behind it already. */
static bool open_compound(Json *it, bool *is_done)
{
    char closing = next(it) == '{' ? '}' : ']';

    if (it->depth == DEPTH_LIMIT)
        return false;
    it->at++;
    skip_space(it);
    *is_done = take(it, closing);
    if (*is_done)
        return true;
    it->closing[it->depth++] = closing;
    return closing == ']' || take_key(it);
}

/* After a value: leaves all that ends here; false if neither a comma nor an end follows. */
static bool close_compounds(Json *it)
{
    while (it->depth) {
        char closing = it->closing[it->depth - 1];
        skip_space(it);
        if (take(it, ','))
            return closing == ']' || take_key(it);
        if (!take(it, closing))
            return false;
        it->depth--;
    }
    return true;
}

static bool take_document(Json *it)
{
    do {
        bool is_done = true;
        skip_space(it);
        bool opens = next(it) == '{' || next(it) == '[';
        if (opens ? !open_compound(it, &is_done) : !take_scalar(it))
            return false;
        if (is_done && !close_compounds(it))
            return false;
    } while (it->depth);
    skip_space(it);
    return it->at == it->text.len;
}

JsonKind json_kind_of(Str text)
{
    Json it = { .text = text };

    skip_space(&it);
    int first = next(&it);
    if (!take_document(&it) || utf8_bad_at(text) != STR_NOT_FOUND)
        return JSON_NO;
    return it.has_nul                                    ? JSON_HAS_NUL
         : first == '{' || first == '['                  ? JSON_COMPOUND
         : first == '-' || (first >= '0' && first <= '9') ? JSON_NUMBER
                                                         : JSON_WORD;
}
