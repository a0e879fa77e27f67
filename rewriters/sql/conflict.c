/* INSERT that meets a row with its key: OR IGNORE, OR REPLACE, ON CONFLICT (SQL-01 to SQL-05). */
#include "rewriters/sql/spelling.h"
#include "rewriters/sql/work.h"

/* -- what the statement gives ---------------------------------------------------------------- */

static bool names_column(const Work *w, const Node *root, const KnownTable *table, uint32_t column)
{
    const Node *names = node_child(root, ROLE_COLUMNS);

    if (!names)
        return !table->columns.items[column].generated;
    node_each(name, names)
        if (name->kind == NODE_NAME
            && known_column(table, name_of(w, name->name)) == (int)column)
            return true;
    return false;
}

/* Is the INTEGER PRIMARY KEY left to the database, so that it cannot be met? */
static bool makes_key(const Work *w, const Node *root, const KnownTable *table)
{
    bool dropped = false;

    if (table->rowid_column < 0)
        return false;
    vec_each(old, &w->out->remarks)
        dropped = dropped || (str_is(str_of(old->feature), "null-key") && old->changed);
    return dropped || !names_column(w, root, table, (uint32_t)table->rowid_column);
}

/*
 * How many keys a row may meet; `only` is one of them that is known. A unique index over a part
 * of the rows or an expression counts and is not known.
 */
static size_t keys_met(const Work *w, const Node *root, const KnownTable *table,
                       const KnownKey **only)
{
    size_t count = 0;

    vec_each(key, &table->keys) {
        bool rowid = key->count == 1 && (int)key->columns[0] == table->rowid_column;
        if (rowid && makes_key(w, root, table))
            continue;
        *only = key;
        count++;
    }
    return count + table->other_unique;
}

/* Keys that are alike but for their case conflict on SQLite alone. */
static void told_nocase_key(Work *w, const Node *root, const KnownTable *table)
{
    vec_each(key, &table->keys)
        for (uint32_t i = 0; i < key->count; i++) {
            Value column = value_of_column(table, &table->columns.items[key->columns[i]]);
            told_nocase_column(w, node_child(root, ROLE_TARGET), &column);
        }
}

/* Rows of the source; 2 when that cannot be counted. */
static size_t row_count(const Node *source)
{
    const Node *core = source->kind == NODE_SELECT ? node_child(source, ROLE_CORE) : NULL;

    if (source->kind == NODE_DEFAULT_VALUES)
        return 1;
    if (core && core->kind == NODE_VALUES && node_count(source, ROLE_CORE) == 1)
        return node_count(core, ROLE_ROW);
    return 2;
}

/* -- text ------------------------------------------------------------------------------------ */

/*
 * SQLite's parser takes the ON of `SELECT … FROM x ON CONFLICT` for that of a join, and asks for
 * a WHERE in between.
 */
static Str where_true(const Work *w, const Node *source)
{
    const Node *last = NULL;

    if (source->kind != NODE_SELECT || node_child(source, ROLE_ORDER)
        || node_child(source, ROLE_LIMIT))
        return STR("");
    node_each(child, source)
        if (child->role == ROLE_CORE)
            last = child;
    if (!last || last->kind != NODE_SELECT_CORE || node_child(last, ROLE_WHERE)
        || node_child(last, ROLE_GROUP) || node_child(last, ROLE_HAVING)
        || node_child(last, ROLE_WINDOW))
        return STR("");
    return str_format(w->arena, " " STR_FORMAT " true", STR_ARG(keyword_cased(w, "WHERE")));
}

/* INSERT OR x, REPLACE: INSERT */
static void drop_resolution(Work *w, const Node *root)
{
    if (root->flags & FLAG_REPLACE) {
        change_replace(w->arena, &w->changes, root->operator_.lo, root->operator_.hi,
                       keyword_cased(w, "INSERT"));
        return;
    }
    change_replace(w->arena, &w->changes, blanks_before(w, root->operator_.lo), root->operator_.hi, STR(""));
}

static void add_clause(Work *w, const Node *source, Str clause)
{
    Str where = where_true(w, source);

    change_close(w->arena, &w->changes, source->hi,
                 str_format(w->arena, STR_FORMAT " " STR_FORMAT, STR_ARG(where), STR_ARG(clause)));
}

static Str key_list(const Work *w, const KnownTable *table, const KnownKey *key)
{
    Buf out = buf_new(w->arena);

    buf_add_char(&out, '(');
    for (uint32_t i = 0; i < key->count; i++) {
        Str name = name_spelled(w->arena, table->columns.items[key->columns[i]].name);
        buf_format(&out, "%s" STR_FORMAT, i ? ", " : "", STR_ARG(name));
    }
    buf_add_char(&out, ')');
    return buf_str(&out);
}

/* -- OR IGNORE ------------------------------------------------------------------------------- */

static const Node *item_at(const Node *list, size_t at)
{
    const Node *item = list ? list->first : NULL;

    while (item && at-- > 0)
        item = item->next;
    return item;
}

/* What the row of VALUES has for the column; NULL when it has nothing. */
static const Node *value_for(const Work *w, const Node *root, const KnownTable *table,
                             uint32_t column, const Node *row)
{
    const Node *names = node_child(root, ROLE_COLUMNS);
    size_t      at    = 0;

    if (!names) {
        for (uint32_t i = 0; i < column; i++)
            at += !table->columns.items[i].generated;
        return item_at(row, at);
    }
    node_each(name, names) {
        if (name->kind == NODE_NAME
            && known_column(table, name_of(w, name->name)) == (int)column)
            return item_at(row, at);
        at++;
    }
    return NULL;
}

/* May a row break NOT NULL or CHECK, which OR IGNORE passes over and ON CONFLICT does not? */
typedef enum Swallow { SWALLOW_NO, SWALLOW_BOUND, SWALLOW_YES } Swallow;

/* `row` is NULL where the values come from a query. */
static Swallow swallows(const Work *w, const Node *root, const KnownTable *table, uint32_t at,
                        const Node *row)
{
    const KnownColumn *column = &table->columns.items[at];
    const Node        *value  = row ? value_for(w, root, table, at, row) : NULL;

    if (!column->not_null && !column->checked)
        return SWALLOW_NO;
    if (table->rowid_column == (int)at)
        return SWALLOW_NO;
    if (!names_column(w, root, table, at))
        return column->not_null && !column->has_default ? SWALLOW_YES : SWALLOW_NO;
    if (!value)
        return SWALLOW_YES;
    Value known = seen(w, value);
    if (known.kind == VALUE_BIND)
        return SWALLOW_BOUND;
    if (column->checked && column->kind != VALUE_BOOLEAN)
        return SWALLOW_YES;
    return known.nullable && column->not_null ? SWALLOW_YES : SWALLOW_NO;
}

static Swallow worst_of_rows(const Work *w, const Node *root, const KnownTable *table, uint32_t at,
                             const Node *values)
{
    Swallow worst = SWALLOW_NO;

    node_each(row, values) {
        Swallow one = row->kind == NODE_ROW ? swallows(w, root, table, at, row) : SWALLOW_BOUND;
        worst       = one > worst ? one : worst;
    }
    return worst;
}

static void told_swallowed(Work *w, const Node *root, const KnownTable *table, const Node *source)
{
    const Node *core   = source->kind == NODE_SELECT ? node_child(source, ROLE_CORE) : NULL;
    const Node *values = core && core->kind == NODE_VALUES ? core : NULL;
    Swallow     worst  = SWALLOW_NO;
    Str         name   = STR("");

    for (uint32_t i = 0; i < table->columns.count; i++) {
        Swallow here = values ? worst_of_rows(w, root, table, i, values)
                              : swallows(w, root, table, i, NULL);
        if (here > worst) {
            worst = here;
            name  = table->columns.items[i].name;
        }
    }
    if (table->table_checked && worst == SWALLOW_NO) {
        worst = SWALLOW_YES;
        name  = table->name;
    }
    if (worst != SWALLOW_NO)
        told(w, "SQL-01", "insert-or-ignore-null", SQL_DIFFERS, root->operator_,
             "OR IGNORE also passes over rows that break NOT NULL or CHECK (" STR_FORMAT
             "), and ON CONFLICT does not; make sure the value%s fits",
             STR_ARG(name), worst == SWALLOW_BOUND ? " bound" : "");
}

static void or_ignore(Work *w, const Node *root, const KnownTable *table, const Node *source)
{
    cured(w, "SQL-01", "insert-or-ignore", SQL_SAME, root->operator_,
          "Postgres has no INSERT OR IGNORE; it is ON CONFLICT DO NOTHING");
    drop_resolution(w, root);
    add_clause(w, source, keyword_cased(w, "ON CONFLICT DO NOTHING"));
    if (table)
        told_nocase_key(w, root, table);
    if (table)
        told_swallowed(w, root, table, source);
    else
        told_unknown_type(w, "SQL-01", node_child(root, ROLE_TARGET));
}

/* -- OR REPLACE ------------------------------------------------------------------------------ */

static bool is_in_key(const KnownKey *key, uint32_t column)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (key->columns[i] == column)
            return true;
    return false;
}

/* The default of a column that is not named, as both databases read it; empty: there is none. */
static Str default_for_both(const Work *w, const KnownColumn *column)
{
    Str         text = column->default_text;
    const Node *node = column->has_default ? sql_parse_expression(w->arena, text) : NULL;

    if (!column->has_default)
        return keyword_cased(w, "NULL");
    if (!node)
        return STR("");
    node      = node_bare(node);
    Str value = node_text(text, node);
    if (node->kind == NODE_LITERAL) {
        switch (node->op) {
        case OP_INTEGER:
            if (column->kind != VALUE_BOOLEAN)
                return value;
            return str_is(value, "0") ? STR("false") : str_is(value, "1") ? STR("true") : STR("");
        case OP_FLOAT:
        case OP_NULL:
        case OP_TRUE:
        case OP_FALSE:
        case OP_CURRENT_DATE:
        case OP_CURRENT_TIMESTAMP: return value;
        case OP_STRING: return str_find_char(value, ':') == STR_NOT_FOUND ? value : STR("");
        default: return STR("");
        }
    }
    if (node->kind == NODE_UNARY && node->op == OP_NEGATE && node->first->kind == NODE_LITERAL)
        return value;
    if (column->kind == VALUE_TIMESTAMP && str_eq_nocase(value, STR("datetime('now')")))
        return keyword_cased(w, "CURRENT_TIMESTAMP");
    return STR("");
}

/* What DO UPDATE sets to leave the row as REPLACE would. */
typedef struct Replaced {
    Buf  sets;      /* `name = excluded.name, note = NULL` */
    bool all_named;
    bool ok;        /* every default is known */
} Replaced;

static Replaced replaced(const Work *w, const Node *root, const KnownTable *table,
                         const KnownKey *key)
{
    Replaced out = { .sets = buf_new(w->arena), .all_named = true, .ok = true };

    for (uint32_t i = 0; i < table->columns.count; i++) {
        const KnownColumn *column = &table->columns.items[i];
        if (is_in_key(key, i) || table->rowid_column == (int)i || column->generated)
            continue;
        bool named = names_column(w, root, table, i);
        Str  name  = name_spelled(w->arena, column->name);
        Str  value = named ? str_format(w->arena, "excluded." STR_FORMAT, STR_ARG(name))
                           : default_for_both(w, column);
        out.all_named = out.all_named && named;
        out.ok        = out.ok && value.len;
        buf_format(&out.sets, "%s" STR_FORMAT " = " STR_FORMAT, out.sets.len ? ", " : "",
                   STR_ARG(name), STR_ARG(value));
    }
    return out;
}

/* REPLACE deletes the row and inserts another; DO UPDATE does not. */
static void told_replace(Work *w, const Node *root, const KnownTable *table, const Node *source,
                         const Replaced *new)
{
    Span at = root->operator_;

    if (!new->all_named)
        told(w, "SQL-03", "replace-defaults", SQL_DIFFERS, at,
             "REPLACE sets the columns that are not named to their defaults, and so does the new "
             "statement; check that this was meant");
    if (makes_key(w, root, table))
        told(w, "SQL-02", "replace-key", SQL_DIFFERS, at,
             "REPLACE gives the row a new " STR_FORMAT ", ON CONFLICT keeps the old one",
             STR_ARG(table->columns.items[table->rowid_column].name));
    if (table->is_parent)
        told(w, "SQL-02", "replace-parent", SQL_DIFFERS, at,
             "REPLACE deletes the old row, which deletes or changes the rows that point to it; "
             "ON CONFLICT keeps them");
    if (row_count(source) > 1)
        told(w, "SQL-04", "upsert-twice", SQL_DIFFERS, at,
             "when a key comes twice among the rows Postgres gives up");
}

/* May NULL come to a column that is NOT NULL and has a default? REPLACE puts the default there. */
static Swallow defaulted(const Work *w, const Node *root, const KnownTable *table, uint32_t at, const Node *row)
{
    const KnownColumn *column = &table->columns.items[at];
    const Node        *value  = row ? value_for(w, root, table, at, row) : NULL;

    if (!column->not_null || !column->has_default || !names_column(w, root, table, at))
        return SWALLOW_NO;
    if (!value)
        return SWALLOW_YES;
    if (seen(w, value).kind == VALUE_BIND)
        return SWALLOW_BOUND;
    return seen(w, value).nullable ? SWALLOW_YES : SWALLOW_NO;
}

static void told_defaulted(Work *w, const Node *root, const KnownTable *table, const Node *source)
{
    const Node *core   = source->kind == NODE_SELECT ? node_child(source, ROLE_CORE) : NULL;
    const Node *values = core && core->kind == NODE_VALUES ? core : NULL;

    for (uint32_t i = 0; i < table->columns.count; i++) {
        Swallow worst = values ? SWALLOW_NO : defaulted(w, root, table, i, NULL);
        for (const Node *row = values ? values->first : NULL; row; row = row->next) {
            Swallow one = row->kind == NODE_ROW ? defaulted(w, root, table, i, row) : SWALLOW_BOUND;
            worst       = one > worst ? one : worst;
        }
        if (worst == SWALLOW_NO)
            continue;
        told(w, "SQL-02", "replace-null", SQL_DIFFERS, root->operator_,
             "OR REPLACE puts the default where NULL comes to " STR_FORMAT ", which is NOT NULL, and ON CONFLICT refuses it; "
             "make sure the value%s is not NULL",
             STR_ARG(table->columns.items[i].name), worst == SWALLOW_BOUND ? " bound" : "");
        return;
    }
}

static void or_replace(Work *w, const Node *root, const KnownTable *table, const Node *source)
{
    const KnownKey *key = NULL;

    if (!table) {
        told(w, "SQL-02", "insert-or-replace", SQL_DECIDE, root->operator_,
             "Postgres has no REPLACE; ON CONFLICT (key) DO UPDATE needs the key of the table, "
             "and the catalog does not have it");
        return;
    }
    size_t keys = keys_met(w, root, table, &key);
    told_nocase_key(w, root, table);
    told_defaulted(w, root, table, source);
    if (keys == 0) {
        cured(w, "SQL-02", "insert-or-replace", SQL_SAME, root->operator_,
              "Postgres has no REPLACE; no key of the table can be met here, so it is an INSERT");
        drop_resolution(w, root);
        return;
    }
    if (keys > 1 || !key) {
        told(w, "SQL-03b", "insert-or-replace", SQL_DECIDE, root->operator_,
             "REPLACE deletes rows by several keys, ON CONFLICT knows one; delete what matches, "
             "then insert");
        return;
    }
    Replaced new = replaced(w, root, table, key);
    if (!new.ok) {
        told(w, "SQL-03", "insert-or-replace", SQL_DECIDE, root->operator_,
             "REPLACE sets columns that are not named to defaults that Postgres does not know; "
             "name them");
        return;
    }
    cured(w, "SQL-02", "insert-or-replace", SQL_SAME, root->operator_,
          "Postgres has no REPLACE; it is ON CONFLICT DO UPDATE");
    drop_resolution(w, root);

    Str list   = key_list(w, table, key);
    Str action = keyword_cased(w, " DO UPDATE SET ");
    if (new.sets.len == 0) { /* a row is replaced all the same, and counts */
        Str name = name_spelled(w->arena, table->columns.items[key->columns[0]].name);
        buf_format(&new.sets, STR_FORMAT " = excluded." STR_FORMAT, STR_ARG(name), STR_ARG(name));
    }
    add_clause(w, source,
               str_format(w->arena, STR_FORMAT STR_FORMAT STR_FORMAT STR_FORMAT,
                          STR_ARG(keyword_cased(w, "ON CONFLICT ")), STR_ARG(list),
                          STR_ARG(action), STR_ARG(buf_str(&new.sets))));
    told_replace(w, root, table, source, &new);
}

/* -- ON CONFLICT ----------------------------------------------------------------------------- */

static bool has_remark(const Work *w, const Node *at, const char *feature)
{
    vec_each(remark, &w->out->remarks)
        if (remark->lo == at->lo && remark->hi == at->hi && strcmp(remark->feature, feature) == 0)
            return true;
    return false;
}

/* Has a change put the name elsewhere, or the table before it? */
static bool is_settled(const Work *w, const Node *at, Str table)
{
    vec_each(change, &w->changes) {
        if (change->side == CHANGE_TEXT && change->lo <= at->lo && at->hi < change->hi)
            return true;
        if (change->side == CHANGE_OPENS && change->lo == at->lo && str_eq(change->text, table))
            return true;
    }
    return false;
}

/*
 * A plain name in DO UPDATE is the old row's to SQLite, and ambiguous to Postgres (SQL-04). Asked before an
 * expression is looked at, so that whoever repeats a piece of it repeats the table, too; and once more afterwards,
 * for who has written the name anew.
 */
static void qualify(Work *w, Scope *scope, const Source *target, const Node *root)
{
    node_walk_each(at, root) {
        if (at->kind != NODE_COLUMN || span_is_set(at->qualifier) || (at->flags & FLAG_HOLE))
            continue;
        const Node *subquery = node_ancestor(at, NODE_SUBQUERY);
        if (subquery && subquery->lo >= root->lo)
            continue;
        Found found = find_column(w, scope, at);
        if (found.source != target)
            continue;
        Str table = str_format(w->arena, STR_FORMAT ".", STR_ARG(name_spelled(w->arena, target->handle)));
        if (is_settled(w, at, table))
            continue;
        if (!has_remark(w, at, "upsert-ambiguous"))
            cured(w, "SQL-04", "upsert-ambiguous", SQL_SAME, span_of(at),
                  "Postgres wants to know whether the old or the new value is meant; it is the old one");
        change_open(w->arena, &w->changes, at->lo, table);
    }
}

static void qualify_values(Work *w, Scope *scope, const Source *target, const Node *set)
{
    node_each(assign, set) {
        const Node *value = node_child(assign, ROLE_RIGHT);
        if (value)
            qualify(w, scope, target, value);
    }
}

/* ON CONFLICT (a, b) WHERE … */
static void index_target(Work *w, Scope *scope, const Node *node)
{
    node_each(item, node) {
        const Node *operand = node_child(item, ROLE_OPERAND);
        if (item->kind == NODE_WHERE) {
            const Node *value = node_child(item, ROLE_CONDITION);
            if (value)
                condition(w, scope, value);
        } else if (operand && node_bare(operand)->kind == NODE_COLUMN) {
            expression(w, scope, operand);
        } else if (operand) {
            told(w, "SQL-23b", "conflict-expression", SQL_DECIDE, span_of(item),
                 "the key is an expression; Postgres needs an index over the same one");
        } else {
            told_hole(w, item);
        }
    }
}

/* DO UPDATE without a key before it. */
static void want_target(Work *w, const Node *root, const KnownTable *table, const Node *upsert)
{
    const KnownKey *key  = NULL;
    const Token    *word = token_in(w, upsert->lo, upsert->hi, TOKEN_KEYWORD);

    if (!table || keys_met(w, root, table, &key) != 1 || !key || !word) {
        told(w, "SQL-04", "upsert-target", SQL_DECIDE, span_of(upsert),
             "Postgres wants the key behind ON CONFLICT, and it is not clear which is meant");
        return;
    }
    cured(w, "SQL-04", "upsert-target", SQL_SAME, span_of(upsert),
          "Postgres wants the key behind ON CONFLICT");

    const Node *set = node_child(upsert, ROLE_SET);
    for (uint32_t lo = word->hi; set && lo < set->lo;) {
        const Token *next = token_in(w, lo, set->lo, TOKEN_KEYWORD);
        if (!next)
            return;
        if (next->keyword == KEYWORD_DO) {
            change_open(w->arena, &w->changes, next->lo,
                        str_format(w->arena, STR_FORMAT " ", STR_ARG(key_list(w, table, key))));
            return;
        }
        lo = next->hi;
    }
}

/* `table` is NULL where the columns of the statement are not known, even if those of target are. */
static void upsert_clause(Work *w, Scope *scope, const Node *root, const KnownTable *table,
                          const Source *target)
{
    const Node *node  = node_child(root, ROLE_UPSERT);
    const Node *index = node_child(node, ROLE_INDEX), *set = node_child(node, ROLE_SET);
    const Node *where = node_child(node, ROLE_WHERE);

    if (index)
        index_target(w, scope, index);
    if (!set)
        return;
    if (!index)
        want_target(w, root, table, node);
    qualify_values(w, scope, target, set);
    set_clause(w, scope, set, table);
    qualify_values(w, scope, target, set);
    const Node *value = where ? node_child(where, ROLE_CONDITION) : NULL;
    if (value) {
        qualify(w, scope, target, value);
        condition(w, scope, value);
        qualify(w, scope, target, value);
    }
    if (row_count(node_child(root, ROLE_SOURCE)) > 1)
        told(w, "SQL-04", "upsert-twice", SQL_DIFFERS, span_of(node),
             "when a key comes twice among the rows Postgres gives up");
}

void conflict_clauses(Work *w, Scope *scope, const Node *root, const KnownTable *table,
                      Source *target)
{
    const Node *source  = node_child(root, ROLE_SOURCE);
    size_t      upserts = node_count(root, ROLE_UPSERT);

    if (!source || source->kind == NODE_HOLE)
        return;
    if (upserts > 1 || (upserts && root->conflict != OP_NONE && root->conflict != OP_ABORT)) {
        told(w, "SQL-05", "several-conflicts", SQL_DECIDE, span_of(root),
             "Postgres takes one ON CONFLICT; say what happens for each key in another way");
        return;
    }
    switch (root->conflict) {
    case OP_NONE: break;
    case OP_IGNORE: or_ignore(w, root, table, source); return;
    case OP_REPLACE: or_replace(w, root, table, source); return;
    case OP_ABORT:
        cured(w, "SQL-05", "or-abort", SQL_SAME, root->operator_,
              "to abort is what both do anyway");
        drop_resolution(w, root);
        break;
    default:
        told(w, "SQL-05", "insert-or", SQL_DECIDE, root->operator_,
             "Postgres has no INSERT OR %s; decide what happens to the transaction",
             node_op_name(root->conflict));
    }
    if (!upserts)
        return;
    if (table)
        told_nocase_key(w, root, table);
    size_t  at        = (size_t)(target - scope->sources.items); /* it may move */
    Source *excluded  = scope_add(w, scope, STR("excluded"), table, NULL);
    excluded->by_name = true;
    upsert_clause(w, scope, root, table, &scope->sources.items[at]);
    scope->sources.count--;
}
