#include "rewriters/sql/naming.h"

#include "analyzers/schema/bookkeeping.h"

Str cut_to(Str name, size_t limit)
{
    if (name.len <= limit)
        return name;
    while (limit > 0 && ((unsigned char)name.ptr[limit] & 0xC0) == 0x80)
        limit--;
    return str_slice(name, 0, limit);
}

Str cut_name(Str name)
{
    return cut_to(name, NAME_LIMIT);
}

Str name_shortened(Arena *arena, Str name, uint64_t salt)
{
    return str_format(arena, STR_FORMAT "_%08x", STR_ARG(cut_to(name, NAME_LIMIT - 9)),
                      (unsigned)(str_hash(name) + salt));
}

/* -- which tables ----------------------------------------------------------------------------- */

static const char *const own_columns[] = { "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid" };

/* Why Postgres cannot have a table of these columns; empty if it can. */
static Str fault_of_columns(Arena *arena, const CatalogTable *table)
{
    enum { COLUMN_LIMIT = 1600 };

    if (table->columns.count > COLUMN_LIMIT)
        return str_format(arena, "it has %zu columns, and Postgres takes 1600", table->columns.count);
    vec_each(column, &table->columns)
        for (size_t i = 0; i < sizeof own_columns / sizeof *own_columns; i++)
            if (str_eq_nocase(column->name, str_of(own_columns[i])))
                return str_format(arena, "Postgres has a column " STR_FORMAT " of its own in each table",
                                  STR_ARG(column->name));
    return (Str) { 0 };
}

static const char *left_out(Arena *arena, const Catalog *catalog, const CatalogTable *table, Str *why)
{
    const CatalogTable *shadow = shadowed_by(catalog, table);

    *why = (Str) { 0 };
    if (str_starts_with(str_lower(arena, table->name), STR("sqlite_"))) {
        *why = STR("it is SQLite's own");
        return "SQL-32";
    }
    if (table->kind == TABLE_VIRTUAL) {
        *why = str_format(arena, "Postgres has no " STR_FORMAT "; full text search and the like need a design of their own there",
                          STR_ARG(table->module));
        return "SC-26";
    }
    if (shadow) {
        *why = str_format(arena, "the virtual table " STR_FORMAT " keeps its data there", STR_ARG(shadow->name));
        return "SC-26";
    }
    if (is_bookkeeping(catalog, table))
        *why = STR("a tool remembers there which migrations it has run, on this database");
    else if (table->is_temp)
        *why = STR("it is temporary: whoever uses it makes it");
    else if (table->kind == TABLE_PLAIN && !table->columns_known)
        *why = STR("not all of its columns are known");
    else if (table->kind == TABLE_PLAIN && table->columns.count == 0)
        *why = STR("it has no columns");
    if (why->len)
        return "SC-27";
    if (table->kind == TABLE_PLAIN)
        *why = fault_of_columns(arena, table);
    return why->len ? "SC-24" : NULL;
}

/* -- tables and columns ----------------------------------------------------------------------- */

static Str key_of(Arena *arena, Str name)
{
    return str_lower(arena, cut_name(name));
}

bool naming_take(Arena *arena, Map *taken, Str name)
{
    Str key = key_of(arena, name);

    if (map_find(taken, key))
        return false;
    map_set(arena, taken, key, taken);
    return true;
}

/*
 * Where two names become one by the cut, both get another: a statement that says either of them is refused then, not
 * answered by the wrong one.
 */
static void count_name(Arena *arena, Map *counts, Str name)
{
    void **count = map_place(arena, counts, key_of(arena, name));

    *count = *count ? (void *)counts : (void *)arena; /* arena: one has this name; counts: more have */
}

static bool keeps_its_name(Arena *arena, const Map *counts, Str name)
{
    return name.len && map_find(counts, key_of(arena, name)) == arena;
}

static Str new_name(Arena *arena, Str name, uint64_t salt)
{
    return name.len  ? name_shortened(arena, name, salt)
         : salt == 0 ? STR("unnamed")
                     : name_shortened(arena, STR("unnamed"), salt);
}

static Str *name_columns(Arena *arena, const CatalogTable *table)
{
    Str *names  = arena_array(arena, Str, table->columns.count + 1);
    Map  counts = { 0 };

    vec_each(column, &table->columns)
        count_name(arena, &counts, column->name);
    for (size_t i = 0; i < table->columns.count; i++) {
        Str      name = table->columns.items[i].name;
        uint64_t salt = 0;
        if (keeps_its_name(arena, &counts, name)) {
            names[i] = cut_name(name);
            continue;
        }
        names[i] = new_name(arena, name, salt);
        while (map_find(&counts, key_of(arena, names[i])))
            names[i] = new_name(arena, name, ++salt);
        count_name(arena, &counts, names[i]);
    }
    return names;
}

Naming naming_of(Arena *arena, const Catalog *catalog)
{
    size_t count  = catalog->tables.count;
    Naming out    = { .tables = arena_array(arena, TableNaming, count + 1) };
    Map    counts = { 0 };

    for (size_t i = 0; i < count; i++) {
        TableNaming *naming = &out.tables[i];
        naming->left_out    = left_out(arena, catalog, catalog->tables.items[i], &naming->why);
        if (!naming->left_out)
            count_name(arena, &counts, catalog->tables.items[i]->name);
    }
    for (int turn = 0; turn < 2; turn++) { /* those that keep their names first: they have a right to them */
        for (size_t i = 0; i < count; i++) {
            const CatalogTable *table  = catalog->tables.items[i];
            TableNaming        *naming = &out.tables[i];
            uint64_t            salt   = 0;
            bool                keeps  = keeps_its_name(arena, &counts, table->name);
            if (naming->left_out || keeps != (turn == 0))
                continue;
            naming->name = keeps ? cut_name(table->name) : new_name(arena, table->name, salt);
            while (!naming_take(arena, &out.taken, naming->name))
                naming->name = new_name(arena, table->name, ++salt);
            naming->columns = name_columns(arena, table);
        }
    }
    return out;
}

/* The cut of a longer name may be some bytes shorter than the limit, for it is not within a character. */
static bool may_clash(Str name)
{
    return name.len == 0 || name.len > NAME_LIMIT - 4;
}

bool table_may_be_renamed(const CatalogTable *table)
{
    if (may_clash(table->name))
        return true;
    vec_each(column, &table->columns)
        if (may_clash(column->name))
            return true;
    return false;
}
