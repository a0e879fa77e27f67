#include "analyzers/schema/made.h"

/*
 * Changes of a table for which SQLite has no statement.
 */

static CatalogColumn *column_at(CatalogTable *table, Str name)
{
    return (CatalogColumn *)catalog_column(table, name);
}

static bool is_among(const StrVec *names, Str name)
{
    vec_each(other, names)
        if (str_eq_nocase(*other, name))
            return true;
    return false;
}

static bool speaks_of(const SchemaExpr *expr, Str column)
{
    if (!expr->node)
        return false;
    node_walk_each(node, expr->node)
        if (node->kind == NODE_COLUMN && !(node->flags & FLAG_HOLE)) {
            Str name = span_text(expr->text, node->name);
            if (name.len > 2 && strchr("\"`[", name.ptr[0]))
                name = str_slice(name, 1, name.len - 1);
            if (str_eq_nocase(name, column))
                return true;
        }
    return false;
}

/* INTEGER PRIMARY KEY, and no other column in the key. */
static bool is_rowid_key(const CatalogTable *table, const CatalogColumn *column)
{
    return table->keys.count && table->keys.items[0].is_primary && table->keys.items[0].columns.count == 1
        && str_eq_nocase(table->keys.items[0].columns.items[0], column->name)
        && str_eq_nocase(column->declared, STR("INTEGER"));
}

bool catalog_change_column(Arena *arena, const Catalog *catalog, CatalogTable *table, Str name, const ColumnChange *change)
{
    CatalogColumn *column = column_at(table, name);

    if (!column)
        return false;
    if (change->sets_type) {
        column->declared    = change->declared;
        column->affinity    = affinity_of(change->declared);
        column->rowid_alias = is_rowid_key(table, column);
    }
    if (change->sets_null)
        column->not_null = change->not_null;
    if (change->sets_default)
        column->default_ = change->default_;
    catalog_settle(arena, catalog, table);
    return true;
}

/* Keeps those items of a Vec for which `keeps` is so. */
#define vec_keep(item, vec, keeps)                                                                \
    do {                                                                                          \
        size_t kept_ = 0;                                                                         \
        vec_each(item, (vec))                                                                     \
            if (keeps)                                                                            \
                (vec)->items[kept_++] = *(item);                                                  \
        (vec)->count = kept_;                                                                     \
    } while (0)

bool catalog_drop_column(Arena *arena, const Catalog *catalog, CatalogTable *table, Str name)
{
    if (!column_at(table, name))
        return false;
    vec_keep(column, &table->columns, !str_eq_nocase(column->name, name));
    vec_keep(key, &table->keys, !is_among(&key->columns, name));
    vec_keep(key, &table->foreign_keys, !is_among(&key->columns, name));
    vec_keep(check, &table->checks, !speaks_of(&check->expr, name));
    vec_keep(index, &table->indexes,
             !is_among(&index->columns, name) && !speaks_of(&index->definition, name) && !speaks_of(&index->where, name));
    catalog_settle(arena, catalog, table);
    return true;
}

/* -- constraints by their names -------------------------------------------------------------- */

/* What Postgres calls it: table_column_column_ending; empty where it would have to cut. */
static Str usual_name(Arena *arena, const CatalogTable *table, const StrVec *columns, const char *ending)
{
    Buf out = buf_new(arena);

    buf_add(&out, table->name);
    if (columns)
        vec_each(column, columns)
            buf_format(&out, "_" STR_FORMAT, STR_ARG(*column));
    buf_format(&out, "_%s", ending);
    return out.len < 64 ? buf_str(&out) : (Str) { 0 };
}

static bool is_called(Str own, Str usual, Str name)
{
    return str_eq_nocase(own.len ? own : usual, name);
}

static bool is_key(Arena *arena, const CatalogTable *table, const CatalogKey *key, Str name)
{
    return is_called(key->name, usual_name(arena, table, key->is_primary ? NULL : &key->columns, key->is_primary ? "pkey" : "key"),
                     name);
}

static Str usual_check(Arena *arena, const CatalogTable *table, const CatalogCheck *check)
{
    StrVec column = { 0 };

    if (check->column.len)
        vec_push(arena, &column, check->column);
    return usual_name(arena, table, &column, "check");
}

bool catalog_drop_constraint(Arena *arena, const Catalog *catalog, CatalogTable *table, Str name)
{
    size_t before = table->keys.count + table->foreign_keys.count + table->checks.count;

    vec_keep(key, &table->keys, !is_key(arena, table, key, name));
    vec_keep(key, &table->foreign_keys, !is_called(key->name, usual_name(arena, table, &key->columns, "fkey"), name));
    vec_keep(check, &table->checks, !is_called(check->name, usual_check(arena, table, check), name));
    if (before == table->keys.count + table->foreign_keys.count + table->checks.count)
        return false;
    vec_each(column, &table->columns)
        column->rowid_alias = column->rowid_alias && is_rowid_key(table, column);
    catalog_settle(arena, catalog, table);
    return true;
}
