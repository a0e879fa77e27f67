/* Two values meet in a comparison: what SQLite does by affinity, Postgres does by type. */
#include "rewriters/sql/moment.h"

/* 1, true and '1' are the same to the CAST, on both. */
static void number_as_boolean(Work *w, const Node *bind)
{
    if (bind->parent && (bind->parent->kind == NODE_CAST || bind->parent->flags & FLAG_EXPANDING))
        return;
    cured(w, "BO-04", "bind-boolean", SQL_SAME, span_of(bind),
          "Postgres takes no number for a boolean; the CAST takes 0 and 1 as well as a bool");
    wrap_cast(w, bind, "BOOLEAN");
}

void bind_meets(Work *w, const Node *bind, Value column)
{
    const Node *bare = node_bare(bind);
    if (bare->kind != NODE_BIND)
        return;
    vec_each(known, &w->out->binds) {
        if (known->lo != bare->lo)
            continue;
        if (w->options->number_booleans && column.kind == VALUE_BOOLEAN && known->type != PG_BOOLEAN)
            number_as_boolean(w, bare);
        known->type   = kind_type(column.kind);
        known->direct = true;
        if (column.plain && column.column) {
            known->column = column.column->name;
            known->table  = column.table ? column.table->name : STR("");
        }
    }
}

/* -- what a string literal says -------------------------------------------------------------- */

static Str string_text(const Work *w, const Node *node)
{
    return sql_unquote(w->arena, source_of(w, node_bare(node)));
}

static bool is_integer_text(Str text)
{
    size_t at = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+');

    if (at == text.len || text.len > 18)
        return false;
    for (; at < text.len; at++)
        if (text.ptr[at] < '0' || text.ptr[at] > '9')
            return false;
    return true;
}

static bool is_number_text(Str text)
{
    size_t dot = str_find_char(text, '.');

    if (dot == STR_NOT_FOUND)
        return is_integer_text(text);
    Str after = str_slice(text, dot + 1, text.len);
    return is_integer_text(str_slice(text, 0, dot)) && after.len && after.ptr[0] != '-'
        && after.ptr[0] != '+' && is_integer_text(after);
}

static bool is_json_text(Str text)
{
    return text.len && str_find_char(STR("{[\"0123456789-tfn"), text.ptr[0]) != STR_NOT_FOUND;
}

static void told_string(Work *w, const Node *string, const Value *other)
{
    told(w, "SQL-21", "type-mix", SQL_DECIDE, span_of(string),
         "the string meets %s: SQLite compares them somehow, Postgres refuses; write a value of "
         "that type", value_kind_name(other->kind));
}

static void told_timestamp(Work *w, const Node *at)
{
    told(w, "DT-04", "timestamp-compare", SQL_DIFFERS, span_of(at),
         "SQLite compares the text of timestamps, Postgres the instants; one form of text for all "
         "writers and cutoffs makes them agree");
}

static void compare_string(Work *w, const Node *string, const Value *other)
{
    Str text = string_text(w, string);

    switch (other->kind) {
    case VALUE_TEXT:
    case VALUE_STRING: return;
    case VALUE_INTEGER:
    case VALUE_NUMERIC:
    case VALUE_DOUBLE: {
        bool number = other->kind == VALUE_INTEGER ? is_integer_text(text) : is_number_text(text);
        if (!number)
            told_string(w, string, other);
        else if (!other->plain)
            told(w, "SQL-21", "type-mix", SQL_DIFFERS, span_of(string),
                 "SQLite never finds a string equal to a calculated number, Postgres reads it as "
                 "one; write the number without quotes");
        return;
    }
    case VALUE_BOOLEAN:
        if (!str_is(text, "0") && !str_is(text, "1"))
            told_string(w, string, other);
        else if (!other->plain)
            told(w, "BO-01b", "type-mix", SQL_DIFFERS, span_of(string),
                 "SQLite never finds a string equal to a condition; write true or false");
        return;
    case VALUE_TIMESTAMP:
        if (text_is_day(text) || text_is_instant(text))
            told_timestamp(w, string);
        else
            told_string(w, string, other);
        return;
    case VALUE_DATE:
        if (!text_is_day(text))
            told_string(w, string, other);
        return;
    case VALUE_JSON:
        if (is_json_text(text))
            told(w, "JS-07", "json-compare", SQL_DIFFERS, span_of(string),
                 "SQLite compares the text of JSON, Postgres what it says");
        else
            told_string(w, string, other);
        return;
    default: told_string(w, string, other);
    }
}

/* -- pairs ----------------------------------------------------------------------------------- */

static void compare_bind(Work *w, const Node *bind, const Node *other, const Value *value)
{
    const Node *bare = node_bare(other);

    bind_meets(w, bind, *value);
    switch (value->kind) {
    case VALUE_UNKNOWN:
        if (bare->kind != NODE_HOLE)
            told_unknown_type(w, "TX-15", other);
        return;
    case VALUE_BIND:
        told(w, "TX-14", "untyped-bind", SQL_DIFFERS, span_of(bind),
             "two binds are compared: Postgres refuses a number and a text; give one a CAST");
        return;
    case VALUE_TIMESTAMP: told_timestamp(w, bind); return;
    case VALUE_JSON:
        told(w, "JS-07", "json-compare", SQL_DIFFERS, span_of(bind),
             "SQLite compares the text of JSON, Postgres what it says");
        return;
    case VALUE_STRING:
    case VALUE_NUMERIC:
    case VALUE_INTEGER:
        if (bare->kind == NODE_LITERAL)
            told(w, "BO-11", "sentinel", SQL_DIFFERS, span_of(bind),
                 "a bind is compared with a constant: SQLite does not convert, Postgres does or "
                 "refuses; decide in Python");
        return;
    default: return;
    }
}

bool is_nocase(const Value *value)
{
    return value->plain && value->column && value->column->nocase;
}

void told_collation(Work *w, const Node *at, const Value *value)
{
    if (value->plain && value->column && value->column->collates)
        told(w, "SQL-23b", "column-collation", SQL_DIFFERS, span_of(at),
             "SQLite compares and orders this column by a collation that Postgres does not have");
}

void told_nocase_column(Work *w, const Node *at, const Value *value)
{
    told_collation(w, at, value);
    if (is_nocase(value))
        told(w, "SQL-23b", "nocase-column", SQL_DIFFERS, span_of(at),
             "the column ignores case in SQLite (COLLATE NOCASE) and not in Postgres; use LOWER() "
             "of it, or make it citext");
}

void told_number_was_text(Work *w, const Node *at, const Value *value)
{
    if (value->plain && value->column && value->column->was_text)
        told(w, "SQL-21", "number-was-text", SQL_DIFFERS, span_of(at),
             "SQLite has this column as text and Postgres as a number: '1.0' and '1' are two texts and one number");
}

/* A string without letters is the same in any case. */
static bool has_case(const Work *w, const Node *node)
{
    if (seen(w, node).kind == VALUE_NULL)
        return false;
    if (seen(w, node).kind != VALUE_STRING)
        return true;
    Str text = string_text(w, node);
    for (size_t i = 0; i < text.len; i++)
        if ((text.ptr[i] >= 'a' && text.ptr[i] <= 'z') || (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z'))
            return true;
    return false;
}

/* A value out of JSON with a number, which SQLite has as a number too. */
bool number_of_json(Work *w, const Node *text, const Value *number)
{
    Value value = seen(w, text);

    if (!value.untyped || !kind_is_number(number->kind))
        return false;
    cured(w, "JS-04", "json-number", SQL_DIFFERS, span_of(text),
          "->> gives text on Postgres, which no number is compared with; the CAST gives up on what is no number");
    wrap_cast(w, text, number->kind == VALUE_INTEGER ? "BIGINT" : "DOUBLE PRECISION");
    remember(w, text, *number);
    return true;
}

/* strftime('%s', …) with a number's column, whose affinity makes a number of the digits on SQLite. */
bool number_of_digits(Work *w, const Node *text, const Value *number)
{
    Value value = seen(w, text);

    if (!value.digits || !number->plain || !kind_is_number(number->kind) || !number->column || number->column->was_text)
        return false;
    cured(w, "SQL-21", "text-of-digits", SQL_SAME, span_of(text),
          "it is a text of digits, of which the column's affinity makes a number on SQLite; a CAST does so on Postgres");
    wrap_cast(w, text, "BIGINT");
    remember(w, text, (Value) { .kind = VALUE_INTEGER, .nullable = value.nullable });
    return true;
}

/* A text column with a number: SQLite gives the number the column's affinity. */
static bool number_as_text(Work *w, const Node *text, const Node *number)
{
    const Node *bare = node_bare(number);

    if (!seen(w, text).plain || bare->kind != NODE_LITERAL || bare->op != OP_INTEGER
        || !seen(w, bare).constant)
        return false;
    cured(w, "SQL-21", "type-mix", SQL_DIFFERS, span_of(bare),
          "a text column is compared with a number, which Postgres refuses; SQLite makes text of "
          "the number, as is done here");
    change_replace(w->arena, &w->changes, bare->lo, bare->hi,
                   str_format(w->arena, "'%lld'", (long long)seen(w, bare).number));
    return true;
}

/* CURRENT_DATE beside text: text on SQLite anyhow. */
static bool today_as_text(Work *w, const Node *node, const Value *value)
{
    if (value->kind != VALUE_DATE || !value->clock)
        return false;
    cured(w, "DT-06", "today-as-text", SQL_SAME, span_of(node),
          "Postgres compares no text with a date; a CAST makes of today the text that SQLite has");
    wrap_cast(w, node, "TEXT");
    return true;
}

static void compare_boolean(Work *w, const Node *flag, const Node *other, const Value *value)
{
    if (is_zero_or_one(w, other) || can_be_boolean(w, other)) {
        to_boolean(w, other);
    } else if (value->kind == VALUE_INTEGER && value->constant) {
        told(w, "BO-01", "boolean-integer", SQL_DECIDE, span_of(other),
             "a boolean is compared with a number other than 0 and 1; is the column a boolean?");
    } else if (kind_is_number(value->kind)) {
        to_integer(w, flag);
    } else {
        told(w, "SQL-21", "type-mix", SQL_DECIDE, span_of(other),
             "a boolean is compared with %s, which Postgres refuses", value_kind_name(value->kind));
    }
}

static void compare_alike(Work *w, ValueKind kind, const Value *a, const Value *b, const Node *whole)
{
    if (kind == VALUE_JSON)
        told(w, "JS-07", "json-compare", SQL_DIFFERS, span_of(whole),
             "SQLite compares the text of JSON, Postgres what it says");
    if (kind == VALUE_TIMESTAMP && (!a->plain || !b->plain || a->column != b->column))
        told_timestamp(w, whole);
}

static void compare_rows(Work *w, const Node *a, const Node *b, const Node *whole)
{
    const Node *left = node_bare(a), *right = node_bare(b);

    if (left->kind != NODE_ROW || right->kind != NODE_ROW) {
        if (right->kind != NODE_SUBQUERY && left->kind != NODE_SUBQUERY)
            told(w, "SQL-21", "row-compare", SQL_DECIDE, span_of(whole),
                 "a row is compared with what is none");
        else
            told_unknown_type(w, "SQL-21", whole);
        return;
    }
    const Node *x = left->first, *y = right->first;
    for (; x && y; x = x->next, y = y->next)
        compare(w, x, y, whole);
}

static const Node *nocase_inside(const Work *w, const Node *node)
{
    const Node *bare = node_bare(node);

    return bare->kind == NODE_COLLATE && str_eq_nocase(name_of(w, bare->name), STR("nocase"))
             ? bare
             : NULL;
}

static bool may_be_text(ValueKind kind)
{
    return kind == VALUE_TEXT || kind == VALUE_STRING || kind == VALUE_BIND || kind == VALUE_NULL || kind == VALUE_UNKNOWN;
}

static void lowered(Work *w, const Node *node)
{
    const Node *collate = nocase_inside(w, node);
    const Node *inner   = collate ? node_child(collate, ROLE_OPERAND) : node;

    if (!inner)
        return;
    if (!may_be_text(seen(w, inner).kind))
        told(w, "SQL-23b", "collate-number", SQL_DECIDE, span_of(node),
             "only text has a case: SQLite does not heed NOCASE here, and Postgres has no LOWER() of %s",
             value_kind_name(seen(w, inner).kind));
    if (collate)
        change_replace(w->arena, &w->changes, inner->hi, collate->hi, STR(""));
    change_open(w->arena, &w->changes, inner->lo,
                str_format(w->arena, STR_FORMAT "(", STR_ARG(keyword_cased(w, "LOWER"))));
    change_close(w->arena, &w->changes, inner->hi, STR(")"));
}

bool fold_case(Work *w, const Node *a, const Node *b)
{
    const Node *marked = nocase_inside(w, a) ? nocase_inside(w, a)
                       : b ? nocase_inside(w, b)
                           : NULL;

    if (!marked)
        return false;
    cured(w, "SQL-23b", "collate-nocase", SQL_DIFFERS, span_of(marked),
          "Postgres has no collation NOCASE; LOWER() folds beyond ASCII there, and an index on the "
          "column itself is not used");
    lowered(w, a);
    if (b)
        lowered(w, b);
    return true;
}

/* json_extract(j, '$.a') = ?, whatever is bound: the text of it. */
static bool bind_as_json_text(Work *w, const Node *bind, const Value *value)
{
    if (!value->untyped)
        return false;
    cured(w, "JS-04", "json-bind", SQL_DIFFERS, span_of(bind),
          "->> gives text on Postgres, which no number is compared with; a CAST makes text of what is bound, and text is "
          "compared: 10 comes before 9");
    bind_meets(w, bind, value_of_kind(VALUE_TEXT));
    wrap_cast(w, bind, "TEXT");
    remember(w, bind, (Value) { .kind = VALUE_TEXT, .nullable = true });
    return true;
}

/* `due = ''`: only SQLite can hold it there, and to a CAST it is a text like any other. */
static bool as_empty_text(Work *w, const Node *string, const Node *other, const Node *whole)
{
    Value value = seen(w, other);

    bool equality = whole->kind == NODE_BINARY
                 && (whole->op == OP_EQ || whole->op == OP_EQ_EQ || whole->op == OP_NE || whole->op == OP_IS
                     || whole->op == OP_IS_NOT);
    bool possible = value.kind == VALUE_INTEGER || value.kind == VALUE_DATE || value.kind == VALUE_TIMESTAMP;
    if (!equality || !possible || !value.plain || !is_string_node(w, string) || string_text(w, string).len)
        return false;
    cured(w, value.kind == VALUE_INTEGER ? "SQL-21" : "DT-12", "empty-text", SQL_DIFFERS, span_of(whole),
          "%s is never '' on Postgres, which refuses to compare them; a CAST to text can be compared, and where SQLite "
          "has '' Postgres will have NULL", value_kind_name(value.kind));
    wrap_cast(w, other, "TEXT");
    value = value_of_kind(VALUE_TEXT);
    value.nullable = true;
    remember(w, other, value);
    return true;
}

void compare(Work *w, const Node *a, const Node *b, const Node *whole)
{
    moment_as(w, a, seen(w, b).kind);
    moment_as(w, b, seen(w, a).kind);
    Value x = seen(w, a), y = seen(w, b);

    if (x.kind != VALUE_NULL && y.kind != VALUE_NULL) {
        told_number_was_text(w, a, &x);
        told_number_was_text(w, b, &y);
        told_collation(w, whole, &x);
        told_collation(w, whole, &y);
    }
    if (!(whole->kind == NODE_BINARY && fold_case(w, a, b)) && has_case(w, a) && has_case(w, b))
        told_nocase_column(w, whole, is_nocase(&x) ? &x : &y);
    if (x.kind == VALUE_ROW || y.kind == VALUE_ROW) {
        compare_rows(w, a, b, whole);
    } else if (x.kind == VALUE_NULL || y.kind == VALUE_NULL) {
        if (x.kind == VALUE_NULL)
            null_of_kind(w, a, y.kind);
        else
            null_of_kind(w, b, x.kind);
        return;
    } else if ((x.kind == VALUE_BIND && bind_as_json_text(w, a, &y)) || (y.kind == VALUE_BIND && bind_as_json_text(w, b, &x))) {
        return;
    } else if (x.kind == VALUE_BIND) {
        compare_bind(w, a, b, &y);
    } else if (y.kind == VALUE_BIND) {
        compare_bind(w, b, a, &x);
    } else if (x.kind == VALUE_UNKNOWN || y.kind == VALUE_UNKNOWN) {
        told_unknown_type(w, "SQL-21", x.kind == VALUE_UNKNOWN ? a : b);
    } else if (as_empty_text(w, a, b, whole) || as_empty_text(w, b, a, whole)) {
        return;
    } else if (x.kind == VALUE_STRING) {
        compare_string(w, a, &y);
    } else if (y.kind == VALUE_STRING) {
        compare_string(w, b, &x);
    } else if (kind_is_number(x.kind) && kind_is_number(y.kind)) {
        return;
    } else if (x.kind == y.kind) {
        compare_alike(w, x.kind, &x, &y, whole);
    } else if (x.kind == VALUE_BOOLEAN) {
        compare_boolean(w, a, b, &y);
    } else if (y.kind == VALUE_BOOLEAN) {
        compare_boolean(w, b, a, &x);
    } else if (number_of_json(w, a, &y) || number_of_json(w, b, &x) || number_of_digits(w, a, &y) || number_of_digits(w, b, &x)) {
        return;
    } else if (x.kind == VALUE_TEXT && number_as_text(w, a, b)) {
        return;
    } else if (y.kind == VALUE_TEXT && number_as_text(w, b, a)) {
        return;
    } else if (x.kind == VALUE_TEXT && today_as_text(w, b, &y)) {
        return;
    } else if (y.kind == VALUE_TEXT && today_as_text(w, a, &x)) {
        return;
    } else if ((x.kind == VALUE_DATE && y.kind == VALUE_TIMESTAMP)
               || (x.kind == VALUE_TIMESTAMP && y.kind == VALUE_DATE)) {
        told_timestamp(w, whole);
    } else {
        told(w, "SQL-21", "type-mix", SQL_DECIDE, span_of(whole),
             "%s is compared with %s: SQLite does it somehow, Postgres refuses", value_kind_name(x.kind),
             value_kind_name(y.kind));
    }
}
