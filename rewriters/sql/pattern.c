/* LIKE and what SQLite has beside it. */
#include "rewriters/sql/function.h"

/* -- GLOB ------------------------------------------------------------------------------------ */

/* As a pattern of LIKE, which Postgres takes as it is written; `~` escapes. False for one with [classes]. */
static bool like_of_glob(Str glob, Buf *out, bool *escaped)
{
    for (size_t i = 0; i < glob.len; i++) {
        char c = glob.ptr[i];
        if (c == '[')
            return false;
        bool special = c == '%' || c == '_' || c == '~' || c == '\\';
        if (special)
            buf_add_char(out, '~');
        *escaped = *escaped || special;
        buf_add_char(out, c == '*' ? '%' : c == '?' ? '_' : c);
    }
    return true;
}

/* A class, from its bracket on; 0 when it does not end, and GLOB finds nothing. */
static size_t add_class(Str glob, size_t from, Buf *out)
{
    size_t i = from + 1;

    buf_add_char(out, '[');
    if (i < glob.len && glob.ptr[i] == '^')
        buf_add_char(out, glob.ptr[i++]);
    for (size_t first = i; i < glob.len && (i == first || glob.ptr[i] != ']'); i++) {
        if (glob.ptr[i] == '\\' || glob.ptr[i] == '[')
            buf_add_char(out, '\\');
        buf_add_char(out, glob.ptr[i]);
    }
    if (i >= glob.len)
        return 0;
    buf_add_char(out, ']');
    return i;
}

static bool regex_of_glob(Str glob, Buf *out)
{
    buf_add_char(out, '^');
    for (size_t i = 0; i < glob.len; i++) {
        char c = glob.ptr[i];
        if (c == '[') {
            i = add_class(glob, i, out);
            if (i == 0)
                return false;
        } else if (c == '*') {
            buf_add(out, STR(".*"));
        } else if (c == '?') {
            buf_add_char(out, '.');
        } else {
            if (str_find_char(STR(".^$+(){}|\\]"), c) != STR_NOT_FOUND)
                buf_add_char(out, '\\');
            buf_add_char(out, c);
        }
    }
    buf_add_char(out, '$');
    return true;
}

/* `text` matches the pattern of GLOB, in Postgres' words. */
static bool glob_words(Work *w, Str text, const Node *pattern_, bool negated, Str *out)
{
    Buf  like = buf_new(w->arena), regex = buf_new(w->arena);
    bool escaped = false;

    if (!is_string_node(w, pattern_) || node_has_hole(w, pattern_))
        return false;
    Str glob = sql_unquote(w->arena, source_of(w, node_bare(pattern_)));
    if (like_of_glob(glob, &like, &escaped)) {
        const char *words = negated ? (escaped ? "$1 NOT LIKE $2 ESCAPE '~'" : "$1 NOT LIKE $2")
                                    : (escaped ? "$1 LIKE $2 ESCAPE '~'" : "$1 LIKE $2");
        *out = words_filled(w, words, (Str[]) { text, text_literal(w, buf_str(&like)) });
        return true;
    }
    if (!regex_of_glob(glob, &regex))
        return false;
    *out = words_filled(w, negated ? "NOT REGEXP_LIKE($1, $2)" : "REGEXP_LIKE($1, $2)",
                        (Str[]) { text, text_literal(w, buf_str(&regex)) });
    return true;
}

static Value glob(Work *w, const Node *node, const Node *left, const Node *right, Str *text)
{
    Value value = { .kind = VALUE_BOOLEAN, .nullable = seen(w, left).nullable };
    bool  texts = seen(w, left).kind == VALUE_TEXT || seen(w, left).kind == VALUE_STRING
              || seen(w, left).kind == VALUE_INTEGER;
    bool  negated = node->kind == NODE_LIKE && (node->flags & FLAG_NOT);

    *text = STR("");
    if (seen(w, left).kind == VALUE_INTEGER)
        wrap_cast(w, left, "TEXT");
    if (!texts || node_has_hole(w, node) || !glob_words(w, operand_of(w, left), right, negated, text)) {
        told(w, "SQL-09", "glob", SQL_DECIDE, span_of(node),
             "Postgres has no GLOB, and LIKE ignores case on SQLite, so decide what is meant");
        return value;
    }
    if (!alone(w, "SQL-09", "glob", SQL_SAME, span_of(node),
               "Postgres has no GLOB; its LIKE heeds case as GLOB does, and SQLite's does not"))
        *text = STR("");
    return value;
}

Value fn_glob(Work *w, Scope *scope, const Call *call)
{
    Str   text;
    Value value = glob(w, call->node, call->args[1], call->args[0], &text);

    (void)scope;
    if (text.len)
        put_instead(w, call->node, str_format(w->arena, "(" STR_FORMAT ")", STR_ARG(text)));
    return value;
}

static Value other_pattern(Work *w, const Node *node)
{
    static const struct {
        NodeOp      op;
        const char *code, *feature, *message;
    } others[] = {
        { OP_REGEXP, "SQL-09", "regexp",
          "REGEXP is a function of the program on SQLite and ~ on Postgres; match in Python" },
        { OP_MATCH, "SQL-39", "match", "full text search needs a design of its own in Postgres" },
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].op == node->op)
            told(w, others[i].code, others[i].feature, SQL_DECIDE, node->operator_, "%s",
                 others[i].message);
    return value_of_kind(VALUE_BOOLEAN);
}

static bool has_letters(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
            return true;
    }
    return false;
}

/* A character the pattern does not hold, to be Postgres' escape in place of the backslash. */
static char spare_escape(Str pattern_)
{
    static const char candidates[] = "~^|#!$";

    for (const char *c = candidates; *c; c++)
        if (str_find_char(pattern_, *c) == STR_NOT_FOUND)
            return *c;
    return 0;
}

static void backslash(Work *w, const Node *node, Str text)
{
    char escape = spare_escape(text);

    if (!escape) {
        told(w, "SQL-08", "like-backslash", SQL_DECIDE, span_of(node),
             "a backslash escapes in Postgres and is a character in SQLite; say ESCAPE");
        return;
    }
    cured(w, "SQL-08", "like-backslash", SQL_SAME, span_of(node),
          "a backslash escapes in Postgres and is a character in SQLite; another ESCAPE makes it "
          "one on both");
    change_close(w->arena, &w->changes, node->hi,
                 str_format(w->arena, " " STR_FORMAT " '%c'",
                            STR_ARG(keyword_cased(w, "ESCAPE")), escape));
}

static void left_as_text(Work *w, const Node *node, const Node *left, Str constant)
{
    Value value = seen(w, left);
    Str   date  = { constant.ptr, 0 };

    while (date.len < constant.len && constant.ptr[date.len] != '%' && constant.ptr[date.len] != '_')
        date.len++;
    switch (value.kind) {
    case VALUE_TEXT:
    case VALUE_STRING:
    case VALUE_NULL: return;
    case VALUE_BIND: bind_meets(w, left, value_of_kind(VALUE_TEXT)); return;
    case VALUE_UNKNOWN:
        if (!node_has_hole(w, left))
            told_unknown_type(w, "SQL-21", left);
        return;
    case VALUE_INTEGER:
        cured(w, "SQL-08b", "like-number", SQL_SAME, span_of(left),
              "Postgres has LIKE for text alone; a CAST makes text of the number");
        wrap_cast(w, left, "TEXT");
        return;
    case VALUE_NUMERIC:
    case VALUE_DOUBLE:
        cured(w, "SQL-08b", "like-fraction", SQL_DIFFERS, span_of(left),
              "Postgres has LIKE for text alone; a CAST makes text of the number, and a whole one may read 4 there and 4.0 here");
        wrap_cast(w, left, "TEXT");
        return;
    case VALUE_TIMESTAMP:
    case VALUE_DATE:
        cured(w, "DT-12", "like-timestamp",
              constant.len && date.len <= 10 && date.len + 1 == constant.len ? SQL_SAME
                                                                             : SQL_DIFFERS,
              span_of(left),
              "Postgres has LIKE for text alone; the text of a timestamp begins with the same ten "
              "characters on both when the session's zone is UTC");
        wrap_cast(w, left, "TEXT");
        return;
    default:
        told(w, "SQL-08b", "like-type", SQL_DECIDE, span_of(node),
             "LIKE searches the text of %s, which each database writes in its own way",
             value_kind_name(value.kind));
    }
}

/* -- LIKE ------------------------------------------------------------------------------------ */

static bool is_lower_call(const Work *w, const Node *node)
{
    const Node *bare = node_bare(node);

    return bare->kind == NODE_FUNCTION && str_eq_nocase(name_of(w, bare->name), STR("lower"));
}

static bool is_ascii(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

/*
 * Has no capitals among its ASCII letters, whatever the rows hold: LOWER() of it would change nothing. Letters beyond
 * ASCII in a literal are another matter, for LOWER() of a column has made small ones of them on Postgres.
 */
static bool is_folded(const Work *w, const Node *node)
{
    const Node *bare = node_bare(node);

    if (is_string_node(w, bare)) {
        Str text = sql_unquote(w->arena, source_of(w, bare));
        return is_ascii(text) && str_eq(text, str_lower(w->arena, text));
    }
    if (bare->kind == NODE_BINARY && bare->op == OP_CONCAT)
        return is_folded(w, node_child(bare, ROLE_LEFT)) && is_folded(w, node_child(bare, ROLE_RIGHT));
    return is_lower_call(w, bare);
}

static void in_lower(Work *w, const Node *node)
{
    if (is_folded(w, node))
        return;
    change_open(w->arena, &w->changes, node->lo, words_filled(w, "LOWER(", NULL));
    change_close(w->arena, &w->changes, node->hi, STR(")"));
}

/* A pattern that is written out is folded here and now. */
static void pattern_in_lower(Work *w, const Node *right, Str constant)
{
    Str small = str_lower(w->arena, constant);

    if (!is_string_node(w, right) || !is_ascii(constant))
        in_lower(w, right);
    else if (!str_eq(small, constant))
        put_instead(w, node_bare(right), text_literal(w, small));
}

/* `n`, CAST(n AS TEXT): digits have no case. */
static bool is_text_of_integer(const Work *w, const Node *node)
{
    const Node *bare    = node_bare(node);
    const Node *operand = bare->kind == NODE_CAST ? node_child(bare, ROLE_OPERAND) : NULL;

    return seen(w, node).kind == VALUE_INTEGER
        || (operand && seen(w, node).kind == VALUE_TEXT && seen(w, operand).kind == VALUE_INTEGER);
}

/* Is text, or becomes text by left_as_text(). */
static bool is_searched_as_text(ValueKind kind)
{
    switch (kind) {
    case VALUE_TEXT:
    case VALUE_STRING:
    case VALUE_BIND:
    case VALUE_UNKNOWN:
    case VALUE_NUMERIC:
    case VALUE_DOUBLE:
    case VALUE_TIMESTAMP:
    case VALUE_DATE: return true;
    default: return false;
    }
}

/* LOWER() on both sides ignores case on both databases, as SQLite's LIKE does. */
static void without_case(Work *w, const Node *node, const Node *left, const Node *right, const Node *escape, Str constant)
{
    bool letters = escape && (!is_string_node(w, escape) || has_letters(source_of(w, escape)));

    if (is_text_of_integer(w, left) || (is_folded(w, left) && is_folded(w, right)))
        return;
    if (letters || !is_searched_as_text(seen(w, left).kind) || node_has_hole(w, node)) {
        told(w, "SQL-07", "like-case", SQL_DIFFERS, node->operator_,
             "LIKE ignores the case of ASCII letters in SQLite and not in Postgres; LOWER() on both "
             "sides ignores it on both");
        return;
    }
    cured(w, "SQL-07", "like-case", SQL_DIFFERS, node->operator_,
          "LIKE ignores the case of ASCII letters in SQLite and not in Postgres; LOWER() on both sides ignores it on "
          "both, of all letters in Postgres, and an index on the column itself is not used");
    in_lower(w, left);
    pattern_in_lower(w, right, constant);
}

/* like(pattern, text) */
Value fn_like(Work *w, Scope *scope, const Call *call)
{
    const Node *text = call->args[1], *pattern_ = call->args[0];
    Value       value = { .kind = VALUE_BOOLEAN, .nullable = true };
    ValueKind   kind  = seen(w, pattern_).kind;

    (void)scope;
    if ((kind != VALUE_TEXT && kind != VALUE_STRING && kind != VALUE_BIND) || node_has_hole(w, call->node)
        || (call->count > 2 && (!is_string_node(w, call->args[2]) || has_letters(source_of(w, call->args[2]))))) {
        told(w, "SQL-07", "like-function", SQL_DECIDE, span_of(call->node),
             "Postgres has no function like(); write the operator");
        return value;
    }
    want_text(w, call, text);
    if (kind == VALUE_BIND)
        bind_meets(w, pattern_, value_of_kind(VALUE_TEXT));
    in_lower(w, text);
    pattern_in_lower(w, pattern_, is_string_node(w, pattern_) ? sql_unquote(w->arena, source_of(w, node_bare(pattern_)))
                                                               : STR(""));
    cured(w, "SQL-07", "like-case", SQL_DIFFERS, span_of(call->node),
          "Postgres has no function like(), and its operator heeds case; LOWER() on both sides ignores it");
    put_instead(w, call->node,
                words_filled(w, call->count > 2 ? "($1 LIKE $2 ESCAPE $3)" : "($1 LIKE $2)",
                             (Str[]) { rendered(w, text), rendered(w, pattern_), call->count > 2 ? rendered(w, call->args[2]) : STR("") }));
    return value;
}

Value pattern(Work *w, Scope *scope, const Node *node)
{
    const Node *left = node_child(node, ROLE_LEFT), *right = node_child(node, ROLE_RIGHT);
    const Node *escape = node_child(node, ROLE_ESCAPE);
    Str         constant = STR("");

    if (!left || !right)
        return value_of_kind(VALUE_UNKNOWN);
    Value value = expression(w, scope, left);
    expression(w, scope, right);
    if (escape)
        expression(w, scope, escape);
    if (node->op == OP_GLOB) {
        Str   text;
        Value found = glob(w, node, left, right, &text);
        if (text.len)
            put_instead(w, node, text);
        return found;
    }
    if (node->op != OP_LIKE)
        return other_pattern(w, node);

    if (is_string_node(w, right))
        constant = sql_unquote(w->arena, source_of(w, node_bare(right)));
    left_as_text(w, node, left, constant);
    if (seen(w, right).kind == VALUE_BIND)
        bind_meets(w, right, seen(w, left).kind == VALUE_TEXT ? seen(w, left)
                                                              : value_of_kind(VALUE_TEXT));
    else if (seen(w, right).kind != VALUE_TEXT && !is_string_node(w, right)
             && seen(w, right).kind != VALUE_NULL && !node_has_hole(w, right))
        told(w, "SQL-08b", "like-type", SQL_DECIDE, span_of(right),
             "the pattern is %s, and Postgres wants text", value_kind_name(seen(w, right).kind));

    if (!is_string_node(w, right) || has_letters(constant))
        without_case(w, node, left, right, escape, constant);
    if (escape && !is_string_node(w, escape))
        told(w, "SQL-08", "like-escape", SQL_DIFFERS, span_of(escape),
             "the escape should be a constant of one character");
    else if (!escape && str_find_char(constant, '\\') != STR_NOT_FOUND)
        backslash(w, node, constant);
    return (Value) { .kind = VALUE_BOOLEAN, .nullable = value.nullable || seen(w, right).nullable };
}
