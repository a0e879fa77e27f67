/* The current time, and what SQLite calculates with times. */
#include "rewriters/sql/moment.h"

static Str string_of(const Work *w, const Node *node)
{
    const Node *bare = node_bare(node);

    return is_string_node(w, bare) ? sql_unquote(w->arena, source_of(w, bare)) : (Str) { 0 };
}

/* -- the clock as a bind --------------------------------------------------------------------- */

static Str insert_column(const Work *w, const Node *row, const Node *item)
{
    const Node *values = row->parent;
    const Node *select = values && values->kind == NODE_VALUES ? values->parent : NULL;
    const Node *insert = select ? select->parent : NULL;
    const Node *names  = insert && insert->kind == NODE_INSERT ? node_child(insert, ROLE_COLUMNS)
                                                              : NULL;
    if (!names)
        return STR("");
    const Node *name = names->first;
    for (const Node *at = row->first; at && at != item && name; at = at->next)
        name = name->next;
    return name && name->kind == NODE_NAME ? name_of(w, name->name) : STR("");
}

static Str met_column(const Work *w, const Node *node)
{
    const Node *parent = node->parent;

    while (parent && parent->kind == NODE_PAREN) {
        node   = parent;
        parent = parent->parent;
    }
    if (!parent)
        return STR("");
    if (parent->kind == NODE_ROW)
        return insert_column(w, parent, node);
    if (parent->kind == NODE_ASSIGN) {
        const Node *name = node_child(parent, ROLE_COLUMN);
        return name && name->kind == NODE_NAME ? name_of(w, name->name) : STR("");
    }
    node_each(other, parent) {
        const Node *bare = node_bare(other);
        if (other != node && bare->kind == NODE_COLUMN && parent->kind == NODE_BINARY)
            return name_of(w, bare->name);
    }
    return STR("");
}

static bool name_is_taken(const Work *w, Str name)
{
    vec_each(bind, &w->out->binds)
        if (str_eq(bind->name, name))
            return true;
    return false;
}

static Str clock_name(const Work *w, const Node *node)
{
    Str column = bind_name_of(w->arena, met_column(w, node));
    Str base   = column.len ? column : STR("now");
    Str name   = base;

    for (unsigned i = 2; name_is_taken(w, name); i++)
        name = str_format(w->arena, STR_FORMAT "_%u", STR_ARG(base), i);
    return name;
}

/* One time for the whole statement, as SQLite has it: clocks that agree share their bind. */
static Str clock_bind(Work *w, const Node *node, Str shift)
{
    Str name = STR("");

    vec_each(bind, &w->out->binds)
        if (bind->clock && str_eq(bind->shift, shift))
            name = bind->name;
    if (name.len == 0)
        name = clock_name(w, node);
    vec_push(w->arena, &w->out->binds,
             ((SqlBind) { .lo = node->lo, .hi = node->hi, .name = name, .clock = true,
                          .shift = shift, .type = PG_TIMESTAMPTZ, .direct = true,
                          .column = met_column(w, node) }));
    return name;
}

/* "-7 days", "+1 hour": what a timedelta can say. */
static bool is_plain_shift(Str text)
{
    static const char *const units[] = { "second", "minute", "hour", "day" };
    size_t at = 0;

    if (text.len == 0 || (text.ptr[0] != '-' && text.ptr[0] != '+'
                          && !(text.ptr[0] >= '0' && text.ptr[0] <= '9')))
        return false;
    at += text.ptr[0] == '-' || text.ptr[0] == '+';
    size_t digits = at;
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
        at++;
    if (at == digits || at == text.len || text.ptr[at] != ' ')
        return false;
    Str unit = str_trim(str_slice(text, at, text.len));
    if (str_ends_with(unit, STR("s")))
        unit.len--;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (str_eq_nocase(unit, str_of(units[i])))
            return true;
    return false;
}

/* Now: CURRENT_TIMESTAMP or datetime('now'), with one modifier at most. */
Value clock_value(Work *w, const Node *node, const Node *modifier)
{
    bool  literal = node->kind == NODE_LITERAL;
    Str   shift   = modifier ? string_of(w, modifier) : STR("");
    Value value   = { .kind = VALUE_TIMESTAMP, .clock = true };

    if (modifier && !(w->options->bind_clock && is_plain_shift(shift))) {
        told(w, "DT-07", "datetime-modifier", SQL_DECIDE, span_of(node),
             "Postgres has no modifiers of time; bind datetime.now(timezone.utc) with a timedelta");
        return value;
    }
    if (w->options->bind_clock) {
        Str name = clock_bind(w, node, shift);
        cured(w, modifier ? "DT-07" : "DT-06", "datetime-now", SQL_SAME, span_of(node),
              "the time is bound: datetime.now(timezone.utc) is the same kind of value on both");
        change_replace(w->arena, &w->changes, node->lo, node->hi,
                       str_format(w->arena, ":" STR_FORMAT, STR_ARG(name)));
    } else if (!literal) {
        cured(w, "DT-06", "datetime-now", SQL_SAME, span_of(node),
              "Postgres has no datetime(); CURRENT_TIMESTAMP is the same text on SQLite");
        change_replace(w->arena, &w->changes, node->lo, node->hi,
                       keyword_cased(w, "CURRENT_TIMESTAMP"));
    }
    return value;
}

/* -- datetime(), date(), strftime() ---------------------------------------------------------- */

enum { MOST_ARGS = 12 };

typedef struct Args {
    const Node *items[MOST_ARGS];
    size_t      count;
} Args;

static Args args_of(Work *w, Scope *scope, const Node *node)
{
    Args args = { 0 };

    node_each(arg, node) {
        if (arg->role != ROLE_ARG)
            continue;
        expression(w, scope, arg);
        if (args.count < MOST_ARGS)
            args.items[args.count] = arg;
        args.count++;
    }
    return args;
}

static Value told_julian(Work *w, const Node *node, Str name)
{
    told(w, "DT-09", "julianday", SQL_DECIDE, span_of(node),
         "Postgres has no " STR_FORMAT "(); calculate with datetimes in Python", STR_ARG(name));
    return value_of_kind(VALUE_DOUBLE);
}

static Value told_modifier(Work *w, const Node *node, const char *feature)
{
    told(w, "DT-07", feature, SQL_DECIDE, span_of(node),
         "Postgres does not calculate with times in this way; do it in Python");
    return value_of_kind(VALUE_TIMESTAMP);
}

/* The first characters of an ISO timestamp, which both databases begin their text with. */
static Value prefix(Work *w, const Node *node, const Node *column, int lo, int len)
{
    Value value = seen(w, column);
    Str   text  = change_render(w->arena, &w->changes, w->text, column->lo, column->hi);

    if (value.kind != VALUE_TIMESTAMP && value.kind != VALUE_DATE && value.kind != VALUE_TEXT) {
        if (value.kind == VALUE_UNKNOWN)
            told_unknown_type(w, "SQL-21", column);
        told(w, "DT-08", "strftime", SQL_DECIDE, span_of(node),
             "Postgres formats %s in another way; do it in Python", value_kind_name(value.kind));
        return value_of_kind(VALUE_TEXT);
    }
    if (node_has_hole(w, node)) {
        told(w, "DT-08", "strftime", SQL_DECIDE, span_of(node),
             "Postgres has no such function, and Python puts text into it; do it in Python");
        return value_of_kind(VALUE_TEXT);
    }
    cured(w, "DT-08", "strftime", SQL_DIFFERS, span_of(node),
          "Postgres has no such function; the characters of the ISO text are the same on both when "
          "SQLite's text is ISO and the session's zone is UTC");
    if (value.kind != VALUE_TEXT)
        text = str_format(w->arena, STR_FORMAT "(" STR_FORMAT " " STR_FORMAT ")",
                          STR_ARG(keyword_cased(w, "CAST")), STR_ARG(text),
                          STR_ARG(keyword_cased(w, "AS TEXT")));
    change_replace(w->arena, &w->changes, node->lo, node->hi,
                   str_format(w->arena, STR_FORMAT "(" STR_FORMAT ", %d, %d)",
                              STR_ARG(keyword_cased(w, "SUBSTR")), STR_ARG(text), lo, len));
    return (Value) { .kind = VALUE_TEXT, .nullable = value.nullable };
}

static Value datetime(Work *w, const Node *node, const Args *args)
{
    bool now = args->count == 0
            || str_eq_nocase(string_of(w, args->items[0]), STR("now"));

    if (now && args->count <= 1)
        return clock_value(w, node, NULL);
    if (now && args->count == 2)
        return clock_value(w, node, args->items[1]);
    return told_modifier(w, node, args->count == 1 ? "datetime-column" : "datetime-modifier");
}

static Value date(Work *w, const Node *node, const Args *args)
{
    bool now = args->count == 0
            || str_eq_nocase(string_of(w, args->items[0]), STR("now"));

    if (args->count > 1) {
        told_modifier(w, node, "datetime-modifier");
        return value_of_kind(VALUE_DATE);
    }
    if (now) {
        cured(w, "DT-06", "datetime-now", SQL_SAME, span_of(node),
              "CURRENT_DATE is the same day on both");
        change_replace(w->arena, &w->changes, node->lo, node->hi,
                       keyword_cased(w, "CURRENT_DATE"));
        return (Value) { .kind = VALUE_DATE, .clock = true };
    }
    if (seen(w, args->items[0]).kind == VALUE_BIND) {
        told(w, "DT-08", "strftime", SQL_DECIDE, span_of(node),
             "date() of a bind is text on SQLite and a date on Postgres; do it in Python");
        return value_of_kind(VALUE_DATE);
    }
    return prefix(w, node, args->items[0], 1, 10);
}

/* Formats that are a piece of the ISO text. */
static const struct {
    const char *format;
    int         lo, len;
} formats[] = {
    { "%Y", 1, 4 }, { "%Y-%m", 1, 7 }, { "%Y-%m-%d", 1, 10 }, { "%m", 6, 2 }, { "%d", 9, 2 }, { "%H", 12, 2 },
};

static bool is_prefix_format(Str format)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (str_is(format, formats[i].format))
            return true;
    return false;
}

static bool is_time(const Work *w, const Node *node)
{
    ValueKind kind = seen(w, node).kind;

    return kind == VALUE_TIMESTAMP || kind == VALUE_DATE;
}

static Value strftime_(Work *w, const Node *node, const Args *args)
{
    Str format = args->count ? string_of(w, args->items[0]) : (Str) { 0 };

    if (args->count == 2 && seen(w, args->items[1]).kind != VALUE_STRING)
        for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
            if (str_is(format, formats[i].format))
                return prefix(w, node, args->items[1], formats[i].lo, formats[i].len);

    bool now     = args->count == 2
                && str_eq_nocase(string_of(w, args->items[1]), STR("now"));
    bool instant = str_starts_with(format, STR("%Y-%m-%dT%H:%M:%S"))
                || str_starts_with(format, STR("%Y-%m-%dT%H:%M:%f"))
                || str_starts_with(format, STR("%Y-%m-%d %H:%M:%S"))
                || str_starts_with(format, STR("%Y-%m-%d %H:%M:%f"));
    if (now && instant) {
        Value value = clock_value(w, node, NULL);
        cured(w, "DT-04", "strftime", SQL_DIFFERS, span_of(node),
              "the time is written in another form than before on SQLite, where texts are "
              "compared; all writers should use one form");
        return value;
    }
    bool calculated = format.len == 0 || str_is(format, "%s") || str_is(format, "%w")
                   || str_is(format, "%j") || str_is(format, "%W");
    told(w, calculated ? "DT-09" : "DT-08", "strftime", SQL_DECIDE, span_of(node),
         "Postgres has no strftime(); do it in Python");
    return value_of_kind(VALUE_TEXT);
}

/* Does it take words of Postgres' alone? */
static bool wants_moment(Work *w, const Args *args, Str name)
{
    bool format = str_eq_nocase(name, STR("strftime"));
    bool now    = args->count == (format ? 1u : 0u)
            || (args->count > format && str_eq_nocase(string_of(w, args->items[format]), STR("now")));

    if (str_eq_nocase(name, STR("datetime")))
        return !now || (args->count > 1 && !w->options->bind_clock);
    if (str_eq_nocase(name, STR("date")))
        return args->count > 1 || (!now && !is_time(w, args->items[0]));
    if (format)
        return !(args->count == 2 && !now && is_time(w, args->items[1]) && is_prefix_format(string_of(w, args->items[0])));
    return true;
}

Value clock_call(Work *w, Scope *scope, const Node *node, Str name)
{
    Args  args = args_of(w, scope, node);
    Value value;

    if (w->options->postgres_alone && args.count <= MOST_ARGS && wants_moment(w, &args, name)
        && moment_call(w, node, name, args.items, args.count, &value))
        return value;
    if (str_eq_nocase(name, STR("datetime")))
        return datetime(w, node, &args);
    if (str_eq_nocase(name, STR("date")))
        return date(w, node, &args);
    if (str_eq_nocase(name, STR("strftime")))
        return strftime_(w, node, &args);
    if (str_eq_nocase(name, STR("time"))) {
        told(w, "DT-06", "current-time", SQL_DECIDE, span_of(node),
             "time() is text on SQLite and a type of its own on Postgres; do it in Python");
        return value_of_kind(VALUE_TIME);
    }
    return told_julian(w, node, name);
}
