/*
 * Which words a file uses, in a few hundred bytes.
 *
 * A Words answers "may this file hold the identifier?": never a wrong no, now and
 * then a wrong yes. So a file that was read and put aside need not be read again
 * for every name that turns up later.
 */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include "base/str.h"

typedef struct Words {
    uint8_t *bits;
    uint32_t mask; /* count of bits - 1, a power of two - 1 */
} Words;

typedef uint32_t WordHash;

WordHash word_hash(Str word);

Words words_of(Arena *arena, Str raw);
bool  words_may_hold(const Words *words, WordHash word);

/* Certain: the word stands in the text, not as a part of a longer one. */
bool text_holds_word(Str text, Str word);

#endif
