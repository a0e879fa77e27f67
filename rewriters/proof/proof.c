#include "rewriters/proof/proof.h"

#include <stdlib.h>

#include "analyzers/schema/rebuilt.h"
#include "analyzers/sql/lexer.h"
#include "rewriters/proof/typing.h"

/* -- tables ---------------------------------------------------------------------------------- */

enum { CATALOGS_KEPT = 8 };

typedef struct Kept {
    const Catalog *catalog;
    Rebuilt       *tables;
} Kept;

struct Prover {
    Kept     kept[CATALOGS_KEPT];
    uint32_t next;
};

Prover *prover_open(void)
{
    return calloc(1, sizeof(Prover));
}

void prover_close(Prover *prover)
{
    for (uint32_t i = 0; i < CATALOGS_KEPT; i++)
        if (prover->kept[i].tables)
            rebuilt_close(prover->kept[i].tables);
    free(prover);
}

static Rebuilt *tables_of(Prover *prover, const Catalog *catalog)
{
    if (!prover || !catalog)
        return NULL;
    for (uint32_t i = 0; i < CATALOGS_KEPT; i++)
        if (prover->kept[i].catalog == catalog)
            return prover->kept[i].tables;
    Kept *place = &prover->kept[prover->next++ % CATALOGS_KEPT];
    if (place->tables)
        rebuilt_close(place->tables);
    *place = (Kept) { catalog, rebuilt_open(catalog) };
    return place->tables;
}

/* -- the text as each database gets it ------------------------------------------------------- */

typedef enum Mark { MARK_QUESTION, MARK_DOLLAR } Mark;

typedef struct Marking {
    Buf      out;
    Mark     mark;
    unsigned number;
} Marking;

/* An expanding bind is a list of one. */
static void add_mark(Marking *marking, bool expanding)
{
    buf_add(&marking->out, expanding ? STR("(") : STR(""));
    if (marking->mark == MARK_DOLLAR)
        buf_format(&marking->out, "$%u", ++marking->number);
    else
        buf_add_char(&marking->out, '?');
    buf_add(&marking->out, expanding ? STR(")") : STR(""));
}

static bool is_expanding(const Translation *translation, Str name)
{
    vec_each(bind, &translation->binds)
        if (bind->expanding && str_eq(bind->name, name))
            return true;
    return false;
}

/* `\:` is a colon again. */
static void add_unescaped(Buf *out, Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\\' || i + 1 >= text.len || text.ptr[i + 1] != ':')
            buf_add_char(out, text.ptr[i]);
}

/* text() finds binds by a pattern, in literals, too. */
static void mark_as_text(Arena *arena, Marking *marking, const Translation *translation, Str text)
{
    StrVec names = text_binds_of(arena, text);
    size_t done  = 0;

    vec_each(name, &names) {
        size_t at = (size_t)(name->ptr - text.ptr);
        add_unescaped(&marking->out, str_slice(text, done, at - 1));
        add_mark(marking, is_expanding(translation, *name));
        done = at + name->len;
    }
    add_unescaped(&marking->out, str_slice(text, done, text.len));
}

static void mark_as_sql(Arena *arena, Marking *marking, const Translation *translation, Str text)
{
    TokenVec tokens = tokens_of(arena, text);

    vec_each(token, &tokens) {
        Str piece = token_text(text, *token);
        if (token->kind == TOKEN_BIND)
            add_mark(marking, is_expanding(translation, str_slice(piece, 1, piece.len)));
        else
            buf_add(&marking->out, piece);
    }
}

static Str marked(Arena *arena, const Translation *translation, const TranslateOptions *options, Mark mark)
{
    Str     text    = translation_apply(arena, translation);
    Marking marking = { .out = buf_new(arena), .mark = mark };

    if (options->plain_colons)
        mark_as_sql(arena, &marking, translation, text);
    else
        mark_as_text(arena, &marking, translation, text);
    return buf_str(&marking.out);
}

/* -- judging --------------------------------------------------------------------------------- */

static void lower(Arena *arena, Translation *translation, const char *feature, SqlVerdict verdict, Str message)
{
    SqlRemark remark = { "SQL-13", feature, verdict, 0, (uint32_t)translation->text.len, false, message };

    SqlRemarkVec all = { 0 }; /* it is about the whole text, and those are first */
    vec_push(arena, &all, remark);
    vec_each(other, &translation->remarks)
        vec_push(arena, &all, *other);
    translation->remarks = all;
    translation->verdict = verdict > translation->verdict ? verdict : translation->verdict;
    if (translation->verdict == SQL_DECIDE)
        translation->target = SQL_TARGET_NONE;
}

static bool is_of_rows(const Translation *translation)
{
    switch (translation->statement.kind) {
    case STATEMENT_SELECT:
    case STATEMENT_INSERT:
    case STATEMENT_REPLACE:
    case STATEMENT_UPDATE:
    case STATEMENT_DELETE: return true;
    default: return false;
    }
}

static void prove_on_sqlite(Arena *arena, Rebuilt *tables, Str text, Translation *translation)
{
    Str said = { 0 }, before = { 0 };

    if (rebuilt_prepares(arena, tables, text, &said))
        return;
    if (rebuilt_prepares(arena, tables, translation->text, &before))
        lower(arena, translation, "refuted", SQL_DECIDE,
              str_format(arena, "the text this would become is none for SQLite (" STR_FORMAT "); port it by hand",
                         STR_ARG(said)));
    else if (translation_verdict_besides(translation, "result-type") == SQL_SAME)
        lower(arena, translation, "unproved", SQL_DIFFERS,
              str_format(arena, "SQLite does not take the statement with the tables that are known (" STR_FORMAT
                         "), so nothing is proved", STR_ARG(before)));
}

void translation_prove(Arena *arena, Prover *prover, const TranslateOptions *options, Translation *translation)
{
    Str said = { 0 };

    if (translation->verdict == SQL_DECIDE || translation->statement.has_hole)
        return;
    Str sent = marked(arena, translation, options, MARK_DOLLAR);
    if (!postgres_parses(arena, sent, &said)) {
        lower(arena, translation, "refuted", SQL_DECIDE,
              str_format(arena, "the text this would become is none for Postgres (" STR_FORMAT "); port it by hand",
                         STR_ARG(said)));
        return;
    }
    Typing typing = typing_of(arena, options->catalog, sent);
    if (typing.verdict == TYPING_REFUSED) {
        lower(arena, translation, "refuted", SQL_DECIDE,
              str_format(arena, "Postgres would refuse the text this would become (" STR_FORMAT "); port it by hand",
                         STR_ARG(typing.message)));
        return;
    }
    if (translation->target != SQL_TARGET_BOTH || !is_of_rows(translation))
        return;
    Rebuilt *tables = tables_of(prover, options->catalog);
    if (tables)
        prove_on_sqlite(arena, tables, marked(arena, translation, options, MARK_QUESTION), translation);
}
