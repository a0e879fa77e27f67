/* A table: its columns, then the constraints that do not stand with one of them. */
#include "analyzers/schema/column_meaning.h"
#include "rewriters/schema/writing.h"

/* A table under way. */
typedef struct Table {
    Writing            *w;
    const CatalogTable *from;
    DdlTable           *made;
    StrVec              names; /* of its constraints, small: those said … */
    StrVec              usual; /* … and those that Postgres will find for the others */
} Table;

/* Where the text belongs that is about these columns. */
static size_t only_column(const Table *table, const StrVec *columns)
{
    if (columns->count != 1)
        return OF_THE_TABLE;
    for (size_t i = 0; i < table->from->columns.count; i++)
        if (str_eq_nocase(table->from->columns.items[i].name, columns->items[0]))
            return i;
    return OF_THE_TABLE;
}

static bool has(const StrVec *names, Str name)
{
    vec_each(one, names)
        if (str_eq(*one, name))
            return true;
    return false;
}

/* Its own name; empty where it has none, or another constraint of the table has it. */
static Str named(Table *table, Str name, SchemaPlace place)
{
    Writing *w   = table->w;
    Str      key = str_lower(w->arena, cut_name(name));

    if (name.len == 0 || has(&table->names, key))
        return (Str){ 0 }; /* SQLite does not mind; Postgres finds one itself */
    if (has(&table->usual, key)) {
        found(w, "SC-24", table->from->name, place,
              "constraint " STR_FORMAT
              " has no name here: Postgres gives this one to a constraint of the table without one",
              STR_ARG(name));
        return (Str){ 0 };
    }
    vec_push(w->arena, &table->names, key);
    return cut_name(name);
}

static DdlConstraint *constrain(Table *table, DdlConstraint constraint)
{
    DdlConstraintVec *all = &table->made->constraints;

    if (constraint.name.len)
        constraint.column = OF_THE_TABLE;
    vec_push(table->w->arena, all, constraint);
    return &vec_last(all);
}

static void expect_name(Table *table, const StrVec *columns, const char *label)
{
    Arena *arena = table->w->arena;

    vec_push(arena, &table->usual,
             str_lower(arena, usual_name(arena, table->made->name, columns, label)));
}

/* A CHECK about one column is called by it, another by the table alone. */
static const StrVec *columns_named(Table *table, const SchemaExpr *expr, StrVec *room)
{
    node_walk_each(node, expr->node)
    {
        const CatalogColumn *column = column_meant(table->w, table->from, expr, node);
        if (!column)
            continue;
        Str name = column_called(table->w, table->from, column);
        if (!has(room, name))
            vec_push(table->w->arena, room, name);
    }
    return room->count == 1 ? room : NULL;
}

static void expect_names(Table *table)
{
    vec_each(check, &table->from->checks) {
        StrVec room = { 0 };
        if (check->name.len == 0)
            expect_name(table, columns_named(table, &check->expr, &room), "check");
    }
    vec_each(key, &table->from->foreign_keys) {
        StrVec columns = columns_called(table->w, table->from, &key->columns);
        if (key->name.len == 0)
            expect_name(table, &columns, "fkey");
    }
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

static void add_key(Table *table, const CatalogKey *key)
{
    Writing *w       = table->w;
    StrVec   columns = columns_called(w, table->from, &key->columns);
    Str      name    = { 0 };

    if (!columns_are_there(table, key))
        return;
    if (key->conflict != OP_NONE && key->conflict != OP_ABORT)
        found(w, "SC-23", table->from->name, key->place,
              "ON CONFLICT %s of this key is left out: say it in the statements that insert",
              node_op_name(key->conflict));
    if (key->has_desc)
        found(w, "SC-17", table->from->name, key->place,
              "DESC in %s is left out: Postgres keeps a key in ascending order, and reads it from "
              "either end",
              key->is_primary ? "PRIMARY KEY" : "UNIQUE");
    if (key->is_primary)
        tell_nullable_key(table, key);
    if (key->name.len)
        name = named(table, relation_name(w, key->name, table->from->name, key->place), key->place);
    else
        name = name_to_say(w, usual_name(w->arena, table->made->name,
                                         key->is_primary ? NULL : &columns,
                                         key->is_primary ? "pkey" : "key"));
    constrain(table, (DdlConstraint){ .kind    = key->is_primary ? DDL_PRIMARY_KEY : DDL_UNIQUE,
                                      .name    = name,
                                      .column  = only_column(table, &key->columns),
                                      .columns = columns,
                                      .place   = key->place });
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
        vec_last(&w->findings).is_needless = true;
        return;
    }
    if (!pg_expression(w, table->from, &check->expr, USE_CHECK, STR("CHECK"), check->place,
                       &condition))
        return;
    StrVec column = { 0 };
    if (check->column.len)
        vec_push(w->arena, &column, check->column);
    constrain(table, (DdlConstraint){ .kind      = DDL_CHECK,
                                      .name      = named(table, check->name, check->place),
                                      .column    = only_column(table, &column),
                                      .condition = in_parentheses(w, condition),
                                      .place     = check->place });
}

/* -- foreign keys ----------------------------------------------------------------------------- */

static void add_foreign_key(Table *table, const CatalogForeignKey *key)
{
    Writing      *w    = table->w;
    DdlConstraint made = { .kind    = DDL_REFERENCES,
                           .column  = only_column(table, &key->columns),
                           .columns = columns_called(w, table->from, &key->columns),
                           .place   = key->place };

    made.is_late = must_wait(w, table->from, key);
    if (!made.is_late && !refer(w, table->from, key, &made))
        return;
    made.name = named(table, key->name, key->place);
    constrain(table, made);
    if (made.is_late)
        vec_push(w->arena, &w->late,
                 ((LateKey){ table->from, key, table->made->constraints.count - 1 }));
}

/* -- the whole -------------------------------------------------------------------------------- */

static void emit_table(Writing *w, const DdlTable *table)
{
    DdlFindingVec about_table = w->findings;

    w->findings = (DdlFindingVec){ 0 };
    for (size_t i = 0; i < table->columns.count; i++)
        if (table->columns.items[i].sequence.len)
            emit(w, (DdlStatement){ .kind = DDL_SEQUENCE, .table = table, .at = i });
    w->findings = about_table;
    emit(w, (DdlStatement){ .kind = DDL_TABLE, .table = table });
    for (size_t i = 0; i < table->columns.count; i++)
        if (table->columns.items[i].sequence.len)
            emit(w, (DdlStatement){ .kind = DDL_SEQUENCE_OWNER, .table = table, .at = i });
}

void write_table(Writing *w, const CatalogTable *from)
{
    Passage *passage = passage_of(w, from->name);
    Table    table   = { .w = w, .from = from, .made = arena_new(w->arena, DdlTable) };

    passage->made             = table.made;
    table.made->name          = passage->name;
    table.made->without_rowid = from->without_rowid;
    tell_names(w, from);
    vec_each(column, &from->columns)
        vec_push(w->arena, &table.made->columns, column_for(w, from, column));
    expect_names(&table);
    vec_each(key, &from->keys)
        add_key(&table, key);
    vec_each(check, &from->checks)
        add_check(&table, check);
    vec_each(key, &from->foreign_keys)
        add_foreign_key(&table, key);
    passage->fate = FATE_WRITTEN;
    emit_table(w, table.made);
    vec_each(key, &from->keys)
        write_nocase_key(w, from, &key->columns, key->name, key->place);
    write_indexes(w, from);
}
