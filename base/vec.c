#include "base/vec.h"

#include <string.h>

void *vec_grow(Arena *arena, void *items, size_t count, size_t *room, size_t size)
{
    *room       = *room ? *room * 2 : 8;
    void *grown = arena_alloc(arena, *room * size);

    if (count)
        memcpy(grown, items, count * size);
    return grown;
}
