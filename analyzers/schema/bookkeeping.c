/* Tables that are no part of the application's schema. */
#include "analyzers/schema/bookkeeping.h"

static const char *const known[] = {
#define BOOKKEEPING(name, tool) name,
#include "analyzers/schema/bookkeeping.def"
#undef BOOKKEEPING
};

static bool is_referred_to(const Catalog *catalog, Str name)
{
    vec_each(other, &catalog->tables)
        vec_each(key, &(*other)->foreign_keys)
            if (str_eq_nocase(key->table, name))
                return true;
    return false;
}

/* A table of the application may have such a name; it would be tied to others. */
bool is_bookkeeping(const Catalog *catalog, const CatalogTable *table)
{
    if (table->kind != TABLE_PLAIN || table->foreign_keys.count
        || is_referred_to(catalog, table->name))
        return false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq_nocase(table->name, str_of(known[i])))
            return true;
    return false;
}

/* What FTS3 to FTS5 and R*Tree call the tables they keep their data in. */
static const char *const shadows[] = { "_data",   "_idx",      "_content", "_docsize",
                                       "_config", "_segments", "_segdir",  "_stat",
                                       "_node",   "_parent",   "_rowid" };

const CatalogTable *shadowed_by(const Catalog *catalog, const CatalogTable *table)
{
    if (table->kind != TABLE_PLAIN)
        return NULL;
    for (size_t i = 0; i < sizeof shadows / sizeof *shadows; i++) {
        Str tail = str_of(shadows[i]);
        if (table->name.len <= tail.len || !str_ends_with(table->name, tail))
            continue;
        const CatalogTable *owner =
            catalog_table(catalog, str_slice(table->name, 0, table->name.len - tail.len));
        if (owner && owner->kind == TABLE_VIRTUAL)
            return owner;
    }
    return NULL;
}
