/* FROM: what each source is, and the joins between them. */
#include "rewriters/sql/spelling.h"
#include "rewriters/sql/work.h"


static void make_nullable(Scope *scope, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        vec_each(column, &scope->sources.items[i].columns)
            column->value.nullable = true;
}

static Str handle_of(const Work *w, const Node *node)
{
    return name_of(w, span_is_set(node->alias) ? node->alias : node->name);
}

static void add_cte(Work *w, Scope *scope, const Node *node, Cte *cte)
{
    Source *source  = scope_add(w, scope, handle_of(w, node), NULL, node);
    source->known   = cte->known;
    source->one_row = cte->one_row;
    /* A copy: an outer join may make them nullable here and not elsewhere. */
    vec_each(column, &cte->columns)
        vec_push(w->arena, &source->columns, *column);
    if (cte->recursive)
        cte->used_inside = true;
}

/* The table a name stands for; what cannot be one on Postgres, or is not known at all, is told. */
static const KnownTable *listed_table(Work *w, const Node *node)
{
    Str name = name_of(w, node->name);

    if (node->flags & FLAG_HOLE)
        return NULL;
    const CatalogTable *listed = w->options->catalog ? catalog_table(w->options->catalog, name) : NULL;
    if (!listed) /* it may be anything: a view, a virtual table, one that SQLite alone has */
        told_unknown_type(w, "SQL-21", node);
    else if (listed->kind == TABLE_VIRTUAL)
        told(w, "SQL-39", "virtual-table", SQL_DECIDE, span_of(node),
             "a virtual table (full text, r-tree) needs a design of its own in Postgres");
    else
        told_left_out(w, node, listed);
    if (listed)
        note_renamed(w, listed);
    return known_table_of(w->arena, w->options->catalog, name);
}

const KnownTable *written_table(Work *w, Scope *scope, const Node *node)
{
    const KnownTable *table = NULL;

    if (node->flags & FLAG_HOLE)
        told_hole(w, node);
    else if (!refused_table(w, node))
        table = listed_table(w, node);
    spell_table(w, node);
    if (table && table->is_view && !table->is_virtual)
        told(w, "SQL-40", "view-write", SQL_DECIDE, span_of(node), "what is written to is no plain table");
    if (table && table->has_triggers)
        told(w, "SQL-40", "trigger", SQL_DIFFERS, span_of(node),
             "the table has triggers, which Postgres does not have until they are written again");
    scope_add(w, scope, name_of(w, span_is_set(node->alias) ? node->alias : node->name), table, node);
    return table;
}

static void add_table(Work *w, Scope *scope, const Node *node)
{
    Str  name = name_of(w, node->name);
    Cte *cte  = span_is_set(node->qualifier) ? NULL : find_cte(scope, name);

    if (node->flags & FLAG_HOLE)
        told_hole(w, node);
    if (master_table(w, scope, node))
        return;
    if (refused_table(w, node)) {
        scope_add(w, scope, handle_of(w, node), NULL, node);
        return;
    }
    if (node->flags & FLAG_CALL) {
        node_each(arg, node)
            if (arg->role == ROLE_ARG)
                expression(w, scope, arg);
        if (json_each_table(w, scope, node))
            return;
        told(w, "JS-06", "table-function", SQL_DECIDE, span_of(node),
             "Postgres has no table-valued function of this name and shape; do it in Python, or "
             "write it for each database");
        scope_add(w, scope, handle_of(w, node), NULL, node);
        return;
    }
    const KnownTable *table = cte ? NULL : listed_table(w, node);
    spell_table(w, node);
    if (cte) {
        add_cte(w, scope, node, cte);
        return;
    }
    scope_add(w, scope, handle_of(w, node), table, node);
}

static bool handle_is_taken(const Work *w, Str handle)
{
    vec_each(use, &w->out->statement.tables)
        if (str_eq_nocase(use->name, handle) || str_eq_nocase(use->alias, handle))
            return true;
    return false;
}

static void name_subquery(Work *w, const Node *node)
{
    Str handle;

    do {
        w->made_names++;
        handle = w->made_names == 1 ? STR("u") : str_format(w->arena, "u%u", w->made_names);
    } while (handle_is_taken(w, handle));
    cured(w, "SQL-27", "subquery-alias", SQL_SAME, span_of(node),
          "Postgres wants a name for a subquery in FROM");
    change_close(w->arena, &w->changes, node->hi,
                 str_format(w->arena, " " STR_FORMAT " " STR_FORMAT,
                            STR_ARG(keyword_cased(w, "AS")), STR_ARG(handle)));
}

static void add_subquery(Work *w, Scope *scope, const Node *node)
{
    const Node *subquery = node_child(node, ROLE_SELECT);
    const Node *select   = subquery ? node_child(subquery, ROLE_SELECT) : NULL;
    Rows        rows     = { 0 };

    if (select) {
        /* Its neighbours are not visible inside, but what is around and the CTEs are. */
        Scope *outside = scope_new(w, scope->outer);
        outside->ctes  = scope->ctes;
        rows           = query(w, outside, select, QUERY_SOURCE, NULL);
    }
    Source *source  = scope_add(w, scope, name_of(w, node->alias), NULL, node);
    vec_each(column, &rows.columns)
        vec_push(w->arena, &source->columns,
                 ((NamedValue) { column->name, value_outside(column->value) }));
    source->known   = rows.known;
    source->one_row = rows.one_row;
    if (span_is_set(node->alias))
        spell_name(w, node->alias);
    else
        name_subquery(w, node);
}

static void joined(Work *w, Scope *scope, const Node *parent);

/* `FROM (t)`, `FROM (a, b)`: parentheses are for joins in Postgres, and for nothing else. */
static void without_parentheses(Work *w, const Node *group)
{
    const Node *only = group->first;

    if (only && !only->next) {
        cured(w, "SQL-27", "table-in-parentheses", SQL_SAME, span_of(group),
              "Postgres takes parentheses around a join only; they go");
        change_put(w->arena, &w->changes, group->lo, group->lo + 1, STR(" "));
        change_put(w->arena, &w->changes, group->hi - 1, group->hi, STR(" "));
    }
    node_each(node, group) {
        bool has_condition = node_child(node, ROLE_ON) || node_child(node, ROLE_USING); /* join_condition() */
        if (node->role != ROLE_JOIN || node->op != OP_COMMA || has_condition)
            continue;
        cured(w, "SQL-27b", "comma-in-parentheses", SQL_SAME, node->operator_,
              "Postgres takes a join in these parentheses, and no list");
        change_put(w->arena, &w->changes, node->operator_.lo, node->operator_.hi,
                   str_format(w->arena, " " STR_FORMAT, STR_ARG(keyword_cased(w, "CROSS JOIN"))));
    }
}

static void add_source(Work *w, Scope *scope, const Node *node)
{
    switch (node->kind) {
    case NODE_TABLE: add_table(w, scope, node); return;
    case NODE_FROM_SELECT: add_subquery(w, scope, node); return;
    case NODE_FROM_GROUP:
        without_parentheses(w, node);
        joined(w, scope, node);
        if (span_is_set(node->alias))
            told(w, "SQL-27", "join-alias", SQL_DECIDE, span_of(node),
                 "a name for a join in parentheses hides its tables in Postgres; name the tables");
        return;
    default:
        told(w, "SQL-27", "unknown-source", SQL_DECIDE, span_of(node),
             "this part of FROM is not understood");
    }
}

static bool is_comma_with_condition(const Node *join)
{
    return join->op == OP_COMMA && (node_child(join, ROLE_ON) || node_child(join, ROLE_USING));
}

static const char *without_constraint(const Node *join)
{
    switch (join->op) {
    case OP_JOIN:
    case OP_INNER: return "CROSS JOIN";
    default: return NULL;
    }
}

static void join_without_on(Work *w, const Node *join)
{
    const char *words = without_constraint(join);

    if (join->op == OP_COMMA || join->op == OP_CROSS || (join->flags & FLAG_NATURAL))
        return;
    cured(w, "SQL-27b", "join-without-on", SQL_SAME, span_of(join),
          "Postgres wants ON or USING behind this join");
    if (words)
        change_put(w->arena, &w->changes, join->operator_.lo, join->operator_.hi,
                   keyword_cased(w, words));
    else
        change_close(w->arena, &w->changes, join->hi,
                     str_format(w->arena, " " STR_FORMAT " true",
                                STR_ARG(keyword_cased(w, "ON"))));
}

/* The common columns of a USING compare like any others. */
static void using(Work *w, Scope *scope, const Node *node, size_t right)
{
    node_each(name, node) {
        if (name->kind != NODE_NAME)
            continue;
        Str         text    = name_of(w, name->name);
        const Value *sides[2] = { NULL, NULL };
        spell_name(w, name->name);
        for (size_t i = 0; i < scope->sources.count; i++)
            vec_each(column, &scope->sources.items[i].columns)
                if (str_eq_nocase(column->name, text) && (i >= right || !sides[0]))
                    sides[i >= right] = &column->value;
        if (sides[0] && sides[1]) {
            told_nocase_column(w, name, is_nocase(sides[0]) ? sides[0] : sides[1]);
            told_collation(w, name, sides[0]);
        }
        if (!sides[0] || !sides[1] || sides[0]->kind == VALUE_UNKNOWN
            || sides[1]->kind == VALUE_UNKNOWN)
            told_unknown_type(w, "SQL-21", name);
        else if (sides[0]->kind != sides[1]->kind
                 && !(kind_is_number(sides[0]->kind) && kind_is_number(sides[1]->kind)))
            told(w, "SQL-21", "type-mix", SQL_DECIDE, span_of(name),
                 "the tables are joined by %s and %s, which Postgres does not compare",
                 value_kind_name(sides[0]->kind), value_kind_name(sides[1]->kind));
    }
}

static void natural(Work *w, Scope *scope, const Node *join, size_t right)
{
    for (size_t i = 0; i < scope->sources.count; i++)
        if (!scope->sources.items[i].known) {
            told_unknown_type(w, "SQL-21", join);
            return;
        }
    for (size_t i = 0; i < right; i++)
        vec_each(left, &scope->sources.items[i].columns)
            for (size_t j = right; j < scope->sources.count; j++)
                vec_each(other, &scope->sources.items[j].columns)
                    if (str_eq_nocase(left->name, other->name)
                        && left->value.kind != other->value.kind)
                        told(w, "SQL-21", "type-mix", SQL_DECIDE, span_of(join),
                             "the tables are joined by " STR_FORMAT
                             ", which has another type in each", STR_ARG(left->name));
}

static bool has_handle(const Scope *scope, Str handle)
{
    for (const Scope *at = scope; at; at = at->outer)
        vec_each(source, &at->sources)
            if (str_eq_nocase(source->handle, handle))
                return true;
    return false;
}

/* SQLite lets ON speak of a table that is joined further on; so far it is in no scope. */
static void told_later_table(Work *w, Scope *scope, const Node *condition_)
{
    node_walk_each(node, condition_) {
        if (node->kind != NODE_COLUMN || !span_is_set(node->qualifier)
            || node_ancestor(node, NODE_SUBQUERY) != node_ancestor(condition_, NODE_SUBQUERY))
            continue;
        Str handle = name_of(w, node->qualifier);
        if (has_handle(scope, handle))
            continue;
        told(w, "SQL-27b", "later-table", SQL_DECIDE, span_of(node),
             "ON speaks of " STR_FORMAT ", and Postgres sees only the tables before it; put this condition where "
             STR_FORMAT " is joined", STR_ARG(handle), STR_ARG(handle));
        return;
    }
}

/* What Postgres calls the join; NULL where it knows no such one. */
static const char *usual_join(const Node *join)
{
    bool natural_ = join->flags & FLAG_NATURAL;

    switch (join->op) {
    case OP_LEFT: return natural_ ? "NATURAL LEFT JOIN" : "LEFT JOIN";
    case OP_RIGHT: return natural_ ? "NATURAL RIGHT JOIN" : "RIGHT JOIN";
    case OP_FULL: return natural_ ? "NATURAL FULL JOIN" : "FULL JOIN";
    case OP_CROSS: {
        bool has_condition = node_child(join, ROLE_ON) || node_child(join, ROLE_USING);
        return natural_ ? "NATURAL JOIN" : has_condition ? "JOIN" : "CROSS JOIN";
    }
    case OP_INNER:
    case OP_JOIN: return natural_ ? "NATURAL JOIN" : "JOIN";
    default: return NULL;
    }
}

static Str join_words(const Work *w, const Node *join)
{
    Buf out = buf_new(w->arena);

    vec_each(token, &w->out->sql.tokens)
        if (token->lo >= join->operator_.lo && token->hi <= join->operator_.hi && !token_is_blank(*token))
            buf_format(&out, "%s" STR_FORMAT, out.len ? " " : "", STR_ARG(token_text(w->text, *token)));
    return buf_str(&out);
}

/* As it is usual, or with the OUTER or INNER that adds nothing. */
static bool is_usual(Work *w, const Node *join, Str usual)
{
    Str         words = join_words(w, join), stem = str_slice(usual, 0, usual.len - strlen("JOIN"));
    const char *more  = join->op == OP_INNER                      ? "INNER JOIN"
                      : join->op == OP_JOIN || join->op == OP_CROSS ? "JOIN"
                                                                    : "OUTER JOIN";

    return str_eq_nocase(words, usual)
        || str_eq_nocase(words, str_format(w->arena, STR_FORMAT "%s", STR_ARG(stem), more));
}

/* CROSS JOIN with a condition, and words in an order of SQLite's own: `OUTER LEFT JOIN`. */
static void spell_join(Work *w, const Node *join)
{
    const char *usual = usual_join(join);

    if (!usual || is_usual(w, join, str_of(usual)))
        return;
    cured(w, "SQL-27b", "join-words", SQL_SAME, join->operator_, "Postgres has no join of these words; it is a %s", usual);
    change_put(w->arena, &w->changes, join->operator_.lo, join->operator_.hi, keyword_cased(w, usual));
}

static void join_condition(Work *w, Scope *scope, const Node *join, size_t left, size_t right)
{
    const Node *on      = node_child(join, ROLE_ON);
    const Node *using_  = node_child(join, ROLE_USING);

    if (!on && !using_)
        join_without_on(w, join);
    if (join->flags & FLAG_NATURAL)
        natural(w, scope, join, right);
    if ((join->flags & FLAG_NATURAL) && (on || using_))
        told(w, "SQL-27b", "natural-condition", SQL_DECIDE, span_of(join),
             "a NATURAL join says by itself which columns are alike, and neither database takes a condition beside it");
    if (using_)
        using(w, scope, using_, right);
    if (is_comma_with_condition(join)) {
        cured(w, "SQL-27b", "comma-on", SQL_SAME, join->operator_,
              "ON and USING behind a comma are SQLite's alone; it is a JOIN");
        change_put(w->arena, &w->changes, join->operator_.lo, join->operator_.hi,
                   str_format(w->arena, " " STR_FORMAT, STR_ARG(keyword_cased(w, "JOIN"))));
    }
    spell_join(w, join);
    if (on) {
        const Node *value = node_child(on, ROLE_CONDITION);
        if (value) {
            condition(w, scope, value);
            told_later_table(w, scope, value);
        }
    }
    if (join->op == OP_LEFT || join->op == OP_FULL)
        make_nullable(scope, right, scope->sources.count);
    if (join->op == OP_RIGHT || join->op == OP_FULL)
        make_nullable(scope, left, right);
    if (join->op == OP_HOLE)
        told_hole(w, join);
}

/* Does the condition name a source of the range? */
static bool names_source(const Work *w, Scope *scope, const Node *on, size_t first, size_t end)
{
    node_walk_each(node, on) {
        if (node->kind != NODE_COLUMN)
            continue;
        Found found = find_column(w, scope, node);
        if (!found.source || found.scope != scope)
            continue;
        size_t at = (size_t)(found.source - scope->sources.items);
        if (at >= first && at < end)
            return true;
    }
    return false;
}

/*
 * JOIN binds tighter than a comma in Postgres: `a, b JOIN c ON c.x = a.x` does not see `a`. Each
 * comma before such a join becomes CROSS JOIN, which SQLite reads the same.
 */
static void commas_before_join(Work *w, Scope *scope, const Node *parent, const Node *join,
                               size_t first)
{
    const Node *on        = node_child(join, ROLE_ON);
    const Node *comma     = NULL;
    size_t      at        = first + 1;
    size_t      comma_end = 0;

    for (const Node *node = parent->first; node != join; node = node->next)
        if (node->role == ROLE_JOIN) {
            if (node->op == OP_COMMA) {
                comma     = node;
                comma_end = at;
            }
            at++;
        }
    if (!comma || !on || !names_source(w, scope, on, first, comma_end))
        return;
    for (const Node *node = parent->first; node != join; node = node->next) {
        if (node->role != ROLE_JOIN || node->op != OP_COMMA)
            continue;
        bool told_already = false;
        vec_each(change, &w->changes)
            told_already = told_already || (change->lo == node->operator_.lo
                                            && change->side == CHANGE_TEXT);
        if (told_already)
            continue;
        cured(w, "SQL-27b", "comma-before-join", SQL_SAME, node->operator_,
              "a JOIN behind a comma does not see the tables before it in Postgres");
        change_put(w->arena, &w->changes, node->operator_.lo, node->operator_.hi,
                   str_format(w->arena, " " STR_FORMAT,
                              STR_ARG(keyword_cased(w, "CROSS JOIN"))));
    }
}

static void joined(Work *w, Scope *scope, const Node *parent)
{
    size_t first = scope->sources.count;

    node_each(child, parent) {
        if (child->role == ROLE_SOURCE) {
            add_source(w, scope, child);
        } else if (child->role == ROLE_JOIN) {
            const Node *source = node_child(child, ROLE_SOURCE);
            size_t      right  = scope->sources.count;
            if (source)
                add_source(w, scope, source);
            for (size_t i = right; i < scope->sources.count; i++)
                if (!scope->sources.items[i].join)
                    scope->sources.items[i].join = child;
            if (child->op != OP_COMMA || is_comma_with_condition(child))
                commas_before_join(w, scope, parent, child, first);
            join_condition(w, scope, child, first, right);
        } else {
            told_hole(w, child);
        }
    }
}

/* -- what a star shows ----------------------------------------------------------------------- */

static bool has_column(const Source *source, Str name)
{
    vec_each(column, &source->columns)
        if (str_eq_nocase(column->name, name))
            return true;
    return false;
}

static bool in_using(const Work *w, const Node *join, Str name)
{
    const Node *using_ = join ? node_child(join, ROLE_USING) : NULL;

    if (using_)
        node_each(child, using_)
            if (child->kind == NODE_NAME && str_eq_nocase(name_of(w, child->name), name))
                return true;
    return join && (join->flags & FLAG_NATURAL);
}

bool is_merged(const Work *w, const Scope *scope, const Source *source, Str name)
{
    if (!in_using(w, source->join, name))
        return false;
    for (size_t i = 0; &scope->sources.items[i] != source; i++)
        if (has_column(&scope->sources.items[i], name))
            return true;
    return false;
}

static bool is_any_merged(const Work *w, const Scope *scope, Str name)
{
    vec_each(source, &scope->sources)
        if (has_column(source, name) && is_merged(w, scope, source, name))
            return true;
    return false;
}

bool merged_come_first(const Work *w, const Scope *scope)
{
    bool before = true;

    vec_each(source, &scope->sources) {
        bool first = source == scope->sources.items;
        vec_each(column, &source->columns) {
            bool merged = first ? is_any_merged(w, scope, column->name)
                                : !is_merged(w, scope, source, column->name)
                                      && is_any_merged(w, scope, column->name);
            if (merged && (!before || !first))
                return false;
            before = before && merged;
        }
        if (source->join && node_child(source->join, ROLE_USING)) {
            size_t at = 0; /* and USING lists them in that order */
            node_each(name, node_child(source->join, ROLE_USING)) {
                const Source *left = scope->sources.items;
                if (at >= left->columns.count || name->kind != NODE_NAME
                    || !str_eq_nocase(left->columns.items[at].name, name_of(w, name->name)))
                    return false;
                at++;
            }
        }
    }
    return true;
}

void sources(Work *w, Scope *scope, const Node *from, Scope *outer)
{
    scope->outer = outer;
    if (from)
        joined(w, scope, from);
}
