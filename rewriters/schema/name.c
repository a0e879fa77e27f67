/* Names: Postgres has 63 bytes for one, and indexes share theirs with tables. */
#include "rewriters/schema/writing.h"

/* Where Postgres cuts: not within a character. */
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

/* The beginning of the name, and a mark of its whole. */
static Str shortened(Writing *w, Str name, uint64_t salt)
{
    Str head = cut_to(name, NAME_LIMIT - 9);

    return str_format(w->arena, STR_FORMAT "_%08x", STR_ARG(head),
                      (unsigned)(str_hash(name) + salt));
}

static Str key_of(Writing *w, Str name)
{
    return str_lower(w->arena, cut_name(name));
}

/* -- tables and columns ----------------------------------------------------------------------- */

/*
 * Postgres does not take an empty name, and cuts long ones. Where two become one by that, both get
 * another: a statement that says either of them is refused then, not answered by the wrong one.
 */
static void count_name(Writing *w, Map *counts, Str name)
{
    void **count = map_place(w->arena, counts, key_of(w, name));

    *count = *count ? (void *)counts : (void *)w; /* w: one has this name; counts: more have */
}

static bool keeps_its_name(Writing *w, const Map *counts, Str name)
{
    return name.len && map_find(counts, key_of(w, name)) == w;
}

static Str new_name(Writing *w, Str name, uint64_t salt)
{
    return name.len      ? shortened(w, name, salt)
         : salt == 0     ? STR("unnamed")
                         : shortened(w, STR("unnamed"), salt);
}

static void name_columns(Writing *w, const CatalogTable *table, Passage *passage)
{
    Map counts = { 0 };

    passage->columns = arena_array(w->arena, Str, table->columns.count + 1);
    vec_each(column, &table->columns)
        count_name(w, &counts, column->name);
    for (size_t i = 0; i < table->columns.count; i++) {
        Str      name = table->columns.items[i].name;
        uint64_t salt = 0;
        if (keeps_its_name(w, &counts, name)) {
            passage->columns[i] = cut_name(name);
            continue;
        }
        Str other = new_name(w, name, salt);
        while (map_find(&counts, key_of(w, other)))
            other = new_name(w, name, ++salt);
        count_name(w, &counts, other);
        passage->columns[i] = other;
    }
}

static bool relation_take(Writing *w, Str name)
{
    Str key = key_of(w, name);

    if (map_find(&w->relations, key))
        return false;
    map_set(w->arena, &w->relations, key, w);
    return true;
}

/* Those that keep their names first: they have a right to them. */
void name_tables(Writing *w)
{
    Map counts = { 0 };

    for (size_t i = 0; i < w->catalog->tables.count; i++)
        if (w->passages[i].fate == FATE_WAITING)
            count_name(w, &counts, w->catalog->tables.items[i]->name);
    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < w->catalog->tables.count; i++) {
            const CatalogTable *table   = w->catalog->tables.items[i];
            Passage            *passage = &w->passages[i];
            uint64_t            salt    = 0;
            bool                keeps   = keeps_its_name(w, &counts, table->name);
            if (passage->fate != FATE_WAITING || keeps != (turn == 0))
                continue;
            passage->name = keeps ? cut_name(table->name) : new_name(w, table->name, salt);
            while (!relation_take(w, passage->name))
                passage->name = new_name(w, table->name, ++salt);
            name_columns(w, table, passage);
        }
    }
}

static size_t place_of(const CatalogTable *table, const CatalogColumn *column)
{
    return (size_t)(column - table->columns.items);
}

Str column_called(const Writing *w, const CatalogTable *table, const CatalogColumn *column)
{
    return passage_of(w, table->name)->columns[place_of(table, column)];
}

StrVec columns_called(const Writing *w, const CatalogTable *table, const StrVec *names)
{
    StrVec out = { 0 };

    vec_each(name, names) {
        const CatalogColumn *column = catalog_column(table, *name);
        vec_push(w->arena, &out, column ? column_called(w, table, column) : cut_name(*name));
    }
    return out;
}

bool table_is_renamed(const Writing *w, const CatalogTable *table)
{
    const Passage *passage = passage_of(w, table->name);

    return passage->name.len && !str_eq(passage->name, cut_name(table->name));
}

bool column_is_renamed(const Writing *w, const CatalogTable *table, const CatalogColumn *column)
{
    return !str_eq(column_called(w, table, column), cut_name(column->name));
}

static void tell_name(Writing *w, const CatalogTable *table, const char *what, Str name, Str called,
                      SchemaPlace place)
{
    if (name.len == 0)
        found(w, "SC-24", table->name, place,
              "the name of %s \"\" is empty, which Postgres does not take: it is called " STR_FORMAT
              " here, and statements have to call it so",
              what, STR_ARG(called));
    else if (!str_eq(called, cut_name(name)))
        found(w, "SC-24", table->name, place,
              "%s " STR_FORMAT " is called " STR_FORMAT
              " here: another begins with the same 63 bytes, which is all that Postgres reads of a "
              "name; statements have to call it so",
              what, STR_ARG(name), STR_ARG(called));
    else if (name.len > NAME_LIMIT)
        found(w, "SC-24", table->name, place,
              "the name of %s " STR_FORMAT
              " has more than 63 bytes: Postgres cuts it, there and in every statement",
              what, STR_ARG(name));
}

void tell_names(Writing *w, const CatalogTable *table)
{
    tell_name(w, table, table->kind == TABLE_VIEW ? "view" : "table", table->name,
              passage_of(w, table->name)->name, table->place);
    vec_each(column, &table->columns)
        tell_name(w, table, "column", column->name, column_called(w, table, column), column->place);
}

/* -- indexes, sequences ----------------------------------------------------------------------- */

Str relation_name(Writing *w, Str wanted, Str table, SchemaPlace place)
{
    Str      name = wanted;
    uint64_t salt = 0;

    if (wanted.len > NAME_LIMIT || wanted.len == 0)
        name = shortened(w, wanted, salt++);
    while (!relation_take(w, name))
        name = shortened(w, wanted, salt++);
    if (salt)
        found(w, "SC-24", table, place, STR_FORMAT " is called " STR_FORMAT ": its own name %s",
              STR_ARG(wanted.len ? wanted : STR("\"\"")), STR_ARG(name),
              wanted.len > NAME_LIMIT ? "is longer than the 63 bytes Postgres has for it"
              : wanted.len == 0       ? "is empty"
                                      : "is taken, for indexes and tables share their names there");
    return name;
}

/* As makeObjectName() of Postgres: the longer of the two parts gives way. */
Str usual_name(Arena *arena, Str table, const StrVec *columns, const char *label)
{
    Str    column = columns ? str_join(arena, columns, STR("_")) : (Str){ 0 };
    size_t room   = NAME_LIMIT - strlen(label) - 1 - (columns != NULL);
    size_t a = table.len, b = column.len;

    while (a + b > room)
        *(a > b ? &a : &b) -= 1;
    return str_format(arena, STR_FORMAT "%s" STR_FORMAT "_%s", STR_ARG(cut_to(table, a)),
                      columns ? "_" : "", STR_ARG(cut_to(column, b)), label);
}

Str name_to_say(Writing *w, Str usual)
{
    uint64_t salt = 0;
    Str      name = usual;

    while (!relation_take(w, name))
        name = shortened(w, usual, salt++);
    return salt ? name : (Str){ 0 };
}
