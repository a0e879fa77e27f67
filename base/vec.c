#include "base/vec.h"

#include <string.h>

/* Most rows of larger things hold one or two, and there are many such rows. */
enum { SMALL_THING = 8, FIRST_SMALL = 8, FIRST_LARGE = 2 };

void *vec_grow(Arena *arena, void *items, size_t count, size_t *room, size_t size)
{
    *room       = *room ? *room * 2 : size <= SMALL_THING ? FIRST_SMALL : FIRST_LARGE;
    void *grown = arena_alloc(arena, *room * size);

    if (count)
        memcpy(grown, items, count * size);
    return grown;
}
