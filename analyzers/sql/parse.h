/*
 * What the parts of the parser share; nobody outside of parser*.c includes it.
 *
 * The parts are functions of the grammar's rules. Each begins at the token the
 * parser stands on and returns its node, or NULL when there is none to return.
 * At the first token that does not fit, `failed` is set and from then on the
 * parser stands at the end of the text: every rule comes back by itself, with
 * what it had got.
 */
#ifndef ANALYZERS_SQL_PARSE_H
#define ANALYZERS_SQL_PARSE_H

#include "analyzers/sql/parser.h"

typedef struct Parser {
    Arena       *arena;
    Str          text;
    const Token *tokens;  /* those the grammar sees, TOKEN_END last */
    size_t       at;
    size_t       end;     /* index of TOKEN_END */
    uint32_t     last_hi; /* end of the token taken last */
    uint32_t     depth;
    bool         failed;
    uint32_t     failed_at;
    Str          expected;
    bool         uncertain; /* a hole stood where clauses may be */
} Parser;

/* -- tokens ---------------------------------------------------------------------------------- */

/* The token `ahead` of the one we stand on; TOKEN_END once the parser failed. */
const Token *parse_peek(const Parser *parser, size_t ahead);
bool         parse_sees(const Parser *parser, TokenKind kind);
bool         parse_sees_word(const Parser *parser, Keyword keyword);
bool         parse_sees_words(const Parser *parser, Keyword first, Keyword second);
bool         parse_take(Parser *parser, TokenKind kind);
bool         parse_take_word(Parser *parser, Keyword keyword);
bool         parse_take_words(Parser *parser, Keyword first, Keyword second);
void         parse_expect(Parser *parser, TokenKind kind, const char *expected);
void         parse_expect_word(Parser *parser, Keyword keyword);
Span         parse_advance(Parser *parser);
void         parse_fail(Parser *parser, const char *expected);
void         parse_fail_at(Parser *parser, uint32_t at, const char *expected); /* at what was taken already */

/* `=` of SET and PRAGMA, which SQLite takes doubled as well. */
Span parse_equals(Parser *parser);

/* Is it a name as the grammar's `nm`, as an expression's `id`, as an alias without AS? */
bool token_is_name(const Token *token);
bool token_is_identifier(const Token *token);
bool token_is_bare_alias(const Token *token);

/* -- nodes ----------------------------------------------------------------------------------- */

Node *parse_open(Parser *parser, NodeKind kind);              /* begins at the next token */
Node *parse_open_around(Parser *parser, NodeKind kind, Node *first, NodeRole role);
Node *parse_close(Parser *parser, Node *node);                /* ends at the token taken last */
void  parse_adopt(Parser *parser, Node *parent, Node *child, NodeRole role);

/* The name of a collation: no JOIN word, no INDEXED. */
Span parse_collation(Parser *parser, Node *node);
/* A name into a span of `node`; the node gets FLAG_HOLE when it has one. */
Span parse_name(Parser *parser, Node *node, const char *expected);
/* `a` or `q.a`. */
void parse_qualified_name(Parser *parser, Node *node, const char *expected);
/* A NODE_NAME, or a NODE_HOLE for a hole that stands alone. */
Node *parse_name_node(Parser *parser, const char *expected);
/* ( a, b ) */
Node *parse_column_names(Parser *parser);
/* Holes between clauses: children of `parent`. */
void parse_clause_holes(Parser *parser, Node *parent);
Node *parse_hole(Parser *parser);

/* False, and failed, when rules nest too deep; else parse_leave() comes after. */
bool parse_enter(Parser *parser);
void parse_leave(Parser *parser);

/* -- rules ----------------------------------------------------------------------------------- */

/* parser_expression.c, parser_operand.c */
Node *parse_expression(Parser *parser);
Node *parse_operand(Parser *parser);
Node *parse_expression_above(Parser *parser, int level); /* only operators that bind at least so */
Node *parse_expression_after(Parser *parser, Node *left); /* `left` is read already */
void  parse_expressions(Parser *parser, Node *parent, NodeRole role); /* a, b, c: at least one */
Node *parse_type(Parser *parser);
bool  parse_sees_generated(const Parser *parser); /* GENERATED ALWAYS AS: no part of a type */
Node *parse_signed_number(Parser *parser);

/* parser_window.c: what may follow a function's parentheses, and the WINDOW clause */
Node *parse_filter(Parser *parser);
Node *parse_over(Parser *parser);
Node *parse_window_clause(Parser *parser);

/* parser_select.c */
bool  token_begins_select(const Token *token); /* SELECT, VALUES, WITH */
bool  parse_sees_subquery(const Parser *parser); /* ( SELECT, ( <hole> SELECT */
Node *parse_select(Parser *parser, Node *with); /* `with` already read, or NULL */
Node *parse_subquery(Parser *parser);           /* ( SELECT ) */
Node *parse_with(Parser *parser);
Node *parse_from(Parser *parser);
Node *parse_results(Parser *parser, NodeKind kind); /* NODE_RESULTS, or NODE_RETURNING */
Node *parse_condition(Parser *parser, NodeKind kind, Keyword keyword);
Node *parse_order_by(Parser *parser);
Node *parse_order_term(Parser *parser);
Node *parse_limit(Parser *parser);
/* Both, as far as they stand there, behind SELECT, UPDATE or DELETE. */
void parse_order_and_limit(Parser *parser, Node *node);
Node *parse_indexed(Parser *parser);
/* WHERE, or the rest of one whose keyword is in a hole: `<hole> AND x = 1`. */
void  parse_where(Parser *parser, Node *parent);
Node *parse_fragment(Parser *parser);

/* parser_dml.c */
Node *parse_insert(Parser *parser, Node *with);
Node *parse_update(Parser *parser, Node *with);
Node *parse_delete(Parser *parser, Node *with);
/* SELECT, INSERT, UPDATE, DELETE, with or without WITH; NULL if it is none of them. */
Node *parse_query(Parser *parser);
Node *parse_set(Parser *parser);
NodeOp parse_resolution(Parser *parser); /* ABORT, FAIL, IGNORE, REPLACE, ROLLBACK */

/* parser_ddl.c, parser_table.c */
Node *parse_create(Parser *parser);
Node *parse_create_table(Parser *parser, Node *node);
Node *parse_column_definition(Parser *parser);
Node *parse_alter(Parser *parser);
Node *parse_drop(Parser *parser);
Node *parse_target(Parser *parser); /* NODE_TABLE without alias */

#endif
