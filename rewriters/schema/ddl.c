#include "rewriters/schema/ddl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "rewriters/schema/writing.h"

/* -- findings and statements ------------------------------------------------------------------ */

void found(Writing *w, const char *code, Str table, SchemaPlace place, const char *format, ...)
{
    char   *text = NULL;
    va_list args;

    va_start(args, format);
    int len = vasprintf(&text, format, args);
    va_end(args);
    if (len < 0)
        out_of_memory();
    DdlFinding finding = { .code    = code,
                           .table   = table,
                           .message = one_line(w->arena, (Str){ text, (size_t)len }),
                           .place   = place };
    free(text);
    vec_push(w->arena, &w->findings, finding);
}

void emit(Writing *w, DdlStatement statement)
{
    statement.findings = w->findings;
    vec_push(w->arena, &w->out->statements, statement);
    w->findings = (DdlFindingVec){ 0 };
}

void emit_nothing(Writing *w)
{
    if (w->findings.count)
        emit(w, (DdlStatement){ .kind = DDL_NOTHING });
}

Passage *passage_of(const Writing *w, Str table)
{
    const CatalogTable *wanted = catalog_table(w->catalog, table);

    return wanted ? map_find(&w->passage_by_name, wanted->name) : NULL;
}

/* -- which tables, in which order ------------------------------------------------------------- */

void leave_out(Writing *w, const CatalogTable *table, const char *code, Str why)
{
    passage_of(w, table->name)->fate = FATE_LEFT_OUT;
    found(w, code, table->name, table->place, "%s " STR_FORMAT " is left out: " STR_FORMAT,
          table->kind == TABLE_VIEW      ? "view"
          : table->kind == TABLE_VIRTUAL ? "virtual table"
                                         : "table",
          STR_ARG(table->name), STR_ARG(why));
    emit_nothing(w);
}

static const char *const own_columns[] = { "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid" };

/* Why Postgres cannot have a table of these columns; empty if it can. */
static Str fault_of_columns(Writing *w, const CatalogTable *table)
{
    enum { COLUMN_LIMIT = 1600 };

    if (table->columns.count > COLUMN_LIMIT)
        return str_format(w->arena, "it has %zu columns, and Postgres takes 1600",
                          table->columns.count);
    vec_each(column, &table->columns)
        for (size_t i = 0; i < sizeof own_columns / sizeof *own_columns; i++)
            if (str_eq_nocase(column->name, str_of(own_columns[i])))
                return str_format(w->arena,
                                  "Postgres has a column " STR_FORMAT " of its own in each table",
                                  STR_ARG(column->name));
    return (Str){ 0 };
}

static void sort_out(Writing *w, const CatalogTable *table)
{
    const CatalogTable *shadow = shadowed_by(w->catalog, table);

    if (str_starts_with(str_lower(w->arena, table->name), STR("sqlite_")))
        leave_out(w, table, "SQL-32", STR("it is SQLite's own"));
    else if (table->kind == TABLE_VIRTUAL)
        leave_out(w, table, "SC-26",
                  str_format(w->arena,
                             "Postgres has no " STR_FORMAT
                             "; full text search and the like need a design of their own there",
                             STR_ARG(table->module)));
    else if (shadow)
        leave_out(w, table, "SC-26",
                  str_format(w->arena, "the virtual table " STR_FORMAT " keeps its data there",
                             STR_ARG(shadow->name)));
    else if (is_bookkeeping(w->catalog, table))
        leave_out(w, table, "SC-27",
                  STR("a tool remembers there which migrations it has run, on this database"));
    else if (table->is_temp)
        leave_out(w, table, "SC-27", STR("it is temporary: whoever uses it makes it"));
    else if (table->kind == TABLE_PLAIN && !table->columns_known)
        leave_out(w, table, "SC-27", STR("not all of its columns are known"));
    else if (table->kind == TABLE_PLAIN && table->columns.count == 0)
        leave_out(w, table, "SC-27", STR("it has no columns"));
    else if (table->kind == TABLE_PLAIN) {
        Str fault = fault_of_columns(w, table);
        if (fault.len)
            leave_out(w, table, "SC-24", fault);
    }
}

static bool is_waited_for(Writing *w, const CatalogTable *table)
{
    vec_each(key, &table->foreign_keys)
        if (!str_eq_nocase(key->table, table->name) && must_wait(w, table, key))
            return true;
    return false;
}

/* The first that refers to nothing still to come; where all do, the first breaks the circle. */
static size_t next_table(Writing *w)
{
    size_t first = SIZE_MAX;

    for (size_t i = 0; i < w->catalog->tables.count; i++) {
        const CatalogTable *table = w->catalog->tables.items[i];
        if (w->passages[i].fate != FATE_WAITING || table->kind != TABLE_PLAIN)
            continue;
        if (!is_waited_for(w, table))
            return i;
        if (first == SIZE_MAX)
            first = i;
    }
    return first;
}

static void tell_notes(Writing *w, const CatalogNoteVec *notes)
{
    if (!notes)
        return;
    vec_each(note, notes)
        found(w, note->code, (Str){ 0 }, note->place, STR_FORMAT ": line %u: " STR_FORMAT,
              STR_ARG(note->place.path), note->place.line, STR_ARG(note->message));
    emit_nothing(w);
}

Ddl ddl_of(Arena *arena, const Catalog *catalog, const CatalogNoteVec *notes)
{
    Ddl     out = { 0 };
    Writing w   = { .arena    = arena,
                    .catalog  = catalog,
                    .out      = &out,
                    .passages = arena_array(arena, Passage, catalog->tables.count + 1) };
    size_t  at;

    for (size_t i = 0; i < catalog->tables.count; i++)
        map_set(arena, &w.passage_by_name, catalog->tables.items[i]->name, &w.passages[i]);
    tell_notes(&w, notes);
    vec_each(table, &catalog->tables)
        sort_out(&w, *table);
    name_tables(&w);
    while ((at = next_table(&w)) != SIZE_MAX)
        write_table(&w, catalog->tables.items[at]);
    write_late_keys(&w);
    write_views(&w);
    tell_triggers(&w);
    vec_each(statement, &out.statements)
        statement->sql = statement_sql(arena, statement);
    return out;
}
