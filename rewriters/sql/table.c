#include "rewriters/sql/table.h"

#include <stdlib.h>

static ValueKind kind_of(PgType type)
{
    switch (type) {
    case PG_BIGINT: return VALUE_INTEGER;
    case PG_TEXT: return VALUE_TEXT;
    case PG_DOUBLE: return VALUE_DOUBLE;
    case PG_NUMERIC: return VALUE_NUMERIC;
    case PG_BOOLEAN: return VALUE_BOOLEAN;
    case PG_TIMESTAMPTZ: return VALUE_TIMESTAMP;
    case PG_DATE: return VALUE_DATE;
    case PG_JSONB: return VALUE_JSON;
    case PG_BYTEA: return VALUE_BYTES;
    case PG_UUID: return VALUE_UUID;
    case PG_UNKNOWN:
    case PG_TYPE_COUNT: break;
    }
    return VALUE_UNKNOWN;
}

int known_column(const KnownTable *table, Str name)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (str_eq_nocase(table->columns.items[i].name, name))
            return (int)i;
    return KNOWN_NO_COLUMN;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

static bool same_key(const KnownKey *a, const KnownKey *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (a->columns[i] != b->columns[i])
            return false;
    return true;
}

static void add_key(Arena *arena, KnownTable *table, const StrVec *columns, bool primary)
{
    KnownKey key = { .columns = arena_array(arena, uint32_t, columns->count), .primary = primary };

    vec_each(name, columns) {
        int at = known_column(table, *name);
        if (at == KNOWN_NO_COLUMN) {
            table->other_unique = true;
            return;
        }
        key.columns[key.count++] = (uint32_t)at;
    }
    if (key.count == 0)
        return;
    qsort(key.columns, key.count, sizeof *key.columns, by_number);
    vec_each(old, &table->keys) {
        if (same_key(old, &key)) {
            old->primary = old->primary || primary;
            return;
        }
    }
    vec_push(arena, &table->keys, key);
}

static void add_keys(Arena *arena, const CatalogTable *from, KnownTable *table)
{
    vec_each(key, &from->keys)
        add_key(arena, table, &key->columns, key->is_primary);
    for (size_t i = 0; i < from->columns.count; i++) {
        const CatalogColumn *column = &from->columns.items[i];
        StrVec               alone  = { 0 };
        vec_push(arena, &alone, column->name);
        if (column->rowid_alias)
            add_key(arena, table, &alone, true);
        else if (column->unique)
            add_key(arena, table, &alone, false);
    }
    vec_each(index, &from->indexes) {
        if (!index->unique)
            continue;
        if (index->where.node || index->has_expression)
            table->other_unique = true;
        else
            add_key(arena, table, &index->columns, false);
    }
}

static void add_columns(Arena *arena, const CatalogTable *from, KnownTable *table)
{
    for (size_t i = 0; i < from->columns.count; i++) {
        const CatalogColumn *column = &from->columns.items[i];
        KnownColumn known = {
            .name        = column->name,
            .kind        = kind_of(column->type),
            .not_null    = column->not_null || column->pk || column->rowid_alias,
            .generated   = column->generated != GENERATED_NO,
            .foreign     = column->type == PG_UNKNOWN && column->postgres.len,
            .was_text    = column->affinity == AFFINITY_TEXT
                     && (column->type == PG_NUMERIC || column->type == PG_DOUBLE || column->type == PG_BIGINT),
            .nocase      = str_eq_nocase(column->collation, STR("nocase")),
            .collates    = column->collation.len && !str_eq_nocase(column->collation, STR("nocase"))
                     && !str_eq_nocase(column->collation, STR("binary")),
            .has_default = column->default_.node != NULL,
        };
        if (known.has_default)
            known.default_text = node_text(column->default_.text, column->default_.node);
        if (column->rowid_alias)
            table->rowid_column = (int)i;
        vec_push(arena, &table->columns, known);
    }
}

/* Those a boolean cannot fail, for Postgres has no such CHECK on it (SC-15). */
static void add_checks(const CatalogTable *from, KnownTable *table)
{
    vec_each(check, &from->checks) {
        int at = check->column.len ? known_column(table, check->column) : KNOWN_NO_COLUMN;
        if (at == KNOWN_NO_COLUMN)
            table->table_checked = true;
        else
            table->columns.items[at].checked = true;
    }
}

static bool is_parent(const Catalog *catalog, const CatalogTable *parent)
{
    vec_each(other, &catalog->tables)
        vec_each(key, &(*other)->foreign_keys)
            if (str_eq_nocase(key->table, parent->name)
                && (key->on_delete == OP_CASCADE || key->on_delete == OP_SET_NULL
                    || key->on_delete == OP_SET_DEFAULT))
                return true;
    return false;
}

static bool resolves(NodeOp conflict)
{
    return conflict != OP_NONE && conflict != OP_ABORT;
}

/* Constraints that say themselves what happens to a row that breaks them (SC-23). */
static void add_resolution(const CatalogTable *from, KnownTable *table)
{
    table->resolves_keys = true;
    vec_each(key, &from->keys)
        if (resolves(key->conflict))
            table->resolution = key->conflict;
    if (!from->definition.node)
        return;
    node_walk_each(node, from->definition.node) {
        if (node->kind != NODE_CONSTRAINT || node->op == OP_FOREIGN_KEY || !resolves(node->conflict))
            continue;
        table->resolution    = node->conflict;
        table->resolves_keys = table->resolves_keys && (node->op == OP_PRIMARY_KEY || node->op == OP_UNIQUE);
    }
}

const KnownTable *known_table_of(Arena *arena, const Catalog *catalog, Str name)
{
    const CatalogTable *from = catalog ? catalog_table(catalog, name) : NULL;

    if (!from || !from->columns_known)
        return NULL;
    KnownTable *table   = arena_new(arena, KnownTable);
    table->name         = from->name;
    table->is_view      = from->kind != TABLE_PLAIN;
    table->is_virtual   = from->kind == TABLE_VIRTUAL;
    table->has_triggers = from->has_triggers;
    table->rowid_column = KNOWN_NO_COLUMN;
    add_columns(arena, from, table);
    add_keys(arena, from, table);
    add_checks(from, table);
    add_resolution(from, table);
    table->is_parent = is_parent(catalog, from);
    return table;
}
