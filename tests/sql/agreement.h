/*
 * Where we and SQLite differ over the first statement of a text: for the tests and for the fuzzer.
 *
 * sql_disagreement() gives a sentence, or nothing when both accept or refuse it and end it in the same place,
 * or when SQLite does not tell.
 */
#ifndef TESTS_SQL_AGREEMENT_H
#define TESTS_SQL_AGREEMENT_H

#include "analyzers/sql/parser.h"
#include "tests/sql/sqlite_answer.h"

/*
 * What we take although this SQLite does not: IN :name, which SQLAlchemy fills, and what later ones
 * take (ORDER BY in an aggregate since 3.44, left() since 3.43, an expression in RAISE since 3.47).
 */
static bool is_ours_or_newer(const Sql *sql, const Node *node)
{
    if (node->kind == NODE_RAISE)
        return node_child(node, ROLE_ARG) && sqlite3_libversion_number() < 3047000;
    if (node->kind != NODE_FUNCTION)
        return node->flags & FLAG_EXPANDING;
    return (node_child(node, ROLE_ORDER) && sqlite3_libversion_number() < 3044000)
        || (keyword_use(keyword_of(span_text(sql->text, node->name))) == KEYWORD_USE_JOIN
            && sqlite3_libversion_number() < 3043000);
}

static bool has_ours_or_newer(const Sql *sql)
{
    node_walk_each(node, sql->statements.items[0].root)
        if (is_ours_or_newer(sql, node))
            return true;
    return false;
}

static Str sql_disagreement(Arena *arena, const Sql *sql, const SqliteAnswer *theirs)
{
    const SqlStatement *first = sql->statements.count ? &sql->statements.items[0] : NULL;
    Answer              ours  = first && first->broken ? REFUSES : ACCEPTS;

    if (theirs->answer == SILENT || (ours == ACCEPTS && theirs->answer == REFUSES && first && has_ours_or_newer(sql)))
        return (Str) { 0 };
    if (ours != theirs->answer)
        return ours == ACCEPTS
                 ? str_format(arena, "only we accept (SQLite: " STR_FORMAT ")", STR_ARG(theirs->message))
                 : str_format(arena, "only SQLite accepts (at %u we expect " STR_FORMAT ")", first->broken_at,
                              STR_ARG(first->expected));
    /* SQLite's statement may begin with semicolons, and ends with the text if nothing else does. */
    if (ours == ACCEPTS && theirs->end && first && theirs->end != first->end && theirs->end != sql->text.len)
        return str_format(arena, "a statement ends elsewhere (SQLite's at %zu, ours at %u)", theirs->end, first->end);
    return (Str) { 0 };
}

#endif
