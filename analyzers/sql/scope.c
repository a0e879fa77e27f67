#include "analyzers/sql/scope.h"

enum {
    CTE_CEILING    = 500, /* of one WITH; a name past it is taken for a table's */
    SOURCE_CEILING = 200, /* of one FROM; SQLite joins 64 */
};

static Str name_of(Arena *arena, Str text, Span span)
{
    return sql_name(arena, text, span);
}

const Node *cte_of(Arena *arena, Str text, const Node *table)
{
    if (table->kind != NODE_TABLE || span_is_set(table->qualifier) || (table->flags & FLAG_CALL)
        || table->role == ROLE_TARGET)
        return NULL;

    Str name = name_of(arena, text, table->name);
    for (const Node *up = table->parent; up; up = up->parent) {
        const Node *with  = up->first;
        int         tried = 0;
        if (!with || with->kind != NODE_WITH)
            continue;
        node_each(cte, with)
            if (cte->kind == NODE_CTE && tried++ < CTE_CEILING
                && str_eq_nocase(name_of(arena, text, cte->name), name))
                return cte;
    }
    return NULL;
}

/* -- sources --------------------------------------------------------------------------------- */

static const Node *select_of(const Node *holder)
{
    const Node *subquery = node_child(holder, ROLE_SELECT);

    return subquery ? node_child(subquery, ROLE_SELECT) : NULL;
}

static SqlSource table_source(Arena *arena, Str text, const Node *table)
{
    SqlSource   out = { .kind = SOURCE_TABLE, .node = table };
    const Node *cte = cte_of(arena, text, table);
    Str         name = name_of(arena, text, table->name);

    out.handle = span_is_set(table->alias) ? name_of(arena, text, table->alias) : name;
    out.schema = name_of(arena, text, table->qualifier);
    if (table->flags & FLAG_HOLE) {
        out.kind = SOURCE_UNKNOWN;
    } else if (cte) {
        out.kind    = SOURCE_SELECT;
        out.select  = select_of(cte);
        out.columns = node_child(cte, ROLE_COLUMNS);
    } else {
        out.kind  = table->flags & FLAG_CALL ? SOURCE_FUNCTION : SOURCE_TABLE;
        out.table = name;
    }
    return out;
}

static void add(Arena *arena, SqlScope *scope, SqlSource source)
{
    if (source.kind == SOURCE_UNKNOWN || scope->sources.count >= SOURCE_CEILING)
        scope->certain = false;
    if (scope->sources.count < SOURCE_CEILING)
        vec_push(arena, &scope->sources, source);
}

static void add_joined(Arena *arena, Str text, SqlScope *scope, const Node *from);

static void add_source(Arena *arena, Str text, SqlScope *scope, const Node *node)
{
    if (node->kind == NODE_TABLE) {
        add(arena, scope, table_source(arena, text, node));
    } else if (node->kind == NODE_FROM_SELECT) {
        SqlSource out = {
            .kind   = SOURCE_SELECT,
            .node   = node,
            .handle = name_of(arena, text, node->alias),
            .select = select_of(node),
        };
        add(arena, scope, out);
    } else if (node->kind == NODE_FROM_GROUP) {
        add_joined(arena, text, scope, node);
    }
}

static void set_nullable(SqlScope *scope, size_t lo, size_t hi)
{
    for (size_t i = lo; i < hi; i++)
        scope->sources.items[i].nullable = true;
}

static void add_joined(Arena *arena, Str text, SqlScope *scope, const Node *from)
{
    size_t first = scope->sources.count;

    node_each(child, from) {
        size_t      before = scope->sources.count;
        const Node *source = child->role == ROLE_JOIN ? node_child(child, ROLE_SOURCE) : child;
        if (child->kind == NODE_HOLE)
            scope->certain = false;
        if (!source)
            continue;
        add_source(arena, text, scope, source);
        if (child->role != ROLE_JOIN)
            continue;
        bool any = child->op == OP_HOLE;
        if (child->op == OP_LEFT || child->op == OP_FULL || any)
            set_nullable(scope, before, scope->sources.count);
        if (child->op == OP_RIGHT || child->op == OP_FULL || any)
            set_nullable(scope, first, before);
    }
}

static void add_target(Arena *arena, Str text, SqlScope *scope, const Node *owner)
{
    const Node *target = node_child(owner, ROLE_TARGET);

    if (target)
        add(arena, scope, table_source(arena, text, target));
}

/* excluded, new, old: the target's row under another name */
static void add_row(Arena *arena, Str text, SqlScope *scope, const Node *owner, Str handle)
{
    const Node *target = node_child(owner, ROLE_TARGET);

    if (!target)
        return;
    SqlSource out    = table_source(arena, text, target);
    out.handle       = handle;
    out.by_name_only = true;
    add(arena, scope, out);
}

static void fill(Arena *arena, Str text, SqlScope *scope)
{
    const Node *owner = scope->owner;
    const Node *from  = node_child(owner, ROLE_FROM);

    add_target(arena, text, scope, owner);
    if (from)
        add_joined(arena, text, scope, from);
    if (owner->kind == NODE_INSERT)
        add_row(arena, text, scope, owner, STR("excluded"));
    if (owner->kind == NODE_CREATE_TRIGGER) {
        scope->sources.items[0].by_name_only = true;
        add_row(arena, text, scope, owner, STR("new"));
        add_row(arena, text, scope, owner, STR("old"));
    }
    /* A hole between the clauses may be (part of) a FROM. */
    node_each(child, owner)
        if ((child->kind == NODE_HOLE && child->role == ROLE_TAIL)
            || (child->kind == NODE_WHERE && (child->flags & FLAG_HOLE)))
            scope->certain = false;
}

/* -- scopes ---------------------------------------------------------------------------------- */

static bool owns_scope(const Node *node)
{
    switch (node->kind) {
    case NODE_SELECT_CORE:
    case NODE_FRAGMENT:
    case NODE_INSERT:
    case NODE_UPDATE:
    case NODE_DELETE:
    case NODE_CREATE_INDEX:
    case NODE_CREATE_TABLE: return true;
    case NODE_CREATE_TRIGGER: return node_child(node, ROLE_TARGET) != NULL;
    default: return false;
    }
}

/* Scopes come in the order of their owners' first bytes, so the search goes by halves. */
static const SqlScope *scope_owned_by(const SqlScopeVec *scopes, const Node *owner)
{
    size_t lo = 0, hi = scopes->count;

    while (lo < hi) {
        size_t at = (lo + hi) / 2;
        if (scopes->items[at]->owner->lo < owner->lo)
            lo = at + 1;
        else
            hi = at;
    }
    for (; lo < scopes->count && scopes->items[lo]->owner->lo == owner->lo; lo++)
        if (scopes->items[lo]->owner == owner)
            return scopes->items[lo];
    return NULL;
}

const SqlScope *scope_of(const SqlScopeVec *scopes, const Node *node)
{
    bool skip = false; /* what we come from does not see the tables beside it */

    for (const Node *up = node; up->parent; up = up->parent) {
        const Node *parent = up->parent;
        if (up->kind == NODE_CTE)
            return NULL;
        if (up->kind == NODE_FROM_SELECT
            || (parent->kind == NODE_INSERT && up->role == ROLE_SOURCE))
            skip = true;
        if (parent->kind == NODE_SELECT && (up->role == ROLE_ORDER || up->role == ROLE_LIMIT)) {
            const Node *core = node_child(parent, ROLE_CORE);
            if (core && core->kind == NODE_SELECT_CORE)
                return scope_owned_by(scopes, core);
        }
        if (!owns_scope(parent))
            continue;
        if (!skip)
            return scope_owned_by(scopes, parent);
        skip = false;
    }
    return NULL;
}

SqlScopeVec scopes_of(Arena *arena, Str text, const Node *root)
{
    SqlScopeVec scopes = { 0 };

    if (!root)
        return scopes;
    node_walk_each(node, root) {
        if (!owns_scope(node))
            continue;
        SqlScope *scope = arena_new(arena, SqlScope);
        scope->owner    = node;
        scope->certain  = node->kind != NODE_FRAGMENT;
        scope->outer    = scope_of(&scopes, node);
        fill(arena, text, scope);
        vec_push(arena, &scopes, scope);
    }
    return scopes;
}

const SqlSource *scope_source(const SqlScope *scope, Str handle)
{
    for (; scope; scope = scope->outer)
        vec_each(source, &scope->sources)
            if (source->handle.len && str_eq_nocase(source->handle, handle))
                return source;
    return NULL;
}
