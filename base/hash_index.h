/*
 * Finding things in a row by what they are.
 *
 * The things stand in a Vec of the caller; a HashIndex holds the position of each
 * under the hash of its key. Where Map is for text, this is for keys of any shape:
 * the caller hashes, and compares what is found, so no key is ever spelled out.
 *
 *     hash_index_each(at, &index, hash)
 *         if (items[at].a == a && items[at].b == b)
 *             return at;
 *
 * Positions are those of things that exist: from 0 up, below UINT32_MAX. An empty
 * index is all zeros.
 */
#ifndef BASE_HASH_INDEX_H
#define BASE_HASH_INDEX_H

#include <stdint.h>

#include "base/arena.h"

typedef struct HashIndexEntry {
    uint32_t hash;
    uint32_t next; /* position + 1; 0: empty */
} HashIndexEntry;

typedef struct HashIndex {
    HashIndexEntry *entries;
    uint32_t        room; /* a power of two, or 0 */
    uint32_t        count;
} HashIndex;

/* Several things may stand under one hash. */
void hash_index_add(Arena *arena, HashIndex *index, uint32_t hash, uint32_t at);

/* Numbers into a hash: begin with 0, or with the hash of a text. */
static inline uint32_t hash_mix(uint32_t hash, uint32_t number)
{
    uint64_t mixed = (hash ^ (uint64_t)number << 32 ^ number) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(mixed >> 32) ^ (uint32_t)mixed;
}

static inline HashIndexEntry hash_index_probe(const HashIndex *index, uint32_t hash, uint32_t *probe)
{
    while (index->room) {
        HashIndexEntry entry = index->entries[(*probe)++ & (index->room - 1)];
        if (!entry.next || entry.hash == hash)
            return entry;
    }
    return (HashIndexEntry) { 0 };
}

/* hash_index_each(at, &index, hash) { … items[at] … }: everything under this hash, in no order. */
#define hash_index_each(at, index, hash)                                                          \
    for (uint32_t at##_probe = (hash), at = hash_index_probe((index), (hash), &at##_probe).next;   \
         at-- > 0; at = hash_index_probe((index), (hash), &at##_probe).next)

#endif
