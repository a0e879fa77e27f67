/*
 * What Python finds in a row: the keys as each database spells them, and the types that come out
 * otherwise from the two.
 */
#include "rewriters/sql/colon.h"
#include "rewriters/sql/naming.h"
#include "rewriters/sql/spelling.h"
#include "rewriters/sql/work.h"

/* -- keys that Postgres makes up ------------------------------------------------------------- */

/*
 * Postgres calls a result without alias after the column or function it comes from. Some names
 * are second choice: a CAST takes the name of what it casts, and only for want of one its type's.
 */
typedef enum Strength { NAME_NONE, NAME_WEAK, NAME_STRONG } Strength;

#define NO_NAME STR("?column?")

static Str figure(Work *w, Str text, const Node *node, Strength *strength);

/* A name as Postgres keeps it. */
static Str small(Work *w, Str text, Span name)
{
    Str plain = sql_name(w->arena, text, name);

    return text.ptr[name.lo] == '"' ? plain : str_lower(w->arena, plain);
}

static Str first_result(Work *w, Str text, const Node *subquery, Strength *strength)
{
    const Node *select = node_child(subquery, ROLE_SELECT);
    const Node *core   = select ? node_child(select, ROLE_CORE) : NULL;
    const Node *items  = core ? node_child(core, ROLE_RESULTS) : NULL;
    const Node *item   = items ? items->first : NULL;

    *strength = NAME_STRONG;
    if (item && span_is_set(item->alias))
        return small(w, text, item->alias);
    const Node *value = item ? node_child(item, ROLE_OPERAND) : NULL;
    return value ? figure(w, text, value, strength) : NO_NAME;
}

/* The type's name inside of Postgres. */
static Str type_name(Work *w, Str text, const Node *type)
{
    static const struct {
        const char *written, *inside;
    } types[] = {
        { "bigint", "int8" },   { "integer", "int4" },           { "int", "int4" },
        { "smallint", "int2" }, { "double precision", "float8" }, { "float", "float8" },
        { "boolean", "bool" },  { "decimal", "numeric" },
    };
    Str name = type ? str_lower(w->arena, span_text(text, type->name)) : STR("");

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_is(name, types[i].written))
            return str_of(types[i].inside);
    return name;
}

static Str figure_function(Work *w, Str text, const Node *node)
{
    Str name = small(w, text, node->name);

    return str_is(name, "trim") ? STR("btrim") : name;
}

static Str figure_literal(const Node *node, Strength *strength)
{
    switch (node->op) {
    case OP_CURRENT_TIMESTAMP: return STR("current_timestamp");
    case OP_CURRENT_DATE: return STR("current_date");
    default: *strength = NAME_NONE; return NO_NAME;
    }
}

/* What Postgres' FigureColname() makes of an expression. */
static Str figure(Work *w, Str text, const Node *node, Strength *strength)
{
    *strength = NAME_STRONG;
    switch (node->kind) {
    case NODE_COLUMN: return small(w, text, node->name);
    case NODE_FUNCTION: return figure_function(w, text, node);
    case NODE_PAREN:
    case NODE_COLLATE: {
        const Node *operand = node_child(node, ROLE_OPERAND);
        return operand ? figure(w, text, operand, strength) : NO_NAME;
    }
    case NODE_CAST: {
        const Node *operand = node_child(node, ROLE_OPERAND);
        Str         name    = operand ? figure(w, text, operand, strength) : STR("");
        if (operand && *strength > NAME_WEAK)
            return name;
        *strength = NAME_WEAK;
        return type_name(w, text, node_child(node, ROLE_TYPE));
    }
    case NODE_CASE: {
        const Node *otherwise = node_child(node, ROLE_ELSE);
        Str         name      = otherwise ? figure(w, text, otherwise, strength) : STR("");
        if (otherwise && *strength > NAME_WEAK)
            return name;
        *strength = NAME_WEAK;
        return STR("case");
    }
    case NODE_SUBQUERY: return first_result(w, text, node, strength);
    case NODE_EXISTS: return STR("exists");
    case NODE_ROW: return STR("row");
    case NODE_LITERAL: return figure_literal(node, strength);
    default: *strength = NAME_NONE; return NO_NAME;
    }
}

static Str postgres_key(Work *w, Str text)
{
    const Node *node     = sql_parse_expression(w->arena, text);
    Strength    strength = NAME_NONE;

    return node ? figure(w, text, node, &strength) : NO_NAME;
}

/* -- types ----------------------------------------------------------------------------------- */

/* `n * ?`, MAX(n, ?): an integer for an integer, and for a float a Decimal. */
static bool calculates_with_bind(const Work *w, const Node *node)
{
    const Node *bare = node_bare(node);

    if (bare->kind == NODE_BIND)
        return true;
    bool extreme = bare->kind == NODE_FUNCTION
                && (str_eq_nocase(name_of(w, bare->name), STR("max")) || str_eq_nocase(name_of(w, bare->name), STR("min")));
    if (bare->kind != NODE_BINARY && bare->kind != NODE_UNARY && !extreme)
        return false;
    node_each(child, bare)
        if (calculates_with_bind(w, child))
            return true;
    return false;
}

static void told_type(Work *w, const Node *item, const Value *value)
{
    ValueKind   kind    = value->kind;
    const Node *operand = item->kind == NODE_RESULT ? node_child(item, ROLE_OPERAND) : NULL;

    static const struct {
        ValueKind   kind;
        const char *code, *message;
    } types[] = {
        { VALUE_TIMESTAMP, "DT-01",
          "Python reads text from SQLite and an aware datetime from Postgres here" },
        { VALUE_DATE, "DT-14", "Python reads text from SQLite and a date from Postgres here" },
        { VALUE_JSON, "JS-02",
          "Python reads text from SQLite and decoded JSON from Postgres here" },
        { VALUE_BYTES, "BL-01",
          "Python reads bytes from SQLite and a memoryview from Postgres here" },
        { VALUE_NUMERIC, "TX-21",
          "Python reads a number from SQLite and a Decimal from Postgres here" },
        { VALUE_UUID, "TX-21", "Python reads text from SQLite and a UUID from Postgres here" },
    };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].kind == kind)
            told(w, types[i].code, "result-type", SQL_DIFFERS, span_of(item), "%s",
                 types[i].message);
    if (value->mixed)
        told(w, "SQL-16", "result-number", SQL_DIFFERS, span_of(item),
             "Python may read an integer from SQLite (0) where Postgres gives a float (0.0)");
    else if (kind == VALUE_BIND || value->bound || (operand && kind == VALUE_INTEGER && calculates_with_bind(w, operand)))
        told(w, "TX-21", "result-number", SQL_DIFFERS, span_of(item),
             "when a float is bound Postgres calculates with decimals, and Python reads a Decimal");
}

/* Whether a value whose kind is not known comes from a column of a type that is none of ours. */
static bool is_foreign(const Work *w, const Node *operand, const Value *value)
{
    if (value->kind != VALUE_UNKNOWN)
        return false;
    if (value->column || !operand)
        return value->column && value->column->foreign;
    node_walk_each(node, operand)
        if (node->kind == NODE_COLUMN && seen(w, node).column && seen(w, node).column->foreign)
            return true;
    return false;
}

/* -- items ----------------------------------------------------------------------------------- */

static void add_column(Work *w, const Node *item, Str name, const Value *value)
{
    told_type(w, item, value);
    vec_push(w->arena, &w->out->results,
             ((SqlResult) { .key = name, .lite_key = name, .pg_key = cut_name(str_lower(w->arena, name)),
                            .type = kind_type(value->kind), .nullable = value->nullable,
                            .is_foreign = is_foreign(w, NULL, value), .lo = item->lo, .hi = item->hi }));
}

/* A star, or a hole, that stands for we do not know what. */
static void add_unknown(Work *w, const Node *item)
{
    vec_push(w->arena, &w->out->results,
             ((SqlResult) { .is_star = true, .nullable = true, .lo = item->lo, .hi = item->hi }));
}

static bool is_meant(const Source *source, Str handle)
{
    return handle.len ? str_eq_nocase(source->handle, handle) : !source->by_name;
}

/* An expression without alias, further in: each database makes a name of its own for it. */
static bool all_named(const Source *source)
{
    vec_each(column, &source->columns)
        if (column->name.len == 0)
            return false;
    return true;
}

static void describe_star(Work *w, const Scope *scope, const Node *item)
{
    Str  handle = name_of(w, item->qualifier);
    bool known  = true;

    vec_each(source, &scope->sources)
        if (is_meant(source, handle))
            known = known && source->known && all_named(source);
    if (!known || scope->sources.count == 0) {
        add_unknown(w, item);
        return;
    }
    bool folded = false;
    vec_each(source, &scope->sources) {
        if (!is_meant(source, handle))
            continue;
        vec_each(column, &source->columns) {
            if (!handle.len && is_merged(w, scope, source, column->name))
                continue;
            add_column(w, item, column->name, &column->value);
            folded = folded || name_has_capitals(column->name);
        }
    }
    if (folded && w->options->keep_names)
        told(w, "SQL-12", "folded-names", SQL_DIFFERS, span_of(item),
             "Postgres gives these columns small names; name them, with an alias in quotes, where a row is read by name");
}


/* Leaves what was put behind it, such as NULLS FIRST. */
static void spell_again(Work *w, const Node *node, Str text)
{
    vec_each(change, &w->changes)
        if (change->lo == node->lo && change->hi == node->hi && change->side == CHANGE_TEXT) {
            change->text = text;
            return;
        }
    change_put(w->arena, &w->changes, node->lo, node->hi, text);
}

/* ORDER BY and GROUP BY find a quoted alias in the same quotes only. */
static void quote_uses(Work *w, Scope *scope, const Node *item, const Node *terms, Str quoted)
{
    if (!terms)
        return;
    node_each(term, terms) {
        const Node *operand = term->kind == NODE_ORDER_TERM ? node_child(term, ROLE_OPERAND) : term;
        const Node *bare    = operand ? node_bare(operand) : NULL;
        if (!bare || bare->kind != NODE_COLUMN || span_is_set(bare->qualifier)
            || !str_eq_nocase(name_of(w, bare->name), name_of(w, item->alias)))
            continue;
        if (terms->role == ROLE_ORDER || find_column(w, scope, bare).alias == item)
            spell_again(w, bare, quoted);
    }
}

static bool is_folded_name(const SqlResult *result)
{
    return name_is_plain(result->key) && name_has_capitals(result->key);
}

/* An alias where the new text would give the result another key; none where Postgres would cut it off. */
static void keep_key(Work *w, Scope *scope, const Node *item, SqlResult *result)
{
    if (str_eq(result->key, result->lite_key) && str_eq(result->key, result->pg_key))
        return;
    if (result->key.len == 0 || result->key.len > NAME_LIMIT
        || str_find_char(result->key, ':') != STR_NOT_FOUND)
        return;
    Str quoted = name_quoted(w->arena, result->key);
    if (span_is_set(item->alias)) {
        const Node *core = node_ancestor(item, NODE_SELECT_CORE);
        change_replace(w->arena, &w->changes, item->alias.lo, item->alias.hi, quoted);
        if (core) {
            quote_uses(w, scope, item, node_child(core, ROLE_GROUP), quoted);
            quote_uses(w, scope, item, core->parent ? node_child(core->parent, ROLE_ORDER) : NULL,
                       quoted);
        }
    } else {
        change_close(w->arena, &w->changes, item->hi,
                     str_format(w->arena, " " STR_FORMAT " " STR_FORMAT,
                                STR_ARG(keyword_cased(w, "AS")), STR_ARG(quoted)));
    }
    cured(w, "PY-22", "result-key", SQL_SAME, span_of(item),
          "each database names this result in its own way; the alias is the name Python knows");
    result->lite_key = result->pg_key = result->key;
}

static void describe_alias(Work *w, const Node *item, SqlResult *result)
{
    Str spelled = change_render(w->arena, &w->changes, w->text, item->alias.lo, item->alias.hi);

    result->key = result->lite_key = name_of(w, item->alias);
    result->pg_key = cut_name(str_starts_with(spelled, STR("\"")) ? result->key
                                                                      : str_lower(w->arena, result->key));
}

/* SQLite calls an expression what is written up to the next token: comments, too. */
static uint32_t key_end(const Work *w, const Node *operand)
{
    uint32_t end = operand->hi;

    vec_each(token, &w->out->sql.tokens) {
        if (token->lo < operand->hi)
            continue;
        if (!token_is_blank(*token))
            break;
        if (token->kind == TOKEN_COMMENT)
            end = token->hi;
    }
    return end;
}

static void describe_text(Work *w, const Node *operand, SqlResult *result)
{
    uint32_t end  = key_end(w, operand);
    Str      text = change_render(w->arena, &w->changes, w->text, operand->lo, end);

    result->key      = str_slice(w->text, operand->lo, end);
    result->lite_key = text_as_sqlite(w->arena, text);
}

static void describe_column(Work *w, Scope *scope, const Node *operand, const Value *value,
                            SqlResult *result)
{
    Str  declared = column_key(w, scope, node_bare(operand), value);
    bool string   = value->kind == VALUE_STRING; /* "text" that is no column */

    result->key = result->lite_key = declared;
    if (string)
        describe_text(w, operand, result);
    result->pg_key   = string ? NO_NAME : cut_name(str_lower(w->arena, declared));
}

static void describe_item(Work *w, Scope *scope, const Node *item, const Node *operand)
{
    Value     value  = seen(w, operand);
    Str       text   = change_render(w->arena, &w->changes, w->text, operand->lo, operand->hi);
    SqlResult result = { .type = kind_type(value.kind), .nullable = value.nullable,
                         .is_foreign = is_foreign(w, operand, &value), .lo = item->lo, .hi = item->hi };

    told_type(w, item, &value);
    if (span_is_set(item->alias)) {
        describe_alias(w, item, &result);
    } else if (node_bare(operand)->kind == NODE_COLUMN) {
        describe_column(w, scope, operand, &value, &result);
    } else {
        describe_text(w, operand, &result);
        result.pg_key = postgres_key(w, text);
    }
    if (w->options->keep_keys || (w->options->keep_names && is_folded_name(&result)))
        keep_key(w, scope, item, &result);
    vec_push(w->arena, &w->out->results, result);
}

void describe_rows(Work *w, const Node *core, const Rows *rows, bool compound)
{
    if (core->kind == NODE_VALUES) {
        vec_each(column, &rows->columns)
            add_column(w, core, column->name, &column->value);
    } else if (compound && rows->known && rows->columns.count == w->out->results.count) {
        for (size_t i = 0; i < rows->columns.count; i++) {
            const Value *value = &rows->columns.items[i].value;
            SqlResult   *old   = &w->out->results.items[i];
            if (old->is_star)
                continue;
            old->nullable = value->nullable;
            if (kind_type(value->kind) != old->type || value->mixed)
                told_type(w, core, value);
            old->type = kind_type(value->kind);
        }
    }
}

void describe_results(Work *w, const Node *items, Scope *scope)
{
    node_each(item, items) {
        const Node *operand = node_child(item, ROLE_OPERAND);
        if (item->kind == NODE_STAR)
            describe_star(w, scope, item);
        else if (item->kind == NODE_RESULT && operand)
            describe_item(w, scope, item, operand);
        else
            add_unknown(w, item);
    }
}
