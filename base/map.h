/*
 * From text to pointer.
 *
 * The map borrows its keys and lives in an arena. It is walked in the order of
 * insertion (`entries`), so nothing printed from it depends on hashing. An empty
 * Map is all zeros.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdint.h>

#include "base/str.h"

typedef struct MapEntry {
    Str      key;
    uint64_t hash;
    void    *value;
} MapEntry;

typedef struct Map {
    Vec(MapEntry) entries;
    uint32_t *slots; /* index of an entry + 1, or 0 */
    size_t    slot_count;
} Map;

void *map_find(const Map *map, Str key); /* NULL if absent */

/* Sets, replacing what was there. */
void map_set(Arena *arena, Map *map, Str key, void *value);

/* The place for the value of `key`, made (NULL inside) if absent; good until the next insertion. */
void **map_place(Arena *arena, Map *map, Str key);

#endif
