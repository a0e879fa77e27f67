/* Functions that other words stand for: forms.def. */
#include "rewriters/sql/function.h"

typedef enum Runs { RUNS_BOTH, RUNS_ALONE } Runs;

static const struct {
    const char *name;
    size_t      fewest, most;
    const char *takes;
    ValueKind   gives;
    Runs        runs;
    SqlVerdict  verdict;
    const char *feature, *words, *why;
} forms[] = {
#define FORM(name, fewest, most, takes, gives, runs, verdict, feature, words, why) \
    { name, fewest, most, takes, VALUE_##gives, RUNS_##runs, SQL_##verdict, feature, words, why },
#include "rewriters/sql/forms.def"
#undef FORM
};

/* The author's case, save in quotes; `$1` is the first of `pieces`. */
Str words_filled(Work *w, const char *words, const Str *pieces)
{
    Buf  out    = buf_new(w->arena);
    bool quoted = false;

    for (const char *at = words; *at; at++) {
        if (*at == '\'')
            quoted = !quoted;
        if (*at == '$' && at[1] >= '1' && at[1] <= '9')
            buf_add(&out, pieces[*++at - '1']);
        else
            buf_add_char(&out, w->lower && !quoted && *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at);
    }
    return buf_str(&out);
}

Str rendered(Work *w, const Node *node)
{
    return change_render(w->arena, &w->changes, w->text, node->lo, node->hi);
}

Str operand_of(Work *w, const Node *node)
{
    Str text = rendered(w, node);

    return is_atom(node) ? text : str_format(w->arena, "(" STR_FORMAT ")", STR_ARG(text));
}

void put_instead(Work *w, const Node *node, Str text)
{
    change_replace(w->arena, &w->changes, node->lo, node->hi, text);
}

Str text_literal(Work *w, Str text)
{
    Buf out = buf_new(w->arena);

    buf_add_char(&out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'')
            buf_add_char(&out, '\'');
        if (text.ptr[i] == ':' && !w->options->plain_colons)
            buf_add_char(&out, '\\');
        buf_add_char(&out, text.ptr[i]);
    }
    buf_add_char(&out, '\'');
    return buf_str(&out);
}

bool is_string_node(const Work *w, const Node *node)
{
    const Node *bare = node_bare(node);

    return (bare->kind == NODE_LITERAL && bare->op == OP_STRING)
        || (bare->kind == NODE_COLUMN && seen(w, bare).kind == VALUE_STRING);
}

/* Makes a number of what is one to SQLite; with `type`, of that type. */
static void want_a_number(Work *w, const Call *call, const Node *arg, const char *type)
{
    Value value = seen(w, arg);

    if (value.kind == VALUE_BOOLEAN) {
        to_integer(w, arg);
        value = seen(w, arg);
    }
    switch (value.kind) {
    case VALUE_UNKNOWN:
        if (!node_has_hole(w, arg))
            told_unknown_type(w, "SQL-21", arg);
        break;
    case VALUE_DOUBLE:
        if (!value.mixed)
            return;
        break;
    case VALUE_BIND: bind_meets(w, arg, value_of_kind(VALUE_DOUBLE)); break;
    case VALUE_NULL:
    case VALUE_INTEGER:
    case VALUE_NUMERIC: break;
    default:
        told(w, "SQL-21", "text-arithmetic", SQL_DECIDE, span_of(arg),
             STR_FORMAT "() of %s is NULL on SQLite and an error on Postgres", STR_ARG(call->name),
             value_kind_name(value.kind));
        return;
    }
    if (!type && value.kind != VALUE_BIND && value.kind != VALUE_NULL)
        return;
    wrap_cast(w, arg, "DOUBLE PRECISION");
    value.kind     = VALUE_DOUBLE;
    value.constant = false;
    value.mixed    = false;
    remember(w, arg, value);
}

bool has_form(Work *w, Str name, size_t count)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (str_eq_nocase(name, str_of(forms[i].name)) && count >= forms[i].fewest && count <= forms[i].most)
            return forms[i].runs == RUNS_BOTH || w->options->postgres_alone;
    return false;
}

/* Does the author say it in these words already? The call is somewhere inside of them then. */
static bool is_said(const Work *w, const Node *node, Str text)
{
    for (int up = 0; node && up < 4; node = node->parent, up++)
        if (str_eq_nocase(source_of(w, node), text))
            return true;
    return false;
}

static bool is_cast_to(const Work *w, const Node *node, const char *name)
{
    const Node *type = node->kind == NODE_CAST ? node_child(node, ROLE_TYPE) : NULL;

    return type && str_eq_nocase(source_of(w, type), str_of(name));
}

/* `MOD(CAST(a AS NUMERIC), …)` is what becomes of `mod(a, …)`. */
static bool is_decimal_call(const Work *w, const Call *call)
{
    return call->count == 2 && is_cast_to(w, call->args[0], "NUMERIC") && cast_around(w, call->node, "DOUBLE PRECISION");
}

Value fn_form(Work *w, Scope *scope, const Call *call)
{
    size_t at = 0;
    Str    pieces[3] = { 0 };

    (void)scope;
    while (!str_eq_nocase(call->name, str_of(forms[at].name)) || call->count < forms[at].fewest
           || call->count > forms[at].most)
        at++;
    Value result = { .kind = forms[at].gives, .nullable = forms[at].most > 0, .small = forms[at].gives == VALUE_INTEGER };
    if (is_decimal_call(w, call))
        return result;
    for (size_t i = 0; i < call->count; i++) {
        if (forms[at].takes[i] == 'T')
            want_text(w, call, call->args[i]);
        else
            want_a_number(w, call, call->args[i], forms[at].takes[i] == 'D' ? "DOUBLE PRECISION" : NULL);
        pieces[i] = operand_of(w, call->args[i]);
    }
    Str text = words_filled(w, forms[at].words, pieces);
    if (is_said(w, call->node, text)) {
        if (forms[at].verdict != SQL_SAME)
            told(w, "SQL-13", forms[at].feature, forms[at].verdict, span_of(call->node), "%s", forms[at].why);
        return result;
    }
    if (forms[at].runs == RUNS_ALONE)
        alone(w, "SQL-13", forms[at].feature, forms[at].verdict, span_of(call->node), "%s", forms[at].why);
    else
        cured(w, "SQL-13", forms[at].feature, forms[at].verdict, span_of(call->node), "%s", forms[at].why);
    put_instead(w, call->node, text);
    return result;
}

/* ceil(), floor(), trunc(): an integer stays one on SQLite, and is a float on Postgres. */
Value fn_whole(Work *w, Scope *scope, const Call *call)
{
    const Node *arg = call->args[0];

    (void)scope;
    if (seen(w, arg).kind == VALUE_BOOLEAN)
        to_integer(w, arg);
    Value value = seen(w, arg);
    if (value.kind == VALUE_INTEGER) {
        cured(w, "SQL-13", "whole-number", SQL_SAME, span_of(call->node),
              "an integer stays one on SQLite and becomes a float on Postgres; it is whole already");
        put_instead(w, call->node, str_format(w->arena, "(" STR_FORMAT ")", STR_ARG(rendered(w, arg))));
        value.constant = false;
        value.plain    = false;
        return value;
    }
    if (value.kind == VALUE_BIND || value.mixed)
        told(w, "SQL-13", "whole-number", SQL_DIFFERS, span_of(call->node),
             "an integer stays one on SQLite and becomes a float on Postgres");
    want_a_number(w, call, arg, "DOUBLE PRECISION");
    if (str_eq_nocase(call->name, STR("floor"))) {
        cured(w, "SQL-13", "floor", SQL_SAME, span_of(call->node),
              "SQLAlchemy puts a floor() of its own into SQLite, which gives integers and takes no NULL; -CEIL(-x) is the same");
        put_instead(w, call->node, words_filled(w, "(-CEIL(-$1))", (Str[]) { operand_of(w, arg) }));
    }
    return (Value) { .kind = VALUE_DOUBLE, .nullable = value.nullable };
}
