#include "analyzers/facts/column_use_pieces.h"

/*
 * What a statement says of its columns: the place of each column in the tree, and the values it is set to.
 */
typedef struct Statements {
    ColumnUses      *uses;
    const Statement *statement;
    const UsedText  *text;
} Statements;

static bool is_one_of(Str name, const char *const *names)
{
    for (; *names; names++)
        if (str_eq_nocase(name, str_of(*names)))
            return true;
    return false;
}

static Str function_name(const Statements *it, const Node *node)
{
    return node->kind == NODE_FUNCTION ? span_text(it->statement->text, node->name) : (Str) { 0 };
}

static Str string_of(const Statements *it, const Node *literal)
{
    Str text = node_text(it->statement->text, literal);

    return text.len >= 2 ? str_slice(text, 1, text.len - 1) : text;
}

static SchemaPlace place_of(const Statements *it, const Node *node)
{
    const UsedText *text = it->text;
    uint32_t        lo = node->lo, hi = node->hi;
    const Part     *part;

    if (!text->sql) {
        SchemaPlace out = { .path = text->path, .text = text->whole, .line = 1, .lo = lo, .hi = hi };
        for (uint32_t i = 0; i < lo; i++)
            out.line += text->whole.ptr[i] == '\n';
        return out;
    }
    if (text->sql->home != text->module || !sqltext_map(text->sql, lo, hi, &lo, &hi, &part))
        return place_in_module(text->module, text->call);
    const Source *source = &text->module->source;
    return (SchemaPlace) { .path = source->path, .text = source->text, .line = source_position(source, lo).line,
                           .lo = lo, .hi = hi };
}

/* -- values ---------------------------------------------------------------------------------- */

typedef enum Meeting { COMPARED, SET } Meeting;

static bool has_text_argument(const Statements *it, const Node *function, const char *text)
{
    node_each(arg, function)
        if (arg->role == ROLE_ARG && arg->kind == NODE_LITERAL && arg->op == OP_STRING
            && str_eq_nocase(string_of(it, arg), str_of(text)))
            return true;
    return false;
}

static SignalSet of_strftime(const Statements *it, const Node *function, Meeting meeting)
{
    const Node *format = node_child(function, ROLE_ARG);

    if (!format || format->kind != NODE_LITERAL || format->op != OP_STRING)
        return meeting == SET ? SAYS(GIVEN_UNSEEN) : 0;
    Str text = string_of(it, format);
    if (str_contains(text, STR("%s")) || str_contains(text, STR("%J")))
        return SAYS(SQL_EPOCH);
    switch (format_form(text)) {
    case TEXT_TIME: return SAYS(SQL_NOW);
    case TEXT_DATE: return meeting == SET ? SAYS(SQL_TODAY) : SAYS(SQL_TIME_FUNCTION);
    default: return meeting == SET ? SAYS(SQL_OTHER_TEXT) : 0;
    }
}

static SignalSet of_function(const Statements *it, const Node *node, Meeting meeting)
{
    static const char *const json[] = { "json", "json_set", "json_insert", "json_replace", "json_patch", "json_remove",
                                        "json_array", "json_object", "json_group_array", "json_group_object", NULL };
    Str name = function_name(it, node);

    if (str_eq_nocase(name, STR("datetime")))
        return SAYS(SQL_NOW);
    if (str_eq_nocase(name, STR("date")))
        return meeting == SET ? SAYS(SQL_TODAY) : SAYS(SQL_TIME_FUNCTION);
    if (str_eq_nocase(name, STR("strftime")))
        return of_strftime(it, node, meeting);
    if (str_eq_nocase(name, STR("unixepoch")) || str_eq_nocase(name, STR("julianday")))
        return SAYS(SQL_EPOCH);
    if (is_one_of(name, json))
        return meeting == SET ? SAYS(SQL_JSON_FUNCTION) : 0;
    return meeting == SET ? SAYS(GIVEN_UNSEEN) : 0;
}

static SignalSet of_zero_one(bool is_one, Meeting meeting)
{
    if (meeting == SET)
        return is_one ? SAYS(SQL_SET_ONE) : SAYS(SQL_SET_ZERO);
    return is_one ? SAYS(SQL_ONE) : SAYS(SQL_ZERO);
}

static SignalSet of_text(Str text, Meeting meeting)
{
    TextForm  form = text_form(text);
    SignalSet out  = meeting == COMPARED || form != TEXT_JSON ? SAYS(SQL_TEXT_EQUAL) : 0;

    if (form == TEXT_ZERO_ONE) /* a column of numbers makes a number of it */
        return out | of_zero_one(str_is(text, "1"), meeting);
    return form == TEXT_OTHER || form == TEXT_JSON ? out | SAYS(SQL_OTHER_TEXT) : out;
}

static SignalSet of_literal(const Statements *it, const Node *node, Meeting meeting)
{
    Str text = node_text(it->statement->text, node);

    switch (node->op) {
    case OP_TRUE: return of_zero_one(true, meeting);
    case OP_FALSE: return of_zero_one(false, meeting);
    case OP_INTEGER:
        return str_is(text, "0") || str_is(text, "1") ? of_zero_one(str_is(text, "1"), meeting) : SAYS(SQL_OTHER_NUMBER);
    case OP_FLOAT: return SAYS(SQL_OTHER_NUMBER);
    case OP_CURRENT_TIMESTAMP: return SAYS(SQL_NOW);
    case OP_CURRENT_DATE: return meeting == SET ? SAYS(SQL_TODAY) : SAYS(SQL_TIME_FUNCTION);
    case OP_CURRENT_TIME: return SAYS(SQL_OTHER_TEXT);
    case OP_STRING: return of_text(string_of(it, node), meeting);
    default: return 0;
    }
}

static bool is_flag(const Resolved *column)
{
    return column->column
        && (column->column->meaning.meaning == MEANS_BOOLEAN || column->column->meaning.suspicion == MEANS_BOOLEAN);
}

static SignalSet of_column(const Statements *it, const Node *node, const Resolved *met, Meeting meeting)
{
    Resolved other = resolve_column(it->uses->arena, it->uses->catalog, it->statement, node);
    Str      text  = node_text(it->statement->text, node);

    if (other.status == RESOLVED_ABSENT && text.len > 1 && text.ptr[0] == '"') /* SQL-11: it is a string */
        return of_text(str_slice(text, 1, text.len - 1), meeting);
    if (other.status == RESOLVED_ROWID)
        return SAYS(SQL_OTHER_COLUMN);
    return other.status == RESOLVED_COLUMN && other.column != met->column && !is_flag(&other) ? SAYS(SQL_OTHER_COLUMN) : 0;
}

static SignalSet unseen(Meeting meeting)
{
    return meeting == SET ? SAYS(GIVEN_UNSEEN) : 0;
}

/* What the column meets on the other side of a comparison, or is set to. */
static SignalSet of_value(const Statements *it, const Node *node, const Resolved *column, Meeting meeting)
{
    SignalSet out = 0;

    node = node_bare(node);
    if (!node)
        return 0;
    switch (node->kind) {
    case NODE_LITERAL: return of_literal(it, node, meeting);
    case NODE_COLUMN: return of_column(it, node, column, meeting);
    case NODE_FUNCTION: return of_function(it, node, meeting);
    case NODE_UNARY:
        return node->op == OP_NOT ? meeting == SET ? SAYS(SQL_TRUTH) : 0
             : node_child(node, ROLE_OPERAND)->kind == NODE_LITERAL ? SAYS(SQL_OTHER_NUMBER) : unseen(meeting);
    case NODE_CASE:
        node_each(when, node)
            if (when->role == ROLE_WHEN)
                out |= of_value(it, node_child(when, ROLE_THEN), column, meeting);
        return out | of_value(it, node_child(node, ROLE_ELSE), column, meeting);
    case NODE_BIND: return 0; /* its value is looked at where it is given */
    default: return unseen(meeting);
    }
}

/* -- places of a column ---------------------------------------------------------------------- */

static bool is_zero(const Statements *it, const Node *node)
{
    node = node_bare(node);
    return node && node->kind == NODE_LITERAL && str_is(node_text(it->statement->text, node), "0");
}

static SignalSet in_binary(const Statements *it, const Node *parent, const Node *self, const Resolved *column)
{
    const Node *other = self->role == ROLE_LEFT ? node_child(parent, ROLE_RIGHT) : node_child(parent, ROLE_LEFT);
    SignalSet   met;

    switch (parent->op) {
    case OP_AND:
    case OP_OR: return SAYS(SQL_TRUTH);
    case OP_EQ:
    case OP_EQ_EQ:
    case OP_NE:
    case OP_IS:
    case OP_IS_NOT: return of_value(it, other, column, COMPARED);
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        if (is_zero(it, other))
            return 0;
        met = of_value(it, other, column, COMPARED) & ~(SAYS(SQL_ZERO) | SAYS(SQL_ONE) | SAYS(SQL_OTHER_COLUMN));
        return met | SAYS(SQL_ORDER);
    case OP_CONCAT: return SAYS(SQL_TEXT_USE);
    case OP_ARROW:
    case OP_ARROW_TEXT: return self->role == ROLE_LEFT ? SAYS(SQL_JSON_FUNCTION) : 0;
    case OP_HOLE: return 0;
    default: return SAYS(SQL_ARITHMETIC);
    }
}

static SignalSet in_list(const Statements *it, const Node *in, const Resolved *column)
{
    const Node *list = node_child(in, ROLE_RIGHT);
    SignalSet   out  = 0;

    if (list && list->kind == NODE_LIST)
        node_each(item, list)
            out |= of_value(it, item, column, COMPARED);
    return out;
}

static SignalSet in_case(const Statements *it, const Node *case_, const Resolved *column)
{
    SignalSet out = 0;

    node_each(when, case_)
        if (when->role == ROLE_WHEN)
            out |= of_value(it, node_child(when, ROLE_CONDITION), column, COMPARED);
    return out;
}

static SignalSet in_function(const Statements *it, const Node *function, const Node *self)
{
    static const char *const times[] = { "datetime", "date", "strftime", "julianday", "unixepoch", "timediff", NULL };
    static const char *const json[]  = { "json_extract", "json_each", "json_tree", "json_array_length", "json_type",
                                         "json_set", "json_insert", "json_replace", "json_patch", "json_remove",
                                         "json_valid", "json", NULL };
    static const char *const texts[] = { "substr", "substring", "instr", "replace", "lower", "upper", "trim", "ltrim",
                                         "rtrim", "like", "glob", NULL };
    static const char *const sums[]  = { "sum", "total", "avg", NULL };
    Str name = span_text(it->statement->text, function->name);

    if (self->role != ROLE_ARG)
        return 0;
    if (is_one_of(name, times)) {
        if (self->index != (str_eq_nocase(name, STR("strftime")) ? 1 : 0))
            return 0;
        return has_text_argument(it, function, "unixepoch") || has_text_argument(it, function, "auto")
                 ? SAYS(SQL_EPOCH)
                 : SAYS(SQL_TIME_FUNCTION);
    }
    if (is_one_of(name, json))
        return self->index == 0 ? SAYS(SQL_JSON_FUNCTION) : 0;
    if (is_one_of(name, texts))
        return SAYS(SQL_TEXT_USE);
    if (is_one_of(name, sums))
        return SAYS(SQL_QUANTITY);
    return str_eq_nocase(name, STR("abs")) || str_eq_nocase(name, STR("round")) ? SAYS(SQL_ARITHMETIC) : 0;
}

/* COALESCE(c, 0), IFNULL(c, 0), (c), c COLLATE x: the column still. */
static bool keeps_column(const Statements *it, const Node *node, const Node *self)
{
    static const char *const names[] = { "coalesce", "ifnull", NULL };

    return node->kind == NODE_PAREN || node->kind == NODE_COLLATE || node->kind == NODE_TAIL
        || (node->kind == NODE_FUNCTION && self->role == ROLE_ARG && self->index == 0
            && is_one_of(function_name(it, node), names));
}

static SignalSet around(const Statements *it, const Node *node, const Resolved *column)
{
    const Node *self = node, *parent = node->parent;

    while (parent && keeps_column(it, parent, self)) {
        self   = parent;
        parent = parent->parent;
    }
    if (!parent)
        return 0;
    switch (parent->kind) {
    case NODE_BINARY: return in_binary(it, parent, self, column);
    case NODE_UNARY: return parent->op == OP_NOT ? SAYS(SQL_TRUTH) : SAYS(SQL_ARITHMETIC);
    case NODE_WHERE:
    case NODE_HAVING:
    case NODE_ON:
    case NODE_FILTER: return SAYS(SQL_TRUTH);
    case NODE_WHEN: {
        bool of_case = parent->parent && node_child(parent->parent, ROLE_OPERAND);
        return self->role == ROLE_CONDITION && !of_case ? SAYS(SQL_TRUTH) : 0;
    }
    case NODE_CASE: return self->role == ROLE_OPERAND ? in_case(it, parent, column) : 0;
    case NODE_IN: return self->role == ROLE_OPERAND ? in_list(it, parent, column) : 0;
    case NODE_LIKE: return self->role == ROLE_LEFT ? SAYS(SQL_TEXT_USE) : 0;
    case NODE_BETWEEN:
        return self->role != ROLE_OPERAND ? 0
             : SAYS(SQL_ORDER)
                   | ((of_value(it, node_child(parent, ROLE_LOW), column, COMPARED)
                       | of_value(it, node_child(parent, ROLE_HIGH), column, COMPARED))
                      & ~(SAYS(SQL_ZERO) | SAYS(SQL_ONE)));
    case NODE_ORDER_TERM: return parent->parent && parent->parent->kind == NODE_ORDER_BY ? SAYS(SQL_ORDER) : 0;
    case NODE_FUNCTION:
    case NODE_TABLE: return in_function(it, parent, self);
    default: return 0;
    }
}

/* -- what columns are set to ------------------------------------------------------------------ */

static void set_to(const Statements *it, const Resolved *column, const Node *value, SignalSet without)
{
    SignalSet said = column->status == RESOLVED_COLUMN ? of_value(it, value, column, SET) & ~without : 0;

    if (said)
        column_uses_add(it->uses, column, said, place_of(it, value), node_text(it->statement->text, value));
}

static Resolved column_named(const Statements *it, const CatalogTable *table, Span name)
{
    const CatalogColumn *column = catalog_column(table, sql_name(it->uses->arena, it->statement->text, name));

    return (Resolved) { .status = column ? RESOLVED_COLUMN : RESOLVED_UNKNOWN, .table = table, .column = column };
}

/* Columns that a statement writes by a name, or in a table's order, that only the running program knows. */
static void doubt_all(const Statements *it, const CatalogTable *table, const Node *hole)
{
    vec_each(column, &table->columns) {
        Resolved found = { .status = RESOLVED_COLUMN, .table = table, .column = column };
        column_uses_add(it->uses, &found, SAYS(GIVEN_UNSEEN), place_of(it, hole), (Str) { 0 });
    }
}

static void doubt_named(const Statements *it, const CatalogTable *table, const Node *columns, const Node *at)
{
    if (!columns) {
        doubt_all(it, table, at);
        return;
    }
    node_each(name, columns) {
        Resolved found = name->kind == NODE_NAME ? column_named(it, table, name->name) : (Resolved) { 0 };
        column_uses_add(it->uses, &found, SAYS(GIVEN_UNSEEN), place_of(it, at), (Str) { 0 });
    }
}

static const CatalogTable *table_written(const Statements *it, const Node *owner)
{
    const Node *target = owner ? node_child(owner, ROLE_TARGET) : NULL;

    return target && !(target->flags & FLAG_HOLE)
             ? catalog_table(it->uses->catalog, sql_name(it->uses->arena, it->statement->text, target->name))
             : NULL;
}

/* UPDATE t SET c = …; ON CONFLICT … DO UPDATE SET c = …; both also in triggers. */
static void read_assign(const Statements *it, const Node *assign)
{
    const Node *column = node_child(assign, ROLE_COLUMN), *value = node_child(assign, ROLE_RIGHT);
    const Node *owner  = assign->parent;

    while (owner && owner->kind != NODE_UPDATE && owner->kind != NODE_INSERT)
        owner = owner->parent;
    const CatalogTable *table = table_written(it, owner);
    if (!table || !column || !value || node_count(assign, ROLE_COLUMN) != 1)
        return;
    if (column->kind != NODE_NAME || column->flags & FLAG_HOLE || assign->flags & FLAG_HOLE) {
        doubt_all(it, table, assign);
        return;
    }
    Resolved found = column_named(it, table, column->name);
    set_to(it, &found, value, 0);
}

/* UPDATE t SET {columns}: a hole among the assignments. */
static void read_set(const Statements *it, const Node *set)
{
    const CatalogTable *table  = set->parent ? table_written(it, set->parent) : NULL;
    const Node         *target = set->parent ? node_child(set->parent, ROLE_TARGET) : NULL;

    if (target && target->flags & FLAG_HOLE)
        it->uses->writes_any = place_of(it, set);

    if (table && node_child_of_kind(set, NODE_HOLE))
        doubt_all(it, table, set);
}

static const CatalogColumn *filled_at(const CatalogTable *table, uint32_t position)
{
    vec_each(column, &table->columns)
        if (column->generated == GENERATED_NO && position-- == 0)
            return column;
    return NULL;
}

static void read_row(const Statements *it, const Node *row, const CatalogTable *table, const Node *columns,
                     SignalSet without)
{
    uint32_t at = 0;

    node_each(item, row) {
        Resolved found = { .table = table };
        if (columns) {
            const Node *name = columns->first;
            for (uint32_t i = 0; name && i < at; i++)
                name = name->next;
            if (name && name->kind == NODE_NAME)
                found = column_named(it, table, name->name);
        } else if (table->columns_known) {
            found.column = filled_at(table, at);
            found.status = found.column && !found.column->is_partial ? RESOLVED_COLUMN : RESOLVED_UNKNOWN;
        }
        set_to(it, &found, item, without);
        at++;
    }
}

/* Rows that come with a schema, or several at once, are data: small numbers in them say nothing. */
static SignalSet meaningless_in(const Statements *it, const Node *insert, const Node *values)
{
    bool in_trigger = insert->parent != NULL && it->statement->kind == STATEMENT_CREATE_TRIGGER;

    return (!it->text->sql && !in_trigger) || node_count(values, ROLE_ROW) > 1 ? SAYS(SQL_SET_ZERO) | SAYS(SQL_SET_ONE) : 0;
}

static void read_insert(const Statements *it, const Node *insert)
{
    const Node         *source  = node_child(insert, ROLE_SOURCE);
    const Node         *columns = node_child(insert, ROLE_COLUMNS);
    const CatalogTable *table   = table_written(it, insert);

    if (!table) {
        if (node_child(insert, ROLE_TARGET) && node_child(insert, ROLE_TARGET)->flags & FLAG_HOLE)
            it->uses->writes_any = place_of(it, insert);
        return;
    }
    if (!source)
        return;
    if (source->kind == NODE_HOLE || (columns && node_child_of_kind(columns, NODE_HOLE))) {
        doubt_all(it, table, insert);
        return;
    }
    if (source->kind != NODE_SELECT)
        return;
    node_each(core, source) {
        if (core->kind == NODE_SELECT_CORE) /* rows of another table */
            doubt_named(it, table, columns, insert);
        if (core->kind != NODE_VALUES)
            continue;
        if (node_child_of_kind(core, NODE_HOLE))
            doubt_all(it, table, insert);
        node_each(row, core)
            if (row->kind == NODE_ROW)
                read_row(it, row, table, columns, meaningless_in(it, insert, core));
    }
}

static void read_column(const Statements *it, const Node *node)
{
    Resolved column = resolve_column(it->uses->arena, it->uses->catalog, it->statement, node);

    if (column.status != RESOLVED_COLUMN)
        return;
    SignalSet said = around(it, node, &column);
    if (said)
        column_uses_add(it->uses, &column, said, place_of(it, node), (Str) { 0 });
}

void column_uses_of_statement(ColumnUses *uses, const Statement *statement, const UsedText *text)
{
    Statements it = { uses, statement, text };

    if (!statement->root || statement->broken || statement->kind == STATEMENT_CREATE_TABLE
        || statement->kind == STATEMENT_ALTER_TABLE)
        return;
    node_walk_each(node, statement->root)
        switch (node->kind) {
        case NODE_COLUMN: read_column(&it, node); break;
        case NODE_ASSIGN: read_assign(&it, node); break;
        case NODE_SET: read_set(&it, node); break;
        case NODE_INSERT: read_insert(&it, node); break;
        default: break;
        }
}
