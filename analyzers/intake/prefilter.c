#include "analyzers/intake/prefilter.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/*
 * Each literal is looked for by two neighbouring bytes that source text seldom holds; where
 * such a pair stands, the literal is compared. The pairs, and what they stand in:
 *
 *     ql  s[ql]ite        .c  [.c]ursor [.c]ommit(     tg  pos[tg]res, in any case
 *     xe  .e[xe]cute      .f  [.f]etch                 GP  P[GP]ASSWORD
 */

static bool stands_at(Str raw, size_t anchor, size_t before, Str literal)
{
    return anchor >= before && raw.len - (anchor - before) >= literal.len
        && memcmp(raw.ptr + anchor - before, literal.ptr, literal.len) == 0;
}

static bool stands_nocase_at(Str raw, size_t anchor, size_t before, Str literal)
{
    return anchor >= before && raw.len - (anchor - before) >= literal.len
        && str_eq_nocase(str_slice(raw, anchor - before, anchor - before + literal.len), literal);
}

static void look_at(Str raw, size_t at, Hits *hits)
{
    switch (raw.ptr[at]) {
    case 'q':
        hits->sqlite3 |= stands_at(raw, at, 1, STR("sqlite"));
        break;
    case 'x':
        hits->execute |= stands_at(raw, at, 2, STR(".execute"));
        break;
    case '.':
        hits->cursor |= stands_at(raw, at, 0, STR(".cursor"));
        hits->commit |= stands_at(raw, at, 0, STR(".commit("));
        hits->fetch |= stands_at(raw, at, 0, STR(".fetch"));
        break;
    case 't':
    case 'T':
        hits->postgres |= stands_nocase_at(raw, at, 3, STR("postgres"));
        break;
    case 'G':
        hits->pgpassword |= stands_at(raw, at, 1, STR("PGPASSWORD"));
        break;
    default:
        break;
    }
}

#if defined(__SSE2__)

enum { BLOCK = 16 };

/* One bit for each position of the block where a pair begins. */
static unsigned pairs_in(const char *at)
{
#define IS(bytes, c) _mm_cmpeq_epi8((bytes), _mm_set1_epi8(c))
#define PAIR(a, b)   _mm_and_si128(IS(first, (a)), IS(second, (b)))
    __m128i first  = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i second = _mm_loadu_si128((const __m128i *)(const void *)(at + 1));
    __m128i lower  = _mm_set1_epi8(0x20);
    __m128i dot    = _mm_and_si128(IS(first, '.'), _mm_or_si128(IS(second, 'c'), IS(second, 'f')));
    __m128i tg     = _mm_and_si128(IS(_mm_or_si128(first, lower), 't'),
                                   IS(_mm_or_si128(second, lower), 'g'));
    __m128i any    = _mm_or_si128(
        _mm_or_si128(_mm_or_si128(PAIR('q', 'l'), PAIR('x', 'e')), PAIR('G', 'P')),
        _mm_or_si128(dot, tg));
    return (unsigned)_mm_movemask_epi8(any);
#undef PAIR
#undef IS
}

/* All positions of whole blocks; gives back how far it got. */
static size_t look_in_blocks(Str raw, Hits *hits)
{
    size_t at = 0;

    for (; raw.len - at > BLOCK; at += BLOCK)
        for (unsigned pairs = pairs_in(raw.ptr + at); pairs; pairs &= pairs - 1)
            look_at(raw, at + (size_t)__builtin_ctz(pairs), hits);
    return at;
}

#else

static size_t look_in_blocks(Str raw, Hits *hits)
{
    (void)raw;
    (void)hits;
    return 0;
}

#endif

Hits prefilter(Str raw)
{
    Hits   hits = { 0 };
    size_t at   = raw.len ? look_in_blocks(raw, &hits) : 0;

    for (; at < raw.len; at++)
        look_at(raw, at, &hits);
    return hits;
}
