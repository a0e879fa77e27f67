#include "analyzers/config/nearest.h"

enum { LONGEST = 64 };

static char folded(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c == '_' || c == ' ' ? '-' : c;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment; both words are at most LONGEST long. */
static unsigned distance(Str a, Str b)
{
    unsigned rows[3][LONGEST + 1];
    unsigned *before = rows[0], *last = rows[1], *now = rows[2];

    for (size_t j = 0; j <= b.len; j++) {
        before[j] = 0;
        last[j]   = (unsigned)j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            char x = folded(a.ptr[i - 1]), y = folded(b.ptr[j - 1]);
            now[j] = least(last[j - 1] + (x != y), least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && x == folded(b.ptr[j - 2]) && folded(a.ptr[i - 2]) == y)
                now[j] = least(now[j], before[j - 2] + 1);
        }
        unsigned *free_row = before;
        before = last;
        last   = now;
        now    = free_row;
    }
    return last[b.len];
}

Str nearest_word(Str given, const Str *known, size_t count)
{
    unsigned best  = (unsigned)(given.len > LONGEST ? 0 : given.len / 3 + 1);
    Str      found = { 0 };

    for (size_t i = 0; i < count && given.len <= LONGEST; i++) {
        if (known[i].len > LONGEST)
            continue;
        unsigned far = distance(given, known[i]);
        if (far < best || (far == best && !found.ptr && far < known[i].len)) {
            best  = far;
            found = known[i];
        }
    }
    return found;
}
