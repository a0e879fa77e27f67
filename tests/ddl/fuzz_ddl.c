/*
 * Whatever the bytes: every table, view, trigger and index is written or told of, what is told
 * stands on one line, and the same catalog gives the same script and the same revision.
 */
#include <stdlib.h>

#include "rewriters/schema/alembic.h"
#include "rewriters/schema/ddl.h"
#include "rewriters/schema/python.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool law)
{
    if (!law)
        abort();
}

static size_t beginning_with(const Ddl *ddl, const char *words)
{
    size_t count = 0;

    vec_each(statement, &ddl->statements)
        count += str_starts_with(statement->sql, str_of(words));
    return count;
}

static size_t left_out(const Ddl *ddl)
{
    size_t count = 0;

    vec_each(statement, &ddl->statements) {
        hold(statement->sql.len || statement->findings.count);
        count += statement->sql.len == 0;
        vec_each(finding, &statement->findings) {
            hold(finding->message.len > 0);
            for (size_t i = 0; i < finding->message.len; i++)
                hold((unsigned char)finding->message.ptr[i] >= ' ');
        }
    }
    return count;
}

/* A revision has both functions, is UTF-8 without controls, and has what is told as one line each. */
static void hold_revision(Arena *arena, const Ddl *ddl, const Ddl *with_notes)
{
    Str name = STR("0001_baseline"), text = alembic_text(arena, ddl, name);

    hold(str_eq(text, alembic_text(arena, ddl, name)));
    hold(str_contains(text, STR("\ndef upgrade() -> None:\n    ")));
    hold(str_contains(text, STR("\ndef downgrade() -> None:\n    ")));
    hold(str_eq(text, utf8_only(arena, text)));
    for (size_t i = 0; i < text.len; i++)
        hold((unsigned char)text.ptr[i] >= ' ' || text.ptr[i] == '\n');
    hold(alembic_text(arena, with_notes, name).len >= text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena  *arena   = arena_open();
    Catalog catalog = { 0 };
    NoteVec notes   = { 0 };

    catalog_add_sql(arena, &catalog, STR("a.sql"), (Str){ (const char *)data, size }, &notes);

    Ddl    ddl     = ddl_of(arena, &catalog, NULL);
    size_t written = beginning_with(&ddl, "CREATE TABLE") + beginning_with(&ddl, "CREATE VIEW");
    hold(written + left_out(&ddl) >= catalog.tables.count + catalog.triggers.count);

    Str once = ddl_text(arena, &ddl);
    Ddl same = ddl_of(arena, &catalog, &catalog.notes);
    ddl      = ddl_of(arena, &catalog, NULL);
    hold(str_ends_with(ddl_text(arena, &same), once));
    hold(str_eq(ddl_text(arena, &ddl), once));
    hold_revision(arena, &ddl, &same);
    arena_close(arena);
    return 0;
}
