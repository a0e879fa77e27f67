/* Indexes: partial ones, over expressions, and those that stand in for COLLATE NOCASE. */
#include "rewriters/schema/writing.h"
#include "rewriters/sql/spelling.h"

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
    DdlTerm term;  /* as Postgres indexes it */
    Str     plain; /* the column alone; empty for an expression */
    bool    nocase;
} Term;

static DdlTerm in_lower_case(Writing *w, Str value)
{
    return (DdlTerm){ .expression = str_format(w->arena, "lower(" STR_FORMAT ")", STR_ARG(value)) };
}

static bool term_of(Writing *w, const CatalogTable *table, const CatalogIndex *index,
                    const Node *node, Str column_name, Str what, Term *out)
{
    SchemaExpr whole = { .node = node_child(node, ROLE_OPERAND), .text = index->definition.text };
    SchemaExpr value = value_of(&whole);
    Str        collation = collation_of(w, table, &whole);
    PgType     type;
    Str        expression;

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
        out->plain       = column_called(w, table, column);
        out->term.column = out->plain;
        expression       = name_spelled(w->arena, out->plain);
        type             = column->type;
    } else if (!pg_key(w, table, &value, what, index->place, &expression, &type)) {
        return false;
    } else {
        expression           = str_format(w->arena, "(" STR_FORMAT ")", STR_ARG(expression));
        out->term.expression = expression;
    }
    out->nocase = type == PG_TEXT && str_eq_nocase(collation, STR("nocase"));
    if (out->nocase)
        out->term = in_lower_case(w, expression);
    else if (collation.len && !str_eq_nocase(collation, STR("binary")))
        found(w, "SC-18", table->name, index->place,
              STR_FORMAT ": COLLATE " STR_FORMAT " of " STR_FORMAT " is left out: %s",
              STR_ARG(what), STR_ARG(collation), STR_ARG(shown(w, &value)),
              str_eq_nocase(collation, STR("nocase")) ? "it is not known to be text"
                                                      : "Postgres has none that is like it");
    out->term.is_descending = node->flags & FLAG_DESC;
    return true;
}

static void emit_index(Writing *w, const CatalogTable *table, bool is_unique, Str name,
                       const DdlTermVec *terms, Str where)
{
    DdlIndex *index = arena_new(w->arena, DdlIndex);

    *index = (DdlIndex){ .name      = name,
                         .table     = passage_of(w, table->name)->name,
                         .is_unique = is_unique,
                         .terms     = *terms,
                         .where     = where };
    emit(w, (DdlStatement){ .kind = DDL_INDEX, .index = index });
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
    DdlTermVec terms = { 0 };
    bool       any   = false;

    vec_each(column_name, columns) {
        const CatalogColumn *column = catalog_column(table, *column_name);
        if (!column)
            return;
        Str     called = column_called(w, table, column);
        DdlTerm term   = { .column = called };
        if (ignores_case(column)) {
            term = in_lower_case(w, name_spelled(w->arena, called));
            any  = true;
        }
        vec_push(w->arena, &terms, term);
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
    emit_index(w, table, true, name, &terms, (Str){ 0 });
}

typedef struct Terms {
    DdlTermVec terms;
    DdlTermVec plain; /* without lower() around columns */
    bool       nocase, all_plain;
} Terms;

static bool terms_of(Writing *w, const CatalogTable *table, const CatalogIndex *index, Str what,
                     Terms *out)
{
    size_t at = 0;

    *out = (Terms){ .all_plain = true };
    node_each(node, index->definition.node)
    {
        Term term;
        if (node->role != ROLE_ITEM)
            continue;
        /* The catalog knows what a column is called after a RENAME. */
        Str column = at < index->columns.count ? index->columns.items[at] : (Str){ 0 };
        at++;
        if (!term_of(w, table, index, node, column, what, &term))
            return false;
        DdlTerm plain  = { .column = term.plain, .is_descending = term.term.is_descending };
        out->nocase    = out->nocase || term.nocase;
        out->all_plain = out->all_plain && term.plain.len;
        vec_push(w->arena, &out->terms, term.term);
        vec_push(w->arena, &out->plain, plain);
    }
    return true;
}

static bool condition_of(Writing *w, const CatalogTable *table, const CatalogIndex *index, Str what,
                         Str *out)
{
    *out = (Str){ 0 };
    if (!index->where.node
        || pg_expression(w, table, &index->where, USE_PREDICATE,
                         str_format(w->arena, STR_FORMAT ", WHERE", STR_ARG(what)), index->place,
                         out))
        return true;
    found(w, "SC-16", table->name, index->place, STR_FORMAT " is left out with its condition",
          STR_ARG(what));
    return false;
}

static void write_index(Writing *w, const CatalogTable *table, const CatalogIndex *index)
{
    Str   what = str_format(w->arena, "index " STR_FORMAT, STR_ARG(index->name));
    Terms it;
    Str   where;

    if (index->columns.count > KEY_LIMIT) {
        found(w, "SC-17", table->name, index->place,
              STR_FORMAT " is left out: it has %zu columns, and Postgres takes 32", STR_ARG(what),
              index->columns.count);
        emit_nothing(w);
        return;
    }
    if (!terms_of(w, table, index, what, &it) || !condition_of(w, table, index, what, &where)) {
        emit_nothing(w);
        return;
    }
    Str name = relation_name(w, index->name, table->name, index->place);
    if (it.nocase && index->unique && it.all_plain) {
        /* ON CONFLICT (c) and foreign keys look for the plain one. */
        emit_index(w, table, true, name, &it.plain, where);
        name = relation_name(w, str_format(w->arena, STR_FORMAT "_nocase", STR_ARG(index->name)),
                             table->name, index->place);
    }
    if (it.nocase)
        tell_nocase(w, table, index->place, what);
    emit_index(w, table, index->unique, name, &it.terms, where);
}

void write_indexes(Writing *w, const CatalogTable *table)
{
    vec_each(index, &table->indexes)
        write_index(w, table, index);
}
