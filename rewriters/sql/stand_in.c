/* Tables that SQLite has of its own, and what stands in for them on Postgres. */
#include "rewriters/sql/function.h"

static bool is_inside(const Node *node, const Node *outer)
{
    while (node && node != outer)
        node = node->parent;
    return node != NULL;
}

/* Does the query ask for a column that the stand-in lacks, or for all? */
static bool asks_for(const Work *w, const Node *table, Str handle, const char *const *names, size_t count)
{
    const Node *core  = node_ancestor(table, NODE_SELECT_CORE);
    const Node *whole = core && core->parent ? core->parent : table;

    node_walk_each(node, whole) {
        bool mine = (node->kind == NODE_COLUMN || node->kind == NODE_STAR)
                 && (is_inside(node, core) || node_ancestor(node, NODE_SELECT_CORE) == node_ancestor(whole, NODE_SELECT_CORE));
        if (!mine || (span_is_set(node->qualifier) && !str_eq_nocase(name_of(w, node->qualifier), handle)))
            continue;
        if (node->kind == NODE_STAR)
            return true;
        for (size_t i = 0; i < count; i++)
            if (str_eq_nocase(name_of(w, node->name), str_of(names[i])))
                return true;
    }
    return false;
}

static Str handle_of(const Work *w, const Node *node)
{
    return name_of(w, span_is_set(node->alias) ? node->alias : node->name);
}

static void add_text_column(Work *w, Source *source, const char *name, Value value)
{
    vec_push(w->arena, &source->columns, ((NamedValue) { str_of(name), value }));
}

/* `from` stands for what is before the alias. */
static void put_source(Work *w, const Node *node, uint32_t lo, uint32_t hi, Str from, Str handle)
{
    change_replace(w->arena, &w->changes, lo, hi,
                   span_is_set(node->alias) ? from
                                            : str_format(w->arena, STR_FORMAT " " STR_FORMAT " " STR_FORMAT, STR_ARG(from),
                                                         STR_ARG(keyword_cased(w, "AS")), STR_ARG(handle)));
    if (span_is_set(node->alias))
        spell_name(w, node->alias);
}

/* -- sqlite_master --------------------------------------------------------------------------- */

bool master_table(Work *w, Scope *scope, const Node *node)
{
    static const char *const missing[] = { "sql", "rootpage" };
    static const char        words[]   =
        "(SELECT 'table' AS type, CAST(tablename AS TEXT) AS name, CAST(tablename AS TEXT) AS tbl_name FROM pg_tables "
        "WHERE schemaname = CURRENT_SCHEMA() UNION ALL SELECT 'view', viewname, viewname FROM pg_views "
        "WHERE schemaname = CURRENT_SCHEMA() UNION ALL SELECT 'index', indexname, tablename FROM pg_indexes "
        "WHERE schemaname = CURRENT_SCHEMA())";
    Str name = name_of(w, node->name), handle = handle_of(w, node);

    if ((!str_eq_nocase(name, STR("sqlite_master")) && !str_eq_nocase(name, STR("sqlite_schema")))
        || !w->options->postgres_alone || asks_for(w, node, handle, missing, sizeof missing / sizeof *missing))
        return false;
    alone(w, "SQL-32", "sqlite-master", SQL_DIFFERS, span_of(node),
          "Postgres has no " STR_FORMAT "; its own catalog has tables, views and indexes by their names there, small, and "
          "more indexes", STR_ARG(name));
    uint32_t lo = span_is_set(node->qualifier) ? node->qualifier.lo : node->name.lo;
    put_source(w, node, lo, node->name.hi, words_filled(w, words, NULL), handle);

    Source *source = scope_add(w, scope, handle, NULL, node);
    source->known  = true;
    add_text_column(w, source, "type", value_of_kind(VALUE_TEXT));
    add_text_column(w, source, "name", value_of_kind(VALUE_TEXT));
    add_text_column(w, source, "tbl_name", value_of_kind(VALUE_TEXT));
    return true;
}

/* -- json_each() ----------------------------------------------------------------------------- */

/* Of an array its items, of an object its values, else the one value; of nothing, none. */
bool json_each_table(Work *w, Scope *scope, const Node *node)
{
    static const char *const missing[] = { "key", "type", "atom", "id", "parent", "fullkey", "path", "json", "root" };
    static const char        words[]   =
        "JSONB_ARRAY_ELEMENTS_TEXT(CASE WHEN JSONB_TYPEOF($1) = 'array' THEN $1 WHEN JSONB_TYPEOF($1) = 'object' "
        "THEN JSONB_PATH_QUERY_ARRAY($1, '$.*') WHEN $1 IS NOT NULL THEN JSONB_BUILD_ARRAY($1) END)";
    Str         handle = handle_of(w, node), document, steps = STR("");
    SqlVerdict  verdict = SQL_DIFFERS;
    const Node *args[2] = { 0 };
    size_t      count   = 0;

    node_each(arg, node)
        if (arg->role == ROLE_ARG && count++ < 2)
            args[count - 1] = arg;
    if (!str_eq_nocase(name_of(w, node->name), STR("json_each")) || !w->options->postgres_alone || count < 1 || count > 2
        || asks_for(w, node, handle, missing, sizeof missing / sizeof *missing)
        || !jsonb_given(w, args[0], &document, &verdict) || (count > 1 && !jsonb_arrows(w, args[1], false, &steps)))
        return false;
    if (steps.len)
        document = str_format(w->arena, "(" STR_FORMAT STR_FORMAT ")", STR_ARG(document), STR_ARG(steps));
    alone(w, "JS-06", "json-each", SQL_DIFFERS, span_of(node),
          "Postgres has other functions for JSON; this one gives text, where SQLite gives a number as a number, and the "
          "values of an object in another order");
    put_source(w, node, node->lo, span_is_set(node->alias) ? token_before(w, node->alias.lo)->hi : node->hi,
               words_filled(w, words, &document), handle);

    Source *source = scope_add(w, scope, handle, NULL, node);
    source->known  = true;
    add_text_column(w, source, "value", (Value) { .kind = VALUE_TEXT, .nullable = true, .untyped = true });
    return true;
}
