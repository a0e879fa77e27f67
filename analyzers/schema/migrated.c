#include "analyzers/schema/column_meaning.h"
#include "analyzers/schema/made.h"

/*
 * Migrations that make tables on Postgres, beside what SQLite has.
 */

/* Two definitions that are not alike. */
static void tell(Arena *arena, Catalog *catalog, SchemaPlace place, Str message)
{
    vec_push(arena, &catalog->notes, (CatalogNote) { "SC-27", place, message });
}

/* One migration that makes one thing here and another there. */
static void tell_one_sided(Arena *arena, Catalog *catalog, SchemaPlace place, Str message)
{
    vec_push(arena, &catalog->notes, (CatalogNote) { "AL-15", place, message });
}

/* As "file, line 3", to stand in a message. */
static Str shown(Arena *arena, SchemaPlace place)
{
    return str_format(arena, STR_FORMAT ", line %u", STR_ARG(place.path), place.line);
}

Meaning migrated_meaning_of(Arena *arena, const CatalogColumn *column)
{
    static const ColumnMeaning meanings[PG_TYPE_COUNT] = {
        [PG_BOOLEAN] = MEANS_BOOLEAN, [PG_TIMESTAMPTZ] = MEANS_TIMESTAMPTZ, [PG_DATE] = MEANS_DATE,
        [PG_JSONB] = MEANS_JSON,      [PG_BYTEA] = MEANS_BYTES,             [PG_NUMERIC] = MEANS_MONEY,
        [PG_UUID] = MEANS_UUID,       [PG_BIGINT] = MEANS_INTEGER,          [PG_DOUBLE] = MEANS_REAL,
        [PG_TEXT] = MEANS_TEXT,       [PG_UNKNOWN] = MEANS_PLAIN,
    };
    Str because = str_format(arena, "migrated as " STR_FORMAT, STR_ARG(column->postgres));

    return (Meaning) {
        .meaning       = meanings[pg_type_named(column->postgres)],
        .certainty     = MEANING_YES,
        .because       = because,
        .by_definition = because,
        .place         = column->postgres_place,
    };
}

/* -- keys that both have --------------------------------------------------------------------- */

static bool same_columns(const StrVec *a, const StrVec *b)
{
    if (a->count != b->count)
        return false;
    vec_each(name, a) {
        bool found = false;
        vec_each(other, b)
            found = found || str_eq_nocase(*name, *other);
        if (!found)
            return false;
    }
    return true;
}

static bool is_full_key(const CatalogIndex *index)
{
    return index->unique && !index->has_expression && !index->where.node;
}

/* Does it let one row at most have these values? */
static bool has_key(const CatalogTable *table, const StrVec *columns)
{
    vec_each(key, &table->keys)
        if (same_columns(&key->columns, columns))
            return true;
    vec_each(index, &table->indexes)
        if (is_full_key(index) && same_columns(&index->columns, columns))
            return true;
    return false;
}

static const CatalogIndex *find_index(const CatalogTable *table, Str name)
{
    vec_each(index, &table->indexes)
        if (str_eq_nocase(index->name, name))
            return index;
    return NULL;
}

static Str listed(Arena *arena, const StrVec *columns)
{
    return str_join(arena, columns, STR(", "));
}

static void tell_key(Arena *arena, Catalog *catalog, const CatalogTable *table, const StrVec *columns, SchemaPlace place,
                     const char *which)
{
    tell_one_sided(arena, catalog, place,
         str_format(arena, "only %s has " STR_FORMAT " (" STR_FORMAT ") unique, so nothing may rely on it", which,
                    STR_ARG(table->name), STR_ARG(listed(arena, columns))));
}

/* Takes out what only the one of them has: `ON CONFLICT` on it would fail on the other. */
static void keep_common_keys(Arena *arena, Catalog *catalog, CatalogTable *table, const CatalogTable *other, const char *here,
                             const char *there)
{
    size_t kept = 0;

    vec_each(key, &table->keys) {
        if (key->is_primary || has_key(other, &key->columns))
            table->keys.items[kept++] = *key;
        else
            tell_key(arena, catalog, table, &key->columns, key->place, here);
    }
    table->keys.count = kept;
    vec_each(index, &table->indexes) {
        const CatalogIndex *twin = find_index(other, index->name);
        if (!is_full_key(index) || has_key(other, &index->columns))
            continue;
        tell_key(arena, catalog, table, &index->columns, index->place, here);
        if (twin && twin->where.node)
            index->where = twin->where;
        else
            index->unique = false;
    }
    vec_each(key, &other->keys)
        if (!has_key(table, &key->columns))
            tell_key(arena, catalog, table, &key->columns, key->place, there);
    vec_each(index, &other->indexes)
        if (is_full_key(index) && !has_key(table, &index->columns))
            tell_key(arena, catalog, table, &index->columns, index->place, there);
}

/* -- as they run on Postgres ----------------------------------------------------------------- */

static bool stands_alone(const Catalog *catalog, const CatalogTable *table)
{
    return !catalog_table(catalog, table->name);
}

static void enter(Arena *arena, Catalog *catalog, CatalogTable *table)
{
    catalog_settle(arena, catalog, table);
    vec_push(arena, &catalog->tables, table);
    map_set(arena, &catalog->by_name, str_lower(arena, table->name), table);
}

static void say_type(CatalogColumn *column, const CatalogColumn *on_postgres)
{
    if (!pg_type_is_named(on_postgres->declared))
        return;
    column->postgres       = on_postgres->declared;
    column->postgres_place = on_postgres->place;
}

static void marry_table(Arena *arena, Catalog *catalog, CatalogTable *table, const CatalogTable *on_postgres)
{
    vec_each(column, &table->columns) {
        const CatalogColumn *twin = catalog_column(on_postgres, column->name);
        if (twin) {
            say_type(column, twin);
            column->not_null = column->not_null && twin->not_null;
            continue;
        }
        column->is_partial = true;
        tell_one_sided(arena, catalog, column->place,
             str_format(arena, STR_FORMAT "." STR_FORMAT " is made on SQLite only", STR_ARG(table->name), STR_ARG(column->name)));
    }
    vec_each(column, &on_postgres->columns) {
        if (catalog_column(table, column->name))
            continue;
        CatalogColumn added = *column;
        added.is_partial    = true;
        say_type(&added, column);
        vec_push(arena, &table->columns, added);
        tell_one_sided(arena, catalog, column->place,
             str_format(arena, STR_FORMAT "." STR_FORMAT " is made on Postgres only", STR_ARG(table->name), STR_ARG(column->name)));
    }
    keep_common_keys(arena, catalog, table, on_postgres, "SQLite", "Postgres");
    catalog_settle(arena, catalog, table);
}

/* -- what fits into SQLite and not into Postgres --------------------------------------------- */

typedef struct Narrow {
    const char *code, *message;
    size_t      count;
    Str         first;
    SchemaPlace place;
} Narrow;

static void count_narrow(Arena *arena, Narrow *narrow, const CatalogTable *table, const CatalogColumn *column)
{
    if (narrow->count++)
        return;
    narrow->first = str_format(arena, STR_FORMAT "." STR_FORMAT, STR_ARG(table->name), STR_ARG(column->name));
    narrow->place = column->postgres_place;
}

static bool begins_with(Str text, const char *word)
{
    Str wanted = str_of(word);

    return text.len >= wanted.len && str_eq_nocase(str_slice(text, 0, wanted.len), wanted);
}

static bool is_short_integer(Str type)
{
    return begins_with(type, "integer") || begins_with(type, "smallint") || str_eq_nocase(type, STR("int"))
        || begins_with(type, "int2") || begins_with(type, "int4") || begins_with(type, "serial") || begins_with(type, "smallserial");
}

/* Once for each kind: the types are said to be ours, and hold less. */
static void tell_narrow(Arena *arena, Catalog *catalog)
{
    Narrow narrow[] = {
        { .code = "SC-03", .message = "INTEGER or SMALLINT on Postgres, which fail for values of more than 32 or 16 bits" },
        { .code = "SC-04", .message = "VARCHAR(n) on Postgres, which fails for longer values" },
    };

    vec_each(table, &catalog->tables)
        vec_each(column, &(*table)->columns) {
            if (is_short_integer(column->postgres))
                count_narrow(arena, &narrow[0], *table, column);
            if (pg_type_named(column->postgres) == PG_TEXT && str_find_char(column->postgres, '(') != STR_NOT_FOUND)
                count_narrow(arena, &narrow[1], *table, column);
        }
    for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++)
        if (narrow[i].count) {
            Str message = str_format(arena, "%zu column%s (" STR_FORMAT "%s) %s %s", narrow[i].count, narrow[i].count == 1 ? "" : "s",
                                     STR_ARG(narrow[i].first), narrow[i].count == 1 ? "" : " first", narrow[i].count == 1 ? "is" : "are",
                                     narrow[i].message);
            vec_push(arena, &catalog->notes, (CatalogNote) { narrow[i].code, narrow[i].place, message });
        }
}

void catalog_marry(Arena *arena, Catalog *catalog, const Catalog *postgres)
{
    vec_each(at, &catalog->tables) {
        CatalogTable       *table = *at;
        const CatalogTable *twin  = catalog_table(postgres, table->name);
        if (twin)
            marry_table(arena, catalog, table, twin);
        else
            tell_one_sided(arena, catalog, table->place,
                 str_format(arena, "table " STR_FORMAT " is made on SQLite only", STR_ARG(table->name)));
    }
    vec_each(at, &postgres->tables) {
        CatalogTable *table = *at;
        if (!stands_alone(catalog, table))
            continue;
        vec_each(column, &table->columns)
            say_type(column, column);
        tell_one_sided(arena, catalog, table->place,
             str_format(arena, "table " STR_FORMAT " is made on Postgres only", STR_ARG(table->name)));
        enter(arena, catalog, table);
    }
    tell_narrow(arena, catalog);
}

/* -- beside what SQLite has ------------------------------------------------------------------ */

/* The types of both sides where somebody might have meant the other one. */
static void tell_type(Arena *arena, Catalog *catalog, const CatalogTable *table, const CatalogColumn *here,
                      const CatalogColumn *migrated)
{
    PgType type = pg_type_named(migrated->postgres);

    if (here->type == type || !migrated->postgres.len)
        return;
    tell(arena, catalog, migrated->postgres_place,
         str_format(arena,
                    STR_FORMAT "." STR_FORMAT " is " STR_FORMAT " on Postgres by this migration, and would be %s by " STR_FORMAT
                               "; it is taken for what the migration makes it",
                    STR_ARG(table->name), STR_ARG(here->name), STR_ARG(migrated->postgres), pg_type_sql(here->type),
                    STR_ARG(shown(arena, here->place))));
}

static void tell_alone(Arena *arena, Catalog *catalog, const CatalogTable *table, const CatalogColumn *column, SchemaPlace other)
{
    tell(arena, catalog, column->place,
         str_format(arena, STR_FORMAT "." STR_FORMAT " is defined here, but not with the table in " STR_FORMAT, STR_ARG(table->name),
                    STR_ARG(column->name), STR_ARG(shown(arena, other))));
}

static bool has_foreign_key(const CatalogTable *table, const CatalogForeignKey *other)
{
    vec_each(key, &table->foreign_keys)
        if (same_columns(&key->columns, &other->columns) && str_eq_nocase(key->table, other->table))
            return true;
    return false;
}

static void unite(Arena *arena, Catalog *catalog, CatalogTable *table, const CatalogTable *migrated)
{
    vec_each(column, &table->columns) {
        const CatalogColumn *twin = catalog_column(migrated, column->name);
        if (!twin) {
            column->is_partial = true;
            tell_alone(arena, catalog, table, column, migrated->place);
            continue;
        }
        tell_type(arena, catalog, table, column, twin);
        column->postgres       = twin->postgres;
        column->postgres_place = twin->postgres_place;
        column->not_null       = column->not_null && twin->not_null;
    }
    vec_each(column, &migrated->columns) {
        if (catalog_column(table, column->name))
            continue;
        CatalogColumn added = *column;
        added.is_partial    = true;
        tell_alone(arena, catalog, table, column, table->place);
        vec_push(arena, &table->columns, added);
    }
    table->columns_known = table->columns_known && migrated->columns_known;
    keep_common_keys(arena, catalog, table, migrated, "SQLite", "the migration");
    vec_each(key, &migrated->foreign_keys)
        if (!has_foreign_key(table, key))
            vec_push(arena, &table->foreign_keys, *key);
    catalog_settle(arena, catalog, table);
}

void catalog_add_migrated(Arena *arena, Catalog *catalog, const Catalog *migrated)
{
    vec_each(at, &migrated->tables) {
        CatalogTable *known = (CatalogTable *)catalog_table(catalog, (*at)->name);
        if (!known)
            enter(arena, catalog, *at);
        else if (known->kind == TABLE_PLAIN && (*at)->kind == TABLE_PLAIN)
            unite(arena, catalog, known, *at);
    }
    vec_each(trigger, &migrated->triggers)
        vec_push(arena, &catalog->triggers, *trigger);
    vec_each(note, &migrated->notes)
        vec_push(arena, &catalog->notes, *note);
}
