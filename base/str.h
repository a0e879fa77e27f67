/*
 * Borrowed bytes.
 *
 * A Str points into memory somebody else owns (a source file, an arena, a
 * literal); it has no final NUL and may hold any byte. Functions that make new
 * text take the arena it shall live in.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/vec.h"

typedef struct Str {
    const char *ptr;
    size_t      len;
} Str;

typedef Vec(Str) StrVec;

#define STR(literal)      ((Str) { "" literal, sizeof(literal) - 1 })
#define STR_FORMAT        "%.*s"
#define STR_ARG(str)      (int)(str).len, (str).ptr
#define STR_NOT_FOUND     SIZE_MAX

static inline Str str_of(const char *text)
{
    return (Str) { text, text ? strlen(text) : 0 };
}

static inline Str str_slice(Str whole, size_t lo, size_t hi)
{
    return (Str) { whole.ptr ? whole.ptr + lo : NULL, hi - lo };
}

static inline bool str_eq(Str a, Str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_is(Str a, const char *text)
{
    return str_eq(a, str_of(text));
}

bool   str_eq_nocase(Str a, Str b); /* ASCII letters only */
int    str_compare(Str a, Str b);   /* by bytes, as qsort wants it */
bool   str_starts_with(Str whole, Str prefix);
bool   str_ends_with(Str whole, Str suffix);
size_t str_find(Str whole, Str needle); /* STR_NOT_FOUND if absent */
size_t str_find_char(Str whole, char needle);
size_t str_rfind_char(Str whole, char needle);
bool   str_contains(Str whole, Str needle);
Str    str_trim(Str whole); /* ASCII white space on both ends */

/* Takes the text before the next `separator` off the front of `rest`; false at the end. */
bool str_cut(Str *rest, char separator, Str *piece);

uint64_t str_hash(Str text);

Str   str_copy(Arena *arena, Str text);
char *str_cstr(Arena *arena, Str text); /* a copy with a final NUL */
Str   str_lower(Arena *arena, Str text); /* ASCII letters only */
Str   str_format(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
Str   str_join(Arena *arena, const StrVec *parts, Str separator);

/* Text that grows at its end, in an arena. */
typedef struct Buf {
    Arena *arena;
    char  *ptr;
    size_t len;
    size_t room;
} Buf;

static inline Buf buf_new(Arena *arena)
{
    return (Buf) { .arena = arena };
}

void buf_add(Buf *buf, Str text);
void buf_add_char(Buf *buf, char c);
void buf_format(Buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline Str buf_str(const Buf *buf)
{
    return (Str) { buf->ptr, buf->len };
}

#endif
