/* Names: Postgres has 63 bytes for one, and indexes share theirs with tables. */
#include "rewriters/schema/writing.h"
#include "rewriters/sql/spelling.h"

/* Where Postgres cuts: not within a character. */
static Str cut(Str name, size_t limit)
{
    if (name.len <= limit)
        return name;
    while (limit > 0 && ((unsigned char)name.ptr[limit] & 0xC0) == 0x80)
        limit--;
    return str_slice(name, 0, limit);
}

bool name_is_long(Str name)
{
    return name.len > NAME_LIMIT;
}

Str pg_name(Writing *w, Str name)
{
    return name_spelled(w->arena, cut(name, NAME_LIMIT));
}

Str pg_names(Writing *w, const StrVec *names)
{
    StrVec spelled = { 0 };

    vec_each(name, names)
        vec_push(w->arena, &spelled, pg_name(w, *name));
    return str_join(w->arena, &spelled, STR(", "));
}

bool relation_take(Writing *w, Str name)
{
    Str key = str_lower(w->arena, cut(name, NAME_LIMIT));

    if (map_find(&w->relations, key))
        return false;
    map_set(w->arena, &w->relations, key, w);
    return true;
}

/* The beginning of the name, and a mark of its whole. */
static Str shortened(Writing *w, Str name, uint64_t salt)
{
    Str head = cut(name, NAME_LIMIT - 9);

    return str_format(w->arena, STR_FORMAT "_%08x", STR_ARG(head),
                      (unsigned)(str_hash(name) + salt));
}

Str relation_name(Writing *w, Str wanted, Str table, SchemaPlace place)
{
    Str      name = wanted;
    uint64_t salt = 0;

    if (name_is_long(wanted))
        name = shortened(w, wanted, salt++);
    while (!relation_take(w, name))
        name = shortened(w, wanted, salt++);
    if (salt)
        found(w, "SC-24", table, place, STR_FORMAT " is called " STR_FORMAT ": its own name %s",
              STR_ARG(wanted), STR_ARG(name),
              name_is_long(wanted) ? "is longer than the 63 bytes Postgres has for it"
                                   : "is taken, for indexes and tables share their names there");
    return name;
}
