#include "analyzers/migrations/making.h"

#include <stdarg.h>
#include <stdio.h>

#include "analyzers/python/literal.h"
#include "analyzers/sql/parser.h"

/* -- texts ----------------------------------------------------------------------------------- */

Making making_new(Run *run)
{
    return (Making) { .run = run, .sql = buf_new(run->arena) };
}

static Span span_of(const Run *run, NodeId node)
{
    const PyNode *at = tree_node(run->tree, node);

    return (Span) { at->lo, at->hi };
}

MadeSql making_done(const Making *it, NodeId whole)
{
    const Source *source = it->run->tree->source;

    return (MadeSql) { .path = source->path, .source = source->text, .sql = buf_str(&it->sql), .whole = span_of(it->run, whole),
                       .spans = it->spans };
}

void make_words(Making *it, const char *format, ...)
{
    char    small[256];
    va_list list;

    va_start(list, format);
    int length = vsnprintf(small, sizeof small, format, list);
    va_end(list);
    if (length < 0 || (size_t)length >= sizeof small)
        bug("words that are no words: %s", format);
    buf_add(&it->sql, (Str) { small, (size_t)length });
}

void make_name(Making *it, Str name)
{
    buf_add(&it->sql, sql_quote(it->run->arena, name, '"'));
}

void make_names(Making *it, const Term *names)
{
    bool first = true;
    Str  name;

    make_words(it, "(");
    vec_each(arg, &names->args) {
        if (arg->keyword.len || !term_string(arg->term, &name))
            continue;
        make_words(it, first ? "" : ", ");
        make_name(it, name);
        first = false;
    }
    make_words(it, ")");
}

static void end_span(Making *it, uint32_t lo, NodeId node)
{
    MadeSpan span = { .lo = lo, .hi = (uint32_t)it->sql.len, .origin = span_of(it->run, node) };

    if (node)
        vec_push(it->run->arena, &it->spans, span);
}

bool is_call_of(const Term *term, const char *word)
{
    return term_is(term, TERM_CALL) && str_is(term_word(term), word);
}

bool is_column(const Term *term)
{
    return is_call_of(term, "Column") && term_is_sqlalchemy(term);
}

/* -- expressions ----------------------------------------------------------------------------- */

Str made_text(Arena *arena, Str text)
{
    Buf out = buf_new(arena);

    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\\' || i + 1 == text.len || text.ptr[i + 1] != ':')
            buf_add_char(&out, text.ptr[i]);
    return buf_str(&out);
}

static bool is_text_call(const Term *term, Str *out)
{
    return (is_call_of(term, "text") || is_call_of(term, "literal_column")) && term_at(term, 0)
        && term_string(term_at(term, 0), out);
}

static bool add_expression(Making *it, Buf *out, const Term *term);

/* A value in a place where SQLAlchemy writes it out. */
static bool add_value(Making *it, Buf *out, const Term *term)
{
    Str text;

    switch (term->kind) {
    case TERM_NUMBER: buf_add(out, term->text); return true;
    case TERM_TRUE: buf_add(out, STR("1")); return true;
    case TERM_FALSE: buf_add(out, STR("0")); return true;
    case TERM_NONE: buf_add(out, STR("NULL")); return true;
    default: break;
    }
    if (!term_string(term, &text))
        return add_expression(it, out, term);
    buf_add(out, sql_quote(it->run->arena, text, '\''));
    return true;
}

static bool add_values(Making *it, Buf *out, const Term *list)
{
    bool first = true;

    if (!term_is(list, TERM_LIST) || list->is_partial)
        return false;
    buf_add_char(out, '(');
    vec_each(item, &list->args) {
        buf_add(out, first ? STR("") : STR(", "));
        if (!add_value(it, out, item->term))
            return false;
        first = false;
    }
    buf_add_char(out, ')');
    return true;
}

/* `sa.func.lower(…)`. */
static bool add_function(Making *it, Buf *out, const Term *call)
{
    Str  word  = term_word(call);
    bool first = true;

    if ((str_is(word, "now") || str_is(word, "current_timestamp")) && call->args.count == 0) {
        buf_add(out, STR("CURRENT_TIMESTAMP"));
        return true;
    }
    if (str_is(word, "current_date") && call->args.count == 0) {
        buf_add(out, STR("CURRENT_DATE"));
        return true;
    }
    buf_add(out, word);
    buf_add_char(out, '(');
    vec_each(arg, &call->args) {
        buf_add(out, first ? STR("") : STR(", "));
        if (arg->keyword.len || !add_value(it, out, arg->term))
            return false;
        first = false;
    }
    buf_add_char(out, ')');
    return !call->is_partial;
}

static bool is_function(const Term *call)
{
    return call->of->kind == TERM_NAME
        && (str_contains(call->of->text, STR("sqlalchemy.func.")) || str_contains(call->of->text, STR(".functions.")));
}

/* What stands in an index, a check or a default as an object rather than a text. */
static bool add_expression(Making *it, Buf *out, const Term *term)
{
    Str text;

    if (is_text_call(term, &text)) {
        buf_add(out, made_text(it->run->arena, text));
        return true;
    }
    if (term->kind != TERM_CALL)
        return false;
    Str word = term_word(term);
    if (term->of->kind == TERM_NAME && str_is(word, "column") && term_string(term_at(term, 0), &text)) {
        buf_add(out, sql_quote(it->run->arena, text, '"'));
        return true;
    }
    if (term->of->kind == TERM_NAME && (str_is(word, "true") || str_is(word, "false") || str_is(word, "null"))) {
        buf_add(out, str_is(word, "true") ? STR("1") : str_is(word, "false") ? STR("0") : STR("NULL"));
        return true;
    }
    if (is_function(term))
        return add_function(it, out, term);
    if (term->of->kind != TERM_ATTRIBUTE || !add_expression(it, out, term->of->of))
        return false;
    if (str_is(word, "desc") || str_is(word, "asc")) {
        buf_add(out, str_is(word, "desc") ? STR(" DESC") : STR(" ASC"));
        return true;
    }
    if (str_is(word, "in_") || str_is(word, "not_in") || str_is(word, "notin_")) {
        buf_add(out, str_is(word, "in_") ? STR(" IN ") : STR(" NOT IN "));
        return add_values(it, out, term_at(term, 0));
    }
    if ((str_is(word, "is_") || str_is(word, "is_not") || str_is(word, "isnot")) && term_is(term_at(term, 0), TERM_NONE)) {
        buf_add(out, str_is(word, "is_") ? STR(" IS NULL") : STR(" IS NOT NULL"));
        return true;
    }
    return false;
}

/* Does SQLite read it as one expression? */
static bool is_expression(Making *it, Str text)
{
    return sql_parse_expression(it->run->arena, text) != NULL;
}

bool make_condition(Making *it, const Term *condition)
{
    Buf out = buf_new(it->run->arena);
    Str text;

    if (term_string(condition, &text))
        buf_add(&out, made_text(it->run->arena, text));
    else if (!add_expression(it, &out, condition))
        return false;
    if (!is_expression(it, buf_str(&out)))
        return false;
    uint32_t lo = (uint32_t)it->sql.len;
    make_words(it, "(");
    buf_add(&it->sql, buf_str(&out));
    make_words(it, ")");
    end_span(it, lo, condition->node);
    return true;
}

/* Would SQLite read `DEFAULT text` as it stands? */
static bool is_default(Making *it, Str text)
{
    Str made = str_format(it->run->arena, "CREATE TABLE t (c DEFAULT " STR_FORMAT ")", STR_ARG(text));
    Sql sql  = sql_parse(it->run->arena, made);

    return sql.statements.count == 1 && !sql.statements.items[0].broken && sql.statements.items[0].root
        && sql.statements.items[0].root->kind == NODE_CREATE_TABLE
        && node_count(sql.statements.items[0].root, ROLE_COLUMN) == 1
        && !node_child(sql.statements.items[0].root, ROLE_CONSTRAINT);
}

void make_default(Making *it, const Term *value)
{
    Arena *arena = it->run->arena;
    Buf    out   = buf_new(arena);
    Str    text;

    if (!value || value->kind == TERM_NONE || is_call_of(value, "FetchedValue"))
        return;
    if (it->run->dialect == DIALECT_POSTGRES) /* nobody asks what it is there */
        return;
    uint32_t lo = (uint32_t)it->sql.len;
    if (term_string(value, &text)) {
        make_words(it, " DEFAULT ");
        buf_add(&it->sql, sql_quote(arena, text, '\''));
    } else if (is_text_call(value, &text) && is_default(it, made_text(arena, text))) {
        make_words(it, " DEFAULT ");
        buf_add(&it->sql, made_text(arena, text));
    } else if (add_expression(it, &out, value) && is_expression(it, buf_str(&out))) {
        make_words(it, " DEFAULT (");
        buf_add(&it->sql, buf_str(&out));
        make_words(it, ")");
    } else {
        run_tell(it->run, value->node, STR("this default is not read: it is not known here, or nothing that SQLite reads"));
        make_words(it, " DEFAULT (%c)", HOLE_BYTE);
    }
    end_span(it, lo, value->node);
}

/* -- references ------------------------------------------------------------------------------ */

static const struct {
    const char *option, *words;
} actions[] = { { "ondelete", "ON DELETE" }, { "onupdate", "ON UPDATE" } };

static bool is_action(Str word)
{
    static const char *const words[] = { "CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_nocase(word, str_of(words[i])))
            return true;
    return false;
}

static void make_actions(Making *it, const Term *options)
{
    Str word;

    for (size_t i = 0; options && i < sizeof actions / sizeof *actions; i++)
        if (term_string(term_keyword(options, actions[i].option), &word) && is_action(word))
            make_words(it, " %s " STR_FORMAT, actions[i].words, STR_ARG(word));
    if (!options || !term_is(term_keyword(options, "deferrable"), TERM_TRUE))
        return;
    make_words(it, " DEFERRABLE");
    if (term_string(term_keyword(options, "initially"), &word) && str_eq_nocase(word, STR("DEFERRED")))
        make_words(it, " INITIALLY DEFERRED");
}

void make_reference(Making *it, Str table, const Term *columns, const Term *options)
{
    make_words(it, " REFERENCES ");
    make_name(it, table);
    if (columns && columns->args.count) {
        make_words(it, " ");
        make_names(it, columns);
    }
    make_actions(it, options);
}

/* `list(sa.Table("t", MetaData(), Column("c")).c)`: the columns of a table made for the purpose. */
static bool target_table(const Term *targets, const Term **table)
{
    if (!is_call_of(targets, "list") || !term_is(term_at(targets, 0), TERM_ATTRIBUTE))
        return false;
    *table = term_at(targets, 0)->of;
    return is_call_of(*table, "Table") && term_at(*table, 0);
}

static bool add_target_columns(Making *it, const Term *made)
{
    bool first = true;
    Str  name;

    if (!term_string(term_at(made, 0), &name))
        return false;
    make_words(it, " REFERENCES ");
    make_name(it, name);
    make_words(it, " (");
    vec_each(arg, &made->args)
        if (is_call_of(arg->term, "Column") && column_name(arg->term, &name)) {
            make_words(it, first ? "" : ", ");
            make_name(it, name);
            first = false;
        }
    make_words(it, ")");
    return !first;
}

/* "schema.table.column" */
static bool path_of(Str path, Str *table, Str *column)
{
    size_t dot = str_rfind_char(path, '.');

    if (dot == STR_NOT_FOUND || dot == 0)
        return false;
    *column = str_slice(path, dot + 1, path.len);
    path    = str_slice(path, 0, dot);
    dot     = str_rfind_char(path, '.');
    *table  = dot == STR_NOT_FOUND ? path : str_slice(path, dot + 1, path.len);
    return table->len && column->len;
}

bool make_targets(Making *it, const Term *targets, const Term *options)
{
    const Term *made;
    Str         path, table, column, first = { 0 };

    if (target_table(targets, &made)) {
        if (!add_target_columns(it, made))
            return false;
        make_actions(it, options);
        return true;
    }
    size_t count = targets->kind == TERM_LIST ? targets->args.count : 1;
    if ((targets->kind == TERM_LIST && targets->is_partial) || !count)
        return false;
    for (size_t i = 0; i < count; i++) { /* all of one table, before anything is written */
        const Term *one = targets->kind == TERM_LIST ? targets->args.items[i].term : targets;
        if (!term_string(one, &path) || !path_of(path, &table, &column) || (i && !str_eq(table, first)))
            return false;
        first = table;
    }
    make_words(it, " REFERENCES ");
    make_name(it, first);
    for (size_t i = 0; i < count; i++) {
        const Term *one = targets->kind == TERM_LIST ? targets->args.items[i].term : targets;
        term_string(one, &path);
        path_of(path, &table, &column);
        make_words(it, i ? ", " : " (");
        make_name(it, column);
    }
    make_words(it, ")");
    make_actions(it, options);
    return true;
}

/* -- constraints ----------------------------------------------------------------------------- */

void make_constraint_name(Making *it, const Term *name)
{
    Str text;

    if (!name || !term_string(name, &text) || !text.len)
        return;
    make_words(it, " CONSTRAINT ");
    make_name(it, text);
}

static void make_conflict(Making *it, const Term *holder, const char *option)
{
    static const char *const words[] = { "ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE" };
    Str                      word;

    if (!term_string(term_keyword(holder, option), &word) || it->run->dialect == DIALECT_POSTGRES)
        return;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_nocase(word, str_of(words[i])))
            make_words(it, " ON CONFLICT %s", words[i]);
}

static bool all_names(const Term *call)
{
    Str  name;
    bool any = false;

    vec_each(arg, &call->args) {
        if (arg->keyword.len)
            continue;
        if (!term_string(arg->term, &name))
            return false;
        any = true;
    }
    return any && !call->is_partial;
}

static bool make_key(Making *it, const Term *call, const char *words)
{
    if (!all_names(call))
        return false;
    make_words(it, ",");
    make_constraint_name(it, term_keyword(call, "name"));
    make_words(it, " %s ", words);
    make_names(it, call);
    make_conflict(it, call, "sqlite_on_conflict");
    return true;
}

static bool make_foreign_key(Making *it, const Term *call)
{
    const Term *columns = term_argument(call, 0, "columns"), *targets = term_argument(call, 1, "refcolumns");
    size_t      before  = it->sql.len;

    if (!term_is(columns, TERM_LIST) || !targets || !all_names(columns))
        return false;
    make_words(it, ",");
    make_constraint_name(it, term_keyword(call, "name"));
    make_words(it, " FOREIGN KEY ");
    make_names(it, columns);
    if (make_targets(it, targets, call))
        return true;
    it->sql.len = before;
    return false;
}

static bool make_check(Making *it, const Term *call)
{
    const Term *condition = term_argument(call, 0, "sqltext");
    size_t      before    = it->sql.len;

    make_words(it, ",");
    make_constraint_name(it, term_keyword(call, "name"));
    make_words(it, " CHECK ");
    if (condition && make_condition(it, condition))
        return true;
    it->sql.len = before;
    return false;
}

bool make_constraint(Making *it, const Term *constraint)
{
    uint32_t lo   = (uint32_t)it->sql.len;
    bool     made = false, is_one = true;

    if (is_call_of(constraint, "PrimaryKeyConstraint"))
        made = make_key(it, constraint, "PRIMARY KEY");
    else if (is_call_of(constraint, "UniqueConstraint"))
        made = make_key(it, constraint, "UNIQUE");
    else if (is_call_of(constraint, "ForeignKeyConstraint"))
        made = make_foreign_key(it, constraint);
    else if (is_call_of(constraint, "CheckConstraint"))
        made = make_check(it, constraint) || it->run->dialect == DIALECT_POSTGRES;
    else
        is_one = false;
    if (made)
        end_span(it, lo, constraint->node);
    else if (is_one)
        run_tell(it->run, constraint->node, STR("this part of the table is not read: it is not known here, or nothing that SQLite reads"));
    return made;
}

void make_type_checks(Making *it, const Term *column)
{
    const Term *typed = column_type(column);
    SaType      type;
    Str         name;
    bool        first = true;

    if (!typed || it->run->dialect == DIALECT_POSTGRES || !column_name(column, &name) || !sa_type_of(it->run, typed, &type)
        || (!type.values && !type.is_checked_flag))
        return;
    uint32_t lo = (uint32_t)it->sql.len;
    make_words(it, ",");
    if (type.check.len) {
        make_words(it, " CONSTRAINT ");
        make_name(it, type.check);
    }
    make_words(it, " CHECK (");
    make_name(it, name);
    make_words(it, type.values ? " IN (" : " IN (0, 1");
    if (type.values)
        vec_each(arg, &type.values->args)
            if (!arg->keyword.len && term_string(arg->term, &name)) {
                make_words(it, first ? "" : ", ");
                buf_add(&it->sql, sql_quote(it->run->arena, name, '\''));
                first = false;
            }
    make_words(it, "))");
    end_span(it, lo, typed->node);
}

/* -- columns --------------------------------------------------------------------------------- */

bool column_name(const Term *column, Str *out)
{
    const Term *first = term_keyword(column, "name");

    return term_string(first ? first : term_at(column, 0), out) && out->len;
}

/* What follows the name, if it is no constraint. */
const Term *column_type(const Term *column)
{
    const Term *type = term_keyword(column, "type_");

    if (!type)
        type = term_at(column, term_keyword(column, "name") ? 0 : 1);
    if (!type || is_call_of(type, "ForeignKey") || is_call_of(type, "Computed") || is_call_of(type, "Identity")
        || is_call_of(type, "CheckConstraint") || is_call_of(type, "Sequence"))
        return NULL;
    return type;
}

static void make_type(Making *it, const Term *column)
{
    const Term *typed = column_type(column);
    SaType      type;

    if (!typed)
        return;
    if (sa_type_of(it->run, typed, &type)) {
        if (type.words.len) {
            make_words(it, " ");
            buf_add(&it->sql, type.words);
        }
        if (type.collation.len) {
            make_words(it, " COLLATE ");
            make_name(it, type.collation);
        }
        return;
    }
    if (it->run->dialect == DIALECT_POSTGRES)
        make_words(it, " OTHER");
    run_tell(it->run, typed->node, STR("this type is not SQLAlchemy's own: what it is on either database is not known"));
}

static bool make_inline(Making *it, const Term *part)
{
    if (is_call_of(part, "ForeignKey") && term_at(part, 0)) {
        size_t before = it->sql.len;
        make_constraint_name(it, term_keyword(part, "name"));
        if (make_targets(it, term_at(part, 0), part))
            return true;
        it->sql.len = before;
    } else if (is_call_of(part, "CheckConstraint") && term_at(part, 0)) {
        size_t before = it->sql.len;
        make_constraint_name(it, term_keyword(part, "name"));
        make_words(it, " CHECK ");
        if (make_condition(it, term_at(part, 0)))
            return true;
        it->sql.len = before;
        if (it->run->dialect == DIALECT_POSTGRES)
            return true;
    } else if (is_call_of(part, "Computed") && term_at(part, 0)) {
        size_t before = it->sql.len;
        make_words(it, " GENERATED ALWAYS AS ");
        if (make_condition(it, term_at(part, 0))) {
            if (term_is(term_keyword(part, "persisted"), TERM_TRUE) || term_is(term_at(part, 1), TERM_TRUE))
                make_words(it, " STORED");
            return true;
        }
        it->sql.len = before;
    } else if (is_call_of(part, "Identity") || is_call_of(part, "Sequence")) {
        return true; /* Postgres' way of counting */
    }
    run_tell(it->run, part->node, STR("this part of the column is not read: it is not known here, or nothing that SQLite reads"));
    return false;
}

bool make_column(Making *it, const Term *column, ColumnFrame frame)
{
    uint32_t    lo   = (uint32_t)it->sql.len;
    const Term *type = column_type(column), *nullable = term_keyword(column, "nullable");
    uint32_t    from = (term_keyword(column, "name") ? 0 : 1) + (type && !term_keyword(column, "type_") ? 1 : 0);
    Str         name;

    if (!column_name(column, &name)) {
        run_tell(it->run, column->node, STR("this column is not read: its name is not known here"));
        return false;
    }
    make_name(it, name);
    make_type(it, column);
    make_default(it, term_keyword(column, "server_default"));
    if (nullable ? nullable->kind == TERM_FALSE : frame.in_key) {
        make_words(it, " NOT NULL");
        make_conflict(it, column, "sqlite_on_conflict_not_null");
    }
    if (frame.autoincrement)
        make_words(it, " PRIMARY KEY AUTOINCREMENT");
    if (term_is(term_keyword(column, "unique"), TERM_TRUE) && !term_is(term_keyword(column, "index"), TERM_TRUE))
        make_words(it, " UNIQUE");
    for (uint32_t i = from; term_at(column, i); i++)
        make_inline(it, term_at(column, i));
    end_span(it, lo, column->node);
    return true;
}

/* -- indexes --------------------------------------------------------------------------------- */

bool make_index_term(Making *it, const Term *term)
{
    Buf out = buf_new(it->run->arena);
    Str name;

    if (term_string(term, &name)) {
        make_name(it, name);
        return true;
    }
    if (!add_expression(it, &out, term))
        return false;
    Str made = str_format(it->run->arena, "CREATE INDEX i ON t (" STR_FORMAT ")", STR_ARG(buf_str(&out)));
    Sql sql  = sql_parse(it->run->arena, made);
    if (sql.statements.count != 1 || sql.statements.items[0].broken) {
        if (it->run->dialect == DIALECT_SQLITE)
            return false;
        make_words(it, "(NULL)"); /* some expression or other */
        return true;
    }
    buf_add(&it->sql, buf_str(&out));
    return true;
}
