#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/error.h"

typedef struct Worker {
    Pool     *pool;
    unsigned  number;
    pthread_t thread;
} Worker;

struct Pool {
    PoolWork     *work;
    void         *data;
    size_t        count;
    atomic_size_t next;
    Worker        workers[POOL_JOBS_LIMIT];
    unsigned      started; /* the first worker, who is the caller, included */
};

static void *work_on(void *argument)
{
    const Worker *worker = argument;
    Pool         *pool   = worker->pool;

    for (size_t at; (at = atomic_fetch_add(&pool->next, 1)) < pool->count;)
        pool->work(pool->data, worker->number, at);
    return NULL;
}

/* Starts all workers but the first. */
static void start(Pool *pool, unsigned jobs, size_t share)
{
    if (jobs > POOL_JOBS_LIMIT)
        jobs = POOL_JOBS_LIMIT;
    for (pool->started = 1; pool->started < jobs && pool->started < pool->count / share; pool->started++) {
        Worker *worker = &pool->workers[pool->started];
        *worker        = (Worker) { .pool = pool, .number = pool->started };
        if (pthread_create(&worker->thread, NULL, work_on, worker) != 0)
            break;
    }
}

static void join(const Pool *pool)
{
    for (unsigned i = 1; i < pool->started; i++)
        pthread_join(pool->workers[i].thread, NULL);
}

void pool_run(unsigned jobs, size_t count, size_t share, PoolWork *work, void *data)
{
    Pool pool = { .work = work, .data = data, .count = count };

    start(&pool, jobs, share);
    pool.workers[0].pool = &pool;
    work_on(&pool.workers[0]);
    join(&pool);
}

Pool *pool_start(unsigned jobs, size_t count, size_t share, PoolWork *work, void *data)
{
    Pool *pool = calloc(1, sizeof *pool);

    if (!pool)
        out_of_memory();
    pool->work  = work;
    pool->data  = data;
    pool->count = count;
    start(pool, jobs, share);
    return pool;
}

void pool_stop(Pool *pool)
{
    if (!pool)
        return;
    atomic_store(&pool->next, pool->count);
    join(pool);
    free(pool);
}

Arena *workers_arena(Workers *workers, unsigned worker)
{
    if (!workers->arenas[worker])
        workers->arenas[worker] = arena_open();
    return workers->arenas[worker];
}

void workers_reset(Workers *workers)
{
    for (unsigned i = 0; i < POOL_JOBS_LIMIT; i++)
        if (workers->arenas[i])
            arena_reset(workers->arenas[i]);
}

size_t workers_used(const Workers *workers)
{
    size_t used = 0;

    for (unsigned i = 0; i < POOL_JOBS_LIMIT; i++)
        used += workers->arenas[i] ? arena_used(workers->arenas[i]) : 0;
    return used;
}

void workers_close(Workers *workers)
{
    for (unsigned i = 0; i < POOL_JOBS_LIMIT; i++) {
        arena_close(workers->arenas[i]);
        workers->arenas[i] = NULL;
    }
}

unsigned pool_usual_jobs(void)
{
    cpu_set_t ours;

    if (sched_getaffinity(0, sizeof ours, &ours) != 0)
        return 1;
    int count = CPU_COUNT(&ours);
    return count < 1 ? 1 : count < POOL_USUAL_LIMIT ? (unsigned)count : POOL_USUAL_LIMIT;
}
