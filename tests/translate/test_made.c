/*
 * Statements made of grammars, translated: the laws hold, and the parsers of both databases take what comes out.
 * LITE2PG_GENERATED=n makes n thousand of each grammar (4); LITE2PG_SEED=n begins elsewhere. What differs is
 * printed with its seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "analyzers/schema/rebuilt.h"
#include "base/own.h"
#include "tests/given_file.h"
#include "tests/sql/grammar.h"
#include "tests/sql/sqlite_answer.h"
#include "tests/translate/laws.h"

OWN_BY(Arena, arena_close)
OWN_BY(Prover, prover_close)
OWN_BY(Rebuilt, rebuilt_close)

enum { SHOWN = 15 };

typedef struct Making {
    Catalog  catalog;
    Prover  *prover;
    Rebuilt *tables;
    uint32_t verdicts[SQL_DECIDE + 1];
    uint32_t wrong;
} Making;

static void differ(Making *making, Str what, uint64_t seed, Str text, Str out)
{
    if (making->wrong++ < SHOWN)
        print_error(STR_FORMAT " (seed %llu): " STR_FORMAT "\n   out: " STR_FORMAT "\n", STR_ARG(what),
                    (unsigned long long)seed, STR_ARG(text), STR_ARG(out));
}

static void judge(Arena *arena, Making *making, Str text, uint32_t i, uint64_t seed)
{
    TranslateOptions options = { .catalog = &making->catalog, .keep_keys = i & 1, .bind_clock = i & 2 };
    Translation      got     = sql_translate(arena, text, &options);
    const char      *broken  = translation_breaks(arena, &got, options.catalog);
    Str              refuted = broken ? str_of(broken) : translation_refuted(arena, making->prover, &options, &got);

    making->verdicts[got.verdict]++;
    if (!broken && refuted.len && !rebuilt_prepares(arena, making->tables, text, &(Str) { 0 }))
        return; /* it is none for SQLite, either */
    if (refuted.len)
        differ(making, refuted, seed, text, translation_apply(arena, &got));
}

static void make(const char *path, Str schema, uint32_t depth)
{
    OWN(Arena) held   = arena_open();
    OWN(Arena) arena  = arena_open();
    Making   making   = { 0 };
    Grammar  grammar  = grammar_read(held, file_given(held, path));
    uint32_t count    = number_given("LITE2PG_GENERATED", 4) * 1000;
    uint32_t first    = number_given("LITE2PG_SEED", 1);

    if (grammar.trouble)
        fail_msg("%s:%u: %s", path, grammar.line, grammar.trouble);
    catalog_add_sql(held, &making.catalog, STR("schema.sql"), schema, NULL);
    OWN(Prover) prover = prover_open();
    OWN(Rebuilt) tables = rebuilt_open(&making.catalog);
    making.prover       = prover;
    making.tables       = tables;

    for (uint32_t i = 0; i < count; i++, arena_reset(arena)) {
        Choices    choices    = { .seed = (uint64_t)(first + i) << 20 };
        Derivation derivation = derive(arena, &grammar, "statement", &choices, depth + choose(&choices, 6));
        judge(arena, &making, tokens_joined(arena, &derivation.tokens, &choices), i, first + i);
    }

    print_message("%s: %u same, %u differ, %u refused\n", path, making.verdicts[SQL_SAME], making.verdicts[SQL_DIFFERS],
                  making.verdicts[SQL_DECIDE]);
    assert_int_equal(making.wrong, 0);
    assert_true(making.verdicts[SQL_SAME] + making.verdicts[SQL_DIFFERS] > count / 20);
}

static void what_people_write_stays_valid(void **state)
{
    OWN(Arena) arena = arena_open();
    (void)state;

    make("fixtures/sqltest/shop.grammar", file_given(arena, "fixtures/sqltest/executed/schema.sql"), 4);
}

static void what_sqlite_takes_stays_valid_or_is_refused(void **state)
{
    (void)state;
    make("fixtures/sql/sqlite.grammar", str_of(sqlite_tables_text), 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_people_write_stays_valid),
        cmocka_unit_test(what_sqlite_takes_stays_valid_or_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
