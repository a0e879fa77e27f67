/* Indexes: partial ones, over expressions, and those that stand in for COLLATE NOCASE. */
#include "rewriters/schema/writing.h"

enum { KEY_LIMIT = 32 }; /* columns of one index */

/* The collation of a term: its own, or that of its column. */
static Str collation_of(Writing *w, const CatalogTable *table, const SchemaExpr *term)
{
    const Node *node = term->node;

    for (; node; node = node_bare(node_child(node, ROLE_OPERAND))) {
        node = node_bare(node);
        if (!node || node->kind != NODE_COLLATE)
            break;
        return sql_name(w->arena, term->text, node->name);
    }
    const CatalogColumn *column = node ? column_meant(w, table, term, node) : NULL;
    return column ? column->collation : (Str){ 0 };
}

/* Without COLLATE around it. */
static SchemaExpr value_of(const SchemaExpr *term)
{
    const Node *node = node_bare(term->node);

    while (node && node->kind == NODE_COLLATE)
        node = node_bare(node_child(node, ROLE_OPERAND));
    return (SchemaExpr){ .node = node, .text = term->text };
}

static bool is_string(const Node *node)
{
    return node->kind == NODE_LITERAL && node->op == OP_STRING;
}

typedef struct Term {
    Str  text;  /* as Postgres indexes it */
    Str  plain; /* the column alone; empty for an expression */
    bool nocase;
} Term;

static bool term_of(Writing *w, const CatalogTable *table, const CatalogIndex *index,
                    const Node *node, Str column_name, Str what, Term *out)
{
    SchemaExpr  whole = { .node = node_child(node, ROLE_OPERAND), .text = index->definition.text };
    SchemaExpr  value = value_of(&whole);
    Str         collation = collation_of(w, table, &whole);
    const char *order     = node->flags & FLAG_DESC ? " DESC" : "";
    bool        is_text   = true;

    *out = (Term){ 0 };
    if (!value.node)
        return false;
    if (value.node->kind == NODE_COLUMN || is_string(value.node)) {
        const CatalogColumn *column = catalog_column(table, column_name);
        if (!column) {
            found(w, "SC-17", table->name, index->place,
                  STR_FORMAT " is left out: the table has no column " STR_FORMAT " (any more)",
                  STR_ARG(what), STR_ARG(column_name));
            return false;
        }
        out->plain = pg_name(w, column->name);
        out->text  = out->plain;
        is_text    = column->type == PG_TEXT;
    } else if (!pg_expression(w, table, &value, USE_KEY, what, index->place, &out->text)) {
        return false;
    } else {
        out->text = str_format(w->arena, "(" STR_FORMAT ")", STR_ARG(out->text));
    }
    out->nocase = is_text && str_eq_nocase(collation, STR("nocase"));
    if (out->nocase)
        out->text = str_format(w->arena, "lower(" STR_FORMAT ")", STR_ARG(out->text));
    out->text = str_format(w->arena, STR_FORMAT "%s", STR_ARG(out->text), order);
    if (out->plain.len)
        out->plain = str_format(w->arena, STR_FORMAT "%s", STR_ARG(out->plain), order);
    return true;
}

static Str create(Writing *w, const CatalogTable *table, const char *unique, Str name,
                  const StrVec *terms, Str where)
{
    return str_format(
        w->arena, "CREATE %sINDEX " STR_FORMAT " ON " STR_FORMAT " (" STR_FORMAT ")%s" STR_FORMAT,
        unique, STR_ARG(pg_name(w, name)), STR_ARG(pg_name(w, table->name)),
        STR_ARG(str_join(w->arena, terms, STR(", "))), where.len ? " WHERE " : "", STR_ARG(where));
}

static void tell_nocase(Writing *w, const CatalogTable *table, SchemaPlace place, Str what)
{
    found(w, "SC-18", table->name, place,
          STR_FORMAT " ignores case: an index over lower() stands in for it, which takes letters "
                     "beyond ASCII as well",
          STR_ARG(what));
}

void write_nocase_key(Writing *w, const CatalogTable *table, const StrVec *columns, Str name,
                      SchemaPlace place)
{
    StrVec terms = { 0 };
    bool   any   = false;

    vec_each(column_name, columns) {
        const CatalogColumn *column = catalog_column(table, *column_name);
        if (!column)
            return;
        bool nocase = ignores_case(column);
        any         = any || nocase;
        vec_push(w->arena, &terms,
                 str_format(w->arena, nocase ? "lower(" STR_FORMAT ")" : STR_FORMAT,
                            STR_ARG(pg_name(w, column->name))));
    }
    if (!any)
        return;
    Str joined = str_join(w->arena, columns, STR("_"));
    if (name.len == 0)
        name =
            str_format(w->arena, STR_FORMAT "_" STR_FORMAT, STR_ARG(table->name), STR_ARG(joined));
    name = relation_name(w, str_format(w->arena, STR_FORMAT "_nocase", STR_ARG(name)), table->name,
                         place);
    tell_nocase(w, table, place,
                str_format(w->arena, "the key (" STR_FORMAT ")",
                           STR_ARG(str_join(w->arena, columns, STR(", ")))));
    emit(w, create(w, table, "UNIQUE ", name, &terms, (Str){ 0 }));
}

static void write_index(Writing *w, const CatalogTable *table, const CatalogIndex *index)
{
    Str    what  = str_format(w->arena, "index " STR_FORMAT, STR_ARG(index->name));
    StrVec terms = { 0 }, plain = { 0 };
    bool   nocase = false, all_plain = true;
    Str    where = { 0 };
    size_t at    = 0;

    if (index->columns.count > KEY_LIMIT) {
        found(w, "SC-17", table->name, index->place,
              STR_FORMAT " is left out: it has %zu columns, and Postgres takes 32", STR_ARG(what),
              index->columns.count);
        emit(w, (Str){ 0 });
        return;
    }
    node_each(node, index->definition.node)
    {
        Term term;
        if (node->role != ROLE_ITEM)
            continue;
        /* The catalog knows what a column is called after a RENAME. */
        Str column = at < index->columns.count ? index->columns.items[at] : (Str){ 0 };
        at++;
        if (!term_of(w, table, index, node, column, what, &term)) {
            emit(w, (Str){ 0 });
            return;
        }
        nocase    = nocase || term.nocase;
        all_plain = all_plain && term.plain.len;
        vec_push(w->arena, &terms, term.text);
        vec_push(w->arena, &plain, term.plain);
    }
    if (index->where.node
        && !pg_expression(w, table, &index->where, USE_PREDICATE,
                          str_format(w->arena, STR_FORMAT ", WHERE", STR_ARG(what)), index->place,
                          &where)) {
        found(w, "SC-16", table->name, index->place, STR_FORMAT " is left out with its condition",
              STR_ARG(what));
        emit(w, (Str){ 0 });
        return;
    }
    const char *unique = index->unique ? "UNIQUE " : "";
    Str         name   = relation_name(w, index->name, table->name, index->place);
    if (nocase && index->unique && all_plain) {
        /* ON CONFLICT (c) and foreign keys look for the plain one. */
        emit(w, create(w, table, unique, name, &plain, where));
        name = relation_name(w, str_format(w->arena, STR_FORMAT "_nocase", STR_ARG(index->name)),
                             table->name, index->place);
    }
    if (nocase)
        tell_nocase(w, table, index->place, what);
    emit(w, create(w, table, unique, name, &terms, where));
}

void write_indexes(Writing *w, const CatalogTable *table)
{
    vec_each(index, &table->indexes)
        write_index(w, table, index);
}
