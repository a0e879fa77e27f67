#include "base/map.h"

static uint32_t *slot_of(const Map *map, Str key, uint64_t hash)
{
    size_t mask = map->slot_count - 1;

    for (size_t at = hash & mask;; at = (at + 1) & mask) {
        uint32_t *slot = &map->slots[at];
        if (*slot == 0)
            return slot;
        const MapEntry *entry = &map->entries.items[*slot - 1];
        if (entry->hash == hash && str_eq(entry->key, key))
            return slot;
    }
}

static void rehash(Arena *arena, Map *map)
{
    map->slot_count = map->slot_count ? map->slot_count * 2 : 16;
    map->slots      = arena_array(arena, uint32_t, map->slot_count);
    for (size_t i = 0; i < map->entries.count; i++) {
        const MapEntry *entry              = &map->entries.items[i];
        *slot_of(map, entry->key, entry->hash) = (uint32_t)i + 1;
    }
}

void *map_find(const Map *map, Str key)
{
    if (map->slot_count == 0)
        return NULL;
    uint32_t at = *slot_of(map, key, str_hash(key));
    return at ? map->entries.items[at - 1].value : NULL;
}

void **map_place(Arena *arena, Map *map, Str key)
{
    if ((map->entries.count + 1) * 2 > map->slot_count)
        rehash(arena, map);

    uint64_t  hash = str_hash(key);
    uint32_t *slot = slot_of(map, key, hash);
    if (*slot == 0) {
        vec_push(arena, &map->entries, (MapEntry) { key, hash, NULL });
        *slot = (uint32_t)map->entries.count;
    }
    return &map->entries.items[*slot - 1].value;
}

void map_set(Arena *arena, Map *map, Str key, void *value)
{
    *map_place(arena, map, key) = value;
}
