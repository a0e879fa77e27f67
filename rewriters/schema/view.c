/* Views, which are translated as the queries they are; triggers, which are not. */
#include "analyzers/sql/scope.h"
#include "rewriters/schema/writing.h"
#include "rewriters/sql/translate.h"

/* A name that is no table of ours may be a common table expression. */
static bool is_ready(Writing *w, const CatalogTable *view, Fate wanted)
{
    node_walk_each(node, view->definition.node)
    {
        if (node->kind != NODE_TABLE)
            continue;
        const CatalogTable *table =
            catalog_table(w->catalog, sql_name(w->arena, view->definition.text, node->name));
        if (table && table != view && passage_of(w, table->name)->fate == wanted)
            return false;
    }
    return true;
}

/* A table it reads that nothing defines: SQLite asks when the view is read, Postgres at once. */
static Str unknown_in(Writing *w, const CatalogTable *view)
{
    Str text = view->definition.text;

    node_walk_each(node, view->definition.node)
    {
        Str name = node->kind == NODE_TABLE ? sql_name(w->arena, text, node->name) : (Str){ 0 };
        if (node->kind == NODE_TABLE && !catalog_table(w->catalog, name)
            && !cte_of(w->arena, text, node) && !str_starts_with(name, STR("sqlite_")))
            return name;
    }
    return (Str){ 0 };
}

/* A table or a column it names that Postgres has under another name; empty if there is none. */
static Str renamed_in(Writing *w, const CatalogTable *view)
{
    node_walk_each(node, view->definition.node)
    {
        Str name = sql_name(w->arena, view->definition.text, node->name);
        if (node->kind != NODE_TABLE && node->kind != NODE_COLUMN)
            continue;
        for (size_t i = 0; i < w->catalog->tables.count; i++) {
            const CatalogTable  *table  = w->catalog->tables.items[i];
            const CatalogColumn *column = catalog_column(table, name);
            if (w->passages[i].fate == FATE_LEFT_OUT)
                continue;
            if (node->kind == NODE_TABLE ? str_eq_nocase(table->name, name) && table_is_renamed(w, table)
                                         : column && column_is_renamed(w, table, column))
                return name;
        }
    }
    return (Str){ 0 };
}

static bool refused(Writing *w, const CatalogTable *view, const char *code, Str why)
{
    leave_out(w, view, code, why);
    return false;
}

/*
 * The names of the columns, where Postgres would find others than SQLite has (`count` for
 * `count(*)`); empty where it finds the same, or where a star hides them.
 */
static StrVec names_of_results(Writing *w, const Translation *translation)
{
    Map    seen   = { 0 };
    StrVec names  = { 0 };
    bool   differ = false;

    vec_each(result, &translation->results) {
        Str name = result->key;
        if (result->is_star)
            return (StrVec){ 0 };
        differ = differ || !str_eq(str_lower(w->arena, result->key), result->pg_key);
        for (unsigned i = 1; map_find(&seen, str_lower(w->arena, name)); i++) {
            name   = str_format(w->arena, STR_FORMAT ":%u", STR_ARG(result->key), i);
            differ = true;
        }
        map_set(w->arena, &seen, str_lower(w->arena, name), w);
        vec_push(w->arena, &names, name);
    }
    return differ ? names : (StrVec){ 0 };
}

static bool body_of(Writing *w, const CatalogTable *view, StrVec *names, Str *out)
{
    const Node *select = node_child(view->definition.node, ROLE_SELECT);

    if (!select)
        return refused(w, view, "SC-25", STR("its query cannot be read"));
    TranslateOptions options     = { .catalog = w->catalog, .keep_binds = true, .old_names = true };
    Str              text        = node_text(view->definition.text, select);
    Translation      translation = sql_translate(w->arena, text, &options);
    vec_each(remark, &translation.remarks)
        if (remark->verdict == SQL_DECIDE)
            return refused(w, view, remark->code, remark->message);
    if (translation.binds.count)
        return refused(w, view, "SC-25", STR("it has a placeholder"));
    vec_each(remark, &translation.remarks)
        if (remark->verdict == SQL_DIFFERS && strcmp(remark->feature, "unordered") != 0)
            found(w, remark->code, view->name, view->place, "view " STR_FORMAT ": " STR_FORMAT,
                  STR_ARG(view->name), STR_ARG(remark->message));
    if (!node_child(view->definition.node, ROLE_COLUMNS))
        *names = names_of_results(w, &translation);
    *out = translation_apply(w->arena, &translation);
    return out->len || refused(w, view, "SC-25", STR("its query has no common form"));
}

static StrVec column_list(Writing *w, const CatalogTable *view)
{
    const Node *columns = node_child(view->definition.node, ROLE_COLUMNS);
    StrVec      names   = { 0 };

    if (!columns)
        return names;
    node_each(name, columns) if (name->kind == NODE_NAME)
        vec_push(w->arena, &names, sql_name(w->arena, view->definition.text, name->name));
    return names;
}

static void write_view(Writing *w, const CatalogTable *view)
{
    Passage *passage = passage_of(w, view->name);
    DdlView *made    = arena_new(w->arena, DdlView);
    Str      name    = renamed_in(w, view);
    Str      unknown = unknown_in(w, view);

    made->name    = passage->name;
    made->columns = column_list(w, view);
    tell_names(w, view);
    if (!is_ready(w, view, FATE_LEFT_OUT))
        refused(w, view, "SC-25", STR("it reads a table or a view that is left out"));
    else if (view->is_stale)
        refused(w, view, "SC-28",
                STR("a column was renamed after it was defined, and whether it means that one "
                    "cannot be told"));
    else if (unknown.ptr)
        refused(w, view, "SC-25",
                str_format(w->arena, "it reads \"" STR_FORMAT "\", which nothing here defines",
                           STR_ARG(unknown)));
    else if (name.ptr)
        refused(w, view, "SC-24",
                str_format(w->arena, "it reads \"" STR_FORMAT "\", which is called otherwise here",
                           STR_ARG(name)));
    else if (body_of(w, view, &made->columns, &made->query)) {
        passage->fate = FATE_WRITTEN;
        emit(w, (DdlStatement){ .kind = DDL_VIEW, .view = made });
    }
}

/* Each after those it reads; SQLite lets a view be made before them. */
void write_views(Writing *w)
{
    for (bool any = true; any;) {
        any = false;
        for (size_t i = 0; i < w->catalog->tables.count; i++) {
            const CatalogTable *view = w->catalog->tables.items[i];
            if (w->passages[i].fate != FATE_WAITING || view->kind != TABLE_VIEW
                || !is_ready(w, view, FATE_WAITING))
                continue;
            write_view(w, view);
            any = true;
        }
    }
    for (size_t i = 0; i < w->catalog->tables.count; i++) {
        const CatalogTable *view = w->catalog->tables.items[i];
        if (w->passages[i].fate != FATE_WAITING || view->kind != TABLE_VIEW)
            continue;
        refused(w, view, "SC-25", STR("views read one another in a circle"));
    }
}

void tell_triggers(Writing *w)
{
    vec_each(trigger, &w->catalog->triggers) {
        found(
            w, "SC-26", trigger->table, trigger->place,
            "trigger " STR_FORMAT " on " STR_FORMAT
            " is left out: Postgres wants a function for it; write it by hand, or do it in Python",
            STR_ARG(trigger->name), STR_ARG(trigger->table));
        emit_nothing(w);
    }
}
