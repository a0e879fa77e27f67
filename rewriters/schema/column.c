/* A column: its name, type, default, NOT NULL, or how it is computed. */
#include <stdlib.h>

#include "rewriters/schema/writing.h"

bool ignores_case(const CatalogColumn *column)
{
    return column->type == PG_TEXT && str_eq_nocase(column->collation, STR("nocase"));
}

PgType pg_type_in(const CatalogColumn *column)
{
    return column->type == PG_UNKNOWN ? PG_TEXT : column->type;
}

static bool refers_elsewhere(const CatalogTable *table, Str column)
{
    vec_each(key, &table->foreign_keys)
        vec_each(name, &key->columns)
            if (str_eq_nocase(*name, column))
                return true;
    return false;
}

/* The key of a row that belongs to another is that row's: nobody counts it. */
bool is_serial(const CatalogTable *table, const CatalogColumn *column)
{
    return column->rowid_alias && column->type == PG_BIGINT
        && !refers_elsewhere(table, column->name);
}

/* (p), (p, s) where Postgres has such numbers; else empty */
static Str precision(Arena *arena, Str declared)
{
    size_t open = str_find_char(declared, '('), close = str_find_char(declared, ')');
    char  *end;

    if (open == STR_NOT_FOUND || close == STR_NOT_FOUND || close < open)
        return (Str){ 0 };
    const char *text = str_cstr(arena, str_slice(declared, open + 1, close));
    long        p = strtol(text, &end, 10), s = 0;
    while (*end == ' ')
        end++;
    if (*end == ',')
        s = strtol(end + 1, &end, 10);
    while (*end == ' ')
        end++;
    if (*end || p < 1 || p > 1000 || s < 0 || s > p)
        return (Str){ 0 };
    return s ? str_format(arena, "(%ld, %ld)", p, s) : str_format(arena, "(%ld)", p);
}

static Str type_of(Writing *w, const CatalogTable *table, const CatalogColumn *column)
{
    if (is_serial(table, column))
        return STR("BIGSERIAL");
    if (column->rowid_alias && column->type == PG_BIGINT)
        found(w, "SC-01", table->name, column->place,
              "key " STR_FORMAT " is that of another row, so no sequence counts it: INSERT has to "
              "give it",
              STR_ARG(column->name));
    if (column->type == PG_UNKNOWN)
        found(w, "SC-19", table->name, column->place,
              STR_FORMAT " may hold values of any type on SQLite, and is TEXT here",
              STR_ARG(column->name));
    if (column->type == PG_NUMERIC && column->affinity == AFFINITY_NUMERIC) {
        Str places = precision(w->arena, column->declared);
        found(w, "SC-06", table->name, column->place,
              STR_FORMAT " is an exact number here: Python reads Decimal%s", STR_ARG(column->name),
              places.len ? ", and values are rounded to its places" : "");
        return str_format(w->arena, "NUMERIC" STR_FORMAT, STR_ARG(places));
    }
    return str_of(pg_type_sql(pg_type_in(column)));
}

/* BINARY is how Postgres compares, and NOCASE is answered by an index. */
static void tell_collation(Writing *w, const CatalogTable *table, const CatalogColumn *column)
{
    if (column->collation.len == 0 || str_eq_nocase(column->collation, STR("binary")))
        return;
    found(w, "SC-18", table->name, column->place,
          STR_FORMAT " is COLLATE " STR_FORMAT
                     ": Postgres compares and orders it as it is written; %s",
          STR_ARG(column->name), STR_ARG(column->collation),
          ignores_case(column) ? "compare LOWER() of both, or make it citext"
                               : "this collation has no counterpart");
}

static Str generated(Writing *w, const CatalogTable *table, const CatalogColumn *column)
{
    Str what = str_format(w->arena, "generated column " STR_FORMAT, STR_ARG(column->name));
    Str expression;

    if (!column->generated_as.node
        || !pg_expression(w, table, &column->generated_as, USE_GENERATED, what, column->place,
                          &expression)) {
        found(w, "SC-20", table->name, column->place,
              STR_FORMAT " is a plain column here, which nobody fills", STR_ARG(column->name));
        return (Str){ 0 };
    }
    if (column->generated == GENERATED_VIRTUAL)
        found(w, "SC-20", table->name, column->place,
              STR_FORMAT " is VIRTUAL on SQLite, and stored here: Postgres has no other",
              STR_ARG(column->name));
    return str_format(w->arena, " GENERATED ALWAYS AS " STR_FORMAT " STORED",
                      STR_ARG(in_parentheses(w, expression)));
}

Str column_definition(Writing *w, const CatalogTable *table, const CatalogColumn *column)
{
    Buf out = buf_new(w->arena);

    if (name_is_long(column->name))
        found(w, "SC-24", table->name, column->place,
              "the name of column " STR_FORMAT
              " has more than 63 bytes: Postgres cuts it, there and "
              "in every statement",
              STR_ARG(column->name));
    buf_add(&out, pg_name(w, column->name));
    buf_add_char(&out, ' ');
    buf_add(&out, type_of(w, table, column));
    tell_collation(w, table, column);
    if (column->generated != GENERATED_NO)
        buf_add(&out, generated(w, table, column));
    if (column->is_partial)
        found(w, "SC-27", table->name, column->place,
              STR_FORMAT " is in only one of the definitions of this table, so it may be NULL%s",
              STR_ARG(column->name),
              column->not_null ? " here, although it is NOT NULL there" : "");
    if (!column->pk && !column_is_nullable(table, column))
        buf_add(&out, STR(" NOT NULL"));
    if (column->generated == GENERATED_NO)
        buf_add(&out, column_default(w, table, column));
    return buf_str(&out);
}
