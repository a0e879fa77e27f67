/*
 * Defaults. SQLite keeps what a default gives as the column's affinity has it; Postgres wants a
 * value of the column's type, so each kind of value is written for each type that can hold it.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "rewriters/sql/to_char.h"
#include "rewriters/schema/writing.h"

typedef enum ValueForm {
    FORM_NULL,
    FORM_INTEGER, /* text: in decimal, with its sign */
    FORM_FLOAT,
    FORM_TRUE,
    FORM_FALSE,
    FORM_STRING, /* text: without quotes */
    FORM_BLOB,   /* text: hexadecimal digits */
    FORM_CLOCK,  /* text: `now()`, moved where a modifier moves it; format: as to_char has it */
    FORM_EPOCH,
    FORM_JULIAN,
    FORM_RANDOM_HEX, /* 32 digits; text: "lower" or "upper" */
    FORM_OTHER,
} ValueForm;

typedef struct DefaultValue {
    ValueForm form;
    Str       text;
    Str       format;
    bool      has_date, has_time; /* the format does */
    bool      local;
} DefaultValue;

static DefaultValue other(void)
{
    return (DefaultValue){ .form = FORM_OTHER };
}

/* -- reading ---------------------------------------------------------------------------------- */

static DefaultValue number(Arena *arena, Str text, NodeOp op, bool negative)
{
    const char  *sign = negative ? "-" : "";
    DefaultValue out  = { .form = op == OP_INTEGER ? FORM_INTEGER : FORM_FLOAT };
    char        *end;

    if (op == OP_INTEGER) {
        errno                   = 0;
        const char        *word = str_cstr(arena, text);
        bool               hex  = text.len > 2 && (word[1] == 'x' || word[1] == 'X');
        unsigned long long n    = strtoull(word, &end, hex ? 16 : 10);
        if (errno || *end || n > (unsigned long long)INT64_MAX)
            return other();
        out.text = str_format(arena, "%s%llu", sign, n);
    } else {
        strtod(str_cstr(arena, text), &end);
        if (*end)
            return other();
        out.text = str_format(arena, "%s" STR_FORMAT, sign, STR_ARG(text));
    }
    return out;
}

static DefaultValue clock_of(bool has_date, bool has_time, const char *format)
{
    return (DefaultValue){ .form     = FORM_CLOCK,
                           .text     = STR("now()"),
                           .format   = str_of(format),
                           .has_date = has_date,
                           .has_time = has_time };
}

static const char date_format[] = "YYYY-MM-DD", time_format[] = "HH24:MI:SS",
                  both_format[] = "YYYY-MM-DD HH24:MI:SS";

static DefaultValue literal(Arena *arena, Str text, const Node *node)
{
    Str word = node_text(text, node);

    switch (node->op) {
    case OP_NULL:
        return (DefaultValue){ .form = FORM_NULL };
    case OP_TRUE:
        return (DefaultValue){ .form = FORM_TRUE };
    case OP_FALSE:
        return (DefaultValue){ .form = FORM_FALSE };
    case OP_INTEGER:
    case OP_FLOAT:
        return number(arena, word, node->op, false);
    case OP_STRING:
        return (DefaultValue){ .form = FORM_STRING, .text = sql_unquote(arena, word) };
    case OP_WORD:
        return (DefaultValue){ .form = FORM_STRING, .text = sql_unquote(arena, word) };
    case OP_BLOB:
        return (DefaultValue){ .form = FORM_BLOB, .text = str_slice(word, 2, word.len - 1) };
    case OP_CURRENT_TIMESTAMP:
        return clock_of(true, true, both_format);
    case OP_CURRENT_DATE:
        return clock_of(true, false, date_format);
    case OP_CURRENT_TIME:
        return clock_of(false, true, time_format);
    default:
        return other();
    }
}

static Str string_of(Arena *arena, Str text, const Node *node)
{
    node = node_bare(node);
    return node && node->kind == NODE_LITERAL && node->op == OP_STRING
             ? sql_unquote(arena, node_text(text, node))
             : (Str){ 0 };
}

static const Node *argument(const Node *function, uint32_t index)
{
    node_each(arg, function) if (arg->role == ROLE_ARG && arg->index == index) return arg;
    return NULL;
}

/* %F and %T are short for others, since SQLite 3.44. */
static bool convert_directive(Buf *format, char directive, DefaultValue *out)
{
    const char *pattern = directive == 'F' ? date_format : directive == 'T' ? time_format : to_char_pattern(directive);

    if (!pattern)
        return false;
    out->has_date |= directive == 'Y' || directive == 'F';
    out->has_time |= directive == 'H' || directive == 'T';
    buf_add(format, str_of(pattern));
    return true;
}

/* strftime's format as to_char's; false if a part of it has no counterpart. */
static bool convert_format(Arena *arena, Str from, DefaultValue *out)
{
    Buf format = buf_new(arena);

    for (size_t i = 0; i < from.len; i++) {
        char c = from.ptr[i];
        if (c == '%' && i + 1 < from.len) {
            if (!convert_directive(&format, from.ptr[++i], out))
                return false;
        } else if (isalpha((unsigned char)c)) {
            buf_format(&format, "\"%c\"", c);
        } else if (c == ' ' || c == ':' || c == '.' || c == '-' || c == '/' || c == '+' || isdigit((unsigned char)c)) {
            buf_add_char(&format, c);
        } else {
            return false;
        }
    }
    out->format = buf_str(&format);
    return true;
}

/* `+7 days`: months and years end otherwise in a short month, so they are not ours to move by. */
static bool move(Arena *arena, Str modifier, DefaultValue *out)
{
    static const char *const units[] = { "second", "minute", "hour", "day" };
    Str                      text    = str_trim(modifier);
    size_t                   blank   = str_find_char(text, ' ');
    size_t                   digit   = text.len && (text.ptr[0] == '+' || text.ptr[0] == '-');

    if (blank == STR_NOT_FOUND || blank == digit)
        return false;
    for (size_t i = digit; i < blank; i++)
        if (!isdigit((unsigned char)text.ptr[i]))
            return false;
    Str unit = str_trim(str_slice(text, blank, text.len));
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        Str one = str_of(units[i]);
        if (!str_eq_nocase(unit, one)
            && !str_eq_nocase(unit, str_format(arena, STR_FORMAT "s", STR_ARG(one))))
            continue;
        out->text = str_format(arena, STR_FORMAT " + INTERVAL '" STR_FORMAT " %s'",
                               STR_ARG(out->text), STR_ARG(str_slice(text, 0, blank)), units[i]);
        return true;
    }
    return false;
}

/* The arguments from `at` on: 'now', then modifiers. */
static bool read_moment(Arena *arena, Str text, const Node *function, uint32_t at,
                        DefaultValue *out)
{
    const Node *moment = argument(function, at);

    if (moment && !str_eq_nocase(string_of(arena, text, moment), STR("now")))
        return false;
    for (uint32_t i = at + 1; argument(function, i); i++) {
        Str modifier = string_of(arena, text, argument(function, i));
        if (str_eq_nocase(modifier, STR("localtime")))
            out->local = true;
        else if (!str_eq_nocase(modifier, STR("utc")) && !move(arena, modifier, out))
            return false;
    }
    return true;
}

static bool is_call(Arena *arena, Str text, const Node *node, const char *name)
{
    return node && node->kind == NODE_FUNCTION
        && str_eq_nocase(sql_name(arena, text, node->name), str_of(name));
}

/* hex(randomblob(16)) */
static bool is_random_hex(Arena *arena, Str text, const Node *node)
{
    const Node *blob = is_call(arena, text, node, "hex") ? node_bare(argument(node, 0)) : NULL;
    const Node *size =
        is_call(arena, text, blob, "randomblob") ? node_bare(argument(blob, 0)) : NULL;

    return size && str_is(node_text(text, size), "16");
}

static DefaultValue call(Arena *arena, Str text, const Node *node)
{
    DefaultValue out = { .form = FORM_CLOCK, .text = STR("now()") };
    bool         ok  = false;

    if (is_call(arena, text, node, "datetime")) {
        out = clock_of(true, true, both_format);
        ok  = read_moment(arena, text, node, 0, &out);
    } else if (is_call(arena, text, node, "date")) {
        out = clock_of(true, false, date_format);
        ok  = read_moment(arena, text, node, 0, &out);
    } else if (is_call(arena, text, node, "time")) {
        out = clock_of(false, true, time_format);
        ok  = read_moment(arena, text, node, 0, &out);
    } else if (is_call(arena, text, node, "unixepoch")) {
        ok       = read_moment(arena, text, node, 0, &out);
        out.form = FORM_EPOCH;
    } else if (is_call(arena, text, node, "julianday")) {
        ok       = read_moment(arena, text, node, 0, &out);
        out.form = FORM_JULIAN;
    } else if (is_call(arena, text, node, "strftime")) {
        Str format = string_of(arena, text, argument(node, 0));
        ok         = read_moment(arena, text, node, 1, &out);
        if (str_is(format, "%s"))
            out.form = FORM_EPOCH;
        else
            ok = ok && convert_format(arena, format, &out);
    } else if (is_random_hex(arena, text, node)) {
        return (DefaultValue){ .form = FORM_RANDOM_HEX, .text = STR("upper") };
    } else if (is_call(arena, text, node, "lower")
               && is_random_hex(arena, text, node_bare(argument(node, 0)))) {
        return (DefaultValue){ .form = FORM_RANDOM_HEX, .text = STR("lower") };
    }
    return ok ? out : other();
}

static DefaultValue read_default(Arena *arena, const SchemaExpr *expr)
{
    const Node *node = node_bare(expr->node);

    if (!node)
        return other();
    if (node->kind == NODE_UNARY && (node->op == OP_NEGATE || node->op == OP_POSITIVE)) {
        const Node *operand = node_bare(node_child(node, ROLE_OPERAND));
        if (operand && operand->kind == NODE_LITERAL
            && (operand->op == OP_INTEGER || operand->op == OP_FLOAT))
            return number(arena, node_text(expr->text, operand), operand->op,
                          node->op == OP_NEGATE);
        return other();
    }
    if (node->kind == NODE_LITERAL)
        return literal(arena, expr->text, node);
    if (node->kind == NODE_COLUMN && !span_is_set(node->qualifier)) /* DEFAULT "x": SC-12 */
        return (DefaultValue){ .form = FORM_STRING,
                               .text = sql_name(arena, expr->text, node->name) };
    if (node->kind == NODE_CAST) {
        const Node *type    = node_child(node, ROLE_TYPE);
        Str         word    = type ? str_trim(node_text(expr->text, type)) : (Str){ 0 };
        const Node *operand = node_bare(node_child(node, ROLE_OPERAND));
        if (operand && operand->kind == NODE_FUNCTION && affinity_of(word) == AFFINITY_INTEGER) {
            DefaultValue inner = call(arena, expr->text, operand);
            return inner.form == FORM_EPOCH ? inner : other();
        }
        return other();
    }
    return node->kind == NODE_FUNCTION ? call(arena, expr->text, node) : other();
}

/* -- writing ---------------------------------------------------------------------------------- */

static Str bytes_of(Arena *arena, Str text)
{
    Buf out = buf_new(arena);

    buf_add(&out, STR("'\\x"));
    for (size_t i = 0; i < text.len; i++)
        buf_format(&out, "%02x", (unsigned char)text.ptr[i]);
    buf_add_char(&out, '\'');
    return buf_str(&out);
}

/* A text that is a number, as SQLite's affinities take it. */
static DefaultValue numeric_text(Arena *arena, Str text)
{
    Str  word     = str_trim(text);
    bool negative = word.len && word.ptr[0] == '-';
    bool real     = false;
    bool digit    = false;

    if (word.len && (word.ptr[0] == '-' || word.ptr[0] == '+'))
        word = str_slice(word, 1, word.len);
    for (size_t i = 0; i < word.len; i++) {
        char c    = word.ptr[i];
        bool sign = (c == '-' || c == '+') && i && (word.ptr[i - 1] | 0x20) == 'e';
        digit     = digit || isdigit((unsigned char)c);
        real      = real || c == '.' || (c | 0x20) == 'e';
        if (!isdigit((unsigned char)c) && c != '.' && !((c | 0x20) == 'e' && digit) && !sign)
            return other();
    }
    return digit ? number(arena, word, real ? OP_FLOAT : OP_INTEGER, negative) : other();
}

/* The places of a time in digits: `0000-00-00`, then maybe ` 00:00:00`, a fraction and a zone. */
static bool fits(Str text, size_t *at, const char *shape)
{
    size_t i = *at;

    for (; *shape; shape++, i++) {
        if (i >= text.len)
            return false;
        char c = text.ptr[i];
        if (*shape == '0'   ? !isdigit((unsigned char)c)
            : *shape == 'T' ? c != 'T' && c != ' '
                            : c != *shape)
            return false;
    }
    *at = i;
    return true;
}

static bool in_range(Str text, size_t at, int low, int high)
{
    int n = (text.ptr[at] - '0') * 10 + (text.ptr[at + 1] - '0');

    return n >= low && n <= high;
}

/* February 29th is left to whoever knows the year. */
static bool is_date_text(Str text, size_t *at)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    if (!fits(text, at, "0000-00-00") || !in_range(text, 5, 1, 12)
        || str_starts_with(text, STR("0000")))
        return false;
    int month = (text.ptr[5] - '0') * 10 + (text.ptr[6] - '0');
    return in_range(text, 8, 1, days[month - 1]);
}

static bool timestamp_text(Arena *arena, Str text, Str *out)
{
    size_t at   = 0;
    bool   zone = false;

    if (!is_date_text(text, &at))
        return false;
    if (fits(text, &at, "T00:00")) {
        if (!in_range(text, 11, 0, 23) || !in_range(text, 14, 0, 59))
            return false;
        if (fits(text, &at, ":00")) {
            if (!in_range(text, 17, 0, 59))
                return false;
            if (at < text.len && text.ptr[at] == '.')
                for (at++; at < text.len && isdigit((unsigned char)text.ptr[at]); at++)
                    ;
        }
        if (at < text.len && text.ptr[at] == 'Z') {
            zone = true;
            at++;
        } else if (fits(text, &at, "+00:00") || fits(text, &at, "-00:00")) {
            zone = true;
        }
    }
    if (at != text.len)
        return false;
    *out = sql_string(arena, zone ? text : str_format(arena, STR_FORMAT "+00", STR_ARG(text)));
    return true;
}

static Str clock_text(Arena *arena, const DefaultValue *value)
{
    bool moved = !str_is(value->text, "now()");

    return str_format(arena, "to_char(%s" STR_FORMAT "%s AT TIME ZONE 'utc', " STR_FORMAT ")",
                      moved ? "(" : "", STR_ARG(value->text), moved ? ")" : "",
                      STR_ARG(sql_string(arena, value->format)));
}

static Str epoch_text(Arena *arena, const DefaultValue *value)
{
    return str_format(arena, "floor(extract(epoch FROM " STR_FORMAT "))", STR_ARG(value->text));
}

static bool for_integer(Arena *arena, DefaultValue value, Str *out)
{
    if (value.form == FORM_STRING)
        value = numeric_text(arena, value.text);
    switch (value.form) {
    case FORM_TRUE:
        *out = STR("1");
        return true;
    case FORM_FALSE:
        *out = STR("0");
        return true;
    case FORM_INTEGER:
        *out = value.text;
        return true;
    case FORM_FLOAT: {
        double number_ = strtod(str_cstr(arena, value.text), NULL);
        if (number_ > 9e15 || number_ < -9e15 || number_ != (double)(int64_t)number_)
            return false;
        *out = str_format(arena, "%lld", (long long)number_);
        return true;
    }
    case FORM_EPOCH:
        *out = str_format(arena, STR_FORMAT "::bigint", STR_ARG(epoch_text(arena, &value)));
        return true;
    default:
        return false;
    }
}

static bool for_number(Arena *arena, DefaultValue value, Str *out)
{
    if (value.form == FORM_STRING)
        value = numeric_text(arena, value.text);
    switch (value.form) {
    case FORM_TRUE:
        *out = STR("1");
        return true;
    case FORM_FALSE:
        *out = STR("0");
        return true;
    case FORM_INTEGER:
    case FORM_FLOAT:
        *out = value.text;
        return true;
    case FORM_EPOCH:
        *out = epoch_text(arena, &value);
        return true;
    case FORM_JULIAN:
        *out = str_format(arena, "(extract(epoch FROM " STR_FORMAT ") / 86400.0 + 2440587.5)",
                          STR_ARG(value.text));
        return true;
    default:
        return false;
    }
}

static bool for_boolean(DefaultValue value, Str *out)
{
    bool yes = value.form == FORM_TRUE || (value.form == FORM_INTEGER && str_is(value.text, "1"))
            || (value.form == FORM_STRING
                && (str_is(value.text, "1") || str_eq_nocase(value.text, STR("true"))));
    bool no = value.form == FORM_FALSE || (value.form == FORM_INTEGER && str_is(value.text, "0"))
           || (value.form == FORM_STRING
               && (str_is(value.text, "0") || str_eq_nocase(value.text, STR("false"))));

    *out = yes ? STR("true") : STR("false");
    return yes || no;
}

static bool for_timestamp(Arena *arena, DefaultValue value, Str *out)
{
    if (value.form == FORM_STRING)
        return timestamp_text(arena, value.text, out);
    if (value.form != FORM_CLOCK || !value.has_date)
        return false;
    *out = value.has_time
             ? value.text
             : str_format(arena, "date_trunc('day', " STR_FORMAT ", 'UTC')", STR_ARG(value.text));
    return true;
}

static bool for_date(Arena *arena, DefaultValue value, Str *out)
{
    size_t at = 0;

    if (value.form == FORM_STRING) {
        *out = sql_string(arena, value.text);
        return is_date_text(value.text, &at) && at == value.text.len;
    }
    if (value.form != FORM_CLOCK || !value.has_date)
        return false;
    *out = str_format(arena, "((" STR_FORMAT ") AT TIME ZONE 'utc')::date", STR_ARG(value.text));
    return true;
}

static bool for_text(Arena *arena, DefaultValue value, Str *out)
{
    switch (value.form) {
    case FORM_STRING:
    case FORM_INTEGER:
        *out = sql_string(arena, value.text);
        return true;
    case FORM_TRUE:
        *out = STR("'1'");
        return true;
    case FORM_FALSE:
        *out = STR("'0'");
        return true;
    case FORM_FLOAT: {
        double number_ = strtod(str_cstr(arena, value.text), NULL);
        bool   whole   = number_ < 1e15 && number_ > -1e15 && number_ == (double)(int64_t)number_;
        *out = whole ? str_format(arena, "'%.1f'", number_) : str_format(arena, "'%.15g'", number_);
        return true;
    }
    case FORM_CLOCK:
        *out = clock_text(arena, &value);
        return true;
    case FORM_EPOCH:
        *out = str_format(arena, STR_FORMAT "::bigint::text", STR_ARG(epoch_text(arena, &value)));
        return true;
    case FORM_RANDOM_HEX:
        *out = str_is(value.text, "lower")
                 ? STR("replace(gen_random_uuid()::text, '-', '')")
                 : STR("upper(replace(gen_random_uuid()::text, '-', ''))");
        return true;
    default:
        return false;
    }
}

static bool for_json(Arena *arena, DefaultValue value, Str *out)
{
    bool is_number = value.form == FORM_INTEGER;

    *out = sql_string(arena, value.text);
    return is_number || (value.form == FORM_STRING && is_json(value.text));
}

static bool for_bytes(Arena *arena, DefaultValue value, Str *out)
{
    if (value.form == FORM_BLOB)
        *out = str_format(arena, "'\\x" STR_FORMAT "'", STR_ARG(value.text));
    else if (value.form == FORM_STRING)
        *out = bytes_of(arena, value.text);
    return value.form == FORM_BLOB || value.form == FORM_STRING;
}

static bool value_for(Arena *arena, PgType type, const DefaultValue *value, Str *out)
{
    switch (type) {
    case PG_BIGINT:
        return for_integer(arena, *value, out);
    case PG_DOUBLE:
    case PG_NUMERIC:
        return for_number(arena, *value, out);
    case PG_BOOLEAN:
        return for_boolean(*value, out);
    case PG_TIMESTAMPTZ:
        return for_timestamp(arena, *value, out);
    case PG_DATE:
        return for_date(arena, *value, out);
    case PG_TEXT:
        return for_text(arena, *value, out);
    case PG_JSONB:
        return for_json(arena, *value, out);
    case PG_BYTEA:
        return for_bytes(arena, *value, out);
    case PG_UUID:
        *out = STR("gen_random_uuid()");
        return value->form == FORM_RANDOM_HEX;
    default:
        return false;
    }
}

static bool computed(Writing *w, PgType type, const SchemaExpr *expr, Str *out)
{
    PgType given;

    return pg_constant(w, expr, out, &given)
        && (given == type || (given == PG_BIGINT && (type == PG_DOUBLE || type == PG_NUMERIC)));
}

static const char *code_for(const DefaultValue *value)
{
    switch (value->form) {
    case FORM_CLOCK:
    case FORM_EPOCH:
    case FORM_JULIAN:
        return "SC-08";
    case FORM_RANDOM_HEX:
        return "SC-14";
    default:
        return "SC-13";
    }
}

static bool is_constant(const DefaultValue *value)
{
    return value->form == FORM_INTEGER || value->form == FORM_FLOAT || value->form == FORM_TRUE
        || value->form == FORM_FALSE || value->form == FORM_STRING;
}

/* `text` is the default for Postgres; how it is said to others follows from what it is. */
static DdlDefault told_as(Writing *w, PgType type, const DefaultValue *value, Str text, Str source)
{
    DdlDefault out  = { .kind = DDL_DEFAULT_EXPRESSION, .text = text };
    bool       read = type == PG_TEXT || type == PG_JSONB || type == PG_DATE;

    if (type == PG_BOOLEAN)
        out.kind = str_is(text, "true") ? DDL_DEFAULT_TRUE : DDL_DEFAULT_FALSE;
    else if (read && is_constant(value)) {
        out.kind   = DDL_DEFAULT_STRING;
        out.string = sql_unquote(w->arena, text);
    } else if (type == PG_TIMESTAMPTZ && str_is(text, "now()") && !value->local
               && str_is(value->format, both_format)) {
        out.kind = DDL_DEFAULT_NOW;
    } else if (value->form == FORM_STRING && (type == PG_TIMESTAMPTZ || type == PG_BYTEA)) {
        out.lite = sql_string(w->arena, value->text);
    } else if (!is_constant(value) && !str_eq(text, source)) {
        out.lite = source;
    }
    return out;
}

DdlDefault column_default(Writing *w, const CatalogTable *table, const CatalogColumn *column)
{
    static const DdlDefault none = { 0 };
    const SchemaExpr       *expr = &column->default_;
    PgType                  type = pg_type_in(column);
    Str                     text;

    if (!expr->node)
        return none;
    Str          source = node_text(expr->text, expr->node);
    DefaultValue value  = read_default(w->arena, expr);
    if (value.form == FORM_NULL)
        return none;
    if (is_serial(table, column)) {
        found(w, "SC-01", table->name, column->place,
              "DEFAULT " STR_FORMAT " of " STR_FORMAT
              " is left out: SQLite does not use it for a rowid, and the sequence is the default",
              STR_ARG(source), STR_ARG(column->name));
        return none;
    }
    bool done = value.form == FORM_OTHER ? computed(w, type, expr, &text)
                                         : value_for(w->arena, type, &value, &text);
    if (!done) {
        found(w, code_for(&value), table->name, column->place,
              "DEFAULT " STR_FORMAT " of " STR_FORMAT
              " is left out: it has no counterpart that is %s; INSERT has to give the value",
              STR_ARG(source), STR_ARG(column->name), pg_type_sql(type));
        return none;
    }
    if (value.local)
        found(w, "SC-08", table->name, column->place,
              "DEFAULT " STR_FORMAT " of " STR_FORMAT
              " is the time of the machine's zone on SQLite, and UTC here",
              STR_ARG(source), STR_ARG(column->name));
    if (type == PG_BYTEA && value.form == FORM_STRING)
        found(w, "SC-10", table->name, column->place,
              "DEFAULT " STR_FORMAT " of " STR_FORMAT " is text on SQLite, and its bytes here",
              STR_ARG(source), STR_ARG(column->name));
    return told_as(w, type, &value, text, source);
}
