#include "reports/sql_define.h"

#include "rewriters/schema/ddl.h"
#include "rewriters/sql/colon.h"

#define FEATURE "definition"

/* What of the translator's reasons is answered by writing the definition anew. */
static bool is_answered(const SqlRemark *remark)
{
    static const char *const features[] = { "create-table", "create-index", "alter-table", "autoincrement" };

    for (size_t i = 0; i < sizeof features / sizeof *features; i++)
        if (str_is(str_of(remark->feature), features[i]))
            return true;
    return remark->verdict == SQL_SAME;
}

static bool is_wanted(const Translation *translation, const TranslateOptions *options)
{
    if (!options->postgres_alone || translation->target != SQL_TARGET_NONE || translation->sql.statements.count != 1)
        return false;
    const Node *root = translation->sql.statements.items[0].root;
    if (!root
        || (root->kind != NODE_CREATE_TABLE && root->kind != NODE_CREATE_INDEX
            && !(root->kind == NODE_ALTER_TABLE && root->op == OP_ADD_COLUMN)))
        return false;
    vec_each(remark, &translation->remarks)
        if (!is_answered(remark))
            return false;
    return true;
}

static void add_table(Arena *arena, Catalog *catalog, const CatalogTable *table)
{
    CatalogTable *copy = arena_new(arena, CatalogTable);

    *copy         = *table;
    copy->indexes = (CatalogIndexVec) { 0 };
    vec_push(arena, &catalog->tables, copy);
    map_set(arena, &catalog->by_name, str_lower(arena, copy->name), copy);
}

/* Tables the new one refers to, without what they refer to in turn. */
static void add_targets(Arena *arena, Catalog *catalog, const Catalog *known, const CatalogTable *table)
{
    vec_each(key, &table->foreign_keys) {
        const CatalogTable *target = known ? catalog_table(known, key->table) : NULL;
        if (!target || str_eq_nocase(target->name, table->name) || catalog_table(catalog, target->name))
            continue;
        CatalogTable bare = *target;
        bare.foreign_keys = (CatalogForeignKeyVec) { 0 };
        bare.checks       = (CatalogCheckVec) { 0 };
        add_table(arena, catalog, &bare);
    }
}

/* What is known of the columns from elsewhere holds here too. */
static void take_types(Catalog *catalog, const Catalog *known)
{
    const CatalogTable *table = vec_last(&catalog->tables);
    const CatalogTable *same  = known ? catalog_table(known, table->name) : NULL;

    if (!same)
        return;
    vec_each(column, &table->columns) {
        const CatalogColumn *other = catalog_column(same, column->name);
        if (other && str_eq_nocase(other->declared, column->declared)) {
            column->meaning = other->meaning;
            column->type    = other->type;
        }
    }
}

/* A column that is added, as a table of its own. */
static Str source_of(Arena *arena, const Translation *translation)
{
    const Node *root = translation->sql.statements.items[0].root;

    if (root->kind != NODE_ALTER_TABLE)
        return translation->text;
    const Node *table = node_child(root, ROLE_TARGET), *column = node_child(root, ROLE_COLUMN);
    return str_format(arena, "CREATE TABLE " STR_FORMAT " (" STR_FORMAT ")", STR_ARG(span_text(translation->text, table->name)),
                      STR_ARG(node_text(translation->text, column)));
}

/* `CREATE TABLE t (column …)` as what adds the column to t; empty if that is not all there is. */
static Str as_addition(Arena *arena, Str sql)
{
    Str    beginning = STR("CREATE TABLE "), open = STR(" (\n    ");
    size_t at        = str_find(sql, open);

    if (!str_starts_with(sql, beginning) || at == STR_NOT_FOUND || !str_ends_with(sql, STR("\n)")))
        return (Str) { 0 };
    Str column = str_slice(sql, at + open.len, sql.len - 2);
    if (str_find_char(column, '\n') != STR_NOT_FOUND)
        return (Str) { 0 };
    return str_format(arena, "ALTER TABLE " STR_FORMAT " ADD COLUMN " STR_FORMAT,
                      STR_ARG(str_slice(sql, beginning.len, at)), STR_ARG(column));
}

/* The tables the statement needs; then, by sql_define(), the statement itself. */
static bool needed_tables(Arena *arena, const Translation *translation, Str source, const Catalog *known, Catalog *out)
{
    const Node *root  = translation->sql.statements.items[0].root;
    Catalog     alone = { 0 };

    if (root->kind == NODE_CREATE_INDEX) {
        vec_each(use, &translation->statement.tables) {
            const CatalogTable *table = known ? catalog_table(known, use->name) : NULL;
            if (!table)
                return false;
            add_targets(arena, out, known, table);
            add_table(arena, out, table);
            return true;
        }
        return false;
    }
    catalog_add_sql(arena, &alone, STR("statement"), source, NULL);
    if (alone.tables.count != 1 || alone.tables.items[0]->kind != TABLE_PLAIN)
        return false;
    add_targets(arena, out, known, alone.tables.items[0]);
    return true;
}

/* A temporary one is written as any other, but for the word. */
static Str as_temporary(Arena *arena, Str sql)
{
    Str beginning = STR("CREATE ");

    if (!str_starts_with(sql, STR("CREATE TABLE ")) && !str_starts_with(sql, STR("CREATE SEQUENCE ")))
        return sql;
    return str_format(arena, STR_FORMAT "TEMP " STR_FORMAT, STR_ARG(beginning), STR_ARG(str_slice(sql, beginning.len, sql.len)));
}

/* CREATE TABLE IF NOT EXISTS */
static Str unless_there(Arena *arena, Str sql)
{
    static const char *const beginnings[] = { "CREATE TABLE ", "CREATE TEMP TABLE ", "CREATE UNIQUE INDEX ",
                                               "CREATE INDEX " };

    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        Str beginning = str_of(beginnings[i]);
        if (str_starts_with(sql, beginning))
            return str_format(arena, STR_FORMAT "IF NOT EXISTS " STR_FORMAT, STR_ARG(beginning),
                              STR_ARG(str_slice(sql, beginning.len, sql.len)));
    }
    return sql;
}

static void add_escaped(Buf *out, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ':' || (text.ptr[i] == '\\' && i + 1 < text.len && text.ptr[i + 1] == ':'))
            buf_add_char(out, '\\');
        buf_add_char(out, text.ptr[i]);
    }
}

static void tell(Arena *arena, Translation *translation, const char *code, const char *feature, Str message)
{
    const SqlStatement *parsed = &translation->sql.statements.items[0];
    SqlRemark           remark = { .code = code, .feature = feature, .verdict = SQL_DIFFERS, .lo = parsed->lo,
                                   .hi = parsed->hi, .changed = true, .message = message };

    vec_push(arena, &translation->remarks, remark);
}

void sql_define(Arena *arena, Translation *translation, const TranslateOptions *options)
{
    Catalog catalog = { 0 };
    Buf     sql     = buf_new(arena);

    if (!is_wanted(translation, options))
        return;
    const Node *root   = translation->sql.statements.items[0].root;
    Str         source = source_of(arena, translation);
    if (!needed_tables(arena, translation, source, options->catalog, &catalog))
        return;
    size_t before = ddl_of(arena, &catalog, NULL).statements.count;
    catalog_add_sql(arena, &catalog, STR("statement"), source, NULL);
    if (root->kind != NODE_CREATE_INDEX)
        take_types(&catalog, options->catalog);
    bool temporary = root->kind == NODE_CREATE_TABLE && (root->flags & FLAG_TEMP);
    if (temporary)
        vec_last(&catalog.tables)->is_temp = false;
    Ddl  ddl    = ddl_of(arena, &catalog, NULL);
    bool unless = root->flags & FLAG_IF_EXISTS;

    for (size_t i = before; i < ddl.statements.count; i++) {
        Str statement = ddl.statements.items[i].sql;
        if (statement.len && sql.len)
            buf_add(&sql, STR(";\n"));
        if (statement.len && root->kind == NODE_ALTER_TABLE && sql.len == 0) {
            statement = as_addition(arena, statement);
            if (statement.len == 0)
                return;
        }
        statement = temporary ? as_temporary(arena, statement) : statement;
        statement = unless ? unless_there(arena, statement) : statement;
        if (!options->plain_colons && colons_need_escape(statement))
            add_escaped(&sql, statement);
        else
            buf_add(&sql, statement);
    }
    if (sql.len == 0)
        return;
    translation->remarks = (SqlRemarkVec) { 0 };
    translation->edits   = (EditVec) { 0 };
    tell(arena, translation, "SC-27", FEATURE,
         STR("a definition is spelled otherwise on each database, and this is Postgres' spelling; it belongs into a migration"));
    if (temporary)
        tell(arena, translation, "SC-27", "temporary-table",
             STR("a temporary table is there until its connection is closed, also for who gets that next from a pool, and a "
                 "rollback takes it away"));
    for (size_t i = before; i < ddl.statements.count; i++)
        vec_each(finding, &ddl.statements.items[i].findings)
            tell(arena, translation, finding->code, FEATURE, finding->message);
    const SqlStatement *parsed = &translation->sql.statements.items[0];
    vec_push(arena, &translation->edits, ((Edit) { parsed->lo, parsed->hi, buf_str(&sql) }));
    translation->verdict = SQL_DIFFERS;
    translation->target  = SQL_TARGET_POSTGRES;
}
