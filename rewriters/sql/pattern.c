/* LIKE and what SQLite has beside it. */
#include "rewriters/sql/work.h"

static Value other_pattern(Work *w, const Node *node)
{
    static const struct {
        NodeOp      op;
        const char *code, *feature, *message;
    } others[] = {
        { OP_GLOB, "SQL-09", "glob",
          "Postgres has no GLOB; LIKE ignores case on SQLite, so decide what is meant" },
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

static bool is_string(const Node *node)
{
    const Node *bare = node_bare(node);

    return bare->kind == NODE_LITERAL && bare->op == OP_STRING;
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
    if (node->op != OP_LIKE)
        return other_pattern(w, node);

    if (is_string(right))
        constant = sql_unquote(w->arena, source_of(w, node_bare(right)));
    left_as_text(w, node, left, constant);
    if (seen(w, right).kind == VALUE_BIND)
        bind_meets(w, right, seen(w, left).kind == VALUE_TEXT ? seen(w, left)
                                                              : value_of_kind(VALUE_TEXT));
    else if (seen(w, right).kind != VALUE_TEXT && !is_string(right)
             && seen(w, right).kind != VALUE_NULL && !node_has_hole(w, right))
        told(w, "SQL-08b", "like-type", SQL_DECIDE, span_of(right),
             "the pattern is %s, and Postgres wants text", value_kind_name(seen(w, right).kind));

    if (!is_string(right) || has_letters(constant))
        told(w, "SQL-07", "like-case", SQL_DIFFERS, node->operator_,
             "LIKE ignores the case of ASCII letters in SQLite and not in Postgres; LOWER() on both "
             "sides ignores it on both");
    if (escape && !is_string(escape))
        told(w, "SQL-08", "like-escape", SQL_DIFFERS, span_of(escape),
             "the escape should be a constant of one character");
    else if (!escape && str_find_char(constant, '\\') != STR_NOT_FOUND)
        backslash(w, node, constant);
    return (Value) { .kind = VALUE_BOOLEAN, .nullable = value.nullable || seen(w, right).nullable };
}
