#include "rewriters/sql/moment.h"
#include "rewriters/sql/to_char.h"

typedef struct Moment {
    Str        text;       /* a timestamp without zone, in parentheses where it needs them */
    bool       month_start;
    bool       nullable;
    bool       zone;       /* it depends on where the program runs */
    SqlVerdict verdict;
} Moment;

static Str words(Work *w, const char *text, Str a)
{
    return words_filled(w, text, (Str[]) { a });
}

/* -- the texts SQLite reads ------------------------------------------------------------------ */

static bool take_digits(Str *rest, int count, int *out)
{
    *out = 0;
    if (rest->len < (size_t)count)
        return false;
    for (int i = 0; i < count; i++) {
        char c = rest->ptr[i];
        if (c < '0' || c > '9')
            return false;
        *out = *out * 10 + (c - '0');
    }
    *rest = str_slice(*rest, (size_t)count, rest->len);
    return true;
}

static bool take_char(Str *rest, char c)
{
    if (rest->len == 0 || rest->ptr[0] != c)
        return false;
    *rest = str_slice(*rest, 1, rest->len);
    return true;
}

/* HH:MM, HH:MM:SS, HH:MM:SS.SSS */
static bool take_clock(Str *rest)
{
    int hour, minute, second;

    if (!take_digits(rest, 2, &hour) || !take_char(rest, ':') || !take_digits(rest, 2, &minute) || hour > 23
        || minute > 59)
        return false;
    if (!take_char(rest, ':'))
        return true;
    if (!take_digits(rest, 2, &second) || second > 59)
        return false;
    if (take_char(rest, '.')) {
        size_t digits = 0;
        while (digits < rest->len && rest->ptr[digits] >= '0' && rest->ptr[digits] <= '9')
            digits++;
        if (digits == 0 || digits > 3)
            return false;
        *rest = str_slice(*rest, digits, rest->len);
    }
    return true;
}

static bool take_date(Str *rest)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year, month, day;

    if (!take_digits(rest, 4, &year) || !take_char(rest, '-') || !take_digits(rest, 2, &month) || !take_char(rest, '-')
        || !take_digits(rest, 2, &day) || year == 0 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= days[month - 1] + leap;
}

bool text_is_day(Str text)
{
    return take_date(&text) && text.len == 0;
}

bool text_is_instant(Str text)
{
    int hour, minute;

    if (!take_date(&text) || (!take_char(&text, ' ') && !take_char(&text, 'T')))
        return false;
    Str    end    = { text.ptr, 0 };
    size_t length = 0; /* of the time of day, beyond whose milliseconds SQLite does not look */
    while (length < text.len && ((text.ptr[length] >= '0' && text.ptr[length] <= '9') || text.ptr[length] == ':' || text.ptr[length] == '.'))
        length++;
    end.len  = length > 12 && length <= 15 ? 12 : length;
    Str rest = str_slice(text, length, text.len);
    if (!take_clock(&end) || end.len)
        return false;
    if (rest.len == 0 || str_is(rest, "Z"))
        return true;
    return (take_char(&rest, '+') || take_char(&rest, '-')) && take_digits(&rest, 2, &hour) && take_char(&rest, ':')
        && take_digits(&rest, 2, &minute) && rest.len == 0 && hour < 15 && minute < 60;
}

typedef enum TextTime { TEXT_NO_TIME, TEXT_NOW, TEXT_TIME, TEXT_ZONED, TEXT_OF_DAY } TextTime;

static TextTime text_time(Str text)
{
    Str rest = str_trim(text), day = rest;

    if (str_eq_nocase(rest, STR("now")))
        return TEXT_NOW;
    if (take_clock(&day) && day.len == 0)
        return TEXT_OF_DAY;
    if (!take_date(&rest))
        return TEXT_NO_TIME;
    if (rest.len == 0)
        return TEXT_TIME;
    if ((!take_char(&rest, ' ') && !take_char(&rest, 'T')) || !take_clock(&rest))
        return TEXT_NO_TIME;
    if (rest.len == 0)
        return TEXT_TIME;
    if (str_is(rest, "Z"))
        return TEXT_ZONED;
    int hours, minutes;
    bool zone = (take_char(&rest, '+') || take_char(&rest, '-')) && take_digits(&rest, 2, &hours)
             && take_char(&rest, ':') && take_digits(&rest, 2, &minutes) && rest.len == 0;
    return zone ? TEXT_ZONED : TEXT_NO_TIME;
}

static bool moment_of_text(Work *w, Str text, Moment *out)
{
    switch (text_time(text)) {
    case TEXT_NOW: out->text = words(w, "TIMEZONE('UTC', CURRENT_TIMESTAMP)", STR("")); return true;
    case TEXT_TIME: out->text = words(w, "CAST($1 AS TIMESTAMP)", text_literal(w, text)); return true;
    case TEXT_ZONED: out->text = words(w, "TIMEZONE('UTC', CAST($1 AS TIMESTAMPTZ))", text_literal(w, text)); return true;
    case TEXT_OF_DAY:
        out->text = words(w, "CAST($1 AS TIMESTAMP)",
                          text_literal(w, str_format(w->arena, "2000-01-01 " STR_FORMAT, STR_ARG(str_trim(text)))));
        return true;
    case TEXT_NO_TIME: break;
    }
    return false;
}

/* -- time values ----------------------------------------------------------------------------- */

static Str string_in(Work *w, const Node *node)
{
    return is_string_node(w, node) ? sql_unquote(w->arena, source_of(w, node_bare(node))) : (Str) { 0 };
}

static bool moment_of_number(Work *w, const Node *node, bool epoch, Moment *out)
{
    Str  text  = rendered(w, node);
    bool known = node_bare(node)->kind == NODE_LITERAL;

    if (epoch) {
        out->text = words(w, "TIMEZONE('UTC', TO_TIMESTAMP($1))", text);
        return true;
    }
    out->text = words(w, "TIMEZONE('UTC', TO_TIMESTAMP(($1 - 2440587.5) * 86400))", text);
    return known;
}

static bool moment_of(Work *w, const Node *node, bool epoch, Moment *out)
{
    Value value = seen(w, node);

    out->nullable = value.nullable;
    if (is_string_node(w, node)) {
        out->nullable = false;
        return !epoch && moment_of_text(w, string_in(w, node), out);
    }
    switch (value.kind) {
    case VALUE_INTEGER:
    case VALUE_NUMERIC:
    case VALUE_DOUBLE: return moment_of_number(w, node, epoch, out);
    case VALUE_TIMESTAMP: out->text = words(w, "TIMEZONE('UTC', $1)", rendered(w, node)); return !epoch;
    case VALUE_DATE: out->text = words(w, "CAST($1 AS TIMESTAMP)", rendered(w, node)); return !epoch;
    case VALUE_BIND:
    case VALUE_UNKNOWN:
    case VALUE_TEXT:
        if (epoch || node_has_hole(w, node))
            return false;
        if (value.kind == VALUE_UNKNOWN)
            told_unknown_type(w, "SQL-21", node);
        else if (value.kind == VALUE_BIND)
            bind_meets(w, node, value_of_kind(VALUE_TEXT));
        out->verdict  = SQL_DIFFERS; /* what is no time is NULL to SQLite, and an error to Postgres */
        out->nullable = true;
        out->text     = words(w, "TIMEZONE('UTC', CAST($1 AS TIMESTAMPTZ))", rendered(w, node));
        return true;
    default: return false;
    }
}

/* -- modifiers ------------------------------------------------------------------------------- */

static void add_span(Work *w, Moment *at, Str span)
{
    at->text = words_filled(w, "($1 + CAST($2 AS INTERVAL))", (Str[]) { at->text, span });
}

/* From the first of the month, as SQLite counts the days on into the next one. */
static void add_months(Work *w, Moment *at, Str span)
{
    if (at->month_start)
        add_span(w, at, span);
    else
        at->text = words_filled(w, "(DATE_TRUNC('month', $1) + CAST($2 AS INTERVAL) + ($1 - DATE_TRUNC('month', $1)))",
                                (Str[]) { at->text, span });
}

/* "+7 days", "-1.5 hours", "+1 month" */
static bool shift(Work *w, Moment *at, Str text)
{
    static const char *const units[] = { "second", "minute", "hour", "day", "month", "year" };
    size_t from = text.len && (text.ptr[0] == '+' || text.ptr[0] == '-'), end = from;
    bool   fraction = false;

    while (end < text.len && ((text.ptr[end] >= '0' && text.ptr[end] <= '9') || (text.ptr[end] == '.' && !fraction))) {
        fraction = fraction || text.ptr[end] == '.';
        end++;
    }
    if (end == from || end == text.len || end > 12 || (text.ptr[end] != ' ' && !fraction && from == 0))
        return false;
    Str unit = str_lower(w->arena, str_trim(str_slice(text, end, text.len)));
    if (str_ends_with(unit, STR("s")))
        unit.len--;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!str_is(unit, units[i]))
            continue;
        Str  span  = text_literal(w, str_format(w->arena, STR_FORMAT " %ss", STR_ARG(str_slice(text, 0, end)), units[i]));
        bool whole = i < 4;
        if (!whole && fraction)
            return false;
        if (whole)
            add_span(w, at, span);
        else
            add_months(w, at, span);
        at->month_start = at->month_start && !whole;
        return true;
    }
    return false;
}

static bool start_of(Work *w, Moment *at, Str unit)
{
    bool day = str_eq_nocase(unit, STR("day"));

    if (!day && !str_eq_nocase(unit, STR("month")) && !str_eq_nocase(unit, STR("year")))
        return false;
    at->text        = words_filled(w, "DATE_TRUNC($1, $2)", (Str[]) { text_literal(w, str_lower(w->arena, unit)), at->text });
    at->month_start = !day;
    return true;
}

static bool weekday(Work *w, Moment *at, Str day)
{
    if (day.len != 1 || day.ptr[0] < '0' || day.ptr[0] > '6')
        return false;
    at->text = words_filled(w, "($1 + CAST($2 + 7 - DATE_PART('dow', $1) AS INTEGER) % 7 * CAST('1 day' AS INTERVAL))",
                            (Str[]) { at->text, day });
    at->month_start = false;
    return true;
}

/* The zone of the process on SQLite; of the session on Postgres. */
static bool change_zone(Work *w, Moment *at, bool to_utc)
{
    at->text = words(w, to_utc ? "TIMEZONE('UTC', TIMEZONE(CURRENT_SETTING('TimeZone'), $1))"
                               : "TIMEZONE(CURRENT_SETTING('TimeZone'), TIMEZONE('UTC', $1))", at->text);
    at->month_start = false;
    at->zone        = true;
    at->verdict     = SQL_DIFFERS;
    return true;
}

/* "+12:30" */
static bool clock_shift(Work *w, Moment *at, Str text)
{
    Str rest = text;

    if ((!take_char(&rest, '+') && !take_char(&rest, '-')) || !take_clock(&rest) || rest.len)
        return false;
    add_span(w, at, text_literal(w, text));
    at->month_start = false;
    return true;
}

static bool modify(Work *w, Moment *at, const Node *node)
{
    ValueKind kind = seen(w, node).kind;
    Str       text = str_trim(string_in(w, node));

    if (is_string_node(w, node)) {
        Str small = str_lower(w->arena, text);
        if (str_starts_with(small, STR("start of ")))
            return start_of(w, at, str_trim(str_slice(text, 9, text.len)));
        if (str_is(small, "localtime") || str_is(small, "utc"))
            return change_zone(w, at, str_is(small, "utc"));
        if (str_starts_with(small, STR("weekday ")))
            return weekday(w, at, str_trim(str_slice(text, 8, text.len)));
        return shift(w, at, text) || clock_shift(w, at, text);
    }
    if ((kind != VALUE_BIND && kind != VALUE_TEXT) || node_has_hole(w, node))
        return false;
    if (kind == VALUE_BIND)
        bind_meets(w, node, value_of_kind(VALUE_TEXT));
    at->verdict     = SQL_DIFFERS; /* months, and what is no span */
    at->month_start = false;
    add_span(w, at, rendered(w, node));
    return true;
}

static bool moment_of_args(Work *w, const Node *const *args, size_t count, Moment *out)
{
    *out = (Moment) { 0 };
    if (count == 0)
        return moment_of_text(w, STR("now"), out);
    bool epoch = count > 1 && str_eq_nocase(str_trim(string_in(w, args[1])), STR("unixepoch"));
    if (!moment_of(w, args[0], epoch, out))
        return false;
    for (size_t i = epoch ? 2 : 1; i < count; i++)
        if (!modify(w, out, args[i]))
            return false;
    return true;
}

/* -- strftime() ------------------------------------------------------------------------------ */

typedef struct Format {
    Work        *w;
    const Moment *at;
    StrVec       parts;   /* to be put together by || */
    Buf          pattern; /* of a TO_CHAR() that goes on */
    bool         in_text; /* in "…" of that */
} Format;

static void end_text(Format *f)
{
    if (f->in_text)
        buf_add_char(&f->pattern, '"');
    f->in_text = false;
}

static void end_pattern(Format *f)
{
    end_text(f);
    if (f->pattern.len)
        vec_push(f->w->arena, &f->parts,
                 words_filled(f->w, "TO_CHAR($1, $2)", (Str[]) { f->at->text, text_literal(f->w, buf_str(&f->pattern)) }));
    f->pattern = buf_new(f->w->arena);
}

static void add_text(Format *f, char c)
{
    static const char plain[] = "-/:., ";

    if (str_find_char(str_of(plain), c) != STR_NOT_FOUND) {
        end_text(f);
        buf_add_char(&f->pattern, c);
        return;
    }
    if (!f->in_text)
        buf_add_char(&f->pattern, '"');
    f->in_text = true;
    if (c == '"' || c == '\\')
        buf_add_char(&f->pattern, '\\');
    buf_add_char(&f->pattern, c);
}

static bool add_directive(Format *f, char c)
{
    static const struct {
        char        directive;
        const char *words;
    } all[] = {
        { 's', "CAST(CAST(FLOOR(DATE_PART('epoch', $1)) AS BIGINT) AS TEXT)" },
        { 'w', "CAST(CAST(DATE_PART('dow', $1) AS INTEGER) AS TEXT)" },
        { 'W', "LPAD(CAST((CAST(DATE_PART('doy', $1) AS INTEGER) + 6 - (CAST(DATE_PART('dow', $1) AS INTEGER) + 6) % 7)"
               " / 7 AS TEXT), 2, '0')" },
    };
    const char *pattern = to_char_pattern(c);

    if (c == '%') {
        add_text(f, '%');
        return true;
    }
    if (pattern) {
        end_text(f);
        buf_add(&f->pattern, str_of(pattern));
        return true;
    }
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].directive != c)
            continue;
        end_pattern(f);
        vec_push(f->w->arena, &f->parts, words(f->w, all[i].words, f->at->text));
        return true;
    }
    return false;
}

/* False for what SQLite itself makes NULL of, or what Postgres has no words for. */
static bool formatted(Work *w, const Moment *at, Str format, Str *out, bool *number)
{
    Format f = { .w = w, .at = at, .pattern = buf_new(w->arena) };

    for (size_t i = 0; i < format.len; i++) {
        if (format.ptr[i] != '%') {
            add_text(&f, format.ptr[i]);
            continue;
        }
        if (i + 1 == format.len || !add_directive(&f, format.ptr[++i]))
            return false;
    }
    end_pattern(&f);
    if (f.parts.count == 0)
        return false;
    *number = format.len == 2 && format.ptr[1] != 'f' && format.ptr[1] != '%';
    *out    = str_join(w->arena, &f.parts, STR(" || "));
    if (f.parts.count > 1)
        *out = str_format(w->arena, "(" STR_FORMAT ")", STR_ARG(*out));
    return true;
}

/* -- the functions --------------------------------------------------------------------------- */

static const char *why(const Moment *at)
{
    if (at->zone)
        return "Postgres has other functions of time; the local zone is that of the session there, and of the process on SQLite";
    return at->verdict == SQL_DIFFERS
             ? "Postgres has other functions of time; a text that is no time is NULL to SQLite and an error to Postgres"
             : "Postgres has other functions of time, and no text runs on both; for both, calculate in Python";
}

bool moment_call(Work *w, const Node *node, Str name, const Node *const *args, size_t count, Value *out)
{
    bool   with_format = str_eq_nocase(name, STR("strftime"));
    Moment at;
    Str    text;
    bool   number = false;

    if (node_has_hole(w, node) || (with_format && (count == 0 || !is_string_node(w, args[0]))))
        return false;
    if (!moment_of_args(w, args + with_format, count - with_format, &at))
        return false;
    *out = (Value) { .kind = VALUE_TEXT, .nullable = at.nullable };
    if (with_format) {
        if (!formatted(w, &at, string_in(w, args[0]), &text, &number))
            return false;
        out->digits = number;
        if (str_is(string_in(w, args[0]), "%Y-%m-%d %H:%M:%S")) /* what a column of times has as its text */
            out->moment = words(w, "DATE_TRUNC('second', $1)", at.text);
        else if (str_is(string_in(w, args[0]), "%Y-%m-%d"))
            out->moment = words(w, "DATE_TRUNC('day', $1)", at.text);
    } else if (str_eq_nocase(name, STR("date"))) {
        text        = words(w, "TO_CHAR($1, 'YYYY-MM-DD')", at.text);
        out->moment = words(w, "DATE_TRUNC('day', $1)", at.text);
    } else if (str_eq_nocase(name, STR("time"))) {
        text = words(w, "TO_CHAR($1, 'HH24:MI:SS')", at.text);
    } else if (str_eq_nocase(name, STR("datetime"))) {
        text        = words(w, "TO_CHAR($1, 'YYYY-MM-DD HH24:MI:SS')", at.text);
        out->moment = words(w, "DATE_TRUNC('second', $1)", at.text);
    } else if (str_eq_nocase(name, STR("unixepoch"))) {
        text      = words(w, "CAST(FLOOR(DATE_PART('epoch', $1)) AS BIGINT)", at.text);
        out->kind = VALUE_INTEGER;
    } else if (str_eq_nocase(name, STR("julianday"))) {
        /* Milliseconds first, as SQLite has it: then the division gives the same float. */
        text = words(w, "(CAST(FLOOR(DATE_PART('epoch', $1) * 1000) + 210866760000000 AS DOUBLE PRECISION) / 86400000)",
                     at.text);
        out->kind = VALUE_DOUBLE;
    } else {
        return false;
    }
    if (!alone(w, "DT-09", at.verdict == SQL_SAME ? "time-function" : "time-text", at.verdict, span_of(node), "%s", why(&at)))
        return false;
    put_instead(w, node, text);
    return true;
}

Value moment_of_day(Work *w, const Node *node)
{
    if (alone(w, "DT-06", "current-time", SQL_SAME, span_of(node),
              "CURRENT_TIME is text in SQLite and a time with a zone in Postgres; bind it for both"))
        put_instead(w, node, words(w, "TO_CHAR(TIMEZONE('UTC', CURRENT_TIMESTAMP), 'HH24:MI:SS')", STR("")));
    return (Value) { .kind = VALUE_TEXT };
}

bool moment_as(Work *w, const Node *node, ValueKind kind)
{
    const Node *bare  = node_bare(node);
    Value       value = seen(w, bare);

    if (!value.moment.ptr || (kind != VALUE_TIMESTAMP && kind != VALUE_DATE))
        return false;
    if ((kind == VALUE_DATE) != str_starts_with(value.moment, STR("DATE_TRUNC('day'")))
        told(w, "DT-04", "day-as-timestamp", SQL_DIFFERS, span_of(node),
             "a day meets a time: to SQLite they are texts of two lengths, Postgres converts one into the other");
    put_instead(w, bare, words(w, kind == VALUE_DATE ? "CAST($1 AS DATE)" : "TIMEZONE('UTC', $1)", value.moment));
    value = (Value) { .kind = kind, .nullable = value.nullable };
    remember(w, bare, value);
    remember(w, node, value);
    return true;
}
