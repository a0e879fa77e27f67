/*
 * The type check as a filter, for foreseen.py:   typing_lines SCHEMA.sql < statements
 *
 * Reads statements, each ended by a NUL, and writes for each one line of JSON: what PREPARE gets (binds as `$n`), and what
 * the check says of it.
 */
#include <jansson.h>
#include <stdio.h>

#include "analyzers/sql/lexer.h"
#include "base/own.h"
#include "rewriters/proof/proof.h"
#include "rewriters/proof/typing.h"

OWN_BY(json_t, json_decref)
OWN_BY(Arena, arena_close)

static Str read_all(Arena *arena, FILE *file)
{
    Buf  out = buf_new(arena);
    char bytes[4096];

    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
        buf_add(&out, (Str) { bytes, n });
    return buf_str(&out);
}

static Str with_dollars(Arena *arena, Str text)
{
    TokenVec tokens = tokens_of(arena, text);
    Buf      out    = buf_new(arena);
    unsigned number = 0;

    vec_each(token, &tokens) {
        if (token->kind == TOKEN_BIND)
            buf_format(&out, "$%u", ++number);
        else
            buf_add(&out, token_text(text, *token));
    }
    return buf_str(&out);
}

static json_t *text_of(Str text)
{
    return json_stringn_nocheck(text.ptr ? text.ptr : "", text.len);
}

static void judge(Arena *arena, const Catalog *catalog, Str statement)
{
    Str    text = with_dollars(arena, statement), said = { 0 };
    Typing got  = typing_of(arena, catalog, text);
    OWN(json_t) line = json_pack("{s:o, s:b, s:s, s:s, s:o, s:i, s:i}", "text", text_of(text), "parses",
                                 postgres_parses(arena, text, &said), "verdict", typing_verdict_name(got.verdict), "sqlstate",
                                 got.sqlstate ? got.sqlstate : "", "message", text_of(got.message), "lo", (int)got.lo, "hi",
                                 (int)got.hi);

    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
}

int main(int argc, char **argv)
{
    OWN(FILE) file = argc > 1 ? fopen(argv[1], "rb") : NULL;

    if (!file) {
        fprintf(stderr, "usage: typing_lines SCHEMA.sql < statements\n");
        return 2;
    }
    OWN(Arena) arena  = arena_open();
    Catalog   catalog = { 0 };
    Str       rest, statement;

    catalog_add_sql(arena, &catalog, str_of(argv[1]), read_all(arena, file), NULL);
    rest = read_all(arena, stdin);
    while (str_cut(&rest, '\0', &statement))
        if (statement.len)
            judge(arena, &catalog, statement);
    return 0;
}
