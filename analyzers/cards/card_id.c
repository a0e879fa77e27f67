#include "analyzers/cards/card_id.h"

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_upper(c) || is_digit(c) || (c >= 'a' && c <= 'z') || c == '_';
}

static size_t digits_at(Str text, size_t at)
{
    size_t end = at;

    while (end < text.len && is_digit(text.ptr[end]))
        end++;
    return end - at;
}

size_t card_id_length(Str text)
{
    enum { LONGEST_NUMBER = 9 };
    size_t at = 0;

    if (text.len == 0 || !is_upper(text.ptr[0]))
        return 0;
    while (at < text.len && (is_upper(text.ptr[at]) || is_digit(text.ptr[at])))
        at++;
    if (at == text.len || text.ptr[at] != '-')
        return 0;
    at++;
    while (at < text.len && is_upper(text.ptr[at]))
        at++;
    size_t digits = digits_at(text, at);
    if (digits == 0 || digits > LONGEST_NUMBER)
        return 0;
    at += digits;
    if (at < text.len && text.ptr[at] >= 'a' && text.ptr[at] <= 'z')
        at++;
    if (at < text.len && (is_word(text.ptr[at]) || text.ptr[at] == '-'))
        return 0; /* RM-4-notes, RM-4th */
    return at;
}

Str card_id_family(Str id)
{
    size_t end = id.len;

    while (end && !is_digit(id.ptr[end - 1]))
        end--;
    while (end && is_digit(id.ptr[end - 1]))
        end--;
    return str_slice(id, 0, end);
}

uint64_t card_id_number(Str id)
{
    uint64_t number = 0;

    for (size_t i = card_id_family(id).len; i < id.len && is_digit(id.ptr[i]); i++)
        number = number * 10 + (uint64_t)(id.ptr[i] - '0');
    return number;
}

/* The sign or word that makes two ids a range; 0 if none stands here. */
static size_t range_sign_length(Str text, bool *joins_numbers)
{
    static const struct {
        Str  sign;
        bool joins_numbers;
    } signs[] = {
        { { "...", 3 }, true },           { { "..", 2 }, true },
        { { "\xE2\x80\xA6", 3 }, true },  { { "\xE2\x80\x93", 3 }, true },
        { { "through", 7 }, false },      { { "thru", 4 }, false },
        { { "to", 2 }, false },           { { "-", 1 }, false },
    };
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (str_starts_with(text, signs[i].sign)) {
            *joins_numbers = signs[i].joins_numbers;
            return signs[i].sign.len;
        }
    }
    return 0;
}

static size_t blanks_at(Str text, size_t at)
{
    size_t end = at;

    while (end < text.len && (text.ptr[end] == ' ' || text.ptr[end] == '\t'))
        end++;
    return end - at;
}

/* Behind the first id of what may be a range; returns where the range ends, or `at`. */
static size_t range_end(Arena *arena, Str text, size_t at, Str first, Str *last)
{
    bool   joins_numbers = false;
    size_t sign          = at + blanks_at(text, at);
    size_t length        = range_sign_length(str_slice(text, sign, text.len), &joins_numbers);

    if (length == 0)
        return at;
    size_t other     = sign + length + blanks_at(text, sign + length);
    Str    rest      = str_slice(text, other, text.len);
    size_t id_length = card_id_length(rest);
    if (id_length && str_eq(card_id_family(str_slice(rest, 0, id_length)), card_id_family(first))) {
        *last = str_slice(rest, 0, id_length);
        return other + id_length;
    }
    size_t digits = digits_at(rest, 0);
    if (joins_numbers && digits && digits <= 9
        && (digits == rest.len || !is_word(rest.ptr[digits]))) {
        Str family = card_id_family(first);
        *last      = str_format(arena, STR_FORMAT STR_FORMAT, STR_ARG(family),
                                STR_ARG(str_slice(rest, 0, digits)));
        return other + digits;
    }
    return at;
}

bool id_span_next(Arena *arena, Str text, size_t *at, IdSpan *out)
{
    for (; *at < text.len; ++*at) {
        char before = *at ? text.ptr[*at - 1] : ' ';
        if (is_word(before) || before == '-' || before == '/' || before == '#')
            continue;
        Str    rest   = str_slice(text, *at, text.len);
        size_t length = card_id_length(rest);
        if (length == 0)
            continue;
        out->first = str_slice(rest, 0, length);
        out->last  = (Str) { 0 };
        *at        = range_end(arena, text, *at + length, out->first, &out->last);
        return true;
    }
    return false;
}

bool issue_next(Str text, size_t *at, Str *out)
{
    for (; *at < text.len; ++*at) {
        size_t digits = text.ptr[*at] == '#' ? digits_at(text, *at + 1) : 0;
        if (digits == 0)
            continue;
        *out = str_slice(text, *at, *at + 1 + digits);
        *at += 1 + digits;
        return true;
    }
    return false;
}
