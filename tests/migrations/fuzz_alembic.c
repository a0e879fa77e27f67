/*
 * Whatever the Python: a revision gives a catalog in which every table and column is found by its name, every note stands
 * in the file, and the same text gives the same catalog.
 */
#include <stdlib.h>

#include "analyzers/migrations/alembic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool law)
{
    if (!law)
        abort();
}

static Catalog read_text(Arena *arena, Str text)
{
    Catalog         catalog = { 0 };
    RevisionFileVec files   = { 0 };
    RevisionFile    file    = { STR("versions/a.py"), text };

    vec_push(arena, &files, file);
    catalog_add_alembic(arena, &catalog, &files);
    return catalog;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char head[] = "from alembic import op\nimport sqlalchemy as sa\nrevision = '1'\ndown_revision = None\n";

    Arena  *arena = arena_open();
    Buf     text  = buf_new(arena);

    buf_add(&text, str_of(head));
    buf_add(&text, (Str) { (const char *)data, size });
    Catalog first = read_text(arena, buf_str(&text)), second = read_text(arena, buf_str(&text));

    vec_each(at, &first.tables) {
        const CatalogTable *table = *at;
        hold(catalog_table(&first, table->name) == table);
        hold(table->place.hi <= text.len && table->place.lo <= table->place.hi);
        vec_each(column, &table->columns) {
            hold(catalog_column(table, column->name) == column);
            hold(column->meaning.certainty == MEANING_NO || column->meaning.because.len);
            hold(column->place.hi <= text.len);
        }
    }
    vec_each(note, &first.notes)
        hold(note->place.line > 0 && note->place.hi <= text.len && note->message.len);
    hold(first.tables.count == second.tables.count && first.notes.count == second.notes.count);
    arena_close(arena);
    return 0;
}
