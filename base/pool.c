#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

typedef struct Pool {
    PoolWork     *work;
    void         *data;
    size_t        count;
    atomic_size_t next;
} Pool;

typedef struct Worker {
    Pool     *pool;
    unsigned  number;
    pthread_t thread;
} Worker;

static void *work_on(void *argument)
{
    const Worker *worker = argument;
    Pool         *pool   = worker->pool;

    for (size_t at; (at = atomic_fetch_add(&pool->next, 1)) < pool->count;)
        pool->work(pool->data, worker->number, at);
    return NULL;
}

void pool_run(unsigned jobs, size_t count, size_t share, PoolWork *work, void *data)
{
    Pool     pool                     = { .work = work, .data = data, .count = count };
    Worker   workers[POOL_JOBS_LIMIT] = { 0 };
    unsigned started                  = 1;

    if (jobs > POOL_JOBS_LIMIT)
        jobs = POOL_JOBS_LIMIT;
    while (started < jobs && started < count / share) {
        Worker *worker = &workers[started];
        *worker        = (Worker) { .pool = &pool, .number = started };
        if (pthread_create(&worker->thread, NULL, work_on, worker) != 0)
            break;
        started++;
    }
    workers[0].pool = &pool;
    work_on(&workers[0]);
    for (unsigned i = 1; i < started; i++)
        pthread_join(workers[i].thread, NULL);
}

unsigned pool_usual_jobs(void)
{
    cpu_set_t ours;

    if (sched_getaffinity(0, sizeof ours, &ours) != 0)
        return 1;
    int count = CPU_COUNT(&ours);
    return count < 1 ? 1 : count < POOL_USUAL_LIMIT ? (unsigned)count : POOL_USUAL_LIMIT;
}
