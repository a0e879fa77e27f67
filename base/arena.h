/*
 * One lifetime of memory.
 *
 * Everything that is born together dies together: a session, a file, a scratch
 * computation each own an arena, and nothing is freed on its own. Memory comes
 * zeroed and aligned for any type. There is no failure to handle: when the
 * machine has no memory left, the program ends with exit status 2 and one line.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

typedef struct Arena Arena;

Arena *arena_open(void);
void   arena_close(Arena *arena); /* NULL is fine */

/* Forgets what was allocated and keeps the memory for the next round, but for single large things. */
void arena_reset(Arena *arena);

void *arena_alloc(Arena *arena, size_t size);

/* Bytes handed out since the arena was opened or reset. */
size_t arena_used(const Arena *arena);

#define arena_new(arena, Type)          ((Type *)arena_alloc((arena), sizeof(Type)))
#define arena_array(arena, Type, count) ((Type *)arena_alloc((arena), sizeof(Type) * (count)))

#endif
