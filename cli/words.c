#include "cli/words.h"

static const bool word_byte[256] = {
    ['0' ... '9'] = true, ['A' ... 'Z'] = true,   ['a' ... 'z'] = true,
    ['_'] = true,         [0x80 ... 0xff] = true,
};

static bool is_word_byte(char c)
{
    return word_byte[(unsigned char)c];
}

/* About one bit in ten is set in a file of usual vocabulary. */
static uint32_t bits_for(size_t len)
{
    uint32_t bits = 256;

    while (bits < 16 * 1024 && bits < len / 2)
        bits *= 2;
    return bits;
}

WordHash word_hash(Str word)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < word.len; i++)
        hash = (hash ^ (unsigned char)word.ptr[i]) * 16777619u;
    return hash ^ hash >> 15;
}

Words words_of(Arena *arena, Str raw)
{
    uint32_t bits = bits_for(raw.len);
    Words    out  = { .bits = arena_array(arena, uint8_t, bits / 8), .mask = bits - 1 };

    for (size_t i = 0; i < raw.len;) {
        if (!is_word_byte(raw.ptr[i])) {
            i++;
            continue;
        }
        size_t lo = i;
        while (i < raw.len && is_word_byte(raw.ptr[i]))
            i++;
        uint32_t bit = word_hash(str_slice(raw, lo, i)) & out.mask;
        out.bits[bit / 8] |= (uint8_t)(1u << bit % 8);
    }
    return out;
}

bool words_may_hold(const Words *words, WordHash word)
{
    uint32_t bit = word & words->mask;

    return words->bits[bit / 8] >> bit % 8 & 1;
}

bool text_holds_word(Str text, Str word)
{
    size_t at = 0;

    while (word.len && at + word.len <= text.len) {
        const char *hit = memmem(text.ptr + at, text.len - at, word.ptr, word.len);
        if (!hit)
            return false;
        size_t lo = (size_t)(hit - text.ptr), hi = lo + word.len;
        if ((lo == 0 || !is_word_byte(text.ptr[lo - 1]))
            && (hi == text.len || !is_word_byte(text.ptr[hi])))
            return true;
        at = lo + 1;
    }
    return false;
}
