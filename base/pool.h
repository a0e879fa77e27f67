/*
 * The same work on many things, by several threads.
 *
 * pool_run() calls `work` once for each index from 0 to `count` - 1 and returns when all are
 * done. Which worker takes which index, and when, is not determined: the work on an index
 * writes to that index's own place and into memory of its `worker` (a number below `jobs`)
 * alone, reads what nobody writes, and so comes out the same for any number of threads.
 *
 * pool_start() lets all but the first worker begin while the caller does something else, and
 * pool_stop() ends it: what was begun is finished, the rest is not done. That is for work that
 * saves time if it is done, and changes nothing if it is not.
 *
 * Workers are so many threads with an arena for each.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>

#include "base/arena.h"

enum { POOL_JOBS_LIMIT = 64, POOL_USUAL_LIMIT = 8 };

typedef void PoolWork(void *data, unsigned worker, size_t index);

/* The caller is the first worker; further threads are started only for `share` things each. Where
 * the system gives us fewer, those there are do it all. */
void pool_run(unsigned jobs, size_t count, size_t share, PoolWork *work, void *data);

typedef struct Pool Pool;

Pool *pool_start(unsigned jobs, size_t count, size_t share, PoolWork *work, void *data);
void  pool_stop(Pool *pool); /* waits, and gives back its memory; NULL is fine */

typedef struct Workers {
    unsigned jobs;
    Arena   *arenas[POOL_JOBS_LIMIT]; /* of the workers that were asked for theirs */
} Workers;

Arena *workers_arena(Workers *workers, unsigned worker); /* is opened when it is first asked for */
void   workers_reset(Workers *workers);                  /* what lives in the arenas is gone */
void   workers_close(Workers *workers);
size_t workers_used(const Workers *workers);             /* bytes, of all: whoever did the work */

/* As many as there are processors for us, up to POOL_USUAL_LIMIT. */
unsigned pool_usual_jobs(void);

#endif
