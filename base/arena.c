#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { FIRST_BLOCK = 16 * 1024, LARGEST_STEP = 1024 * 1024 };

typedef struct Block Block;
struct Block {
    Block *older;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

struct Arena {
    Block *newest;
    size_t used;
};

static Block *block_open(Block *older, size_t size)
{
    Block *block = malloc(sizeof(Block) + size);

    if (!block)
        out_of_memory();
    block->older = older;
    block->size  = size;
    block->used  = 0;
    return block;
}

Arena *arena_open(void)
{
    Arena *arena = malloc(sizeof *arena);

    if (!arena)
        out_of_memory();
    arena->newest = block_open(NULL, FIRST_BLOCK);
    arena->used   = 0;
    return arena;
}

static void close_down_to(Arena *arena, Block *last)
{
    while (arena->newest != last) {
        Block *older = arena->newest->older;
        free(arena->newest);
        arena->newest = older;
    }
}

void arena_close(Arena *arena)
{
    if (!arena)
        return;
    close_down_to(arena, NULL);
    free(arena);
}

void arena_reset(Arena *arena)
{
    Block *first = arena->newest;

    while (first->older)
        first = first->older;
    close_down_to(arena, first);
    first->used = 0;
    arena->used = 0;
}

void *arena_alloc(Arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);

    if (size > SIZE_MAX / 2)
        out_of_memory();
    size = (size + align - 1) & ~(align - 1);

    Block *block = arena->newest;
    if (block->size - block->used < size) {
        size_t step = block->size * 2 < LARGEST_STEP ? block->size * 2 : LARGEST_STEP;
        block = arena->newest = block_open(block, size > step ? size : step);
    }
    void *out = block->bytes + block->used;
    block->used += size;
    arena->used += size;
    return memset(out, 0, size);
}

size_t arena_used(const Arena *arena)
{
    return arena->used;
}
