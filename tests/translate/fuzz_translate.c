/* Whatever the bytes: no crash, and the laws of laws.h. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/translate/laws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char schema[] =
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, is_active BOOLEAN NOT "
    "NULL DEFAULT 1, age INTEGER, score REAL, created_at TIMESTAMP, j JSON, b BLOB);"
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id) ON DELETE "
    "CASCADE, title TEXT, n INTEGER NOT NULL DEFAULT 0, UNIQUE (user_id, title));"
    "CREATE TABLE kv (k TEXT PRIMARY KEY, v TEXT);";

/* The first byte chooses the options; the rest is the statement. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    Arena           *arena   = arena_open();
    Catalog          catalog = { 0 };
    Str              text    = { (const char *)data + 1, size - 1 };
    TranslateOptions options = { .keep_keys = data[0] & 2, .bind_clock = data[0] & 4,
                                 .postgres_alone = data[0] & 8 };

    catalog_add_sql(arena, &catalog, STR("s.sql"), str_of(schema), NULL);
    if (!(data[0] & 1))
        options.catalog = &catalog;
    Translation got    = sql_translate(arena, text, &options);
    const char *broken = translation_breaks(arena, &got, options.catalog);
    if (broken) {
        fprintf(stderr, "%s: " STR_FORMAT "\n", broken, STR_ARG(translation_apply(arena, &got)));
        abort();
    }
    arena_close(arena);
    return 0;
}
