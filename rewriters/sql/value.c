#include "rewriters/sql/work.h"

static const struct {
    const char *name;
    PgType      type;
} kinds[] = {
#define VALUE_KIND(kind, name, type) [VALUE_##kind] = { name, type },
#include "rewriters/sql/value_kinds.def"
#undef VALUE_KIND
};

const char *value_kind_name(ValueKind kind)
{
    return kinds[kind].name;
}

PgType kind_type(ValueKind kind)
{
    return kinds[kind].type;
}

bool kind_is_number(ValueKind kind)
{
    return kind == VALUE_INTEGER || kind == VALUE_NUMERIC || kind == VALUE_DOUBLE;
}

Value value_of_kind(ValueKind kind)
{
    return (Value) { .kind = kind, .nullable = true };
}

Value value_outside(Value value)
{
    if (value.kind == VALUE_STRING || value.kind == VALUE_NULL)
        value.kind = VALUE_TEXT;
    else if (value.kind == VALUE_BIND) {
        value.kind  = VALUE_UNKNOWN;
        value.bound = true;
    }
    value.constant = false;
    return value;
}

Value value_of_column(const KnownTable *table, const KnownColumn *column)
{
    return (Value) {
        .kind     = column->kind,
        .nullable = !column->not_null,
        .plain    = true,
        .table    = table,
        .column   = column,
    };
}

/* A node is found by its address, which stays as long as the tree does. */
void remember(Work *w, const Node *node, Value value)
{
    Value *place = map_find(&w->values, (Str) { (const char *)&node, sizeof node });

    if (!place) {
        const Node **key = arena_new(w->arena, const Node *);
        *key             = node;
        place            = arena_new(w->arena, Value);
        map_set(w->arena, &w->values, (Str) { (const char *)key, sizeof node }, place);
    }
    *place = value;
}

Value seen(const Work *w, const Node *node)
{
    const Value *place = map_find(&w->values, (Str) { (const char *)&node, sizeof node });

    return place ? *place : value_of_kind(VALUE_UNKNOWN);
}
