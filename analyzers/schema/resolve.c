#include "analyzers/schema/resolve.h"

/*
 * One question to the catalog. What the columns of a subquery are is worked out
 * once for each question and kept; a subquery that is asked for while it is being
 * worked out (a recursive WITH) is unknown.
 */
typedef struct Derived {
    ResolvedResultVec columns;
    bool              complete; /* no star or hole leaves some out */
    bool              under_way;
} Derived;

typedef struct Resolver {
    Arena           *arena;
    const Catalog   *catalog;
    const Statement *statement;
    Map              derived; /* NODE_SELECT → Derived */
    uint32_t         budget;  /* of columns looked at, for statements that multiply themselves */
} Resolver;

enum {
    COLUMN_BUDGET  = 200000,
    DERIVED_COLUMNS = 2000, /* of one subquery */
};

static Resolver resolver_of(Arena *arena, const Catalog *catalog, const Statement *statement)
{
    return (Resolver) { .arena = arena, .catalog = catalog, .statement = statement,
                        .budget = COLUMN_BUDGET };
}

static Str name_of(const Resolver *it, Span span)
{
    return sql_name(it->arena, it->statement->text, span);
}

static Resolved status(ResolveStatus what)
{
    return (Resolved) { .status = what, .nullable = true };
}

const CatalogTable *resolve_source(const Catalog *catalog, const SqlSource *source)
{
    return source->kind == SOURCE_TABLE ? catalog_table(catalog, source->table) : NULL;
}

static Resolved in_catalog(const CatalogTable *table, const CatalogColumn *column)
{
    return (Resolved) {
        .status   = RESOLVED_COLUMN,
        .table    = table,
        .column   = column,
        .name     = column->name,
        .type     = column->type,
        .nullable = column_is_nullable(table, column),
    };
}

static Resolved in_table(const CatalogTable *table, Str name)
{
    const CatalogColumn *column = catalog_column(table, name);

    if (column)
        return in_catalog(table, column);
    if (is_rowid_name(name) && table->kind == TABLE_PLAIN && !table->without_rowid) {
        column = table_rowid_alias(table);
        return column ? in_catalog(table, column)
                      : (Resolved) { .status = RESOLVED_ROWID, .table = table, .name = STR("rowid"),
                                     .type = PG_BIGINT };
    }
    return status(table->columns_known ? RESOLVED_ABSENT : RESOLVED_UNKNOWN);
}

/* -- subqueries ------------------------------------------------------------------------------ */

typedef enum Nesting { OUTERMOST, IN_SUBQUERY } Nesting;

static Resolved expression(Resolver *it, const Node *node);
static bool     results(Resolver *it, const Node *list, Nesting nesting, ResolvedResultVec *out);

static Derived *derived_place(Resolver *it, const Node *select)
{
    const Node **key = arena_alloc(it->arena, sizeof *key);

    *key         = select;
    void **place = map_place(it->arena, &it->derived, (Str) { (const char *)key, sizeof *key });
    if (!*place)
        *place = arena_new(it->arena, Derived);
    return *place;
}

/* What several cores give is a column only where the first alone decides: nowhere. */
static void make_computed(Derived *out)
{
    vec_each(result, &out->columns)
        result->column = status(RESOLVED_COMPUTED);
}

static void rename_columns(Resolver *it, Derived *out, const Node *columns)
{
    size_t at = 0;

    node_each(name, columns)
        if (at < out->columns.count && name->kind == NODE_NAME)
            out->columns.items[at++].key = name_of(it, name->name);
}

static bool has_key(const ResolvedResultVec *out, size_t lo, size_t hi, Str key)
{
    for (size_t i = lo; i < hi; i++)
        if (str_eq_nocase(out->items[i].key, key))
            return true;
    return false;
}

/* A subquery's columns of one name become a, a:1, a:2, a:3; what comes then is made up. */
static void tell_apart(Resolver *it, Derived *out)
{
    for (size_t i = 1; i < out->columns.count; i++) {
        Str     *key   = &out->columns.items[i].key;
        Str      base  = *key;
        unsigned count = 0;
        while (key->len && has_key(&out->columns, 0, i, *key)) {
            *key = str_format(it->arena, STR_FORMAT ":%u", STR_ARG(base), ++count);
            if (count > 3) {
                *key          = (Str) { 0 };
                out->complete = false;
            }
        }
    }
}

static const Derived *derive(Resolver *it, const Node *select, const Node *columns)
{
    Derived    *out  = derived_place(it, select);
    const Node *core = select->kind == NODE_SELECT ? node_child(select, ROLE_CORE) : NULL;

    if (out->under_way || out->columns.count || !core)
        return out;
    out->under_way   = true;
    Derived     work = { 0 };
    const Node *list = node_child(core, ROLE_RESULTS);
    if (list) {
        work.complete = results(it, list, IN_SUBQUERY, &work.columns);
        tell_apart(it, &work);
    } else if (core->kind == NODE_VALUES && columns) {
        node_each(name, columns) {
            ResolvedResult result = { .column = status(RESOLVED_COMPUTED) };
            vec_push(it->arena, &work.columns, result);
        }
        work.complete = true;
    }
    if (node_count(select, ROLE_CORE) > 1)
        make_computed(&work);
    if (columns && work.complete)
        rename_columns(it, &work, columns);
    else if (columns)
        work.columns.count = 0;
    out            = derived_place(it, select); /* the map may have moved */
    *out           = work;
    out->under_way = false;
    return out;
}

static Resolved in_select(Resolver *it, const SqlSource *source, Str name)
{
    if (!source->select)
        return status(RESOLVED_UNKNOWN);
    const Derived *derived = derive(it, source->select, source->columns);
    vec_each(result, &derived->columns)
        if (str_eq_nocase(result->key, name)) {
            Resolved out = result->column;
            out.name     = result->key;
            return out;
        }
    return status(derived->complete ? RESOLVED_ABSENT : RESOLVED_UNKNOWN);
}

static Resolved in_source(Resolver *it, const SqlSource *source, Str name)
{
    Resolved            out   = status(RESOLVED_UNKNOWN);
    const CatalogTable *table = resolve_source(it->catalog, source);

    if (it->budget == 0)
        return out;
    it->budget--;
    if (table)
        out = in_table(table, name);
    else if (source->kind == SOURCE_SELECT)
        out = in_select(it, source, name);
    out.nullable |= source->nullable;
    return out;
}

/* -- names ----------------------------------------------------------------------------------- */

/* USING and NATURAL make one column of two, so that a bare name is not ambiguous. */
static bool merges_columns(const SqlScope *scope)
{
    const Node *from = node_child(scope->owner, ROLE_FROM);

    if (!from)
        return false;
    node_each(join, from)
        if (join->role == ROLE_JOIN
            && ((join->flags & FLAG_NATURAL) || node_child(join, ROLE_USING)))
            return true;
    return false;
}

static Resolved in_scope(Resolver *it, const SqlScope *scope, Str name)
{
    Resolved found   = status(RESOLVED_ABSENT);
    bool     unknown = !scope->certain;

    vec_each(source, &scope->sources) {
        if (source->by_name_only)
            continue;
        Resolved next = in_source(it, source, name);
        if (next.status == RESOLVED_UNKNOWN)
            unknown = true;
        if (next.status == RESOLVED_UNKNOWN || next.status == RESOLVED_ABSENT)
            continue;
        if (found.status == RESOLVED_ABSENT)
            found = next;
        else if (!merges_columns(scope))
            return status(RESOLVED_AMBIGUOUS);
    }
    /* Found beside an unknown table: had that one the name too, SQLite would refuse it all. */
    return found.status == RESOLVED_ABSENT && unknown ? status(RESOLVED_UNKNOWN) : found;
}

static const Node *aliased(const Resolver *it, const SqlScope *scope, Str name)
{
    const Node *list = scope->owner ? node_child(scope->owner, ROLE_RESULTS) : NULL;

    if (!list)
        return NULL;
    node_each(item, list)
        if (span_is_set(item->alias) && str_eq_nocase(name_of(it, item->alias), name))
            return node_child(item, ROLE_OPERAND);
    return NULL;
}

static bool within(const Node *node, const Node *ancestor)
{
    for (; node; node = node->parent)
        if (node == ancestor)
            return true;
    return false;
}

/* ORDER BY looks at the aliases first; WHERE, GROUP BY and HAVING only when no column fits. */
static bool is_order_term(const Node *column)
{
    const Node *parent = column->parent;

    while (parent && (parent->kind == NODE_PAREN || parent->kind == NODE_COLLATE))
        parent = parent->parent;
    return parent && parent->kind == NODE_ORDER_TERM && parent->parent
        && parent->parent->role == ROLE_ORDER && parent->parent->parent
        && parent->parent->parent->kind == NODE_SELECT;
}

static Resolved through_alias(Resolver *it, const SqlScope *scope, const Node *column, Str name)
{
    const Node *meant = aliased(it, scope, name);

    /* `SELECT x AS x`: inside the item itself, the alias is not there yet. */
    if (!meant || within(column, meant->parent) || it->budget == 0)
        return status(RESOLVED_ABSENT);
    it->budget--;
    return expression(it, meant);
}

static Resolved bare_name(Resolver *it, const SqlScope *scope, const Node *column)
{
    Str      name = name_of(it, column->name);
    Resolved out  = status(RESOLVED_ABSENT);

    if (!scope)
        return status(RESOLVED_UNKNOWN);
    if (is_order_term(column)) {
        out = through_alias(it, scope, column, name);
        if (out.status != RESOLVED_ABSENT)
            return out;
    }
    for (; scope; scope = scope->outer) {
        out = in_scope(it, scope, name);
        if (out.status == RESOLVED_ABSENT)
            out = through_alias(it, scope, column, name);
        if (out.status != RESOLVED_ABSENT)
            return out;
    }
    return out;
}

static Resolved column_of(Resolver *it, const Node *column)
{
    if (column->flags & FLAG_HOLE)
        return status(RESOLVED_UNKNOWN);

    const SqlScope *scope = scope_of(&it->statement->scopes, column);
    if (!span_is_set(column->qualifier))
        return bare_name(it, scope, column);
    const SqlSource *source = scope_source(scope, name_of(it, column->qualifier));
    return source ? in_source(it, source, name_of(it, column->name)) : status(RESOLVED_UNKNOWN);
}

static Resolved of_subquery(Resolver *it, const Node *subquery)
{
    const Node *select = node_child(subquery, ROLE_SELECT);

    if (!select)
        return status(RESOLVED_UNKNOWN);
    const Derived *derived = derive(it, select, NULL);
    if (derived->columns.count != 1)
        return status(derived->complete ? RESOLVED_COMPUTED : RESOLVED_UNKNOWN);
    Resolved out = derived->columns.items[0].column;
    out.nullable = true; /* it may find no row */
    return out;
}

static Resolved expression(Resolver *it, const Node *node)
{
    node = node_bare(node);
    while (node && node->kind == NODE_COLLATE)
        node = node_bare(node_child(node, ROLE_OPERAND));
    if (!node || node->kind == NODE_HOLE)
        return status(RESOLVED_UNKNOWN);
    switch (node->kind) {
    case NODE_COLUMN: return column_of(it, node);
    case NODE_SUBQUERY: return of_subquery(it, node);
    default: return status(RESOLVED_COMPUTED);
    }
}

/* -- results --------------------------------------------------------------------------------- */

static bool push_result(Resolver *it, ResolvedResultVec *out, ResolvedResult result)
{
    if (out->count >= DERIVED_COLUMNS || it->budget == 0)
        return false;
    it->budget--;
    vec_push(it->arena, out, result);
    return true;
}

/* Does the join that brought the source in merge this column with one on its left? */
static bool is_merged(const Resolver *it, const SqlSource *source, Str name)
{
    const Node *join = source->node->parent;

    if (!join || join->kind != NODE_JOIN)
        return false;
    if (join->flags & FLAG_NATURAL)
        return true;
    const Node *using = node_child(join, ROLE_USING);
    if (!using)
        return false;
    node_each(column, using)
        if (str_eq_nocase(name_of(it, column->name), name))
            return true;
    return false;
}

static bool spread_source(Resolver *it, const SqlSource *source, const ResultItem *item,
                          size_t first, ResolvedResultVec *out)
{
    const CatalogTable *table = resolve_source(it->catalog, source);

    if (table) {
        vec_each(column, &table->columns) {
            ResolvedResult next = { .key = column->name, .item = item,
                                    .column = in_catalog(table, column) };
            next.column.nullable |= source->nullable;
            if (is_merged(it, source, next.key) && has_key(out, first, out->count, next.key))
                continue;
            if (!push_result(it, out, next))
                return false;
        }
        return table->columns_known;
    }
    if (source->kind != SOURCE_SELECT || !source->select)
        return false;
    const Derived *derived = derive(it, source->select, source->columns);
    for (size_t i = 0; i < derived->columns.count; i++) {
        ResolvedResult next  = derived->columns.items[i];
        next.item            = item;
        next.column.nullable |= source->nullable;
        if (is_merged(it, source, next.key) && has_key(out, first, out->count, next.key))
            continue;
        if (!push_result(it, out, next))
            return false;
    }
    return derived->complete;
}

static bool spread_star(Resolver *it, const Node *star, const SqlScope *scope,
                        const ResultItem *item, ResolvedResultVec *out)
{
    Str    qualifier = name_of(it, star->qualifier);
    bool   complete  = scope && scope->certain;
    size_t first     = out->count;

    if (!scope)
        return false;
    vec_each(source, &scope->sources) {
        if (source->by_name_only)
            continue;
        if (qualifier.len && !str_eq_nocase(source->handle, qualifier))
            continue;
        if (star->parent->kind == NODE_RETURNING && source->node->role != ROLE_TARGET)
            continue; /* not the tables of UPDATE … FROM */
        complete &= spread_source(it, source, item, first, out);
    }
    return complete;
}

/* SQLite spells a column as its source does; inside a subquery it keeps what is written. */
static Str key_of(const Resolver *it, const Node *result, const Resolved *column, Nesting nesting)
{
    const Node *operand = node_child(result, ROLE_OPERAND);
    const Node *plain   = operand;

    if (span_is_set(result->alias))
        return name_of(it, result->alias);
    while (plain && plain->kind == NODE_PAREN)
        plain = node_child(plain, ROLE_OPERAND);
    if (plain && plain->kind == NODE_COLUMN) {
        if (nesting == OUTERMOST && column->name.len)
            return column->name;
        if (column->status != RESOLVED_ABSENT)
            return name_of(it, plain->name);
    }
    return operand ? node_text(it->statement->text, operand) : (Str) { 0 };
}

/* The items of the statement run beside the nodes of its own list. */
static bool results(Resolver *it, const Node *list, Nesting nesting, ResolvedResultVec *out)
{
    const ResultItemVec *items    = &it->statement->results;
    const SqlScope      *scope    = scope_of(&it->statement->scopes, list);
    bool                 complete = true;
    size_t               at       = 0;

    node_each(node, list) {
        bool              own  = nesting == OUTERMOST && at < items->count;
        const ResultItem *item = own ? &items->items[at] : NULL;
        at++;
        if (node->kind == NODE_STAR) {
            complete &= spread_star(it, node, scope, item, out);
            continue;
        }
        ResolvedResult next = { .item = item, .column = status(RESOLVED_UNKNOWN) };
        if (node->kind == NODE_RESULT) {
            next.column = expression(it, node_child(node, ROLE_OPERAND));
            next.key    = key_of(it, node, &next.column, nesting);
        } else {
            complete = false;
        }
        complete &= push_result(it, out, next);
    }
    return complete;
}

/* -- questions ------------------------------------------------------------------------------- */

Resolved resolve_column(Arena *arena, const Catalog *catalog, const Statement *statement,
                        const Node *column)
{
    Resolver it = resolver_of(arena, catalog, statement);

    return column_of(&it, column);
}

Resolved resolve_expression(Arena *arena, const Catalog *catalog, const Statement *statement,
                            const Node *node)
{
    Resolver it = resolver_of(arena, catalog, statement);

    return expression(&it, node);
}

/* The column that an INSERT without a list fills at this place: generated ones take no value. */
static Resolved filled_at(const CatalogTable *table, uint32_t position)
{
    if (!table->columns_known)
        return status(RESOLVED_UNKNOWN);
    vec_each(column, &table->columns) {
        if (column->generated != GENERATED_NO)
            continue;
        if (position-- == 0)
            return column->is_partial ? status(RESOLVED_UNKNOWN) : in_catalog(table, column);
    }
    return status(RESOLVED_ABSENT);
}

Resolved resolve_bind(Arena *arena, const Catalog *catalog, const Statement *statement,
                      const Bind *bind)
{
    if (bind->column_node && bind->column_node->kind == NODE_COLUMN)
        return resolve_column(arena, catalog, statement, bind->column_node);

    const CatalogTable *table = bind->table.len ? catalog_table(catalog, bind->table) : NULL;
    if (!table)
        return status(RESOLVED_UNKNOWN);
    if (bind->column.len)
        return in_table(table, bind->column);
    bool listed = statement->root && node_child(statement->root, ROLE_COLUMNS);
    return bind->context == BIND_INSERT && !listed ? filled_at(table, bind->position)
                                                   : status(RESOLVED_UNKNOWN);
}

bool resolve_results(Arena *arena, const Catalog *catalog, const Statement *statement,
                     ResolvedResultVec *out)
{
    Resolver it = resolver_of(arena, catalog, statement);

    if (statement->results.count == 0)
        return false;
    const Node *list = statement->results.items[0].node->parent;
    return results(&it, list, OUTERMOST, out);
}
