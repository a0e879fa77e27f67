/*
 * UTF-8, as far as offsets, columns and trust need it.
 *
 * Strict as Unicode is: overlong forms, surrogates and anything past U+10FFFF are
 * bad. Nothing here allocates.
 */
#ifndef ANALYZERS_INTAKE_UTF8_H
#define ANALYZERS_INTAKE_UTF8_H

#include "base/str.h"

/* Offset of the first byte that begins no character, or STR_NOT_FOUND. */
size_t utf8_bad_at(Str text);

/* Characters in valid UTF-8. */
size_t utf8_count(Str text);

/* The character at `*at`, which moves past it. A bad byte counts as one character of its own:
   U+DC00 + the byte, as Python's surrogateescape has it. */
uint32_t utf8_next(Str text, size_t *at);

#endif
