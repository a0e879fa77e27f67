#include "cli/statement.h"

#include "analyzers/sql/lexer.h"

static Str hole_name(const SqlText *sql, const Piece *piece)
{
    if (!sql->home || !piece->node)
        return STR("...");
    const Tree *tree = &sql->home->tree;
    NodeId      node = piece->filling ? tree_strip(tree, piece->filling) : piece->node;
    if (tree_kind(tree, node) == PY_INTERPOLATION)
        node = tree_nth(tree, node, 0);
    switch (tree_kind(tree, node)) {
    case PY_IDENTIFIER:
    case PY_ATTRIBUTE:
    case PY_SUBSCRIPT:
    case PY_CALL:
        return tree_text(tree, node);
    default:
        return STR("...");
    }
}

static Str with_holes(Arena *arena, const SqlText *sql)
{
    Buf out = buf_new(arena);

    vec_each(piece, &sql->pieces) {
        if (piece->kind != PIECE_HOLE) {
            buf_add(&out, str_slice(sql->text, piece->lo, piece->hi));
            continue;
        }
        buf_add_char(&out, '{');
        buf_add(&out, hole_name(sql, piece));
        buf_add_char(&out, '}');
    }
    return buf_str(&out);
}

/* The word that says what a statement does: behind WITH, the one of the query itself. */
static Str kind_of(Arena *arena, Str text, const TokenVec *tokens)
{
    int  depth = 0;
    bool with  = false;

    vec_each(token, tokens) {
        depth += token->kind == TOKEN_LP;
        depth -= token->kind == TOKEN_RP;
        if (token_is_blank(*token) || token->kind == TOKEN_SEMICOLON)
            continue;
        if (!with && token->kind == TOKEN_KEYWORD && token->keyword == KEYWORD_WITH) {
            with = true;
            continue;
        }
        bool begins = token->keyword == KEYWORD_SELECT || token->keyword == KEYWORD_INSERT
                   || token->keyword == KEYWORD_UPDATE || token->keyword == KEYWORD_DELETE
                   || token->keyword == KEYWORD_REPLACE || token->keyword == KEYWORD_VALUES;
        if (with && (depth > 0 || !begins))
            continue;
        if (token->kind != TOKEN_KEYWORD && token->kind != TOKEN_NAME)
            break;
        return str_lower(arena, token_text(text, *token));
    }
    return STR("unknown");
}

StatementFacts statement_facts(Arena *arena, const SqlText *sql)
{
    TokenVec       tokens = tokens_of(arena, sql->text);
    StatementFacts out    = { .text = with_holes(arena, sql),
                              .kind = kind_of(arena, sql->text, &tokens) };

    vec_each(token, &tokens)
        out.placeholders += token->kind == TOKEN_BIND;
    return out;
}
