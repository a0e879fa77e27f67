#include "analyzers/intake/utf8.h"

/* Length of the character that begins at `at`, 0 if none does (Unicode, table 3-7). */
static size_t length_at(Str text, size_t at)
{
    const unsigned char *p    = (const unsigned char *)text.ptr + at;
    size_t               left = text.len - at;
    unsigned char        low = 0x80, high = 0xBF;
    size_t               length;

    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xC2 || p[0] > 0xF4)
        return 0;
    length = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (left < length)
        return 0;
    if (p[0] == 0xE0)
        low = 0xA0; /* no overlong forms */
    else if (p[0] == 0xED)
        high = 0x9F; /* no surrogates */
    else if (p[0] == 0xF0)
        low = 0x90; /* no overlong forms */
    else if (p[0] == 0xF4)
        high = 0x8F; /* nothing past U+10FFFF */
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

size_t utf8_bad_at(Str text)
{
    const uint64_t high_bits = 0x8080808080808080u;
    size_t         at        = 0;

    while (at < text.len) {
        uint64_t eight;
        while (text.len - at >= sizeof eight) {
            memcpy(&eight, text.ptr + at, sizeof eight);
            if (eight & high_bits)
                break;
            at += sizeof eight;
        }
        if (at == text.len)
            break;
        size_t length = length_at(text, at);
        if (length == 0)
            return at;
        at += length;
    }
    return STR_NOT_FOUND;
}

size_t utf8_count(Str text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return count;
}

uint32_t utf8_next(Str text, size_t *at)
{
    static const unsigned char first_bits[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
    const unsigned char       *p            = (const unsigned char *)text.ptr + *at;
    size_t                     length       = length_at(text, *at);

    if (length == 0) {
        (*at)++;
        return 0xDC00u + p[0];
    }
    uint32_t character = p[0] & first_bits[length];
    for (size_t i = 1; i < length; i++)
        character = character << 6 | (p[i] & 0x3Fu);
    *at += length;
    return character;
}
