/*
 * The translator as a filter, for both.py:   translate_lines SCHEMA.sql [OPTION…] < statements
 *
 * Reads statements, each ended by a NUL, and writes what becomes of each as one line of JSON.
 * Options are those of fixtures/sqltest: keep-binds, keep-keys, bind-clock, postgres-alone, no-catalog.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "rewriters/sql/translate.h"

OWN_BY(json_t, json_decref)

static Str read_all(Arena *arena, FILE *file)
{
    Buf  out = buf_new(arena);
    char bytes[4096];

    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
        buf_add(&out, (Str) { bytes, n });
    return buf_str(&out);
}

static json_t *text_of(Str text)
{
    return json_stringn_nocheck(text.ptr ? text.ptr : "", text.len);
}

static json_t *binds_of(const Translation *got)
{
    json_t *list = json_array();

    vec_each(bind, &got->binds)
        json_array_append_new(list, json_pack("{s:o, s:i, s:s, s:b, s:b, s:b, s:o}", "name",
                                              text_of(bind->name), "number", (int)bind->number,
                                              "type", pg_type_sql(bind->type), "direct",
                                              bind->direct, "expanding", bind->expanding, "clock",
                                              bind->clock, "shift", text_of(bind->shift)));
    return list;
}

static json_t *results_of(const Translation *got)
{
    json_t *list = json_array();

    vec_each(result, &got->results)
        json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:s, s:b, s:b}", "key",
                                              text_of(result->key), "lite_key",
                                              text_of(result->lite_key), "pg_key",
                                              text_of(result->pg_key), "type",
                                              pg_type_sql(result->type), "nullable",
                                              result->nullable, "star", result->is_star));
    return list;
}

static json_t *remarks_of(const Translation *got)
{
    json_t *list = json_array();

    vec_each(remark, &got->remarks)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "code", remark->code, "feature",
                                              remark->feature, "verdict",
                                              sql_verdict_name(remark->verdict)));
    return list;
}

static void translate_one(Arena *arena, Str statement, const TranslateOptions *options)
{
    Translation got = sql_translate(arena, statement, options);
    OWN(json_t) line = json_pack("{s:o, s:o, s:s, s:s, s:b, s:b, s:o, s:o, s:o}", "in",
                                 text_of(statement), "out",
                                 text_of(translation_apply(arena, &got)), "verdict",
                                 sql_verdict_name(got.verdict), "target",
                                 sql_target_name(got.target), "one_row", got.one_row, "ordered",
                                 got.ordered, "binds", binds_of(&got), "results",
                                 results_of(&got), "remarks", remarks_of(&got));

    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
}

static bool take_option(TranslateOptions *options, const char *word)
{
    if (strcmp(word, "keep-binds") == 0)
        options->keep_binds = true;
    else if (strcmp(word, "keep-keys") == 0)
        options->keep_keys = true;
    else if (strcmp(word, "bind-clock") == 0)
        options->bind_clock = true;
    else if (strcmp(word, "postgres-alone") == 0)
        options->postgres_alone = true;
    else if (strcmp(word, "any-limit") == 0)
        options->any_limit = true;
    else if (strcmp(word, "no-catalog") == 0)
        options->catalog = NULL;
    else
        return false;
    return true;
}

int main(int argc, char **argv)
{
    OWN(FILE) file = argc > 1 ? fopen(argv[1], "rb") : NULL;

    if (!file) {
        fprintf(stderr, "usage: translate_lines SCHEMA.sql [OPTION...] < statements\n");
        return 2;
    }
    Arena           *arena   = arena_open();
    Catalog          catalog = { 0 };
    TranslateOptions options = { .catalog = &catalog };

    catalog_add_sql(arena, &catalog, str_of(argv[1]), read_all(arena, file), NULL);
    for (int i = 2; i < argc; i++)
        if (!take_option(&options, argv[i])) {
            fprintf(stderr, "translate_lines: no option %s\n", argv[i]);
            arena_close(arena);
            return 2;
        }
    Str rest = read_all(arena, stdin), statement;
    while (str_cut(&rest, '\0', &statement))
        if (statement.len)
            translate_one(arena, statement, &options);
    arena_close(arena);
    return 0;
}
