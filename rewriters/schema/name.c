/* Names: Postgres has 63 bytes for one, and indexes share theirs with tables. */
#include "rewriters/schema/writing.h"

static bool relation_take(Writing *w, Str name)
{
    return naming_take(w->arena, &w->relations, name);
}

/* -- tables and columns ----------------------------------------------------------------------- */

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
        name = name_shortened(w->arena, wanted, salt++);
    while (!relation_take(w, name))
        name = name_shortened(w->arena, wanted, salt++);
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
        name = name_shortened(w->arena, usual, salt++);
    return salt ? name : (Str){ 0 };
}
