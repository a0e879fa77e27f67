/* GROUP BY, HAVING, aggregates and windows. */
#include "rewriters/sql/function.h"
#include "rewriters/sql/query.h"
#include "rewriters/sql/spelling.h"

bool is_aggregate(const Work *w, const Node *node)
{
    static const char *const names[] = { "count",        "sum",        "avg",              "total",
                                         "group_concat", "string_agg", "json_group_array",
                                         "json_group_object" };

    if (node->kind != NODE_FUNCTION || node_child(node, ROLE_OVER))
        return false;
    Str name = name_of(w, node->name);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq_nocase(name, str_of(names[i])))
            return true;
    return node_count(node, ROLE_ARG) == 1
        && (str_eq_nocase(name, STR("min")) || str_eq_nocase(name, STR("max")));
}

bool has_aggregate(const Work *w, const Node *root)
{
    for (const Node *at = root; at;) {
        if (is_aggregate(w, at))
            return true;
        at = at->kind == NODE_SUBQUERY ? node_walk_past(root, at) : node_walk(root, at);
    }
    return false;
}

/* -- bare columns ---------------------------------------------------------------------------- */

typedef struct Grouping {
    const Node *group; /* NODE_GROUP_BY, or NULL: all rows are one group */
    const Node *items; /* NODE_RESULTS */
    ColumnAtVec columns; /* that are grouped by */
    ColumnAtVec follow;  /* those, and what has one value in each group because of them */
    ColumnAtVec added;   /* to GROUP BY, by us */
    bool        taken;   /* a column out of some row, in the result looked at */
} Grouping;

static bool is_grouped(const Work *w, const Grouping *g, const Node *node)
{
    if (!g->group)
        return false;
    node_each(item, g->group) {
        const Node *value = term_value(w, item, g->items);
        if (node_bare(node) == node_bare(value) || same_words(w, node_bare(node), value))
            return true;
    }
    return false;
}

/* Then Postgres takes every column of the table. */
static bool has_grouped_primary_key(const Grouping *g, const Source *source)
{
    if (!source->table)
        return false;
    vec_each(key, &source->table->keys) {
        bool all = key->primary;
        for (uint32_t i = 0; all && i < key->count; i++)
            all = column_is_in(&g->columns, source, key->columns[i]);
        if (all)
            return true;
    }
    return false;
}

static void group_by_too(Work *w, Grouping *g, const Node *column, const Found *found)
{
    if (column_is_in(&g->added, found->source, found->column))
        return;
    vec_push(w->arena, &g->added, ((ColumnAt) { found->source, found->column, false }));
    cured(w, "SQL-25", "group-by-dependent", SQL_SAME, span_of(column),
          "Postgres wants " STR_FORMAT " in GROUP BY; it has one value in each group, so that "
          "changes nothing", STR_ARG(source_of(w, column)));
    Str text = change_spelled(w->arena, &w->changes, w->text, column->lo, column->hi);
    change_close(w->arena, &w->changes, g->group->last->hi,
                 str_format(w->arena, ", " STR_FORMAT, STR_ARG(text)));
}

static bool has_column(const Node *root)
{
    node_walk_each(node, root)
        if (node->kind == NODE_COLUMN)
            return true;
    return false;
}

/* The one MIN() or MAX() that says from which row SQLite takes bare columns; NULL for none, or for several. */
static const Node *deciding_extreme(const Work *w, const Grouping *g)
{
    const Node *only = NULL;

    for (const Node *at = g->items; at;) {
        bool aggregate = is_aggregate(w, at);
        if (aggregate && (str_eq_nocase(name_of(w, at->name), STR("min")) || str_eq_nocase(name_of(w, at->name), STR("max")))) {
            if (only && !same_words(w, only, at))
                return NULL;
            only = at;
        }
        at = aggregate || at->kind == NODE_SUBQUERY ? node_walk_past(g->items, at) : node_walk(g->items, at);
    }
    return only && has_column(only) ? only : NULL; /* MIN(2): all rows are alike */
}

static bool order_is_told(const Work *w, const Grouping *g)
{
    const Node *extreme = deciding_extreme(w, g);

    return extreme && node_bare(node_child(extreme, ROLE_ARG))->kind == NODE_COLUMN;
}

/* ` ORDER BY score DESC NULLS LAST, id`: the row SQLite takes first; empty where nothing says. */
static Str order_of_taking(Work *w, const Scope *scope, const Grouping *g)
{
    const Node       *extreme = deciding_extreme(w, g);
    const KnownTable *table   = scope->sources.count == 1 ? scope->sources.items[0].table : NULL;
    StrVec            terms   = { 0 };

    if (extreme)
        vec_push(w->arena, &terms,
                 str_format(w->arena, STR_FORMAT " %s", STR_ARG(rendered(w, node_child(extreme, ROLE_ARG))),
                            str_eq_nocase(name_of(w, extreme->name), STR("max")) ? "DESC NULLS LAST" : "ASC NULLS LAST"));
    if (table && table->rowid_column >= 0)
        vec_push(w->arena, &terms, name_spelled(w->arena, table->columns.items[table->rowid_column].name));
    return terms.count ? str_format(w->arena, " ORDER BY " STR_FORMAT, STR_ARG(str_join(w->arena, &terms, STR(", ")))) : STR("");
}

/* A result, or an operand; in a function another change may have said it twice. */
static bool stands_alone(const Node *column)
{
    const Node *up = column->parent;

    while (up && (up->kind == NODE_PAREN || up->kind == NODE_BINARY))
        up = up->parent;
    return up && (up->kind == NODE_RESULT || up->kind == NODE_ORDER_TERM || up->kind == NODE_HAVING);
}

/* On Postgres alone: the column out of the first of the group's rows, which an aggregate can be asked for. */
static bool taken_from_a_row(Work *w, Scope *scope, const Grouping *g, const Node *column)
{
    static const struct {
        ValueKind   kind;
        const char *words;
    } readings[] = {
        { VALUE_TEXT, "(JSONB_AGG($1$2) ->> 0)" },
        { VALUE_INTEGER, "CAST(JSONB_AGG($1$2) ->> 0 AS BIGINT)" },
        { VALUE_DOUBLE, "CAST(JSONB_AGG($1$2) ->> 0 AS DOUBLE PRECISION)" },
        { VALUE_NUMERIC, "CAST(JSONB_AGG($1$2) ->> 0 AS NUMERIC)" },
        { VALUE_BOOLEAN, "CAST(JSONB_AGG($1$2) ->> 0 AS BOOLEAN)" },
        { VALUE_TIMESTAMP, "CAST(JSONB_AGG($1$2) ->> 0 AS TIMESTAMPTZ)" },
        { VALUE_DATE, "CAST(JSONB_AGG($1$2) ->> 0 AS DATE)" },
    };
    Value value = find_column(w, scope, column).value; /* what it is, not what it was made around here */

    if (!w->options->postgres_alone || !g->items || !stands_alone(column) || node_has_hole(w, g->items)
        || change_swallows(&w->changes, column->lo, column->hi)
        || node_ancestor(column, NODE_SUBQUERY) != node_ancestor(g->items, NODE_SUBQUERY)) /* no place for an aggregate */
        return false;
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        if (readings[i].kind != value.kind)
            continue;
        Str text = words_filled(w, readings[i].words, (Str[]) { change_spelled(w->arena, &w->changes, w->text, column->lo,
                                                                           column->hi), order_of_taking(w, scope, g) });
        if (column->parent->kind == NODE_RESULT && !span_is_set(column->parent->alias))
            text = str_format(w->arena, STR_FORMAT " " STR_FORMAT " " STR_FORMAT, STR_ARG(text),
                              STR_ARG(keyword_cased(w, "AS")), STR_ARG(name_spelled(w->arena, name_of(w, column->name))));
        alone(w, "SQL-25", order_is_told(w, g) ? "row-of-extreme" : "column-of-a-row", SQL_DIFFERS, span_of(column),
              "the column is neither grouped by nor in an aggregate: SQLite takes it from the row of the only MIN() or MAX(), "
              "else from some row, and Postgres is told to take it from one; of rows that are alike each may take another");
        change_respell(w->arena, &w->changes, column->lo, column->hi, text);
        return true;
    }
    return false;
}

static void check_column(Work *w, Scope *scope, Grouping *g, const Node *node)
{
    Found found = find_column(w, scope, node);

    if (found.alias || !found.source || found.scope != scope)
        return;
    if (found.column == SIZE_MAX) {
        told(w, "SQL-25", "bare-column", SQL_DECIDE, span_of(node),
             "the column is neither grouped by nor in an aggregate, and nothing is known of its "
             "table; Postgres takes it only beside the table's primary key");
        return;
    }
    if (column_is_in(&g->columns, found.source, found.column)
        || has_grouped_primary_key(g, found.source))
        return;
    if (g->group && column_is_in(&g->follow, found.source, found.column)) {
        group_by_too(w, g, node, &found);
        return;
    }
    if (taken_from_a_row(w, scope, g, node)) {
        g->taken = true;
        return;
    }
    told(w, "SQL-25", "bare-column", SQL_DECIDE, span_of(node),
         "the column is neither grouped by nor in an aggregate: SQLite takes it from some row, "
         "Postgres refuses; say which row is meant");
}

/* Names in a subquery are its own, unless a qualifier says that they come from out here. */
static void check(Work *w, Scope *scope, Grouping *g, const Node *root)
{
    for (const Node *at = root; at;) {
        bool done = is_aggregate(w, at) || is_grouped(w, g, at);
        if (!done && at->kind == NODE_COLUMN && !(at->flags & FLAG_HOLE)) {
            const Node *subquery = node_ancestor(at, NODE_SUBQUERY);
            bool        inside   = at != root && subquery && subquery->lo >= root->lo;
            if (!inside || span_is_set(at->qualifier))
                check_column(w, scope, g, at);
        }
        at = done ? node_walk_past(root, at) : node_walk(root, at);
    }
}

/* -- GROUP BY -------------------------------------------------------------------------------- */

static void group_terms(Work *w, Scope *scope, Grouping *g, const Node *core)
{
    node_each(item, g->group) {
        const Node *bare  = node_bare(item);
        const Node *value = term_value(w, item, g->items);

        /* An alias is known here when it is the whole term. */
        scope->results    = g->items;
        scope->aliases_ok = bare->kind == NODE_COLUMN;
        Value term        = expression(w, scope, item);
        scope->aliases_ok = false;
        told_nocase_column(w, item, &term);
        if (bare->kind == NODE_BIND || (bare->kind == NODE_LITERAL && term.kind == VALUE_STRING)
            || is_constant_term(w, item))
            told(w, "TX-14", "group-by-constant", SQL_DECIDE, span_of(item),
                 "grouping by a constant is one group on SQLite and an error on Postgres");
        if (!add_column_at(w, scope, bare, &g->columns))
            add_column_at(w, scope, value, &g->columns);
    }
    vec_each(at, &g->columns)
        vec_push(w->arena, &g->follow, *at);
    rows_determined(w, scope, node_child(core, ROLE_FROM), node_child(core, ROLE_WHERE),
                    &g->follow);
}

static void check_star(Work *w, Scope *scope, const Grouping *g, const Node *star)
{
    if (!g->group) {
        told(w, "SQL-25", "bare-column", SQL_DECIDE, span_of(star),
             "a star beside an aggregate: SQLite takes some row, Postgres refuses");
        return;
    }
    vec_each(source, &scope->sources)
        if (!has_grouped_primary_key(g, source)
            && (!span_is_set(star->qualifier)
                || str_eq_nocase(source->handle, name_of(w, star->qualifier))))
            told(w, "SQL-25", "bare-column", SQL_DECIDE, span_of(star),
                 "a star beside GROUP BY is fine in Postgres only when the primary key is grouped "
                 "by; name the columns");
}

/* Where all rows are one group, there is a result even of no row: then what comes from a row is NULL. */
static void check_result(Work *w, Scope *scope, Grouping *g, const Node *operand)
{
    g->taken = false;
    check(w, scope, g, operand);
    if (!g->taken || g->group)
        return;
    Value value    = seen(w, operand);
    value.nullable = true;
    remember(w, operand, value);
}

static void check_results(Work *w, Scope *scope, Grouping *g)
{
    node_each(item, g->items) {
        const Node *operand = node_child(item, ROLE_OPERAND);
        if (item->kind == NODE_STAR)
            check_star(w, scope, g, item);
        else if (operand)
            check_result(w, scope, g, operand);
    }
}

void group_by(Work *w, Scope *scope, const Node *core, const Node *order)
{
    const Node *having = node_child(core, ROLE_HAVING);
    Grouping    g      = { .group = node_child(core, ROLE_GROUP),
                           .items = node_child(core, ROLE_RESULTS) };
    bool aggregates = (g.items && has_aggregate(w, g.items))
                   || (having && has_aggregate(w, having));

    if (!g.items)
        return;
    if (g.group)
        group_terms(w, scope, &g, core);
    scope->results    = g.items;
    scope->aliases_ok = false;
    const Node *value = having ? node_child(having, ROLE_CONDITION) : NULL;
    if (value)
        condition(w, scope, value);
    if (!g.group && !aggregates)
        return;

    check_results(w, scope, &g);
    if (value)
        check(w, scope, &g, value);
    if (!order || !g.group)
        return;
    node_each(term, order) {
        const Node *operand = node_child(term, ROLE_OPERAND);
        if (operand && term_value(w, operand, g.items) == node_bare(operand))
            check(w, scope, &g, operand);
    }
}

/* -- windows --------------------------------------------------------------------------------- */

void window(Work *w, Scope *scope, const Node *node)
{
    spell_name(w, node->name);
    spell_name(w, node->alias);
    node_each(child, node) {
        if (child->role == ROLE_PARTITION) {
            node_each(item, child) {
                Value value = expression(w, scope, item);
                told_nocase_column(w, item, &value);
            }
        } else if (child->role == ROLE_ORDER) {
            order_terms(w, scope, child, NULL, NULL);
        } else if (child->role == ROLE_FRAME) {
            node_each(item, child)
                expression(w, scope, item);
            if (child->op == OP_RANGE && child->first)
                told(w, "SQL-35", "window-range", SQL_DECIDE, span_of(child),
                     "a RANGE of values needs an offset of the column's type in Postgres");
        } else {
            told_hole(w, child);
        }
    }
}

/* The window of an OVER, behind its name. */
static const Node *window_named(const Work *w, const Node *core, const Node *over)
{
    const Node *names = core ? node_child(core, ROLE_WINDOW) : NULL;

    if (!span_is_set(over->name) || !names)
        return over;
    node_each(window_, names)
        if (str_eq_nocase(name_of(w, window_->name), name_of(w, over->name)))
            return window_;
    return over;
}

static void add_columns(Work *w, Scope *scope, const Node *terms, ColumnAtVec *known)
{
    if (!terms)
        return;
    node_each(term, terms) {
        const Node *value = term->kind == NODE_ORDER_TERM ? node_child(term, ROLE_OPERAND) : term;
        if (value)
            add_column_at(w, scope, value, known);
    }
}

void window_ties(Work *w, Scope *scope, const Node *function)
{
    const Node *core  = node_ancestor(function, NODE_SELECT_CORE);
    const Node *over  = node_child(function, ROLE_OVER);
    ColumnAtVec known = { 0 };

    if (!over || !core)
        return;
    over = window_named(w, core, over);
    add_columns(w, scope, node_child(over, ROLE_PARTITION), &known);
    add_columns(w, scope, node_child(over, ROLE_ORDER), &known);
    if (node_child(core, ROLE_GROUP)
        || !rows_settled_by(w, scope, node_child(core, ROLE_FROM), node_child(core, ROLE_WHERE),
                            &known))
        told(w, "SQL-24", "window-ties", SQL_DIFFERS, span_of(function),
             "rows that are alike to the window's ORDER BY come in any order; add the primary key");
}
