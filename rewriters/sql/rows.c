/*
 * How many rows there can be, and which columns follow from others: an equality with something
 * that does not change settles a column, a settled key settles its row.
 */
#include "rewriters/sql/query.h"

/* Two columns that are alike, or one that is alike in all rows. */
typedef struct Equality {
    ColumnAt      left;
    ColumnAt      right;
    bool          constant; /* there is no `right` */
    const Source *only;     /* says something about this source alone (LEFT JOIN), or NULL */
} Equality;

typedef Vec(Equality) EqualityVec;

bool column_is_in(const ColumnAtVec *set, const Source *source, size_t column)
{
    vec_each(at, set)
        if (at->source == source && at->column == column)
            return true;
    return false;
}

/* … and it is not NULL, which many rows may have in a key. */
static bool value_is_in(const ColumnAtVec *set, const Source *source, size_t column)
{
    vec_each(at, set)
        if (at->source == source && at->column == column)
            return !at->nullable;
    return false;
}

/* An equality says that the column is not NULL, too. */
static bool add(Work *w, ColumnAtVec *set, const Source *source, size_t column)
{
    vec_each(at, set)
        if (at->source == source && at->column == column) {
            bool changed = at->nullable;
            at->nullable = false;
            return changed;
        }
    vec_push(w->arena, set, ((ColumnAt) { source, column, false }));
    return true;
}

/* The column of this very scope that the expression is. */
static bool column_here(const Work *w, Scope *scope, const Node *node, ColumnAt *out)
{
    const Node *bare = node_bare(node);

    if (bare->kind != NODE_COLUMN || (bare->flags & FLAG_HOLE))
        return false;
    Found found = find_column(w, scope, bare);
    if (found.source && found.scope == scope && found.column != SIZE_MAX) {
        *out = (ColumnAt) { found.source, found.column, false };
        return true;
    }
    /* A rowid is the INTEGER PRIMARY KEY, where there is one table it can belong to. */
    if (!found.source && !found.alias && is_rowid_name(name_of(w, bare->name))
        && scope->sources.count == 1 && scope->sources.items[0].table
        && scope->sources.items[0].table->rowid_column >= 0) {
        const Source *only = &scope->sources.items[0];
        *out               = (ColumnAt) { only, (size_t)only->table->rowid_column, false };
        return true;
    }
    return false;
}

bool add_column_at(Work *w, Scope *scope, const Node *node, ColumnAtVec *known)
{
    ColumnAt at = { 0 };

    if (!column_here(w, scope, node, &at) || column_is_in(known, at.source, at.column))
        return false;
    const KnownTable *table = at.source->table;
    at.nullable = !table || at.column >= table->columns.count || !table->columns.items[at.column].not_null;
    vec_push(w->arena, known, at);
    return true;
}

/* -- equalities ------------------------------------------------------------------------------ */

/* The same for every row of the scope? */
static bool is_constant(const Work *w, Scope *scope, const Node *node)
{
    node_walk_each(at, node) {
        if (at->kind == NODE_HOLE || at->kind == NODE_TAIL || (at->flags & FLAG_HOLE))
            return false;
        if (at->kind == NODE_FUNCTION && str_eq_nocase(name_of(w, at->name), STR("random")))
            return false;
        if (at->kind != NODE_COLUMN)
            continue;
        Found found = find_column(w, scope, at);
        if (found.alias || (found.source && found.scope == scope)
            || (!found.source && is_rowid_name(name_of(w, at->name))))
            return false;
    }
    return true;
}

static void equality(Work *w, Scope *scope, const Node *node, const Source *only, EqualityVec *out)
{
    const Node *left = node_child(node, ROLE_LEFT), *right = node_child(node, ROLE_RIGHT);
    ColumnAt    a = { 0 }, b = { 0 };

    if (!left || !right)
        return;
    bool has_a = column_here(w, scope, left, &a), has_b = column_here(w, scope, right, &b);
    if (has_a && has_b)
        vec_push(w->arena, out, ((Equality) { .left = a, .right = b, .only = only }));
    else if (has_a && is_constant(w, scope, right))
        vec_push(w->arena, out, ((Equality) { .left = a, .constant = true, .only = only }));
    else if (has_b && is_constant(w, scope, left))
        vec_push(w->arena, out, ((Equality) { .left = b, .constant = true, .only = only }));
}

/* Those that must hold: on the way down through AND. */
static void gather(Work *w, Scope *scope, const Node *node, const Source *only, EqualityVec *out)
{
    const Node *bare = node_bare(node);

    if (bare->kind != NODE_BINARY)
        return;
    if (bare->op == OP_AND) {
        node_each(child, bare)
            gather(w, scope, child, only, out);
    } else if (bare->op == OP_EQ || bare->op == OP_EQ_EQ) {
        equality(w, scope, bare, only, out);
    }
}

static void gather_using(Work *w, Scope *scope, const Node *using, const Source *right,
                         const Source *only, EqualityVec *out)
{
    node_each(name, using) {
        if (name->kind != NODE_NAME)
            continue;
        Str      text     = name_of(w, name->name);
        ColumnAt sides[2] = { { 0 } };
        bool     has[2]   = { false };
        vec_each(source, &scope->sources) {
            int side = source >= right;
            for (size_t i = 0; i < source->columns.count && !has[side]; i++)
                if (str_eq_nocase(source->columns.items[i].name, text)) {
                    sides[side] = (ColumnAt) { source, i, false };
                    has[side]   = true;
                }
        }
        if (has[0] && has[1])
            vec_push(w->arena, out,
                     ((Equality) { .left = sides[0], .right = sides[1], .only = only }));
    }
}

/* Of the joins that leave rows out; a LEFT JOIN speaks of its right side alone. */
static EqualityVec equalities(Work *w, Scope *scope, const Node *from, const Node *where)
{
    EqualityVec out    = { 0 };
    const Node *wanted = where ? node_child(where, ROLE_CONDITION) : NULL;

    if (wanted)
        gather(w, scope, wanted, NULL, &out);
    vec_each(source, &scope->sources) {
        const Node *join = from ? source->join : NULL;
        if (!join || (join->op != OP_JOIN && join->op != OP_INNER && join->op != OP_CROSS
                      && join->op != OP_LEFT))
            continue;
        const Source *only   = join->op == OP_LEFT ? source : NULL;
        const Node   *on     = node_child(join, ROLE_ON);
        const Node   *value  = on ? node_child(on, ROLE_CONDITION) : NULL;
        const Node   *using_ = node_child(join, ROLE_USING);
        if (value)
            gather(w, scope, value, only, &out);
        if (using_)
            gather_using(w, scope, using_, source, only, &out);
    }
    return out;
}

/* -- what follows from them ------------------------------------------------------------------ */

static bool has_settled_key(const Source *source, const ColumnAtVec *known)
{
    if (source->one_row)
        return true;
    if (!source->table)
        return false;
    vec_each(key, &source->table->keys) {
        bool all = true;
        for (uint32_t i = 0; i < key->count; i++)
            all = all && value_is_in(known, source, key->columns[i]);
        if (all)
            return true;
    }
    return false;
}

static bool settle_by(Work *w, const Equality *e, ColumnAtVec *known)
{
    bool changed = false;
    bool left_ok = !e->only || e->left.source == e->only;

    if (e->constant)
        return left_ok && add(w, known, e->left.source, e->left.column);
    bool right_ok = !e->only || e->right.source == e->only;
    if (left_ok && column_is_in(known, e->right.source, e->right.column))
        changed = add(w, known, e->left.source, e->left.column);
    if (right_ok && column_is_in(known, e->left.source, e->left.column))
        changed = add(w, known, e->right.source, e->right.column) || changed;
    return changed;
}

void rows_determined(Work *w, Scope *scope, const Node *from, const Node *where, ColumnAtVec *known)
{
    EqualityVec all     = equalities(w, scope, from, where);
    bool        changed = true;

    while (changed) {
        changed = false;
        vec_each(e, &all)
            changed = settle_by(w, e, known) || changed;
        vec_each(source, &scope->sources) {
            if (!has_settled_key(source, known))
                continue;
            for (size_t i = 0; i < source->columns.count; i++)
                changed = add(w, known, source, i) || changed;
        }
    }
}

bool rows_settled_by(Work *w, Scope *scope, const Node *from, const Node *where, ColumnAtVec *known)
{
    rows_determined(w, scope, from, where, known);
    vec_each(source, &scope->sources)
        if (!has_settled_key(source, known))
            return false;
    return true;
}

bool rows_at_most_one(Work *w, Scope *scope, const Node *from, const Node *where)
{
    ColumnAtVec known = { 0 };

    return rows_settled_by(w, scope, from, where, &known);
}

bool rows_ordered(Work *w, Scope *scope, const Node *from, const Node *where, const Node *order,
                  const Node *items)
{
    ColumnAtVec known = { 0 };

    node_each(term, order) {
        const Node *operand = node_child(term, ROLE_OPERAND);
        if (operand)
            add_column_at(w, scope, term_value(w, operand, items), &known);
    }
    return rows_settled_by(w, scope, from, where, &known);
}
