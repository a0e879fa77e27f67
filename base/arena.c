#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/error.h"

typedef struct Block Block;
struct Block {
    Block *older;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

enum {
    FIRST_BLOCK  = 16 * 1024,
    HUGE_PAGE    = 2 * 1024 * 1024,
    LARGEST_STEP = 2 * HUGE_PAGE - sizeof(Block),
};

struct Arena {
    Block *newest;
    Block *spare; /* kept by arena_reset() */
    size_t used;
};

/* A block that fills huge pages: where the system has them, it hands them out at a fraction of what it takes for as many
 * small ones. */
static Block *huge_block(size_t *size)
{
    size_t whole = (sizeof(Block) + *size + HUGE_PAGE - 1) & ~(size_t)(HUGE_PAGE - 1);
    Block *block = aligned_alloc(HUGE_PAGE, whole);

    if (block)
        madvise(block, whole, MADV_HUGEPAGE); /* a wish: refused, it costs nothing */
    *size = whole - sizeof(Block);
    return block;
}

static Block *block_open(Block *older, size_t size)
{
    Block *block = size >= HUGE_PAGE ? huge_block(&size) : malloc(sizeof(Block) + size);

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
    *arena = (Arena) { .newest = block_open(NULL, FIRST_BLOCK) };
    return arena;
}

static void close_all(Block *newest)
{
    while (newest) {
        Block *older = newest->older;
        free(newest);
        newest = older;
    }
}

void arena_close(Arena *arena)
{
    if (!arena)
        return;
    close_all(arena->newest);
    close_all(arena->spare);
    free(arena);
}

/* A block made for one thing that is larger than any step is not worth keeping. */
void arena_reset(Arena *arena)
{
    while (arena->newest->older) {
        Block *block  = arena->newest;
        arena->newest = block->older;
        if (block->size > LARGEST_STEP) {
            free(block);
        } else {
            block->older = arena->spare;
            arena->spare = block;
        }
    }
    arena->newest->used = 0;
    arena->used         = 0;
}

/* The first spare block with room enough; NULL if there is none. */
static Block *take_spare(Arena *arena, size_t size)
{
    for (Block **at = &arena->spare; *at; at = &(*at)->older) {
        Block *block = *at;
        if (block->size < size)
            continue;
        *at          = block->older;
        block->older = arena->newest;
        block->used  = 0;
        return block;
    }
    return NULL;
}

static Block *next_block(Arena *arena, size_t size)
{
    size_t step  = arena->newest->size * 2 < LARGEST_STEP ? arena->newest->size * 2 : LARGEST_STEP;
    Block *block = arena->spare ? take_spare(arena, size) : NULL;

    return block ? block : block_open(arena->newest, size > step ? size : step);
}

void *arena_alloc(Arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);

    if (size > SIZE_MAX / 2)
        out_of_memory();
    size = (size + align - 1) & ~(align - 1);

    Block *block = arena->newest;
    if (block->size - block->used < size)
        block = arena->newest = next_block(arena, size);
    void *out = block->bytes + block->used;
    block->used += size;
    arena->used += size;
    return memset(out, 0, size);
}

size_t arena_used(const Arena *arena)
{
    return arena->used;
}
