/*
 * Tables and columns that the schema for Postgres calls otherwise (SC-24): a statement calls them as it does. SQLite
 * keeps the old names, so the new text is for Postgres alone.
 *
 * It is done when all else is: whatever word of the new text is such a name, in the source or in what was put in,
 * becomes the new one. So names agree wherever they are passed on, in subqueries, aliases and stars.
 */
#include <stdlib.h>

#include "analyzers/sql/lexer.h"
#include "rewriters/sql/naming.h"
#include "rewriters/sql/spelling.h"
#include "rewriters/sql/work.h"

typedef struct Renamed {
    Str  to;
    bool is_other;   /* than the name itself */
    bool is_unclear; /* tables of the statement have different names for it */
} Renamed;

static void note_name(Work *w, Str name, Str called)
{
    Str      key     = str_lower(w->arena, name);
    Renamed *known   = map_find(&w->renamed, key);
    bool     other   = !str_eq(called, cut_name(name));

    if (known) {
        known->is_unclear = known->is_unclear || known->is_other != other || !str_eq(known->to, called);
        return;
    }
    known  = arena_new(w->arena, Renamed);
    *known = (Renamed) { .to = called, .is_other = other };
    map_set(w->arena, &w->renamed, key, known);
}

void note_renamed(Work *w, const CatalogTable *table)
{
    const Catalog *catalog = w->options->catalog;

    if (w->options->old_names || !table_may_be_renamed(table))
        return;
    if (!w->naming) {
        w->naming  = arena_new(w->arena, Naming);
        *w->naming = naming_of(w->arena, catalog);
    }
    for (size_t i = 0; i < catalog->tables.count; i++) {
        const TableNaming *naming = &w->naming->tables[i];
        if (catalog->tables.items[i] != table || naming->left_out)
            continue;
        note_name(w, table->name, naming->name);
        for (size_t c = 0; c < table->columns.count; c++)
            note_name(w, table->columns.items[c].name, naming->columns[c]);
    }
}

/* The name that a word of the text stands for, if it is called otherwise there; NULL if not. */
static const Renamed *renamed_word(const Work *w, Str text, Token token)
{
    if (token.kind != TOKEN_NAME && token.kind != TOKEN_QUOTED_NAME)
        return NULL;
    Str            name  = sql_unquote(w->arena, token_text(text, token));
    const Renamed *found = map_find(&w->renamed, str_lower(w->arena, name));

    return found && (found->is_other || found->is_unclear) ? found : NULL;
}

bool is_renamed_to(const Work *w, Str name, Str *called)
{
    const Renamed *found = w->naming ? map_find(&w->renamed, str_lower(w->arena, name)) : NULL;

    if (!found || !found->is_other)
        return false;
    *called = found->to;
    return true;
}

static void tell_renamed(Work *w, Span at, Str name, const Renamed *renamed)
{
    if (renamed->is_unclear)
        told(w, "SC-24", "renamed", SQL_DECIDE, at,
             "two tables have different names on Postgres for what is called " STR_FORMAT " here; give one an alias",
             STR_ARG(name));
    else
        alone(w, "SC-24", "renamed", SQL_SAME, at,
              "the schema for Postgres calls " STR_FORMAT " " STR_FORMAT ", for a name is not empty there, and two do not "
              "begin with the same 63 bytes", STR_ARG(name.len ? name : STR("\"\"")), STR_ARG(renamed->to));
}

static Str renamed_text(Work *w, Str text, Span at)
{
    TokenVec tokens = tokens_of(w->arena, text);
    Buf      out    = buf_new(w->arena);

    vec_each(token, &tokens) {
        const Renamed *renamed = renamed_word(w, text, *token);
        Str            word    = token_text(text, *token);
        if (renamed)
            tell_renamed(w, at, sql_unquote(w->arena, word), renamed);
        buf_add(&out, renamed ? name_spelled(w->arena, renamed->to) : word);
    }
    return buf_str(&out);
}

/* Are the bytes of the source replaced by an edit? */
static bool is_replaced(const EditVec *edits, Token token)
{
    vec_each(edit, edits)
        if (edit->lo < token.hi && edit->hi > token.lo)
            return true;
    return false;
}

void rename_all(Work *w, EditVec *edits)
{
    size_t count = edits->count;

    if (!w->naming)
        return;
    vec_each(edit, edits)
        edit->text = renamed_text(w, edit->text, (Span) { edit->lo, edit->hi });
    vec_each(token, &w->out->sql.tokens) {
        const Renamed *renamed = renamed_word(w, w->text, *token);
        EditVec        before  = { .items = edits->items, .count = count };
        if (!renamed || is_replaced(&before, *token))
            continue;
        tell_renamed(w, (Span) { token->lo, token->hi }, sql_unquote(w->arena, token_text(w->text, *token)), renamed);
        vec_push(w->arena, edits, ((Edit) { token->lo, token->hi, name_spelled(w->arena, renamed->to) }));
    }
    if (edits->count > 1)
        vec_sort(edits, edit_compare);
}
