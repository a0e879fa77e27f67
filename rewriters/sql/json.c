/*
 * SQLite's functions of JSON. Those that read a JSON column step through it with -> and ->>, which
 * both have; the others are written for Postgres alone. What makes JSON text makes the very text
 * that SQLite makes, so it is no JSONB.
 */
#include "rewriters/sql/function.h"

/* -- paths ----------------------------------------------------------------------------------- */

typedef struct Step {
    Str  key;
    bool is_index;
} Step;

typedef Vec(Step) StepVec;

static bool is_key_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* `$.a."b c"[0]`; false for any other path. */
static bool path_steps(Arena *arena, Str path, StepVec *out)
{
    if (!str_starts_with(path, STR("$")))
        return false;
    for (size_t i = 1; i < path.len;) {
        size_t lo = i + 1, hi = lo;
        Step   step = { 0 };
        if (path.ptr[i] == '[') {
            while (hi < path.len && path.ptr[hi] >= '0' && path.ptr[hi] <= '9')
                hi++;
            if (hi == lo || hi - lo > 9 || hi >= path.len || path.ptr[hi] != ']')
                return false;
            step = (Step) { str_slice(path, lo, hi), true };
            i    = hi + 1;
        } else if (path.ptr[i] == '.' && lo < path.len && path.ptr[lo] == '"') {
            hi = ++lo;
            while (hi < path.len && path.ptr[hi] != '"' && path.ptr[hi] != '\\')
                hi++;
            if (hi >= path.len || path.ptr[hi] != '"')
                return false;
            step = (Step) { str_slice(path, lo, hi), false };
            i    = hi + 1;
        } else if (path.ptr[i] == '.') {
            while (hi < path.len && is_key_char(path.ptr[hi]))
                hi++;
            if (hi == lo || (hi < path.len && path.ptr[hi] != '.' && path.ptr[hi] != '['))
                return false;
            step = (Step) { str_slice(path, lo, hi), false };
            i    = hi;
        } else {
            return false;
        }
        vec_push(arena, out, step);
    }
    return true;
}

static bool path_of(Work *w, const Node *node, StepVec *out)
{
    return is_string_node(w, node) && !node_has_hole(w, node)
        && path_steps(w->arena, sql_unquote(w->arena, source_of(w, node_bare(node))), out);
}

/* ` -> 'a' ->> 0`; with ->> in the last place when text is wanted. */
static Str arrows(Work *w, const StepVec *steps, bool text)
{
    Buf out = buf_new(w->arena);

    vec_each(step, steps) {
        bool last = step == &vec_last(steps);
        buf_format(&out, " %s " STR_FORMAT, last && text ? "->>" : "->",
                   STR_ARG(step->is_index ? step->key : text_literal(w, step->key)));
    }
    return buf_str(&out);
}

bool jsonb_arrows(Work *w, const Node *path, bool text, Str *out)
{
    StepVec steps = { 0 };

    if (!path_of(w, path, &steps) || steps.count == 0)
        return false;
    *out = arrows(w, &steps, text);
    return true;
}

/* STRING_TO_ARRAY('a|0', '|'), which is what Postgres takes for a path. */
static bool path_array(Work *w, const StepVec *steps, Str *out)
{
    StrVec keys = { 0 };

    vec_each(step, steps) {
        if (str_find_char(step->key, '|') != STR_NOT_FOUND)
            return false;
        vec_push(w->arena, &keys, step->key);
    }
    *out = words_filled(w, "STRING_TO_ARRAY($1, '|')", (Str[]) { text_literal(w, str_join(w->arena, &keys, STR("|"))) });
    return steps->count > 0;
}

/* -- documents ------------------------------------------------------------------------------- */

/* The argument as JSONB of Postgres; false for what is no JSON. */
bool jsonb_given(Work *w, const Node *node, Str *out, SqlVerdict *verdict)
{
    Value value = seen(w, node);

    if (node_has_hole(w, node))
        return false;
    switch (value.kind) {
    case VALUE_JSON: *out = operand_of(w, node); return true;
    case VALUE_UNKNOWN:
        told_unknown_type(w, "SQL-21", node);
        break;
    case VALUE_TEXT:
        if (!value.document)
            *verdict = SQL_DIFFERS;
        break;
    case VALUE_BIND: bind_meets(w, node, value_of_kind(VALUE_TEXT)); break;
    case VALUE_STRING: break;
    default: return false;
    }
    *out = words_filled(w, "CAST($1 AS JSONB)", (Str[]) { rendered(w, node) });
    return true;
}

static bool is_nothing(const Node *node)
{
    const Node *bare = node_bare(node);

    return bare->kind == NODE_LITERAL && bare->op == OP_NULL;
}

/* A number that SQLite and Postgres write alike: 2.5, not 2.50. */
static bool is_plain_fraction(const Work *w, const Node *node)
{
    const Node *bare = node_bare(node);
    Str         text = source_of(w, bare);

    if (bare->kind != NODE_LITERAL || bare->op != OP_FLOAT || text.len > 12 || text.ptr[0] == '.')
        return false;
    for (size_t i = 0; i < text.len; i++)
        if ((text.ptr[i] < '0' || text.ptr[i] > '9') && text.ptr[i] != '.')
            return false;
    return text.ptr[text.len - 1] >= '1' && text.ptr[text.len - 1] <= '9';
}

/* The text of the value inside of a document, as SQLite writes it; false when Postgres writes another. */
bool jsonb_piece(Work *w, const Node *node, Str *out)
{
    Value       value = seen(w, node);
    const char *words = NULL;

    if (node_has_hole(w, node))
        return false;
    if (value.kind == VALUE_BOOLEAN) {
        to_integer(w, node);
        value = seen(w, node);
    }
    if (is_nothing(node)) {
        *out = STR("'null'");
        return true;
    }
    if (value.document)
        words = value.nullable ? "COALESCE($1, 'null')" : "$1";
    else if (value.kind == VALUE_STRING || value.kind == VALUE_TEXT)
        words = value.nullable ? "COALESCE(CAST(TO_JSON(CAST($1 AS TEXT)) AS TEXT), 'null')"
                               : "CAST(TO_JSON(CAST($1 AS TEXT)) AS TEXT)";
    else if (value.kind == VALUE_INTEGER || is_plain_fraction(w, node))
        words = value.nullable && value.kind == VALUE_INTEGER ? "COALESCE(CAST($1 AS TEXT), 'null')" : "CAST($1 AS TEXT)";
    if (!words)
        return false;
    *out = words_filled(w, words, (Str[]) { rendered(w, node) });
    return true;
}

static Value told_json(Work *w, const Call *call, ValueKind kind)
{
    told(w, "JS-06", "json-function", SQL_DECIDE, span_of(call->node),
         "Postgres has other functions for JSON, and none that does this with such arguments; do it in Python");
    return value_of_kind(kind);
}

#define OTHER_FUNCTIONS "Postgres has other functions for JSON, and no text runs on both; for both, do it in Python"

/* -- making text ----------------------------------------------------------------------------- */

static Value document_text(Work *w, const Call *call, Str text)
{
    if (alone(w, "JS-06", "json-function", SQL_SAME, span_of(call->node), OTHER_FUNCTIONS))
        put_instead(w, call->node, str_format(w->arena, "(" STR_FORMAT ")", STR_ARG(text)));
    return (Value) { .kind = VALUE_TEXT, .document = true };
}

Value fn_json_array(Work *w, Scope *scope, const Call *call)
{
    Buf out = buf_new(w->arena);

    (void)scope;
    buf_add(&out, STR("'['"));
    for (size_t i = 0; i < call->count; i++) {
        Str piece;
        if (!jsonb_piece(w, call->args[i], &piece))
            return told_json(w, call, VALUE_TEXT);
        buf_format(&out, "%s" STR_FORMAT, i ? " || ',' || " : " || ", STR_ARG(piece));
    }
    buf_add(&out, STR(" || ']'"));
    return document_text(w, call, buf_str(&out));
}

Value fn_json_object(Work *w, Scope *scope, const Call *call)
{
    Buf out = buf_new(w->arena);

    (void)scope;
    buf_add(&out, STR("'{'"));
    if (call->count % 2)
        return told_json(w, call, VALUE_TEXT);
    for (size_t i = 0; i < call->count; i += 2) {
        Str   key, piece;
        Value name = seen(w, call->args[i]);
        bool  text = (name.kind == VALUE_TEXT && !name.nullable && !name.document) || name.kind == VALUE_STRING;
        if (!text || !jsonb_piece(w, call->args[i], &key) || !jsonb_piece(w, call->args[i + 1], &piece))
            return told_json(w, call, VALUE_TEXT);
        buf_format(&out, "%s" STR_FORMAT " || " STR_FORMAT " || " STR_FORMAT, i ? " || ',' || " : " || ", STR_ARG(key),
                   STR_ARG(text_literal(w, STR(":"))), STR_ARG(piece));
    }
    buf_add(&out, STR(" || '}'"));
    return document_text(w, call, buf_str(&out));
}

/* One value as JSON. */
Value fn_json_quote(Work *w, Scope *scope, const Call *call)
{
    Str piece;

    (void)scope;
    if (!jsonb_piece(w, call->args[0], &piece))
        return told_json(w, call, VALUE_TEXT);
    return document_text(w, call, piece);
}

/* -- reading --------------------------------------------------------------------------------- */

/* The document, or the piece of it that the path finds. */
static bool piece_of(Work *w, const Call *call, Str *out, SqlVerdict *verdict)
{
    StepVec steps = { 0 };

    if (!jsonb_given(w, call->args[0], out, verdict) || (call->count > 1 && !path_of(w, call->args[1], &steps)))
        return false;
    if (steps.count)
        *out = str_format(w->arena, "(" STR_FORMAT STR_FORMAT ")", STR_ARG(*out), STR_ARG(arrows(w, &steps, false)));
    return true;
}

static Value read_by(Work *w, const Call *call, const char *words, ValueKind kind)
{
    SqlVerdict verdict = SQL_SAME;
    Str        piece;

    if (!piece_of(w, call, &piece, &verdict))
        return told_json(w, call, kind);
    if (alone(w, "JS-06", verdict == SQL_SAME ? "json-function" : "json-text", verdict, span_of(call->node), OTHER_FUNCTIONS))
        put_instead(w, call->node, words_filled(w, words, &piece));
    return (Value) { .kind = kind, .nullable = true, .small = kind == VALUE_INTEGER };
}

Value fn_json_array_length(Work *w, Scope *scope, const Call *call)
{
    (void)scope;
    return read_by(w, call,
                   "CASE WHEN JSONB_TYPEOF($1) = 'array' THEN JSONB_ARRAY_LENGTH($1) WHEN $1 IS NOT NULL THEN 0 END",
                   VALUE_INTEGER);
}

Value fn_json_type(Work *w, Scope *scope, const Call *call)
{
    (void)scope;
    return read_by(w, call,
                   "CASE JSONB_TYPEOF($1) WHEN 'string' THEN 'text' WHEN 'boolean' THEN CAST($1 AS TEXT) WHEN 'number' THEN "
                   "CASE WHEN CAST($1 AS TEXT) LIKE '%.%' THEN 'real' ELSE 'integer' END ELSE JSONB_TYPEOF($1) END",
                   VALUE_TEXT);
}

/* What a JSONB column holds is valid; a text may be anything. */
Value fn_json_valid(Work *w, Scope *scope, const Call *call)
{
    const Node *arg = call->args[0];

    (void)scope;
    if (seen(w, arg).kind != VALUE_JSON || node_has_hole(w, arg)) {
        told(w, "JS-06", "json-function", SQL_DECIDE, span_of(call->node),
             "Postgres has none before 16; a JSONB column holds nothing else");
        return (Value) { .kind = VALUE_INTEGER, .small = true };
    }
    cured(w, "JS-10", "json-valid", SQL_DIFFERS, span_of(call->node),
          "what a JSONB column holds is valid JSON; SQLite's column may hold anything");
    put_instead(w, call->node, words_filled(w, "CASE WHEN $1 IS NULL THEN 0 ELSE 1 END", (Str[]) { operand_of(w, arg) }));
    return (Value) { .kind = VALUE_INTEGER, .small = true };
}

/* json_extract(column, '$.' || key) */
static bool extracted_by_key(Work *w, const Call *call)
{
    const Node *column = call->args[0], *path = node_bare(call->args[1]);
    const Node *left = node_child(path, ROLE_LEFT), *key = node_child(path, ROLE_RIGHT);

    if (path->kind != NODE_BINARY || path->op != OP_CONCAT || !is_string_node(w, left) || node_has_hole(w, call->node)
        || !str_is(sql_unquote(w->arena, source_of(w, node_bare(left))), "$.") || seen(w, column).kind != VALUE_JSON
        || !is_atom(column))
        return false;
    ValueKind kind = seen(w, key).kind;
    if (kind != VALUE_BIND && kind != VALUE_TEXT)
        return false;
    cured(w, "JS-04", "json-extract", SQL_DIFFERS, span_of(call->node),
          "Postgres has no json_extract(); ->> takes the key as it is, dots and all, and gives text where SQLite gives a "
          "number as a number");
    Str text = kind == VALUE_BIND ? words_filled(w, "CAST($1 AS TEXT)", (Str[]) { rendered(w, key) }) : operand_of(w, key);
    put_instead(w, call->node,
                str_format(w->arena, "(" STR_FORMAT " ->> " STR_FORMAT ")", STR_ARG(rendered(w, column)), STR_ARG(text)));
    return true;
}

/* json_extract(column, '$.a.b'): text from Postgres, and from SQLite what it is. */
Value fn_json_extract(Work *w, Scope *scope, const Call *call)
{
    const Node *column  = call->args[0];
    Value       value   = seen(w, column);
    StepVec     steps   = { 0 };
    SqlVerdict  verdict = SQL_DIFFERS;
    Str         text;

    (void)scope;
    if (extracted_by_key(w, call))
        return (Value) { .kind = VALUE_TEXT, .nullable = true, .untyped = true };
    bool path = path_of(w, call->args[1], &steps) && steps.count > 0;
    if (path && value.kind == VALUE_JSON && is_atom(column)) {
        text = rendered(w, column);
    } else if (path && value.kind == VALUE_UNKNOWN && is_atom(column) && !node_has_hole(w, column)) {
        told_unknown_type(w, "SQL-21", column);
        text = rendered(w, column);
    } else if (!path || !w->options->postgres_alone || !jsonb_given(w, column, &text, &verdict)) {
        if (value.kind == VALUE_UNKNOWN)
            told_unknown_type(w, "SQL-21", column);
        told(w, "JS-04", "json-extract", SQL_DECIDE, span_of(call->node),
             "Postgres has no json_extract(); step by step with -> and ->> where the column is JSON, or "
             "decode it in Python");
        return (Value) { .kind = VALUE_TEXT, .nullable = true };
    } else {
        alone(w, "JS-04", "json-arrow-text", SQL_DIFFERS, span_of(call->node), OTHER_FUNCTIONS);
    }
    cured(w, "JS-04", "json-extract", SQL_DIFFERS, span_of(call->node),
          "Postgres has no json_extract(); ->> gives text there, where SQLite gives a number as a number");
    put_instead(w, call->node, str_format(w->arena, "(" STR_FORMAT STR_FORMAT ")", STR_ARG(text), STR_ARG(arrows(w, &steps, true))));
    return (Value) { .kind = VALUE_TEXT, .nullable = true, .untyped = true };
}

/* -- changing -------------------------------------------------------------------------------- */

static bool jsonb_of(Work *w, const Node *node, Str *out)
{
    Value value = seen(w, node);

    if (value.kind == VALUE_JSON) {
        *out = operand_of(w, node);
        return true;
    }
    if (value.kind == VALUE_BIND && !node_has_hole(w, node)) {
        *out = words_filled(w, "COALESCE(TO_JSONB(CAST($1 AS TEXT)), CAST('null' AS JSONB))", (Str[]) { rendered(w, node) });
        bind_meets(w, node, value_of_kind(VALUE_TEXT));
        return true;
    }
    if (!jsonb_piece(w, node, out))
        return false;
    *out = words_filled(w, "CAST($1 AS JSONB)", (Str[]) { *out });
    return true;
}

/* json_set(), json_insert(), json_replace(): of one path. */
Value fn_json_change(Work *w, Scope *scope, const Call *call)
{
    StepVec    steps   = { 0 };
    SqlVerdict verdict = SQL_DIFFERS;
    Str        document, path, value;
    const char *words = str_eq_nocase(call->name, STR("json_set"))     ? "JSONB_SET($1, $2, $3)"
                      : str_eq_nocase(call->name, STR("json_replace")) ? "JSONB_SET($1, $2, $3, false)"
                      : "CASE WHEN $4 IS NULL THEN JSONB_SET($1, $2, $3) ELSE $1 END";

    (void)scope;
    if (call->count != 3 || !jsonb_given(w, call->args[0], &document, &verdict) || !path_of(w, call->args[1], &steps)
        || !path_array(w, &steps, &path) || !jsonb_of(w, call->args[2], &value))
        return told_json(w, call, VALUE_JSON);
    Str piece = str_format(w->arena, "(" STR_FORMAT STR_FORMAT ")", STR_ARG(document), STR_ARG(arrows(w, &steps, false)));
    if (alone(w, "JS-06", seen(w, call->args[0]).kind == VALUE_JSON ? "json-change" : "json-text", SQL_DIFFERS, span_of(call->node),
              "Postgres has other functions for JSON, and keeps what it says rather than how it is written"))
        put_instead(w, call->node, words_filled(w, words, (Str[]) { document, path, value, piece }));
    return (Value) { .kind = VALUE_JSON, .nullable = true };
}

Value fn_json_remove(Work *w, Scope *scope, const Call *call)
{
    StepVec    steps   = { 0 };
    SqlVerdict verdict = SQL_DIFFERS;
    Str        document, path;

    (void)scope;
    if (!jsonb_given(w, call->args[0], &document, &verdict) || !path_of(w, call->args[1], &steps)
        || !path_array(w, &steps, &path))
        return told_json(w, call, VALUE_JSON);
    if (alone(w, "JS-06", seen(w, call->args[0]).kind == VALUE_JSON ? "json-change" : "json-text", SQL_DIFFERS, span_of(call->node),
              "Postgres has other functions for JSON, and keeps what it says rather than how it is written"))
        put_instead(w, call->node, words_filled(w, "JSONB_DELETE_PATH($1, $2)", (Str[]) { document, path }));
    return (Value) { .kind = VALUE_JSON, .nullable = true };
}

/* json(x): the same document. */
Value fn_json(Work *w, Scope *scope, const Call *call)
{
    SqlVerdict verdict = SQL_DIFFERS;
    Str        document;

    (void)scope;
    if (seen(w, call->args[0]).kind == VALUE_BIND || !jsonb_given(w, call->args[0], &document, &verdict))
        return told_json(w, call, VALUE_JSON);
    if (alone(w, "JS-06", seen(w, call->args[0]).kind == VALUE_TEXT ? "json-text" : "json-change", SQL_DIFFERS, span_of(call->node),
              "SQLite writes the JSON anew without blanks, Postgres keeps what it says"))
        put_instead(w, call->node, document);
    return (Value) { .kind = VALUE_JSON, .nullable = true };
}

/* -- many rows ------------------------------------------------------------------------------- */

Value fn_json_group_array(Work *w, Scope *scope, const Call *call)
{
    Str piece;

    if (call->node->flags & FLAG_DISTINCT || call->over || node_child(call->node, ROLE_FILTER)
        || !jsonb_piece(w, call->args[0], &piece))
        return told_json(w, call, VALUE_TEXT);
    Str order = order_of_rows(w, scope, call->node);
    if (!alone(w, "JS-06", order.len ? "json-gathered-order" : "json-gathered", SQL_DIFFERS, span_of(call->node),
               OTHER_FUNCTIONS "; in which order the values come is nobody's promise"))
        return value_of_kind(VALUE_TEXT);
    put_instead(w, call->node,
                words_filled(w, "('[' || COALESCE(STRING_AGG($1, ','$2), '') || ']')", (Str[]) { piece, order }));
    return (Value) { .kind = VALUE_TEXT, .document = true };
}

Value fn_json_group_object(Work *w, Scope *scope, const Call *call)
{
    Str   key, piece;
    Value name = seen(w, call->args[0]);
    bool  text = name.kind == VALUE_TEXT && !name.document;

    if (!text || call->over || node_child(call->node, ROLE_FILTER) || !jsonb_piece(w, call->args[0], &key)
        || !jsonb_piece(w, call->args[1], &piece))
        return told_json(w, call, VALUE_TEXT);
    Str order = order_of_rows(w, scope, call->node);
    if (!alone(w, "JS-06", order.len ? "json-gathered-order" : "json-gathered", SQL_DIFFERS, span_of(call->node),
               OTHER_FUNCTIONS "; in which order the values come is nobody's promise"))
        return value_of_kind(VALUE_TEXT);
    put_instead(w, call->node,
                words_filled(w, "('{' || COALESCE(STRING_AGG($1 || $4 || $2, ','$3), '') || '}')",
                             (Str[]) { key, piece, order, text_literal(w, STR(":")) }));
    return (Value) { .kind = VALUE_TEXT, .document = true };
}
