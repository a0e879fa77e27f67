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

void emit(Writing *w, Str sql)
{
    if (sql.len == 0 && w->findings.count == 0)
        return;
    vec_push(w->arena, &w->out->statements, ((DdlStatement){ sql, w->findings }));
    w->findings = (DdlFindingVec){ 0 };
}

const Fate *fate_of(const Writing *w, Str table)
{
    const CatalogTable *wanted = catalog_table(w->catalog, table);

    return wanted ? map_find(&w->fate_by_name, wanted->name) : NULL;
}

/* -- which tables, in which order ------------------------------------------------------------- */

static void leave_out(Writing *w, size_t at, const char *code, Str why)
{
    const CatalogTable *table = w->catalog->tables.items[at];

    w->fates[at] = FATE_LEFT_OUT;
    found(w, code, table->name, table->place, "%s " STR_FORMAT " is left out: " STR_FORMAT,
          table->kind == TABLE_VIEW      ? "view"
          : table->kind == TABLE_VIRTUAL ? "virtual table"
                                         : "table",
          STR_ARG(table->name), STR_ARG(why));
    emit(w, (Str){ 0 });
}

static void sort_out(Writing *w, size_t at)
{
    const CatalogTable *table  = w->catalog->tables.items[at];
    const CatalogTable *shadow = shadowed_by(w->catalog, table);

    if (str_starts_with(str_lower(w->arena, table->name), STR("sqlite_")))
        leave_out(w, at, "SQL-32", STR("it is SQLite's own"));
    else if (table->kind == TABLE_VIRTUAL)
        leave_out(w, at, "SC-26",
                  str_format(w->arena,
                             "Postgres has no " STR_FORMAT
                             "; full text search and the like need a design of their own there",
                             STR_ARG(table->module)));
    else if (shadow)
        leave_out(w, at, "SC-26",
                  str_format(w->arena, "the virtual table " STR_FORMAT " keeps its data there",
                             STR_ARG(shadow->name)));
    else if (is_bookkeeping(w->catalog, table))
        leave_out(w, at, "SC-27",
                  STR("a tool remembers there which migrations it has run, on this database"));
    else if (table->is_temp)
        leave_out(w, at, "SC-27", STR("it is temporary: whoever uses it makes it"));
    else if (table->kind == TABLE_PLAIN && !table->columns_known)
        leave_out(w, at, "SC-27", STR("not all of its columns are known"));
    else if (table->kind == TABLE_PLAIN && table->columns.count == 0)
        leave_out(w, at, "SC-27", STR("it has no columns"));
    else if (!relation_take(w, table->name))
        leave_out(w, at, "SC-24", STR("another has the same first 63 bytes of its name"));
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
        if (w->fates[i] != FATE_WAITING || table->kind != TABLE_PLAIN)
            continue;
        if (!is_waited_for(w, table))
            return i;
        if (first == SIZE_MAX)
            first = i;
    }
    return first;
}

static void tell_notes(Writing *w, const NoteVec *notes)
{
    if (!notes)
        return;
    vec_each(note, notes)
        found(w, "SC-27", (Str){ 0 }, (SchemaPlace){ .path = note->path },
              STR_FORMAT ": " STR_FORMAT, STR_ARG(note->path), STR_ARG(note->message));
    emit(w, (Str){ 0 });
}

Ddl ddl_of(Arena *arena, const Catalog *catalog, const NoteVec *notes)
{
    Ddl     out = { 0 };
    Writing w   = { .arena   = arena,
                    .catalog = catalog,
                    .out     = &out,
                    .fates   = arena_array(arena, Fate, catalog->tables.count + 1) };
    size_t  at;

    for (size_t i = 0; i < catalog->tables.count; i++)
        map_set(arena, &w.fate_by_name, catalog->tables.items[i]->name, &w.fates[i]);
    tell_notes(&w, notes);
    for (size_t i = 0; i < catalog->tables.count; i++)
        sort_out(&w, i);
    while ((at = next_table(&w)) != SIZE_MAX)
        write_table(&w, catalog->tables.items[at]);
    write_late_keys(&w);
    write_views(&w);
    tell_triggers(&w);
    return out;
}

/* -- as a script ------------------------------------------------------------------------------ */

Str ddl_text(Arena *arena, const Ddl *ddl)
{
    Buf out = buf_new(arena);

    vec_each(statement, &ddl->statements) {
        if (out.len)
            buf_add_char(&out, '\n');
        vec_each(finding, &statement->findings)
            buf_format(&out, "-- lite2pg: %s " STR_FORMAT "\n", finding->code,
                       STR_ARG(finding->message));
        if (statement->sql.len)
            buf_format(&out, STR_FORMAT ";\n", STR_ARG(statement->sql));
    }
    return out.len ? buf_str(&out) : STR("");
}
