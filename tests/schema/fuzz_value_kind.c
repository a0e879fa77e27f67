/*
 * Whatever the bytes: what is said to be JSON, SQLite takes for JSON; what is said to be a time or a
 * date is that day for SQLite, too; and a form shows no letter but `a`, no digit but 9, nothing that cannot be printed.
 */
#include <ctype.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "analyzers/schema/json_text.h"
#include "analyzers/schema/value_kind.h"
#include "base/own.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

OWN_BY(sqlite3_stmt, sqlite3_finalize)

static void hold(bool law)
{
    if (!law)
        abort();
}

static bool agrees(const char *question, Str text)
{
    static sqlite3    *db;
    OWN(sqlite3_stmt)  statement = NULL;

    if (!db)
        hold(sqlite3_open(":memory:", &db) == SQLITE_OK);
    hold(sqlite3_prepare_v2(db, question, -1, &statement, NULL) == SQLITE_OK);
    sqlite3_bind_text(statement, 1, text.ptr, (int)text.len, SQLITE_STATIC);
    hold(sqlite3_step(statement) == SQLITE_ROW);
    return sqlite3_column_int(statement, 0) == 1;
}

static void hold_form(Str form)
{
    for (size_t i = 0; i < form.len && form.ptr[0] == '"'; i++) {
        unsigned char c = (unsigned char)form.ptr[i];
        hold(isprint(c) && (!isalpha(c) || c == 'a') && (!isdigit(c) || c == '9'));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena    *arena = arena_open();
    Str       text  = { (const char *)data, size };
    ValueKind kind  = text_kind_of(text);

    hold(value_kind_words(kind)[0] != '\0');
    if (json_kind_of(text) != JSON_NO)
        hold(agrees("SELECT json_valid(?1)", text));
    if (kind == VALUE_ISO_DATE || kind == VALUE_ISO_TIME)
        hold(agrees("SELECT date(substr(?1, 1, 10)) = substr(?1, 1, 10)", text));
    if (kind == VALUE_ISO_TIME)
        hold(agrees("SELECT time(substr(?1, 12, 5)) = substr(?1, 12, 5) || ':00'", text));
    hold_form(value_form(arena, text));
    arena_close(arena);
    return 0;
}
