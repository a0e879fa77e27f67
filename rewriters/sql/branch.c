/* Several values that become one: CASE, COALESCE, the columns of a UNION. */
#include "rewriters/sql/work.h"

typedef struct Kinds {
    bool any[VALUE_KIND_COUNT];
} Kinds;

static bool only(const Kinds *kinds, const ValueKind *allowed, size_t count)
{
    for (int kind = 0; kind < VALUE_KIND_COUNT; kind++) {
        bool ok = !kinds->any[kind] || kind == VALUE_NULL || kind == VALUE_BIND;
        for (size_t i = 0; i < count; i++)
            ok = ok || allowed[i] == (ValueKind)kind;
        if (!ok)
            return false;
    }
    return true;
}

#define only_of(kinds, ...)                                                  \
    only((kinds), (const ValueKind[]) { __VA_ARGS__ },                       \
         sizeof((const ValueKind[]) { __VA_ARGS__ }) / sizeof(ValueKind))

static Kinds kinds_of(const Work *w, const Node *const *nodes, size_t count)
{
    Kinds kinds = { 0 };

    for (size_t i = 0; i < count; i++)
        kinds.any[seen(w, nodes[i]).kind] = true;
    return kinds;
}

static void unite_booleans(Work *w, const Node *const *nodes, size_t count)
{
    bool all = true;

    for (size_t i = 0; i < count; i++)
        all = all && can_be_boolean(w, nodes[i]);
    for (size_t i = 0; i < count; i++) {
        if (all)
            to_boolean(w, nodes[i]);
        else
            to_integer(w, nodes[i]);
    }
}

static ValueKind unite_numbers(Work *w, const Node *const *nodes, size_t count)
{
    bool made_double = false;

    for (size_t i = 0; i < count; i++) {
        Value value = seen(w, nodes[i]);
        if (value.kind == VALUE_NUMERIC && value.constant) {
            as_double(w, nodes[i]);
            made_double = true;
        }
    }
    Kinds kinds = kinds_of(w, nodes, count);
    if (made_double || kinds.any[VALUE_DOUBLE])
        return VALUE_DOUBLE;
    return kinds.any[VALUE_NUMERIC] ? VALUE_NUMERIC : VALUE_INTEGER;
}

/* It is the result itself, of the whole statement: nobody but Python looks at its type. */
static bool is_result(const Node *node)
{
    while (node->parent && node->parent->kind == NODE_PAREN)
        node = node->parent;
    const Node *core = node_ancestor(node, NODE_SELECT_CORE);
    return node->parent && node->parent->kind == NODE_RESULT && core && core->parent && !core->parent->parent
        && node_count(core->parent, ROLE_CORE) == 1;
}

/* COALESCE(age, 'none'), shown to somebody: text, all of it. */
static bool unite_as_text(Work *w, const Node *const *nodes, size_t count, const Node *whole, ValueKind other)
{
    bool writes_alike = other == VALUE_INTEGER || other == VALUE_DATE;

    if ((!kind_is_number(other) && other != VALUE_DATE && other != VALUE_TIMESTAMP) || !is_result(whole))
        return false;
    for (size_t i = 0; i < count; i++) {
        Value value = seen(w, nodes[i]);
        if (value.kind != other)
            continue;
        wrap_cast(w, nodes[i], "TEXT");
        value.kind  = VALUE_TEXT;
        value.plain = value.constant = value.small = false;
        remember(w, nodes[i], value);
    }
    cured(w, "SQL-21", "mix-as-text", SQL_DIFFERS, span_of(whole),
          "a string stands in for %s: SQLite gives now the one, now the other, and Postgres one type; it is text everywhere "
          "after a CAST%s", value_kind_name(other), writes_alike ? "" : ", which each database writes in its own way");
    return true;
}

/* Strings among values of another type: Postgres reads them as that type. */
static ValueKind unite_strings(Work *w, const Node *const *nodes, size_t count, const Node *whole,
                               const Kinds *kinds)
{
    Value other = value_of_kind(VALUE_UNKNOWN);

    for (int kind = 0; kind < VALUE_KIND_COUNT; kind++)
        if (kinds->any[kind] && kind != VALUE_STRING && kind != VALUE_NULL && kind != VALUE_BIND)
            other.kind = (ValueKind)kind;
    if (!only_of(kinds, VALUE_STRING, other.kind)) {
        told(w, "SQL-21", "type-mix", SQL_DECIDE, span_of(whole),
             "values of several types become one, which Postgres refuses");
        return VALUE_UNKNOWN;
    }
    if (unite_as_text(w, nodes, count, whole, other.kind))
        return VALUE_TEXT;
    for (size_t i = 0; i < count; i++)
        if (seen(w, nodes[i]).kind == VALUE_STRING)
            told(w, other.kind == VALUE_TIMESTAMP || other.kind == VALUE_DATE ? "DT-12" : "SQL-21",
                 "type-mix", SQL_DECIDE, span_of(nodes[i]),
                 "a string stands in for %s: SQLite keeps the string, Postgres reads it as that "
                 "type or refuses", value_kind_name(other.kind));
    return other.kind;
}

static ValueKind united_kind(Work *w, const Node *const *nodes, size_t count, const Node *whole)
{
    Kinds kinds = kinds_of(w, nodes, count);

    if (kinds.any[VALUE_BOOLEAN])
        unite_booleans(w, nodes, count);
    kinds = kinds_of(w, nodes, count);

    if (kinds.any[VALUE_UNKNOWN]) {
        for (size_t i = 0; i < count && count > 1; i++)
            if (seen(w, nodes[i]).kind == VALUE_UNKNOWN && !node_has_hole(w, nodes[i]))
                told_unknown_type(w, "SQL-21", nodes[i]);
        return VALUE_UNKNOWN;
    }
    if (only_of(&kinds, VALUE_INTEGER, VALUE_NUMERIC, VALUE_DOUBLE)) {
        bool number = kinds.any[VALUE_INTEGER] || kinds.any[VALUE_NUMERIC]
                   || kinds.any[VALUE_DOUBLE];
        if (!number)
            return kinds.any[VALUE_BIND] ? VALUE_BIND : VALUE_NULL;
        return unite_numbers(w, nodes, count);
    }
    if (only_of(&kinds, VALUE_TEXT, VALUE_STRING))
        return VALUE_TEXT;
    for (int kind = VALUE_BOOLEAN; kind < VALUE_KIND_COUNT; kind++)
        if (only_of(&kinds, (ValueKind)kind))
            return (ValueKind)kind;
    if (kinds.any[VALUE_STRING])
        return unite_strings(w, nodes, count, whole, &kinds);
    told(w, "SQL-21", "type-mix", SQL_DECIDE, span_of(whole),
         "values of several types become one, which Postgres refuses");
    return VALUE_UNKNOWN;
}

Value unite(Work *w, const Node *const *nodes, size_t count, const Node *whole)
{
    Value value = { .kind = united_kind(w, nodes, count, whole), .small = true };

    for (size_t i = 0; i < count; i++) {
        Value part     = seen(w, nodes[i]);
        value.nullable = value.nullable || part.nullable;
        value.small    = value.small && (part.small || part.kind == VALUE_NULL);
        value.mixed    = value.mixed || part.mixed
                      || ((part.kind == VALUE_INTEGER || part.kind == VALUE_NUMERIC) && value.kind == VALUE_DOUBLE);
        if (part.kind == VALUE_BIND)
            bind_meets(w, nodes[i], value_of_kind(value.kind));
        if (part.kind == VALUE_NULL)
            null_of_kind(w, nodes[i], value.kind);
    }
    value.small = value.small && value.kind == VALUE_INTEGER;
    return value;
}

Value case_when(Work *w, Scope *scope, const Node *node)
{
    const Node  *operand = node_child(node, ROLE_OPERAND);
    const Node **results_ = arena_array(w->arena, const Node *, node_count(node, ROLE_WHEN) + 1);
    size_t       count   = 0;
    bool         has_else = false;

    if (operand)
        expression(w, scope, operand);
    node_each(child, node) {
        if (child->role == ROLE_WHEN) {
            const Node *when = node_child(child, ROLE_CONDITION);
            const Node *then = node_child(child, ROLE_THEN);
            if (!when || !then)
                continue;
            expression(w, scope, when);
            if (operand)
                compare(w, operand, when, child);
            else
                as_condition(w, when);
            expression(w, scope, then);
            results_[count++] = then;
        } else if (child->role == ROLE_ELSE) {
            expression(w, scope, child);
            results_[count++] = child;
            has_else = true;
        }
    }
    Value value    = unite(w, results_, count, node);
    value.nullable = value.nullable || !has_else;
    return value;
}
