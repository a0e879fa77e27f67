/* CAST: the types of both databases, and what each does with values that do not fit. */
#include "rewriters/sql/work.h"

typedef enum CastTo {
    CAST_UNKNOWN, CAST_INTEGER, CAST_BIGINT, CAST_DOUBLE, CAST_NUMERIC, CAST_TEXT, CAST_VARCHAR,
    CAST_BOOLEAN, CAST_TIME, CAST_BYTES
} CastTo;

static const struct {
    const char *name; /* of SQLite's text, in any case, one blank between words */
    CastTo      to;
    const char *spelled; /* for both, where the name itself will not do */
} types[] = {
    { "INTEGER", CAST_INTEGER, NULL },   { "INT", CAST_INTEGER, NULL },
    { "SMALLINT", CAST_INTEGER, NULL },  { "BIGINT", CAST_BIGINT, NULL },
    { "INT8", CAST_BIGINT, NULL },       { "TINYINT", CAST_INTEGER, "INTEGER" },
    { "MEDIUMINT", CAST_INTEGER, "INTEGER" },
    { "REAL", CAST_DOUBLE, "DOUBLE PRECISION" }, { "DOUBLE", CAST_DOUBLE, "DOUBLE PRECISION" },
    { "DOUBLE PRECISION", CAST_DOUBLE, NULL },   { "FLOAT", CAST_DOUBLE, NULL },
    { "NUMERIC", CAST_NUMERIC, NULL },   { "DECIMAL", CAST_NUMERIC, NULL },
    { "TEXT", CAST_TEXT, NULL },         { "VARCHAR", CAST_VARCHAR, NULL },
    { "STRING", CAST_UNKNOWN, NULL },    { "CHAR", CAST_UNKNOWN, NULL },
    { "BOOLEAN", CAST_BOOLEAN, NULL },   { "DATE", CAST_TIME, NULL },
    { "DATETIME", CAST_TIME, NULL },     { "TIMESTAMP", CAST_TIME, NULL },
    { "TIME", CAST_TIME, NULL },         { "BLOB", CAST_BYTES, NULL },
};

static void told_text_number(Work *w, const Node *node)
{
    told(w, "SQL-19", "cast-text", SQL_DIFFERS, span_of(node),
         "SQLite takes the number at the beginning of a text, or 0; Postgres refuses a text that "
         "is no number");
}

static void respell(Work *w, const Node *type, const char *spelled, const char *code,
                    const char *why)
{
    cured(w, code, "cast-type", SQL_SAME, span_of(type), "%s", why);
    change_replace(w->arena, &w->changes, type->lo, type->hi, keyword_cased(w, spelled));
}

/* Here Postgres takes 32 bits and nothing else: the places in SUBSTR(), LAG(), NTILE(). */
static bool is_short_place(const Work *w, const Node *node)
{
    static const char *const functions[] = { "substr", "substring", "lag", "lead", "nth_value" };
    const Node *parent = node->parent;

    if (!parent || parent->kind != NODE_FUNCTION)
        return false;
    Str name = name_of(w, parent->name);
    if (str_eq_nocase(name, STR("ntile")))
        return true;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (str_eq_nocase(name, str_of(functions[i])))
            return node_child(parent, ROLE_ARG) != node;
    return false;
}

static Value to_integers(Work *w, const Node *node, const Node *operand, const Node *type,
                         CastTo to)
{
    Value from  = seen(w, operand);
    Value value = { .kind = VALUE_INTEGER, .nullable = from.nullable, .small = to == CAST_INTEGER };

    switch (from.kind) {
    case VALUE_BOOLEAN:
        if (to == CAST_BIGINT)
            respell(w, type, "INTEGER", "BO-08", "Postgres makes no BIGINT of a boolean");
        value.small = true;
        return value;
    case VALUE_INTEGER:
        if (to == CAST_INTEGER && !from.small && is_short_place(w, node))
            return value;
        if (to == CAST_INTEGER && !from.small) {
            respell(w, type, "BIGINT", "SQL-18", "INTEGER is 32 bits wide in Postgres");
            value.small = false;
        }
        return value;
    case VALUE_NULL: return value;
    case VALUE_DOUBLE:
    case VALUE_NUMERIC:
        told(w, "SQL-19", "cast-fraction", SQL_DIFFERS, span_of(node),
             "SQLite cuts a fraction off, Postgres rounds it; do it in Python");
        break;
    case VALUE_UNKNOWN: told_unknown_type(w, "SQL-21", operand); break;
    case VALUE_BIND: bind_meets(w, operand, value_of_kind(VALUE_INTEGER)); told_text_number(w, node); break;
    case VALUE_TEXT:
    case VALUE_STRING:
        if (!from.digits)
            told_text_number(w, node);
        break;
    default:
        told(w, "SQL-19", "cast", SQL_DECIDE, span_of(node),
             "Postgres makes no integer of %s", value_kind_name(from.kind));
    }
    if (to == CAST_INTEGER) {
        respell(w, type, "BIGINT", "SQL-18", "INTEGER is 32 bits wide in Postgres");
        value.small = false;
    }
    return value;
}

static Value to_fractions(Work *w, const Node *node, const Node *operand, CastTo to)
{
    Value from  = seen(w, operand);
    Value value = { .kind = to == CAST_DOUBLE ? VALUE_DOUBLE : VALUE_NUMERIC,
                    .nullable = from.nullable };

    if (from.kind == VALUE_UNKNOWN)
        told_unknown_type(w, "SQL-21", operand);
    else if (from.kind == VALUE_TEXT || from.kind == VALUE_STRING)
        told_text_number(w, node);
    else if (from.kind == VALUE_BIND)
        bind_meets(w, operand, value);
    else if (from.kind == VALUE_BOOLEAN)
        to_integer(w, operand);
    else if (!kind_is_number(from.kind) && from.kind != VALUE_NULL)
        told(w, "SQL-19", "cast", SQL_DECIDE, span_of(node), "Postgres makes no number of %s",
             value_kind_name(from.kind));
    return value;
}

static Value to_text(Work *w, const Node *node, const Node *operand, const Node *type)
{
    Value from  = seen(w, operand);
    Value value = { .kind = VALUE_TEXT, .nullable = from.nullable };

    if (type->first && str_eq_nocase(span_text(w->text, type->name), STR("VARCHAR")))
        told(w, "SC-04", "cast-length", SQL_DIFFERS, span_of(type),
             "Postgres cuts text at the length, SQLite does not");
    switch (from.kind) {
    case VALUE_UNKNOWN: told_unknown_type(w, "SQL-21", operand); break;
    case VALUE_DOUBLE:
    case VALUE_NUMERIC:
    case VALUE_BOOLEAN:
        told(w, "SQL-19b", "number-as-text", SQL_DIFFERS, span_of(node),
             "%s reads otherwise as text in each database; format it in Python",
             value_kind_name(from.kind));
        break;
    case VALUE_TIMESTAMP:
        told(w, "DT-12", "timestamp-as-text", SQL_DIFFERS, span_of(node),
             "a timestamp reads otherwise as text in each database; its first ten characters agree");
        break;
    case VALUE_JSON:
        told(w, "JS-08", "json-as-text", SQL_DIFFERS, span_of(node),
             "Postgres writes JSON in its own way");
        break;
    case VALUE_BYTES:
        told(w, "BL-03", "cast", SQL_DECIDE, span_of(node), "Postgres writes bytes as hex text");
        break;
    case VALUE_BIND: bind_meets(w, operand, value); break;
    default: break;
    }
    return value;
}

static Value cast_value(Work *w, const Node *node, const Node *operand, const Node *type, CastTo to)
{
    Value from = seen(w, operand);

    switch (to) {
    case CAST_INTEGER:
    case CAST_BIGINT: return to_integers(w, node, operand, type, to);
    case CAST_DOUBLE:
    case CAST_NUMERIC: return to_fractions(w, node, operand, to);
    case CAST_TEXT:
    case CAST_VARCHAR: return to_text(w, node, operand, type);
    case CAST_BOOLEAN:
        if (from.kind != VALUE_BOOLEAN)
            told(w, "TX-16", "cast-boolean", SQL_DIFFERS, span_of(node),
                 "SQLite keeps the number, Postgres makes true of all but 0");
        return (Value) { .kind = VALUE_BOOLEAN, .nullable = from.nullable };
    case CAST_TIME:
        told(w, "DT-08", "cast-date", SQL_DECIDE, span_of(node),
             "SQLite makes the number at the beginning of it (2024), Postgres a date; take the "
             "first characters of the text");
        return value_of_kind(VALUE_UNKNOWN);
    case CAST_BYTES:
        told(w, "BL-03", "cast-blob", SQL_DECIDE, span_of(node),
             "Postgres has no BLOB; bind the bytes");
        return value_of_kind(VALUE_BYTES);
    case CAST_UNKNOWN: break;
    }
    told(w, "SQL-19", "cast-type", SQL_DECIDE, span_of(type),
         "Postgres does not know the type, or means another by it");
    return value_of_kind(VALUE_UNKNOWN);
}

/* The words of a type with one blank between them. */
static Str type_words(Work *w, const Node *type)
{
    Buf out = buf_new(w->arena);
    Str text = span_text(w->text, type->name);

    for (size_t i = 0; i < text.len; i++) {
        bool blank = text.ptr[i] == ' ' || text.ptr[i] == '\t' || text.ptr[i] == '\n';
        if (!blank)
            buf_add_char(&out, text.ptr[i]);
        else if (out.len && out.ptr[out.len - 1] != ' ')
            buf_add_char(&out, ' ');
    }
    return buf_str(&out);
}

Value cast(Work *w, Scope *scope, const Node *node)
{
    const Node *operand = node_child(node, ROLE_OPERAND), *type = node_child(node, ROLE_TYPE);
    CastTo      to      = CAST_UNKNOWN;

    if (!operand)
        return value_of_kind(VALUE_UNKNOWN);
    expression(w, scope, operand);
    if (!type) {
        told(w, "SQL-19", "cast-type", SQL_DECIDE, span_of(node), "the CAST names no type");
        return value_of_kind(VALUE_UNKNOWN);
    }
    Str name = type_words(w, type);
    if (type->first && !str_eq_nocase(name, STR("VARCHAR"))) {
        cured(w, "SQL-19", "cast-size", SQL_SAME, span_of(type),
              "SQLite does not heed the numbers behind the type; Postgres rounds by them, or refuses them");
        change_replace(w->arena, &w->changes, type->name.hi, type->hi, STR(""));
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!str_eq_nocase(name, str_of(types[i].name)))
            continue;
        to = types[i].to;
        if (types[i].spelled)
            respell(w, type, types[i].spelled, to == CAST_DOUBLE ? "SQL-16b" : "SQL-19",
                    to == CAST_DOUBLE ? "REAL has 32 bits in Postgres; DOUBLE PRECISION is what "
                                        "SQLite calls REAL"
                                      : "Postgres does not know this name of the type");
    }
    return cast_value(w, node, operand, type, to);
}
