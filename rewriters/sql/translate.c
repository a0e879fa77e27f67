#include "rewriters/sql/translate.h"

#include <stdlib.h>

#include "rewriters/sql/naming.h"
#include "rewriters/sql/work.h"

const char *sql_verdict_name(SqlVerdict verdict)
{
    static const char *const names[] = { "same", "differs", "decide" };
    return names[verdict];
}

const char *sql_target_name(SqlTarget target)
{
    static const char *const names[] = { "none", "both", "postgres" };
    return names[target];
}

/* The author's first keyword says how he writes them. */
static bool writes_small(const Work *w)
{
    vec_each(token, &w->out->sql.tokens)
        if (token->kind == TOKEN_KEYWORD) {
            char first = w->text.ptr[token->lo];
            return first >= 'a' && first <= 'z';
        }
    return false;
}

/* The statement to translate; NULL, and a remark, when there is not exactly one that SQLite takes. */
static const Node *only_statement(Work *w)
{
    Translation *out   = w->out;
    Span         whole = { 0, (uint32_t)w->text.len };

    if (out->sql.statements.count == 0) {
        told(w, "TX-18", "empty-statement", SQL_DECIDE, whole,
             "there is no statement here; Postgres refuses an empty one");
        return NULL;
    }
    if (out->sql.statements.count > 1) {
        told(w, "TX-18", "several-statements", SQL_DECIDE, whole,
             "there are several statements here, and SQLAlchemy runs one at a time; split them");
        return NULL;
    }
    const SqlStatement *parsed = &out->sql.statements.items[0];
    out->statement             = statement_of(w->arena, &out->sql, parsed);
    if (parsed->broken)
        told(w, "SQL-13", "broken", SQL_DECIDE, (Span) { parsed->broken_at, parsed->broken_at },
             "SQLite does not take this statement: " STR_FORMAT " is expected", STR_ARG(parsed->expected));
    else if (!parsed->certain)
        told(w, "TX-10", "hole", SQL_DECIDE, (Span) { parsed->lo, parsed->hi },
             "Python may put whole clauses into this statement, so nothing can be said of it");
    return parsed->broken ? NULL : parsed->root;
}

static void statement(Work *w, const Node *root)
{
    Scope *scope = scope_new(w, NULL);

    switch (root->kind) {
    case NODE_SELECT: {
        Rows rows       = query(w, scope, root, QUERY_TOP, NULL);
        w->out->one_row = rows.one_row;
        break;
    }
    case NODE_INSERT: insert_statement(w, scope, root); break;
    case NODE_UPDATE: update_statement(w, scope, root); break;
    case NODE_DELETE: delete_statement(w, scope, root); break;
    default: other_statement(w, root); break;
    }
}

static int by_place(const void *a, const void *b)
{
    const SqlRemark *x = a, *y = b;

    if (x->lo != y->lo)
        return x->lo < y->lo ? -1 : 1;
    if (x->hi != y->hi)
        return x->hi > y->hi ? -1 : 1; /* the wider first */
    return strcmp(x->feature, y->feature);
}

static int bind_by_place(const void *a, const void *b)
{
    const SqlBind *x = a, *y = b;

    return x->lo < y->lo ? -1 : x->lo > y->lo;
}

SqlVerdict translation_verdict_besides(const Translation *translation, const char *feature)
{
    SqlVerdict worst = SQL_SAME;

    vec_each(remark, &translation->remarks)
        if (!feature || !str_is(str_of(remark->feature), feature))
            worst = remark->verdict > worst ? remark->verdict : worst;
    return worst;
}

/* Where Postgres has another name for a column of the result, and no alias can say the old one there. */
static void tell_new_keys(Work *w)
{
    bool by_name = w->options->keep_keys || w->options->keep_names;

    vec_each(result, &w->out->results) {
        bool cut = result->key.len > NAME_LIMIT && result->pg_key.len > NAME_LIMIT - 4 && result->pg_key.len <= NAME_LIMIT
                && str_starts_with(str_lower(w->arena, result->key), str_lower(w->arena, result->pg_key));
        if (is_renamed_to(w, result->key, &result->pg_key) || (cut && by_name))
            told(w, "PY-22", "result-key", SQL_DIFFERS, (Span) { result->lo, result->hi },
                 "SQLite calls this column " STR_FORMAT " and Postgres " STR_FORMAT "; read it by its place",
                 STR_ARG(result->key.len ? result->key : STR("\"\"")), STR_ARG(result->pg_key));
    }
}

static void finish(Work *w)
{
    Translation *out = w->out;

    if (!changes_finish(w->arena, &w->changes, w->text, &out->edits))
        told(w, "SQL-13", "clashing-changes", SQL_DECIDE, (Span) { 0, (uint32_t)w->text.len },
             "two changes of this statement meet in one place; port it by hand");
    rename_all(w, &out->edits);
    tell_new_keys(w);
    vec_sort(&out->remarks, by_place);
    vec_sort(&out->binds, bind_by_place);
    out->verdict = translation_verdict_besides(out, NULL);
    out->target  = out->verdict == SQL_DECIDE ? SQL_TARGET_NONE
                 : w->alone                   ? SQL_TARGET_POSTGRES
                                              : SQL_TARGET_BOTH;
}

Translation translate_inside(Arena *arena, Str text, const TranslateOptions *options, Map *views)
{
    static const TranslateOptions none;
    Translation out = { .text = text, .sql = sql_parse(arena, text) };
    Work        w   = { .arena   = arena,
                        .text    = text,
                        .options = options ? options : &none,
                        .out     = &out,
                        .views   = views };

    w.lower          = writes_small(&w);
    const Node *root = only_statement(&w);
    name_binds(&w);
    if (!w.options->keep_binds && !w.options->plain_colons)
        escape_colons(&w);
    part_signs(&w); /* before others repeat a piece of the text */
    if (root)
        statement(&w, root);
    finish(&w);
    return out;
}

Translation sql_translate(Arena *arena, Str text, const TranslateOptions *options)
{
    Map views = { 0 };

    return translate_inside(arena, text, options, &views);
}

Str translation_apply(Arena *arena, const Translation *translation)
{
    if (translation->target == SQL_TARGET_NONE)
        return (Str) { 0 };
    return edit_splice(arena, translation->text, &translation->edits);
}
