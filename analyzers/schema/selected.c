#include "analyzers/schema/selected.h"

#include "analyzers/schema/resolve.h"

static bool has_name(const CatalogColumnVec *columns, Str name)
{
    vec_each(column, columns)
        if (str_eq_nocase(column->name, name))
            return true;
    return false;
}

/* Of one SELECT; the affinity of a compound is another question. */
static bool is_one_select(const Sql *sql)
{
    const Node *root  = sql->statements.count == 1 ? sql->statements.items[0].root : NULL;
    size_t      cores = 0;

    if (!root || root->kind != NODE_SELECT || sql->statements.items[0].broken || !sql->statements.items[0].certain)
        return false;
    node_each(child, root)
        cores += child->kind == NODE_SELECT_CORE;
    return cores == 1;
}

bool selected_columns(Arena *arena, const Catalog *catalog, Str text, const Node *create, SchemaPlace place,
                      CatalogColumnVec *out)
{
    const Node       *select  = node_child(create, ROLE_SELECT);
    ResolvedResultVec results = { 0 };
    CatalogColumnVec  columns = { 0 };

    if (!select)
        return false;
    Sql sql = sql_parse(arena, node_text(text, select));
    if (!is_one_select(&sql))
        return false;
    Statement statement = statement_of(arena, &sql, &sql.statements.items[0]);
    if (!resolve_results(arena, catalog, &statement, &results) || results.count == 0)
        return false;
    vec_each(result, &results) {
        const CatalogColumn *from = result->column.status == RESOLVED_COLUMN ? result->column.column : NULL;
        if (!from || from->is_partial || result->key.len == 0 || has_name(&columns, result->key))
            return false;
        CatalogColumn column = { .name     = result->key,
                                 .declared = from->declared,
                                 .affinity = from->affinity,
                                 .place    = place };
        vec_push(arena, &columns, column);
    }
    *out = columns;
    return true;
}
