#include "rewriters/sql/spelling.h"
#include "rewriters/sql/work.h"

/* -- building -------------------------------------------------------------------------------- */

Scope *scope_new(Work *w, Scope *outer)
{
    Scope *scope = arena_new(w->arena, Scope);

    scope->outer = outer;
    scope->ctes  = outer ? outer->ctes : NULL;
    return scope;
}

/* `FROM t, t`: SQLite asks for no other name as long as no column is named. */
static void told_same_name(Work *w, const Scope *scope, Str handle, const Node *node)
{
    vec_each(other, &scope->sources)
        if (node && other->node && handle.len && str_eq_nocase(other->handle, handle)) {
            told(w, "SQL-27", "same-name", SQL_DECIDE, span_of(node),
                 "two tables are called " STR_FORMAT " here, which Postgres refuses; give one an alias",
                 STR_ARG(handle));
            return;
        }
}

Source *scope_add(Work *w, Scope *scope, Str handle, const KnownTable *table, const Node *node)
{
    told_same_name(w, scope, handle, node);
    vec_push(w->arena, &scope->sources,
             ((Source) { .handle = handle, .table = table, .node = node, .known = table != NULL }));
    Source *source = &vec_last(&scope->sources);
    if (table)
        vec_each(column, &table->columns)
            vec_push(w->arena, &source->columns,
                     ((NamedValue) { column->name, value_of_column(table, column) }));
    return source;
}

Cte *find_cte(const Scope *scope, Str name)
{
    for (const Cte *cte = scope ? scope->ctes : NULL; cte; cte = cte->next)
        if (str_eq_nocase(cte->name, name))
            return (Cte *)cte;
    return NULL;
}

/* -- looking up ------------------------------------------------------------------------------ */

static bool find_in_source(const Source *source, Str name, size_t *at)
{
    for (size_t i = 0; i < source->columns.count; i++)
        if (str_eq_nocase(source->columns.items[i].name, name)) {
            *at = i;
            return true;
        }
    return false;
}

static bool find_in_sources(const Scope *scope, Str qualifier, Str name, Found *found)
{
    const Source *unknown = NULL;

    vec_each(source, &scope->sources) {
        size_t at = 0;
        if (qualifier.len ? !str_eq_nocase(source->handle, qualifier) : source->by_name)
            continue;
        if (find_in_source(source, name, &at)) {
            *found = (Found) { .source = source, .column = at, .scope = scope, .sure = true,
                               .value = source->columns.items[at].value };
            return true;
        }
        if (!source->known)
            unknown = source;
        else if (qualifier.len) {
            *found = (Found) { .scope = scope, .sure = true };
            return true;
        }
    }
    if (unknown) {
        *found = (Found) { .source = unknown, .column = SIZE_MAX, .scope = scope,
                           .value = value_of_kind(VALUE_UNKNOWN) };
        return true;
    }
    return false;
}

/* `id AS "Id"`, `-n AS n`: there is a column of this name, and SQLite looks for columns first. */
static bool is_name_of_column(const Work *w, const Node *item, Str name)
{
    const Node *value = node_child(item, ROLE_OPERAND);

    if (value)
        node_walk_each(node, value)
            if (node->kind == NODE_COLUMN && str_eq_nocase(name_of(w, node->name), name)
                && node_ancestor(node, NODE_SUBQUERY) == node_ancestor(item, NODE_SUBQUERY))
                return true;
    return false;
}

static const Node *find_alias(const Work *w, const Node *results_node, Str name)
{
    if (!results_node)
        return NULL;
    node_each(item, results_node)
        if (item->kind == NODE_RESULT && span_is_set(item->alias) && !is_name_of_column(w, item, name)
            && str_eq_nocase(name_of(w, item->alias), name))
            return item;
    return NULL;
}

Found find_column(const Work *w, Scope *scope, const Node *column)
{
    Str   name      = name_of(w, column->name);
    Str   qualifier = name_of(w, column->qualifier);
    Found found     = { .sure = true };

    for (const Scope *at = scope; at; at = at->outer) {
        Found        inside = { 0 };
        bool         here   = find_in_sources(at, qualifier, name, &inside);
        const Node  *alias  = qualifier.len ? NULL : find_alias(w, at->results, name);
        if (alias && (!here || !inside.sure)) {
            const Node *value = node_child(alias, ROLE_OPERAND);
            found = (Found) { .alias = alias, .scope = at, .sure = true,
                              .value = value ? seen(w, value) : value_of_kind(VALUE_UNKNOWN) };
            found.value.plain = false;
            return found;
        }
        if (here)
            return inside;
    }
    return found;
}

Str column_key(Work *w, Scope *scope, const Node *column, const Value *value)
{
    Found found = find_column(w, scope, column);

    if (found.source && !found.source->table && found.column != SIZE_MAX)
        return found.source->columns.items[found.column].name;
    return value->plain && value->column ? value->column->name : name_of(w, column->name);
}

/* -- spelling -------------------------------------------------------------------------------- */

static Str escaped(const Work *w, Str text)
{
    if (w->options->keep_binds || str_find_char(text, ':') == STR_NOT_FOUND)
        return text;

    Buf out = buf_new(w->arena);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ':')
            buf_add_char(&out, '\\');
        buf_add_char(&out, text.ptr[i]);
    }
    return buf_str(&out);
}

static void respell(Work *w, Span name, Str spelled)
{
    if (!str_eq(span_text(w->text, name), spelled))
        change_replace(w->arena, &w->changes, name.lo, name.hi, escaped(w, spelled));
}

static bool is_after_dot(const Work *w, Span name)
{
    const Token *before = token_before(w, name.lo);

    return before && before->kind == TOKEN_DOT;
}

/* `x`, [x], 'x', "X" */
static void spell_quoted(Work *w, Span name)
{
    Str  plain  = name_of(w, name);
    bool double_quoted = w->text.ptr[name.lo] == '"';

    if (double_quoted && !name_has_capitals(plain))
        return;
    Str spelled = double_quoted ? name_spelled(w->arena, str_lower(w->arena, plain))
                                : name_spelled(w->arena, plain);
    if (double_quoted)
        cured(w, "SQL-12", "quoted-identifier", SQL_SAME, name,
              "Postgres would look for capitals in the quoted name; the schema's names are small: "
              STR_FORMAT, STR_ARG(spelled));
    else
        cured(w, "SQL-11", "quoted-identifier", SQL_SAME, name,
              "Postgres does not know these quotes around a name: " STR_FORMAT, STR_ARG(spelled));
    respell(w, name, spelled);
}

static bool is_quote(char c)
{
    return c == '"' || c == '`' || c == '[' || c == '\'';
}

bool told_no_name(Work *w, Span name)
{
    Str called;

    if (name_of(w, name).len || is_renamed_to(w, STR(""), &called))
        return false;
    told(w, "SQL-12", "quoted-identifier", SQL_DECIDE, name, "an empty name is none to Postgres; give it one");
    return true;
}

void spell_name(Work *w, Span name)
{
    if (!span_is_set(name))
        return;
    Str text = span_text(w->text, name);
    if (str_find_char(text, SQL_HOLE) != STR_NOT_FOUND || told_no_name(w, name))
        return;
    if (is_quote(text.ptr[0])) {
        spell_quoted(w, name);
        return;
    }
    if (!name_is_reserved(text) || is_after_dot(w, name))
        return;
    Str spelled = name_quoted(w->arena, str_lower(w->arena, text));
    cured(w, "SQL-12", "reserved-name", SQL_SAME, name,
          "Postgres keeps the word " STR_FORMAT " for itself; as a name it needs quotes",
          STR_ARG(text));
    respell(w, name, spelled);
}

void spell_table(Work *w, const Node *table)
{
    const Node *indexed = node_child(table, ROLE_INDEXED);

    if (span_is_set(table->qualifier)) {
        if (str_eq_nocase(name_of(w, table->qualifier), STR("main"))) {
            cured(w, "SQL-33", "main-schema", SQL_SAME, table->qualifier,
                  "Postgres has no schema main; the name of the table is enough");
            change_replace(w->arena, &w->changes, table->qualifier.lo, table->name.lo, STR(""));
        } else {
            told(w, "SQL-33", "attached-schema", SQL_DECIDE, table->qualifier,
                 "an attached or temporary database has no counterpart in Postgres; decide where "
                 "its tables go");
        }
    }
    spell_name(w, table->name);
    spell_name(w, table->alias);
    if (indexed) {
        cured(w, "SQL-33", "indexed-by", SQL_SAME, span_of(indexed),
              "Postgres chooses its indexes itself; the clause goes");
        change_replace(w->arena, &w->changes, blanks_before(w, indexed->lo), indexed->hi, STR(""));
    }
}

/* -- columns --------------------------------------------------------------------------------- */


/* The one source a rowid can belong to; NULL when that is not clear. */
static const Source *rowid_source(const Scope *scope, Str qualifier)
{
    for (; scope; scope = scope->outer) {
        const Source *only  = NULL;
        size_t        count = 0;
        vec_each(source, &scope->sources) {
            if (qualifier.len ? str_eq_nocase(source->handle, qualifier) : !source->by_name) {
                only = source;
                count++;
            }
        }
        if (count)
            return count == 1 ? only : NULL;
    }
    return NULL;
}

static Value rowid(Work *w, const Scope *scope, const Node *node, Str qualifier)
{
    const Source *source = rowid_source(scope, qualifier);

    if (!source || !source->table || source->table->rowid_column < 0) {
        told(w, "SQL-30", "rowid", SQL_DECIDE, span_of(node),
             "Postgres tables have no rowid%s; use the primary key",
             source && source->table ? " and this one has no INTEGER PRIMARY KEY" : "");
        return value_of_kind(VALUE_INTEGER);
    }
    const KnownColumn *column = &source->table->columns.items[source->table->rowid_column];
    cured(w, "SQL-30", "rowid", SQL_SAME, node->name,
          "Postgres tables have no rowid; here it is the column " STR_FORMAT,
          STR_ARG(column->name));
    respell(w, node->name, name_spelled(w->arena, column->name));
    return value_of_column(source->table, column);
}

/* "text" that is no column: SQLite then takes it for a string. */
static Value quoted_string(Work *w, const Node *node)
{
    Str text = name_of(w, node->name);
    Buf out  = buf_new(w->arena);

    buf_add_char(&out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'')
            buf_add_char(&out, '\'');
        buf_add_char(&out, text.ptr[i]);
    }
    buf_add_char(&out, '\'');
    cured(w, "SQL-11", "double-quoted-string", SQL_SAME, span_of(node),
          "no column is called so, and SQLite reads it as a string; strings take single quotes");
    respell(w, span_of(node), buf_str(&out));
    return (Value) { .kind = VALUE_STRING };
}

/* The name of a result used where Postgres does not know it. */
static Value alias_value(Work *w, Scope *scope, const Node *node, const Found *found)
{
    const Node *value = node_child(found->alias, ROLE_OPERAND);
    Span        alias = found->alias->alias;

    if (scope->aliases_ok && found->scope == scope) {
        if (w->text.ptr[alias.lo] == '"' && name_has_capitals(name_of(w, alias)))
            respell(w, node->name, name_quoted(w->arena, name_of(w, alias)));
        else
            spell_name(w, node->name);
        return found->value;
    }
    if (!value || node_has_hole(w, value)) {
        told(w, "SQL-25b", "alias-use", SQL_DECIDE, span_of(node),
             "Postgres does not know the name of a result here; repeat its expression");
        return value_of_kind(VALUE_UNKNOWN);
    }
    Str text = change_render(w->arena, &w->changes, w->text, value->lo, value->hi);
    cured(w, "SQL-25b", "alias-use", SQL_SAME, span_of(node),
          "Postgres does not know the name of a result here; its expression is repeated");
    change_replace(w->arena, &w->changes, node->lo, node->hi,
                   is_atom(value) ? text
                                  : str_format(w->arena, "(" STR_FORMAT ")", STR_ARG(text)));
    return found->value;
}

static void drop_schema(Work *w, const Node *node)
{
    if (!span_is_set(node->schema))
        return;
    if (str_eq_nocase(name_of(w, node->schema), STR("main")))
        change_replace(w->arena, &w->changes, node->schema.lo, node->qualifier.lo, STR(""));
    else
        told(w, "SQL-33", "attached-schema", SQL_DECIDE, node->schema,
             "an attached or temporary database has no counterpart in Postgres");
}

static bool needs_quotes(const Work *w, Str name)
{
    return w->options->keep_binds && (name_is_reserved(name) || !name_is_plain(name));
}

Value column_value(Work *w, Scope *scope, const Node *node)
{
    Str   name      = name_of(w, node->name);
    Str   qualifier = name_of(w, node->qualifier);
    bool  may_be_string = !qualifier.len && w->text.ptr[node->name.lo] == '"';
    Found found     = find_column(w, scope, node);

    drop_schema(w, node);
    spell_name(w, node->qualifier);
    if (found.alias)
        return alias_value(w, scope, node, &found);
    if (is_rowid_name(name) && (!found.source || found.column == SIZE_MAX) && !may_be_string)
        return rowid(w, scope, node, qualifier);
    if (found.source && found.column != SIZE_MAX) {
        spell_name(w, node->name);
        return found.value;
    }
    /* In text() that is ported already, the quotes are those that such a word needs. */
    if (found.source && (!may_be_string || needs_quotes(w, name))) {
        spell_name(w, node->name);
        return value_of_kind(VALUE_UNKNOWN);
    }
    if (found.source) {
        told(w, "SQL-11", "double-quoted-string", SQL_DECIDE, span_of(node),
             "\"" STR_FORMAT "\" is a column or a string, and the catalog does not tell which; "
             "write 'text' or the plain name", STR_ARG(name));
        return value_of_kind(VALUE_UNKNOWN);
    }
    if (may_be_string && found.sure)
        return quoted_string(w, node);
    spell_name(w, node->name);
    /* In quotes SQLite would make a string of it, without them Postgres cannot read it. */
    Str spelled = change_render(w->arena, &w->changes, w->text, node->name.lo, node->name.hi);
    told(w, "SQL-21", "unknown-column",
         !qualifier.len && str_starts_with(spelled, STR("\"")) ? SQL_DECIDE : SQL_DIFFERS,
         span_of(node),
         "the catalog has no column " STR_FORMAT "; bring the schema up to date", STR_ARG(name));
    return value_of_kind(VALUE_UNKNOWN);
}
