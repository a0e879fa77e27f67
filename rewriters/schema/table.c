/* A table: its columns, then the constraints that do not stand with one of them. */
#include "analyzers/schema/column_meaning.h"
#include "rewriters/schema/writing.h"
#include "rewriters/sql/spelling.h"

/* The lines between the parentheses of a CREATE TABLE. */
typedef struct Table {
    Writing            *w;
    const CatalogTable *from;
    StrVec              columns; /* by the place of the column */
    StrVec              constraints;
    StrVec              names; /* of its constraints, small */
} Table;

static void add(Table *table, size_t column, Str text)
{
    Str *line = &table->columns.items[column];

    *line = str_format(table->w->arena, STR_FORMAT " " STR_FORMAT, STR_ARG(*line), STR_ARG(text));
}

/* Where the text belongs that is about these columns: SIZE_MAX for the table. */
static size_t only_column(const Table *table, const StrVec *columns)
{
    if (columns->count != 1)
        return SIZE_MAX;
    for (size_t i = 0; i < table->from->columns.count; i++)
        if (str_eq_nocase(table->from->columns.items[i].name, columns->items[0]))
            return i;
    return SIZE_MAX;
}

/* "CONSTRAINT x ", or empty: the constraints of one table are called differently. */
static Str named(Table *table, Str name)
{
    Writing *w = table->w;

    if (name.len == 0)
        return (Str){ 0 };
    Str key = str_lower(w->arena, pg_name(w, name));
    vec_each(taken, &table->names)
        if (str_eq(*taken, key))
            return (Str){ 0 }; /* SQLite does not mind; Postgres finds one itself */
    vec_push(w->arena, &table->names, key);
    return str_format(w->arena, "CONSTRAINT " STR_FORMAT " ", STR_ARG(pg_name(w, name)));
}

static void constrain(Table *table, Str text)
{
    vec_push(table->w->arena, &table->constraints, text);
}

/* -- keys ------------------------------------------------------------------------------------- */

static bool columns_are_there(Table *table, const CatalogKey *key)
{
    vec_each(name, &key->columns) {
        if (catalog_column(table->from, *name))
            continue;
        found(table->w, "SC-21", table->from->name, key->place,
              "%s is left out: the table has no column " STR_FORMAT " (any more)",
              key->is_primary ? "PRIMARY KEY" : "UNIQUE", STR_ARG(*name));
        return false;
    }
    return key->columns.count > 0;
}

static void tell_nullable_key(Table *table, const CatalogKey *key)
{
    vec_each(name, &key->columns) {
        const CatalogColumn *column = catalog_column(table->from, *name);
        if (column && column_is_nullable(table->from, column))
            found(table->w, "SC-22", table->from->name, key->place,
                  "SQLite lets " STR_FORMAT " be NULL although it is in the primary key; Postgres "
                  "does not",
                  STR_ARG(*name));
    }
}

/* What Postgres will call the index, if nothing else is called so. */
static void take_usual_name(Table *table, const CatalogKey *key)
{
    Arena *arena = table->w->arena;
    Str    name  = table->from->name;

    relation_take(table->w, key->is_primary
                                ? str_format(arena, STR_FORMAT "_pkey", STR_ARG(name))
                                : str_format(arena, STR_FORMAT "_" STR_FORMAT "_key", STR_ARG(name),
                                             STR_ARG(str_join(arena, &key->columns, STR("_")))));
}

static void add_key(Table *table, const CatalogKey *key)
{
    Writing    *w    = table->w;
    const char *kind = key->is_primary ? "PRIMARY KEY" : "UNIQUE";
    Str         name = { 0 };

    if (!columns_are_there(table, key))
        return;
    if (key->conflict != OP_NONE && key->conflict != OP_ABORT)
        found(w, "SC-23", table->from->name, key->place,
              "ON CONFLICT %s of this key is left out: say it in the statements that insert",
              node_op_name(key->conflict));
    if (key->is_primary)
        tell_nullable_key(table, key);
    if (key->name.len)
        name = named(table, relation_name(w, key->name, table->from->name, key->place));
    else
        take_usual_name(table, key);
    size_t column = only_column(table, &key->columns);
    if (column != SIZE_MAX && name.len == 0)
        add(table, column, str_of(kind));
    else
        constrain(table, str_format(w->arena, STR_FORMAT "%s (" STR_FORMAT ")", STR_ARG(name), kind,
                                    STR_ARG(pg_names(w, &key->columns))));
}

/* -- checks ----------------------------------------------------------------------------------- */

/* json_valid(c), or c IS NULL OR json_valid(c), of a JSONB column. */
static bool says_json(Table *table, const CatalogCheck *check, const Node *node)
{
    node = node_bare(node);
    if (!node)
        return false;
    if (node->kind == NODE_BINARY && node->op == OP_OR) {
        const Node          *left = node_bare(node_child(node, ROLE_LEFT));
        const CatalogColumn *tested =
            left && (left->kind == NODE_NULL_TEST || left->kind == NODE_BINARY)
                ? column_meant(table->w, table->from, &check->expr,
                               left->kind == NODE_BINARY ? node_child(left, ROLE_LEFT)
                                                         : node_child(left, ROLE_OPERAND))
                : NULL;
        return tested && tested->type == PG_JSONB
            && (left->kind == NODE_NULL_TEST ? left->op == OP_ISNULL : left->op == OP_IS)
            && says_json(table, check, node_child(node, ROLE_RIGHT));
    }
    if (node->kind != NODE_FUNCTION
        || !str_eq_nocase(span_text(check->expr.text, node->name), STR("json_valid")))
        return false;
    const CatalogColumn *column =
        column_meant(table->w, table->from, &check->expr, node_child(node, ROLE_ARG));
    return column && column->type == PG_JSONB;
}

static bool is_answered_by_type(Table *table, const CatalogCheck *check)
{
    vec_each(column, &table->from->columns)
        if (column->type == PG_BOOLEAN && check_is_boolean(check, column->name))
            return true;
    return says_json(table, check, check->expr.node);
}

static void add_check(Table *table, const CatalogCheck *check)
{
    Writing *w      = table->w;
    Str      source = node_text(check->expr.text, check->expr.node);
    Str      condition;

    if (is_answered_by_type(table, check)) {
        found(w, "SC-15", table->from->name, check->place,
              "CHECK " STR_FORMAT " is left out: the column's type says it", STR_ARG(source));
        return;
    }
    if (!pg_expression(w, table->from, &check->expr, USE_CHECK, STR("CHECK"), check->place,
                       &condition))
        return;
    Str    text = str_format(w->arena, "CHECK " STR_FORMAT, STR_ARG(in_parentheses(w, condition)));
    Str    name = named(table, check->name);
    StrVec column = { 0 };
    if (check->column.len)
        vec_push(w->arena, &column, check->column);
    size_t at = only_column(table, &column);
    if (at != SIZE_MAX && name.len == 0)
        add(table, at, text);
    else
        constrain(table, str_format(w->arena, STR_FORMAT STR_FORMAT, STR_ARG(name), STR_ARG(text)));
}

/* -- foreign keys ----------------------------------------------------------------------------- */

static void add_foreign_key(Table *table, const CatalogForeignKey *key)
{
    Writing *w = table->w;
    Str      text;

    if (must_wait(w, table->from, key)) {
        vec_push(w->arena, &w->late, (LateKey){ table->from, key });
        return;
    }
    if (!references(w, table->from, key, &text))
        return;
    Str    name   = named(table, key->name);
    size_t column = only_column(table, &key->columns);
    if (column != SIZE_MAX && name.len == 0)
        add(table, column, text);
    else
        constrain(table,
                  str_format(w->arena, STR_FORMAT "FOREIGN KEY (" STR_FORMAT ") " STR_FORMAT,
                             STR_ARG(name), STR_ARG(pg_names(w, &key->columns)), STR_ARG(text)));
}

/* -- the whole -------------------------------------------------------------------------------- */

static const char *const own_columns[] = { "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid" };

/* Why Postgres cannot have the table at all; empty if it can. */
static Str fault_of(Writing *w, const CatalogTable *table)
{
    enum { COLUMN_LIMIT = 1600 };
    Map seen = { 0 };

    if (table->columns.count > COLUMN_LIMIT)
        return str_format(w->arena, "it has %zu columns, and Postgres takes 1600",
                          table->columns.count);
    vec_each(column, &table->columns) {
        Str name = str_lower(w->arena, pg_name(w, column->name));
        if (map_find(&seen, name))
            return str_format(w->arena,
                              "two of its columns have the same first 63 bytes: " STR_FORMAT,
                              STR_ARG(name));
        map_set(w->arena, &seen, name, w);
        for (size_t i = 0; i < sizeof own_columns / sizeof *own_columns; i++)
            if (str_eq_nocase(column->name, str_of(own_columns[i])))
                return str_format(w->arena,
                                  "Postgres has a column " STR_FORMAT " of its own in each table",
                                  STR_ARG(column->name));
    }
    return (Str){ 0 };
}

static Str written(Table *table)
{
    Writing *w     = table->w;
    Buf      text  = buf_new(w->arena);
    bool     first = true;

    buf_format(&text, "CREATE TABLE " STR_FORMAT " (", STR_ARG(pg_name(w, table->from->name)));
    vec_each(line, &table->columns) {
        buf_format(&text, "%s\n    " STR_FORMAT, first ? "" : ",", STR_ARG(*line));
        first = false;
    }
    vec_each(line, &table->constraints)
        buf_format(&text, ",\n    " STR_FORMAT, STR_ARG(*line));
    buf_add(&text, STR("\n)"));
    return buf_str(&text);
}

void write_table(Writing *w, const CatalogTable *from)
{
    Table table = { .w = w, .from = from };
    Str   fault = fault_of(w, from);
    Fate *fate  = (Fate *)fate_of(w, from->name);

    if (fault.len) {
        found(w, "SC-24", from->name, from->place, "table " STR_FORMAT " is left out: " STR_FORMAT,
              STR_ARG(from->name), STR_ARG(fault));
        *fate = FATE_LEFT_OUT;
        emit(w, (Str){ 0 });
        return;
    }
    if (name_is_long(from->name))
        found(w, "SC-24", from->name, from->place,
              "the name of table " STR_FORMAT
              " has more than 63 bytes: Postgres cuts it, there and "
              "in every statement",
              STR_ARG(from->name));
    vec_each(column, &from->columns)
        vec_push(w->arena, &table.columns, column_definition(w, from, column));
    vec_each(key, &from->keys)
        add_key(&table, key);
    vec_each(check, &from->checks)
        add_check(&table, check);
    vec_each(key, &from->foreign_keys)
        add_foreign_key(&table, key);
    *fate = FATE_WRITTEN;
    emit(w, written(&table));
    vec_each(key, &from->keys)
        write_nocase_key(w, from, &key->columns, key->name, key->place);
    write_indexes(w, from);
}
