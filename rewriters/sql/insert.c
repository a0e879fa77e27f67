/* INSERT: which value goes into which column, and keys that are left to the database. */
#include "rewriters/sql/query.h"
#include "rewriters/sql/spelling.h"

typedef struct Insert {
    const Node       *root;
    const KnownTable *table;
    const Node       *names;   /* NODE_COLUMNS, or NULL */
    int              *columns; /* of the table, in the order of the values; KNOWN_NO_COLUMN */
    size_t            count;   /* 0: not known */
    int               key_at;  /* where the INTEGER PRIMARY KEY is among them, or -1 */
} Insert;

/* -- columns --------------------------------------------------------------------------------- */

static int rowid_column(Work *w, const Insert *in, const Node *name)
{
    int at = in->table->rowid_column;

    cured(w, "SQL-30", "rowid", SQL_SAME, span_of(name),
          "Postgres tables have no rowid; here it is a column");
    change_replace(w->arena, &w->changes, name->lo, name->hi,
                   name_spelled(w->arena, in->table->columns.items[at].name));
    return at;
}

static int named_column(Work *w, const Insert *in, const Node *name)
{
    Str text = name_of(w, name->name);
    int at   = in->table ? known_column(in->table, text) : KNOWN_NO_COLUMN;

    spell_name(w, name->name);
    if (!in->table || at != KNOWN_NO_COLUMN)
        return at;
    if (is_rowid_name(text) && in->table->rowid_column >= 0)
        return rowid_column(w, in, name);
    told(w, "SQL-21", "unknown-column", SQL_DIFFERS, span_of(name),
         "the catalog has no column " STR_FORMAT "; bring the schema up to date", STR_ARG(text));
    return KNOWN_NO_COLUMN;
}

static void named_columns(Work *w, Insert *in)
{
    size_t at = 0;

    in->columns = arena_array(w->arena, int, node_count(in->names, ROLE_COLUMN) + 1);
    node_each(name, in->names) {
        if (name->kind != NODE_NAME || (name->flags & FLAG_HOLE)) {
            told_hole(w, name);
            in->count = 0;
            in->table = NULL;
            return;
        }
        int column = named_column(w, in, name);
        if (in->table && column != KNOWN_NO_COLUMN && column == in->table->rowid_column)
            in->key_at = (int)at;
        in->columns[at++] = column;
    }
    in->count = at;
}

static void all_columns(Work *w, Insert *in)
{
    if (!in->table)
        return;
    in->columns = arena_array(w->arena, int, in->table->columns.count + 1);
    for (size_t i = 0; i < in->table->columns.count; i++) {
        if (in->table->columns.items[i].generated)
            continue;
        if ((int)i == in->table->rowid_column)
            in->key_at = (int)in->count;
        in->columns[in->count++] = (int)i;
    }
}

static Value target_at(const Insert *in, size_t at)
{
    int column = in->table && at < in->count ? in->columns[at] : KNOWN_NO_COLUMN;

    if (column == KNOWN_NO_COLUMN)
        return value_of_kind(VALUE_UNKNOWN);
    return value_of_column(in->table, &in->table->columns.items[column]);
}

/* -- NULL for the key (SQL-06) --------------------------------------------------------------- */

static const Node *nth(const Node *list, int at)
{
    const Node *item = list->first;

    while (item && at-- > 0)
        item = item->next;
    return item;
}

static bool is_null(const Node *node)
{
    const Node *bare = node_bare(node);

    return bare->kind == NODE_LITERAL && bare->op == OP_NULL;
}

/* With the comma behind it, or before it when it is the last. */
static void remove_item(Work *w, const Node *list, const Node *item)
{
    const Node *before = NULL;

    for (const Node *at = list->first; at && at != item; at = at->next)
        before = at;
    if (item->next)
        change_replace(w->arena, &w->changes, item->lo, item->next->lo, STR(""));
    else if (before)
        change_replace(w->arena, &w->changes, before->hi, item->hi, STR(""));
}

/* All columns by name, but for the key. */
static void add_column_list(Work *w, const Insert *in)
{
    Buf    text    = buf_new(w->arena);
    size_t written = 0;

    buf_add(&text, STR(" ("));
    for (size_t i = 0; i < in->count; i++) {
        if ((int)i == in->key_at)
            continue;
        Str name = name_spelled(w->arena, in->table->columns.items[in->columns[i]].name);
        buf_format(&text, "%s" STR_FORMAT, written++ ? ", " : "", STR_ARG(name));
    }
    buf_add(&text, STR(")"));
    change_close(w->arena, &w->changes, node_child(in->root, ROLE_TARGET)->hi, buf_str(&text));
}

/* True when the key is left out of the new statement. */
static bool drop_null_keys(Work *w, const Insert *in, const Node *values)
{
    size_t nulls = 0, rows_ = 0;

    if (in->key_at < 0 || in->count < 2)
        return false;
    node_each(row, values) {
        const Node *item = row->kind == NODE_ROW ? nth(row, in->key_at) : NULL;
        rows_++;
        if (!item || node_count(row, ROLE_ITEM) != in->count)
            return false;
        nulls += is_null(item);
    }
    if (nulls == 0)
        return false;
    if (nulls != rows_) {
        told(w, "SQL-06", "null-key", SQL_DECIDE, span_of(values),
             "some rows leave the key to the database and some give it; write two statements");
        return false;
    }
    cured(w, "SQL-06", "null-key", SQL_SAME, span_of(nth(values->first, in->key_at)),
          "NULL for the key makes SQLite choose it and is an error on Postgres; left out, both "
          "choose");
    node_each(row, values)
        remove_item(w, row, nth(row, in->key_at));
    if (in->names)
        remove_item(w, in->names, nth(in->names, in->key_at));
    else
        add_column_list(w, in);
    return true;
}

/* A key other than the INTEGER PRIMARY KEY may be NULL on SQLite, and never on Postgres. */
static void told_missing_key(Work *w, const Insert *in, const Node *source)
{
    const Node *core   = source->kind == NODE_SELECT ? node_child(source, ROLE_CORE) : NULL;
    const Node *values = core && core->kind == NODE_VALUES ? core : NULL;

    vec_each(key, &in->table->keys)
        for (uint32_t i = 0; key->primary && i < key->count; i++) {
            int  column = (int)key->columns[i], at = -1;
            bool null   = false;
            if (column == in->table->rowid_column)
                continue;
            for (size_t j = 0; j < in->count; j++)
                if (in->columns[j] == column && source->kind != NODE_DEFAULT_VALUES)
                    at = (int)j;
            if (at < 0)
                null = !in->table->columns.items[column].has_default;
            else if (values)
                node_each(row, values) {
                    const Node *item = row->kind == NODE_ROW ? nth(row, at) : NULL;
                    null             = null || (item && is_null(item));
                }
            if (null)
                told(w, "SC-22", "missing-key", SQL_DECIDE, span_of(node_child(in->root, ROLE_TARGET)),
                     "the key " STR_FORMAT " is NULL here, which Postgres refuses; give it a value",
                     STR_ARG(in->table->columns.items[column].name));
        }
}

static void told_key(Work *w, const Node *item)
{
    if (seen(w, item).kind == VALUE_BIND)
        told(w, "SQL-06", "explicit-key", SQL_DIFFERS, span_of(item),
             "None for the key makes SQLite choose it and is an error on Postgres; and a key "
             "given here is not counted by Postgres' sequence (setval)");
    else
        told(w, "SC-02", "explicit-key", SQL_DIFFERS, span_of(item),
             "a key given here is not counted by Postgres' sequence, so a later row may meet it; "
             "setval");
}

/* -- VALUES ---------------------------------------------------------------------------------- */

static void row(Work *w, Scope *scope, const Insert *in, const Node *node, bool key_dropped)
{
    size_t at = 0;

    if (node->kind != NODE_ROW) {
        told_hole(w, node);
        return;
    }
    node_each(item, node) {
        bool dropped = key_dropped && (int)at == in->key_at;
        if (!dropped) {
            expression(w, scope, item);
            store(w, item, target_at(in, at));
            if ((int)at == in->key_at && !is_null(item))
                told_key(w, item);
        }
        at++;
    }
    if (in->table && in->count && at != in->count && !node_has_hole(w, node))
        told(w, "SQL-06", "column-count", SQL_DECIDE, span_of(node),
             "%zu values for %zu columns: SQLite refuses it too, by this catalog", at, in->count);
}

static void values(Work *w, Scope *scope, const Insert *in, const Node *core)
{
    bool dropped = drop_null_keys(w, in, core);

    node_each(child, core) {
        if (child->role == ROLE_ROW)
            row(w, scope, in, child, dropped);
        else
            told_hole(w, child);
    }
}

/* -- SELECT ---------------------------------------------------------------------------------- */

/* What the column's type says of a literal is lost where rows are compared first. */
static void told_compound(Work *w, const Node *node, Value target)
{
    Value value = seen(w, node);

    if ((value.kind == VALUE_STRING || value.kind == VALUE_NULL || value.kind == VALUE_BIND)
        && target.kind != VALUE_TEXT)
        told(w, "TX-14", "untyped-literal", SQL_DECIDE, span_of(node),
             "in a compound or with DISTINCT Postgres takes this for text, which does not go into "
             "the column; give it a CAST");
}

static void stored_rows(Work *w, const Insert *in, const Node *core)
{
    node_each(node, core) {
        size_t at = 0;
        if (node->kind != NODE_ROW)
            continue;
        node_each(item, node) {
            store(w, item, target_at(in, at));
            told_compound(w, item, target_at(in, at));
            at++;
        }
    }
}

static void stored_results(Work *w, const Insert *in, const Node *core, bool compound)
{
    const Node *items = node_child(core, ROLE_RESULTS);
    size_t      at    = 0;

    if (core->kind == NODE_VALUES) {
        stored_rows(w, in, core);
        return;
    }
    if (!items)
        return;
    node_each(item, items) {
        const Node *operand = node_child(item, ROLE_OPERAND);
        if (!operand)
            return;
        if (compound || (core->flags & FLAG_DISTINCT))
            told_compound(w, operand, target_at(in, at));
        store(w, operand, target_at(in, at));
        if ((int)at == in->key_at)
            told_key(w, operand);
        at++;
    }
}

static bool is_stored_alike(ValueKind from, ValueKind to)
{
    return from == to || (kind_is_number(to) && kind_is_number(from) && to != VALUE_INTEGER);
}

/* With a star among the results there is no expression for each column, only its type. */
static void stored_star(Work *w, const Insert *in, const Node *select, const Rows *rows)
{
    if (!rows->known || !in->table) {
        told_unknown_type(w, "SQL-21", select);
        return;
    }
    for (size_t i = 0; i < rows->columns.count; i++) {
        ValueKind from = rows->columns.items[i].value.kind, to = target_at(in, i).kind;
        if (from == VALUE_UNKNOWN || to == VALUE_UNKNOWN)
            told_unknown_type(w, "SQL-21", select);
        else if (!is_stored_alike(from, to))
            told(w, "SQL-21", "type-mix", SQL_DECIDE, span_of(select),
                 "%s goes into a column that is %s", value_kind_name(from), value_kind_name(to));
    }
}

static bool has_star(const Node *select)
{
    node_each(core, select) {
        const Node *items = core->role == ROLE_CORE ? node_child(core, ROLE_RESULTS) : NULL;
        if (items && node_child_of_kind(items, NODE_STAR))
            return true;
    }
    return false;
}

/* -- in which order rows get their keys ------------------------------------------------------- */

static bool is_ordered_by(const Work *w, const Node *value, const Node *order, const Node *items)
{
    node_each(term, order) {
        const Node *operand = node_child(term, ROLE_OPERAND);
        if (operand && same_words(w, node_bare(value), term_value(w, operand, items)))
            return true;
    }
    return false;
}

/* Rows of a compound or DISTINCT differ in something, so the order is whole. */
static bool orders_by_all(const Work *w, const Node *order, const Node *items)
{
    node_each(item, items) {
        const Node *operand = node_child(item, ROLE_OPERAND);
        if (!operand || !is_ordered_by(w, operand, order, items))
            return false;
    }
    return true;
}

static bool orders_by_groups(const Work *w, const Node *order, const Node *group,
                             const Node *items)
{
    node_each(item, group)
        if (!is_ordered_by(w, term_value(w, item, items), order, items))
            return false;
    return true;
}

static bool add_known_table(Work *w, Scope *scope, const Node *node)
{
    Str name = name_of(w, node->name);

    if (node->kind != NODE_TABLE || (node->flags & (FLAG_HOLE | FLAG_CALL))
        || find_cte(scope, name))
        return false;
    const KnownTable *table = known_table_of(w->arena, w->options->catalog, name);
    scope_add(w, scope, span_is_set(node->alias) ? name_of(w, node->alias) : name, table, node);
    return table != NULL;
}

/* Of FROM, or of a join in parentheses; false when one of them is no table of the catalog. */
static bool add_known_tables(Work *w, Scope *scope, const Node *parent)
{
    node_each(child, parent) {
        const Node *join  = child->role == ROLE_JOIN ? child : NULL;
        const Node *node  = join ? node_child(join, ROLE_SOURCE) : child;
        size_t      first = scope->sources.count;
        if (!node || !(node->kind == NODE_FROM_GROUP ? add_known_tables(w, scope, node)
                                                     : add_known_table(w, scope, node)))
            return false;
        for (size_t i = first; i < scope->sources.count; i++)
            if (!scope->sources.items[i].join)
                scope->sources.items[i].join = join;
    }
    return true;
}

/* Only where FROM is made of tables: what is in a subquery is not known here any more. */
static bool orders_by_key(Work *w, Scope *around, const Node *core, const Node *order)
{
    const Node *from  = node_child(core, ROLE_FROM);
    Scope      *scope = scope_new(w, around);

    if (!from || !add_known_tables(w, scope, from))
        return false;
    return rows_ordered(w, scope, from, node_child(core, ROLE_WHERE), order,
                        node_child(core, ROLE_RESULTS));
}

static bool is_ordered(Work *w, Scope *around, const Node *select)
{
    const Node *order = node_child(select, ROLE_ORDER), *core = node_child(select, ROLE_CORE);
    const Node *items = core ? node_child(core, ROLE_RESULTS) : NULL;
    const Node *group = core ? node_child(core, ROLE_GROUP) : NULL;

    if (!order || !items)
        return false;
    if (node_count(select, ROLE_CORE) > 1 || (core->flags & FLAG_DISTINCT))
        return orders_by_all(w, order, items);
    return group ? orders_by_groups(w, order, group, items)
                 : orders_by_key(w, around, core, order);
}

static void selected(Work *w, Scope *scope, const Insert *in, const Node *select)
{
    Rows rows = query(w, scope, select, QUERY_STORED, NULL);

    if (has_star(select)) {
        stored_star(w, in, select, &rows);
    } else {
        bool compound = node_count(select, ROLE_CORE) > 1;
        node_each(core, select)
            if (core->role == ROLE_CORE)
                stored_results(w, in, core, compound);
    }
    bool makes_keys = in->table && in->table->rowid_column >= 0 && in->key_at < 0;
    if (makes_keys && !rows.one_row && !is_ordered(w, scope, select))
        told(w, "SQL-24", "unordered", SQL_DIFFERS, span_of(select),
             "the keys are given in the order of the rows, and without ORDER BY that differs");
}

/* What SQLite takes beside DEFAULT VALUES has no words there on Postgres, or none there on SQLite. */
static void default_values(Work *w, const Node *root, const Node *names)
{
    bool resolves = (root->flags & FLAG_REPLACE) || (root->conflict != OP_NONE && root->conflict != OP_ABORT);

    if (names)
        told(w, "SQL-06", "default-values", SQL_DECIDE, span_of(names),
             "Postgres takes no columns before DEFAULT VALUES, and SQLite does not heed them; leave them out");
    if (resolves)
        told(w, "SQL-03", "default-values", SQL_DECIDE, span_of(root),
             "SQLite takes no ON CONFLICT behind DEFAULT VALUES; name a column and its value");
}

/* -- the statement --------------------------------------------------------------------------- */

/* Nothing but VALUES, whose items are stored as they stand. */
static bool is_values(const Node *source)
{
    return source->kind == NODE_SELECT && node_count(source, ROLE_CORE) == 1
        && node_child(source, ROLE_CORE)->kind == NODE_VALUES && !node_child(source, ROLE_WITH);
}

void insert_statement(Work *w, Scope *outer, const Node *root)
{
    Insert in = { .root = root, .names = node_child(root, ROLE_COLUMNS), .key_at = -1 };
    /* The values do not see the table; ON CONFLICT and RETURNING do. */
    Scope      *around = scope_new(w, outer), *scope = scope_new(w, around);
    const Node *with_  = node_child(root, ROLE_WITH), *named = node_child(root, ROLE_TARGET);
    const Node *source = node_child(root, ROLE_SOURCE);

    if (!named)
        return;
    if (with_)
        with(w, around, with_);
    scope->ctes = around->ctes;
    in.table = written_table(w, scope, named);
    if (in.names)
        named_columns(w, &in);
    else
        all_columns(w, &in);

    if (!source || source->kind == NODE_HOLE)
        told(w, "TX-10", "hole", SQL_DECIDE, span_of(root),
             "Python puts in what is inserted, so nothing can be said of it");
    else if (source->kind == NODE_DEFAULT_VALUES)
        default_values(w, root, in.names);
    else if (is_values(source))
        values(w, around, &in, node_child(source, ROLE_CORE));
    else if (source->kind == NODE_SELECT)
        selected(w, around, &in, source);
    if (in.table && in.count && source && source->kind != NODE_HOLE)
        told_missing_key(w, &in, source);
    node_each(child, root)
        if (child->role == ROLE_TAIL)
            told_hole(w, child);
    told_resolution(w, root, in.table);
    conflict_clauses(w, scope, root, in.table, &scope->sources.items[0]);
    returning(w, scope, root);
}
