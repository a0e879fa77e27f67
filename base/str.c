#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool str_eq_nocase(Str a, Str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

int str_compare(Str a, Str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int    order  = shared ? memcmp(a.ptr, b.ptr, shared) : 0;

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_starts_with(Str whole, Str prefix)
{
    return whole.len >= prefix.len && str_eq(str_slice(whole, 0, prefix.len), prefix);
}

bool str_ends_with(Str whole, Str suffix)
{
    return whole.len >= suffix.len
        && str_eq(str_slice(whole, whole.len - suffix.len, whole.len), suffix);
}

size_t str_find(Str whole, Str needle)
{
    if (needle.len == 0)
        return 0;
    if (whole.len < needle.len)
        return STR_NOT_FOUND;
    const char *at = memmem(whole.ptr, whole.len, needle.ptr, needle.len);
    return at ? (size_t)(at - whole.ptr) : STR_NOT_FOUND;
}

size_t str_find_char(Str whole, char needle)
{
    const char *at = whole.len ? memchr(whole.ptr, needle, whole.len) : NULL;

    return at ? (size_t)(at - whole.ptr) : STR_NOT_FOUND;
}

size_t str_rfind_char(Str whole, char needle)
{
    const char *at = whole.len ? memrchr(whole.ptr, needle, whole.len) : NULL;

    return at ? (size_t)(at - whole.ptr) : STR_NOT_FOUND;
}

bool str_contains(Str whole, Str needle)
{
    return str_find(whole, needle) != STR_NOT_FOUND;
}

Str str_trim(Str whole)
{
    while (whole.len && is_space(whole.ptr[0]))
        whole = str_slice(whole, 1, whole.len);
    while (whole.len && is_space(whole.ptr[whole.len - 1]))
        whole.len--;
    return whole;
}

bool str_cut(Str *rest, char separator, Str *piece)
{
    if (!rest->ptr)
        return false;
    size_t at = str_find_char(*rest, separator);
    if (at == STR_NOT_FOUND) {
        *piece = *rest;
        *rest  = (Str) { 0 };
        return true;
    }
    *piece = str_slice(*rest, 0, at);
    *rest  = str_slice(*rest, at + 1, rest->len);
    return true;
}

/* FNV-1a: short keys, no adversary, the same on every machine. */
uint64_t str_hash(Str text)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * 0x100000001b3u;
    return hash;
}

Str str_copy(Arena *arena, Str text)
{
    return (Str) { str_cstr(arena, text), text.len };
}

char *str_cstr(Arena *arena, Str text)
{
    char *copy = arena_alloc(arena, text.len + 1);

    if (text.len)
        memcpy(copy, text.ptr, text.len);
    return copy;
}

Str str_lower(Arena *arena, Str text)
{
    char *copy = str_cstr(arena, text);

    for (size_t i = 0; i < text.len; i++)
        copy[i] = lower(copy[i]);
    return (Str) { copy, text.len };
}

Str str_format(Arena *arena, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = arena_alloc(arena, (size_t)length + 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return (Str) { text, (size_t)length };
}

Str str_join(Arena *arena, const StrVec *parts, Str separator)
{
    Buf out = buf_new(arena);

    for (size_t i = 0; i < parts->count; i++) {
        if (i)
            buf_add(&out, separator);
        buf_add(&out, parts->items[i]);
    }
    return buf_str(&out);
}

static char *room_for(Buf *buf, size_t more)
{
    if (buf->room - buf->len < more) {
        size_t room = buf->room ? buf->room * 2 : 64;
        while (room - buf->len < more)
            room *= 2;
        char *grown = arena_alloc(buf->arena, room);
        if (buf->len)
            memcpy(grown, buf->ptr, buf->len);
        buf->ptr  = grown;
        buf->room = room;
    }
    return buf->ptr + buf->len;
}

void buf_add(Buf *buf, Str text)
{
    if (text.len == 0)
        return;
    memcpy(room_for(buf, text.len), text.ptr, text.len);
    buf->len += text.len;
}

void buf_add_char(Buf *buf, char c)
{
    *room_for(buf, 1) = c;
    buf->len++;
}

void buf_format(Buf *buf, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *end = room_for(buf, (size_t)length + 1);
    va_start(arguments, format);
    vsnprintf(end, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buf->len += (size_t)length;
}
