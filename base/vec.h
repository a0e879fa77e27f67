/*
 * A row of values that grows in an arena.
 *
 * Name each one: `typedef Vec(Edit) EditVec;`. Pushing may move the items, so
 * hold indices, not pointers, across a push. An empty Vec is all zeros.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>

#include "base/arena.h"

#define Vec(T)        \
    struct {          \
        T     *items; \
        size_t count; \
        size_t room;  \
    }

void *vec_grow(Arena *arena, void *items, size_t count, size_t *room, size_t size);

#define vec_push(arena, vec, ...)                                                                 \
    ((vec)->count == (vec)->room                                                                  \
         ? (void)((vec)->items = vec_grow((arena), (vec)->items, (vec)->count, &(vec)->room,      \
                                          sizeof *(vec)->items))                                  \
         : (void)0,                                                                               \
     (vec)->items[(vec)->count] = __VA_ARGS__, (void)(vec)->count++)

/* Room for so many from the start, of an empty Vec: what grows by doubling leaves as much behind as it takes. */
#define vec_reserve(arena, vec, wanted)                                                           \
    ((void)((vec)->items = arena_alloc((arena), (wanted) * sizeof *(vec)->items), (vec)->room = (wanted)))

/* vec_each(edit, edits) { … edit->lo … } */
#define vec_each(item, vec)                                                                       \
    for (__typeof__(*(vec)->items) *item = (vec)->items;                                           \
         (vec)->count && item < (vec)->items + (vec)->count; item++)

#define vec_last(vec) ((vec)->items[(vec)->count - 1])

#define vec_sort(vec, order)                                                                      \
    ((vec)->count ? qsort((vec)->items, (vec)->count, sizeof *(vec)->items, (order)) : (void)0)

#endif
