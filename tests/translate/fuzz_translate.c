/*
 * Whatever the bytes: no crash, the laws of laws.h, and no text that the parsers of the databases refute.
 *
 * The first byte chooses the options, and whether the rest is a statement or decides how one is made of
 * shop.grammar.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/given_file.h"
#include "tests/sql/grammar.h"
#include "tests/translate/laws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WITHOUT_CATALOG = 1, KEEP_KEYS = 2, BIND_CLOCK = 4, MADE = 8, POSTGRES_ALONE = 16 };

/* What is the same for all inputs. */
typedef struct Given {
    Catalog catalog;
    Prover *prover;
    Grammar grammar;
} Given;

static Given *given(void)
{
    static Given  all;
    static Arena *arena;

    if (!arena) {
        arena       = arena_open();
        all.grammar = grammar_read(arena, file_given(arena, "fixtures/sqltest/shop.grammar"));
        catalog_add_sql(arena, &all.catalog, STR("s.sql"), file_given(arena, "fixtures/sqltest/executed/schema.sql"),
                        NULL);
        all.prover = prover_open();
    }
    return &all;
}

static Str made(Arena *arena, Grammar *grammar, const uint8_t *data, size_t size)
{
    Choices    choices    = { .bytes = data, .count = size, .of_bytes = true };
    Derivation derivation = derive(arena, grammar, "statement", &choices, 8);

    return tokens_joined(arena, &derivation.tokens, &choices);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    Given           *all     = given();
    Arena           *arena   = arena_open();
    Str              text    = data[0] & MADE ? made(arena, &all->grammar, data + 1, size - 1)
                                              : (Str) { (const char *)data + 1, size - 1 };
    TranslateOptions options = { .keep_keys = data[0] & KEEP_KEYS, .bind_clock = data[0] & BIND_CLOCK,
                                 .postgres_alone = data[0] & POSTGRES_ALONE };

    if (!(data[0] & WITHOUT_CATALOG))
        options.catalog = &all->catalog;
    Translation got    = sql_translate(arena, text, &options);
    const char *broken = translation_breaks(arena, &got, options.catalog);
    Str         said   = broken ? str_of(broken) : translation_refuted(arena, all->prover, &options, &got);
    if (said.len) {
        fprintf(stderr, STR_FORMAT "\n  in:  " STR_FORMAT "\n  out: " STR_FORMAT "\n", STR_ARG(said), STR_ARG(text),
                STR_ARG(translation_apply(arena, &got)));
        abort();
    }
    arena_close(arena);
    return 0;
}
