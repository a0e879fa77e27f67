/*
 * Expressions of a schema: what CHECK, a partial index, an index over an expression and a
 * generated column hold. The translator knows statements, so an expression is put into one, and
 * cut out of what becomes of it.
 */
#include <stdlib.h>

#include "analyzers/sql/lexer.h"
#include "rewriters/schema/writing.h"
#include "rewriters/sql/spelling.h"
#include "rewriters/sql/translate.h"

Str one_line(Arena *arena, Str text)
{
    Buf  out   = buf_new(arena);
    bool blank = false;

    text = str_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c == 0x7F) {
            blank = true;
            continue;
        }
        if (blank)
            buf_add_char(&out, ' ');
        blank = false;
        buf_add_char(&out, (char)c);
    }
    return buf_str(&out);
}

/* `(a) || (b)` begins and ends with parentheses that are not around it. */
Str in_parentheses(Writing *w, Str expression)
{
    TokenVec tokens = tokens_of(w->arena, expression);
    int      depth  = 0;

    vec_each(token, &tokens) {
        depth += token->kind == TOKEN_LP;
        depth -= token->kind == TOKEN_RP;
        if (depth == 0 && token->kind != TOKEN_END)
            return token->kind == TOKEN_RP && token->hi == expression.len
                     ? expression
                     : str_format(w->arena, "(" STR_FORMAT ")", STR_ARG(expression));
    }
    return expression;
}

const CatalogColumn *column_meant(Writing *w, const CatalogTable *table, const SchemaExpr *expr,
                                  const Node *node)
{
    node = node_bare(node);
    if (!node || node->kind != NODE_COLUMN)
        return NULL;
    return catalog_column(table, sql_name(w->arena, expr->text, node->name));
}

/* -- what Postgres keeps in an index must not depend on settings ------------------------------ */

static bool is_time(const CatalogColumn *column)
{
    return column && (column->type == PG_TIMESTAMPTZ || column->type == PG_DATE);
}

static bool gives_text(Writing *w, const SchemaExpr *expr, const Node *node)
{
    static const char *const names[] = { "lower", "upper",   "trim",   "ltrim",
                                         "rtrim", "replace", "substr", "substring" };

    if (node->kind != NODE_FUNCTION)
        return node->kind == NODE_BINARY && node->op == OP_CONCAT;
    Str name = sql_name(w->arena, expr->text, node->name);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq_nocase(name, str_of(names[i])))
            return true;
    return false;
}

/* Postgres calls text || anything else STABLE. */
static bool is_text(Writing *w, const CatalogTable *table, const SchemaExpr *expr, const Node *node)
{
    node = node_bare(node);
    if (!node)
        return false;
    if (node->kind == NODE_LITERAL)
        return node->op == OP_STRING;
    const CatalogColumn *column = column_meant(w, table, expr, node);
    if (column)
        return column->type == PG_TEXT;
    return node->kind == NODE_COLUMN || gives_text(w, expr, node);
}

static bool is_converted(const Node *node, const Node *root)
{
    for (const Node *at = node; at != root && at->parent; at = at->parent) {
        const Node *parent = at->parent;
        if (parent->kind == NODE_FUNCTION || parent->kind == NODE_CAST || parent->kind == NODE_LIKE
            || (parent->kind == NODE_BINARY && parent->op == OP_CONCAT))
            return true;
    }
    return false;
}

static bool times_meet(Writing *w, const CatalogTable *table, const SchemaExpr *expr,
                       const Node *node)
{
    const CatalogColumn *left  = column_meant(w, table, expr, node_child(node, ROLE_LEFT));
    const CatalogColumn *right = column_meant(w, table, expr, node_child(node, ROLE_RIGHT));

    return is_time(left) && is_time(right) && left->type != right->type;
}

static bool depends_on_settings(Writing *w, const CatalogTable *table, const SchemaExpr *expr)
{
    node_walk_each(node, expr->node)
    {
        if (node->kind == NODE_COLUMN && is_time(column_meant(w, table, expr, node))
            && is_converted(node, expr->node))
            return true;
        if (node->kind != NODE_BINARY)
            continue;
        if (times_meet(w, table, expr, node))
            return true;
        if (node->op == OP_CONCAT
            && (!is_text(w, table, expr, node_child(node, ROLE_LEFT))
                || !is_text(w, table, expr, node_child(node, ROLE_RIGHT))))
            return true;
    }
    return false;
}

static bool uses_generated(Writing *w, const CatalogTable *table, const SchemaExpr *expr)
{
    node_walk_each(node, expr->node)
    {
        const CatalogColumn *column =
            node->kind == NODE_COLUMN ? column_meant(w, table, expr, node) : NULL;
        if (column && column->generated != GENERATED_NO)
            return true;
    }
    return false;
}

/* -- the translation -------------------------------------------------------------------------- */

Str shown(Writing *w, const SchemaExpr *expr)
{
    enum { WIDTH = 120 };
    Str text = one_line(w->arena, node_text(expr->text, expr->node));

    return text.len <= WIDTH
             ? text
             : str_format(w->arena, STR_FORMAT "…", STR_ARG(str_slice(text, 0, WIDTH)));
}

static bool refused(Writing *w, const char *code, const CatalogTable *table, SchemaPlace place,
                    Str what, const SchemaExpr *expr, Str why)
{
    found(w, code, table->name, place, STR_FORMAT " " STR_FORMAT " is left out: " STR_FORMAT,
          STR_ARG(what), STR_ARG(shown(w, expr)), STR_ARG(why));
    return false;
}

/* A name that is no column: one of before a RENAME, say. In "quotes" it may be a string (SQL-11).
 */
static Str stranger_in(Writing *w, const CatalogTable *table, const SchemaExpr *expr)
{
    node_walk_each(node, expr->node)
    {
        if (node->kind != NODE_COLUMN || column_meant(w, table, expr, node))
            continue;
        Str name = span_text(expr->text, node->name);
        if (name.len && name.ptr[0] != '"')
            return name;
    }
    return (Str){ 0 };
}

/* A column, or this table, that Postgres has under another name. */
static Str renamed_in(Writing *w, const CatalogTable *table, const SchemaExpr *expr)
{
    node_walk_each(node, expr->node)
    {
        const CatalogColumn *column = column_meant(w, table, expr, node);
        if (!column)
            continue;
        if (column_is_renamed(w, table, column))
            return column->name;
        if (span_is_set(node->qualifier) && table_is_renamed(w, table))
            return table->name;
    }
    return (Str){ 0 };
}

static bool has_hole(const SchemaExpr *expr)
{
    node_walk_each(node,
                   expr->node) if (node->kind == NODE_HOLE || node->flags & FLAG_HOLE) return true;
    return false;
}

/* Of the query around, which is ours, or of those who read its rows. */
static bool is_of_the_query(const SqlRemark *remark, uint32_t lo, uint32_t hi)
{
    return remark->lo < lo || remark->hi > hi || strcmp(remark->feature, "unordered") == 0
        || strcmp(remark->feature, "result-type") == 0;
}

/* JSON has the order of its text on SQLite, and one of its own on Postgres. */
static bool orders_json(Writing *w, const CatalogTable *table, const SchemaExpr *expr)
{
    node_walk_each(node, expr->node)
    {
        bool orders = node->kind == NODE_BETWEEN
                   || (node->kind == NODE_BINARY
                       && (node->op == OP_LT || node->op == OP_LE || node->op == OP_GT
                           || node->op == OP_GE));
        if (!orders)
            continue;
        node_each(operand, node)
        {
            const CatalogColumn *column = column_meant(w, table, expr, operand);
            if (column && column->type == PG_JSONB)
                return true;
        }
    }
    return false;
}

static bool names_column(const SchemaExpr *expr)
{
    node_walk_each(node, expr->node)
        if (node->kind == NODE_COLUMN)
            return true;
    return false;
}

/* COLLATE is answered by lower(), which wants text. */
static bool collates_other_than_text(Writing *w, const CatalogTable *table, const SchemaExpr *expr)
{
    node_walk_each(node, expr->node)
        if (node->kind == NODE_COLLATE
            && !is_text(w, table, expr, node_child(node, ROLE_OPERAND)))
            return true;
    return false;
}

static Str cut_out(Arena *arena, const Translation *translation, uint32_t lo, uint32_t hi)
{
    EditVec inside = { 0 };

    vec_each(edit, &translation->edits)
        if (edit->lo >= lo && edit->hi <= hi)
            vec_push(arena, &inside, ((Edit){ edit->lo - lo, edit->hi - lo, edit->text }));
    return edit_splice(arena, str_slice(translation->text, lo, hi), &inside);
}

/*
 * What is computed, as a value of the column's type; empty if Postgres would not take it, or would
 * make another value of it than SQLite's affinity does.
 */
static Str as_type(Arena *arena, const Translation *translation, PgType type, Str expression)
{
    PgType given =
        translation->results.count == 1 ? translation->results.items[0].type : PG_UNKNOWN;

    if (given == type || (given == PG_BIGINT && (type == PG_DOUBLE || type == PG_TEXT)))
        return expression;
    if (given == PG_BOOLEAN && type == PG_BIGINT) /* there is no cast to BIGINT */
        return str_format(arena, "CAST(" STR_FORMAT " AS INTEGER)", STR_ARG(expression));
    return (Str){ 0 };
}

/* `type` is that of a generated column, then that of the expression. */
static bool translated(Writing *w, const CatalogTable *table, const SchemaExpr *expr,
                       ExpressionUse use, PgType *type, Str what, SchemaPlace place, Str *out)
{
    Str  source    = node_text(expr->text, expr->node);
    Str  stranger  = stranger_in(w, table, expr);
    Str  renamed   = renamed_in(w, table, expr);
    bool condition = use == USE_CHECK || use == USE_PREDICATE;
    Str  head      = condition ? str_format(w->arena, "SELECT 1 FROM " STR_FORMAT " WHERE ",
                                            STR_ARG(name_quoted(w->arena, table->name)))
                               : STR("SELECT ");
    Str  tail      = condition ? STR("")
                               : str_format(w->arena, " FROM " STR_FORMAT,
                                            STR_ARG(name_quoted(w->arena, table->name)));

    if (has_hole(expr))
        return refused(w, "TX-10", table, place, what, expr, STR("Python puts a part of it in"));
    if (stranger.len)
        return refused(w, "SC-15", table, place, what, expr,
                       str_format(w->arena, "the table has no column " STR_FORMAT " (any more)",
                                  STR_ARG(stranger)));
    if (renamed.ptr)
        return refused(w, "SC-24", table, place, what, expr,
                       str_format(w->arena, "\"" STR_FORMAT "\" is called otherwise here",
                                  STR_ARG(renamed)));
    if (use != USE_CHECK && depends_on_settings(w, table, expr))
        return refused(
            w, use == USE_GENERATED ? "SC-20" : "SC-17", table, place, what, expr,
            STR("its value would depend on settings of the session (time zone, formats), "
                "which Postgres does not take here"));
    if (use == USE_GENERATED && uses_generated(w, table, expr))
        return refused(w, "SC-20", table, place, what, expr,
                       STR("it uses another generated column, which Postgres does not take"));

    if (orders_json(w, table, expr))
        return refused(w, "JS-07", table, place, what, expr,
                       STR("JSON has the order of its text on SQLite, and another on Postgres"));

    if (collates_other_than_text(w, table, expr))
        return refused(w, "SC-18", table, place, what, expr,
                       STR("COLLATE is of something that is not known to be text"));
    if (use != USE_CHECK && use != USE_PREDICATE && !names_column(expr))
        return refused(w, use == USE_KEY ? "SC-17" : "SC-20", table, place, what, expr,
                       STR("it is the same for each row"));

    TranslateOptions options = { .catalog = w->catalog, .keep_binds = true, .old_names = true };
    Str              text    = str_format(w->arena, STR_FORMAT STR_FORMAT STR_FORMAT, STR_ARG(head),
                                          STR_ARG(source), STR_ARG(tail));
    uint32_t         lo = (uint32_t)head.len, hi = (uint32_t)(head.len + source.len);
    Translation      translation = sql_translate(w->arena, text, &options);

    vec_each(remark, &translation.remarks)
        if (remark->verdict == SQL_DECIDE)
            return refused(w, remark->code, table, place, what, expr, remark->message);
    if (translation.binds.count)
        return refused(w, "SC-15", table, place, what, expr, STR("it has a placeholder"));
    vec_each(remark, &translation.remarks)
        if (remark->verdict == SQL_DIFFERS && !is_of_the_query(remark, lo, hi))
            found(w, remark->code, table->name, place, STR_FORMAT " " STR_FORMAT ": " STR_FORMAT,
                  STR_ARG(what), STR_ARG(shown(w, expr)), STR_ARG(remark->message));
    Str made = cut_out(w->arena, &translation, lo, hi);
    Str fit  = use == USE_GENERATED ? as_type(w->arena, &translation, *type, made) : made;
    if (fit.len == 0)
        return refused(w, "SC-20", table, place, what, expr,
                       str_format(w->arena, "it is not known to give %s", pg_type_sql(*type)));
    *type = translation.results.count == 1 ? translation.results.items[0].type : PG_UNKNOWN;
    *out  = fit;
    return true;
}

bool pg_expression(Writing *w, const CatalogTable *table, const SchemaExpr *expr, ExpressionUse use,
                   Str what, SchemaPlace place, Str *out)
{
    PgType type = PG_UNKNOWN;

    return translated(w, table, expr, use, &type, what, place, out);
}

bool pg_key(Writing *w, const CatalogTable *table, const SchemaExpr *expr, Str what,
            SchemaPlace place, Str *out, PgType *type)
{
    *type = PG_UNKNOWN;
    return translated(w, table, expr, USE_KEY, type, what, place, out);
}

bool pg_generated(Writing *w, const CatalogTable *table, const CatalogColumn *column, Str *out)
{
    PgType type = pg_type_in(column);

    return translated(w, table, &column->generated_as, USE_GENERATED, &type,
                      str_format(w->arena, "generated column " STR_FORMAT, STR_ARG(column->name)),
                      column->place, out);
}

bool pg_constant(Writing *w, const SchemaExpr *expr, Str *out, PgType *type)
{
    static const Str head    = { "SELECT ", 7 };
    TranslateOptions options = { .keep_binds = true };
    Str              source  = node_text(expr->text, expr->node);
    Str text = str_format(w->arena, STR_FORMAT STR_FORMAT, STR_ARG(head), STR_ARG(source));

    node_walk_each(node, expr->node) if (node->kind == NODE_COLUMN
                                         || node->kind == NODE_BIND) return false;
    if (has_hole(expr))
        return false;
    Translation translation = sql_translate(w->arena, text, &options);
    if (translation_verdict_besides(&translation, "result-type") != SQL_SAME
        || translation.results.count != 1)
        return false;
    *out  = cut_out(w->arena, &translation, (uint32_t)head.len, (uint32_t)text.len);
    *type = translation.results.items[0].type;
    return true;
}
