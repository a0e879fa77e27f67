#include "rewriters/schema/alembic.h"

#include <ctype.h>

#include "rewriters/schema/python.h"
#include "rewriters/schema/writing.h"
#include "rewriters/sql/colon.h"
#include "rewriters/sql/spelling.h"

/* A revision under way. */
typedef struct Revision {
    Arena *arena;
    Buf    body; /* of the function */
    bool   uses_sa, uses_postgresql, uses_by_dialect;
    bool   in_branch; /* of `if`, for Postgres alone */
} Revision;

enum { INDENT = 4 };

static const char not_on_sqlite[] =
    "if op.get_context().dialect.name != \"sqlite\":  # it has them with the table";

/* -- leaves ----------------------------------------------------------------------------------- */

static Py *sa(Revision *r, const char *callee)
{
    r->uses_sa = true;
    return py_call(r->arena, callee);
}

/* The name as Postgres has it; SQLAlchemy puts it in quotes where it has to be. */
static Str small(Revision *r, Str name)
{
    return str_lower(r->arena, name);
}

/* One of the two keeps the word for itself, and SQLAlchemy does not know it. */
static bool is_left_bare(Str name)
{
    static const char *const words[] = { "collation", "concurrently", "lateral",
                                         "nothing",   "returning",    "tablesample" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_nocase(name, str_of(words[i])))
            return true;
    return false;
}

static Py *name(Revision *r, Str text)
{
    Py *word = py_string(r->arena, small(r, text));

    if (!is_left_bare(text))
        return word;
    Py *quoted = py_add(r->arena, sa(r, "sa.sql.quoted_name"), NULL, word);
    return py_add(r->arena, quoted, "quote", py_word(r->arena, "True"));
}

static Py *names(Revision *r, const StrVec *texts)
{
    Py *out = py_list(r->arena);

    vec_each(text, texts)
        py_add(r->arena, out, NULL, name(r, *text));
    return out;
}

/* text() would take what is behind a colon for a bind; where it would, each gets a backslash. */
static Str for_text(Arena *arena, Str sql)
{
    Buf out = buf_new(arena);

    if (!colons_need_escape(sql))
        return sql;
    for (size_t i = 0; i < sql.len; i++) {
        if (sql.ptr[i] == ':')
            buf_add_char(&out, '\\');
        buf_add_char(&out, sql.ptr[i]);
    }
    return buf_str(&out);
}

static Py *sql_words(Revision *r, Str sql)
{
    return py_string(r->arena, for_text(r->arena, sql));
}

static Py *text(Revision *r, Str sql)
{
    return py_add(r->arena, sa(r, "sa.text"), NULL, sql_words(r, sql));
}

static Py *by_dialect(Revision *r, Str postgresql, Str sqlite)
{
    Py *call = py_call(r->arena, "by_dialect");

    r->uses_by_dialect = true;
    py_add(r->arena, call, NULL, sql_words(r, postgresql));
    return py_add(r->arena, call, NULL, sql_words(r, sqlite));
}

static Str without_parentheses(Str expression)
{
    return str_slice(expression, 1, expression.len - 1);
}

/* -- columns ---------------------------------------------------------------------------------- */

static const char *const types[] = {
    [PG_UNKNOWN]     = "sa.Text()",
    [PG_BIGINT]      = "sa.BigInteger()",
    [PG_TEXT]        = "sa.Text()",
    [PG_DOUBLE]      = "sa.Float(53)",
    [PG_NUMERIC]     = "sa.Numeric()",
    [PG_BOOLEAN]     = "sa.Boolean()",
    [PG_TIMESTAMPTZ] = "sa.DateTime(timezone=True)",
    [PG_DATE]        = "sa.Date()",
    [PG_JSONB]       = "postgresql.JSONB()",
    [PG_BYTEA]       = "sa.LargeBinary()",
    [PG_UUID]        = "postgresql.UUID()",
};

/* The type on SQLite where it is another one; empty where it is the same. */
static Str lite_type(Revision *r, const DdlColumn *column)
{
    if (column->is_rowid)
        return STR("sa.Integer()");
    if (column->collation.len && column->type == PG_TEXT) {
        Buf      out       = buf_new(r->arena);
        const Py *collation = py_string(r->arena, column->collation);
        py_write(&out, collation, 0);
        return str_format(r->arena, "sa.Text(collation=" STR_FORMAT ")",
                          STR_ARG(str_trim(buf_str(&out))));
    }
    if (column->type == PG_JSONB)
        return STR("sa.JSON()");
    return column->type == PG_UUID ? STR("sa.Text()") : (Str){ 0 };
}

static Py *type_of(Revision *r, const DdlColumn *column)
{
    Str type = str_of(types[column->type]);
    Str lite = lite_type(r, column);

    if (column->places.len)
        type = str_format(r->arena, "sa.Numeric(" STR_FORMAT ")", STR_ARG(column->places));
    if (str_starts_with(type, STR("postgresql.")))
        r->uses_postgresql = true;
    else
        r->uses_sa = true;
    if (lite.len == 0)
        return py_text(r->arena, type);
    return py_text(r->arena, str_format(r->arena, STR_FORMAT ".with_variant(" STR_FORMAT
                                                             ", \"sqlite\")",
                                        STR_ARG(type), STR_ARG(lite)));
}

static Py *default_of(Revision *r, const DdlColumn *column)
{
    const DdlDefault *it = &column->default_;

    switch (it->kind) {
    case DDL_DEFAULT_NONE:
        return NULL;
    case DDL_DEFAULT_TRUE:
        return sa(r, "sa.true");
    case DDL_DEFAULT_FALSE:
        return sa(r, "sa.false");
    case DDL_DEFAULT_NOW:
        return sa(r, "sa.func.now");
    case DDL_DEFAULT_STRING:
        /* SQLAlchemy does not know whether a server that it has not met reads backslashes. */
        return str_find_char(it->string, '\\') == STR_NOT_FOUND ? py_string(r->arena, it->string)
                                                                : text(r, it->text);
    case DDL_DEFAULT_EXPRESSION:
        break;
    }
    return it->lite.len ? by_dialect(r, it->text, it->lite) : text(r, it->text);
}

static size_t key_columns(const DdlTable *table)
{
    size_t count = 0;

    vec_each(column, &table->columns)
        count += column->in_key;
    return count;
}

/* What counts a key is said, for SQLAlchemy would guess: it counts any that is a number. */
static const char *counting_of(const DdlTable *table, const DdlColumn *column)
{
    bool number = column->type == PG_BIGINT || column->type == PG_DOUBLE
               || column->type == PG_NUMERIC;

    if (!column->in_key || !number || key_columns(table) > 1 || column->sequence.len)
        return NULL;
    return column->is_serial ? "True" : "False";
}

static Py *column_of(Revision *r, const DdlTable *table, const DdlColumn *column)
{
    Py         *out      = sa(r, "sa.Column");
    Py         *value    = default_of(r, column);
    const char *counting = counting_of(table, column);

    py_add(r->arena, out, NULL, name(r, column->name));
    py_add(r->arena, out, NULL, type_of(r, column));
    if (column->generated.len) {
        Py *computed = sa(r, "sa.Computed");
        py_add(r->arena, computed, NULL, sql_words(r, without_parentheses(column->generated)));
        py_add(r->arena, computed, "persisted", py_word(r->arena, "True"));
        py_add(r->arena, out, NULL, computed);
    }
    if (column->sequence.len) /* SQLite counts by itself */
        value = by_dialect(r, column->default_.text, (Str){ 0 });
    if (value)
        py_add(r->arena, out, "server_default", value);
    if (counting)
        py_add(r->arena, out, "autoincrement", py_word(r->arena, counting));
    if (column->not_null || column->in_key)
        py_add(r->arena, out, "nullable", py_word(r->arena, "False"));
    return out;
}

/* -- constraints ------------------------------------------------------------------------------ */

static void add_name(Revision *r, Py *to, Str constraint)
{
    if (constraint.len)
        py_add(r->arena, to, "name", name(r, constraint));
}

static void add_actions(Revision *r, Py *to, const DdlConstraint *key)
{
    const char *on_delete = action_word(key->on_delete), *on_update = action_word(key->on_update);

    if (on_delete)
        py_add(r->arena, to, "ondelete", py_string(r->arena, str_of(on_delete)));
    if (on_update)
        py_add(r->arena, to, "onupdate", py_string(r->arena, str_of(on_update)));
    if (key->deferrable)
        py_add(r->arena, to, "deferrable", py_word(r->arena, "True"));
    if (key->deferrable && key->initially_deferred)
        py_add(r->arena, to, "initially", py_word(r->arena, "\"DEFERRED\""));
}

/* "table.column" would be read as other names, or without the quotes they need. */
static bool is_no_path(Str name)
{
    return str_find_char(name, '.') != STR_NOT_FOUND || is_left_bare(name);
}

static bool needs_columns(const DdlConstraint *key)
{
    bool needs = is_no_path(key->table);

    vec_each(column, &key->to)
        needs = needs || is_no_path(*column);
    return needs;
}

/* "table.column"; where that does not do, columns of a table made for it. */
static Py *target_of(Revision *r, const DdlConstraint *key)
{
    StrVec targets = { 0 };

    if (needs_columns(key)) {
        Py *table = sa(r, "sa.Table");
        py_add(r->arena, table, NULL, name(r, key->table));
        py_add(r->arena, table, NULL, sa(r, "sa.MetaData"));
        vec_each(column, &key->to)
            py_add(r->arena, table, NULL,
                   py_add(r->arena, sa(r, "sa.Column"), NULL, name(r, *column)));
        return py_add(r->arena, py_call(r->arena, "list"), NULL, py_member(table, "c"));
    }
    vec_each(column, &key->to)
        vec_push(r->arena, &targets,
                 str_format(r->arena, STR_FORMAT "." STR_FORMAT, STR_ARG(key->table),
                            STR_ARG(*column)));
    return names(r, &targets);
}

static Py *key_of(Revision *r, const DdlConstraint *key)
{
    Py *out = sa(r, "sa.ForeignKeyConstraint");

    py_add(r->arena, out, NULL, names(r, &key->columns));
    py_add(r->arena, out, NULL, target_of(r, key));
    add_name(r, out, key->name);
    add_actions(r, out, key);
    if (key->is_late)
        py_add(r->arena, out, "use_alter", py_word(r->arena, "True"));
    return out;
}

static Py *constraint_of(Revision *r, const DdlConstraint *constraint)
{
    Py *out;

    if (constraint->kind == DDL_REFERENCES)
        return key_of(r, constraint);
    if (constraint->kind == DDL_CHECK) {
        out = sa(r, "sa.CheckConstraint");
        py_add(r->arena, out, NULL, sql_words(r, without_parentheses(constraint->condition)));
    } else {
        out = sa(r, constraint->kind == DDL_PRIMARY_KEY ? "sa.PrimaryKeyConstraint"
                                                        : "sa.UniqueConstraint");
        vec_each(column, &constraint->columns)
            py_add(r->arena, out, NULL, name(r, *column));
    }
    add_name(r, out, constraint->name);
    return out;
}

/* -- statements ------------------------------------------------------------------------------- */

static Py *create_table(Revision *r, const DdlTable *table)
{
    Py  *out           = py_call(r->arena, "op.create_table");
    bool autoincrement = false;

    py_add(r->arena, out, NULL, name(r, table->name));
    vec_each(column, &table->columns) {
        py_add(r->arena, out, NULL, column_of(r, table, column));
        autoincrement = autoincrement || (column->is_rowid && column->autoincrement);
    }
    /* As Postgres takes them: those that stand with a column first. */
    for (size_t i = 0; i <= table->columns.count; i++)
        vec_each(constraint, &table->constraints)
            if (!constraint->is_left_out
                && (constraint->column == i
                    || (i == table->columns.count && constraint->column == OF_THE_TABLE)))
                py_add(r->arena, out, NULL, constraint_of(r, constraint));
    if (autoincrement)
        py_add(r->arena, out, "sqlite_autoincrement", py_word(r->arena, "True"));
    if (table->without_rowid)
        py_add(r->arena, out, "sqlite_with_rowid", py_word(r->arena, "False"));
    return out;
}

static Py *execute(Revision *r, Str sql)
{
    sql = for_text(r->arena, sql);
    return py_add(r->arena, py_call(r->arena, "op.execute"), NULL,
                  str_contains(sql, STR("\n")) ? py_paragraph(r->arena, sql)
                                               : py_string(r->arena, sql));
}

/* Alembic takes a term for a column of its own, and each but once. */
static bool has_twins(Revision *r, const DdlIndex *index)
{
    for (size_t i = 0; i < index->terms.count; i++)
        for (size_t j = 0; j < i; j++)
            if (str_eq_nocase(term_sql(r->arena, &index->terms.items[i]),
                              term_sql(r->arena, &index->terms.items[j])))
                return true;
    return false;
}

static Py *create_index(Revision *r, const DdlIndex *index)
{
    Py *out   = py_call(r->arena, "op.create_index");
    Py *terms = py_list(r->arena);

    vec_each(term, &index->terms)
        py_add(r->arena, terms, NULL,
               term->column.len && !term->is_descending ? name(r, term->column)
                                                        : text(r, term_sql(r->arena, term)));
    py_add(r->arena, out, NULL, name(r, index->name));
    py_add(r->arena, out, NULL, name(r, index->table));
    py_add(r->arena, out, NULL, terms);
    if (index->is_unique)
        py_add(r->arena, out, "unique", py_word(r->arena, "True"));
    if (index->where.len) {
        py_add(r->arena, out, "postgresql_where", text(r, index->where));
        py_add(r->arena, out, "sqlite_where", text(r, index->where));
    }
    return out;
}

static Py *create_foreign_key(Revision *r, const DdlStatement *statement)
{
    const DdlConstraint *key = &statement->table->constraints.items[statement->at];
    Py                  *out = py_call(r->arena, "op.create_foreign_key");

    if (needs_columns(key))
        return execute(r, statement->sql);
    py_add(r->arena, out, NULL, name(r, key->name));
    py_add(r->arena, out, NULL, name(r, statement->table->name));
    py_add(r->arena, out, NULL, name(r, key->table));
    py_add(r->arena, out, NULL, names(r, &key->columns));
    py_add(r->arena, out, NULL, names(r, &key->to));
    add_actions(r, out, key);
    return out;
}

static Py *creation(Revision *r, const DdlStatement *statement)
{
    switch (statement->kind) {
    case DDL_TABLE:
        return create_table(r, statement->table);
    case DDL_INDEX:
        return has_twins(r, statement->index) ? execute(r, statement->sql)
                                              : create_index(r, statement->index);
    case DDL_FOREIGN_KEY:
        return create_foreign_key(r, statement);
    case DDL_SEQUENCE:
    case DDL_SEQUENCE_OWNER:
    case DDL_VIEW:
        return execute(r, statement->sql);
    case DDL_NOTHING:
        break;
    }
    return NULL;
}

static Py *removal(Revision *r, const DdlStatement *statement)
{
    Py *out;

    switch (statement->kind) {
    case DDL_TABLE:
        return py_add(r->arena, py_call(r->arena, "op.drop_table"), NULL,
                      name(r, statement->table->name));
    case DDL_INDEX:
        out = py_call(r->arena, "op.drop_index");
        py_add(r->arena, out, NULL, name(r, statement->index->name));
        return py_add(r->arena, out, "table_name", name(r, statement->index->table));
    case DDL_FOREIGN_KEY:
        out = py_call(r->arena, "op.drop_constraint");
        py_add(r->arena, out, NULL,
               name(r, statement->table->constraints.items[statement->at].name));
        py_add(r->arena, out, NULL, name(r, statement->table->name));
        return py_add(r->arena, out, "type_", py_word(r->arena, "\"foreignkey\""));
    case DDL_VIEW:
        return execute(r, str_format(r->arena, "DROP VIEW " STR_FORMAT,
                                     STR_ARG(name_spelled(r->arena, statement->view->name))));
    case DDL_SEQUENCE: /* it went with the column it is tied to */
    case DDL_SEQUENCE_OWNER:
    case DDL_NOTHING:
        break;
    }
    return NULL;
}

/* SQLite has foreign keys with the table, and no sequences. */
static bool is_of_postgres_alone(const DdlStatement *statement)
{
    return statement->kind == DDL_FOREIGN_KEY || statement->kind == DDL_SEQUENCE
        || statement->kind == DDL_SEQUENCE_OWNER;
}

static void add(Revision *r, const DdlStatement *statement, const Py *call)
{
    bool     branch = is_of_postgres_alone(statement);
    unsigned indent = branch ? 2 * INDENT : INDENT;

    if (branch && !r->in_branch)
        buf_format(&r->body, "%*s%s\n", INDENT, "", not_on_sqlite);
    r->in_branch = branch;
    py_write(&r->body, call, indent);
}

static void tell(Revision *r, const DdlFindingVec *findings)
{
    if (findings->count == 0)
        return;
    if (r->body.len)
        buf_add_char(&r->body, '\n');
    r->in_branch = false;
    vec_each(finding, findings)
        py_comment(&r->body,
                   utf8_only(r->arena, str_format(r->arena, "lite2pg: %s " STR_FORMAT,
                                                  finding->code, STR_ARG(finding->message))),
                   INDENT);
}

static bool closes_circle(const DdlStatement *statement)
{
    return statement->kind == DDL_FOREIGN_KEY
        && !str_eq_nocase(statement->table->constraints.items[statement->at].table,
                          statement->table->name);
}

/* Of tables in a circle SQLite drops none that another's row refers to. */
static void open_circles(Revision *r, const Ddl *ddl)
{
    static const char *const pragmas[] = { "PRAGMA foreign_keys = OFF",
                                           "PRAGMA defer_foreign_keys = ON" };
    bool                     circle    = false;

    vec_each(statement, &ddl->statements)
        circle = circle || closes_circle(statement);
    if (!circle)
        return;
    buf_format(&r->body, "%*sif op.get_context().dialect.name == \"sqlite\":\n", INDENT, "");
    py_comment(&r->body,
               STR("Tables that refer to one another go only without a look at their keys. The"),
               2 * INDENT);
    py_comment(&r->body, STR("first is heard outside of a transaction, the second within one."),
               2 * INDENT);
    for (size_t i = 0; i < sizeof pragmas / sizeof *pragmas; i++)
        py_write(&r->body, execute(r, str_of(pragmas[i])), 2 * INDENT);
}

/* -- the module ------------------------------------------------------------------------------- */

Str alembic_name(Arena *arena, Str source)
{
    size_t slash = str_rfind_char(source, '/');
    Str    stem  = slash == STR_NOT_FOUND ? source : str_slice(source, slash + 1, source.len);
    size_t dot   = str_rfind_char(stem, '.');
    Buf    slug  = buf_new(arena);

    if (dot != STR_NOT_FOUND && dot > 0)
        stem = str_slice(stem, 0, dot);
    for (size_t i = 0; i < stem.len; i++) {
        unsigned char c = (unsigned char)stem.ptr[i];
        if (c < 0x80 && isalnum(c))
            buf_add_char(&slug, (char)tolower(c));
        else if (slug.len && slug.ptr[slug.len - 1] != '_')
            buf_add_char(&slug, '_');
    }
    while (slug.len && slug.ptr[slug.len - 1] == '_')
        slug.len--;
    return slug.len ? str_format(arena, "0001_" STR_FORMAT "_baseline", STR_ARG(buf_str(&slug)))
                    : STR("0001_baseline");
}

static const char by_dialect_text[] =
    "\n"
    "\n"
    "def by_dialect(postgresql: str, sqlite: str):\n"
    "    \"\"\"What the database that is upgraded takes for a default.\"\"\"\n"
    "    words = sqlite if op.get_context().dialect.name == \"sqlite\" else postgresql\n"
    "    return sa.text(words) if words else None\n";

static void add_head(Buf *out, const Revision *r, Str module)
{
    buf_format(out,
               "\"\"\"" STR_FORMAT "\n"
               "\n"
               "Revision ID: 0001\n"
               "Revises:\n"
               "\n"
               "Written by `lite2pg schema --emit alembic`. It runs on Postgres and on SQLite.\n"
               "\"\"\"\n"
               "\n",
               STR_ARG(module));
    if (r->uses_sa || r->uses_by_dialect)
        buf_add(out, STR("import sqlalchemy as sa\n"));
    buf_add(out, STR("from alembic import op\n"));
    if (r->uses_postgresql)
        buf_add(out, STR("from sqlalchemy.dialects import postgresql\n"));
    buf_add(out, STR("\n"
                     "revision = \"0001\"\n"
                     "down_revision = None\n"
                     "branch_labels = None\n"
                     "depends_on = None\n"));
    if (r->uses_by_dialect)
        buf_add(out, str_of(by_dialect_text));
}

static void add_function(Buf *out, const char *word, const Buf *body, bool does_nothing)
{
    buf_format(out, "\n\ndef %s() -> None:\n", word);
    if (body->len)
        buf_add(out, buf_str(body));
    if (does_nothing)
        buf_add(out, STR("    pass\n"));
}

Str alembic_text(Arena *arena, const Ddl *ddl, Str module)
{
    Revision up   = { .arena = arena, .body = buf_new(arena) };
    Revision down = { .arena = arena, .body = buf_new(arena) };
    Buf      out  = buf_new(arena);
    bool     none = true;

    vec_each(statement, &ddl->statements) {
        const Py *call = creation(&up, statement);
        tell(&up, &statement->findings);
        if (!call)
            continue;
        add(&up, statement, call);
        none = false;
    }
    open_circles(&down, ddl);
    for (size_t i = ddl->statements.count; i > 0; i--) {
        const DdlStatement *statement = &ddl->statements.items[i - 1];
        const Py           *call      = removal(&down, statement);
        if (call)
            add(&down, statement, call);
    }
    add_head(&out, &up, module);
    add_function(&out, "upgrade", &up.body, none);
    add_function(&out, "downgrade", &down.body, none);
    return buf_str(&out);
}
