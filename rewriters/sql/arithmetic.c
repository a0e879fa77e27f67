/* Numbers: operators, division by zero, the width of integers, decimals; and || with its like. */
#include "rewriters/sql/function.h"

void as_double(Work *w, const Node *node)
{
    Value value = seen(w, node);

    if (value.kind != VALUE_NUMERIC)
        return;
    cured(w, "SQL-16", "decimal-literal", SQL_SAME, span_of(node),
          "Postgres calculates with decimals here and Python gets a Decimal; CAST keeps it a float");
    wrap_cast(w, node, "DOUBLE PRECISION");
    value.kind     = VALUE_DOUBLE;
    value.constant = false;
    remember(w, node, value);
}

static void told_no_number(Work *w, const Node *node, ValueKind kind)
{
    bool time = kind == VALUE_TIMESTAMP || kind == VALUE_DATE || kind == VALUE_TIME;

    told(w, time ? "DT-09" : "SQL-21", time ? "date-arithmetic" : "text-arithmetic", SQL_DECIDE,
         span_of(node), "%s is calculated with: SQLite takes the number at its beginning, "
         "Postgres refuses or means something else; do it in Python", value_kind_name(kind));
}

void typed_null(Work *w, const Node *node)
{
    cured(w, "SQL-21", "untyped-null", SQL_SAME, span_of(node), "Postgres does not calculate with a NULL of no type");
    wrap_cast(w, node, "BIGINT");
    remember(w, node, (Value) { .kind = VALUE_INTEGER, .nullable = true });
}

void null_of_kind(Work *w, const Node *node, ValueKind kind)
{
    PgType type = kind_type(kind);

    if (node_bare(node)->kind == NODE_LITERAL || type == PG_UNKNOWN || type == PG_TEXT || node_has_hole(w, node))
        return;
    cured(w, "SQL-21", "untyped-null", SQL_SAME, span_of(node), "Postgres takes a calculated NULL of no type for text");
    wrap_cast(w, node, pg_type_sql(type));
    remember(w, node, (Value) { .kind = kind, .nullable = true });
}

/* Makes the operand a number where that can be done. */
static void number(Work *w, const Node *node)
{
    Value value = seen(w, node);

    switch (value.kind) {
    case VALUE_INTEGER:
    case VALUE_DOUBLE:
    case VALUE_NUMERIC:
    case VALUE_BIND: return;
    case VALUE_NULL:
        if (node_bare(node)->kind != NODE_LITERAL)
            typed_null(w, node);
        return;
    case VALUE_BOOLEAN: to_integer(w, node); return;
    case VALUE_UNKNOWN:
        if (!node_has_hole(w, node))
            told_unknown_type(w, "SQL-21", node);
        return;
    default:
        if (!value.digits) {
            told_no_number(w, node, value.kind);
            return;
        }
        wrap_cast(w, node, "BIGINT");
        remember(w, node, (Value) { .kind = VALUE_INTEGER, .nullable = value.nullable });
    }
}

static void parenthesise(Work *w, const Node *node)
{
    cured(w, "SQL-20", "operator-order", SQL_SAME, span_of(node),
          "this operator binds less tightly in Postgres; parentheses keep SQLite's order");
    change_open(w->arena, &w->changes, node->lo, STR("("));
    change_close(w->arena, &w->changes, node->hi, STR(")"));
}

/* ||, -> and ->> bind tighter than + in SQLite and less tightly in Postgres; so does ~. */
static void keep_order(Work *w, const Node *node)
{
    node_each(child, node) {
        bool loose = (child->kind == NODE_BINARY
                      && (child->op == OP_CONCAT || child->op == OP_ARROW
                          || child->op == OP_ARROW_TEXT))
                  || (child->kind == NODE_UNARY && child->op == OP_BITNOT);
        if (loose)
            parenthesise(w, child);
    }
}

static bool is_nullif_zero(const Work *w, const Node *node)
{
    const Node *last = NULL;

    if (node->kind != NODE_FUNCTION || !str_eq_nocase(name_of(w, node->name), STR("nullif")))
        return false;
    node_each(arg, node)
        last = arg->role == ROLE_ARG ? arg : last;
    return last && str_is(source_of(w, node_bare(last)), "0");
}

/* A number that is written out and has a digit other than 0 before its exponent. */
static bool is_nonzero_literal(const Work *w, const Node *node)
{
    if (node->kind == NODE_CAST)
        node = node_bare(node->first);
    if (node->kind != NODE_LITERAL || (node->op != OP_INTEGER && node->op != OP_FLOAT))
        return false;
    Str  text = source_of(w, node);
    bool hex  = text.len > 2 && (text.ptr[1] == 'x' || text.ptr[1] == 'X');
    for (size_t i = 0; i < text.len; i++) {
        if (!hex && (text.ptr[i] == 'e' || text.ptr[i] == 'E'))
            return false;
        if (text.ptr[i] != '0' && text.ptr[i] != '.' && text.ptr[i] != 'x' && text.ptr[i] != 'X')
            return true;
    }
    return false;
}

static void guard_divisor(Work *w, const Node *divisor)
{
    const Node *bare = node_bare(divisor);

    if (is_nullif_zero(w, bare) || is_nonzero_literal(w, bare))
        return;
    cured(w, "SQL-17", "division-by-zero", SQL_SAME, span_of(divisor),
          "SQLite gives NULL for a division by zero, Postgres an error; NULLIF gives NULL on both");
    change_open(w->arena, &w->changes, divisor->lo,
                str_format(w->arena, STR_FORMAT "(", STR_ARG(keyword_cased(w, "NULLIF"))));
    change_close(w->arena, &w->changes, divisor->hi, STR(", 0)"));
}

static bool folded(NodeOp op, int64_t a, int64_t b, int64_t *out)
{
    switch (op) {
    case OP_ADD: return !__builtin_add_overflow(a, b, out);
    case OP_SUBTRACT: return !__builtin_sub_overflow(a, b, out);
    case OP_MULTIPLY: return !__builtin_mul_overflow(a, b, out);
    default: return false;
    }
}

/* So small that a product with it stays within 32 bits, lengths of texts being what they are. */
static bool is_short(const Value *value)
{
    return value->constant && value->number >= -1000 && value->number <= 1000;
}

/* `1000 * 60 * 60 * 24 * 30`: literals are 32 bits wide in Postgres, and so is what they make. */
static void constants(Work *w, const Node *node, const Node *left, Value *value)
{
    Value   a = seen(w, left), b = seen(w, node_child(node, ROLE_RIGHT));
    int64_t result;

    if (!a.constant || !b.constant || !folded(node->op, a.number, b.number, &result)) {
        value->constant = false;
        if (value->small && node->op == OP_MULTIPLY && !is_short(&a) && !is_short(&b)) {
            cured(w, "SQL-18", "integer-range", SQL_SAME, span_of(node),
                  "both numbers are 32 bits wide in Postgres and the product may not be");
            wrap_cast(w, left, "BIGINT");
            value->small = false;
        }
        return;
    }
    value->constant = true;
    value->number   = result;
    if (!value->small || (result >= INT32_MIN && result <= INT32_MAX))
        return;
    cured(w, "SQL-18", "integer-range", SQL_SAME, span_of(node),
          "the numbers are 32 bits wide in Postgres and the result is not; BIGINT holds it");
    wrap_cast(w, left, "BIGINT");
    value->small = false;
}

static Value calculated(Work *w, const Node *node, const Node *left, const Node *right)
{
    Value a = seen(w, left), b = seen(w, right);
    Value value = { .kind = VALUE_INTEGER, .nullable = a.nullable || b.nullable };

    if (a.kind == VALUE_NUMERIC && a.constant)
        as_double(w, left);
    if (b.kind == VALUE_NUMERIC && b.constant)
        as_double(w, right);
    a = seen(w, left);
    b = seen(w, right);
    if (a.kind == VALUE_UNKNOWN || b.kind == VALUE_UNKNOWN)
        value.kind = VALUE_UNKNOWN;
    else if (a.kind == VALUE_BIND && b.kind == VALUE_BIND)
        told(w, "TX-14", "untyped-bind", SQL_DIFFERS, span_of(node),
             "Postgres cannot tell the type of two binds; give one a CAST");
    else if (a.kind == VALUE_DOUBLE || b.kind == VALUE_DOUBLE)
        value.kind = VALUE_DOUBLE;
    else if (a.kind == VALUE_NUMERIC || b.kind == VALUE_NUMERIC)
        value.kind = VALUE_NUMERIC;
    if (a.kind == VALUE_BIND)
        bind_meets(w, left, value_of_kind(b.kind));
    if (b.kind == VALUE_BIND)
        bind_meets(w, right, value_of_kind(a.kind));
    value.small = value.kind == VALUE_INTEGER && a.small && b.small;
    value.mixed = (a.mixed && (b.mixed || b.kind != VALUE_DOUBLE))
               || (b.mixed && a.kind != VALUE_DOUBLE);
    if (value.kind == VALUE_INTEGER)
        constants(w, node, left, &value);
    return value;
}

/*
 * A NUMERIC column of SQLite holds 5 as an integer, and COALESCE(price, 0) may be one: then the
 * division cuts the fraction off, and Postgres' does not.
 */
static void told_division(Work *w, const Node *node, const Node *left, const Node *right)
{
    Value a = seen(w, left), b = seen(w, right);
    bool  float_side = (a.kind == VALUE_DOUBLE && !a.mixed) || (b.kind == VALUE_DOUBLE && !b.mixed);
    bool  fraction   = a.kind == VALUE_NUMERIC || b.kind == VALUE_NUMERIC || a.mixed || b.mixed;

    if (fraction && !float_side)
        told(w, "SQL-16", "integer-division", SQL_DIFFERS, span_of(node),
             "SQLite cuts the fraction off when both happen to be integers, Postgres does not; "
             "CAST one to DOUBLE PRECISION, or both to BIGINT");
}

static void want_integers(Work *w, const Node *node, const Node *left, const Node *right)
{
    const Node *sides[] = { left, right };

    for (int i = 0; i < 2; i++) {
        ValueKind kind = seen(w, sides[i]).kind;
        if (kind == VALUE_NUMERIC && node->op == OP_MODULO)
            told(w, "SQL-16", "integer-operator", SQL_DIFFERS, span_of(node),
                 "SQLite cuts fractions off before it divides, Postgres does not");
        else if (kind == VALUE_DOUBLE || kind == VALUE_NUMERIC)
            told(w, "SQL-16", "integer-operator", SQL_DECIDE, span_of(node),
                 "SQLite cuts the fraction off for this operator, Postgres does not have it for "
                 "such numbers; do it in Python");
    }
}

static void shift(Work *w, const Node *node, const Node *right)
{
    const Node *bare  = node_bare(right);
    Value       value = seen(w, bare);

    if (bare->kind != NODE_LITERAL || !value.constant || value.number >= 31)
        told(w, "SQL-18", "shift", SQL_DECIDE, span_of(node),
             "how far to shift must be a small constant: Postgres takes 32 bits and goes round");
    else if (seen(w, node_child(node, ROLE_LEFT)).small)
        told(w, "SQL-18", "shift", SQL_DIFFERS, span_of(node),
             "Postgres shifts a literal in 32 bits; CAST it to BIGINT");
}

/*
 * `+word = ?`: the plus keeps SQLite from using an index there. It also leaves what is compared with the column
 * as it is, where the column alone would make text of a number.
 */
static bool plus_is_dropped(Work *w, const Node *node, const Node *operand)
{
    Value value = seen(w, operand);

    if (node->op != OP_POSITIVE || node->lo == operand->lo || !value.plain || !value.column || value.column->nocase
        || (value.kind != VALUE_TEXT && value.kind != VALUE_TIMESTAMP && value.kind != VALUE_DATE
            && value.kind != VALUE_UUID))
        return false;
    cured(w, "SQL-21", "plus-before-text", SQL_DIFFERS, span_of(node),
          "Postgres has no + before %s; without it SQLite may use an index, and makes text of a number that is "
          "compared with the column", value_kind_name(value.kind));
    change_put(w->arena, &w->changes, node->lo, operand->lo, STR(""));
    return true;
}

static Value prefix(Work *w, const Node *node, const Node *operand)
{
    if (plus_is_dropped(w, node, operand)) {
        Value same = seen(w, operand);
        same.plain = false;
        return same;
    }
    number(w, operand);
    if (seen(w, operand).kind == VALUE_NULL)
        typed_null(w, operand);
    Value value = seen(w, operand);
    value.plain = false;
    if (node->op == OP_NEGATE && value.constant)
        value.number = -value.number;
    if (node->op == OP_BITNOT)
        want_integers(w, node, operand, operand);
    if (value.kind != VALUE_INTEGER && !(value.kind == VALUE_NUMERIC && node->op == OP_NEGATE))
        value.constant = false;
    return value;
}

/* Text that holds JSON, on the left of an arrow. */
static bool as_document(Work *w, const Node *node, const Node *left)
{
    SqlVerdict verdict = SQL_SAME;
    Str        document;

    if (!jsonb_given(w, left, &document, &verdict))
        return false;
    alone(w, "JS-04", verdict == SQL_SAME ? "json-arrow" : "json-arrow-text", verdict, span_of(node),
          "Postgres has the arrows for JSON alone, and no cast to JSON runs on both");
    put_instead(w, left, document);
    return true;
}

/* j -> 'a', j ->> 'a' */
static Value arrow(Work *w, const Node *node, const Node *left, const Node *right)
{
    const Node *key   = node_bare(right);
    ValueKind   kind  = seen(w, left).kind;
    bool        text  = node->op == OP_ARROW_TEXT;
    Value       value = value_of_kind(text ? VALUE_TEXT : VALUE_JSON);

    Str         steps;
    if (kind == VALUE_UNKNOWN)
        told_unknown_type(w, "SQL-21", left);
    else if (kind != VALUE_JSON && !(w->options->postgres_alone && as_document(w, node, left)))
        told(w, "JS-04", "json-arrow", SQL_DECIDE, span_of(node),
             "the operator needs a JSON column in Postgres, and this is %s", value_kind_name(kind));
    bool path = key->kind == NODE_LITERAL && key->op == OP_STRING
             && str_starts_with(source_of(w, key), STR("'$"));
    bool constant = key->kind == NODE_LITERAL && (key->op == OP_STRING || key->op == OP_INTEGER);
    value.untyped = text;
    if (path && jsonb_arrows(w, right, text, &steps)) {
        cured(w, "JS-04", "json-path", SQL_SAME, span_of(right),
              "a path is a plain key to Postgres and finds nothing; -> and ->> go step by step on both");
        change_replace(w->arena, &w->changes, left->hi, right->hi, steps);
        path = false;
    }
    if (!path && !constant && seen(w, right).kind == VALUE_TEXT)
        told(w, "JS-04", "json-key", SQL_DIFFERS, span_of(right),
             "what begins with $ is a path to SQLite and a plain key to Postgres");
    else if (path || !constant)
        told(w, "JS-04", "json-path", SQL_DECIDE, span_of(right),
             "a path is a plain key to Postgres and finds nothing; step by step with -> and ->>");
    else if (text && !cast_around(w, node, "TEXT") && !cast_around(w, node, "BIGINT")
             && !cast_around(w, node, "DOUBLE PRECISION"))
        told(w, "JS-04", "json-arrow", SQL_DIFFERS, span_of(node),
             "SQLite gives a number as a number, Postgres gives text; put it into a CAST");
    else if (!text)
        told(w, "JS-04", "json-arrow", SQL_DIFFERS, span_of(node),
             "SQLite gives the text of the JSON, Postgres the JSON; ->> gives text on both");
    return value;
}

Value arithmetic(Work *w, Scope *scope, const Node *node)
{
    if (node->kind == NODE_UNARY) {
        const Node *operand = node_child(node, ROLE_OPERAND);
        expression(w, scope, operand);
        keep_order(w, node);
        return prefix(w, node, operand);
    }

    const Node *left = node_child(node, ROLE_LEFT), *right = node_child(node, ROLE_RIGHT);
    if (node->op == OP_ARROW || node->op == OP_ARROW_TEXT)
        return arrow(w, node, left, right);
    number(w, left);
    number(w, right);
    if (seen(w, left).kind == VALUE_NULL && seen(w, right).kind == VALUE_NULL)
        typed_null(w, left);
    keep_order(w, node);
    Value value = calculated(w, node, left, right);
    switch (node->op) {
    case OP_ADD:
    case OP_SUBTRACT:
    case OP_MULTIPLY: return value;
    case OP_DIVIDE: told_division(w, node, left, right); break;
    case OP_MODULO: want_integers(w, node, left, right); break;
    case OP_LSHIFT:
    case OP_RSHIFT: shift(w, node, right); want_integers(w, node, left, right); return value;
    case OP_BITAND:
    case OP_BITOR: want_integers(w, node, left, right); return value;
    default:
        told(w, "SQL-13", "unknown-operator", SQL_DECIDE, span_of(node),
             "this operator is not known to mean the same on both databases");
        return value;
    }
    guard_divisor(w, right);
    value.nullable = true;
    value.constant = false;
    return value;
}

static bool is_textual(ValueKind kind)
{
    return kind == VALUE_TEXT || kind == VALUE_STRING || kind == VALUE_BIND || kind == VALUE_NULL;
}

/* a || b */
Value concatenation(Work *w, const Node *node)
{
    const Node *sides[] = { node_child(node, ROLE_LEFT), node_child(node, ROLE_RIGHT) };
    Value       value   = { .kind = VALUE_TEXT };
    bool        text    = false;

    keep_order(w, node);
    for (int i = 0; i < 2; i++) {
        ValueKind kind = seen(w, sides[i]).kind;
        value.nullable = value.nullable || seen(w, sides[i]).nullable;
        text           = text || is_textual(kind);
        switch (kind) {
        case VALUE_TEXT:
        case VALUE_STRING:
        case VALUE_NULL:
        case VALUE_INTEGER: break;
        case VALUE_BIND: bind_meets(w, sides[i], value_of_kind(VALUE_TEXT)); break;
        case VALUE_UNKNOWN:
            if (!node_has_hole(w, sides[i]))
                told_unknown_type(w, "SQL-21", sides[i]);
            text = true;
            break;
        case VALUE_DOUBLE:
        case VALUE_NUMERIC:
        case VALUE_BOOLEAN:
            told(w, "SQL-19b", "number-as-text", SQL_DIFFERS, span_of(sides[i]),
                 "%s reads otherwise as text in each database (100.0 and 100, 1 and true); format "
                 "it in Python", value_kind_name(kind));
            break;
        case VALUE_TIMESTAMP:
        case VALUE_DATE:
            told(w, "DT-12", "timestamp-as-text", SQL_DIFFERS, span_of(sides[i]),
                 "a timestamp reads otherwise as text in each database; format it in Python");
            break;
        default:
            told(w, "SQL-20", "concatenation", SQL_DECIDE, span_of(sides[i]),
                 "%s is put together with text, which means something else in Postgres",
                 value_kind_name(kind));
        }
    }
    if (!text) {
        cured(w, "SQL-20", "concatenation", SQL_SAME, span_of(node),
              "Postgres puts no two numbers together as text; a CAST makes text of the first");
        wrap_cast(w, sides[0], "TEXT");
    }
    return value;
}
