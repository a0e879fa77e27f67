/* SQLite's own functions of one value: what it is, how it is written, hints about it. */
#include <stdlib.h>

#include "rewriters/sql/function.h"

/* -- hints ----------------------------------------------------------------------------------- */

/* likely(x), unlikely(x), likelihood(x, 0.5) are x. */
Value fn_likely(Work *w, Scope *scope, const Call *call)
{
    Value value = seen(w, call->args[0]);

    (void)scope;
    cured(w, "SQL-13", "likely", SQL_SAME, span_of(call->node),
          STR_FORMAT "() is a hint for SQLite's planner, which Postgres does not have", STR_ARG(call->name));
    put_instead(w, call->node, str_format(w->arena, "(" STR_FORMAT ")", STR_ARG(rendered(w, call->args[0]))));
    value.constant = false;
    value.plain    = false;
    return value;
}

/* -- typeof() -------------------------------------------------------------------------------- */

static const char *type_of(ValueKind kind)
{
    switch (kind) {
    case VALUE_NULL: return "null";
    case VALUE_INTEGER:
    case VALUE_BOOLEAN: return "integer";
    case VALUE_DOUBLE:
    case VALUE_NUMERIC: return "real";
    case VALUE_STRING:
    case VALUE_TEXT:
    case VALUE_TIMESTAMP:
    case VALUE_DATE:
    case VALUE_JSON:
    case VALUE_UUID: return "text";
    case VALUE_BYTES: return "blob";
    default: return NULL;
    }
}

Value fn_typeof(Work *w, Scope *scope, const Call *call)
{
    const Node *arg   = call->args[0];
    Value       value = seen(w, arg);
    const char *type  = type_of(value.kind);
    bool        sure  = type && !value.mixed && !(value.kind == VALUE_NUMERIC && !value.constant);

    (void)scope;
    if (!sure || node_has_hole(w, arg)) {
        told(w, "SQL-13", "typeof", SQL_DECIDE, span_of(call->node),
             "Postgres has none, for its columns have one type; what this is cannot be told from the text");
        return value_of_kind(VALUE_TEXT);
    }
    cured(w, "SQL-13", "typeof", value.plain ? SQL_DIFFERS : SQL_SAME, span_of(call->node),
          "Postgres has no typeof(), for its columns have one type; a column of SQLite may hold values of another");
    Str text = value.nullable && value.kind != VALUE_NULL
                 ? words_filled(w, "CASE WHEN $1 IS NULL THEN 'null' ELSE $2 END",
                                (Str[]) { operand_of(w, arg), text_literal(w, str_of(type)) })
                 : text_literal(w, str_of(type));
    put_instead(w, call->node, text);
    return (Value) { .kind = VALUE_TEXT };
}

/* -- how a value is written ------------------------------------------------------------------ */

static Value told_no_text(Work *w, const Call *call, const char *feature)
{
    told(w, "SQL-19b", feature, SQL_DECIDE, span_of(call->node),
         STR_FORMAT "() writes out %s, which each database does in its own way; do it in Python", STR_ARG(call->name),
         value_kind_name(seen(w, call->args[0]).kind));
    return value_of_kind(VALUE_TEXT);
}

/* As a literal of SQL. */
Value fn_quote(Work *w, Scope *scope, const Call *call)
{
    const Node *arg   = call->args[0];
    Value       value = seen(w, arg);
    const char *words = NULL;

    (void)scope;
    switch (value.kind) {
    case VALUE_NULL: words = "'NULL'"; break;
    case VALUE_STRING:
    case VALUE_TEXT: words = "COALESCE(('''' || REPLACE($1, '''', '''''')) || '''', 'NULL')"; break;
    case VALUE_BOOLEAN: to_integer(w, arg); words = "COALESCE(CAST($1 AS TEXT), 'NULL')"; break;
    case VALUE_INTEGER: words = "COALESCE(CAST($1 AS TEXT), 'NULL')"; break;
    case VALUE_BYTES:
        alone(w, "BL-03", "quote", SQL_SAME, span_of(call->node), "Postgres writes bytes in another way");
        words = "COALESCE('X''' || UPPER(ENCODE($1, 'hex')) || '''', 'NULL')";
        break;
    default: return told_no_text(w, call, "quote");
    }
    cured(w, "SQL-13", "quote", SQL_SAME, span_of(call->node),
          "Postgres writes backslashes in another way; the words write the literal as SQLite does");
    put_instead(w, call->node, words_filled(w, words, (Str[]) { operand_of(w, arg) }));
    return (Value) { .kind = VALUE_TEXT };
}

/* The bytes of it, and those of a text or of a number's text; no bytes for NULL. */
Value fn_hex(Work *w, Scope *scope, const Call *call)
{
    const Node *arg   = call->args[0];
    bool        bytes = seen(w, arg).kind == VALUE_BYTES;

    (void)scope;
    if (!alone(w, "BL-03", "hex", SQL_SAME, span_of(call->node), "Postgres has no hex(); ENCODE() says it there"))
        return (Value) { .kind = VALUE_TEXT };
    if (!bytes)
        want_text(w, call, arg);
    put_instead(w, call->node,
                words_filled(w, bytes ? "COALESCE(UPPER(ENCODE($1, 'hex')), '')"
                                      : "COALESCE(UPPER(ENCODE(CONVERT_TO($1, 'UTF8'), 'hex')), '')",
                             (Str[]) { operand_of(w, arg) }));
    return (Value) { .kind = VALUE_TEXT };
}

/* -- characters and bytes -------------------------------------------------------------------- */

static bool is_character(const Value *value)
{
    return value->kind == VALUE_INTEGER && value->constant && value->number >= 1 && value->number <= 0x10FFFF
        && !(value->number >= 0xD800 && value->number <= 0xDFFF);
}

Value fn_char(Work *w, Scope *scope, const Call *call)
{
    Buf  out  = buf_new(w->arena);
    bool sure = true;

    (void)scope;
    for (size_t i = 0; i < call->count; i++) {
        Value value = seen(w, call->args[i]);
        if (value.kind == VALUE_BIND) {
            bind_meets(w, call->args[i], value_of_kind(VALUE_INTEGER));
        } else if (value.kind != VALUE_INTEGER) {
            told(w, "SQL-13", "char", SQL_DECIDE, span_of(call->args[i]),
                 "a character is made of %s; give its number", value_kind_name(value.kind));
            return value_of_kind(VALUE_TEXT);
        }
        sure = sure && is_character(&value);
        buf_format(&out, STR_FORMAT STR_FORMAT, STR_ARG(str_of(i ? " || " : "")),
                   STR_ARG(words_filled(w, value.small ? "CHR($1)" : "CHR(CAST($1 AS INTEGER))",
                                        (Str[]) { rendered(w, call->args[i]) })));
    }
    if (!alone(w, "SQL-13", "char", sure ? SQL_SAME : SQL_DIFFERS, span_of(call->node),
               "Postgres calls it CHR(), of one number, and takes none that is no character"))
        return value_of_kind(VALUE_TEXT);
    put_instead(w, call->node,
                call->count == 1 ? buf_str(&out) : call->count ? str_format(w->arena, "(" STR_FORMAT ")", STR_ARG(buf_str(&out)))
                                                               : STR("''"));
    return (Value) { .kind = VALUE_TEXT, .nullable = !sure };
}

Value fn_zeroblob(Work *w, Scope *scope, const Call *call)
{
    Value count = seen(w, node_bare(call->args[0]));

    (void)scope;
    if (count.kind != VALUE_INTEGER || !count.constant || count.number < 0 || count.number > 1000000) {
        told(w, "BL-03", "zeroblob", SQL_DECIDE, span_of(call->node), "Postgres has none; bind bytes(n)");
        return value_of_kind(VALUE_BYTES);
    }
    if (alone(w, "BL-03", "zeroblob", SQL_SAME, span_of(call->node), "Postgres has no zeroblob(); bind bytes(n) for both"))
        put_instead(w, call->node, words_filled(w, "DECODE(REPEAT('00', $1), 'hex')", (Str[]) { rendered(w, call->args[0]) }));
    return (Value) { .kind = VALUE_BYTES };
}

/* x'4142' */
Value blob_literal(Work *w, const Node *node)
{
    Str text = source_of(w, node);

    if (alone(w, "BL-03", "blob-literal", SQL_SAME, span_of(node), "x'…' is a string of bits in Postgres; bind the bytes for both"))
        put_instead(w, node, words_filled(w, "DECODE($1, 'hex')", (Str[]) { str_slice(text, 1, text.len) }));
    return (Value) { .kind = VALUE_BYTES };
}

Value fn_random(Work *w, Scope *scope, const Call *call)
{
    (void)scope;
    if (call->node->parent && call->node->parent->kind == NODE_ORDER_TERM)
        return (Value) { .kind = VALUE_INTEGER };
    if (alone(w, "SQL-37", "random", SQL_DIFFERS, span_of(call->node),
              "random() is a large integer on SQLite and a fraction of 1 on Postgres; bind a number for both"))
        put_instead(w, call->node,
                    words_filled(w, "CAST(FLOOR((RANDOM() - 0.5) * 18446744073709551615) AS BIGINT)", NULL));
    return (Value) { .kind = VALUE_INTEGER };
}
