/* printf() and format(): the pieces of a format that is written out, put together by ||. */
#include "rewriters/sql/function.h"

typedef struct Directive {
    bool left, zeros, comma, plus; /* flags: - 0 , + */
    int  width;                    /* 0: none */
    int  precision;                /* -1: none */
    char kind;
} Directive;

/* What stands behind the %; false for what is left to Python. */
static bool read_directive(Str *rest, Directive *out)
{
    size_t i = 0;

    *out = (Directive) { .precision = -1 };
    for (; i < rest->len; i++) {
        char c = rest->ptr[i];
        if (c == '-')
            out->left = true;
        else if (c == '0')
            out->zeros = true;
        else if (c == ',')
            out->comma = true;
        else if (c == '+')
            out->plus = true;
        else
            break;
    }
    for (; i < rest->len && rest->ptr[i] >= '0' && rest->ptr[i] <= '9' && out->width < 1000; i++)
        out->width = out->width * 10 + (rest->ptr[i] - '0');
    if (i < rest->len && rest->ptr[i] == '.') {
        out->precision = 0;
        for (i++; i < rest->len && rest->ptr[i] >= '0' && rest->ptr[i] <= '9' && out->precision < 100; i++)
            out->precision = out->precision * 10 + (rest->ptr[i] - '0');
    }
    while (i < rest->len && rest->ptr[i] == 'l')
        i++;
    if (i >= rest->len || out->width >= 1000 || out->precision > 15)
        return false;
    out->kind = rest->ptr[i++];
    *rest     = str_slice(*rest, i, rest->len);
    return true;
}

static Str number_of(Work *w, int number)
{
    return str_format(w->arena, "%d", number);
}

/* In a field of that width: at its right, at its left, or behind zeros (and a sign before those). */
static Str padded(Work *w, const Directive *d, Str text)
{
    if (d->width == 0)
        return text;
    const char *words = d->left ? "CASE WHEN LENGTH($1) < $2 THEN RPAD($1, $2) ELSE $1 END"
                                : "CASE WHEN LENGTH($1) < $2 THEN LPAD($1, $2) ELSE $1 END";
    if (d->zeros && !d->left && d->kind != 's')
        words = "CASE WHEN LENGTH($1) < $2 AND $1 LIKE '-%' THEN '-' || LPAD(SUBSTR($1, 2), $2 - 1, '0') "
                "WHEN LENGTH($1) < $2 THEN LPAD($1, $2, '0') ELSE $1 END";
    return words_filled(w, words, (Str[]) { text, number_of(w, d->width) });
}

static bool integer_piece(Work *w, const Directive *d, const Node *arg, Str *out)
{
    if (seen(w, arg).kind == VALUE_BOOLEAN)
        to_integer(w, arg);
    Value value = seen(w, arg);
    if ((value.kind != VALUE_INTEGER && value.kind != VALUE_BIND) || d->precision >= 0 || d->plus)
        return false;
    if (value.kind == VALUE_BIND)
        bind_meets(w, arg, value_of_kind(VALUE_INTEGER));
    Str number = rendered(w, arg);
    if (value.nullable)
        number = words_filled(w, "COALESCE($1, 0)", &number);
    if (d->kind == 'x' || d->kind == 'X') {
        number = words_filled(w, d->kind == 'x' ? "TO_HEX($1)" : "UPPER(TO_HEX($1))", &number);
        *out   = padded(w, d, number);
        return true;
    }
    *out = d->comma ? words_filled(w, "TRIM(TO_CHAR(CAST($1 AS BIGINT), '9,999,999,999,999,999,999'))", &number)
                    : words_filled(w, "CAST($1 AS TEXT)", &number);
    *out = padded(w, d, *out);
    return true;
}

/* The sign stays with what rounds to zero: -0.00. */
static bool fraction_piece(Work *w, const Directive *d, const Node *arg, Str *out)
{
    if (seen(w, arg).kind == VALUE_BOOLEAN)
        to_integer(w, arg);
    Value value = seen(w, arg);
    if (!kind_is_number(value.kind) && value.kind != VALUE_BIND)
        return false;
    if (d->plus || d->comma)
        return false;
    if (value.kind == VALUE_BIND)
        bind_meets(w, arg, value_of_kind(VALUE_DOUBLE));
    Str  digits = number_of(w, d->precision < 0 ? 6 : d->precision);
    Str  number = rendered(w, arg);
    bool may_be_minus = value.kind != VALUE_INTEGER && !value.constant;
    if (value.nullable)
        number = words_filled(w, "COALESCE($1, 0)", &number);
    *out = words_filled(w, may_be_minus ? "(CASE WHEN $1 < 0 AND ROUND(CAST($1 AS NUMERIC), $2) = 0 THEN '-' ELSE '' END || "
                                          "CAST(ROUND(CAST($1 AS NUMERIC), $2) AS TEXT))"
                                        : "CAST(ROUND(CAST($1 AS NUMERIC), $2) AS TEXT)",
                        (Str[]) { number, digits });
    *out = padded(w, d, *out);
    return true;
}

static bool text_piece(Work *w, const Call *call, const Directive *d, const Node *arg, Str *out)
{
    Value value = seen(w, arg);

    if (value.kind != VALUE_TEXT && value.kind != VALUE_STRING && value.kind != VALUE_INTEGER
        && value.kind != VALUE_BIND)
        return false;
    want_text(w, call, arg);
    Str text = operand_of(w, arg);
    if (value.nullable || value.kind == VALUE_BIND)
        text = words_filled(w, "COALESCE($1, '')", &text);
    if (d->precision >= 0)
        text = words_filled(w, "SUBSTR($1, 1, $2)", (Str[]) { text, number_of(w, d->precision) });
    *out = padded(w, d, text);
    return true;
}

static bool piece(Work *w, const Call *call, const Directive *d, const Node *arg, Str *out)
{
    switch (d->kind) {
    case 'd':
    case 'i':
    case 'x':
    case 'X': return integer_piece(w, d, arg, out);
    case 'f': return fraction_piece(w, d, arg, out);
    case 's': return text_piece(w, call, d, arg, out);
    default: return false;
    }
}

static void end_text(Work *w, Buf *text, StrVec *parts)
{
    if (text->len)
        vec_push(w->arena, parts, text_literal(w, buf_str(text)));
    *text = buf_new(w->arena);
}

static bool pieces_of(Work *w, const Call *call, Str format, StrVec *parts)
{
    Buf    text = buf_new(w->arena);
    size_t next = 1;

    while (format.len) {
        char c = format.ptr[0];
        format = str_slice(format, 1, format.len);
        if (c != '%') {
            buf_add_char(&text, c);
            continue;
        }
        Directive d;
        Str       part;
        if (!read_directive(&format, &d))
            return false;
        if (d.kind == '%') {
            buf_add_char(&text, '%');
            continue;
        }
        if (next >= call->count || !piece(w, call, &d, call->args[next++], &part))
            return false;
        end_text(w, &text, parts);
        vec_push(w->arena, parts, part);
    }
    end_text(w, &text, parts);
    return true;
}

Value fn_printf(Work *w, Scope *scope, const Call *call)
{
    StrVec parts = { 0 };
    bool   plain = call->count && is_string_node(w, call->args[0]) && !node_has_hole(w, call->node);

    (void)scope;
    if (!plain
        || !pieces_of(w, call, sql_unquote(w->arena, source_of(w, node_bare(call->args[0]))), &parts)) {
        told(w, "SQL-13", "printf", SQL_DECIDE, span_of(call->node),
             "Postgres has no printf(), and not every format can be said in other words; format in Python");
        return (Value) { .kind = VALUE_TEXT };
    }
    if (!alone(w, "SQL-13", "printf", SQL_SAME, span_of(call->node),
               "Postgres has no printf(); its parts are put together there, and formatted in Python for both"))
        return (Value) { .kind = VALUE_TEXT };
    Str text = parts.count ? str_join(w->arena, &parts, STR(" || ")) : STR("''");
    put_instead(w, call->node, parts.count > 1 ? str_format(w->arena, "(" STR_FORMAT ")", STR_ARG(text)) : text);
    return (Value) { .kind = VALUE_TEXT };
}
