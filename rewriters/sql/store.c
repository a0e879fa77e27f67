/* A value goes into a column: INSERT, UPDATE. */
#include "rewriters/sql/moment.h"

static void told_mix(Work *w, const Node *node, const Value *value, const Value *target)
{
    told(w, "SQL-21", "type-mix", SQL_DECIDE, span_of(node),
         "%s goes into a column that is %s: SQLite keeps it as it is, Postgres refuses",
         value_kind_name(value->kind), value_kind_name(target->kind));
}

static void into_boolean(Work *w, const Node *node, const Value *value, const Value *target)
{
    const Node *bare = node_bare(node);

    if (can_be_boolean(w, node)) {
        to_boolean(w, node);
    } else if (value->kind == VALUE_STRING) {
        Str text = sql_unquote(w->arena, source_of(w, bare));
        if (!str_is(text, "0") && !str_is(text, "1"))
            told_mix(w, node, value, target);
    } else if (kind_is_number(value->kind)) {
        told(w, "BO-02", "boolean-integer", SQL_DECIDE, span_of(node),
             "a number that may be other than 0 and 1 goes into a boolean; say which values are "
             "true");
    } else {
        told_mix(w, node, value, target);
    }
}

static bool string_is_number(Str text, bool fraction)
{
    size_t at = text.len && text.ptr[0] == '-';
    bool   digit = false;

    if (text.len > 18)
        return false;
    for (; at < text.len; at++) {
        if (text.ptr[at] == '.' && fraction) {
            fraction = false;
            continue;
        }
        if (text.ptr[at] < '0' || text.ptr[at] > '9')
            return false;
        digit = true;
    }
    return digit;
}

static void into_number(Work *w, const Node *node, const Value *value, const Value *target)
{
    switch (value->kind) {
    case VALUE_INTEGER: return;
    case VALUE_NUMERIC:
    case VALUE_DOUBLE:
        if (target->kind == VALUE_INTEGER)
            told(w, "TX-15c", "fraction-into-integer", SQL_DIFFERS, span_of(node),
                 "SQLite keeps a fraction in an INTEGER column, Postgres rounds it");
        return;
    case VALUE_BOOLEAN: to_integer(w, node); return;
    case VALUE_STRING:
        if (!string_is_number(sql_unquote(w->arena, source_of(w, node_bare(node))),
                              target->kind != VALUE_INTEGER))
            told_mix(w, node, value, target);
        return;
    default:
        if (!number_of_digits(w, node, target))
            told_mix(w, node, value, target);
    }
}

static void into_text(Work *w, const Node *node, const Value *value, const Value *target)
{
    switch (value->kind) {
    case VALUE_TEXT:
    case VALUE_STRING:
    case VALUE_INTEGER: return;
    case VALUE_NUMERIC:
    case VALUE_DOUBLE:
    case VALUE_BOOLEAN:
        told(w, "SQL-19b", "number-as-text", SQL_DIFFERS, span_of(node),
             "%s goes into a text column and reads otherwise in each database; format it in Python",
             value_kind_name(value->kind));
        return;
    case VALUE_TIMESTAMP:
    case VALUE_DATE:
        told(w, "DT-06", "timestamp-as-text", SQL_DIFFERS, span_of(node),
             "a timestamp goes into a text column and reads otherwise in each database; bind the "
             "text, or make the column a timestamp");
        return;
    default: told_mix(w, node, value, target);
    }
}

static void into_time(Work *w, const Node *node, const Value *value, const Value *target)
{
    if (value->kind == VALUE_STRING) {
        Str  text = sql_unquote(w->arena, source_of(w, node_bare(node)));
        bool to_instant = target->kind == VALUE_TIMESTAMP;
        if (text_is_day(text) && to_instant)
            told(w, "DT-04", "day-as-timestamp", SQL_DIFFERS, span_of(node),
                 "SQLite stores the day as it is written, Postgres its first instant; write the time too");
        else if (!text_is_day(text) && !(to_instant && text_is_instant(text)))
            told_mix(w, node, value, target);
        return;
    }
    if (value->kind == VALUE_DATE || value->kind == VALUE_TIMESTAMP)
        told(w, "DT-04", "timestamp-compare", SQL_DIFFERS, span_of(node),
             "SQLite stores the text as it is, Postgres converts between dates and timestamps");
    else
        told_mix(w, node, value, target);
}

static void into_json(Work *w, const Node *node, const Value *value, const Value *target)
{
    Str text = value->kind == VALUE_STRING ? sql_unquote(w->arena, source_of(w, node_bare(node)))
                                           : STR("");

    if (str_is(text, "{}") || str_is(text, "[]"))
        return;
    if (text.len && str_find_char(STR("{[\"0123456789-tfn"), text.ptr[0]) != STR_NOT_FOUND)
        told(w, "JS-07", "json-literal", SQL_DIFFERS, span_of(node),
             "Postgres checks the JSON and keeps what it says, not how it is written");
    else
        told_mix(w, node, value, target);
}

void store(Work *w, const Node *node, Value target)
{
    moment_as(w, node, target.kind);
    Value value = seen(w, node);

    if (value.kind == VALUE_BIND) {
        bind_meets(w, node, target);
        if (target.kind == VALUE_UNKNOWN)
            told_unknown_type(w, "TX-15", node);
        return;
    }
    if (value.kind == VALUE_NULL)
        null_of_kind(w, node, target.kind);
    if (value.kind == VALUE_NULL || node_has_hole(w, node_bare(node)))
        return;
    if (target.kind == VALUE_UNKNOWN || value.kind == VALUE_UNKNOWN) {
        told_unknown_type(w, "SQL-21", node);
        return;
    }
    if (target.kind == VALUE_BOOLEAN)
        into_boolean(w, node, &value, &target);
    else if (kind_is_number(target.kind))
        into_number(w, node, &value, &target);
    else if (target.kind == VALUE_TEXT)
        into_text(w, node, &value, &target);
    else if (target.kind == value.kind)
        return;
    else if (target.kind == VALUE_TIMESTAMP || target.kind == VALUE_DATE)
        into_time(w, node, &value, &target);
    else if (target.kind == VALUE_JSON && value.kind == VALUE_STRING)
        into_json(w, node, &value, &target);
    else
        told_mix(w, node, &value, &target);
}
