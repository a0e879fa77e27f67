/* What was decided, as SQL for Postgres. */
#include "rewriters/schema/writing.h"
#include "rewriters/sql/spelling.h"

static Str names_spelled(Arena *arena, const StrVec *names)
{
    StrVec spelled = { 0 };

    vec_each(name, names)
        vec_push(arena, &spelled, name_spelled(arena, *name));
    return str_join(arena, &spelled, STR(", "));
}

static void add_action(Buf *out, const char *event, NodeOp op)
{
    const char *word = action_word(op);

    if (word)
        buf_format(out, " ON %s %s", event, word);
}

static void add_reference(Arena *arena, Buf *out, const DdlConstraint *key)
{
    buf_format(out, "REFERENCES " STR_FORMAT " (" STR_FORMAT ")",
               STR_ARG(name_spelled(arena, key->table)), STR_ARG(names_spelled(arena, &key->to)));
    add_action(out, "DELETE", key->on_delete);
    add_action(out, "UPDATE", key->on_update);
    if (key->deferrable)
        buf_add(out, key->initially_deferred ? STR(" DEFERRABLE INITIALLY DEFERRED")
                                             : STR(" DEFERRABLE"));
}

/* As it stands with its column, or for itself. */
static void add_constraint(Arena *arena, Buf *out, const DdlConstraint *constraint)
{
    const char *kind     = constraint->kind == DDL_PRIMARY_KEY ? "PRIMARY KEY" : "UNIQUE";
    bool        by_itself = constraint->column == OF_THE_TABLE;

    if (constraint->name.len)
        buf_format(out, "CONSTRAINT " STR_FORMAT " ",
                   STR_ARG(name_spelled(arena, constraint->name)));
    switch (constraint->kind) {
    case DDL_CHECK:
        buf_format(out, "CHECK " STR_FORMAT, STR_ARG(constraint->condition));
        break;
    case DDL_REFERENCES:
        if (by_itself)
            buf_format(out, "FOREIGN KEY (" STR_FORMAT ") ",
                       STR_ARG(names_spelled(arena, &constraint->columns)));
        add_reference(arena, out, constraint);
        break;
    case DDL_PRIMARY_KEY:
    case DDL_UNIQUE:
        buf_add(out, str_of(kind));
        if (by_itself)
            buf_format(out, " (" STR_FORMAT ")",
                       STR_ARG(names_spelled(arena, &constraint->columns)));
        break;
    }
}

Str constraint_sql(Arena *arena, const DdlConstraint *constraint)
{
    Buf out = buf_new(arena);

    add_constraint(arena, &out, constraint);
    return buf_str(&out);
}

static bool is_in_table(const DdlConstraint *constraint)
{
    return !constraint->is_late && !constraint->is_left_out;
}

static void add_column(Arena *arena, Buf *out, const DdlTable *table, size_t at)
{
    const DdlColumn *column = &table->columns.items[at];

    buf_format(out, STR_FORMAT " %s", STR_ARG(name_spelled(arena, column->name)),
               column->is_serial && column->sequence.len == 0 ? "BIGSERIAL"
                                                              : pg_type_sql(column->type));
    if (column->places.len)
        buf_format(out, "(" STR_FORMAT ")", STR_ARG(column->places));
    if (column->generated.len)
        buf_format(out, " GENERATED ALWAYS AS " STR_FORMAT " STORED", STR_ARG(column->generated));
    if (column->not_null)
        buf_add(out, STR(" NOT NULL"));
    if (column->default_.text.len)
        buf_format(out, " DEFAULT " STR_FORMAT, STR_ARG(column->default_.text));
    vec_each(constraint, &table->constraints) {
        if (constraint->column != at || !is_in_table(constraint))
            continue;
        buf_add_char(out, ' ');
        add_constraint(arena, out, constraint);
    }
}

static void add_table(Arena *arena, Buf *out, const DdlTable *table)
{
    buf_format(out, "CREATE TABLE " STR_FORMAT " (", STR_ARG(name_spelled(arena, table->name)));
    for (size_t i = 0; i < table->columns.count; i++) {
        buf_add(out, i ? STR(",\n    ") : STR("\n    "));
        add_column(arena, out, table, i);
    }
    vec_each(constraint, &table->constraints) {
        if (constraint->column != OF_THE_TABLE || !is_in_table(constraint))
            continue;
        buf_add(out, STR(",\n    "));
        add_constraint(arena, out, constraint);
    }
    buf_add(out, STR("\n)"));
}

Str term_sql(Arena *arena, const DdlTerm *term)
{
    return str_format(arena, STR_FORMAT "%s",
                      STR_ARG(term->column.len ? name_spelled(arena, term->column)
                                               : term->expression),
                      term->is_descending ? " DESC" : "");
}

static void add_index(Arena *arena, Buf *out, const DdlIndex *index)
{
    StrVec terms = { 0 };

    vec_each(term, &index->terms)
        vec_push(arena, &terms, term_sql(arena, term));
    buf_format(out, "CREATE %sINDEX " STR_FORMAT " ON " STR_FORMAT " (" STR_FORMAT ")",
               index->is_unique ? "UNIQUE " : "", STR_ARG(name_spelled(arena, index->name)),
               STR_ARG(name_spelled(arena, index->table)),
               STR_ARG(str_join(arena, &terms, STR(", "))));
    if (index->where.len)
        buf_format(out, " WHERE " STR_FORMAT, STR_ARG(index->where));
}

static void add_view(Arena *arena, Buf *out, const DdlView *view)
{
    buf_format(out, "CREATE VIEW " STR_FORMAT, STR_ARG(name_spelled(arena, view->name)));
    if (view->columns.count)
        buf_format(out, " (" STR_FORMAT ")", STR_ARG(names_spelled(arena, &view->columns)));
    buf_format(out, " AS\n" STR_FORMAT, STR_ARG(view->query));
}

Str statement_sql(Arena *arena, const DdlStatement *statement)
{
    const DdlTable *table = statement->table;
    Buf             out   = buf_new(arena);

    switch (statement->kind) {
    case DDL_NOTHING:
        return (Str){ 0 };
    case DDL_TABLE:
        add_table(arena, &out, table);
        break;
    case DDL_INDEX:
        add_index(arena, &out, statement->index);
        break;
    case DDL_FOREIGN_KEY:
        buf_format(&out, "ALTER TABLE " STR_FORMAT " ADD ",
                   STR_ARG(name_spelled(arena, table->name)));
        add_constraint(arena, &out, &table->constraints.items[statement->at]);
        break;
    case DDL_SEQUENCE:
        buf_format(&out, "CREATE SEQUENCE " STR_FORMAT,
                   STR_ARG(name_spelled(arena, table->columns.items[statement->at].sequence)));
        break;
    case DDL_SEQUENCE_OWNER: {
        const DdlColumn *column = &table->columns.items[statement->at];
        buf_format(&out, "ALTER SEQUENCE " STR_FORMAT " OWNED BY " STR_FORMAT "." STR_FORMAT,
                   STR_ARG(name_spelled(arena, column->sequence)),
                   STR_ARG(name_spelled(arena, table->name)),
                   STR_ARG(name_spelled(arena, column->name)));
        break;
    }
    case DDL_VIEW:
        add_view(arena, &out, statement->view);
        break;
    }
    return buf_str(&out);
}

Str ddl_text(Arena *arena, const Ddl *ddl)
{
    Buf out = buf_new(arena);

    vec_each(statement, &ddl->statements) {
        if (out.len)
            buf_add_char(&out, '\n');
        vec_each(finding, &statement->findings)
            buf_format(&out, "-- lite2pg: %s " STR_FORMAT "\n", finding->code,
                       STR_ARG(finding->message));
        if (statement->sql.len)
            buf_format(&out, STR_FORMAT ";\n", STR_ARG(statement->sql));
    }
    return out.len ? buf_str(&out) : STR("");
}
