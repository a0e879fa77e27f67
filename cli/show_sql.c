/* The stages that look at SQL: its tokens, its tree, the tables it defines. */
#include "analyzers/sql/lexer.h"
#include "analyzers/sql/parser.h"
#include "cli/show_stage.h"
#include "reports/printable.h"

enum { WIDTH = 70 };

static void put_tokens(Arena *arena, Buf *out, Str text)
{
    TokenVec tokens = tokens_of(arena, text);

    vec_each(token, &tokens)
        buf_format(out, "%u..%u %s%s " STR_FORMAT "\n", token->lo, token->hi,
                   token_kind_name(token->kind), token->has_hole ? " with a hole" : "",
                   STR_ARG(shortened(arena, token_text(text, *token), WIDTH)));
}

static void put_column(Buf *out, const CatalogTable *table, const CatalogColumn *column)
{
    buf_format(out, "    " STR_FORMAT " " STR_FORMAT " -> %s", STR_ARG(column->name),
               STR_ARG(column->declared.len ? column->declared : STR("(no type)")),
               pg_type_sql(column->type));
    if (column->pk)
        buf_format(out, ", key %u%s", column->pk, column->rowid_alias ? " (rowid)" : "");
    buf_add(out, column_is_nullable(table, column) ? STR("") : STR(", not null"));
    if (column->meaning.certainty != MEANING_NO)
        buf_format(out, ", %s%s: " STR_FORMAT,
                   column->meaning.certainty == MEANING_MAYBE ? "maybe " : "",
                   meaning_name(column->meaning.meaning), STR_ARG(column->meaning.because));
    buf_add_char(out, '\n');
}

static void put_catalog(Arena *arena, Buf *out, const Catalog *catalog)
{
    static const char *const kinds[] = { "table", "view", "virtual table" };
    Buf                      text    = buf_new(arena);
    Str                      rest, line;

    vec_each(at, &catalog->tables) {
        const CatalogTable *table = *at;
        buf_format(&text, "%s " STR_FORMAT " (" STR_FORMAT ":%u)%s\n", kinds[table->kind],
                   STR_ARG(table->name), STR_ARG(table->place.path), table->place.line,
                   table->columns_known ? "" : ", columns not known");
        vec_each(column, &table->columns)
            put_column(&text, table, column);
    }
    rest = buf_str(&text);
    while (rest.len && str_cut(&rest, '\n', &line)) {
        buf_add(out, printable(arena, line));
        buf_add_char(out, '\n');
    }
}

void show_tokens(const Stages *in, Buf *out)
{
    vec_each(call, &in->session->calls) {
        if (call->module != in->module || !method_is_sql(call->method))
            continue;
        Position at =
            source_position(&in->module->source, tree_node(&in->module->tree, call->call)->lo);
        buf_format(out, "%u:%u\n", at.line, at.column);
        put_tokens(in->arena, out, call->sql.text);
    }
}

void show_catalog(const Stages *in, Buf *out)
{
    put_catalog(in->arena, out, &in->session->catalog);
}

void show_sql_tokens(const Stages *in, Buf *out)
{
    put_tokens(in->arena, out, in->sql.text);
}

void show_sql_tree(const Stages *in, Buf *out)
{
    Sql sql = sql_parse(in->arena, in->sql.text);

    vec_each(statement, &sql.statements) {
        buf_format(out, "%u..%u%s\n", statement->lo, statement->hi,
                   statement->broken ? " broken" : "");
        if (statement->root)
            node_print(out, in->sql.text, statement->root);
    }
}

void show_sql_catalog(const Stages *in, Buf *out)
{
    Catalog catalog = { 0 };
    NoteVec notes   = { 0 };

    catalog_add_sql(in->arena, &catalog, in->sql.path, in->sql.text, &notes);
    put_catalog(in->arena, out, &catalog);
    vec_each(note, &notes)
        buf_format(out, STR_FORMAT ": " STR_FORMAT "\n", STR_ARG(printable(in->arena, note->path)),
                   STR_ARG(printable(in->arena, note->message)));
}
