#include "tests/sql/sqlite_answer.h"

#include <stdio.h>

#include "analyzers/sql/lexer.h"

const char sqlite_tables_text[] =
    "CREATE TABLE t (a, b, c, id INTEGER PRIMARY KEY, name, \"left\", \"cross\", key, x);"
    "CREATE INDEX t_a ON t (a);"
    "CREATE TABLE u (id INTEGER PRIMARY KEY, t_id, x, a, b, c, name, \"left\", \"cross\", key);"
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email, name, is_active, created_at, a, b, c, x, \"left\","
    " \"cross\", key);"
    "CREATE VIEW vv AS SELECT a FROM t;";

/*
 * What the grammar of SQLite and its actions say without a look at the schema. A message may repeat what
 * the statement says, so each is known by how it begins and ends.
 */
static const struct {
    const char *begin, *end;
} syntax_messages[] = {
    { "near \"", "\": syntax error" },
    { "syntax error after column name \"", "\"" },
    { "incomplete input", "incomplete input" },
    { "unrecognized token: \"", "\"" },
    { "unknown join type: ", "" },
    { "unknown table option: ", "" },
    { "a JOIN clause is required before ", "" },
    { "ORDER BY clause should come after ", "" }, /* and LIMIT: before UNION */
    { "LIMIT clause should come after ", "" },
    { "unsupported frame specification", "unsupported frame specification" },
    { "variable number must be between ", "" },
    { "cannot use RETURNING in a trigger", "" },
    { "", " statements within triggers" }, /* no qualified names, no INDEXED BY */
};

static bool is_of_syntax(Str message)
{
    for (size_t i = 0; i < sizeof syntax_messages / sizeof *syntax_messages; i++)
        if (str_starts_with(message, str_of(syntax_messages[i].begin))
            && str_ends_with(message, str_of(syntax_messages[i].end)))
            return true;
    return false;
}

/* REGEXP and MATCH are calls of functions that SQLite leaves to its users; GLOB has no ESCAPE. */
static void nothing(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    (void)values;
    sqlite3_result_null(context);
}

sqlite3 *sqlite_tables(void)
{
    static const char *const names[] = { "regexp", "match", "glob" };
    sqlite3 *db = NULL;

    if (sqlite3_open(":memory:", &db) != SQLITE_OK || sqlite3_exec(db, sqlite_tables_text, NULL, NULL, NULL) != SQLITE_OK) {
        sqlite3_close(db);
        return NULL;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        sqlite3_create_function(db, names[i], -1, SQLITE_UTF8, NULL, nothing, NULL, NULL);
    return db;
}

static SqliteAnswer prepared(Arena *arena, sqlite3 *db, Str text)
{
    sqlite3_stmt *statement = NULL;
    const char   *tail      = text.ptr;
    int           status    = sqlite3_prepare_v2(db, text.ptr, (int)text.len, &statement, &tail);

    sqlite3_finalize(statement);
    if (status == SQLITE_OK)
        return (SqliteAnswer) { .answer = ACCEPTS, .end = (size_t)(tail - text.ptr) };

    SqliteAnswer out = { .answer = SILENT, .message = str_copy(arena, str_of(sqlite3_errmsg(db))) };
    if (is_of_syntax(out.message))
        out.answer = REFUSES;
    return out;
}

/*
 * Binds, which no view and no trigger may have, become a literal that can stand nowhere else; a
 * comment may be open to the end.
 */
static Str without_binds(Arena *arena, Str text, const TokenVec *tokens)
{
    Buf out = buf_new(arena);

    vec_each(token, tokens)
        buf_add(&out, token->kind == TOKEN_BIND   ? STR(" x'' ")
                    : token->kind == TOKEN_COMMENT ? STR(" ")
                                                   : token_text(text, *token));
    return buf_str(&out);
}

/* What is to stand within another statement: up to the first semicolon. */
static Str inner(Arena *arena, Str text, const TokenVec *tokens)
{
    TokenVec own = { .items = tokens->items };

    while (own.items[own.count].kind != TOKEN_SEMICOLON && own.items[own.count].kind != TOKEN_END)
        own.count++;
    return without_binds(arena, text, &own);
}

static bool has_word(const TokenVec *tokens, Keyword keyword)
{
    vec_each(token, tokens)
        if (token->keyword == keyword)
            return true;
    return false;
}

static bool may_change_rows(const TokenVec *tokens)
{
    return has_word(tokens, KEYWORD_INSERT) || has_word(tokens, KEYWORD_REPLACE)
        || has_word(tokens, KEYWORD_UPDATE) || has_word(tokens, KEYWORD_DELETE);
}

/* What a statement may have at the top, and not in a trigger, whose grammar is a smaller one. */
static bool trigger_knows_less(const TokenVec *tokens)
{
    static const Keyword words[] = { KEYWORD_RETURNING, KEYWORD_ORDER,   KEYWORD_LIMIT,
                                     KEYWORD_INDEXED,   KEYWORD_DEFAULT, KEYWORD_AS };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (has_word(tokens, words[i]))
            return true;
    return false;
}

static SqliteAnswer second_hearing(Arena *arena, sqlite3 *db, Str text)
{
    TokenVec tokens = tokens_of(arena, text);
    size_t   first  = 0;

    while (token_is_blank(tokens.items[first]))
        first++;
    Str body = inner(arena, text, &tokens);
    switch (tokens.items[first].keyword) {
    case KEYWORD_SELECT:
    case KEYWORD_VALUES:
    case KEYWORD_WITH:
        if (tokens.items[first].keyword == KEYWORD_WITH && may_change_rows(&tokens))
            return (SqliteAnswer) { .answer = SILENT };
        return prepared(arena, db, str_format(arena, "CREATE VIEW zz AS " STR_FORMAT, STR_ARG(body)));
    case KEYWORD_INSERT:
    case KEYWORD_REPLACE:
    case KEYWORD_UPDATE:
    case KEYWORD_DELETE: {
        SqliteAnswer out = prepared(
            arena, db,
            str_format(arena, "CREATE TRIGGER zz AFTER INSERT ON t BEGIN " STR_FORMAT "; END", STR_ARG(body)));
        if (out.answer == REFUSES && (trigger_knows_less(&tokens) || str_contains(out.message, STR("trigger"))))
            out.answer = SILENT;
        return out;
    }
    case KEYWORD_CREATE: /* a view or a trigger, but for its binds */
        return has_word(&tokens, KEYWORD_TRIGGER) || has_word(&tokens, KEYWORD_VIEW)
                 ? prepared(arena, db, without_binds(arena, text, &tokens))
                 : (SqliteAnswer) { .answer = SILENT };
    default: return (SqliteAnswer) { .answer = SILENT };
    }
}

SqliteAnswer sqlite_answer(Arena *arena, sqlite3 *db, Str text)
{
    SqliteAnswer out = prepared(arena, db, text);

    if (out.answer != SILENT)
        return out;
    SqliteAnswer again = second_hearing(arena, db, text);
    if (again.answer == SILENT)
        return out;
    again.end = 0;
    return again;
}
