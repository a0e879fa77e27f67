/*
 * Whatever the bytes: the laws of laws.h, and what SQLite accepts we accept, what it refuses we refuse.
 *
 * Bytes behind a first one of 1 decide how a text is made of sqlite.grammar; all others are one.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/given_file.h"
#include "tests/sql/agreement.h"
#include "tests/sql/grammar.h"
#include "tests/sql/laws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Grammar *grammar_of_sqlite(void)
{
    static Grammar  grammar;
    static Arena   *arena;

    if (!arena) {
        arena   = arena_open();
        grammar = grammar_read(arena, file_given(arena, "fixtures/sql/sqlite.grammar"));
    }
    return &grammar;
}

static Str made(Arena *arena, const uint8_t *data, size_t size)
{
    Choices    choices    = { .bytes = data, .count = size, .of_bytes = true };
    Derivation derivation = derive(arena, grammar_of_sqlite(), "statement", &choices, 14);

    return tokens_joined(arena, &derivation.tokens, &choices);
}

static void hold_to(Str text, Str broken)
{
    if (broken.len == 0)
        return;
    fprintf(stderr, STR_FORMAT "\n  " STR_FORMAT "\n", STR_ARG(broken), STR_ARG(text));
    abort();
}

/* SQLite reads up to a NUL, has no holes, and knows depths of its own. */
static bool is_comparable(Str text)
{
    return text.len && text.len < 1000 && str_find_char(text, '\0') == STR_NOT_FOUND
        && str_find_char(text, SQL_HOLE) == STR_NOT_FOUND;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static sqlite3 *db;

    if (size == 0)
        return 0;
    if (!db)
        db = sqlite_tables();
    Arena      *arena  = arena_open();
    Str         text   = data[0] == 1 ? made(arena, data + 1, size - 1) : (Str) { (const char *)data, size };
    Sql         sql    = sql_parse(arena, text);
    uint32_t    at     = 0;
    const char *broken = sql_breaks(arena, &sql, &at);

    hold_to(text, broken ? str_format(arena, "%s, at %u", broken, at) : (Str) { 0 });
    if (is_comparable(text)) {
        SqliteAnswer theirs = sqlite_answer(arena, db, text);
        hold_to(text, sql_disagreement(arena, &sql, &theirs));
    }
    arena_close(arena);
    return 0;
}
