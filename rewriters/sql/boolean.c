/*
 * Truth values. SQLite's are the numbers 0 and 1, Postgres has a type of its own that no number
 * compares with, converts to or stands for. TRUE and FALSE are words both know.
 */
#include "rewriters/sql/work.h"

static const char *const feature = "boolean-integer";

bool is_zero_or_one(const Work *w, const Node *node)
{
    const Node *bare  = node_bare(node);
    Value       value = seen(w, bare);

    return bare->kind == NODE_LITERAL && value.kind == VALUE_INTEGER && value.constant
        && (value.number == 0 || value.number == 1);
}

static bool is_call(const Work *w, const Node *node, const char *name)
{
    return node->kind == NODE_FUNCTION && str_eq_nocase(name_of(w, node->name), str_of(name));
}

static bool is_choice(const Work *w, const Node *node)
{
    return is_call(w, node, "coalesce") || is_call(w, node, "ifnull");
}

/* `1 - flag`: the flag turned round. */
static const Node *toggled(const Work *w, const Node *node)
{
    if (node->kind != NODE_BINARY || node->op != OP_SUBTRACT)
        return NULL;
    const Node *left = node_child(node, ROLE_LEFT), *right = node_child(node, ROLE_RIGHT);
    if (!left || !right || !is_zero_or_one(w, left) || seen(w, node_bare(left)).number != 1)
        return NULL;
    const Node *flag = node_bare(right);
    /* The subtraction has made a number of it meanwhile. */
    Value value = seen(w, flag);
    bool  is_flag = value.kind == VALUE_BOOLEAN
                 || (value.column && value.column->kind == VALUE_BOOLEAN && value.kind == VALUE_INTEGER);
    return flag->kind == NODE_COLUMN && is_flag ? flag : NULL;
}

bool can_be_boolean(const Work *w, const Node *node)
{
    const Node *bare = node_bare(node);
    Value       value = seen(w, bare);

    if (value.kind == VALUE_BOOLEAN || value.kind == VALUE_NULL || value.kind == VALUE_BIND
        || is_zero_or_one(w, bare) || toggled(w, bare))
        return true;
    if (bare->kind == NODE_CASE) {
        node_each(child, bare) {
            const Node *result = child->role == ROLE_WHEN ? node_child(child, ROLE_THEN)
                               : child->role == ROLE_ELSE ? child
                                                          : NULL;
            if (result && !can_be_boolean(w, result))
                return false;
        }
        return true;
    }
    if (is_choice(w, bare) || is_call(w, bare, "iif")) {
        bool first = is_call(w, bare, "iif");
        node_each(arg, bare) {
            if (arg->role != ROLE_ARG)
                continue;
            if (!first && !can_be_boolean(w, arg))
                return false;
            first = false;
        }
        return true;
    }
    return false;
}

static void literal_to_boolean(Work *w, const Node *node)
{
    bool yes = seen(w, node).number == 1;

    cured(w, "BO-01", feature, SQL_SAME, span_of(node),
          "%s meets a boolean, and Postgres compares booleans with no number", yes ? "1" : "0");
    change_replace(w->arena, &w->changes, node->lo, node->hi, yes ? STR("true") : STR("false"));
}

/* Only where can_be_boolean() says so. */
void to_boolean(Work *w, const Node *node)
{
    const Node *bare  = node_bare(node);
    Value       value = seen(w, bare);
    const Node *flag  = toggled(w, bare);

    if (value.kind == VALUE_BOOLEAN || value.kind == VALUE_NULL)
        return;
    if (value.kind == VALUE_BIND) {
        told(w, "BO-09", "bind-condition", SQL_DIFFERS, span_of(node),
             "the bind stands among booleans: Postgres takes a bool there and no number; pass bool(…)");
        bind_meets(w, bare, value_of_kind(VALUE_BOOLEAN));
        return;
    }
    if (flag) {
        const Node *right = node_child(bare, ROLE_RIGHT);
        cured(w, "BO-08", feature, SQL_SAME, span_of(bare),
              "Postgres does not calculate with booleans; NOT turns one round");
        /* It was made a number when the subtraction was looked at. */
        change_forget(&w->changes, bare->lo, bare->hi);
        spell_name(w, flag->qualifier);
        spell_name(w, flag->name);
        change_put(w->arena, &w->changes, bare->lo, right->lo,
                   str_format(w->arena, STR_FORMAT " ", STR_ARG(keyword_cased(w, "NOT"))));
    } else if (is_zero_or_one(w, bare)) {
        literal_to_boolean(w, bare);
    } else if (bare->kind == NODE_CASE) {
        node_each(child, bare) {
            const Node *result = child->role == ROLE_WHEN ? node_child(child, ROLE_THEN)
                               : child->role == ROLE_ELSE ? child
                                                          : NULL;
            if (result)
                to_boolean(w, result);
        }
    } else {
        bool first = is_call(w, bare, "iif");
        node_each(arg, bare) {
            if (arg->role != ROLE_ARG)
                continue;
            if (!first)
                to_boolean(w, arg);
            first = false;
        }
    }
    value.kind     = VALUE_BOOLEAN;
    value.constant = false;
    for (const Node *at = node;; at = node_child(at, ROLE_OPERAND)) {
        remember(w, at, value);
        if (at == bare)
            break;
    }
}

bool cast_around(const Work *w, const Node *node, const char *type)
{
    const Node *parent = node->parent;

    while (parent && parent->kind == NODE_PAREN)
        parent = parent->parent;
    if (!parent || parent->kind != NODE_CAST)
        return false;
    const Node *into = node_child(parent, ROLE_TYPE);
    return into && str_eq_nocase(str_trim(source_of(w, into)), str_of(type));
}

void wrap_cast(Work *w, const Node *node, const char *type)
{
    change_open(w->arena, &w->changes, node->lo,
                str_format(w->arena, STR_FORMAT "(", STR_ARG(keyword_cased(w, "CAST"))));
    change_close(w->arena, &w->changes, node->hi,
                 str_format(w->arena, " " STR_FORMAT " " STR_FORMAT ")",
                            STR_ARG(keyword_cased(w, "AS")), STR_ARG(keyword_cased(w, type))));
}

void to_integer(Work *w, const Node *node)
{
    const Node *bare  = node_bare(node);
    Value       value = seen(w, node);

    if (value.kind != VALUE_BOOLEAN)
        return;
    if (bare->kind == NODE_LITERAL && (bare->op == OP_TRUE || bare->op == OP_FALSE)) {
        cured(w, "BO-08", feature, SQL_SAME, span_of(bare),
              "a boolean stands where Postgres wants a number");
        change_replace(w->arena, &w->changes, bare->lo, bare->hi,
                       bare->op == OP_TRUE ? STR("1") : STR("0"));
    } else {
        cured(w, "BO-08", feature, SQL_SAME, span_of(node),
              "Postgres does not take a boolean for a number; CAST makes 0 or 1 of it");
        wrap_cast(w, node, "INTEGER");
    }
    value.kind  = VALUE_INTEGER;
    value.small = true;
    value.plain = false;
    remember(w, node, value);
}

/* -- conditions ------------------------------------------------------------------------------ */

static void literal_condition(Work *w, const Node *node, const Value *value)
{
    bool yes = value->number != 0;

    cured(w, "BO-09", feature, SQL_SAME, span_of(node),
          "a number is no condition in Postgres; it is %s", yes ? "true" : "false");
    change_replace(w->arena, &w->changes, node->lo, node->hi, yes ? STR("true") : STR("false"));
}

void as_condition(Work *w, const Node *node)
{
    const Node *bare  = node_bare(node);
    Value       value = seen(w, bare);

    switch (value.kind) {
    case VALUE_BOOLEAN:
    case VALUE_NULL: return;
    case VALUE_INTEGER:
    case VALUE_NUMERIC:
    case VALUE_DOUBLE:
        if (bare->kind == NODE_LITERAL && value.kind == VALUE_INTEGER && value.constant) {
            literal_condition(w, bare, &value);
        } else if (can_be_boolean(w, node)) {
            to_boolean(w, node);
        } else {
            cured(w, "BO-09", feature, SQL_SAME, span_of(node),
                  "a number is no condition in Postgres; it is compared with 0");
            change_close(w->arena, &w->changes, node->hi, STR(" <> 0"));
            if (!is_atom(node) && node->kind != NODE_BINARY) {
                change_open(w->arena, &w->changes, node->lo, STR("("));
                change_close(w->arena, &w->changes, node->hi, STR(")"));
            }
        }
        value.kind = VALUE_BOOLEAN;
        remember(w, node, value);
        return;
    case VALUE_BIND:
        told(w, "BO-09", "bind-condition", SQL_DIFFERS, span_of(node),
             "the bind stands for a condition: Postgres takes a bool and no number; pass bool(…)");
        bind_meets(w, bare, value_of_kind(VALUE_BOOLEAN));
        return;
    case VALUE_UNKNOWN:
        if (bare->kind == NODE_HOLE || node_has_hole(w, bare))
            return;
        told_unknown_type(w, "SQL-21", node);
        return;
    default:
        told(w, "BO-09", "text-condition", SQL_DECIDE, span_of(node),
             "%s is no condition in Postgres; say what is compared with what",
             value_kind_name(value.kind));
    }
}
