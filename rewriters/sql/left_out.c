/* Tables and views that the schema for Postgres does not have, though the catalog knows them. */
#include "analyzers/schema/bookkeeping.h"
#include "rewriters/sql/work.h"

typedef struct LookedInto {
    bool under_way;
    Str  why; /* it is left out; empty if it is not */
} LookedInto;

/* Why the query of a view has no common form; empty if it has one. */
static Str fault_of(Work *w, const CatalogTable *view)
{
    const SchemaExpr *made    = &view->definition;
    const Node       *select  = made->node ? node_child(made->node, ROLE_SELECT) : NULL;
    TranslateOptions  options = { .catalog = w->options->catalog, .keep_binds = true };

    if (!select)
        return STR("");
    Translation inside = translate_inside(w->arena, node_text(made->text, select), &options, w->views);
    vec_each(remark, &inside.remarks)
        if (remark->verdict == SQL_DECIDE)
            return remark->message;
    return inside.binds.count ? STR("it has a placeholder") : STR("");
}

/* Each view once, however many read it. */
static Str why_left_out(Work *w, const CatalogTable *view)
{
    LookedInto *known = map_find(w->views, view->name);

    if (!known) {
        known            = arena_new(w->arena, LookedInto);
        known->under_way = true;
        map_set(w->arena, w->views, view->name, known);
        known->why       = fault_of(w, view);
        known->under_way = false;
    }
    return known->under_way ? STR("views read one another in a circle") : known->why;
}

/* CREATE TABLE … AS SELECT of what is no plain column; nothing that Python puts in. */
static bool is_calculated(const CatalogTable *table)
{
    const SchemaExpr *made = &table->definition;

    return table->kind == TABLE_PLAIN && !table->columns_known && made->node && node_child(made->node, ROLE_SELECT)
        && str_find_char(node_text(made->text, made->node), SQL_HOLE) == STR_NOT_FOUND;
}

void told_left_out(Work *w, const Node *node, const CatalogTable *table)
{
    const CatalogTable *owner = shadowed_by(w->options->catalog, table);

    if (is_bookkeeping(w->options->catalog, table)) {
        told(w, "SC-27", "bookkeeping", SQL_DECIDE, span_of(node),
             "a tool remembers in " STR_FORMAT " which migrations it has run, and the schema for Postgres does not "
             "have it", STR_ARG(table->name));
    } else if (owner) {
        told(w, "SQL-39", "virtual-table", SQL_DECIDE, span_of(node),
             "the virtual table " STR_FORMAT " keeps its data there, and Postgres has none", STR_ARG(owner->name));
    } else if (table->is_temp) {
        told(w, "SC-27", "temporary-table", SQL_DIFFERS, span_of(node),
             "the table " STR_FORMAT " is temporary, so the schema for Postgres does not have it: the program makes it on its "
             "connection, and it is there until that is closed, also for who gets it next from a pool; a rollback takes it away",
             STR_ARG(table->name));
    } else if (is_calculated(table)) {
        told(w, "SC-27", "table-left-out", SQL_DECIDE, span_of(node),
             "the schema for Postgres does not have the table " STR_FORMAT ", for CREATE TABLE AS does not tell the types of "
             "what it calculates; define it by its columns", STR_ARG(table->name));
    } else if (table->kind == TABLE_VIEW) {
        Str why = why_left_out(w, table);
        if (why.len)
            told(w, "SC-25", "view-left-out", SQL_DECIDE, span_of(node),
                 "the schema for Postgres does not have the view " STR_FORMAT ": " STR_FORMAT, STR_ARG(table->name),
                 STR_ARG(why));
    }
}
