/* ORDER BY and LIMIT. */
#include "rewriters/sql/function.h"
#include "rewriters/sql/query.h"
#include "rewriters/sql/spelling.h"

/* -- terms that stand for a result ----------------------------------------------------------- */

/* The result with this number, from 1; NULL when a star makes the count unsure. */
static const Node *item_at(const Node *items, int64_t number)
{
    int64_t at = 1;

    node_each(item, items) {
        if (item->kind != NODE_RESULT)
            return NULL;
        if (at++ == number)
            return item;
    }
    return NULL;
}

static const Node *item_called(const Work *w, const Node *items, const Node *column)
{
    if (!items || column->kind != NODE_COLUMN || span_is_set(column->qualifier))
        return NULL;
    Str name = name_of(w, column->name);
    node_each(item, items)
        if (item->kind == NODE_RESULT && span_is_set(item->alias)
            && str_eq_nocase(name_of(w, item->alias), name))
            return item;
    return NULL;
}

static bool is_signed(const Node *node)
{
    return node && (node->kind == NODE_COLLATE || node->op == OP_NEGATE || node->op == OP_POSITIVE);
}

static bool is_constant(const Node *term)
{
    const Node *bare = node_bare(term);
    bool        sign = is_signed(bare);

    while (is_signed(bare))
        bare = node_bare(node_child(bare, ROLE_OPERAND));
    if (!bare || bare->kind != NODE_LITERAL)
        return false;
    switch (bare->op) {
    case OP_INTEGER: return sign;
    case OP_FLOAT:
    case OP_STRING:
    case OP_BLOB:
    case OP_TRUE:
    case OP_FALSE:
    case OP_NULL: return true;
    default: return false;
    }
}

bool is_constant_term(Work *w, const Node *term)
{
    const Node *bare = node_bare(term);

    if (!bare || bare->kind == NODE_COLUMN)
        return false;
    if (is_constant(bare))
        return true;
    /* `a IN ()` becomes one. */
    Str         text  = change_render(w->arena, &w->changes, w->text, term->lo, term->hi);
    const Node *after = sql_parse_expression(w->arena, text);
    return after && is_constant(after);
}

const Node *term_value(const Work *w, const Node *term, const Node *items)
{
    const Node *bare = node_bare(term);
    const Node *item = NULL;

    if (bare->kind == NODE_LITERAL && bare->op == OP_INTEGER && items)
        item = item_at(items, seen(w, bare).number);
    else if (items)
        item = item_called(w, items, bare);
    const Node *value = item ? node_child(item, ROLE_OPERAND) : NULL;
    return value ? node_bare(value) : bare;
}

static Value by_alias(Work *w, const Node *column, const Node *item)
{
    const Node *value = node_child(item, ROLE_OPERAND);
    Str         alias = name_of(w, item->alias);

    /* `id AS "Id"`: that name is the column's to Postgres, and the same. */
    const Node *bare = value ? node_bare(value) : NULL;
    if (bare && bare->kind == NODE_COLUMN && !span_is_set(bare->qualifier) && w->text.ptr[column->name.lo] != '"'
        && str_eq_nocase(name_of(w, bare->name), alias)) {
        spell_name(w, column->name);
        return seen(w, value);
    }
    /* A quoted alias keeps its capitals, so Postgres finds it in the same quotes only. */
    if (w->text.ptr[item->alias.lo] == '"' && name_has_capitals(alias))
        change_replace(w->arena, &w->changes, column->lo, column->hi,
                       name_quoted(w->arena, alias));
    else
        spell_name(w, column->name);
    Value out = value ? seen(w, value) : value_of_kind(VALUE_UNKNOWN);
    if (out.kind == VALUE_STRING) /* by its name Postgres orders by a constant, too */
        out.kind = VALUE_TEXT;
    return out;
}

static Value by_number(Work *w, const Node *term, const Node *items, const Rows *compound)
{
    int64_t     number = seen(w, term).number;
    const Node *item   = items ? item_at(items, number) : NULL;
    const Node *value  = item ? node_child(item, ROLE_OPERAND) : NULL;

    if (compound && number > 0 && (uint64_t)number <= compound->columns.count)
        return compound->columns.items[number - 1].value;
    return value ? seen(w, value) : value_of_kind(VALUE_NULL);
}

static Value of_compound(Work *w, const Node *term, const Rows *compound)
{
    const Node *bare = node_bare(term);

    if (bare->kind == NODE_COLUMN && !span_is_set(bare->qualifier)) {
        Str name = name_of(w, bare->name);
        vec_each(column, &compound->columns)
            if (str_eq_nocase(column->name, name)) {
                spell_name(w, bare->name);
                return column->value;
            }
        if (!compound->known) {
            spell_name(w, bare->name);
            return value_of_kind(VALUE_UNKNOWN);
        }
    }
    told(w, "SQL-27c", "compound-order", SQL_DECIDE, span_of(term),
         "behind a UNION Postgres orders by the names and numbers of results only");
    return value_of_kind(VALUE_UNKNOWN);
}

/* What Postgres calls the result is the name, or may be: of an alias, of a column, among those of a star. */
static bool may_be_called(const Work *w, const Scope *scope, const Node *item, Str name)
{
    const Node *value = item->kind == NODE_RESULT ? node_child(item, ROLE_OPERAND) : NULL;

    if (item->kind == NODE_STAR) {
        vec_each(source, &scope->sources) {
            if (span_is_set(item->qualifier) && !str_eq_nocase(source->handle, name_of(w, item->qualifier)))
                continue;
            bool found = !source->known;
            vec_each(column, &source->columns)
                found = found || str_eq_nocase(column->name, name);
            if (found)
                return true;
        }
        return false;
    }
    if (span_is_set(item->alias))
        return str_eq_nocase(name_of(w, item->alias), name);
    return value && node_bare(value)->kind == NODE_COLUMN && str_eq_nocase(name_of(w, node_bare(value)->name), name);
}

/* Two results of one name: SQLite orders by the first that has it as an alias, Postgres does not choose. */
static bool is_ambiguous(const Work *w, const Scope *scope, const Node *items, const Node *meant)
{
    Str         name  = name_of(w, meant->alias);
    const Node *value = node_child(meant, ROLE_OPERAND);

    node_each(item, items) {
        const Node *other = item->kind == NODE_RESULT ? node_child(item, ROLE_OPERAND) : NULL;
        bool        own   = item->kind == NODE_STAR && scope->sources.count == 1 && value
                   && node_bare(value)->kind == NODE_COLUMN && str_eq_nocase(name_of(w, node_bare(value)->name), name);
        if (own) /* `t.*, n AS n`: the very column of the star */
            continue;
        if (item != meant && may_be_called(w, scope, item, name)
            && !(value && other && same_words(w, node_bare(value), node_bare(other))))
            return true;
    }
    return false;
}

/* By its number, or in its own words where a star makes the number unsure. */
static void say_which(Work *w, const Node *term, const Node *items, const Node *meant)
{
    const Node *value  = node_child(meant, ROLE_OPERAND);
    int64_t     number = 1;

    while (item_at(items, number) && item_at(items, number) != meant)
        number++;
    bool counted = item_at(items, number) == meant;
    if (!counted && (!value || node_has_hole(w, value) || (node_bare(value)->kind == NODE_COLUMN && !span_is_set(node_bare(value)->qualifier))
                     || node_bare(value)->kind == NODE_LITERAL)) {
        told(w, "SQL-25b", "order-ambiguous", SQL_DECIDE, span_of(term),
             "two results are called " STR_FORMAT ", and Postgres does not choose; give one another name",
             STR_ARG(name_of(w, meant->alias)));
        return;
    }
    cured(w, "SQL-25b", "order-ambiguous", SQL_SAME, span_of(term),
          "two results are called " STR_FORMAT ", and Postgres does not choose; SQLite orders by the first that is called so by AS",
          STR_ARG(name_of(w, meant->alias)));
    change_replace(w->arena, &w->changes, term->lo, term->hi,
                   counted ? str_format(w->arena, "%d", (int)number)
                           : str_format(w->arena, "(" STR_FORMAT ")",
                                        STR_ARG(change_render(w->arena, &w->changes, w->text, value->lo, value->hi))));
}

static Value ordered_by(Work *w, Scope *scope, const Node *operand, const Node *items,
                        const Rows *compound)
{
    const Node *bare = node_bare(operand);
    const Node *item = items ? item_called(w, items, bare) : NULL;

    if (bare->kind == NODE_LITERAL && bare->op == OP_INTEGER) {
        expression(w, scope, operand);
        return by_number(w, bare, items, compound);
    }
    if (compound)
        return of_compound(w, operand, compound);
    if (item) {
        Value value = by_alias(w, bare, item);
        if (is_ambiguous(w, scope, items, item))
            say_which(w, operand, items, item);
        return value;
    }
    Value value = expression(w, scope, operand);
    if (bare->kind == NODE_COLLATE && fold_case(w, operand, NULL))
        value.plain = false;
    return value;
}

/* -- ORDER BY -------------------------------------------------------------------------------- */

static void nulls(Work *w, const Node *term, const Value *value)
{
    bool desc = term->flags & FLAG_DESC;

    if (!value->nullable || (term->flags & (FLAG_NULLS_FIRST | FLAG_NULLS_LAST)))
        return;
    const char *words = desc ? "NULLS LAST" : "NULLS FIRST";
    cured(w, "SQL-22", "null-order", SQL_SAME, span_of(term),
          "NULL is the smallest value to SQLite and the largest to Postgres; %s says which", words);
    change_close(w->arena, &w->changes, term->hi,
                 str_format(w->arena, " " STR_FORMAT, STR_ARG(keyword_cased(w, words))));
}

/* Texts of one form are in the order of their instants; what others send need not have one. */
static void told_foreign_times(Work *w, const Node *term, const Value *value)
{
    if (value->kind != VALUE_TIMESTAMP || !value->plain || !value->table || !value->column || !w->options->foreign_times)
        return;
    Str column = str_format(w->arena, STR_FORMAT "." STR_FORMAT, STR_ARG(value->table->name), STR_ARG(value->column->name));
    if (map_find(w->options->foreign_times, str_lower(w->arena, column)))
        told(w, "DT-04", "foreign-times", SQL_DIFFERS, span_of(term),
             "times from outside are stored here as they come: SQLite orders their text, Postgres the instants");
}

static void told_order_type(Work *w, const Node *term, const Value *value)
{
    told_foreign_times(w, term, value);
    if (value->kind == VALUE_JSON)
        told(w, "JS-07", "json-order", SQL_DIFFERS, span_of(term),
             "SQLite orders JSON as text, Postgres by what it says");
    told_nocase_column(w, term, value);
    told_number_was_text(w, term, value);
    if (value->kind == VALUE_BIND || value->kind == VALUE_STRING
        || is_constant_term(w, node_child(term, ROLE_OPERAND)))
        told(w, "TX-14", "order-by-constant", SQL_DECIDE, span_of(term),
             "ordering by a constant does nothing on SQLite and is an error on Postgres; put the "
             "name of a column into the text");
}

static bool is_random(const Work *w, const Node *node)
{
    const Node *bare = node_bare(node);

    return bare->kind == NODE_FUNCTION && str_eq_nocase(name_of(w, bare->name), STR("random"));
}

void order_terms(Work *w, Scope *scope, const Node *order, const Node *items, const Rows *compound)
{
    const Node *before = scope->results;

    scope->results    = items;
    scope->aliases_ok = false; /* only a term as a whole may be an alias: ordered_by() */
    node_each(term, order) {
        const Node *operand = node_child(term, ROLE_OPERAND);
        if (term->kind != NODE_ORDER_TERM || !operand) {
            told_hole(w, term);
            continue;
        }
        Value value  = ordered_by(w, scope, operand, items, compound);
        bool  random = is_random(w, operand);
        if (value.kind == VALUE_UNKNOWN && node_has_hole(w, operand))
            continue;
        told_order_type(w, term, &value);
        if (!random)
            nulls(w, term, &value);
    }
    scope->results = before;
}

void distinct_order(Work *w, Scope *scope, const Node *core, const Node *order)
{
    const Node *items = node_child(core, ROLE_RESULTS);

    if (!(core->flags & FLAG_DISTINCT) || !items)
        return;
    node_each(term, order) {
        const Node *operand = node_child(term, ROLE_OPERAND);
        if (!operand || term->kind != NODE_ORDER_TERM)
            continue;
        const Node *bare   = node_bare(operand);
        const Node *value  = term_value(w, operand, items);
        ColumnAtVec mine   = { 0 };
        bool        column = add_column_at(w, scope, value, &mine);
        bool        found  = value != bare || bare->kind == NODE_LITERAL;
        node_each(item, items) {
            const Node *other  = node_child(item, ROLE_OPERAND);
            ColumnAtVec theirs = { 0 };
            found = found || item->kind == NODE_STAR
                 || (other && same_words(w, node_bare(other), value))
                 || (other && column && add_column_at(w, scope, other, &theirs)
                     && column_is_in(&theirs, mine.items[0].source, mine.items[0].column));
        }
        if (!found)
            told(w, "SQL-26", "distinct-order", SQL_DECIDE, span_of(term),
                 "with DISTINCT Postgres orders by results only; select it too, or group");
    }
}

/* -- LIMIT ----------------------------------------------------------------------------------- */

#define NO_LIMIT STR("9223372036854775807")

static bool is_negative(const Work *w, const Node *node)
{
    const Node *bare = node_bare(node);

    return bare->kind == NODE_UNARY && bare->op == OP_NEGATE && seen(w, bare).constant
        && seen(w, bare).number < 0;
}

/* A negative limit is none on SQLite, a negative offset is 0; Postgres takes neither. */
static void bound_limit(Work *w, const Node *node, Str instead)
{
    const Node *bare = node_bare(node);

    bind_meets(w, node, value_of_kind(VALUE_INTEGER));
    if (bare->kind != NODE_BIND || node_has_hole(w, node))
        return;
    if (!w->options->any_limit) {
        told(w, "TX-12", "limit-bind", SQL_SAME, span_of(node),
             "a negative value is no limit or no offset on SQLite and an error on Postgres; it is taken to be none");
        vec_each(known, &w->out->binds)
            known->limits = known->limits || known->lo == bare->lo;
        return;
    }
    Str bind = change_render(w->arena, &w->changes, w->text, node->lo, node->hi);
    cured(w, "TX-12", "limit-bind", SQL_SAME, span_of(node),
          "a negative value is no limit or no offset on SQLite and an error on Postgres; a CASE makes the same of it on both");
    change_open(w->arena, &w->changes, node->lo,
                words_filled(w, "CASE WHEN $1 < 0 THEN $2 ELSE ", (Str[]) { bind, instead }));
    change_close(w->arena, &w->changes, node->hi, str_format(w->arena, " " STR_FORMAT, STR_ARG(keyword_cased(w, "END"))));
}

/* `instead`: what a negative value means. */
static void limit_operand(Work *w, Scope *scope, const Node *node, Str instead)
{
    Value value = expression(w, scope, node);

    switch (value.kind) {
    case VALUE_INTEGER:
    case VALUE_UNKNOWN: return;
    case VALUE_BIND: bound_limit(w, node, instead); return;
    case VALUE_NULL:
        told(w, "TX-12", "limit-null", SQL_DECIDE, span_of(node),
             "NULL is no limit on Postgres and an error on SQLite");
        return;
    default:
        told(w, "TX-12", "limit-type", SQL_DECIDE, span_of(node),
             "the limit is %s and should be an integer", value_kind_name(value.kind));
    }
}

/* LIMIT a, b */
static void swap_comma(Work *w, const Node *node, const Node *count, const Node *offset)
{
    const Token *comma = token_in(w, offset->hi, count->lo, TOKEN_COMMA);

    if (!comma || node_has_hole(w, node)) {
        told(w, "SQL-29", "limit-comma", SQL_DECIDE, span_of(node),
             "LIMIT a, b is LIMIT b OFFSET a; Python puts text into it, so it cannot be turned "
             "round here");
        return;
    }
    cured(w, "SQL-29", "limit-comma", SQL_SAME, span_of(node),
          "Postgres has no LIMIT a, b; it is LIMIT b OFFSET a");
    Str a = change_render(w->arena, &w->changes, w->text, offset->lo, offset->hi);
    Str b = change_render(w->arena, &w->changes, w->text, count->lo, count->hi);
    if (is_negative(w, count))
        b = NO_LIMIT;
    change_replace(w->arena, &w->changes, offset->lo, offset->hi, b);
    change_replace(w->arena, &w->changes, count->lo, count->hi, a);
    bool glued = comma->hi == count->lo;
    change_put(w->arena, &w->changes, comma->lo, comma->hi,
               str_format(w->arena, " " STR_FORMAT "%s", STR_ARG(keyword_cased(w, "OFFSET")),
                          glued ? " " : ""));
}

void limit(Work *w, Scope *scope, const Node *node)
{
    const Node *count = node_child(node, ROLE_COUNT), *offset = node_child(node, ROLE_OFFSET);

    if (!count)
        return;
    limit_operand(w, scope, count, NO_LIMIT);
    if (offset)
        limit_operand(w, scope, offset, STR("0"));
    if (offset && is_negative(w, offset)) {
        cured(w, "SQL-29", "offset-minus", SQL_SAME, span_of(offset),
              "a negative offset is none on SQLite and an error on Postgres");
        change_replace(w->arena, &w->changes, offset->lo, offset->hi, STR("0"));
    }
    if ((node->flags & FLAG_COMMA) && offset) {
        swap_comma(w, node, count, offset);
        return;
    }
    if (!is_negative(w, count))
        return;
    cured(w, "SQL-29", "limit-minus", SQL_SAME, span_of(count),
          "a negative limit is no limit on SQLite and an error on Postgres");
    if (offset) {
        change_replace(w->arena, &w->changes, count->lo, count->hi, NO_LIMIT);
        return;
    }
    change_replace(w->arena, &w->changes, blanks_before(w, node->lo), node->hi, STR(""));
}
