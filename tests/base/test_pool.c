#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/pool.h"

enum { MANY = 3000 };

typedef struct Tally {
    unsigned char done[MANY];
    size_t        by_worker[POOL_JOBS_LIMIT];
} Tally;

static void tally(void *data, unsigned worker, size_t index)
{
    Tally *out = data;

    out->done[index]++;
    out->by_worker[worker]++;
}

static void everything_is_done_once_by_any_number_of_workers(void **state)
{
    (void)state;
    const unsigned jobs[] = { 1, 2, 3, 8, POOL_JOBS_LIMIT, 1000 };

    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        Tally  out   = { 0 };
        size_t total = 0;

        pool_run(jobs[i], MANY, 1, tally, &out);

        for (size_t at = 0; at < MANY; at++)
            assert_int_equal(out.done[at], 1);
        for (size_t worker = 0; worker < POOL_JOBS_LIMIT; worker++) {
            assert_true(worker < jobs[i] || out.by_worker[worker] == 0);
            total += out.by_worker[worker];
        }
        assert_int_equal(total, MANY);
    }
}

static void little_work_is_done_by_the_caller(void **state)
{
    (void)state;
    Tally out = { 0 };

    pool_run(8, 5, 10, tally, &out);
    pool_run(8, 0, 10, tally, &out);

    assert_int_equal(out.by_worker[0], 5);
}

static void what_was_begun_ahead_is_finished_and_the_rest_is_not_done(void **state)
{
    (void)state;
    const unsigned jobs[] = { 1, 2, 8 };

    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        Tally  out   = { 0 };
        size_t total = 0;

        Pool *pool = pool_start(jobs[i], MANY, 1, tally, &out);
        pool_stop(pool);

        for (size_t at = 0; at < MANY; at++)
            assert_true(out.done[at] <= 1);
        for (size_t at = 1; at < MANY; at++)
            assert_true(out.done[at] <= out.done[at - 1]);
        for (size_t worker = 0; worker < POOL_JOBS_LIMIT; worker++)
            total += out.by_worker[worker];
        assert_int_equal(out.by_worker[0], 0); /* the caller has something else to do */
        assert_true(jobs[i] > 1 || total == 0);
    }
    pool_stop(NULL);
}

static void each_worker_has_memory_of_its_own(void **state)
{
    (void)state;
    Workers workers = { .jobs = 3 };

    Arena *first = workers_arena(&workers, 0), *third = workers_arena(&workers, 2);
    assert_ptr_equal(workers_arena(&workers, 0), first);
    assert_ptr_not_equal(first, third);
    assert_null(workers.arenas[1]);
    arena_alloc(first, 100);
    arena_alloc(third, 1000);
    assert_int_equal(workers_used(&workers), arena_used(first) + arena_used(third));
    workers_reset(&workers);
    assert_int_equal(workers_used(&workers), 0);
    workers_close(&workers);
    assert_null(workers.arenas[0]);
}

static void the_usual_number_is_within_its_limit(void **state)
{
    (void)state;
    assert_in_range(pool_usual_jobs(), 1, POOL_USUAL_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_done_once_by_any_number_of_workers),
        cmocka_unit_test(little_work_is_done_by_the_caller),
        cmocka_unit_test(what_was_begun_ahead_is_finished_and_the_rest_is_not_done),
        cmocka_unit_test(each_worker_has_memory_of_its_own),
        cmocka_unit_test(the_usual_number_is_within_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
