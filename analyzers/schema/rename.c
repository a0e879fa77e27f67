#include "analyzers/schema/rename.h"

#include "analyzers/sql/parser.h"
#include "analyzers/sql/scope.h"

/* -- texts ----------------------------------------------------------------------------------- */

typedef struct Change {
    Span span;
    Str  text;
} Change;

typedef Vec(Change) ChangeVec;

/* One rename on its way through the catalog. */
typedef struct Rename {
    Arena   *arena;
    Catalog *catalog;
    Str      table;    /* whose column, or what is renamed */
    Str      from, to;
    bool     of_table;
} Rename;

static Str spelled(Arena *arena, Str name)
{
    bool plain = name.len > 0 && keyword_of(name) == KEYWORD_NONE;

    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        plain  = plain && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
                          || (i > 0 && c >= '0' && c <= '9'));
    }
    return plain ? name : sql_quote(arena, name, '"');
}

/* In the order of the text, which is not that of the tree. */
static void change(const Rename *it, ChangeVec *changes, Span span, Str text)
{
    vec_push(it->arena, changes, ((Change){ span, text }));
    for (size_t i = changes->count - 1; i > 0; i--) {
        Change *one = &changes->items[i - 1], *two = &changes->items[i];
        if (one->span.lo <= two->span.lo)
            break;
        Change swap = *one;
        *one        = *two;
        *two        = swap;
    }
}

static Str changed(Arena *arena, Str text, const Node *node, const ChangeVec *changes)
{
    Buf      out = buf_new(arena);
    uint32_t at  = node->lo;

    vec_each(one, changes) {
        buf_add(&out, str_slice(text, at, one->span.lo));
        buf_add(&out, one->text);
        at = one->span.hi;
    }
    buf_add(&out, str_slice(text, at, node->hi));
    return buf_str(&out);
}

static bool is(const Rename *it, Str text, Span span, Str name)
{
    return span_is_set(span) && str_eq_nocase(sql_name(it->arena, text, span), name);
}

/* "x" that was a string because no column was called so would be one now. */
static bool becomes_column(const Rename *it, Str text, Span span)
{
    return is(it, text, span, it->to) && text.ptr[span.lo] == '"';
}

/* -- what names the columns of one table alone ------------------------------------------------ */

static void change_own(const Rename *it, Str text, const Node *node, ChangeVec *changes)
{
    if (node->kind != NODE_COLUMN)
        return;
    if (it->of_table) {
        if (is(it, text, node->qualifier, it->from))
            change(it, changes, node->qualifier, spelled(it->arena, it->to));
    } else if (is(it, text, node->name, it->from)) {
        change(it, changes, node->name, spelled(it->arena, it->to));
    } else if (!span_is_set(node->qualifier) && becomes_column(it, text, node->name)) {
        change(it, changes, node->name, sql_quote(it->arena, it->to, '\''));
    }
}

static void follow_expression(const Rename *it, SchemaExpr *expr)
{
    ChangeVec changes = { 0 };

    if (!expr->node)
        return;
    node_walk_each(node, expr->node)
        change_own(it, expr->text, node, &changes);
    if (changes.count == 0)
        return;
    Str         text = changed(it->arena, expr->text, expr->node, &changes);
    const Node *node = sql_parse_expression(it->arena, text);
    if (node)
        *expr = (SchemaExpr){ .node = node, .text = text };
}

/* The first statement of a text of ours. */
static const Node *statement_of(const Rename *it, Str text)
{
    Sql sql = sql_parse(it->arena, text);

    return sql.statements.count == 1 && !sql.statements.items[0].broken
             ? sql.statements.items[0].root
             : NULL;
}

static void follow_index(const Rename *it, CatalogIndex *index)
{
    ChangeVec   changes = { 0 };
    SchemaExpr *whole   = &index->definition;

    node_walk_each(node, whole->node)
        change_own(it, whole->text, node, &changes);
    if (changes.count == 0)
        return;
    Str         text = changed(it->arena, whole->text, whole->node, &changes);
    const Node *node = statement_of(it, text);
    if (!node)
        return;
    const Node *where = node_child(node, ROLE_WHERE);
    *whole            = (SchemaExpr){ .node = node, .text = text };
    index->where      = (SchemaExpr){ .node = where ? node_child(where, ROLE_CONDITION) : NULL,
                                      .text = text };
}

static void follow_own(const Rename *it, CatalogTable *table)
{
    vec_each(check, &table->checks)
        follow_expression(it, &check->expr);
    vec_each(column, &table->columns)
        follow_expression(it, &column->generated_as);
    vec_each(index, &table->indexes)
        follow_index(it, index);
}

/* -- views ------------------------------------------------------------------------------------ */

typedef enum Refers { REFERS_NOT, REFERS_PERHAPS, REFERS_YES } Refers;

/* Does this source have the column? */
static Refers has_column(const Rename *it, const SqlSource *source)
{
    const CatalogTable *table;

    if (source->kind != SOURCE_TABLE)
        return REFERS_PERHAPS;
    if (str_eq_nocase(source->table, it->table))
        return REFERS_YES;
    table = catalog_table(it->catalog, source->table);
    if (!table || table->kind != TABLE_PLAIN || !table->columns_known)
        return REFERS_PERHAPS;
    return catalog_column(table, it->from) ? REFERS_PERHAPS : REFERS_NOT;
}

/* Is it the column renamed that this name stands for? */
static Refers refers_to_it(const Rename *it, Str text, const SqlScope *scope, const Node *node)
{
    if (span_is_set(node->qualifier)) {
        const SqlSource *source =
            scope ? scope_source(scope, sql_name(it->arena, text, node->qualifier)) : NULL;
        if (!source)
            return REFERS_PERHAPS;
        if (source->kind != SOURCE_TABLE)
            return REFERS_PERHAPS;
        return str_eq_nocase(source->table, it->table) ? REFERS_YES : REFERS_NOT;
    }
    for (; scope; scope = scope->outer) {
        Refers best = REFERS_NOT, others = REFERS_NOT;
        vec_each(source, &scope->sources) {
            Refers one = has_column(it, source);
            if (one == REFERS_YES)
                best = REFERS_YES;
            else if (one > others)
                others = one;
        }
        if (others == REFERS_PERHAPS || !scope->certain)
            return REFERS_PERHAPS;
        if (best == REFERS_YES)
            return REFERS_YES;
    }
    return REFERS_PERHAPS;
}

static bool reads_table(const Rename *it, const SchemaExpr *view)
{
    node_walk_each(node, view->node)
        if (node->kind == NODE_TABLE && is(it, view->text, node->name, it->table)
            && !cte_of(it->arena, view->text, node))
            return true;
    return false;
}

static bool reads_view(const Rename *it, const SchemaExpr *view)
{
    node_walk_each(node, view->node) {
        if (node->kind != NODE_TABLE)
            continue;
        const CatalogTable *table =
            catalog_table(it->catalog, sql_name(it->arena, view->text, node->name));
        if (table && table->kind == TABLE_VIEW)
            return true;
    }
    return false;
}

static void put_view(const Rename *it, CatalogTable *view, const ChangeVec *changes)
{
    if (changes->count == 0)
        return;
    Str         text = changed(it->arena, view->definition.text, view->definition.node, changes);
    const Node *node = statement_of(it, text);
    if (node)
        view->definition = (SchemaExpr){ .node = node, .text = text };
    else
        view->is_stale = true;
}

static void follow_view_to_column(const Rename *it, CatalogTable *view)
{
    const SchemaExpr *whole   = &view->definition;
    SqlScopeVec       scopes  = scopes_of(it->arena, whole->text, whole->node);
    ChangeVec         changes = { 0 };
    bool              reads   = reads_table(it, whole);

    if (!reads && !reads_view(it, whole)) /* a view's columns may be called as the table's are */
        return;
    node_walk_each(node, whole->node) {
        bool column = node->kind == NODE_COLUMN;
        bool joins  = node->kind == NODE_NAME && node->parent->kind == NODE_USING;
        bool named  = (column || joins) && is(it, whole->text, node->name, it->from);
        if (node->kind == NODE_RESULT && is(it, whole->text, node->alias, it->from))
            view->is_stale = true; /* ORDER BY may mean the result */
        if (column && reads && !named && becomes_column(it, whole->text, node->name))
            view->is_stale = true;
        if (!named && !(node->flags & FLAG_NATURAL))
            continue;
        Refers refers = column && reads
                        ? refers_to_it(it, whole->text, scope_of(&scopes, node), node)
                        : REFERS_PERHAPS;
        if (refers == REFERS_PERHAPS)
            view->is_stale = true;
        else if (refers == REFERS_YES)
            change(it, &changes, node->name, spelled(it->arena, it->to));
    }
    put_view(it, view, &changes);
}

static void follow_view_to_table(const Rename *it, CatalogTable *view)
{
    const SchemaExpr *whole   = &view->definition;
    SqlScopeVec       scopes  = scopes_of(it->arena, whole->text, whole->node);
    ChangeVec         changes = { 0 };
    Str               name    = spelled(it->arena, it->to);

    if (!reads_table(it, whole))
        return;
    node_walk_each(node, whole->node) {
        if (node->kind == NODE_TABLE && is(it, whole->text, node->name, it->from)
            && !cte_of(it->arena, whole->text, node))
            change(it, &changes, node->name, name);
        if ((node->kind != NODE_COLUMN && node->kind != NODE_STAR)
            || !is(it, whole->text, node->qualifier, it->from))
            continue;
        const SqlScope  *scope  = scope_of(&scopes, node);
        const SqlSource *source = scope ? scope_source(scope, it->from) : NULL;
        if (!source)
            view->is_stale = true;
        else if (source->kind == SOURCE_TABLE && str_eq_nocase(source->table, it->from)
                 && !span_is_set(source->node->alias))
            change(it, &changes, node->qualifier, name);
    }
    put_view(it, view, &changes);
}

/* -- the whole -------------------------------------------------------------------------------- */

void rename_table(Arena *arena, Catalog *catalog, CatalogTable *table, Str to)
{
    Rename it = { .arena    = arena,
                  .catalog  = catalog,
                  .table    = table->name,
                  .from     = table->name,
                  .to       = to,
                  .of_table = true };

    if (catalog_table(catalog, to))
        return;
    follow_own(&it, table);
    vec_each(other, &catalog->tables)
        if ((*other)->kind == TABLE_VIEW)
            follow_view_to_table(&it, *other);
    map_set(arena, &catalog->by_name, str_lower(arena, it.from), NULL);
    table->name = to;
    map_set(arena, &catalog->by_name, str_lower(arena, to), table);
    vec_each(other, &catalog->tables)
        vec_each(key, &(*other)->foreign_keys)
            if (str_eq_nocase(key->table, it.from))
                key->table = to;
    vec_each(trigger, &catalog->triggers)
        if (str_eq_nocase(trigger->table, it.from))
            trigger->table = to;
}

static void rename_in(StrVec *names, Str from, Str to)
{
    vec_each(name, names)
        if (str_eq_nocase(*name, from))
            *name = to;
}

void rename_column(Arena *arena, Catalog *catalog, CatalogTable *table, Str from, Str to)
{
    Rename it = { .arena   = arena,
                  .catalog = catalog,
                  .table   = table->name,
                  .from    = from,
                  .to      = to };
    CatalogColumn       *column = (CatalogColumn *)catalog_column(table, from);
    const CatalogColumn *taken  = catalog_column(table, to);

    if (!column || (taken && taken != column))
        return;
    follow_own(&it, table);
    vec_each(other, &catalog->tables)
        if ((*other)->kind == TABLE_VIEW)
            follow_view_to_column(&it, *other);
    column->name = to;
    vec_each(key, &table->keys)
        rename_in(&key->columns, from, to);
    vec_each(index, &table->indexes)
        rename_in(&index->columns, from, to);
    vec_each(key, &table->foreign_keys)
        rename_in(&key->columns, from, to);
    vec_each(check, &table->checks)
        if (str_eq_nocase(check->column, from))
            check->column = to;
    vec_each(other, &catalog->tables)
        vec_each(key, &(*other)->foreign_keys)
            if (str_eq_nocase(key->table, table->name))
                rename_in(&key->to, from, to);
}
