#include "analyzers/schema/catalog.h"

enum { NAME_ROOM = 256 }; /* longer names are compared one by one */

static const CatalogTable *table_one_by_one(const Catalog *catalog, Str name)
{
    vec_each(table, &catalog->tables)
        if (str_eq_nocase((*table)->name, name))
            return *table;
    return NULL;
}

const CatalogTable *catalog_table(const Catalog *catalog, Str name)
{
    char room[NAME_ROOM];

    if (name.len > sizeof room)
        return table_one_by_one(catalog, name);
    for (size_t i = 0; i < name.len; i++)
        room[i] = name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? (char)(name.ptr[i] - 'A' + 'a')
                                                           : name.ptr[i];
    return map_find(&catalog->by_name, (Str) { room, name.len });
}

const CatalogColumn *catalog_column(const CatalogTable *table, Str name)
{
    vec_each(column, &table->columns)
        if (str_eq_nocase(column->name, name))
            return column;
    return NULL;
}

bool column_is_nullable(const CatalogTable *table, const CatalogColumn *column)
{
    if (column->is_partial)
        return true;
    if (column->not_null || column->rowid_alias)
        return false;
    return !(column->pk && (table->without_rowid || table->strict));
}

const CatalogColumn *table_rowid_alias(const CatalogTable *table)
{
    vec_each(column, &table->columns)
        if (column->rowid_alias)
            return column;
    return NULL;
}

bool is_rowid_name(Str name)
{
    return str_eq_nocase(name, STR("rowid")) || str_eq_nocase(name, STR("oid"))
        || str_eq_nocase(name, STR("_rowid_"));
}

static bool holds(const StrVec *columns, Str name)
{
    vec_each(column, columns)
        if (str_eq_nocase(*column, name))
            return true;
    return false;
}

static bool holds_all(const StrVec *columns, const StrVec *key)
{
    vec_each(name, key)
        if (!holds(columns, *name))
            return false;
    return key->count > 0;
}

bool table_has_key(const CatalogTable *table, const StrVec *columns)
{
    vec_each(key, &table->keys)
        if (holds_all(columns, &key->columns))
            return true;
    vec_each(index, &table->indexes)
        if (index->unique && !index->has_expression && !index->where.node
            && holds_all(columns, &index->columns))
            return true;
    return false;
}
