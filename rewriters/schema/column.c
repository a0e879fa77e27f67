/* A column: its name, type, default, NOT NULL, or how it is computed. */
#include <stdlib.h>

#include "rewriters/schema/writing.h"
#include "rewriters/sql/spelling.h"

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

/* p, or p and s, where Postgres has such numbers; else empty */
static Str places_of(Arena *arena, Str declared)
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
    return s ? str_format(arena, "%ld, %ld", p, s) : str_format(arena, "%ld", p);
}

static void decide_type(Writing *w, const CatalogTable *table, const CatalogColumn *column,
                        DdlColumn *out)
{
    out->type      = pg_type_in(column);
    out->is_rowid  = column->rowid_alias && column->type == PG_BIGINT;
    out->is_serial = is_serial(table, column);
    if (out->is_rowid && !out->is_serial)
        found(w, "SC-01", table->name, column->place,
              "key " STR_FORMAT " is that of another row, so no sequence counts it: INSERT has to "
              "give it",
              STR_ARG(column->name));
    if (column->type == PG_UNKNOWN && column->postgres.len)
        found(w, "AL-27", table->name, column->place,
              STR_FORMAT " is " STR_FORMAT " by its migration, a type that is not written here: it becomes TEXT", STR_ARG(column->name),
              STR_ARG(column->postgres));
    else if (column->type == PG_UNKNOWN)
        found(w, "SC-19", table->name, column->place,
              STR_FORMAT " may hold values of any type on SQLite, and is TEXT here",
              STR_ARG(column->name));
    if (column->type == PG_NUMERIC && column->affinity == AFFINITY_NUMERIC) {
        out->places = places_of(w->arena, column->declared);
        found(w, "SC-06", table->name, column->place,
              STR_FORMAT " is an exact number here: Python reads Decimal%s", STR_ARG(column->name),
              out->places.len ? ", and values are rounded to its places" : "");
    }
}

/* Where something else is called as Postgres would call it, the sequence is made by itself. */
static void decide_sequence(Writing *w, const CatalogTable *table, const CatalogColumn *column,
                            DdlColumn *out)
{
    StrVec name = { 0 };

    if (!out->is_serial)
        return;
    vec_push(w->arena, &name, out->name);
    Str usual     = usual_name(w->arena, passage_of(w, table->name)->name, &name, "seq");
    out->sequence = name_to_say(w, usual);
    if (out->sequence.len == 0)
        return;
    found(w, "SC-24", table->name, column->place,
          "the sequence of " STR_FORMAT " is called " STR_FORMAT ": " STR_FORMAT
          " is the name of something else",
          STR_ARG(column->name), STR_ARG(out->sequence), STR_ARG(usual));
    Str quoted = sql_string(w->arena, name_spelled(w->arena, out->sequence));
    out->default_ =
        (DdlDefault){ .kind = DDL_DEFAULT_EXPRESSION,
                      .text = str_format(w->arena, "nextval(" STR_FORMAT ")", STR_ARG(quoted)) };
}

/* BINARY is how Postgres compares, and NOCASE is answered by an index. */
static void decide_collation(Writing *w, const CatalogTable *table, const CatalogColumn *column,
                             DdlColumn *out)
{
    if (column->collation.len == 0 || str_eq_nocase(column->collation, STR("binary")))
        return;
    out->collation = column->collation;
    found(w, "SC-18", table->name, column->place,
          STR_FORMAT " is COLLATE " STR_FORMAT
                     ": Postgres compares and orders it as it is written; %s",
          STR_ARG(column->name), STR_ARG(column->collation),
          ignores_case(column) ? "compare LOWER() of both, or make it citext"
                               : "this collation has no counterpart");
}

static Str generated(Writing *w, const CatalogTable *table, const CatalogColumn *column)
{
    Str expression;

    if (!column->generated_as.node || !pg_generated(w, table, column, &expression)) {
        found(w, "SC-20", table->name, column->place,
              STR_FORMAT " is a plain column here, which nobody fills%s", STR_ARG(column->name),
              column->not_null ? ", so it may be NULL" : "");
        return (Str){ 0 };
    }
    if (column->generated == GENERATED_VIRTUAL)
        found(w, "SC-20", table->name, column->place,
              STR_FORMAT " is VIRTUAL on SQLite, and stored here: Postgres has no other",
              STR_ARG(column->name));
    return in_parentheses(w, expression);
}

DdlColumn column_for(Writing *w, const CatalogTable *table, const CatalogColumn *column)
{
    DdlColumn out = { .name          = column_called(w, table, column),
                      .autoincrement = column->autoincrement,
                      .in_key        = column->pk > 0 };

    decide_type(w, table, column, &out);
    decide_sequence(w, table, column, &out);
    decide_collation(w, table, column, &out);
    if (column->generated != GENERATED_NO)
        out.generated = generated(w, table, column);
    if (column->is_partial)
        found(w, "SC-27", table->name, column->place,
              STR_FORMAT " is in only one of the definitions of this table, so it may be NULL%s",
              STR_ARG(column->name),
              column->not_null ? " here, although it is NOT NULL there" : "");
    if (column->not_null_conflict != OP_NONE && column->not_null_conflict != OP_ABORT)
        found(w, "SC-23", table->name, column->place,
              "ON CONFLICT %s of NOT NULL of " STR_FORMAT
              " is left out: say it in the statements that insert%s",
              node_op_name(column->not_null_conflict), STR_ARG(column->name),
              column->not_null_conflict == OP_REPLACE ? "; SQLite puts the default where NULL is given"
                                                      : "");
    out.not_null = !column->pk && !column_is_nullable(table, column)
                && (column->generated == GENERATED_NO || out.generated.len);
    if (column->generated == GENERATED_NO && out.sequence.len == 0)
        out.default_ = column_default(w, table, column);
    return out;
}
