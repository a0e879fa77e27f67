/*
 * Whatever the bytes: every table and column of the catalog is found by its name and by no other
 * table's, keys and the places of their columns agree, and every question about a statement of
 * the same text has an answer.
 */
#include <stdlib.h>

#include "analyzers/schema/resolve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool law)
{
    if (!law)
        abort();
}

static void hold_table(const Catalog *catalog, const CatalogTable *table)
{
    uint32_t highest = 0, count = 0;

    hold(catalog_table(catalog, table->name) == table);
    vec_each(column, &table->columns) {
        hold(catalog_column(table, column->name) == column);
        hold(column->meaning.certainty == MEANING_NO || column->meaning.because.len);
        hold(!column->rowid_alias || !column_is_nullable(table, column) || column->is_partial);
        count += column->pk > 0;
        highest = column->pk > highest ? column->pk : highest;
    }
    hold(count <= highest || highest == 0);
    for (size_t i = 1; i < table->keys.count; i++)
        hold(!table->keys.items[i].is_primary || table->keys.items[0].is_primary);
}

static void hold_resolved(const Resolved *got)
{
    hold((got->status == RESOLVED_COLUMN) == (got->column != NULL));
    hold(!got->column || got->table);
    hold(got->type == PG_UNKNOWN || got->table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena  *arena   = arena_open();
    Str     text    = { (const char *)data, size };
    Catalog catalog = { 0 };
    NoteVec notes   = { 0 };

    catalog_add_sql(arena, &catalog, STR("a.sql"), text, &notes);
    vec_each(table, &catalog.tables)
        hold_table(&catalog, *table);

    Sql          sql        = sql_parse(arena, text);
    StatementVec statements = statements_of(arena, &sql);
    vec_each(statement, &statements) {
        ResolvedResultVec results = { 0 };
        resolve_results(arena, &catalog, statement, &results);
        vec_each(result, &results)
            hold_resolved(&result->column);
        vec_each(bind, &statement->binds) {
            Resolved got = resolve_bind(arena, &catalog, statement, bind);
            hold_resolved(&got);
        }
        if (!statement->root)
            continue;
        node_walk_each(node, statement->root) {
            if (node->kind != NODE_COLUMN)
                continue;
            Resolved got = resolve_column(arena, &catalog, statement, node);
            hold_resolved(&got);
        }
    }
    arena_close(arena);
    return 0;
}
