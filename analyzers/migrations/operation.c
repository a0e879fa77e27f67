#include "analyzers/migrations/making.h"
#include "analyzers/python/literal.h"

/*
 * The calls on `op`, and on what `op.batch_alter_table` gives: the same without the name of the table.
 */
typedef struct Op {
    Run        *run;
    const Term *call;
    Str         batch; /* the table of the batch; empty: there is none */
    uint32_t    table_at; /* where the name of the table stands otherwise */
} Op;

enum { COLUMNS_MOST = 1600 }; /* what Postgres allows a table */

static const Term *argument(const Op *op, uint32_t index, const char *keyword)
{
    if (op->batch.len && index == op->table_at)
        return NULL;
    return term_argument(op->call, op->batch.len && index > op->table_at ? index - 1 : index, keyword);
}

static bool string_at(const Op *op, uint32_t index, const char *keyword, Str *out)
{
    const Term *term = argument(op, index, keyword);

    return term && term_string(term, out) && out->len;
}

static void tell(const Op *op, Str message)
{
    run_tell(op->run, op->call->node, message);
}

static void tell_unknown(const Op *op)
{
    tell(op, str_format(op->run->arena, STR_FORMAT "() is not followed: what it is about is not known here",
                        STR_ARG(term_word(op->call))));
}

/* Below a condition nothing is taken away. */
static bool is_left_out(const Op *op)
{
    if (op->run->is_maybe)
        tell(op, str_format(op->run->arena, STR_FORMAT "() is left out: only the database knows whether it is run",
                            STR_ARG(term_word(op->call))));
    return op->run->is_maybe;
}

static bool table_name(const Op *op, Str *out)
{
    if (!op->batch.len)
        return string_at(op, op->table_at, is_call_of(op->call, "create_foreign_key") ? "source_table" : "table_name", out);
    *out = op->batch;
    return true;
}

/* NULL and a note where it is not there. */
static CatalogTable *table_of(const Op *op)
{
    Str name;

    if (!table_name(op, &name)) {
        tell_unknown(op);
        return NULL;
    }
    CatalogTable *table = (CatalogTable *)catalog_table(op->run->catalog, name);
    if (!table)
        tell(op, str_format(op->run->arena, STR_FORMAT "() of " STR_FORMAT ", which nothing here defines", STR_ARG(term_word(op->call)),
                            STR_ARG(name)));
    return table;
}

static bool apply(const Op *op, const Making *making)
{
    MadeSql made = making_done(making, op->call->node);
    bool    read = catalog_add_made(op->run->arena, op->run->catalog, &made);

    if (!read)
        tell(op, STR("this is not read: it is nothing that SQLite reads"));
    return read;
}

/* -- tables ---------------------------------------------------------------------------------- */

static bool has_primary_constraint(const Term *call)
{
    vec_each(arg, &call->args)
        if (is_call_of(arg->term, "PrimaryKeyConstraint"))
            return true;
    return false;
}

static bool is_primary(const Term *column)
{
    return term_is(term_keyword(column, "primary_key"), TERM_TRUE);
}

/* Is a column in the key of the table, by either way? */
static bool is_in_key(const Term *call, const Term *column)
{
    Str name, other;

    if (is_primary(column))
        return true;
    if (!column_name(column, &name))
        return false;
    vec_each(arg, &call->args)
        if (is_call_of(arg->term, "PrimaryKeyConstraint"))
            vec_each(part, &arg->term->args)
                if (!part->keyword.len && term_string(part->term, &other) && str_eq_nocase(name, other))
                    return true;
    return false;
}

static size_t key_columns(const Term *call)
{
    size_t count = 0;

    vec_each(arg, &call->args)
        count += is_column(arg->term) && is_in_key(call, arg->term);
    return count;
}

static void make_primary(Making *making, const Term *call)
{
    bool first = true;
    Str  name;

    if (has_primary_constraint(call))
        return;
    vec_each(arg, &call->args) {
        if (!is_column(arg->term) || !is_primary(arg->term) || !column_name(arg->term, &name))
            continue;
        make_words(making, first ? ", PRIMARY KEY (" : ", ");
        make_name(making, name);
        first = false;
    }
    make_words(making, first ? "" : ")");
}

/* A part that is no column for sure. */
static bool is_other_part(const Term *part)
{
    static const char *const others[] = { "PrimaryKeyConstraint", "UniqueConstraint", "ForeignKeyConstraint", "CheckConstraint",
                                          "ExcludeConstraint", "Index" };

    if (part->kind == TERM_NONE)
        return true;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (is_call_of(part, others[i]))
            return true;
    return false;
}

static bool knows_columns(const Term *call)
{
    for (uint32_t i = 1; term_at(call, i); i++)
        if (!is_column(term_at(call, i)) && !is_other_part(term_at(call, i)))
            return false;
    return !call->is_partial;
}

/* Column(index=True): ix_table_column. */
static void index_column(const Op *op, Str table, const Term *column)
{
    Making making = making_new(op->run);
    Str    name;

    if (!term_is(term_keyword(column, "index"), TERM_TRUE) || !column_name(column, &name))
        return;
    make_words(&making, term_is(term_keyword(column, "unique"), TERM_TRUE) ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
    make_name(&making, str_format(op->run->arena, "ix_" STR_FORMAT "_" STR_FORMAT, STR_ARG(table), STR_ARG(name)));
    make_words(&making, " ON ");
    make_name(&making, table);
    make_words(&making, " (");
    make_name(&making, name);
    make_words(&making, ")");
    apply(op, &making);
}

static bool is_lite(const Op *op, const char *option, TermKind kind)
{
    return op->run->dialect == DIALECT_SQLITE && term_is(term_keyword(op->call, option), kind);
}

static void create_table(Op *op)
{
    const Term *call   = op->call;
    Making      making = making_new(op->run);
    Str         name;
    bool        first = true, counted = is_lite(op, "sqlite_autoincrement", TERM_TRUE) && key_columns(call) == 1;

    if (!string_at(op, 0, "table_name", &name)) {
        tell_unknown(op);
        return;
    }
    if (catalog_table(op->run->catalog, name)) /* made where it is not there yet, or in both of two branches */
        return;
    make_words(&making, "CREATE TABLE ");
    make_name(&making, name);
    make_words(&making, " (");
    vec_each(arg, &call->args) {
        if (arg->keyword.len || !is_column(arg->term))
            continue;
        bool        in_key = is_in_key(call, arg->term);
        ColumnFrame frame  = { .in_key = in_key, .autoincrement = in_key && counted };
        Making      before = making;
        make_words(&making, first ? "" : ", ");
        if (make_column(&making, arg->term, frame))
            first = false;
        else
            making = before;
    }
    if (!counted)
        make_primary(&making, call);
    for (uint32_t i = 1; term_at(call, i); i++) {
        const Term *part = term_at(call, i);
        if (is_column(part))
            make_type_checks(&making, part);
        else if (is_call_of(part, "Index") || is_call_of(part, "ExcludeConstraint"))
            run_tell(op->run, part->node, STR("this part of the table is not followed"));
        else if (!counted || !is_call_of(part, "PrimaryKeyConstraint"))
            make_constraint(&making, part);
    }
    make_words(&making, ")");
    if (is_lite(op, "sqlite_with_rowid", TERM_FALSE))
        make_words(&making, " WITHOUT ROWID");
    if (is_lite(op, "sqlite_strict", TERM_TRUE))
        make_words(&making, is_lite(op, "sqlite_with_rowid", TERM_FALSE) ? ", STRICT" : " STRICT");
    if (!apply(op, &making))
        return;
    CatalogTable *table = (CatalogTable *)catalog_table(op->run->catalog, name);
    if (table && !knows_columns(call)) {
        table->columns_known = false;
        tell(op, STR("not all columns of this table are known here"));
    }
    for (uint32_t i = 1; term_at(call, i); i++)
        if (is_column(term_at(call, i)))
            index_column(op, name, term_at(call, i));
}

static void drop_table(Op *op)
{
    Making making = making_new(op->run);
    Str    name;

    if (!string_at(op, 0, "table_name", &name)) {
        tell_unknown(op);
        return;
    }
    if (is_left_out(op))
        return;
    make_words(&making, "DROP TABLE ");
    make_name(&making, name);
    apply(op, &making);
}

static void rename_table(Op *op)
{
    Making making = making_new(op->run);
    Str    from, to;

    if (!string_at(op, 0, "old_table_name", &from) || !string_at(op, 1, "new_table_name", &to)) {
        tell_unknown(op);
        return;
    }
    if (is_left_out(op) || !catalog_table(op->run->catalog, from))
        return;
    if (catalog_table(op->run->catalog, to)) {
        tell(op, str_format(op->run->arena, "this is left out: there is a table " STR_FORMAT " already", STR_ARG(to)));
        return;
    }
    make_words(&making, "ALTER TABLE ");
    make_name(&making, from);
    make_words(&making, " RENAME TO ");
    make_name(&making, to);
    apply(op, &making);
}

/* -- columns --------------------------------------------------------------------------------- */

static void add_column(Op *op)
{
    const Term   *column = argument(op, 1, "column");
    CatalogTable *table  = table_of(op);
    Making        making = making_new(op->run);
    Str           name;

    if (!table)
        return;
    if (!is_column(column) || !column_name(column, &name)) {
        table->columns_known = false;
        tell_unknown(op);
        return;
    }
    if (catalog_column(table, name))
        return;
    if (table->columns.count >= COLUMNS_MOST) {
        tell(op, STR("this column is left out: the table has too many"));
        return;
    }
    make_words(&making, "ALTER TABLE ");
    make_name(&making, table->name);
    make_words(&making, " ADD COLUMN ");
    if (!make_column(&making, column, (ColumnFrame) { 0 }) || !apply(op, &making))
        return;
    Making checks = making_new(op->run);
    make_words(&checks, "CREATE TABLE t (c");
    make_type_checks(&checks, column);
    make_words(&checks, ")");
    MadeSql made = making_done(&checks, column->node);
    if (checks.spans.count)
        catalog_add_constraints(op->run->arena, op->run->catalog, table, &made);
    index_column(op, table->name, column);
}

static void drop_column(Op *op)
{
    CatalogTable *table = table_of(op);
    Str           name;

    if (!table)
        return;
    if (!string_at(op, 1, "column_name", &name))
        tell_unknown(op);
    else if (!is_left_out(op) && !catalog_drop_column(op->run->arena, op->run->catalog, table, name))
        tell(op, str_format(op->run->arena, STR_FORMAT " has no column " STR_FORMAT " here", STR_ARG(table->name), STR_ARG(name)));
}

/* The type, the default and the rest, read off a column that is made of them. */
static bool changed_column(const Op *op, const Term *type, const Term *value, CatalogColumn *out)
{
    Making  making = making_new(op->run);
    Catalog alone  = { 0 };
    Term   *column = term_new(op->run->arena, TERM_CALL, op->call->node), *named = term_new(op->run->arena, TERM_STRING, 0);
    TermArg args[] = { { .term = named }, { .keyword = STR("type_"), .term = type },
                       { .keyword = STR("server_default"), .term = value } };

    named->text = STR("c");
    for (size_t i = 0; i < sizeof args / sizeof *args; i++)
        if (args[i].term)
            vec_push(op->run->arena, &column->args, args[i]);
    make_words(&making, "CREATE TABLE t (");
    make_column(&making, column, (ColumnFrame) { 0 });
    make_words(&making, ")");
    MadeSql made = making_done(&making, op->call->node);
    if (!catalog_add_made(op->run->arena, &alone, &made) || alone.tables.count != 1 || alone.tables.items[0]->columns.count != 1)
        return false;
    *out = alone.tables.items[0]->columns.items[0];
    return true;
}

static void rename_column(const Op *op, const CatalogTable *table, Str from, Str to)
{
    Making making = making_new(op->run);

    make_words(&making, "ALTER TABLE ");
    make_name(&making, table->name);
    make_words(&making, " RENAME COLUMN ");
    make_name(&making, from);
    make_words(&making, " TO ");
    make_name(&making, to);
    apply(op, &making);
}

static void alter_column(Op *op)
{
    const Term   *call     = op->call;
    CatalogTable *table    = table_of(op);
    const Term   *type     = term_keyword(call, "type_"), *value = term_keyword(call, "server_default");
    const Term   *nullable = term_keyword(call, "nullable");
    ColumnChange  change   = { .sets_type = type, .sets_null = nullable, .sets_default = value };
    CatalogColumn made     = { 0 };
    Str           name, to;

    if (!table || is_left_out(op))
        return;
    if (!string_at(op, 1, "column_name", &name) || (nullable && nullable->kind != TERM_TRUE && nullable->kind != TERM_FALSE)
        || ((type || value) && !changed_column(op, type, value, &made))) {
        tell_unknown(op);
        return;
    }
    if (value && value->kind == TERM_FALSE) /* server_default=False: it stays */
        change.sets_default = false;
    change.declared = made.declared;
    change.default_ = made.default_;
    change.not_null = term_is(nullable, TERM_FALSE);
    if (!catalog_change_column(op->run->arena, op->run->catalog, table, name, &change)) {
        tell(op, str_format(op->run->arena, STR_FORMAT " has no column " STR_FORMAT " here", STR_ARG(table->name), STR_ARG(name)));
        return;
    }
    CatalogColumn *column = (CatalogColumn *)catalog_column(table, name);
    if (change.sets_type)
        column->place = run_place(op->run, call->node);
    const Term *new_name = term_keyword(call, "new_column_name");
    if (!new_name)
        new_name = term_keyword(call, "name");
    if (new_name && term_string(new_name, &to))
        rename_column(op, table, name, to);
}

/* -- constraints ----------------------------------------------------------------------------- */

static void begin_constraint(Making *making, const Op *op)
{
    const Term *name = argument(op, 0, "constraint_name");

    make_words(making, "CREATE TABLE t (c,");
    make_constraint_name(making, name);
}

static void end_constraint(const Op *op, CatalogTable *table, Making *making, bool is_known)
{
    make_words(making, ")");
    MadeSql made = making_done(making, op->call->node);
    if (!is_known || !catalog_add_constraints(op->run->arena, op->run->catalog, table, &made))
        tell(op, STR("this constraint is not read: it is not known here, or nothing that SQLite reads"));
}

static void create_key(Op *op, const char *words)
{
    CatalogTable *table   = table_of(op);
    const Term   *columns = argument(op, 2, "columns");
    Making        making  = making_new(op->run);

    if (!table)
        return;
    begin_constraint(&making, op);
    make_words(&making, " %s ", words);
    bool known = term_is(columns, TERM_LIST) && !columns->is_partial && columns->args.count;
    if (known)
        make_names(&making, columns);
    end_constraint(op, table, &making, known);
}

static void create_unique_constraint(Op *op)
{
    create_key(op, "UNIQUE");
}

static void create_primary_key(Op *op)
{
    create_key(op, "PRIMARY KEY");
}

static void create_check_constraint(Op *op)
{
    CatalogTable *table     = table_of(op);
    const Term   *condition = argument(op, 2, "condition");
    Making        making    = making_new(op->run);

    if (!table || op->run->dialect == DIALECT_POSTGRES)
        return;
    begin_constraint(&making, op);
    make_words(&making, " CHECK ");
    bool known = condition && make_condition(&making, condition);
    end_constraint(op, table, &making, known);
}

static void create_foreign_key(Op *op)
{
    CatalogTable *table   = table_of(op);
    const Term   *columns = argument(op, 3, "local_cols"), *targets = argument(op, 4, "remote_cols");
    Making        making  = making_new(op->run);
    Str           to;

    if (!table)
        return;
    begin_constraint(&making, op);
    make_words(&making, " FOREIGN KEY ");
    bool known = term_is(columns, TERM_LIST) && !columns->is_partial && term_is(targets, TERM_LIST)
              && string_at(op, 2, "referent_table", &to);
    if (known) {
        make_names(&making, columns);
        make_reference(&making, to, targets, op->call);
    }
    end_constraint(op, table, &making, known);
}

static void drop_constraint(Op *op)
{
    CatalogTable *table = table_of(op);
    Str           name;

    if (!table)
        return;
    if (!string_at(op, 0, "constraint_name", &name))
        tell_unknown(op);
    else if (!is_left_out(op) && !catalog_drop_constraint(op->run->arena, op->run->catalog, table, name)
             && op->run->dialect == DIALECT_SQLITE)
        tell(op, str_format(op->run->arena, STR_FORMAT " has no constraint " STR_FORMAT " here", STR_ARG(table->name), STR_ARG(name)));
}

/* -- indexes --------------------------------------------------------------------------------- */

static bool make_terms(Making *making, const Term *columns)
{
    bool first = true;

    if (!term_is(columns, TERM_LIST) || columns->is_partial || !columns->args.count)
        return false;
    make_words(making, " (");
    vec_each(arg, &columns->args) {
        make_words(making, first ? "" : ", ");
        if (!make_index_term(making, arg->term))
            return false;
        first = false;
    }
    make_words(making, ")");
    return true;
}

static void create_index(Op *op)
{
    CatalogTable *table  = table_of(op);
    const Term   *where  = term_keyword(op->call, op->run->dialect == DIALECT_SQLITE ? "sqlite_where" : "postgresql_where");
    const Term   *unique = argument(op, 4, "unique");
    Making        making = making_new(op->run);
    Str           name;

    if (!table)
        return;
    if (!string_at(op, 0, "index_name", &name)) {
        tell_unknown(op);
        return;
    }
    make_words(&making, term_is(term_keyword(op->call, "unique"), TERM_TRUE) || (!op->batch.len && term_is(unique, TERM_TRUE))
                            ? "CREATE UNIQUE INDEX "
                            : "CREATE INDEX ");
    make_name(&making, name);
    make_words(&making, " ON ");
    make_name(&making, table->name);
    if (!make_terms(&making, argument(op, 2, "columns"))) {
        tell(op, STR("this index is not read: what it is over is not known here, or nothing that SQLite reads"));
        return;
    }
    if (where && where->kind != TERM_NONE) {
        make_words(&making, " WHERE ");
        if (!make_condition(&making, where))
            make_words(&making, "(%c)", HOLE_BYTE);
    }
    apply(op, &making);
}

static void drop_index(Op *op)
{
    Making making = making_new(op->run);
    Str    name;

    if (!string_at(op, 0, "index_name", &name)) {
        tell_unknown(op);
        return;
    }
    if (is_left_out(op))
        return;
    make_words(&making, "DROP INDEX ");
    make_name(&making, name);
    apply(op, &making);
}

/* -- SQL ------------------------------------------------------------------------------------- */

static bool begins_with(Str text, const char *word)
{
    Str wanted = str_of(word);

    return text.len >= wanted.len && str_eq_nocase(str_slice(text, 0, wanted.len), wanted);
}

/* Of those that define; rows are no part of a schema. */
static void execute(Op *op)
{
    const Term *statement = argument(op, 0, "sqltext");
    Str         text      = { 0 };

    if (is_call_of(statement, "text"))
        statement = term_at(statement, 0);
    if (!statement)
        return;
    if (!term_string(statement, &text)) {
        if (statement->kind == TERM_UNKNOWN)
            tell(op, STR("this statement is not followed: its text is not known here"));
        return;
    }
    text = str_trim(text);
    if (op->run->is_maybe && !begins_with(text, "create")) {
        if (begins_with(text, "alter") || begins_with(text, "drop"))
            is_left_out(op);
        return;
    }
    Making making = making_new(op->run);
    buf_add(&making.sql, str_is(term_word(op->call), "exec_driver_sql") ? text : made_text(op->run->arena, text));
    apply(op, &making);
}

/* -- which ----------------------------------------------------------------------------------- */

typedef struct OpWord {
    const char *word;
    uint32_t    table_at; /* which argument a batch has already */
    void (*does)(Op *op);
} OpWord;

enum { NO_TABLE = 1000 };

static const OpWord words[] = {
    { "create_table", NO_TABLE, create_table },
    { "drop_table", NO_TABLE, drop_table },
    { "rename_table", NO_TABLE, rename_table },
    { "add_column", 0, add_column },
    { "drop_column", 0, drop_column },
    { "alter_column", 0, alter_column },
    { "create_index", 1, create_index },
    { "drop_index", 1, drop_index },
    { "create_unique_constraint", 1, create_unique_constraint },
    { "create_primary_key", 1, create_primary_key },
    { "create_check_constraint", 1, create_check_constraint },
    { "create_foreign_key", 1, create_foreign_key },
    { "drop_constraint", 1, drop_constraint },
    { "execute", NO_TABLE, execute },
    { "exec_driver_sql", NO_TABLE, execute },
};

/* Calls that say nothing about tables. */
static bool is_harmless(Str word)
{
    static const char *const harmless[] = { "f", "batch_alter_table", "get_bind", "get_context", "bulk_insert", "inline_literal",
                                            "create_table_comment", "drop_table_comment", "autocommit_block" };

    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (str_is(word, harmless[i]))
            return true;
    return false;
}

/* `op` itself, however it was imported. */
static bool is_op(const Term *term)
{
    return term->kind == TERM_NAME && (str_is(term->text, "alembic.op") || str_ends_with(term->text, STR(".alembic.op")));
}

static bool is_call_on_op(const Term *call)
{
    if (call->kind != TERM_CALL || call->of->kind != TERM_NAME)
        return false;
    size_t dot = str_rfind_char(call->of->text, '.');
    Term   of  = { .kind = TERM_NAME, .text = dot == STR_NOT_FOUND ? (Str) { 0 } : str_slice(call->of->text, 0, dot) };
    return is_op(&of);
}

/* What `op.batch_alter_table("t")` gives has the methods. */
static bool batch_of(const Term *call, Str *table)
{
    const Term *object = call->of->kind == TERM_ATTRIBUTE ? call->of->of : NULL;

    if (!object || !is_call_on_op(object) || !is_call_of(object, "batch_alter_table"))
        return false;
    return term_argument(object, 0, "table_name") && term_string(term_argument(object, 0, "table_name"), table) && table->len;
}

/* `bind.execute(…)` where bind is op.get_bind(), or of it. */
static bool is_on_bind(const Term *call)
{
    const Term *object = call->of->kind == TERM_ATTRIBUTE ? call->of->of : NULL;

    return object && str_is(term_root(object), "alembic")
        && (str_is(call->of->text, "execute") || str_is(call->of->text, "exec_driver_sql"));
}

bool run_operation(Run *run, const Term *call)
{
    Op   op    = { .run = run, .call = call };
    Str  word  = term_word(call);
    bool batch = batch_of(call, &op.batch);

    if (!batch && !is_call_on_op(call) && !is_on_bind(call))
        return false;
    if (run->is_module)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!str_is(word, words[i].word))
            continue;
        op.table_at = words[i].table_at;
        words[i].does(&op);
        return true;
    }
    if (!is_harmless(word))
        run_tell(run, call->node, str_format(run->arena, STR_FORMAT "() is not followed: nothing is known of it", STR_ARG(word)));
    return true;
}
