#include "analyzers/sql/statement.h"

#include "base/map.h"

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Bytes beyond ASCII are letters of some alphabet: SQLAlchemy takes them as part of a name. */
static bool is_word(char c)
{
    return is_upper(c) || is_lower_or_digit(c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Between the words of createdAt, userID2 and HTTPServer: aA, 9A, and the last A of AAa. */
static bool word_begins(Str name, size_t at)
{
    if (at == 0 || !is_upper(name.ptr[at]))
        return false;
    char before = name.ptr[at - 1];
    bool next_is_lower = at + 1 < name.len && name.ptr[at + 1] >= 'a' && name.ptr[at + 1] <= 'z';
    return is_lower_or_digit(before) || (is_upper(before) && next_is_lower);
}

Str bind_name_of(Arena *arena, Str column)
{
    Buf out = buf_new(arena);

    for (size_t i = 0; i < column.len; i++) {
        char c = column.ptr[i];
        bool gap = !is_word(c) || word_begins(column, i);
        if (gap && out.len && out.ptr[out.len - 1] != '_')
            buf_add_char(&out, '_');
        if (is_word(c))
            buf_add_char(&out, is_upper(c) ? (char)(c - 'A' + 'a') : c);
    }
    while (out.len && out.ptr[out.len - 1] == '_' && !str_ends_with(column, STR("_")))
        out.len--;
    if (out.len && out.ptr[0] >= '0' && out.ptr[0] <= '9')
        return str_format(arena, "p_" STR_FORMAT, STR_ARG(buf_str(&out)));
    return buf_str(&out);
}

/* A named bind's own name, made fit for text(): `a::b` and `a(x)` are not word characters. */
static Str own_name(Arena *arena, const Bind *bind)
{
    Buf out = buf_new(arena);

    if (bind->has_hole)
        return (Str) { 0 };
    for (size_t i = 0; i < bind->name.len; i++)
        buf_add_char(&out, is_word(bind->name.ptr[i]) ? bind->name.ptr[i] : '_');
    return buf_str(&out);
}

typedef struct Naming {
    Arena *arena;
    Map    taken;     /* name → how often it was wished for, as a pointer */
    Map    by_number; /* number as text → its Str */
} Naming;

static Str unique(Naming *naming, Str wish)
{
    uintptr_t count = (uintptr_t)map_find(&naming->taken, wish) + 1;
    Str       name  = wish;

    if (count > 1) {
        do
            name = str_format(naming->arena, STR_FORMAT "_%u", STR_ARG(wish), (unsigned)count++);
        while (map_find(&naming->taken, name));
        map_set(naming->arena, &naming->taken, name, (void *)(uintptr_t)1);
        count--;
    }
    map_set(naming->arena, &naming->taken, wish, (void *)count);
    return name;
}

/* The place of the name that all binds with this one's number share. */
static Str *name_place(Naming *naming, const Bind *bind)
{
    Str    key   = str_format(naming->arena, "%u", bind->number);
    void **place = map_place(naming->arena, &naming->by_number, key);

    if (!*place)
        *place = arena_new(naming->arena, Str);
    return *place;
}

StrVec bind_names(Arena *arena, const Statement *statement)
{
    Naming   naming = { .arena = arena };
    StrVec   names  = { 0 };
    unsigned count  = 0;

    /* Those who have a name keep it; the others choose among what is left. */
    vec_each(bind, &statement->binds) {
        Str *name = name_place(&naming, bind);
        Str  own  = own_name(arena, bind);
        if (name->len == 0 && own.len)
            *name = unique(&naming, own);
    }
    vec_each(bind, &statement->binds) {
        Str *name = name_place(&naming, bind);
        count++;
        if (name->len == 0)
            *name = unique(&naming, bind->suggested.len ? bind->suggested
                                                        : str_format(arena, "p%u", count));
        vec_push(arena, &names, *name);
    }
    return names;
}
