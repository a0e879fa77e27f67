/* Functions over many rows: aggregates, windows, and MAX and MIN in both of their senses. */
#include "rewriters/sql/function.h"

void call_rename(Work *w, const Call *call, const char *name)
{
    Str  old   = span_text(w->text, call->node->name);
    bool small = str_eq(old, str_lower(w->arena, old));

    change_replace(w->arena, &w->changes, call->node->name.lo, call->node->name.hi,
                   small ? str_lower(w->arena, str_of(name)) : str_of(name));
}

/* -- sums ------------------------------------------------------------------------------------ */

static void want_number(Work *w, const Node *arg)
{
    Value value = seen(w, arg);

    told_number_was_text(w, arg, &value);
    switch (value.kind) {
    case VALUE_BOOLEAN:
        cured(w, "BO-05", "boolean-integer", SQL_SAME, span_of(arg),
              "Postgres adds up no booleans; CAST makes 0 or 1 of them and keeps NULL");
        wrap_cast(w, arg, "INTEGER");
        value.kind  = VALUE_INTEGER;
        value.small = true;
        remember(w, arg, value);
        return;
    case VALUE_INTEGER:
    case VALUE_NUMERIC:
    case VALUE_DOUBLE: return;
    case VALUE_NULL: typed_null(w, arg); return;
    case VALUE_UNKNOWN:
        if (!node_has_hole(w, arg))
            told_unknown_type(w, "SQL-21", arg);
        return;
    default:
        told(w, "SQL-21", "text-arithmetic", SQL_DECIDE, span_of(arg),
             "%s is added up: SQLite takes the number at its beginning, Postgres refuses",
             value_kind_name(value.kind));
    }
}

Value fn_count(Work *w, Scope *scope, const Call *call)
{
    (void)scope;
    Value counted = call->count ? seen(w, call->args[0]) : value_of_kind(VALUE_INTEGER);
    if (call->node->flags & FLAG_DISTINCT)
        told_nocase_column(w, call->node, &counted);
    const Token *rp = token_in(w, call->node->name.hi, call->node->hi, TOKEN_RP);
    if (call->count == 0 && rp && token_in(w, call->node->name.hi, rp->hi, TOKEN_KEYWORD)) {
        told(w, "SQL-13", "count-empty", SQL_DECIDE, span_of(call->node),
             "COUNT() of DISTINCT or ALL wants an argument");
    } else if (call->count == 0 && !(call->node->flags & FLAG_STAR)) {
        cured(w, "SQL-13", "count-empty", SQL_SAME, span_of(call->node),
              "Postgres wants count(*)");
        if (rp)
            change_open(w->arena, &w->changes, rp->lo, STR("*"));
    }
    return (Value) { .kind = VALUE_INTEGER };
}

/* Postgres adds up int4 to int8, but int8 to numeric. */
Value fn_sum(Work *w, Scope *scope, const Call *call)
{
    (void)scope;
    want_number(w, call->args[0]);
    Value arg = seen(w, call->args[0]), value = value_of_kind(arg.kind);

    value.mixed = arg.mixed;
    if (arg.kind == VALUE_NUMERIC && arg.constant) {
        as_double(w, call->args[0]);
        value.kind = VALUE_DOUBLE;
    } else if (arg.kind == VALUE_INTEGER && !arg.small) {
        if (cast_around(w, call->node, "BIGINT") || cast_around(w, call->node, "DOUBLE PRECISION"))
            return value;
        cured(w, "SQL-16", "sum-type", SQL_SAME, span_of(call->node),
              "SUM() of integers is a Decimal on Postgres, and divides as one; CAST makes an "
              "integer of it again");
        wrap_cast(w, call->node, "BIGINT");
    } else if (arg.kind == VALUE_UNKNOWN && !node_has_hole(w, call->args[0])) {
        told(w, "SQL-16", "sum-type", SQL_DIFFERS, span_of(call->node),
             "SUM() of integers is a Decimal on Postgres; CAST(… AS BIGINT) if it is of integers");
    }
    return value;
}

Value fn_avg(Work *w, Scope *scope, const Call *call)
{
    (void)scope;
    want_number(w, call->args[0]);
    Value arg = seen(w, call->args[0]);

    if (arg.kind == VALUE_NUMERIC && arg.constant) {
        as_double(w, call->args[0]);
    } else if (arg.kind != VALUE_DOUBLE && arg.kind != VALUE_NULL
               && !cast_around(w, call->node, "DOUBLE PRECISION")) {
        cured(w, "SQL-16", "avg-type", SQL_SAME, span_of(call->node),
              "AVG() is a Decimal on Postgres; CAST makes a float of it again");
        wrap_cast(w, call->node, "DOUBLE PRECISION");
    }
    return value_of_kind(VALUE_DOUBLE);
}

Value fn_total(Work *w, Scope *scope, const Call *call)
{
    (void)scope;
    want_number(w, call->args[0]);
    Value arg = seen(w, call->args[0]);
    if (arg.kind == VALUE_NUMERIC && arg.constant)
        as_double(w, call->args[0]);
    cured(w, "SQL-13", "total", SQL_SAME, span_of(call->node),
          "Postgres has no total(); it is SUM(), or 0.0 for no rows");
    call_rename(w, call, "SUM");
    wrap_cast(w, call->node, "DOUBLE PRECISION");
    change_open(w->arena, &w->changes, call->node->lo,
                str_format(w->arena, STR_FORMAT "(", STR_ARG(keyword_cased(w, "COALESCE"))));
    change_close(w->arena, &w->changes, call->node->hi,
                 str_format(w->arena, ", " STR_FORMAT ")",
                            STR_ARG(keyword_cased(w, "CAST(0 AS DOUBLE PRECISION)"))));
    return (Value) { .kind = VALUE_DOUBLE };
}

/* -- MAX and MIN ----------------------------------------------------------------------------- */

static bool may_be_null(const Work *w, const Node *node)
{
    Value value = seen(w, node);

    return value.nullable || value.kind == VALUE_BIND;
}

/* `a >= b AND a >= c`: those behind it are not beyond it. */
static void add_beats(Work *w, Buf *out, const Str *texts, size_t at, size_t count, const char *sign)
{
    for (size_t i = at + 1; i < count; i++)
        buf_format(out, STR_FORMAT STR_FORMAT " %s " STR_FORMAT,
                   STR_ARG(i == at + 1 ? STR("") : keyword_cased(w, " AND ")), STR_ARG(texts[at]), sign, STR_ARG(texts[i]));
}

/* MAX(a, b, …) */
static Value larger(Work *w, const Call *call)
{
    bool  max      = str_eq_nocase(call->name, STR("max"));
    bool  nullable = false;
    Str  *texts    = arena_array(w->arena, Str, call->count);
    Buf   text     = buf_new(w->arena);

    if (call->count > 8 || node_has_hole(w, call->node)) {
        told(w, "SQL-13b", "scalar-max", SQL_DECIDE, span_of(call->node),
             "Postgres has no " STR_FORMAT "() of several values, and GREATEST passes over NULL; "
             "nest them or decide in Python", STR_ARG(call->name));
        return value_of_kind(VALUE_UNKNOWN);
    }
    for (size_t i = 0; i < call->count; i++)
        for (size_t j = i + 1; j < call->count; j++)
            compare(w, call->args[i], call->args[j], call->node);
    Value value = unite(w, call->args, call->count, call->node);
    for (size_t i = 0; i < call->count; i++) {
        texts[i] = operand_of(w, call->args[i]);
        nullable = nullable || may_be_null(w, call->args[i]);
    }
    cured(w, "SQL-13b", "scalar-max", SQL_SAME, span_of(call->node),
          "Postgres has no " STR_FORMAT "() of several values, and GREATEST passes over NULL; CASE "
          "says the same on both", STR_ARG(call->name));
    buf_format(&text, STR_FORMAT, STR_ARG(keyword_cased(w, "CASE WHEN ")));
    for (size_t i = 0; nullable && i < call->count; i++)
        buf_format(&text, STR_FORMAT STR_FORMAT, STR_ARG(texts[i]),
                   STR_ARG(keyword_cased(w, i + 1 < call->count ? " IS NULL OR " : " IS NULL THEN NULL WHEN ")));
    for (size_t i = 0; i + 1 < call->count; i++) {
        add_beats(w, &text, texts, i, call->count, max ? ">=" : "<=");
        buf_format(&text, STR_FORMAT STR_FORMAT STR_FORMAT, STR_ARG(keyword_cased(w, " THEN ")), STR_ARG(texts[i]),
                   STR_ARG(keyword_cased(w, i + 2 < call->count ? " WHEN " : " ELSE ")));
    }
    buf_format(&text, STR_FORMAT STR_FORMAT, STR_ARG(texts[call->count - 1]), STR_ARG(keyword_cased(w, " END")));
    put_instead(w, call->node, buf_str(&text));
    return value;
}

Value fn_extreme(Work *w, Scope *scope, const Call *call)
{
    (void)scope;
    if (call->count > 1)
        return larger(w, call);

    Value value    = seen(w, call->args[0]);
    value.nullable = true; /* of no rows */
    told_nocase_column(w, call->node, &value);
    value.plain    = false;
    switch (value.kind) {
    case VALUE_BOOLEAN:
        want_number(w, call->args[0]);
        value.kind  = VALUE_INTEGER;
        value.small = true;
        break;
    case VALUE_JSON:
    case VALUE_BYTES:
    case VALUE_UUID:
        told(w, "SQL-21", "extreme-type", SQL_DECIDE, span_of(call->node),
             "Postgres has no " STR_FORMAT "() of %s", STR_ARG(call->name),
             value_kind_name(value.kind));
        break;
    case VALUE_UNKNOWN:
        if (!node_has_hole(w, call->args[0]))
            told_unknown_type(w, "SQL-21", call->args[0]);
        break;
    default: break;
    }
    return value;
}

/* -- windows --------------------------------------------------------------------------------- */

/* How many rows on: Postgres takes 32 bits. */
static void narrowed(Work *w, const Node *arg)
{
    Value value = seen(w, arg);

    if (value.kind == VALUE_INTEGER && value.small)
        return;
    if (value.kind == VALUE_UNKNOWN)
        told(w, "SQL-18", "window-offset", SQL_DIFFERS, span_of(arg), "Postgres takes 32 bits here");
    else if (value.kind != VALUE_INTEGER && value.kind != VALUE_BIND)
        told(w, "SQL-18", "window-offset", SQL_DECIDE, span_of(arg), "%s is no number of rows to Postgres",
             value_kind_name(value.kind));
    cured(w, "SQL-18", "window-offset", SQL_SAME, span_of(arg), "Postgres takes 32 bits here");
    wrap_cast(w, arg, "INTEGER");
}

Value fn_rank(Work *w, Scope *scope, const Call *call)
{
    if (str_eq_nocase(call->name, STR("row_number")) || str_eq_nocase(call->name, STR("ntile")))
        window_ties(w, scope, call->node);
    if (call->count)
        narrowed(w, call->args[0]);
    return (Value) { .kind = VALUE_INTEGER };
}

Value fn_fraction(Work *w, Scope *scope, const Call *call)
{
    (void)w;
    (void)scope;
    (void)call;
    return (Value) { .kind = VALUE_DOUBLE };
}

Value fn_pick(Work *w, Scope *scope, const Call *call)
{
    window_ties(w, scope, call->node);
    Value value = seen(w, call->args[0]);

    if (call->count > 1)
        narrowed(w, call->args[1]);
    if (call->count > 2) {
        const Node *both[] = { call->args[0], call->args[2] };
        value              = unite(w, both, 2, call->node);
    }
    value.nullable = true;
    value.plain    = false;
    return value;
}
