/* Queries: their sources, their columns, how they are put together. */
#include "rewriters/proof/typing_work.h"

/* -- sources --------------------------------------------------------------------------------- */

static void rename_columns(TypeCheck *c, Rows *rows, const Node *columns)
{
    size_t at = 0;

    if (!columns)
        return;
    node_each(name, columns) {
        if (at < rows->columns.count)
            rows->columns.items[at].name = name_in(c, name->name);
        at++;
    }
    rows->named = at >= rows->columns.count;
}

static const Node *select_in(const Node *subquery)
{
    return !subquery ? NULL : subquery->kind == NODE_SUBQUERY ? node_child(subquery, ROLE_SELECT) : subquery;
}

static Relation relation_of_select(TypeCheck *c, Level *level, const Node *node)
{
    const Node *select = select_in(node_child(node, ROLE_SELECT));
    Relation    out    = { .handle = name_in(c, node->alias) };

    /* It sees the WITH of this level, and not the sources beside it. */
    Level *beside  = level_new(c, level->outer, NULL);
    beside->tables = level->tables;
    if (select)
        out.rows = rows_of(c, beside, select, ROWS_SEEN);
    out.known = out.rows.complete && out.rows.named;
    return out;
}

/* The column of that name in the last source, or in one before it. */
static ServerType joined_column(TypeCheck *c, Level *level, Str name, size_t lo, size_t hi)
{
    ServerType found = SERVER_UNSURE;

    for (size_t i = lo; i < hi; i++) {
        const Relation *relation = &level->relations.items[i];
        Rows            rows     = { 0 };
        if (!relation_columns(c, relation, &rows))
            return SERVER_UNSURE;
        vec_each(column, &rows.columns)
            if (str_eq_nocase(column->name, name))
                found = column->type;
    }
    return found;
}

static void using(TypeCheck *c, Level *level, const Node *columns, size_t before)
{
    level->merges = true;
    node_each(name, columns) {
        Str        called = name_in(c, name->name);
        ServerType both[] = { joined_column(c, level, called, 0, before),
                              joined_column(c, level, called, before, level->relations.count) };
        become_one(c, name, "JOIN/USING", both, 2);
        operate(c, name, "=", both[0], both[1]);
    }
}

static void source(TypeCheck *c, Level *level, const Node *node);

static void join(TypeCheck *c, Level *level, const Node *node)
{
    size_t      before = level->relations.count;
    const Node *with = node_child(node, ROLE_SOURCE), *on = node_child(node, ROLE_ON), *columns = node_child(node, ROLE_USING);

    if (with)
        source(c, level, with);
    if (node->op == OP_HOLE || (node->flags & FLAG_NATURAL)) {
        level->merges = true;
        unsure(c);
    }
    level->clause = CLAUSE_FROM;
    if (on)
        truth(c, level, node_child(on, ROLE_CONDITION), "JOIN/ON");
    level->clause = CLAUSE_OTHER;
    if (columns)
        using(c, level, columns, before);
}

static void source(TypeCheck *c, Level *level, const Node *node)
{
    switch (node->kind) {
    case NODE_TABLE: {
        Relation relation = relation_of_table(c, level, node);
        if (node->flags & FLAG_CALL)
            call_type(c, level, node);
        if (!relation.known)
            unsure(c);
        vec_push(c->arena, &level->relations, relation);
        break;
    }
    case NODE_FROM_SELECT: {
        Relation relation = relation_of_select(c, level, node);
        vec_push(c->arena, &level->relations, relation);
        break;
    }
    case NODE_FROM_GROUP:
        if (span_is_set(node->alias))
            vec_push(c->arena, &level->relations, (Relation) { .handle = name_in(c, node->alias) });
        sources_of(c, level, node);
        break;
    default:
        vec_push(c->arena, &level->relations, (Relation) { 0 });
        unsure(c);
        break;
    }
}

void sources_of(TypeCheck *c, Level *level, const Node *from)
{
    node_each(child, from) {
        if (child->kind == NODE_JOIN)
            join(c, level, child);
        else
            source(c, level, child);
    }
}

/* -- results --------------------------------------------------------------------------------- */

static void star(TypeCheck *c, Level *level, const Node *node, Rows *out)
{
    Str qualifier = name_in(c, node->qualifier);

    if (level->merges && !qualifier.len)
        out->complete = false;
    vec_each(relation, &level->relations) {
        if (qualifier.len && !str_eq_nocase(relation->handle, qualifier))
            continue;
        if (!out->complete || !relation_columns(c, relation, out)) {
            out->complete = false;
            break;
        }
        out->named &= relation->known;
        uint32_t at = (uint32_t)(relation - level->relations.items);
        Rows     mine = { 0 };
        relation_columns(c, relation, &mine);
        vec_each(column, &mine.columns)
            vec_push(c->arena, &c->uses, (Use) { node, level, at, column->name, level->clause, false });
    }
    if (!out->complete)
        unsure(c);
}

/* As Postgres calls it; empty where that takes more to know. */
static Str result_name(TypeCheck *c, const Node *result, const Node *expression)
{
    if (span_is_set(result->alias))
        return name_in(c, result->alias);
    if (expression->kind == NODE_COLUMN)
        return name_in(c, expression->name);
    if (expression->kind == NODE_FUNCTION)
        return str_lower(c->arena, name_in(c, expression->name));
    return (Str) { 0 };
}

Rows items_of(TypeCheck *c, Level *level, const Node *items)
{
    Rows out = { .complete = true, .named = true };

    level->clause = CLAUSE_RESULTS;
    node_each(item, items) {
        const Node *expression = item->kind == NODE_RESULT ? node_child(item, ROLE_OPERAND) : NULL;
        if (item->kind == NODE_STAR) {
            star(c, level, item, &out);
        } else if (expression) {
            ServerType type = type_of(c, level, expression);
            Str        name = result_name(c, item, expression);
            out.named &= name.len > 0;
            if (out.complete)
                vec_push(c->arena, &out.columns, (Column) { name, type });
        } else {
            out.complete = false;
            unsure(c);
        }
    }
    level->clause = CLAUSE_OTHER;
    return out;
}

static void settle_literals(Rows *rows)
{
    vec_each(column, &rows->columns)
        if (column->type == SERVER_LITERAL)
            column->type = SERVER_TEXT;
}

/* -- clauses --------------------------------------------------------------------------------- */

static void group_terms(TypeCheck *c, Level *level, const Node *group)
{
    level->clause = CLAUSE_GROUP;
    node_each(item, group)
        if (node_bare(item)->kind != NODE_COLUMN || meant_by(c, level, node_bare(item)).level)
            type_of(c, level, item);
    level->clause = CLAUSE_OTHER;
    level->groups = true;
}

static void order_terms(TypeCheck *c, Level *level, const Node *order, const Node *results)
{
    level->clause = CLAUSE_RESULTS;
    node_each(term, order) {
        const Node *operand = node_child(term, ROLE_OPERAND);
        if (operand && !result_at(c, results, operand))
            type_of(c, level, operand);
    }
    level->clause = CLAUSE_OTHER;
}

static void windows(TypeCheck *c, Level *level, const Node *clause)
{
    level->clause = CLAUSE_RESULTS;
    node_walk_each(node, clause)
        if (node->role == ROLE_ITEM || node->kind == NODE_ORDER_TERM) {
            const Node *operand = node->kind == NODE_ORDER_TERM ? node_child(node, ROLE_OPERAND) : node;
            if (operand)
                type_of(c, level, operand);
        }
    level->clause = CLAUSE_OTHER;
}

static Rows core(TypeCheck *c, Level *outer, const Node *node, const Node *order, RowsUse use)
{
    Level      *level = level_new(c, outer, node);
    size_t      first = c->uses.count;
    const Node *from = node_child(node, ROLE_FROM), *where = node_child(node, ROLE_WHERE), *group = node_child(node, ROLE_GROUP);
    const Node *having = node_child(node, ROLE_HAVING), *results = node_child(node, ROLE_RESULTS);
    const Node *window = node_child(node, ROLE_WINDOW);

    if (from)
        sources_of(c, level, from);
    if (where) {
        level->clause = CLAUSE_WHERE;
        truth(c, level, node_child(where, ROLE_CONDITION), "WHERE");
        level->clause = CLAUSE_OTHER;
    }
    if (group)
        group_terms(c, level, group);
    Rows out = results ? items_of(c, level, results) : (Rows) { 0 };
    if (having) {
        level->clause = CLAUSE_RESULTS;
        level->groups = true;
        truth(c, level, node_child(having, ROLE_CONDITION), "HAVING");
        level->clause = CLAUSE_OTHER;
    }
    if (window)
        windows(c, level, window);
    if (order && results)
        order_terms(c, level, order, results);
    if (level->groups && results)
        check_groups(c, level, group, results, first);
    if ((node->flags & FLAG_DISTINCT) && order && results)
        check_distinct_order(c, level, results, order);
    if (use == ROWS_SEEN || (node->flags & FLAG_DISTINCT))
        settle_literals(&out);
    return out;
}

static Rows values(TypeCheck *c, Level *outer, const Node *node, RowsUse use)
{
    Rows        out = { .complete = true, .named = true };
    Level      *level = level_new(c, outer, NULL);
    size_t      height = node_count(node, ROLE_ROW), width = node->first ? node_count(node->first, ROLE_ITEM) : 0, line = 0;
    ServerType *all = arena_array(c->arena, ServerType, height * width + 1);

    node_each(row, node) {
        size_t at = 0;
        if (row->kind != NODE_ROW || node_count(row, ROLE_ITEM) != width) {
            unsure(c);
            return (Rows) { 0 };
        }
        node_each(item, row)
            all[height * at++ + line] = type_of(c, level, item);
        line++;
    }
    for (size_t at = 0; at < width; at++) {
        ServerType type = height == 1 ? all[at] : become_one(c, node, "VALUES", all + height * at, (uint32_t)height);
        vec_push(c->arena, &out.columns, (Column) { str_format(c->arena, "column%zu", at + 1), type });
    }
    if (use == ROWS_SEEN)
        settle_literals(&out);
    return out;
}

/* -- several --------------------------------------------------------------------------------- */

static const char *compound_name(NodeOp op)
{
    return op == OP_INTERSECT ? "INTERSECT" : op == OP_EXCEPT ? "EXCEPT" : "UNION";
}

static void unite(TypeCheck *c, const Node *node, Rows *left, const Rows *right)
{
    left->complete &= right->complete;
    for (size_t i = 0; i < left->columns.count; i++) {
        if (i >= right->columns.count) {
            left->columns.items[i].type = unsure(c);
            continue;
        }
        ServerType both[] = { left->columns.items[i].type, right->columns.items[i].type };
        left->columns.items[i].type = become_one(c, node, compound_name(node->op), both, 2);
    }
}

static Rows one_of(TypeCheck *c, Level *level, const Node *node, const Node *order, RowsUse use)
{
    return node->kind == NODE_VALUES ? values(c, level, node, use)
         : node->kind == NODE_SELECT_CORE ? core(c, level, node, order, use)
                                          : (unsure(c), (Rows) { 0 });
}

static void limit(TypeCheck *c, Level *level, const Node *clause)
{
    node_each(child, clause) {
        ServerType type = child->role == ROLE_COUNT || child->role == ROLE_OFFSET ? type_of(c, level, child) : SERVER_INT8;
        if (!server_assigns(type, SERVER_INT8))
            refuse(c, child, "42804", "argument of %s must be type bigint, not type %s",
                   child->role == ROLE_COUNT ? "LIMIT" : "OFFSET", server_type_name(type));
    }
}

/* `self`: the WITH RECURSIVE whose rows these are; its first query says what types it has. */
static Rows compound(TypeCheck *c, Level *level, const Node *select, RowsUse use, CommonTable *self, const Node *columns)
{
    const Node *order = node_child(select, ROLE_ORDER), *first = node_child(select, ROLE_CORE);
    bool        many  = first && first->next && first->next->role == ROLE_CORE;
    Rows        out   = { 0 };
    ServerType *told  = NULL;

    for (const Node *at = first; at && at->role == ROLE_CORE; at = at->next) {
        Rows rows = one_of(c, level, at, many ? NULL : order, many ? ROWS_STORED : use);
        if (at == first) {
            out = rows;
            if (!self || !many)
                continue;
            settle_literals(&out);
            rename_columns(c, &out, columns);
            self->rows.complete = out.complete;
            self->rows.named    = out.named;
            told = arena_array(c->arena, ServerType, out.columns.count + 1);
            vec_each(column, &out.columns) {
                told[column - out.columns.items] = column->type;
                vec_push(c->arena, &self->rows.columns, *column);
            }
        } else {
            unite(c, at, &out, &rows);
        }
    }
    for (size_t i = 0; told && i < out.columns.count; i++)
        if (told[i] != SERVER_UNSURE && out.columns.items[i].type != SERVER_UNSURE && told[i] != out.columns.items[i].type)
            refuse(c, select, "42804", "recursive query column %zu has type %s in non-recursive term but type %s overall", i + 1,
                   server_type_name(told[i]), server_type_name(out.columns.items[i].type));
    if (many && use == ROWS_SEEN)
        settle_literals(&out);
    return out;
}

void common_tables(TypeCheck *c, Level *level, const Node *with)
{
    node_each(cte, with) {
        const Node *select = cte->kind == NODE_CTE ? select_in(node_child(cte, ROLE_SELECT)) : NULL;
        const Node *columns = node_child(cte, ROLE_COLUMNS);
        CommonTable *table = arena_new(c->arena, CommonTable);
        *table             = (CommonTable) { .next = level->tables, .name = name_in(c, cte->name) };
        if (!select || select->kind != NODE_SELECT) {
            level->tables = table;
            unsure(c);
            continue;
        }
        Level *inner = level_new(c, level->outer, NULL);
        inner->tables = level->tables;
        if (with->flags & FLAG_RECURSIVE)
            inner->tables = table;
        const Node *own = node_child(select, ROLE_WITH);
        if (own)
            common_tables(c, inner, own);
        table->rows = compound(c, inner, select, ROWS_SEEN, with->flags & FLAG_RECURSIVE ? table : NULL, columns);
        rename_columns(c, &table->rows, columns);
        level->tables = table;
    }
}

Rows rows_of(TypeCheck *c, Level *outer, const Node *select, RowsUse use)
{
    const Node *with = node_child(select, ROLE_WITH), *clause = node_child(select, ROLE_LIMIT);

    if (select->kind != NODE_SELECT) {
        unsure(c);
        return (Rows) { 0 };
    }
    /* WITH is a level of its own, without sources. */
    Level *level = level_new(c, outer, NULL);
    if (with)
        common_tables(c, level, with);
    Rows out = compound(c, level, select, use, NULL, NULL);
    if (clause)
        limit(c, level, clause);
    return out;
}
