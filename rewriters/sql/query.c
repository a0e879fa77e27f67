/* SELECT: common tables, results, compounds, and whether the order of the rows is sure. */
#include "rewriters/sql/query.h"
#include "rewriters/sql/spelling.h"

/* -- WITH ------------------------------------------------------------------------------------ */

/* The columns of a common table: those of its rows, called as the list behind its name says. */
static void named_by(Work *w, Cte *cte, const Node *columns, const Rows *rows)
{
    size_t at = 0;

    cte->columns = (NamedValueVec) { 0 };
    vec_each(column, &rows->columns)
        vec_push(w->arena, &cte->columns,
                 ((NamedValue) { column->name, value_outside(column->value) }));
    cte->known = rows->known;
    if (!columns)
        return;
    node_each(name, columns) {
        Str text = name->kind == NODE_NAME ? name_of(w, name->name) : STR("");
        if (at < cte->columns.count)
            cte->columns.items[at].name = text;
        at++;
    }
}

static void want_recursive(Work *w, const Node *with_node, const Node *child)
{
    cured(w, "SQL-36", "recursive", SQL_SAME, span_of(child),
          "Postgres wants WITH RECURSIVE for a table that uses itself");
    const Token *word = token_in(w, with_node->lo, with_node->hi, TOKEN_KEYWORD);
    if (word)
        change_close(w->arena, &w->changes, word->hi,
                     str_format(w->arena, " " STR_FORMAT, STR_ARG(keyword_cased(w, "RECURSIVE"))));
}

void with(Work *w, Scope *scope, const Node *with_node)
{
    bool recursive = with_node->flags & FLAG_RECURSIVE;

    node_each(child, with_node) {
        if (child->kind != NODE_CTE)
            continue;
        const Node *subquery = node_child(child, ROLE_SELECT);
        const Node *select   = subquery ? node_child(subquery, ROLE_SELECT) : NULL;
        const Node *columns  = node_child(child, ROLE_COLUMNS);
        Cte        *cte      = arena_new(w->arena, Cte);

        *cte = (Cte) { .next = scope->ctes, .name = name_of(w, child->name), .recursive = true };
        spell_name(w, child->name);
        if (columns)
            node_each(name, columns)
                spell_name(w, name->name);
        Scope *inside = scope_new(w, scope);
        inside->ctes  = cte;
        Rows rows     = { 0 };
        if (select)
            rows = query(w, inside, select, QUERY_SOURCE, cte);
        if (cte->used_inside && !recursive) {
            recursive = true;
            want_recursive(w, with_node, child);
        }
        named_by(w, cte, columns, &rows);
        cte->one_row   = rows.one_row && !cte->used_inside;
        cte->recursive = false;
        scope->ctes    = cte;
    }
}

/* -- results --------------------------------------------------------------------------------- */

static void star(Work *w, Scope *scope, const Node *item, Rows *rows)
{
    Str  handle = name_of(w, item->qualifier);
    bool any    = false;

    spell_name(w, item->qualifier);
    vec_each(source, &scope->sources) {
        if (handle.len ? !str_eq_nocase(source->handle, handle) : source->by_name)
            continue;
        any         = true;
        rows->known = rows->known && source->known;
        vec_each(column, &source->columns)
            if (handle.len || !is_merged(w, scope, source, column->name))
                vec_push(w->arena, &rows->columns, *column);
    }
    if (!handle.len && !merged_come_first(w, scope))
        told(w, "SQL-35", "star-using", SQL_DIFFERS, span_of(item),
             "Postgres puts the columns of USING before all others, SQLite leaves them where they "
             "are; name the columns");
    if (!any)
        rows->known = false;
}

/* The name of a result, where Postgres does not take it as it is written. */
static void label(Work *w, const Node *item)
{
    if (!span_is_set(item->alias))
        return;
    Str  text  = span_text(w->text, item->alias);
    char quote = text.ptr[0];

    if (str_find_char(text, SQL_HOLE) != STR_NOT_FOUND || told_no_name(w, item->alias))
        return;
    if (quote == '`' || quote == '[' || quote == '\'') {
        Str name = name_of(w, item->alias);
        cured(w, "SQL-11", "quoted-identifier", SQL_SAME, item->alias,
              "Postgres does not know these quotes around a name");
        bool plain   = name_is_plain(name) && !name_has_capitals(name);
        Str  spelled = plain ? name_spelled(w->arena, name) : name_quoted(w->arena, name);
        if (str_find_char(spelled, ':') != STR_NOT_FOUND)
            told(w, "TX-01", "colon-name", SQL_DECIDE, item->alias,
                 "a colon in the name of a result is a bind to text(); choose another name");
        change_replace(w->arena, &w->changes, item->alias.lo, item->alias.hi, spelled);
    }
    if ((item->flags & FLAG_BARE_ALIAS) && name_is_no_bare_label(text)) {
        cured(w, "SQL-12", "reserved-name", SQL_SAME, item->alias,
              "Postgres takes " STR_FORMAT " for the name of a result only behind AS",
              STR_ARG(text));
        change_open(w->arena, &w->changes, item->alias.lo,
                    str_format(w->arena, STR_FORMAT " ", STR_ARG(keyword_cased(w, "AS"))));
    }
}

static Str result_name(Work *w, Scope *scope, const Node *item, const Value *value)
{
    const Node *operand = node_child(item, ROLE_OPERAND);
    const Node *bare    = operand ? node_bare(operand) : NULL;

    if (span_is_set(item->alias))
        return name_of(w, item->alias);
    if (bare && bare->kind == NODE_COLUMN)
        return column_key(w, scope, bare, value);
    return value->plain && value->column ? value->column->name : STR("");
}

Rows results(Work *w, Scope *scope, const Node *items)
{
    Rows rows = { .known = true };

    node_each(item, items) {
        const Node *operand = node_child(item, ROLE_OPERAND);
        if (item->kind == NODE_STAR) {
            star(w, scope, item, &rows);
        } else if (item->kind == NODE_RESULT && operand) {
            Value value = expression(w, scope, operand);
            if (value.kind == VALUE_NUMERIC && value.constant) {
                as_double(w, operand);
                value = seen(w, operand);
            }
            label(w, item);
            vec_push(w->arena, &rows.columns,
                     ((NamedValue) { result_name(w, scope, item, &value), value }));
        } else {
            told_hole(w, item);
            rows.known = false;
        }
    }
    return rows;
}

/* -- VALUES ---------------------------------------------------------------------------------- */

static const Node *nth_item(const Node *row, size_t at)
{
    const Node *item = row->kind == NODE_ROW ? row->first : NULL;

    for (size_t i = 0; i < at && item; i++)
        item = item->next;
    return item;
}

static Rows values(Work *w, Scope *scope, const Node *core, QueryUse use)
{
    Rows        rows   = { .known = true };
    size_t      width  = 0, height = node_count(core, ROLE_ROW);
    const Node *first  = NULL;

    node_each(row, core) {
        if (row->kind != NODE_ROW) {
            told_hole(w, row);
            rows.known = false;
            continue;
        }
        node_each(item, row)
            expression(w, scope, item);
        if (!first) {
            first = row;
            width = node_count(row, ROLE_ITEM);
        }
    }
    if (!first)
        return rows;
    for (size_t i = 0; i < width; i++) {
        const Node **column = arena_array(w->arena, const Node *, height);
        size_t       count  = 0;
        node_each(row, core) {
            const Node *item = nth_item(row, i);
            if (item)
                column[count++] = item;
        }
        /* What is stored meets the columns of the table, one row at a time. */
        Value value = use == QUERY_STORED ? value_of_kind(VALUE_UNKNOWN)
                                          : unite(w, column, count, core);
        vec_push(w->arena, &rows.columns,
                 ((NamedValue) { str_format(w->arena, "column%zu", i + 1), value }));
    }
    rows.one_row = height == 1;
    return rows;
}

/* -- cores ----------------------------------------------------------------------------------- */

typedef struct Core {
    const Node *node;
    Scope      *scope;
    Rows        rows;
    bool        ordered;   /* its rows come in one order, whatever is said */
    bool        aggregate; /* all rows become one */
} Core;

static Core core_of(Work *w, Scope *base, const Node *node, const Node *order, QueryUse use)
{
    Core        core  = { .node = node, .scope = scope_new(w, base) };
    const Node *from  = node_child(node, ROLE_FROM), *where = node_child(node, ROLE_WHERE);
    const Node *items = node_child(node, ROLE_RESULTS), *names = node_child(node, ROLE_WINDOW);

    if (node->kind == NODE_VALUES) {
        core.rows    = values(w, core.scope, node, use);
        core.ordered = core.rows.columns.count > 0;
        return core;
    }
    sources(w, core.scope, from, base);
    if (items)
        core.rows = results(w, core.scope, items);
    core.scope->results = items;
    if (node->flags & FLAG_DISTINCT)
        vec_each(column, &core.rows.columns)
            told_nocase_column(w, items, &column->value);
    if (where) {
        const Node *value = node_child(where, ROLE_CONDITION);
        if (where->flags & FLAG_HOLE)
            told_hole(w, where);
        if (value)
            condition(w, core.scope, value);
    }
    group_by(w, core.scope, node, order);
    if (names)
        node_each(child, names)
            window(w, core.scope, child);
    node_each(child, node)
        if (child->role == ROLE_TAIL)
            told_hole(w, child);

    core.aggregate = !node_child(node, ROLE_GROUP)
                  && ((items && has_aggregate(w, items)) || node_child(node, ROLE_HAVING));
    core.rows.one_row = core.aggregate || rows_at_most_one(w, core.scope, from, where);
    core.ordered      = core.rows.one_row;
    return core;
}

/* -- compounds ------------------------------------------------------------------------------- */

static const Node *operand_at(const Node *core, size_t at)
{
    const Node *items = node_child(core, core->kind == NODE_VALUES ? ROLE_ROW : ROLE_RESULTS);
    const Node *item  = items ? items->first : NULL;

    for (size_t i = 0; item && i < at; i++)
        item = item->next;
    if (!item || item->kind == NODE_STAR || item->kind == NODE_HOLE)
        return NULL;
    return core->kind == NODE_VALUES ? item : node_child(item, ROLE_OPERAND);
}

static bool has_star(const Node *core)
{
    const Node *items = node_child(core, ROLE_RESULTS);

    return items && node_child_of_kind(items, NODE_STAR);
}

/* Postgres settles a compound two by two, and NULL beside NULL is text to it. */
static void told_settled_null(Work *w, const Core *next, const Node *null, const Value *mine,
                              const Value *other)
{
    if (mine->kind == VALUE_TEXT && null && seen(w, null).kind == VALUE_NULL
        && other->kind != VALUE_TEXT && other->kind != VALUE_STRING && other->kind != VALUE_NULL)
        told(w, "SQL-27c", "compound-types", SQL_DECIDE, span_of(next->node),
             "two NULLs above make the column text in Postgres, and here it is %s; give the first "
             "NULL a CAST", value_kind_name(other->kind));
}

/* A recursive table has the types of its first part in Postgres, and an integer there is short. */
static void widen_first(Work *w, const Core *next, const Node *first, Value *mine,
                        const Value *other)
{
    bool number = mine->kind == VALUE_INTEGER && kind_is_number(other->kind);

    if (mine->kind == VALUE_BIND && other->kind == VALUE_INTEGER && !other->small && first)
        told(w, "SQL-36", "recursive-type", SQL_DIFFERS, span_of(first),
             "the column is as wide as this bind in Postgres; CAST it to BIGINT");
    if (!number || (other->kind == VALUE_INTEGER && (!mine->small || other->small)))
        return;
    if (other->kind != VALUE_INTEGER || !first) {
        told(w, "SQL-36", "recursive-type", SQL_DECIDE, span_of(next->node),
             "the column is %s in the first part of a recursive table and %s here, which Postgres "
             "refuses; CAST the first", value_kind_name(mine->kind), value_kind_name(other->kind));
        return;
    }
    cured(w, "SQL-36", "recursive-type", SQL_SAME, span_of(first),
          "the column has the type of the first part in Postgres, and that is 32 bits wide");
    wrap_cast(w, first, "BIGINT");
    mine->small = false;
    Value wide  = seen(w, first);
    wide.small  = false;
    remember(w, first, wide);
}

static void unite_cores(Work *w, Rows *rows, const Core *first, const Core *next, bool recursive)
{
    rows->known = rows->known && next->rows.known;
    for (size_t i = 0; i < rows->columns.count && i < next->rows.columns.count; i++) {
        Value      *mine   = &rows->columns.items[i].value;
        Value       other  = next->rows.columns.items[i].value;
        const Node *both[] = { operand_at(first->node, i), operand_at(next->node, i) };
        told_settled_null(w, next, both[0], mine, &other);
        if (recursive)
            widen_first(w, next, both[0], mine, &other);
        if (next->node->op != OP_UNION_ALL) {
            told_nocase_column(w, next->node, is_nocase(mine) ? mine : &other);
            told_collation(w, next->node, mine);
        }
        if (both[0] && both[1] && !has_star(first->node) && !has_star(next->node)) {
            bool nullable  = mine->nullable || other.nullable;
            *mine          = unite(w, both, 2, next->node);
            mine->nullable = nullable;
        } else if (mine->kind != other.kind && mine->kind != VALUE_UNKNOWN
                   && other.kind != VALUE_UNKNOWN
                   && (!kind_is_number(mine->kind) || !kind_is_number(other.kind))) {
            told(w, "SQL-27c", "compound-types", SQL_DECIDE, span_of(next->node),
                 "a column is %s in one part of the compound and %s in another",
                 value_kind_name(mine->kind), value_kind_name(other.kind));
        }
        mine->nullable = mine->nullable || other.nullable;
        mine->plain    = false;
        if (mine->kind == VALUE_NULL)
            mine->kind = VALUE_TEXT;
    }
    if (!rows->known)
        told_unknown_type(w, "SQL-21", next->node);
}

/* -- the order of the rows ------------------------------------------------------------------- */

/* Is `value` what one of the terms orders by? */
static bool is_term(const Work *w, const Node *items, const Node *order, const Node *value)
{
    node_each(term, order) {
        const Node *operand = node_child(term, ROLE_OPERAND);
        if (operand && same_words(w, value, term_value(w, operand, items)))
            return true;
    }
    return false;
}

/* What GROUP BY means by a name is a column, if there is one of it, and else a result. */
static const Node *group_value(const Work *w, const Core *core, const Node *term)
{
    const Node *bare = node_bare(term);

    if (bare->kind == NODE_COLUMN && !find_column(w, core->scope, bare).alias)
        return bare;
    return term_value(w, term, node_child(core->node, ROLE_RESULTS));
}

static bool covers_groups(const Work *w, const Core *core, const Node *order)
{
    const Node *group = node_child(core->node, ROLE_GROUP);
    const Node *items = node_child(core->node, ROLE_RESULTS);

    node_each(item, group)
        if (!is_term(w, items, order, group_value(w, core, item)))
            return false;
    return true;
}

static bool covers_results(const Work *w, const Node *items, const Node *order)
{
    node_each(item, items) {
        const Node *value = node_child(item, ROLE_OPERAND);
        if (!value || !is_term(w, items, order, node_bare(value)))
            return false;
    }
    return true;
}

/* What is ordered by settles what is grouped by: no two groups are alike to ORDER BY. */
static bool settles_groups(Work *w, const Core *core, const Node *order)
{
    const Node *items = node_child(core->node, ROLE_RESULTS);
    ColumnAtVec known = { 0 };

    node_each(term, order) {
        const Node *operand = node_child(term, ROLE_OPERAND);
        if (operand)
            add_column_at(w, core->scope, term_value(w, operand, items), &known);
    }
    rows_determined(w, core->scope, node_child(core->node, ROLE_FROM),
                    node_child(core->node, ROLE_WHERE), &known);
    node_each(item, node_child(core->node, ROLE_GROUP)) {
        ColumnAtVec one = { 0 };
        if (!add_column_at(w, core->scope, group_value(w, core, item), &one)
            || !column_is_in(&known, one.items[0].source, one.items[0].column))
            return false;
    }
    return true;
}

/* No two rows are alike to ORDER BY? */
static bool is_total(Work *w, const Core *core, const Node *order, bool compound)
{
    const Node *items = node_child(core->node, ROLE_RESULTS);

    if (!items)
        return false;
    if (compound)
        return covers_results(w, items, order);
    if (node_child(core->node, ROLE_GROUP) && covers_groups(w, core, order))
        return true;
    if ((core->node->flags & FLAG_DISTINCT) && covers_results(w, items, order))
        return true;
    if (node_child(core->node, ROLE_GROUP))
        return settles_groups(w, core, order);
    return rows_ordered(w, core->scope, node_child(core->node, ROLE_FROM),
                        node_child(core->node, ROLE_WHERE), order, items);
}

static void told_order(Work *w, const Node *select, const Node *order, const Node *limit_node,
                       bool total, QueryUse use)
{
    bool matters = use == QUERY_TOP || (limit_node && use != QUERY_EXISTS);

    if (!matters || total)
        return;
    if (!order)
        told(w, "SQL-24", "unordered", SQL_DIFFERS, span_of(select),
             "without ORDER BY SQLite gives rows in the order it finds them, mostly that of the "
             "rowid, and Postgres in any; say the order if it matters");
    else
        told(w, "SQL-24", "order-ties", limit_node ? SQL_DIFFERS : SQL_SAME, span_of(order),
             "rows that are alike to ORDER BY come in any order%s; add the primary key",
             limit_node ? ", so LIMIT may choose others" : "");
}

/* ORDER BY of an aggregate over all rows has nothing to order. */
static bool drop_order(Work *w, const Core *core, const Node *order)
{
    bool has_bind = false;

    if (!core->aggregate)
        return false;
    node_walk_each(at, order)
        has_bind = has_bind || at->kind == NODE_BIND || at->kind == NODE_HOLE;
    if (has_bind || node_has_hole(w, order))
        return false;
    cured(w, "SQL-25b", "order-of-one-row", SQL_SAME, span_of(order),
          "there is one row to order, and Postgres refuses what is in no aggregate; the clause "
          "goes");
    change_replace(w->arena, &w->changes, blanks_before(w, order->lo), order->hi, STR(""));
    return true;
}

static bool is_limit_one(const Work *w, const Node *node)
{
    const Node *count = node_child(node, ROLE_COUNT);

    Value number = count ? seen(w, node_bare(count)) : value_of_kind(VALUE_UNKNOWN);

    return number.constant && number.number >= 0 && number.number <= 1;
}

/* -- the query ------------------------------------------------------------------------------- */

/* The list of columns behind the name of the common table this query defines, or NULL. */
static const Node *columns_of(const Cte *defining, const Node *select)
{
    if (!defining->name.len || !select->parent || !select->parent->parent)
        return NULL;
    return node_child(select->parent->parent, ROLE_COLUMNS);
}

/* All cores of the query; what they give together goes into `rows`. */
static Core all_cores(Work *w, Scope *base, const Node *select, QueryUse use, Cte *defining,
                      Rows *rows)
{
    const Node *order = node_child(select, ROLE_ORDER);
    size_t      cores = node_count(select, ROLE_CORE);
    Core        first = { 0 };

    node_each(child, select) {
        if (child->role == ROLE_TAIL)
            told_hole(w, child);
        if (child->role != ROLE_CORE)
            continue;
        Core core = core_of(w, base, child, cores == 1 ? order : NULL, use);
        if (!first.node) {
            first = core;
            *rows = core.rows;
            /* The parts behind UNION see the table as its first part makes it. */
            if (defining)
                named_by(w, defining, columns_of(defining, select), rows);
        } else {
            unite_cores(w, rows, &first, &core, defining && defining->used_inside);
            rows->one_row = false;
            first.ordered = false;
        }
    }
    return first;
}

Rows query(Work *w, Scope *outer, const Node *select, QueryUse use, Cte *defining)
{
    Rows rows = { 0 };

    if (select->kind != NODE_SELECT) {
        told(w, "TX-10", "hole", SQL_DECIDE, span_of(select),
             "Python puts in what is not known, so nothing can be said of it");
        return rows;
    }
    Scope      *base       = scope_new(w, outer);
    const Node *with_node  = node_child(select, ROLE_WITH);
    const Node *order      = node_child(select, ROLE_ORDER);
    const Node *limit_node = node_child(select, ROLE_LIMIT);
    size_t      cores      = node_count(select, ROLE_CORE);

    if (with_node)
        with(w, base, with_node);
    Core first = all_cores(w, base, select, use, defining, &rows);
    if (!first.node)
        return rows;

    const Node *items = node_child(first.node, ROLE_RESULTS);
    bool        total = rows.one_row || first.ordered;
    if (order && !(cores == 1 && drop_order(w, &first, order))) {
        order_terms(w, first.scope, order, items, cores > 1 ? &rows : NULL);
        if (cores == 1)
            distinct_order(w, first.scope, first.node, order);
        total = total || is_total(w, &first, order, cores > 1);
    }
    if (limit_node)
        limit(w, base, limit_node);
    told_order(w, select, order, limit_node, total, use);
    rows.one_row = rows.one_row || (limit_node && is_limit_one(w, limit_node));
    if (use == QUERY_TOP) {
        w->out->one_row = rows.one_row;
        w->out->ordered = total;
        if (items)
            describe_results(w, items, first.scope);
        describe_rows(w, first.node, &rows, cores > 1);
    }
    return rows;
}
