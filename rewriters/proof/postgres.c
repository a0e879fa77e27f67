#include <pg_query.h>

#include "analyzers/sql/lexer.h"
#include "rewriters/proof/proof.h"

/*
 * Its lexer of 15 does not look past a comment behind NOT, NULLS and WITH for the word that goes with them, as
 * Postgres does. Comments that are no question to Postgres (block comments do nest there) become blanks.
 */
static Str without_comments(Arena *arena, Str text)
{
    TokenVec tokens = tokens_of(arena, text);
    Buf      out    = buf_new(arena);

    vec_each(token, &tokens) {
        Str  piece  = token_text(text, *token);
        bool inside = token->kind == TOKEN_COMMENT && piece.len >= 4 && str_starts_with(piece, STR("/*"))
                   && !str_contains(str_slice(piece, 2, piece.len - 2), STR("/*")) && str_ends_with(piece, STR("*/"));
        bool line   = token->kind == TOKEN_COMMENT && str_starts_with(piece, STR("--"));
        buf_add(&out, inside || line ? STR(" ") : piece);
    }
    return buf_str(&out);
}

static bool parses(Arena *arena, Str text, Str *message)
{
    /* It gives no tree, only where statements begin: what is cheapest to get out of it. */
    PgQuerySplitResult found = pg_query_split_with_parser(str_cstr(arena, text));
    bool               good  = !found.error && found.n_stmts == 1;

    if (found.error)
        *message = str_copy(arena, str_of(found.error->message));
    else if (!good)
        *message = str_format(arena, "there are %d statements", found.n_stmts);
    pg_query_free_split_result(found);
    return good;
}

bool postgres_parses(Arena *arena, Str text, Str *message)
{
    if (str_find_char(text, '\0') != STR_NOT_FOUND) {
        *message = STR("there is a NUL in it");
        return false;
    }
    return parses(arena, text, message) || parses(arena, without_comments(arena, text), message);
}
