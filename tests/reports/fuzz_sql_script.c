/*
 * Whatever the text: no crash; the result has one statement for each that was taken, all of them whole, and no other; and a
 * second run finds just these.
 */
#include <stdio.h>
#include <stdlib.h>

#include "analyzers/intake/utf8.h"
#include "analyzers/sql/parser.h"
#include "reports/sql_script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char schema[] = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, is_active BOOLEAN NOT NULL, "
                             "age INTEGER, created_at TIMESTAMP);";

static void must(bool holds, const char *law, Str text)
{
    if (holds)
        return;
    fprintf(stderr, "%s:\n" STR_FORMAT "\n", law, STR_ARG(text));
    abort();
}

static bool is_whole(const Sql *sql)
{
    vec_each(statement, &sql->statements)
        if (statement->broken)
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str text = { (const char *)data, size };

    if (size == 0 || utf8_bad_at(text) != STR_NOT_FOUND || memchr(data, 0, size))
        return 0; /* the command refuses these */
    if (str_contains(text, STR("for Postgres alone")))
        return 0; /* what says of itself that it was translated is left as it is */
    Arena  *arena   = arena_open();
    Catalog catalog = { 0 };
    catalog_add_sql(arena, &catalog, STR("s.sql"), str_of(schema), NULL);

    TranslateOptions options = { .catalog = &catalog, .postgres_alone = data[0] & 1 };

    SqlScript once   = sql_script_translate(arena, NULL, text, &options);
    Sql       result = sql_parse(arena, once.text);
    must(result.statements.count == once.statements - once.refused, "other statements than were taken", once.text);
    must(is_whole(&result), "a statement that was taken is broken", once.text);

    SqlScript twice = sql_script_translate(arena, NULL, once.text, &options);
    must(twice.statements == once.statements - once.refused, "statements come or go", twice.text);
    arena_close(arena);
    return 0;
}
