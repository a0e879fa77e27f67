#include "analyzers/cards/size.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A plain decimal number; `*at` moves behind it. */
static bool number_at(Str text, size_t *at, double *out)
{
    enum { LONGEST = 12 };
    double value = 0, unit = 1;
    size_t i = *at, lo = i;

    for (; i < text.len && is_digit(text.ptr[i]); i++)
        value = value * 10 + (text.ptr[i] - '0');
    if (i == lo || i - lo > LONGEST)
        return false;
    if (i + 1 < text.len && (text.ptr[i] == '.' || text.ptr[i] == ',') && is_digit(text.ptr[i + 1]))
        for (i++; i < text.len && is_digit(text.ptr[i]); i++)
            value += (text.ptr[i] - '0') * (unit /= 10);
    *at  = i;
    *out = value;
    return true;
}

static double days_in(Str unit)
{
    static const struct {
        const char *word;
        double      days;
    } units[] = {
        { "dev-day", 1 }, { "dev day", 1 }, { "person-day", 1 }, { "day", 1 },
        { "working day", 1 }, { "min", 1.0 / 480 }, { "hour", 1.0 / 8 }, { "hr", 1.0 / 8 },
        { "week", 5 }, { "wk", 5 },
    };
    static const struct {
        const char *word;
        double      days;
    } letters[] = { { "d", 1 }, { "pd", 1 }, { "h", 1.0 / 8 }, { "m", 1.0 / 480 }, { "w", 5 } };

    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        Str word = str_of(units[i].word);
        if (unit.len >= word.len && str_eq_nocase(str_slice(unit, 0, word.len), word))
            return units[i].days;
    }
    size_t end = 0;
    while (end < unit.len && unit.ptr[end] != ' ')
        end++;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (str_eq_nocase(str_slice(unit, 0, end), str_of(letters[i].word)))
            return letters[i].days;
    return 0;
}

double days_of_size(Str size)
{
    static const char *const dashes[] = { "-", "\xE2\x80\x93", "to ", ".." };
    double                   number, further;
    size_t                   at = 0;

    while (at < size.len && !is_digit(size.ptr[at]) && !is_letter(size.ptr[at]))
        at++; /* "~", "≈"; a word in front would make it no number of days */
    if (!number_at(size, &at, &number))
        return 0;
    Str rest = str_trim(str_slice(size, at, size.len));
    for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++) {
        size_t behind = strlen(dashes[i]);
        if (!str_starts_with(rest, str_of(dashes[i])))
            continue;
        Str    other = str_trim(str_slice(rest, behind, rest.len));
        size_t end   = 0;
        if (number_at(other, &end, &further)) {
            number = further > number ? further : number;
            rest   = str_trim(str_slice(other, end, other.len));
        }
        break;
    }
    return number * days_in(rest);
}
