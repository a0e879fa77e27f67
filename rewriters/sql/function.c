/* Functions: those with a form on both databases, and why the others have none. */
#include "rewriters/sql/function.h"

/* -- text ------------------------------------------------------------------------------------ */

static Value fn_clock(Work *w, Scope *scope, const Call *call)
{
    return clock_call(w, scope, call->node, call->name);
}

/* SQLite makes text of whatever a function of text is given; Postgres does not. */
void want_text(Work *w, const Call *call, const Node *node)
{
    Value value = seen(w, node);

    switch (value.kind) {
    case VALUE_TEXT:
    case VALUE_STRING:
    case VALUE_NULL: return;
    case VALUE_BIND: bind_meets(w, node, value_of_kind(VALUE_TEXT)); return;
    case VALUE_UNKNOWN:
        if (!node_has_hole(w, node))
            told_unknown_type(w, "SQL-21", node);
        return;
    case VALUE_INTEGER:
        cured(w, "SQL-13", "number-as-text", SQL_SAME, span_of(node),
              "Postgres has no " STR_FORMAT "() of a number; a CAST makes text of it", STR_ARG(call->name));
        wrap_cast(w, node, "TEXT");
        remember(w, node, (Value) { .kind = VALUE_TEXT, .nullable = value.nullable });
        return;
    case VALUE_TIMESTAMP:
    case VALUE_DATE:
        cured(w, "DT-12", "timestamp-as-text", SQL_DIFFERS, span_of(node),
              "Postgres has no " STR_FORMAT "() of a timestamp; its text begins with the same ten "
              "characters on both when the session's zone is UTC",
              STR_ARG(call->name));
        wrap_cast(w, node, "TEXT");
        return;
    default:
        told(w, "SQL-13", "text-function", SQL_DECIDE, span_of(node),
             STR_FORMAT "() works on the text of %s, which each database writes in its own way",
             STR_ARG(call->name), value_kind_name(value.kind));
    }
}

static bool any_nullable(const Work *w, const Call *call)
{
    bool nullable = false;

    for (size_t i = 0; i < call->count; i++)
        nullable = nullable || seen(w, call->args[i]).nullable;
    return nullable;
}

static Value fn_text(Work *w, Scope *scope, const Call *call)
{
    (void)scope;
    for (size_t i = 0; i < call->count; i++)
        want_text(w, call, call->args[i]);
    return (Value) { .kind = VALUE_TEXT, .nullable = any_nullable(w, call) };
}

static Value fn_case(Work *w, Scope *scope, const Call *call)
{
    const Node *bare = node_bare(call->args[0]);

    if (bare->kind != NODE_LITERAL || bare->op != OP_STRING)
        told(w, "SQL-38", "lower-upper", SQL_DIFFERS, span_of(call->node),
             STR_FORMAT "() changes ASCII letters alone on SQLite and all letters on Postgres",
             STR_ARG(call->name));
    return fn_text(w, scope, call);
}

static Value fn_length(Work *w, Scope *scope, const Call *call)
{
    (void)scope;
    if (seen(w, call->args[0]).kind != VALUE_BYTES)
        want_text(w, call, call->args[0]);
    return (Value) { .kind = VALUE_INTEGER, .nullable = any_nullable(w, call), .small = true };
}

/* Where it begins, and how many: counted from the end when negative, on SQLite alone (SQL-13). */

static bool is_number_of(const Work *w, const Node *node, int64_t *number)
{
    Value value = seen(w, node_bare(node));

    *number = value.number;
    return value.kind == VALUE_INTEGER && value.constant && *number > -INT32_MAX && *number < INT32_MAX;
}

/* `CASE WHEN LENGTH(x) > 3 THEN LENGTH(x) - 2 ELSE 1 END`: as substr_from_end() writes it. */
static bool is_from_end(const Work *w, const Node *node)
{
    const Node *bare = node_bare(node);
    const Node *when = bare->kind == NODE_CASE ? node_child(bare, ROLE_WHEN) : NULL;
    const Node *then = when ? node_child(when, ROLE_THEN) : NULL;
    const Node *left = then && then->kind == NODE_BINARY && then->op == OP_SUBTRACT ? node_child(then, ROLE_LEFT) : NULL;
    const Node *one  = node_child(bare, ROLE_ELSE);

    return left && left->kind == NODE_FUNCTION && str_eq_nocase(name_of(w, left->name), STR("length")) && one
        && seen(w, one).constant && seen(w, one).number == 1;
}

/* substr(x, -3) */
static void substr_from_end(Work *w, const Call *call, int64_t from)
{
    Str x = rendered(w, call->args[0]);

    cured(w, "SQL-13", "substr", SQL_SAME, span_of(call->args[1]),
          "SQLite counts a negative number from the end, Postgres does not; LENGTH() says where that is");
    put_instead(w, call->args[1],
                words_filled(w, "CASE WHEN LENGTH($1) > $2 THEN LENGTH($1) - $3 ELSE 1 END",
                             (Str[]) { x, str_format(w->arena, "%lld", (long long)-from),
                                       str_format(w->arena, "%lld", (long long)-from - 1) }));
}

/* substr(x, -3, 2), where Postgres counts places before the first as places too. */
static void substr_piece_from_end(Work *w, const Call *call, int64_t from)
{
    if (alone(w, "SQL-13", "substr", SQL_SAME, span_of(call->args[1]),
              "SQLite counts a negative number from the end, Postgres does not; LENGTH() says where that is"))
        put_instead(w, call->args[1],
                    words_filled(w, from == -1 ? "LENGTH($1)" : "LENGTH($1) - $2",
                                 (Str[]) { rendered(w, call->args[0]),
                                           str_format(w->arena, "%lld", (long long)-from - 1) }));
}

/* substr(x, 5, -2): what stands before the place. */
static bool substr_before(Work *w, const Call *call, int64_t from, int64_t count)
{
    int64_t lo = from + count > 1 ? from + count : 1;

    if (from < 1)
        return false;
    cured(w, "SQL-13", "substr", SQL_SAME, span_of(call->args[2]),
          "SQLite takes what stands before the place, Postgres refuses; the numbers say the same for both");
    put_instead(w, call->args[1], str_format(w->arena, "%lld", (long long)lo));
    put_instead(w, call->args[2], str_format(w->arena, "%lld", (long long)(from - lo)));
    return true;
}

static Value fn_substr(Work *w, Scope *scope, const Call *call)
{
    int64_t from = 0, count = 0;
    Value   value = { .kind = VALUE_TEXT };

    (void)scope;
    want_text(w, call, call->args[0]);
    value.nullable = any_nullable(w, call);
    bool from_known  = is_number_of(w, call->args[1], &from);
    bool count_known = call->count > 2 && is_number_of(w, call->args[2], &count);
    if (is_from_end(w, call->args[1]))
        return value;
    if (from_known && from < 0 && call->count == 2) {
        substr_from_end(w, call, from);
        return value;
    }
    if (from_known && from < 0 && count_known && count >= 0) {
        substr_piece_from_end(w, call, from);
        return value;
    }
    if (from_known && count_known && count < 0 && substr_before(w, call, from, count))
        return value;
    if ((from_known && from < 0) || (count_known && count < 0)) {
        told(w, "SQL-13", "substr", SQL_DECIDE, span_of(call->node),
             "SQLite counts a negative number from the end, Postgres does not; do it in Python");
        return value;
    }
    for (size_t i = 1; i < call->count; i++) {
        const Node *bare  = node_bare(call->args[i]);
        Value       place = seen(w, bare);
        bool        known = place.kind == VALUE_INTEGER && place.constant;
        if (!known)
            told(w, "SQL-13", "substr", SQL_DIFFERS, span_of(call->args[i]),
                 "SQLite counts a negative number from the end, Postgres does not; make sure it is none");
        if (place.kind == VALUE_INTEGER && !place.small) {
            cured(w, "SQL-18", "substr-width", SQL_SAME, span_of(call->args[i]),
                  "Postgres counts characters in 32 bits");
            wrap_cast(w, call->args[i], "INTEGER");
        }
    }
    return value;
}

/* -- numbers --------------------------------------------------------------------------------- */

static Value fn_abs(Work *w, Scope *scope, const Call *call)
{
    const Node *operand = call->args[0];
    Value       value   = seen(w, operand);

    (void)scope;
    if (value.kind == VALUE_UNKNOWN && !node_has_hole(w, operand))
        told_unknown_type(w, "SQL-21", operand);
    else if (value.kind == VALUE_BOOLEAN)
        to_integer(w, operand);
    else if (value.kind == VALUE_NULL)
        typed_null(w, operand);
    else if (value.kind != VALUE_UNKNOWN && value.kind != VALUE_BIND && !kind_is_number(value.kind))
        told(w, "SQL-21", "text-arithmetic", SQL_DECIDE, span_of(call->node),
             "abs() of %s is 0.0 on SQLite and an error on Postgres", value_kind_name(value.kind));
    value          = seen(w, operand);
    value.constant = false;
    value.plain    = false;
    return value;
}

static Value fn_coalesce(Work *w, Scope *scope, const Call *call)
{
    Value value = unite(w, call->args, call->count, call->node);

    (void)scope;
    value.nullable = true;
    for (size_t i = 0; i < call->count; i++)
        value.nullable = value.nullable && seen(w, call->args[i]).nullable;
    if (str_eq_nocase(call->name, STR("ifnull"))) {
        cured(w, "SQL-13", "ifnull", SQL_SAME, call->node->name, "Postgres has no IFNULL(); it is COALESCE()");
        call_rename(w, call, "COALESCE");
    }
    return value;
}

/* A word in place of a comma; the blank behind the comma stays the author's. */
static void put_word(Work *w, const Token *comma, const char *word)
{
    char next  = comma->hi < w->text.len ? w->text.ptr[comma->hi] : ' ';
    bool blank = next == ' ' || next == '\n' || next == '\t' || next == '\r';

    change_put(w->arena, &w->changes, comma->lo, comma->hi,
               str_format(w->arena, " " STR_FORMAT "%s", STR_ARG(keyword_cased(w, word)), blank ? "" : " "));
}

static Value fn_iif(Work *w, Scope *scope, const Call *call)
{
    const Node *const *args = call->args;

    (void)scope;
    as_condition(w, args[0]);
    Value        value = unite(w, args + 1, 2, call->node);
    const Token *open  = token_in(w, call->node->name.hi, args[0]->lo, TOKEN_LP);
    const Token *then  = token_in(w, args[0]->hi, args[1]->lo, TOKEN_COMMA);
    const Token *other = token_in(w, args[1]->hi, args[2]->lo, TOKEN_COMMA);
    const Token *close = token_in(w, args[2]->hi, call->node->hi, TOKEN_RP);

    if (!open || !then || !other || !close) {
        told(w, "SQL-13", "iif", SQL_DECIDE, span_of(call->node), "Postgres has no IIF(); it is CASE");
        return value;
    }
    cured(w, "SQL-13", "iif", SQL_SAME, span_of(call->node),
          "Postgres has no IIF(); it is CASE WHEN … THEN … ELSE … END");
    char next = open->hi < w->text.len ? w->text.ptr[open->hi] : ' ';
    change_put(w->arena, &w->changes, call->node->name.lo, open->hi,
               str_format(w->arena, STR_FORMAT "%s", STR_ARG(keyword_cased(w, "CASE WHEN")),
                          next == ' ' || next == '\n' ? "" : " "));
    put_word(w, then, "THEN");
    put_word(w, other, "ELSE");
    change_put(w->arena, &w->changes, close->lo, close->hi,
               str_format(w->arena, " " STR_FORMAT, STR_ARG(keyword_cased(w, "END"))));
    return value;
}

static Value fn_nullif(Work *w, Scope *scope, const Call *call)
{
    (void)scope;
    compare(w, call->args[0], call->args[1], call->node);
    Value value    = seen(w, call->args[0]), other = seen(w, call->args[1]);
    value.nullable = true;
    value.plain    = false;
    value.constant = false;
    if (value.kind == VALUE_NULL && other.kind != VALUE_BIND && other.kind != VALUE_STRING)
        value.kind = other.kind;
    if (value.kind == VALUE_INTEGER && (other.kind == VALUE_DOUBLE || other.kind == VALUE_NUMERIC)
        && !node_has_hole(w, call->node)) {
        cured(w, "SQL-16", "nullif-type", SQL_SAME, span_of(call->node),
              "NULLIF() has the type on Postgres in which the two are compared; CASE keeps that of the first");
        put_instead(w, call->node,
                    words_filled(w, "CASE WHEN $1 = $2 THEN NULL ELSE $1 END",
                                 (Str[]) { operand_of(w, call->args[0]), operand_of(w, call->args[1]) }));
    }
    return value;
}

static bool is_numeric_cast(const Work *w, const Node *node)
{
    if (node->kind != NODE_CAST)
        return false;
    const Node *type = node_child(node, ROLE_TYPE);
    return type && str_eq_nocase(source_of(w, type), STR("NUMERIC"));
}

/* Rounds as SQLite does, halves away from zero, and gives a float on both (SQL-15). */
static Value fn_round(Work *w, Scope *scope, const Call *call)
{
    const Node *operand = call->args[0];
    Value       value   = seen(w, operand);

    (void)scope;
    if (value.kind == VALUE_BOOLEAN) {
        to_integer(w, operand);
        value = seen(w, operand);
    }
    if (value.kind == VALUE_UNKNOWN && !node_has_hole(w, operand))
        told_unknown_type(w, "SQL-21", operand);
    else if (value.kind != VALUE_UNKNOWN && value.kind != VALUE_BIND && value.kind != VALUE_NULL
             && !kind_is_number(value.kind))
        told(w, "SQL-21", "text-arithmetic", SQL_DECIDE, span_of(call->node),
             "round() of %s is 0.0 on SQLite and an error on Postgres", value_kind_name(value.kind));
    if (call->count == 2) {
        Value digits = seen(w, node_bare(call->args[1]));
        if (digits.kind == VALUE_BIND)
            bind_meets(w, call->args[1], value_of_kind(VALUE_INTEGER));
        else if (digits.kind != VALUE_INTEGER || !digits.constant || digits.number < 0)
            told(w, "SQL-15", "round", SQL_DECIDE, span_of(call->node),
                 "how many digits must be a constant that is not negative");
    }
    Value rounded = { .kind = VALUE_DOUBLE, .nullable = value.nullable };
    for (size_t i = 1; i < call->count; i++)
        rounded.nullable = rounded.nullable || seen(w, call->args[i]).nullable;
    bool decimal = is_numeric_cast(w, node_bare(operand));
    if (decimal && cast_around(w, call->node, "DOUBLE PRECISION"))
        return rounded;
    cured(w, "SQL-15", "round", SQL_SAME, span_of(call->node),
          "Postgres rounds decimals only, or halves to even; the CASTs round as SQLite does");
    if (!decimal)
        wrap_cast(w, operand, "NUMERIC");
    wrap_cast(w, call->node, "DOUBLE PRECISION");
    return rounded;
}

/* -- all of them ----------------------------------------------------------------------------- */

enum { MANY = 127 }; /* as many arguments as SQLite takes */

static const struct {
    const char *name;
    size_t      fewest, most;
    How         how;
} functions[] = {
#define FUNCTION(name, fewest, most, how) { name, fewest, most, how },
#include "rewriters/sql/functions.def"
#undef FUNCTION
};

static const struct {
    const char *name, *code, *feature, *message;
} refused[] = {
#define REFUSED(name, code, feature, message) { name, code, feature, message },
#include "rewriters/sql/refused_functions.def"
#undef REFUSED
};

static Value told_refused(Work *w, const Call *call)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (str_eq_nocase(call->name, str_of(refused[i].name))) {
            told(w, refused[i].code, refused[i].feature, SQL_DECIDE, span_of(call->node), "%s",
                 refused[i].message);
            return (Value) { .kind = VALUE_UNKNOWN, .nullable = true };
        }
    told(w, "SQL-13", "unknown-function", SQL_DECIDE, span_of(call->node),
         STR_FORMAT "() is not known to mean the same on both databases", STR_ARG(call->name));
    return (Value) { .kind = VALUE_UNKNOWN, .nullable = true };
}

/* Its arguments are modifiers rather than values: whoever knows the clock looks at them. */
static bool is_clock_function(How how)
{
    return how == fn_clock;
}

/* FILTER, OVER and the ORDER BY inside an aggregate. */
static void clauses(Work *w, Scope *scope, const Node *node)
{
    node_each(child, node) {
        if (child->role == ROLE_FILTER) {
            const Node *when = node_child(child, ROLE_CONDITION);
            if (when)
                condition(w, scope, when);
            if (!node_child(node, ROLE_OVER) && !is_aggregate(w, node))
                told(w, "SQL-13", "unknown-construct", SQL_DECIDE, span_of(child),
                     "SQLite does not heed FILTER behind what is no aggregate, and Postgres refuses it; leave it out");
        } else if (child->role == ROLE_OVER) {
            const Node *frame = node_child(child, ROLE_FRAME);
            window(w, scope, child);
            if (frame && frame->op == OP_ROWS)
                window_ties(w, scope, node);
        } else if (child->role == ROLE_ORDER) {
            order_terms(w, scope, child, NULL, NULL);
        }
    }
}

Value function_call(Work *w, Scope *scope, const Node *node)
{
    Call call = { .node = node,
                  .name = name_of(w, node->name),
                  .args = arena_array(w->arena, const Node *, node_count(node, ROLE_ARG) + 1),
                  .over = node_child(node, ROLE_OVER) != NULL };
    How  how  = NULL;

    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        size_t given = node_count(node, ROLE_ARG);
        if (str_eq_nocase(call.name, str_of(functions[i].name)) && given >= functions[i].fewest
            && given <= functions[i].most)
            how = functions[i].how;
    }
    node_each(child, node) {
        if (child->role != ROLE_ARG)
            continue;
        if (!how || !is_clock_function(how))
            expression(w, scope, child);
        call.args[call.count++] = child;
    }
    clauses(w, scope, node);
    if (node->flags & FLAG_HOLE)
        return value_of_kind(VALUE_UNKNOWN);
    if (how)
        return how(w, scope, &call);
    return has_form(w, call.name, call.count) ? fn_form(w, scope, &call) : told_refused(w, &call);
}
