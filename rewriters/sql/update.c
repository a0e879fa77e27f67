/* UPDATE and DELETE, and what INSERT shares with them: SET, RETURNING. */
#include "rewriters/sql/spelling.h"
#include "rewriters/sql/work.h"

/* The column a NODE_NAME of SET means. */
static Value target_value(Work *w, const KnownTable *table, const Node *name)
{
    bool named = name->kind == NODE_NAME && !(name->flags & FLAG_HOLE);
    Str  text  = name->kind == NODE_NAME ? name_of(w, name->name) : STR("");
    int  at    = table && named ? known_column(table, text) : KNOWN_NO_COLUMN;

    if (named)
        spell_name(w, name->name);
    else
        told_hole(w, name);
    if (at != KNOWN_NO_COLUMN)
        return value_of_column(table, &table->columns.items[at]);
    if (table && named) {
        bool rowid = is_rowid_name(text);
        told(w, rowid ? "SQL-30" : "SQL-21", rowid ? "rowid" : "unknown-column",
             rowid ? SQL_DECIDE : SQL_DIFFERS, span_of(name),
             "the catalog has no column " STR_FORMAT "; bring the schema up to date",
             STR_ARG(text));
    }
    return value_of_kind(VALUE_UNKNOWN);
}

/* SET (a, b) = (x, y) */
static void assign_row(Work *w, const Node *assign, const Node *value, const KnownTable *table)
{
    const Node *bare = node_bare(value);
    const Node *item = bare->kind == NODE_ROW ? bare->first : NULL;

    node_each(name, assign) {
        if (name->role != ROLE_COLUMN)
            continue;
        Value target = target_value(w, table, name);
        if (item) {
            store(w, item, target);
            item = item->next;
        } else {
            told_unknown_type(w, "SQL-21", value);
        }
    }
}

void set_clause(Work *w, Scope *scope, const Node *set, const KnownTable *table)
{
    node_each(assign, set) {
        const Node *value = node_child(assign, ROLE_RIGHT);
        const Node *name  = node_child(assign, ROLE_COLUMN);
        if (assign->kind != NODE_ASSIGN || !value || !name) {
            told_hole(w, assign);
            continue;
        }
        if (assign->op == OP_EQ_EQ) {
            cured(w, "SQL-10", "double-equals", SQL_SAME, assign->operator_,
                  "Postgres has no ==; it is =");
            change_put(w->arena, &w->changes, assign->operator_.lo, assign->operator_.hi, STR("="));
        }
        expression(w, scope, value);
        if (node_count(assign, ROLE_COLUMN) > 1)
            assign_row(w, assign, value, table);
        else
            store(w, value, target_value(w, table, name));
    }
}

/* Does the statement give RETURNING at most one row? */
static bool returns_one_row(Work *w, Scope *scope, const Node *root)
{
    if (root->kind != NODE_INSERT)
        return rows_at_most_one(w, scope, node_child(root, ROLE_FROM),
                                node_child(root, ROLE_WHERE));

    const Node *source = node_child(root, ROLE_SOURCE);
    const Node *core   = source ? node_child(source, ROLE_CORE) : NULL;
    if (!source || source->kind == NODE_DEFAULT_VALUES)
        return source != NULL;
    return core && core->kind == NODE_VALUES && node_count(core, ROLE_ROW) == 1
        && node_count(source, ROLE_CORE) == 1;
}

void returning(Work *w, Scope *scope, const Node *root)
{
    const Node *items = node_child(root, ROLE_RETURNING);

    if (!items)
        return;
    results(w, scope, items);
    w->out->one_row = returns_one_row(w, scope, root);
    w->out->ordered = w->out->one_row;
    if (!w->out->one_row)
        told(w, "SQL-24", "unordered", SQL_DIFFERS, span_of(items),
             "the rows of RETURNING come in any order");
    describe_results(w, items, scope);
}

void told_resolution(Work *w, const Node *root, const KnownTable *table)
{
    const Node *upsert = node_child(root, ROLE_UPSERT);

    if (!table || table->resolution == OP_NONE || (root->conflict != OP_NONE && root->conflict != OP_ABORT))
        return;
    if (!(upsert && upsert->flags & FLAG_NOTHING && !node_child(upsert, ROLE_INDEX) && table->resolves_keys))
        told(w, "SC-23", "constraint-conflict", SQL_DECIDE, span_of(node_child(root, ROLE_TARGET)),
             "a constraint of " STR_FORMAT " says ON CONFLICT %s, and Postgres has no such word in a table; say it in "
             "the statement", STR_ARG(table->name), node_op_name(table->resolution));
}

/* UPDATE OR x */
static void resolution(Work *w, const Node *root)
{
    if (root->conflict == OP_NONE)
        return;
    if (root->conflict != OP_ABORT) {
        told(w, "SQL-05", "update-or", SQL_DECIDE, root->operator_,
             "Postgres has no UPDATE OR %s; test for the conflict first",
             node_op_name(root->conflict));
        return;
    }
    cured(w, "SQL-05", "or-abort", SQL_SAME, root->operator_, "to abort is what both do anyway");
    change_replace(w->arena, &w->changes, root->operator_.lo, node_child(root, ROLE_TARGET)->lo,
                   STR(""));
}

/* The primary key, when it is one column; else empty. */
static Str key_column(const Work *w, const KnownTable *table)
{
    if (!table)
        return STR("");
    vec_each(key, &table->keys)
        if (key->primary && key->count == 1)
            return name_spelled(w->arena, table->columns.items[key->columns[0]].name);
    return STR("");
}

/* UPDATE … ORDER BY … LIMIT: `WHERE key IN (SELECT key FROM table …)` around what follows. */
static void limited(Work *w, Scope *scope, const Node *root, const KnownTable *table)
{
    const Node *order  = node_child(root, ROLE_ORDER), *limit_ = node_child(root, ROLE_LIMIT);
    const Node *where  = node_child(root, ROLE_WHERE);
    const Node *named  = node_child(root, ROLE_TARGET);
    const Node *first  = where ? where : order ? order : limit_;
    Str         key    = key_column(w, table);

    if (!order && !limit_)
        return;
    if (order)
        order_terms(w, scope, order, NULL, NULL);
    if (limit_)
        limit(w, scope, limit_);
    if (!limit_ || key.len == 0 || node_child(root, ROLE_RETURNING) || node_child(root, ROLE_FROM)
        || span_is_set(named->alias)) {
        told(w, "SQL-34", "update-limit", SQL_DECIDE, span_of(root),
             "Postgres has no LIMIT here; choose the rows by their key in a subquery");
        return;
    }
    bool settled = order ? rows_ordered(w, scope, NULL, where, order, NULL)
                         : rows_at_most_one(w, scope, NULL, where);
    if (!settled)
        told(w, "SQL-24", order ? "order-ties" : "unordered", SQL_DIFFERS, span_of(limit_),
             "which rows LIMIT takes is not said by the order; add the primary key");
    cured(w, "SQL-34", "update-limit", SQL_SAME, span_of(limit_),
          "Postgres has no LIMIT here; the rows are chosen by their key in a subquery");

    Str name = change_render(w->arena, &w->changes, w->text, named->name.lo, named->name.hi);
    change_open(w->arena, &w->changes, first->lo,
                str_format(w->arena,
                           STR_FORMAT STR_FORMAT STR_FORMAT STR_FORMAT STR_FORMAT STR_FORMAT " ",
                           STR_ARG(keyword_cased(w, "WHERE ")), STR_ARG(key),
                           STR_ARG(keyword_cased(w, " IN (SELECT ")), STR_ARG(key),
                           STR_ARG(keyword_cased(w, " FROM ")), STR_ARG(name)));
    change_close(w->arena, &w->changes, limit_->hi, STR(")"));
}

static void tails(Work *w, const Node *root)
{
    node_each(child, root)
        if (child->role == ROLE_TAIL)
            told_hole(w, child);
}

static void where_clause(Work *w, Scope *scope, const Node *root)
{
    const Node *where = node_child(root, ROLE_WHERE);
    const Node *value = where ? node_child(where, ROLE_CONDITION) : NULL;

    if (where && (where->flags & FLAG_HOLE))
        told_hole(w, where);
    if (value)
        condition(w, scope, value);
}

/* A row that meets several of FROM takes its values from one of them, and nobody says which. */
static void told_many(Work *w, Scope *scope, const Node *root, const Node *from)
{
    const Node   *where  = node_child(root, ROLE_WHERE);
    const Source *target = &scope->sources.items[0];
    ColumnAtVec   known  = { 0 };

    for (size_t i = 0; i < target->columns.count; i++)
        vec_push(w->arena, &known, ((ColumnAt) { target, i, false }));
    if (!rows_settled_by(w, scope, from, where, &known))
        told(w, "SQL-35", "update-from-many", SQL_DIFFERS, span_of(from),
             "when a row meets several of FROM, which one gives its values is not said; join by a "
             "key");
}

static bool is_in_key(const KnownTable *table, int column)
{
    vec_each(key, &table->keys)
        for (uint32_t i = 0; i < key->count; i++)
            if (key->columns[i] == (uint32_t)column)
                return true;
    return false;
}

static bool names_column(const Node *root)
{
    node_walk_each(node, root)
        if (node->kind == NODE_COLUMN)
            return true;
    return false;
}

/* `SET id = id + 1`: a value that a row further on still has is an error, on either. */
static void told_moving_key(Work *w, Scope *scope, const Node *root, const Node *set, const KnownTable *table)
{
    node_each(assign, set) {
        const Node *value = node_child(assign, ROLE_RIGHT), *name = node_child(assign, ROLE_COLUMN);
        int at = name && name->kind == NODE_NAME ? known_column(table, name_of(w, name->name)) : KNOWN_NO_COLUMN;
        if (!value || at == KNOWN_NO_COLUMN || !is_in_key(table, at) || !names_column(value))
            continue;
        if (!rows_at_most_one(w, scope, node_child(root, ROLE_FROM), node_child(root, ROLE_WHERE)))
            told(w, "SQL-24", "moving-key", SQL_DIFFERS, span_of(assign),
                 "a key is tested row by row, and each database comes to the rows in an order of its own: a value "
                 "that another row still has stops the statement");
        return;
    }
}

void update_statement(Work *w, Scope *outer, const Node *root)
{
    Scope            *scope = scope_new(w, outer);
    const Node       *with_ = node_child(root, ROLE_WITH), *named = node_child(root, ROLE_TARGET);
    const Node       *from  = node_child(root, ROLE_FROM), *set   = node_child(root, ROLE_SET);
    const KnownTable *table = NULL;

    if (!named)
        return;
    if (with_)
        with(w, scope, with_);
    resolution(w, root);
    table = written_table(w, scope, named);
    told_resolution(w, root, table);
    if (from)
        sources(w, scope, from, outer);
    if (set)
        set_clause(w, scope, set, table);
    where_clause(w, scope, root);
    if (set && table)
        told_moving_key(w, scope, root, set, table);
    if (from)
        told_many(w, scope, root, from);
    tails(w, root);
    limited(w, scope, root, table);
    returning(w, scope, root);
}

void delete_statement(Work *w, Scope *outer, const Node *root)
{
    Scope            *scope = scope_new(w, outer);
    const Node       *with_ = node_child(root, ROLE_WITH), *named = node_child(root, ROLE_TARGET);
    const KnownTable *table = NULL;

    if (!named)
        return;
    if (with_)
        with(w, scope, with_);
    table = written_table(w, scope, named);
    where_clause(w, scope, root);
    tails(w, root);
    limited(w, scope, root, table);
    returning(w, scope, root);
}
