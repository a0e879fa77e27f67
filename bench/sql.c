/*
 * What a statement costs:   bench_sql SCHEMA.sql STATEMENTS.sql [ROUNDS]
 *
 * STATEMENTS.sql has one on each line, those of fixtures/sqltest/executed as they are. They are gone through
 * ROUNDS times (best of them counts), by one thread: read by our parser, translated, translated and proved,
 * and prepared by SQLite. sqlite3_prepare_v2() on the same statements in the same run is 1.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/own.h"
#include "rewriters/proof/proof.h"
#include "tests/given_file.h"

OWN_BY(Arena, arena_close)
OWN_BY(Prover, prover_close)
OWN_BY(sqlite3, sqlite3_close)

typedef struct Bench {
    Arena   *arena;
    StrVec   statements;
    Catalog  catalog;
    Prover  *prover;
    sqlite3 *db;
    size_t   useful; /* keeps the compiler from leaving out what nobody looks at */
} Bench;

static void read_statements(Bench *bench, Str text)
{
    for (Str line; str_cut(&text, '\n', &line);) {
        size_t args = str_find(line, STR(" -- args: "));
        if (line.len && !str_starts_with(line, STR("--")))
            vec_push(bench->arena, &bench->statements,
                     str_of(str_cstr(bench->arena, str_slice(line, 0, args == STR_NOT_FOUND ? line.len : args))));
    }
}

/* -- what is measured ------------------------------------------------------------------------ */

static void prepare(Bench *bench, Arena *arena, Str text)
{
    sqlite3_stmt *statement = NULL;

    (void)arena;
    bench->useful += sqlite3_prepare_v2(bench->db, text.ptr, (int)text.len, &statement, NULL) == SQLITE_OK;
    sqlite3_finalize(statement);
}

static void parse(Bench *bench, Arena *arena, Str text)
{
    bench->useful += sql_parse(arena, text).statements.count;
}

static Translation translated(Bench *bench, Arena *arena, Str text)
{
    return sql_translate(arena, text, &(TranslateOptions) { .catalog = &bench->catalog });
}

static void translate(Bench *bench, Arena *arena, Str text)
{
    Translation got = translated(bench, arena, text);

    bench->useful += translation_apply(arena, &got).len > 0;
}

static void prove(Bench *bench, Arena *arena, Str text)
{
    Translation got = translated(bench, arena, text);

    translation_prove(arena, bench->prover, &(TranslateOptions) { .catalog = &bench->catalog }, &got);
    bench->useful += got.verdict != SQL_DECIDE;
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* CPU seconds of one statement, the best round. */
static double cost(Bench *bench, void (*act)(Bench *, Arena *, Str), unsigned rounds)
{
    OWN(Arena) scratch = arena_open();
    double best        = 1e9;

    for (unsigned i = 0; i < rounds; i++) {
        double begun = seconds();
        vec_each(statement, &bench->statements) {
            act(bench, scratch, *statement);
            arena_reset(scratch);
        }
        double took = seconds() - begun;
        best        = took < best ? took : best;
    }
    return best / (double)bench->statements.count;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*act)(Bench *, Arena *, Str);
    } acts[] = {
        { "SQLite prepares", prepare },
        { "parsed", parse },
        { "translated", translate },
        { "translated and proved", prove },
    };

    if (argc < 3) {
        fprintf(stderr, "usage: bench_sql SCHEMA.sql STATEMENTS.sql [ROUNDS]\n");
        return 2;
    }
    OWN(Arena) arena   = arena_open();
    OWN(Prover) prover = prover_open();
    OWN(sqlite3) db    = NULL;
    Str      schema    = file_given(arena, argv[1]);
    unsigned rounds    = argc > 3 ? (unsigned)atoi(argv[3]) : 50;
    double   unit      = 0;

    sqlite3_open(":memory:", &db);
    sqlite3_exec(db, str_cstr(arena, schema), NULL, NULL, NULL);
    Bench bench = { .arena = arena, .prover = prover, .db = db };
    catalog_add_sql(arena, &bench.catalog, STR("schema.sql"), schema, NULL);
    read_statements(&bench, file_given(arena, argv[2]));

    printf("%zu statements, one thread, best of %u rounds; sqlite3_prepare_v2() = 1\n", bench.statements.count, rounds);
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        double one = cost(&bench, acts[i].act, rounds);
        unit       = i ? unit : one;
        printf("  %-22s %6.2f   %6.2f us   %9.0f statements/s\n", acts[i].name, one / unit, one * 1e6, 1 / one);
    }
    return bench.useful ? 0 : 1;
}
