/*
 * The same work on many things, by several threads.
 *
 * pool_run() calls `work` once for each index from 0 to `count` - 1 and returns when all are
 * done. Which worker takes which index, and when, is not determined: the work on an index
 * writes to that index's own place and into memory of its `worker` (a number below `jobs`)
 * alone, reads what nobody writes, and so comes out the same for any number of threads.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>

enum { POOL_JOBS_LIMIT = 64, POOL_USUAL_LIMIT = 8 };

typedef void PoolWork(void *data, unsigned worker, size_t index);

/* The caller is the first worker; further threads are started only for `share` things each. Where
 * the system gives us fewer, those there are do it all. */
void pool_run(unsigned jobs, size_t count, size_t share, PoolWork *work, void *data);

/* As many as there are processors for us, up to POOL_USUAL_LIMIT. */
unsigned pool_usual_jobs(void);

#endif
