/* What a node of an expression is to both databases, and what has to change in it. */
#include <math.h>
#include <stdlib.h>

#include "rewriters/sql/moment.h"
#include "rewriters/sql/spelling.h"
#include "rewriters/sql/work.h"

/* -- literals -------------------------------------------------------------------------------- */

static Value decimal_of_hex(Work *w, const Node *node, Str text)
{
    uint64_t number = strtoull(str_cstr(w->arena, text), NULL, 16);

    if (text.len > 18) {
        told(w, "SQL-42", "hex-literal", SQL_DECIDE, span_of(node),
             "the hexadecimal number is too large for SQLite and for Postgres");
        return value_of_kind(VALUE_INTEGER);
    }
    cured(w, "SQL-42", "hex-literal", SQL_SAME, span_of(node),
          "Postgres 15 has no hexadecimal numbers; it is written in decimal");
    change_put(w->arena, &w->changes, node->lo, node->hi,
               str_format(w->arena, "%lld", (long long)(int64_t)number));
    return (Value) { .kind = VALUE_INTEGER, .constant = true, .number = (int64_t)number,
                     .small = number <= INT32_MAX };
}

static Value integer_literal(Work *w, const Node *node)
{
    Str   text = source_of(w, node);
    Value value = { .kind = VALUE_INTEGER, .constant = true };

    if (text.len > 2 && (text.ptr[1] == 'x' || text.ptr[1] == 'X'))
        return decimal_of_hex(w, node, text);
    for (size_t i = 0; i < text.len; i++) {
        int digit = text.ptr[i] - '0';
        if (digit < 0 || digit > 9 || value.number > (INT64_MAX - digit) / 10) {
            told(w, "SQL-18", "integer-range", SQL_DECIDE, span_of(node),
                 "the number does not fit into 64 bits: SQLite makes a float of it, Postgres a "
                 "decimal");
            return value_of_kind(VALUE_NUMERIC);
        }
        value.number = value.number * 10 + digit;
    }
    value.small = value.number <= INT32_MAX;
    return value;
}

static Value float_literal(Work *w, const Node *node)
{
    if (isinf(strtod(str_cstr(w->arena, source_of(w, node)), NULL)))
        told(w, "SQL-18", "float-range", SQL_DECIDE, span_of(node),
             "the number is infinite to SQLite, and too large for Postgres; bind it");
    return (Value) { .kind = VALUE_NUMERIC, .constant = true };
}

static Value literal(Work *w, const Node *node)
{
    switch (node->op) {
    case OP_INTEGER: return integer_literal(w, node);
    case OP_FLOAT: return float_literal(w, node);
    case OP_STRING: return (Value) { .kind = VALUE_STRING };
    case OP_NULL: return value_of_kind(VALUE_NULL);
    case OP_TRUE:
    case OP_FALSE: return (Value) { .kind = VALUE_BOOLEAN, .constant = true,
                                    .number = node->op == OP_TRUE };
    case OP_CURRENT_TIMESTAMP: return clock_value(w, node, NULL);
    case OP_CURRENT_DATE: return (Value) { .kind = VALUE_DATE, .clock = true };
    case OP_CURRENT_TIME: return moment_of_day(w, node);
    case OP_BLOB: return blob_literal(w, node);
    default:
        told(w, "SQL-13", "unknown-literal", SQL_DECIDE, span_of(node),
             "this literal is not understood");
        return value_of_kind(VALUE_UNKNOWN);
    }
}

/* -- operators ------------------------------------------------------------------------------- */

static void operator_text(Work *w, const Node *node, const char *words)
{
    change_put(w->arena, &w->changes, node->operator_.lo, node->operator_.hi,
               keyword_cased(w, words));
}

static bool is_comparison(const Node *node)
{
    switch (node->kind) {
    case NODE_LIKE:
    case NODE_BETWEEN:
    case NODE_IN:
    case NODE_NULL_TEST: return true;
    case NODE_BINARY:
        switch (node->op) {
        case OP_EQ:
        case OP_EQ_EQ:
        case OP_NE:
        case OP_IS:
        case OP_IS_NOT:
        case OP_IS_DISTINCT:
        case OP_IS_NOT_DISTINCT:
        case OP_LT:
        case OP_LE:
        case OP_GT:
        case OP_GE: return true;
        default: return false;
        }
    default: return false;
    }
}

/* `a = b = c`, `a = NOT b`: Postgres groups these otherwise, or not at all. */
static void ungrouped_operands(Work *w, const Node *node)
{
    if (!is_comparison(node))
        return;
    node_each(part, node) {
        const Node *child = part;
        while (child->kind == NODE_COLLATE && node_child(child, ROLE_OPERAND)) /* it may go, see collated() */
            child = node_child(child, ROLE_OPERAND);
        bool not_word = child->kind == NODE_UNARY && child->op == OP_NOT;
        if ((is_comparison(child) || not_word) && !change_swallows(&w->changes, child->lo, child->hi)) {
            cured(w, "SQL-21", "chained-comparison", SQL_SAME, span_of(child),
                  "Postgres groups comparisons another way; parentheses keep SQLite's order");
            change_open(w->arena, &w->changes, child->lo, STR("("));
            change_close(w->arena, &w->changes, child->hi, STR(")"));
        }
    }
}

static Value truth(const Value *a, const Value *b)
{
    return (Value) { .kind = VALUE_BOOLEAN, .nullable = a->nullable || (b && b->nullable) };
}

static bool is_null(const Node *node)
{
    const Node *bare = node_bare(node);

    return bare->kind == NODE_LITERAL && bare->op == OP_NULL;
}

static bool is_truth_literal(const Node *node)
{
    const Node *bare = node_bare(node);

    return bare->kind == NODE_LITERAL && (bare->op == OP_TRUE || bare->op == OP_FALSE);
}

/* `x IS (NULL)`: Postgres takes the word alone. */
static void without_parentheses(Work *w, const Node *node)
{
    const Node *bare = node_bare(node);

    if (bare == node)
        return;
    cured(w, "SQL-10", "is-parentheses", SQL_SAME, span_of(node), "Postgres takes the word behind IS without parentheses alone");
    change_replace(w->arena, &w->changes, node->lo, node->hi, rendered(w, bare));
}

/* `x IS y`: Postgres has IS for NULL, TRUE and FALSE alone. */
static Value is_operator(Work *w, const Node *node, const Node *left, const Node *right)
{
    bool  negated = node->op == OP_IS_NOT || node->op == OP_IS_DISTINCT;
    Value value   = { .kind = VALUE_BOOLEAN };

    if (is_null(right)) {
        if (node->op == OP_IS || node->op == OP_IS_NOT) {
            without_parentheses(w, right);
            return value;
        }
    } else if (is_truth_literal(right) && (node->op == OP_IS || node->op == OP_IS_NOT)) {
        bool tested = kind_is_number(seen(w, node_bare(left)).kind) && node_bare(left)->kind != NODE_LITERAL
                   && !can_be_boolean(w, left);
        as_condition(w, left);
        without_parentheses(w, right);
        if (tested) { /* `n <> 0` */
            change_open(w->arena, &w->changes, left->lo, STR("("));
            change_close(w->arena, &w->changes, left->hi, STR(")"));
        }
        return value;
    }
    compare(w, left, right, node);
    if (node->op == OP_IS || node->op == OP_IS_NOT) {
        bool bind = seen(w, right).kind == VALUE_BIND;
        cured(w, bind ? "TX-13" : "SQL-10", "is-value", SQL_SAME, node->operator_,
              "Postgres takes IS for NULL, TRUE and FALSE only; IS %sDISTINCT FROM takes any value",
              negated ? "" : "NOT ");
        operator_text(w, node, negated ? "IS DISTINCT FROM" : "IS NOT DISTINCT FROM");
    }
    return value;
}

static Value binary(Work *w, Scope *scope, const Node *node)
{
    const Node *left = node_child(node, ROLE_LEFT), *right = node_child(node, ROLE_RIGHT);

    if (!left || !right)
        return value_of_kind(VALUE_UNKNOWN);
    Value a = expression(w, scope, left), b = expression(w, scope, right);

    switch (node->op) {
    case OP_AND:
    case OP_OR:
        as_condition(w, left);
        as_condition(w, right);
        return truth(&a, &b);
    case OP_EQ_EQ:
        cured(w, "SQL-10", "double-equals", SQL_SAME, node->operator_,
              "Postgres has no ==; it is =");
        change_put(w->arena, &w->changes, node->operator_.lo, node->operator_.hi, STR("="));
        compare(w, left, right, node);
        return truth(&a, &b);
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE: compare(w, left, right, node); return truth(&a, &b);
    case OP_IS:
    case OP_IS_NOT:
    case OP_IS_DISTINCT:
    case OP_IS_NOT_DISTINCT: return is_operator(w, node, left, right);
    case OP_HOLE: told_hole(w, node); return (Value) { .kind = VALUE_BOOLEAN, .nullable = true };
    case OP_CONCAT: return concatenation(w, node);
    default: return arithmetic(w, scope, node);
    }
}

static Value unary(Work *w, Scope *scope, const Node *node)
{
    const Node *operand = node_child(node, ROLE_OPERAND);

    if (!operand)
        return value_of_kind(VALUE_UNKNOWN);
    if (node->op != OP_NOT)
        return arithmetic(w, scope, node);
    Value value = expression(w, scope, operand);
    as_condition(w, operand);
    return truth(&value, NULL);
}

static Value null_test(Work *w, Scope *scope, const Node *node)
{
    const Node *operand = node_child(node, ROLE_OPERAND);

    if (operand)
        expression(w, scope, operand);
    if (node->op == OP_NOT_NULL) {
        cured(w, "SQL-10", "not-null-test", SQL_SAME, node->operator_,
              "NOT NULL behind a value is SQLite's alone; it is IS NOT NULL");
        operator_text(w, node, "IS NOT NULL");
    }
    return (Value) { .kind = VALUE_BOOLEAN };
}

static Value between(Work *w, Scope *scope, const Node *node)
{
    const Node *operand = node_child(node, ROLE_OPERAND);
    const Node *low = node_child(node, ROLE_LOW), *high = node_child(node, ROLE_HIGH);

    if (!operand || !low || !high)
        return value_of_kind(VALUE_UNKNOWN);
    expression(w, scope, operand);
    expression(w, scope, low);
    expression(w, scope, high);
    compare(w, operand, low, node);
    compare(w, operand, high, node);
    return (Value) { .kind = VALUE_BOOLEAN, .nullable = true };
}

/* -- IN -------------------------------------------------------------------------------------- */

static void empty_list(Work *w, const Node *node, const Node *operand)
{
    bool has_bind = false;

    node_walk_each(at, operand)
        has_bind = has_bind || at->kind == NODE_BIND || at->kind == NODE_HOLE;
    if (has_bind) {
        told(w, "TX-08", "empty-in", SQL_DECIDE, span_of(node), "Postgres takes no empty list");
        return;
    }
    cured(w, "TX-08", "empty-in", SQL_SAME, span_of(node),
          "Postgres takes no empty list; nothing is in it");
    change_replace(w->arena, &w->changes, node->lo, node->hi,
                   (node->flags & FLAG_NOT) ? STR("true") : STR("false"));
}

/* n IN (SELECT value FROM json_each(…)): SQLite has numbers there, and Postgres text. */
static bool number_of_rows(Work *w, const Node *in, const Value *number)
{
    const Node *subquery = node_child(in, ROLE_RIGHT), *select = node_child(subquery, ROLE_SELECT);
    const Node *core     = select ? node_child(select, ROLE_CORE) : NULL;
    const Node *items    = core ? node_child(core, ROLE_RESULTS) : NULL;
    const Node *value    = items && items->first ? node_child(items->first, ROLE_OPERAND) : NULL;

    return value && !core->next && number_of_json(w, value, number);
}

static void in_rows(Work *w, const Node *node, const Node *operand, const Rows *rows)
{
    if (node_bare(operand)->kind == NODE_ROW)
        return; /* its items are compared one by one below */
    if (!rows->known || rows->columns.count != 1) {
        told_unknown_type(w, "SQL-21", node);
        return;
    }
    Value inner = value_outside(rows->columns.items[0].value), outer = seen(w, operand);
    told_nocase_column(w, node, &outer); /* the left side's collation counts */
    if (outer.kind == VALUE_BIND) {
        bind_meets(w, operand, inner);
        return;
    }
    if (inner.untyped && kind_is_number(outer.kind) && number_of_rows(w, node, &outer))
        return;
    bool texts = (inner.kind == VALUE_TEXT || inner.kind == VALUE_STRING)
              && (outer.kind == VALUE_TEXT || outer.kind == VALUE_STRING);
    bool alike = texts || inner.kind == outer.kind || inner.kind == VALUE_NULL || outer.kind == VALUE_NULL
              || (kind_is_number(inner.kind) && kind_is_number(outer.kind));
    if (inner.kind == VALUE_UNKNOWN || outer.kind == VALUE_UNKNOWN)
        told_unknown_type(w, "SQL-21", operand);
    else if (!alike)
        told(w, "SQL-21", "type-mix", SQL_DECIDE, span_of(node),
             "%s is looked for among values that are %s, which Postgres does not compare",
             value_kind_name(outer.kind), value_kind_name(inner.kind));
}

static void in_row_rows(Work *w, const Node *node, const Node *operand, const Rows *rows)
{
    size_t at = 0;

    node_each(item, node_bare(operand)) {
        Value mine = seen(w, item);
        Value other = rows->known && at < rows->columns.count
                        ? value_outside(rows->columns.items[at].value)
                        : value_of_kind(VALUE_UNKNOWN);
        at++;
        if (mine.kind == VALUE_BIND)
            bind_meets(w, item, other);
        else if (mine.kind == VALUE_UNKNOWN || other.kind == VALUE_UNKNOWN)
            told_unknown_type(w, "SQL-21", item);
        else if (mine.kind != other.kind && !(kind_is_number(mine.kind) && kind_is_number(other.kind)))
            told(w, "SQL-21", "type-mix", SQL_DECIDE, span_of(node),
                 "%s is looked for among values that are %s", value_kind_name(mine.kind),
                 value_kind_name(other.kind));
    }
}

static Value in(Work *w, Scope *scope, const Node *node)
{
    const Node *operand = node_child(node, ROLE_OPERAND), *right = node_child(node, ROLE_RIGHT);
    Value       value   = { .kind = VALUE_BOOLEAN, .nullable = true };

    if (!operand || !right)
        return value;
    expression(w, scope, operand);
    switch (right->kind) {
    case NODE_LIST:
        node_each(item, right) {
            expression(w, scope, item);
            compare(w, operand, item, node);
        }
        if (!right->first)
            empty_list(w, node, operand);
        return value;
    case NODE_SUBQUERY: {
        const Node *select = node_child(right, ROLE_SELECT);
        Rows        rows   = { 0 };
        if (select)
            rows = query(w, scope, select, QUERY_IN, NULL);
        if (node_bare(operand)->kind == NODE_ROW)
            in_row_rows(w, node, operand, &rows);
        else
            in_rows(w, node, operand, &rows);
        return value;
    }
    case NODE_BIND:
        expression(w, scope, right);
        bind_meets(w, right, seen(w, operand));
        return value;
    case NODE_HOLE: told_hole(w, right); return value;
    default:
        told(w, "SQL-21", "in-table", SQL_DECIDE, span_of(right),
             "IN takes no table in Postgres; write IN (SELECT … FROM it)");
        return value;
    }
}

/* -- the rest -------------------------------------------------------------------------------- */

static Value collated(Work *w, Scope *scope, const Node *node)
{
    const Node *operand = node_child(node, ROLE_OPERAND);
    Str         name    = name_of(w, node->name);

    if (!operand)
        return value_of_kind(VALUE_UNKNOWN);
    Value value = expression(w, scope, operand);
    value.plain = false;
    if (str_eq_nocase(name, STR("nocase")))
        return value; /* who compares or orders by it knows what to do; see told_nocase() */
    if (str_eq_nocase(name, STR("binary"))) {
        cured(w, "SQL-23", "collate-binary", SQL_SAME, span_of(node),
              "Postgres has no collation BINARY; a database with the collation C compares bytes");
        change_replace(w->arena, &w->changes, operand->hi, node->hi, STR(""));
        return value;
    }
    told(w, "SQL-23b", "collate", SQL_DECIDE, span_of(node),
         "Postgres has no collation " STR_FORMAT, STR_ARG(name));
    return value;
}

/* COLLATE NOCASE where nobody around it makes a LOWER() of it. */
static void told_nocase(Work *w, const Node *node)
{
    const Node *parent = node->parent;

    while (parent && parent->kind == NODE_PAREN)
        parent = parent->parent;
    bool answered = parent && (parent->kind == NODE_ORDER_TERM
                               || (parent->kind == NODE_BINARY && is_comparison(parent)));
    if (!answered)
        told(w, "SQL-23b", "collate-nocase", SQL_DECIDE, span_of(node),
             "Postgres has no collation NOCASE; compare LOWER() of both sides");
}

static Value subquery(Work *w, Scope *scope, const Node *node)
{
    const Node *select = node_child(node, ROLE_SELECT);

    if (!select)
        return value_of_kind(VALUE_UNKNOWN);
    Rows rows = query(w, scope, select, QUERY_SCALAR, NULL);
    if (!rows.one_row && select->kind == NODE_SELECT)
        told(w, "SQL-28", "scalar-subquery", SQL_DIFFERS, span_of(node),
             "with more than one row SQLite takes the first and Postgres gives up; make sure there "
             "is one, or say which by ORDER BY and LIMIT 1");
    if (rows.columns.count != 1 || !rows.known)
        return value_of_kind(VALUE_UNKNOWN);
    Value value    = value_outside(rows.columns.items[0].value);
    value.nullable = true;
    value.plain    = false;
    return value;
}

static Value exists(Work *w, Scope *scope, const Node *node)
{
    const Node *right  = node_child(node, ROLE_RIGHT);
    const Node *select = right ? node_child(right, ROLE_SELECT) : NULL;

    if (select)
        query(w, scope, select, QUERY_EXISTS, NULL);
    return (Value) { .kind = VALUE_BOOLEAN };
}

static Value row_value(Work *w, Scope *scope, const Node *node)
{
    node_each(item, node)
        expression(w, scope, item);
    return value_of_kind(VALUE_ROW);
}

static Value evaluated(Work *w, Scope *scope, const Node *node)
{
    if (node->flags & FLAG_HOLE)
        told_hole(w, node);

    switch (node->kind) {
    case NODE_HOLE: told_hole(w, node); return value_of_kind(VALUE_UNKNOWN);
    case NODE_LITERAL: return literal(w, node);
    case NODE_BIND: return value_of_kind(VALUE_BIND);
    case NODE_COLUMN:
        if ((node->flags & FLAG_HOLE)) {
            spell_name(w, node->qualifier);
            return value_of_kind(VALUE_UNKNOWN);
        }
        return column_value(w, scope, node);
    case NODE_FUNCTION: return function_call(w, scope, node);
    case NODE_UNARY: return unary(w, scope, node);
    case NODE_BINARY: return binary(w, scope, node);
    case NODE_NULL_TEST: return null_test(w, scope, node);
    case NODE_LIKE: return pattern(w, scope, node);
    case NODE_BETWEEN: return between(w, scope, node);
    case NODE_IN: return in(w, scope, node);
    case NODE_CAST: return cast(w, scope, node);
    case NODE_COLLATE: {
        Value value = collated(w, scope, node);
        if (str_eq_nocase(name_of(w, node->name), STR("nocase")))
            told_nocase(w, node);
        return value;
    }
    case NODE_CASE: return case_when(w, scope, node);
    case NODE_EXISTS: return exists(w, scope, node);
    case NODE_SUBQUERY: return subquery(w, scope, node);
    case NODE_ROW: return row_value(w, scope, node);
    case NODE_PAREN: {
        const Node *operand = node_child(node, ROLE_OPERAND);
        return operand ? expression(w, scope, operand) : value_of_kind(VALUE_UNKNOWN);
    }
    case NODE_TAIL: {
        const Node *operand = node_child(node, ROLE_OPERAND);
        told_hole(w, node);
        return operand ? expression(w, scope, operand) : value_of_kind(VALUE_UNKNOWN);
    }
    default:
        told(w, "SQL-13", "unknown-construct", SQL_DECIDE, span_of(node),
             "`%s` is not known to mean the same on both databases", node_kind_name(node->kind));
        return value_of_kind(VALUE_UNKNOWN);
    }
}

Value expression(Work *w, Scope *scope, const Node *node)
{
    Value value = evaluated(w, scope, node);

    ungrouped_operands(w, node);
    remember(w, node, value);
    return value;
}

void condition(Work *w, Scope *scope, const Node *node)
{
    expression(w, scope, node);
    as_condition(w, node);
}
