/*
 * Statements made of a grammar, for generated.py:   generate_statements GRAMMAR COUNT SEED
 *
 * Each is ended by a NUL. Same grammar, same numbers, same statements.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/own.h"
#include "tests/sql/grammar.h"

static Str read_all(Arena *arena, FILE *file)
{
    Buf  out = buf_new(arena);
    char bytes[4096];

    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
        buf_add(&out, (Str) { bytes, n });
    return buf_str(&out);
}

int main(int argc, char **argv)
{
    OWN(FILE) file = argc == 4 ? fopen(argv[1], "rb") : NULL;

    if (!file) {
        fprintf(stderr, "usage: generate_statements GRAMMAR COUNT SEED\n");
        return 2;
    }
    Arena   *held    = arena_open();
    Arena   *arena   = arena_open();
    Grammar  grammar = grammar_read(held, read_all(held, file));
    uint32_t count = (uint32_t)atoi(argv[2]), seed = (uint32_t)atoi(argv[3]);
    if (grammar.trouble)
        fprintf(stderr, "%s:%u: %s\n", argv[1], grammar.line, grammar.trouble);
    for (uint32_t i = 0; i < count && !grammar.trouble; i++, arena_reset(arena)) {
        Choices    choices    = { .seed = (uint64_t)(seed + i) << 20 };
        Derivation derivation = derive(arena, &grammar, "statement", &choices, 4 + choose(&choices, 6));
        Str        text       = tokens_joined(arena, &derivation.tokens, &choices);
        fwrite(text.ptr, 1, text.len, stdout);
        putchar('\0');
    }
    bool good = !grammar.trouble;
    arena_close(arena);
    arena_close(held);
    return good ? 0 : 2;
}
