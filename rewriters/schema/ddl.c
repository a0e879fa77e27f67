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

/* Those the schema does not have are told, the others get their names. */
static void sort_out(Writing *w)
{
    Naming naming = naming_of(w->arena, w->catalog);

    w->relations = naming.taken;
    for (size_t i = 0; i < w->catalog->tables.count; i++) {
        const TableNaming *named = &naming.tables[i];
        w->passages[i].name      = named->name;
        w->passages[i].columns   = named->columns;
        if (named->left_out)
            leave_out(w, w->catalog->tables.items[i], named->left_out, named->why);
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
    sort_out(&w);
    while ((at = next_table(&w)) != SIZE_MAX)
        write_table(&w, catalog->tables.items[at]);
    write_late_keys(&w);
    write_views(&w);
    tell_triggers(&w);
    vec_each(statement, &out.statements)
        statement->sql = statement_sql(arena, statement);
    return out;
}
