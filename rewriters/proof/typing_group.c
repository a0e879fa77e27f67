/* What may be shown of groups, and in which order of distinct rows. */
#include "rewriters/proof/typing_work.h"

/* -- terms ----------------------------------------------------------------------------------- */

const Node *result_called(TypeCheck *c, const Node *results, Str name)
{
    node_each(item, results)
        if (item->kind == NODE_RESULT && span_is_set(item->alias) && str_eq_nocase(name_in(c, item->alias), name))
            return node_child(item, ROLE_OPERAND);
    return NULL;
}

const Node *result_at(TypeCheck *c, const Node *results, const Node *term)
{
    size_t number = 0, at = 0;

    if (term->kind == NODE_COLUMN && !span_is_set(term->qualifier))
        return result_called(c, results, name_in(c, term->name));
    if (term->kind != NODE_LITERAL || term->op != OP_INTEGER)
        return NULL;
    Str digits = node_text(c->text, term);
    for (size_t i = 0; i < digits.len && i < 6; i++)
        number = number * 10 + (size_t)(digits.ptr[i] - '0');
    node_each(item, results)
        if (++at == number)
            return item->kind == NODE_RESULT ? node_child(item, ROLE_OPERAND) : item;
    return NULL;
}

/* -- the same expression --------------------------------------------------------------------- */

static bool same_column(TypeCheck *c, Level *level, const Node *a, const Node *b)
{
    Meant one = meant_by(c, level, a), other = meant_by(c, level, b);

    if (!one.level || !other.level)
        return str_eq_nocase(name_in(c, a->name), name_in(c, b->name)); /* perhaps */
    return one.level == other.level && one.relation == other.relation && str_eq_nocase(one.name, other.name);
}

bool same_expression(TypeCheck *c, Level *level, const Node *a, const Node *b)
{
    a = node_bare(a);
    b = node_bare(b);
    if (!spend(c))
        return true;
    if (a->kind == NODE_BIND && b->kind == NODE_BIND)
        return true; /* the same value, perhaps */
    if (a->kind != b->kind || a->op != b->op || (a->flags ^ b->flags) & (FLAG_NOT | FLAG_DISTINCT | FLAG_STAR | FLAG_DESC))
        return false;
    if (a->kind == NODE_SUBQUERY)
        return true; /* perhaps */
    if (a->kind == NODE_COLUMN)
        return same_column(c, level, a, b);
    if (a->kind == NODE_LITERAL)
        return str_eq(node_text(c->text, a), node_text(c->text, b)) || a->op >= OP_NULL;
    if (!str_eq_nocase(name_in(c, a->name), name_in(c, b->name)))
        return false;
    const Node *x = a->first, *y = b->first;
    for (; x && y; x = x->next, y = y->next)
        if (x->role != y->role || !same_expression(c, level, x, y))
            return false;
    return !x && !y;
}

/* -- groups ---------------------------------------------------------------------------------- */

typedef struct Grouped {
    Vec(const Node *) terms; /* expressions */
    Vec(Meant) columns;
} Grouped;

static bool gather(TypeCheck *c, Level *level, const Node *group, const Node *results, Grouped *out)
{
    if (!group)
        return true;
    node_each(item, group) {
        const Node *term = node_bare(item), *result = NULL;
        if (term->kind == NODE_COLUMN) {
            Meant meant = meant_by(c, level, term);
            if (!meant.level)
                result = result_at(c, results, term);
            if (!meant.level && !result)
                return false;
        } else if (item->kind == NODE_LITERAL) {
            result = result_at(c, results, item);
            if (!result || result->kind == NODE_STAR)
                return false;
        }
        term = result ? node_bare(result) : term;
        Meant meant = term->kind == NODE_COLUMN ? meant_by(c, level, term) : (Meant) { 0 };
        if (term->kind == NODE_COLUMN && !meant.level)
            return false;
        if (meant.level)
            vec_push(c->arena, &out->columns, meant);
        else
            vec_push(c->arena, &out->terms, term);
    }
    return true;
}

static bool column_is_grouped(const Grouped *all, uint32_t relation, Str name, const Level *level)
{
    vec_each(one, &all->columns)
        if (one->level == level && one->relation == relation && str_eq_nocase(one->name, name))
            return true;
    return false;
}

/* The primary key among the groups: there is one row of that table in each. */
static bool row_is_grouped(const Grouped *all, const Level *level, uint32_t relation)
{
    const CatalogTable *table = level->relations.items[relation].table;
    bool                any   = false;

    if (!table)
        return false;
    vec_each(column, &table->columns) {
        if (!column->pk && !column->rowid_alias)
            continue;
        any = true;
        if (!column_is_grouped(all, relation, column->name, level))
            return false;
    }
    return any;
}

static bool stands_in_term(TypeCheck *c, Level *level, const Grouped *all, const Node *node)
{
    for (const Node *at = node; at && at != level->core && all->terms.count; at = at->parent)
        vec_each(term, &all->terms)
            if (same_expression(c, level, at, *term))
                return true;
    return false;
}

void check_groups(TypeCheck *c, Level *level, const Node *group, const Node *results, size_t first)
{
    Grouped all = { 0 };

    if (c->refused)
        return;
    if (level->unsure || !gather(c, level, group, results, &all)) {
        unsure(c);
        return;
    }
    for (size_t i = first; i < c->uses.count; i++) {
        const Use *use = &c->uses.items[i];
        if (!spend(c))
            return;
        if (use->level != level || use->aggregated || use->clause != CLAUSE_RESULTS
            || column_is_grouped(&all, use->relation, use->name, level) || row_is_grouped(&all, level, use->relation)
            || stands_in_term(c, level, &all, use->node))
            continue;
        const Relation *relation = &level->relations.items[use->relation];
        refuse(c, use->node, "42803",
               "column \"" STR_FORMAT "." STR_FORMAT "\" must appear in the GROUP BY clause or be used in an aggregate function",
               STR_ARG(relation->handle), STR_ARG(use->name));
    }
}

/* -- distinct rows --------------------------------------------------------------------------- */

void check_distinct_order(TypeCheck *c, Level *level, const Node *results, const Node *order)
{
    bool has_star = node_child_of_kind(results, NODE_STAR) != NULL;

    node_each(term, order) {
        const Node *operand = node_child(term, ROLE_OPERAND);
        bool        shown   = !operand || result_at(c, results, operand) || has_star;
        node_each(item, results)
            shown = shown || !node_child(item, ROLE_OPERAND)
                 || same_expression(c, level, node_child(item, ROLE_OPERAND), operand);
        if (!shown)
            refuse(c, operand, "42P10", "for SELECT DISTINCT, ORDER BY expressions must appear in select list");
    }
}
