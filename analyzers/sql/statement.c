#include "analyzers/sql/statement.h"

#include "analyzers/sql/bind.h"

typedef struct KindEntry {
    const char *name;
    bool        writes;
} KindEntry;

static const KindEntry kinds[] = {
#define STATEMENT(kind, name, writes) [STATEMENT_##kind] = { name, writes },
#include "analyzers/sql/statements.def"
#undef STATEMENT
};

const char *statement_kind_name(StatementKind kind)
{
    return kinds[kind].name;
}

const char *bind_context_name(BindContext context)
{
    static const char *const names[] = {
        [BIND_OTHER]           = "other",
        [BIND_INSERT]          = "insert",
        [BIND_SET]             = "set",
        [BIND_COMPARE]         = "compare",
        [BIND_IN]              = "in",
        [BIND_IN_OPERAND]      = "in operand",
        [BIND_BETWEEN_LOW]     = "between low",
        [BIND_BETWEEN_HIGH]    = "between high",
        [BIND_BETWEEN_OPERAND] = "between operand",
        [BIND_LIKE]            = "like",
        [BIND_ESCAPE]          = "escape",
        [BIND_LIMIT]           = "limit",
        [BIND_OFFSET]          = "offset",
        [BIND_ARGUMENT]        = "argument",
        [BIND_RESULT]          = "result",
    };
    return names[context];
}

/* -- kinds ----------------------------------------------------------------------------------- */

static StatementKind kind_of_node(const Node *root)
{
    switch (root->kind) {
    case NODE_SELECT: return node_child(root, ROLE_CORE) ? STATEMENT_SELECT : STATEMENT_UNKNOWN;
    case NODE_INSERT: return root->conflict == OP_REPLACE ? STATEMENT_REPLACE : STATEMENT_INSERT;
    case NODE_UPDATE: return STATEMENT_UPDATE;
    case NODE_DELETE: return STATEMENT_DELETE;
    case NODE_CREATE_TABLE: return STATEMENT_CREATE_TABLE;
    case NODE_CREATE_INDEX: return STATEMENT_CREATE_INDEX;
    case NODE_CREATE_VIEW: return STATEMENT_CREATE_VIEW;
    case NODE_CREATE_TRIGGER: return STATEMENT_CREATE_TRIGGER;
    case NODE_CREATE_VIRTUAL_TABLE: return STATEMENT_CREATE_VIRTUAL_TABLE;
    case NODE_ALTER_TABLE: return STATEMENT_ALTER_TABLE;
    case NODE_DROP: return STATEMENT_DROP;
    case NODE_PRAGMA: return STATEMENT_PRAGMA;
    case NODE_BEGIN: return STATEMENT_BEGIN;
    case NODE_COMMIT: return STATEMENT_COMMIT;
    case NODE_ROLLBACK: return STATEMENT_ROLLBACK;
    case NODE_SAVEPOINT: return STATEMENT_SAVEPOINT;
    case NODE_RELEASE: return STATEMENT_RELEASE;
    case NODE_ATTACH: return STATEMENT_ATTACH;
    case NODE_DETACH: return STATEMENT_DETACH;
    case NODE_VACUUM: return STATEMENT_VACUUM;
    case NODE_ANALYZE: return STATEMENT_ANALYZE;
    case NODE_REINDEX: return STATEMENT_REINDEX;
    default: return STATEMENT_UNKNOWN;
    }
}

static bool returns_rows(const Statement *statement)
{
    if (statement->is_explain || statement->has_returning)
        return true;
    if (statement->kind == STATEMENT_PRAGMA)
        return !statement->root->first || (statement->root->flags & FLAG_CALL);
    return statement->kind == STATEMENT_SELECT;
}

/* -- tables ---------------------------------------------------------------------------------- */

static void use_table(Arena *arena, Statement *statement, const Node *node, TableAccess access)
{
    TableUse use = {
        .node     = node,
        .access   = access,
        .schema   = sql_name(arena, statement->text, node->qualifier),
        .alias    = node->kind == NODE_TABLE ? sql_name(arena, statement->text, node->alias)
                                             : (Str) { 0 },
        .has_hole = node->flags & FLAG_HOLE,
    };

    if (!use.has_hole)
        use.name = sql_name(arena, statement->text, node->name);
    vec_push(arena, &statement->tables, use);
}

static bool target_is_written(const Node *owner)
{
    return owner->kind != NODE_CREATE_TRIGGER && owner->kind != NODE_CREATE_INDEX;
}

static void collect_tables(Arena *arena, Statement *statement)
{
    node_walk_each(node, statement->root) {
        bool target = node->role == ROLE_TARGET;
        if (node->kind == NODE_TABLE) {
            if ((node->flags & FLAG_CALL) || cte_of(arena, statement->text, node))
                continue;
            bool written = target && target_is_written(node->parent);
            use_table(arena, statement, node, written ? TABLE_WRITE : TABLE_READ);
        } else if (node->kind == NODE_REFERENCES) {
            use_table(arena, statement, node, TABLE_READ);
        } else if (node->kind == NODE_CREATE_VIEW
                   || (node->kind == NODE_DROP && (node->op == OP_TABLE || node->op == OP_VIEW))) {
            use_table(arena, statement, node, TABLE_WRITE);
        }
    }
}

/* -- results --------------------------------------------------------------------------------- */

static const Node *plain_column(const Node *expression)
{
    while (expression && expression->kind == NODE_PAREN)
        expression = node_child(expression, ROLE_OPERAND);
    return expression && expression->kind == NODE_COLUMN ? expression : NULL;
}

static ResultItem result_item(Arena *arena, Str text, const Node *node)
{
    ResultItem item = { .node = node, .is_star = node->kind == NODE_STAR };

    if (node->kind == NODE_STAR)
        item.qualifier = sql_name(arena, text, node->qualifier);
    if (node->kind != NODE_RESULT)
        return item;

    item.expression = node_child(node, ROLE_OPERAND);
    item.column     = plain_column(item.expression);
    item.alias      = sql_name(arena, text, node->alias);
    if (item.column)
        item.qualifier = sql_name(arena, text, item.column->qualifier);
    if (item.alias.len)
        item.key = item.alias;
    else if (item.column && !(item.column->flags & FLAG_HOLE))
        item.key = sql_name(arena, text, item.column->name);
    else if (item.expression)
        item.key = node_text(text, item.expression);
    return item;
}

static void collect_results(Arena *arena, Statement *statement)
{
    const Node *root = statement->root;
    const Node *core = node_child(root, ROLE_CORE);
    const Node *list = node_child(root, ROLE_RETURNING);

    statement->has_returning = list != NULL;
    if (!list && root->kind == NODE_SELECT && core)
        list = node_child(core, ROLE_RESULTS);
    if (!list)
        return;
    node_each(node, list)
        vec_push(arena, &statement->results, result_item(arena, statement->text, node));
}

/* -- statements ------------------------------------------------------------------------------ */

Statement statement_of(Arena *arena, const Sql *sql, const SqlStatement *parsed)
{
    Statement out = {
        .text     = sql->text,
        .parsed   = parsed,
        .root     = parsed->root,
        .broken   = parsed->broken,
        .has_hole = parsed->has_hole,
        .certain  = parsed->certain,
    };

    if (out.root && out.root->kind == NODE_EXPLAIN) {
        out.is_explain = true;
        out.root       = node_child(out.root, ROLE_BODY);
    }
    if (out.root) {
        out.kind     = kind_of_node(out.root);
        out.has_with = node_child(out.root, ROLE_WITH) != NULL;
        out.scopes   = scopes_of(arena, out.text, out.root);
        collect_tables(arena, &out);
        collect_results(arena, &out);
    }
    out.is_write     = kinds[out.kind].writes && !out.is_explain;
    out.returns_rows = returns_rows(&out);
    out.binds        = binds_of(arena, sql, &out);
    return out;
}

StatementVec statements_of(Arena *arena, const Sql *sql)
{
    StatementVec out = { 0 };

    vec_each(parsed, &sql->statements) {
        Statement next = statement_of(arena, sql, parsed);
        vec_push(arena, &out, next);
    }
    return out;
}

bool statement_read(Arena *arena, Str text, Statement *out)
{
    Sql *sql = arena_new(arena, Sql);

    *sql = sql_parse(arena, text);
    if (sql->statements.count != 1)
        return false;
    *out = statement_of(arena, sql, &sql->statements.items[0]);
    return true;
}
