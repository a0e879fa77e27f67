#include "analyzers/schema/column_meaning.h"

/* -- names ----------------------------------------------------------------------------------- */

typedef struct NamePattern {
    const char *text;
    enum { WHOLE, PREFIX, SUFFIX } how;
} NamePattern;

static bool lower_ends_with(Str name, Str tail)
{
    return name.len >= tail.len
        && str_eq_nocase(str_slice(name, name.len - tail.len, name.len), tail);
}

static bool name_fits(Str name, const NamePattern *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Str text = str_of(patterns[i].text);
        switch (patterns[i].how) {
        case WHOLE:
            if (str_eq_nocase(name, text))
                return true;
            break;
        case PREFIX:
            if (name.len > text.len && str_eq_nocase(str_slice(name, 0, text.len), text))
                return true;
            break;
        case SUFFIX:
            if (name.len > text.len && lower_ends_with(name, text))
                return true;
            break;
        }
    }
    return false;
}

#define NAME_FITS(name, patterns) \
    name_fits((name), (patterns), sizeof(patterns) / sizeof *(patterns))

static const NamePattern boolean_names[] = {
    { "is_", PREFIX },       { "has_", PREFIX },      { "can_", PREFIX },
    { "should_", PREFIX },   { "allow_", PREFIX },    { "_enabled", SUFFIX },
    { "_active", SUFFIX },   { "_flag", SUFFIX },     { "_verified", SUFFIX },
    { "_deleted", SUFFIX },  { "_archived", SUFFIX }, { "_revoked", SUFFIX },
    { "_published", SUFFIX }, { "deleted", WHOLE },   { "archived", WHOLE },
    { "revoked", WHOLE },    { "verified", WHOLE },   { "admin", WHOLE },
    { "enabled", WHOLE },    { "active", WHOLE },     { "published", WHOLE },
    { "read", WHOLE },       { "disabled", WHOLE },   { "_disabled", SUFFIX },
};

static const NamePattern quantity_names[] = {
    { "_count", SUFFIX },   { "count", WHOLE },    { "retries", WHOLE },  { "attempts", WHOLE },
    { "_retries", SUFFIX }, { "_attempts", SUFFIX }, { "priority", WHOLE }, { "level", WHOLE },
    { "version", WHOLE },   { "status", WHOLE },   { "quantity", WHOLE }, { "seq", WHOLE },
    { "_priority", SUFFIX }, { "_level", SUFFIX }, { "_version", SUFFIX }, { "_status", SUFFIX },
    { "_quantity", SUFFIX }, { "_seq", SUFFIX },
};

static const NamePattern time_names[] = {
    { "_at", SUFFIX },      { "_on", SUFFIX },   { "_time", SUFFIX },  { "timestamp", WHOLE },
    { "_timestamp", SUFFIX }, { "expires", WHOLE }, { "expires_", PREFIX }, { "expiry", WHOLE },
    { "created", WHOLE },   { "updated", WHOLE }, { "modified", WHOLE }, { "last_", PREFIX },
};

/* Of those, the ones that no date has. */
static const NamePattern moment_names[] = {
    { "_at", SUFFIX }, { "_time", SUFFIX }, { "timestamp", WHOLE }, { "_timestamp", SUFFIX },
};

static const NamePattern date_names[] = {
    { "date", WHOLE }, { "day", WHOLE },  { "dob", WHOLE },
    { "due", WHOLE },  { "_date", SUFFIX }, { "birthday", WHOLE },
};

static const NamePattern json_names[] = {
    { "_json", SUFFIX },   { "json", WHOLE }, { "payload", WHOLE }, { "metadata", WHOLE },
    { "meta", WHOLE },     { "config", WHOLE }, { "settings", WHOLE }, { "extra", WHOLE },
    { "data", WHOLE },     { "attrs", WHOLE }, { "tags", WHOLE },   { "_payload", SUFFIX },
    { "_metadata", SUFFIX }, { "_settings", SUFFIX }, { "_config", SUFFIX },
};

static const NamePattern money_names[] = {
    { "price", WHOLE },  { "amount", WHOLE },  { "cost", WHOLE },  { "balance", WHOLE },
    { "_price", SUFFIX }, { "_amount", SUFFIX }, { "_cost", SUFFIX }, { "_balance", SUFFIX },
};

/* -- declared types -------------------------------------------------------------------------- */

/* VARCHAR(10) → VARCHAR */
static Str type_word(Str declared)
{
    size_t paren = str_find_char(declared, '(');

    return str_trim(paren == STR_NOT_FOUND ? declared : str_slice(declared, 0, paren));
}

static bool declared_as(Str declared, const char *const *words)
{
    Str word = type_word(declared);

    for (; *words; words++)
        if (str_eq_nocase(word, str_of(*words)))
            return true;
    return false;
}

static const char *const boolean_words[] = { "BOOL", "BOOLEAN", NULL };
static const char *const time_words[]    = {
    "DATETIME", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE",
    "TIMESTAMP WITHOUT TIME ZONE", NULL,
};
static const char *const date_words[]  = { "DATE", NULL };
static const char *const json_words[]  = { "JSON", "JSONB", NULL };
static const char *const bytes_words[] = { "BLOB", "BYTEA", "BINARY", "VARBINARY", "LONGBLOB",
                                           "MEDIUMBLOB", "TINYBLOB", NULL };
static const char *const money_words[] = { "NUMERIC", "DECIMAL", "MONEY", "NUMBER", NULL };
static const char *const uuid_words[]  = { "UUID", "GUID", "UNIQUEIDENTIFIER", NULL };

/* -- checks ---------------------------------------------------------------------------------- */

enum {
    SAYS_ZERO    = 1,
    SAYS_ONE     = 2,
    SAYS_OTHER   = 4,
    SAYS_LOOSELY = 8, /* speaks of the column, and lets it have any other value */
    SAYS_BOOLEAN = SAYS_ZERO | SAYS_ONE,
};

static bool is_column(const SchemaExpr *expr, const Node *node, Str column)
{
    node = node_bare(node);
    if (!node || node->kind != NODE_COLUMN)
        return false;
    Str  name   = span_text(expr->text, node->name);
    bool quoted = name.len == column.len + 2 && strchr("\"`[", name.ptr[0]);
    return str_eq_nocase(quoted ? str_slice(name, 1, name.len - 1) : name, column);
}

static unsigned value_said(const SchemaExpr *expr, const Node *node)
{
    node = node_bare(node);
    if (!node || node->kind != NODE_LITERAL)
        return SAYS_OTHER;
    if (node->op == OP_FALSE || str_is(node_text(expr->text, node), "0"))
        return SAYS_ZERO;
    if (node->op == OP_TRUE || str_is(node_text(expr->text, node), "1"))
        return SAYS_ONE;
    return node->op == OP_NULL ? 0 : SAYS_OTHER;
}

static bool is_null_test(const SchemaExpr *expr, const Node *node, Str column)
{
    node = node_bare(node);
    if (node->kind == NODE_NULL_TEST)
        return node->op == OP_ISNULL && is_column(expr, node_child(node, ROLE_OPERAND), column);
    return node->kind == NODE_BINARY && node->op == OP_IS
        && is_column(expr, node_child(node, ROLE_LEFT), column)
        && value_said(expr, node_child(node, ROLE_RIGHT)) == 0;
}

static unsigned check_says(const SchemaExpr *expr, const Node *node, Str column);

/* `x IN (0, 1) OR y > 3` says nothing for sure. */
static unsigned either_says(const SchemaExpr *expr, const Node *left, const Node *right, Str column)
{
    unsigned a = check_says(expr, left, column), b = check_says(expr, right, column);
    bool     loose = (a == 0 && left && !is_null_test(expr, left, column))
              || (b == 0 && right && !is_null_test(expr, right, column));

    return (a | b) && loose ? a | b | SAYS_LOOSELY : a | b;
}

/* Which values of the column a condition speaks of; 0 when it is not about the column. */
static unsigned check_says(const SchemaExpr *expr, const Node *node, Str column)
{
    unsigned said = 0;

    node = node_bare(node);
    if (!node)
        return 0;
    const Node *operand = node_child(node, ROLE_OPERAND);
    const Node *left    = node_child(node, ROLE_LEFT);
    const Node *right   = node_child(node, ROLE_RIGHT);

    switch (node->kind) {
    case NODE_BINARY: {
        if (node->op == OP_OR)
            return either_says(expr, left, right, column);
        if (node->op == OP_AND) {
            unsigned a = check_says(expr, left, column);
            unsigned b = check_says(expr, right, column);
            return a == SAYS_BOOLEAN || b == SAYS_BOOLEAN ? SAYS_BOOLEAN : a | b;
        }
        bool about = is_column(expr, left, column) || is_column(expr, right, column);
        if (!about)
            return 0;
        const Node *other = is_column(expr, left, column) ? right : left;
        if (node->op == OP_NE || node->op == OP_IS_NOT)
            return value_said(expr, other) == SAYS_OTHER ? SAYS_OTHER : SAYS_LOOSELY;
        return node->op == OP_EQ || node->op == OP_EQ_EQ || node->op == OP_IS
                 ? value_said(expr, other)
                 : SAYS_OTHER;
    }
    case NODE_IN:
        if (!is_column(expr, operand, column) || !right || right->kind != NODE_LIST)
            return 0;
        node_each(item, right)
            said |= value_said(expr, item);
        return node->flags & FLAG_NOT ? SAYS_OTHER : said;
    case NODE_BETWEEN:
        if (!is_column(expr, operand, column))
            return 0;
        return value_said(expr, node_child(node, ROLE_LOW)) == SAYS_ZERO
                    && value_said(expr, node_child(node, ROLE_HIGH)) == SAYS_ONE
                 ? SAYS_BOOLEAN
                 : SAYS_OTHER;
    default: return 0;
    }
}

/* `a IN (0, 1) AND b > 0` says more. */
bool check_is_boolean(const CatalogCheck *check, Str column)
{
    if (!check->expr.node || check_says(&check->expr, check->expr.node, column) != SAYS_BOOLEAN)
        return false;
    node_walk_each(node, check->expr.node) {
        if (node->kind == NODE_COLUMN && !is_column(&check->expr, node, column))
            return false;
        if (node->kind == NODE_BINARY && node->op == OP_AND)
            return false;
    }
    return true;
}

typedef struct Checks {
    unsigned            said;
    const CatalogCheck *boolean;
    const CatalogCheck *json;
} Checks;

static const Node *find_function(const SchemaExpr *expr, const char *name)
{
    if (!expr->node)
        return NULL;
    node_walk_each(node, expr->node)
        if (node->kind == NODE_FUNCTION
            && str_eq_nocase(span_text(expr->text, node->name), str_of(name)))
            return node;
    return NULL;
}

static Checks read_checks(const CatalogTable *table, Str column)
{
    Checks out = { 0 };

    vec_each(check, &table->checks) {
        unsigned    said  = check_says(&check->expr, check->expr.node, column);
        const Node *valid = find_function(&check->expr, "json_valid");
        out.said |= said;
        if (said == SAYS_BOOLEAN)
            out.boolean = check;
        if (valid && is_column(&check->expr, node_child(valid, ROLE_ARG), column))
            out.json = check;
    }
    return out;
}

/* -- defaults -------------------------------------------------------------------------------- */

typedef enum DefaultKind {
    DEFAULT_NONE, /* there is none, or it is NULL */
    DEFAULT_OTHER,
    DEFAULT_ZERO_ONE,
    DEFAULT_NOW,
    DEFAULT_TODAY,
    DEFAULT_EPOCH,
    DEFAULT_JSON,
} DefaultKind;

/* The first argument that is a string, without its quotes: a format of strftime. */
static Str format_of(const SchemaExpr *expr, const Node *function)
{
    const Node *arg = node_child(function, ROLE_ARG);

    if (!arg || arg->kind != NODE_LITERAL || arg->op != OP_STRING)
        return (Str) { 0 };
    return str_slice(node_text(expr->text, arg), 1, arg->hi - arg->lo - 1);
}

static DefaultKind default_by_function(const SchemaExpr *expr)
{
    const Node *strftime = find_function(expr, "strftime");

    if (find_function(expr, "unixepoch") || find_function(expr, "julianday"))
        return DEFAULT_EPOCH;
    if (strftime) {
        Str format = format_of(expr, strftime);
        if (str_contains(format, STR("%s")) || str_contains(format, STR("%J")))
            return DEFAULT_EPOCH;
        if (!str_contains(format, STR("%Y")))
            return DEFAULT_OTHER;
        return str_contains(format, STR("%H")) || str_contains(format, STR("%T")) ? DEFAULT_NOW
             : str_contains(format, STR("%d"))                                    ? DEFAULT_TODAY
                                                                                  : DEFAULT_OTHER;
    }
    if (find_function(expr, "datetime"))
        return DEFAULT_NOW;
    return find_function(expr, "date") ? DEFAULT_TODAY : DEFAULT_OTHER;
}

static DefaultKind default_kind(const SchemaExpr *expr)
{
    const Node *node = node_bare(expr->node);

    if (!node)
        return DEFAULT_NONE;
    if (node->kind != NODE_LITERAL)
        return default_by_function(expr);
    switch (node->op) {
    case OP_NULL: return DEFAULT_NONE;
    case OP_CURRENT_TIMESTAMP: return DEFAULT_NOW;
    case OP_CURRENT_DATE: return DEFAULT_TODAY;
    case OP_TRUE:
    case OP_FALSE: return DEFAULT_ZERO_ONE;
    case OP_INTEGER:
        return value_said(expr, node) & SAYS_BOOLEAN ? DEFAULT_ZERO_ONE : DEFAULT_OTHER;
    case OP_STRING: {
        Str text = str_trim(str_slice(node_text(expr->text, node), 1, node->hi - node->lo - 1));
        if (str_is(text, "0") || str_is(text, "1"))
            return DEFAULT_ZERO_ONE; /* a column of numbers makes a number of it */
        return str_is(text, "{}") || str_is(text, "[]") ? DEFAULT_JSON : DEFAULT_OTHER;
    }
    default: return DEFAULT_OTHER;
    }
}

/* -- meanings -------------------------------------------------------------------------------- */

typedef struct Case {
    Arena               *arena;
    const CatalogColumn *column;
    Checks               checks;
    DefaultKind          default_;
} Case;

static Meaning found(const Case *it, ColumnMeaning meaning, MeaningCertainty certainty, Str because)
{
    return (Meaning) {
        .meaning = meaning, .certainty = certainty, .because = because, .place = it->column->place,
        .by_definition = because
    };
}

static Meaning declared(const Case *it, ColumnMeaning meaning)
{
    return found(it, meaning, MEANING_YES,
                 str_format(it->arena, "declared " STR_FORMAT, STR_ARG(it->column->declared)));
}

static Meaning plain(ColumnMeaning suspicion)
{
    return (Meaning) { .suspicion = suspicion };
}

static Str default_text(const Case *it)
{
    return node_text(it->column->default_.text, it->column->default_.node);
}

static Meaning by_default_and_name(const Case *it, ColumnMeaning meaning,
                                   MeaningCertainty certainty)
{
    return found(it, meaning, certainty,
                 str_format(it->arena, "default " STR_FORMAT " and the name " STR_FORMAT,
                            STR_ARG(default_text(it)), STR_ARG(it->column->name)));
}

static Meaning by_default(const Case *it, ColumnMeaning meaning)
{
    return found(it, meaning, MEANING_MAYBE,
                 str_format(it->arena, "default " STR_FORMAT, STR_ARG(default_text(it))));
}

static bool holds_numbers(Affinity affinity)
{
    return affinity == AFFINITY_INTEGER || affinity == AFFINITY_NUMERIC;
}

static Meaning boolean_of(const Case *it)
{
    const CatalogColumn *column  = it->column;
    bool                 is_word = declared_as(column->declared, boolean_words);
    bool                 bounded = it->checks.said & SAYS_OTHER;
    bool other_default = it->default_ != DEFAULT_NONE && it->default_ != DEFAULT_ZERO_ONE;

    if (column->pk || (!is_word && !holds_numbers(column->affinity)))
        return plain(MEANS_PLAIN);
    if (bounded || other_default)
        return plain(is_word ? MEANS_BOOLEAN : MEANS_PLAIN);
    if (is_word)
        return declared(it, MEANS_BOOLEAN);
    if (it->checks.boolean) {
        Meaning out = found(it, MEANS_BOOLEAN, MEANING_YES,
                            str_format(it->arena, "CHECK " STR_FORMAT,
                                       STR_ARG(node_text(it->checks.boolean->expr.text,
                                                         it->checks.boolean->expr.node))));
        out.place = it->checks.boolean->place;
        if (NAME_FITS(column->name, quantity_names))
            out.certainty = MEANING_MAYBE;
        return out;
    }
    if (NAME_FITS(column->name, quantity_names) || !NAME_FITS(column->name, boolean_names))
        return plain(MEANS_PLAIN);
    return it->default_ == DEFAULT_ZERO_ONE ? by_default_and_name(it, MEANS_BOOLEAN, MEANING_MAYBE)
                                            : plain(MEANS_BOOLEAN);
}

static Meaning time_of(const Case *it)
{
    const CatalogColumn *column  = it->column;
    bool                 is_time = declared_as(column->declared, time_words);
    bool                 is_date = declared_as(column->declared, date_words);

    if (it->default_ == DEFAULT_EPOCH || (it->default_ == DEFAULT_ZERO_ONE && (is_time || is_date)))
        return plain(is_time ? MEANS_TIMESTAMPTZ : is_date ? MEANS_DATE : MEANS_PLAIN);
    if (is_time)
        return declared(it, MEANS_TIMESTAMPTZ);
    if (is_date)
        return declared(it, MEANS_DATE);
    if (column->affinity == AFFINITY_INTEGER || column->affinity == AFFINITY_REAL)
        return plain(MEANS_PLAIN);
    if (it->default_ == DEFAULT_NOW)
        return NAME_FITS(column->name, time_names)
                 ? by_default_and_name(it, MEANS_TIMESTAMPTZ, MEANING_YES)
                 : by_default(it, MEANS_TIMESTAMPTZ);
    if (it->default_ == DEFAULT_TODAY)
        return NAME_FITS(column->name, date_names) || NAME_FITS(column->name, time_names)
                 ? by_default_and_name(it, MEANS_DATE, MEANING_YES)
                 : by_default(it, MEANS_DATE);
    if (it->default_ != DEFAULT_NONE)
        return plain(MEANS_PLAIN);
    if (NAME_FITS(column->name, date_names))
        return plain(MEANS_DATE);
    return plain(NAME_FITS(column->name, time_names) ? MEANS_TIMESTAMPTZ : MEANS_PLAIN);
}

static Meaning json_of(const Case *it)
{
    const CatalogColumn *column = it->column;
    bool                 named  = NAME_FITS(column->name, json_names);

    if (declared_as(column->declared, json_words))
        return declared(it, MEANS_JSON);
    if (it->checks.json) {
        Meaning out = found(it, MEANS_JSON, MEANING_YES, STR("CHECK with json_valid()"));
        out.place   = it->checks.json->place;
        return out;
    }
    if (column->affinity != AFFINITY_TEXT && column->declared.len)
        return plain(MEANS_PLAIN);
    if (it->default_ == DEFAULT_JSON)
        return named ? by_default_and_name(it, MEANS_JSON, MEANING_MAYBE) : plain(MEANS_JSON);
    return plain(named && it->default_ == DEFAULT_NONE ? MEANS_JSON : MEANS_PLAIN);
}

static Meaning others_of(const Case *it)
{
    const CatalogColumn *column = it->column;

    if (declared_as(column->declared, bytes_words))
        return declared(it, MEANS_BYTES);
    if (declared_as(column->declared, money_words))
        return declared(it, MEANS_MONEY);
    /* A UUID column would be read as uuid.UUID (TX-21): TEXT unless the configuration says so. */
    if (declared_as(column->declared, uuid_words))
        return plain(MEANS_UUID);
    bool money = column->affinity == AFFINITY_REAL && NAME_FITS(column->name, money_names);
    return plain(money ? MEANS_MONEY : MEANS_PLAIN);
}

static Meaning by_definition(const Case *it)
{
    typedef Meaning Judge(const Case *it);
    static Judge *const judges[] = { boolean_of, time_of, json_of, others_of };

    Meaning out = plain(MEANS_PLAIN);

    for (size_t i = 0; i < sizeof judges / sizeof *judges; i++) {
        Meaning next = judges[i](it);
        if (next.certainty != MEANING_NO)
            return next;
        if (out.suspicion == MEANS_PLAIN)
            out.suspicion = next.suspicion;
    }
    return out;
}

/* -- what is left open ----------------------------------------------------------------------- */

enum {
    SET_BOOLEAN = 1u << MEANS_BOOLEAN,
    SET_TIMES   = 1u << MEANS_TIMESTAMPTZ | 1u << MEANS_DATE,
    SET_JSON    = 1u << MEANS_JSON,
    SET_BYTES   = 1u << MEANS_BYTES,
};

static bool refers(const CatalogTable *table, Str column)
{
    vec_each(key, &table->foreign_keys)
        vec_each(name, &key->columns)
            if (str_eq_nocase(*name, column))
                return true;
    return false;
}

/* A declared type with a meaning of its own leaves nothing open, and neither does a key: its values are names. */
static unsigned open_to(const Case *it, const CatalogTable *table)
{
    const CatalogColumn *column = it->column;
    DefaultKind          value  = it->default_;
    bool                 text   = column->affinity == AFFINITY_TEXT || column->declared.len == 0;
    bool                 number = column->affinity == AFFINITY_INTEGER;
    bool                 quiet  = value == DEFAULT_NONE;
    unsigned             out    = 0;

    if (column->pk || column->generated != GENERATED_NO || refers(table, column->name)
        || declared_as(column->declared, uuid_words))
        return 0;
    if (number && !(it->checks.said & SAYS_OTHER) && (quiet || value == DEFAULT_ZERO_ONE)
        && !NAME_FITS(column->name, quantity_names))
        out |= SET_BOOLEAN;
    if (text && !it->checks.said && (quiet || value == DEFAULT_NOW || value == DEFAULT_TODAY))
        out |= SET_TIMES;
    if (text && !it->checks.said && !column->unique && (quiet || value == DEFAULT_JSON))
        out |= SET_JSON;
    if (text && !it->checks.said && quiet)
        out |= SET_BYTES;
    return out;
}

static unsigned named_for(Str name)
{
    unsigned out = 0;

    if (NAME_FITS(name, boolean_names))
        out |= SET_BOOLEAN;
    if (NAME_FITS(name, time_names)) /* `created_on` may be either: its values tell */
        out |= SET_TIMES;
    if (NAME_FITS(name, date_names))
        out |= SET_TIMES;
    if (NAME_FITS(name, json_names))
        out |= SET_JSON;
    return out;
}

static unsigned defaulted_to(DefaultKind value)
{
    switch (value) {
    case DEFAULT_ZERO_ONE: return SET_BOOLEAN;
    case DEFAULT_NOW: return 1u << MEANS_TIMESTAMPTZ;
    case DEFAULT_TODAY: return 1u << MEANS_DATE;
    case DEFAULT_JSON: return SET_JSON;
    default: return 0;
    }
}

static bool is_declared_meaning(const CatalogColumn *column)
{
    static const char *const *const words[] = { boolean_words, time_words, date_words, json_words, bytes_words,
                                                money_words };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (declared_as(column->declared, words[i]))
            return true;
    return false;
}

Definition column_definition_of(Arena *arena, const CatalogTable *table, const CatalogColumn *column)
{
    Case       it  = { .arena    = arena,
                       .column   = column,
                       .checks   = read_checks(table, column->name),
                       .default_ = default_kind(&column->default_) };
    Definition out = { .meaning = by_definition(&it) };

    out.is_declared = out.meaning.certainty != MEANING_NO && is_declared_meaning(column);
    out.is_checked  = out.meaning.certainty != MEANING_NO && !out.is_declared
                  && (out.meaning.meaning == MEANS_BOOLEAN ? it.checks.boolean != NULL : it.checks.json != NULL);
    out.open        = out.is_declared || out.is_checked ? 0 : open_to(&it, table);
    out.named       = named_for(column->name);
    out.is_moment   = NAME_FITS(column->name, moment_names);
    out.defaulted   = defaulted_to(it.default_);
    return out;
}
