#include "base/hash_index.h"

static void place(HashIndex *index, HashIndexEntry entry)
{
    uint32_t at = entry.hash;

    while (index->entries[at & (index->room - 1)].next)
        at++;
    index->entries[at & (index->room - 1)] = entry;
}

static void grow(Arena *arena, HashIndex *index)
{
    HashIndex larger = { .room = index->room ? index->room * 2 : 64, .count = index->count };

    larger.entries = arena_array(arena, HashIndexEntry, larger.room);
    for (uint32_t i = 0; i < index->room; i++)
        if (index->entries[i].next)
            place(&larger, index->entries[i]);
    *index = larger;
}

void hash_index_add(Arena *arena, HashIndex *index, uint32_t hash, uint32_t at)
{
    if ((uint64_t)(index->count + 1) * 2 > index->room)
        grow(arena, index);
    index->count++;
    place(index, (HashIndexEntry) { hash, at + 1 });
}
