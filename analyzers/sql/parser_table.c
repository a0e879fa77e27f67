#include "analyzers/sql/parse.h"

/* ON CONFLICT IGNORE …, behind a constraint */
static void on_conflict(Parser *parser, Node *node)
{
    if (parse_take_words(parser, KEYWORD_ON, KEYWORD_CONFLICT))
        node->conflict = parse_resolution(parser);
}

static NodeOp action_op(Parser *parser)
{
    if (parse_take_words(parser, KEYWORD_SET, KEYWORD_NULL))
        return OP_SET_NULL;
    if (parse_take_words(parser, KEYWORD_SET, KEYWORD_DEFAULT))
        return OP_SET_DEFAULT;
    if (parse_take_word(parser, KEYWORD_CASCADE))
        return OP_CASCADE;
    if (parse_take_word(parser, KEYWORD_RESTRICT))
        return OP_RESTRICT;
    if (parse_take_words(parser, KEYWORD_NO, KEYWORD_ACTION))
        return OP_NO_ACTION;
    parse_fail(parser, "SET NULL, SET DEFAULT, CASCADE, RESTRICT or NO ACTION");
    return OP_NONE;
}

/* ON DELETE CASCADE, MATCH FULL; NULL if there is none here. */
static Node *action(Parser *parser)
{
    Node *node = parse_open(parser, NODE_ACTION);

    if (parse_take_word(parser, KEYWORD_MATCH)) {
        node->conflict = OP_MATCH;
        node->name     = parse_name(parser, node, "a name");
        return parse_close(parser, node);
    }
    if (!parse_sees_word(parser, KEYWORD_ON)
        || parse_peek(parser, 1)->keyword == KEYWORD_CONFLICT)
        return NULL;
    parse_advance(parser);
    if (parse_take_word(parser, KEYWORD_DELETE))
        node->conflict = OP_ON_DELETE;
    else if (parse_take_word(parser, KEYWORD_UPDATE))
        node->conflict = OP_ON_UPDATE;
    else if (parse_take_word(parser, KEYWORD_INSERT))
        node->conflict = OP_ON_INSERT;
    else
        parse_fail(parser, "DELETE or UPDATE");
    node->op = action_op(parser);
    return parse_close(parser, node);
}

/* [NOT] DEFERRABLE [INITIALLY DEFERRED | IMMEDIATE], into the flags of `node` */
static bool deferral(Parser *parser, Node *node)
{
    if (parse_take_words(parser, KEYWORD_NOT, KEYWORD_DEFERRABLE))
        node->flags |= FLAG_NOT;
    else if (!parse_take_word(parser, KEYWORD_DEFERRABLE))
        return false;
    node->flags |= FLAG_DEFERRABLE;
    if (parse_take_word(parser, KEYWORD_INITIALLY)) {
        if (parse_take_word(parser, KEYWORD_DEFERRED))
            node->flags |= FLAG_INITIALLY_DEFERRED;
        else
            parse_expect_word(parser, KEYWORD_IMMEDIATE);
    }
    return true;
}

static Node *references(Parser *parser)
{
    Node *node = parse_open(parser, NODE_REFERENCES);

    parse_expect_word(parser, KEYWORD_REFERENCES);
    node->name = parse_name(parser, node, "a table");
    if (parse_sees(parser, TOKEN_LP))
        parse_adopt(parser, node, parse_column_names(parser), ROLE_COLUMNS);
    for (Node *next; (next = action(parser));)
        parse_adopt(parser, node, next, ROLE_ACTION);
    deferral(parser, node);
    return parse_close(parser, node);
}

static void parenthesised_into(Parser *parser, Node *node)
{
    Node *paren = parse_open(parser, NODE_PAREN);

    parse_expect(parser, TOKEN_LP, "(");
    parse_adopt(parser, paren, parse_expression(parser), ROLE_OPERAND);
    parse_expect(parser, TOKEN_RP, ")");
    parse_adopt(parser, node, parse_close(parser, paren), ROLE_OPERAND);
}

static Node *default_literal(Parser *parser)
{
    const Token *token = parse_peek(parser, 0);

    switch (token->kind) {
    case TOKEN_INTEGER:
    case TOKEN_FLOAT:
    case TOKEN_STRING:
    case TOKEN_BLOB: return parse_operand(parser);
    case TOKEN_HOLE: return parse_hole(parser);
    default: break;
    }
    if (token->keyword == KEYWORD_NULL || token->keyword == KEYWORD_CURRENT_DATE
        || token->keyword == KEYWORD_CURRENT_TIME || token->keyword == KEYWORD_CURRENT_TIMESTAMP)
        return parse_operand(parser);
    parse_fail(parser, "a literal, or an expression in parentheses");
    return NULL;
}

/* A literal, or a word that SQLite takes for a string; no function, no bind. */
static Node *default_term(Parser *parser)
{
    const Token *token = parse_peek(parser, 0);
    bool word_follows  = token_is_bare_alias(token) || token->keyword == KEYWORD_INDEXED;

    if (!word_follows || token->kind == TOKEN_STRING || token->keyword == KEYWORD_CURRENT_DATE
        || token->keyword == KEYWORD_CURRENT_TIME || token->keyword == KEYWORD_CURRENT_TIMESTAMP)
        return default_literal(parser);

    Node *node = parse_open(parser, NODE_LITERAL);
    Str   word = token_text(parser->text, *token);
    node->op   = str_eq_nocase(word, STR("true"))    ? OP_TRUE
               : str_eq_nocase(word, STR("false")) ? OP_FALSE
                                                   : OP_WORD;
    node->name = parse_advance(parser);
    return parse_close(parser, node);
}

static void default_value(Parser *parser, Node *node)
{
    const Token *token = parse_peek(parser, 0);

    if (token->kind == TOKEN_LP) {
        parenthesised_into(parser, node);
        return;
    }
    if (token->kind == TOKEN_PLUS || token->kind == TOKEN_MINUS) {
        Node *sign      = parse_open(parser, NODE_UNARY);
        sign->op        = token->kind == TOKEN_PLUS ? OP_POSITIVE : OP_NEGATE;
        sign->operator_ = parse_advance(parser);
        parse_adopt(parser, sign, default_literal(parser), ROLE_OPERAND);
        parse_adopt(parser, node, parse_close(parser, sign), ROLE_OPERAND);
        return;
    }
    parse_adopt(parser, node, default_term(parser), ROLE_OPERAND);
}

static void generated(Parser *parser, Node *node)
{
    parenthesised_into(parser, node);
    if (parse_take_word(parser, KEYWORD_VIRTUAL))
        return;
    if (parse_sees_word(parser, KEYWORD_GENERATED)) /* SQLite takes it for the word that may stand here */
        parse_fail(parser, "STORED or VIRTUAL");
    if (parse_sees(parser, TOKEN_NAME)) {
        Span word = parse_advance(parser);
        if (str_eq_nocase(span_text(parser->text, word), STR("stored")))
            node->flags |= FLAG_STORED;
    }
}

static void sort_flags(Parser *parser, Node *node)
{
    if (parse_take_word(parser, KEYWORD_ASC))
        node->flags |= FLAG_ASC;
    else if (parse_take_word(parser, KEYWORD_DESC))
        node->flags |= FLAG_DESC;
}

/* One constraint of a column, its CONSTRAINT name already read; false if there is none here. */
static bool column_constraint_body(Parser *parser, Node *node)
{
    if (parse_take_words(parser, KEYWORD_PRIMARY, KEYWORD_KEY)) {
        node->op = OP_PRIMARY_KEY;
        sort_flags(parser, node);
        on_conflict(parser, node);
        if (parse_take_word(parser, KEYWORD_AUTOINCREMENT))
            node->flags |= FLAG_AUTOINCREMENT;
    } else if (parse_take_words(parser, KEYWORD_NOT, KEYWORD_NULL)) {
        node->op = OP_NOT_NULL;
        on_conflict(parser, node);
    } else if (parse_take_word(parser, KEYWORD_NULL)) {
        node->op = OP_NULL;
        on_conflict(parser, node);
    } else if (parse_take_word(parser, KEYWORD_UNIQUE)) {
        node->op = OP_UNIQUE;
        on_conflict(parser, node);
    } else if (parse_take_word(parser, KEYWORD_CHECK)) {
        node->op = OP_CHECK;
        parenthesised_into(parser, node);
    } else if (parse_take_word(parser, KEYWORD_DEFAULT)) {
        node->op = OP_DEFAULT;
        default_value(parser, node);
    } else if (parse_take_word(parser, KEYWORD_COLLATE)) {
        node->op   = OP_COLLATE;
        node->name = parse_collation(parser, node);
    } else if (parse_sees_word(parser, KEYWORD_REFERENCES)) {
        node->op = OP_FOREIGN_KEY;
        parse_adopt(parser, node, references(parser), ROLE_REFERENCES);
    } else if (parse_take_words(parser, KEYWORD_GENERATED, KEYWORD_ALWAYS)) {
        node->op = OP_GENERATED;
        parse_expect_word(parser, KEYWORD_AS);
        generated(parser, node);
    } else if (parse_take_word(parser, KEYWORD_AS)) {
        node->op = OP_GENERATED;
        generated(parser, node);
    } else if (deferral(parser, node)) {
        node->op = OP_DEFERRABLE;
    } else {
        return false;
    }
    return true;
}

static Node *column_constraint(Parser *parser)
{
    Node *node  = parse_open(parser, NODE_CONSTRAINT);
    bool  named = parse_take_word(parser, KEYWORD_CONSTRAINT);

    if (named)
        node->alias = parse_name(parser, node, "the name of a constraint");
    if (!column_constraint_body(parser, node) && !named)
        return NULL;
    return parse_close(parser, node);
}

Node *parse_column_definition(Parser *parser)
{
    Node *node = parse_open(parser, NODE_COLUMN_DEF);

    node->name = parse_name(parser, node, "the name of a column");
    if (!parse_sees_generated(parser)
        && (token_is_bare_alias(parse_peek(parser, 0)) || parse_sees(parser, TOKEN_HOLE)))
        parse_adopt(parser, node, parse_type(parser), ROLE_TYPE);
    for (;;) {
        parse_clause_holes(parser, node);
        Node *next = column_constraint(parser);
        if (!next)
            return parse_close(parser, node);
        parse_adopt(parser, node, next, ROLE_CONSTRAINT);
    }
}

/* ( a COLLATE x DESC, b ) into `node` */
static void key_columns(Parser *parser, Node *node)
{
    parse_expect(parser, TOKEN_LP, "(");
    do
        parse_adopt(parser, node, parse_order_term(parser), ROLE_ITEM);
    while (parse_take(parser, TOKEN_COMMA));
    if (node->op == OP_PRIMARY_KEY && parse_take_word(parser, KEYWORD_AUTOINCREMENT))
        node->flags |= FLAG_AUTOINCREMENT;
    parse_expect(parser, TOKEN_RP, ", or )");
    on_conflict(parser, node);
}

static bool table_constraint_body(Parser *parser, Node *node)
{
    if (parse_take_words(parser, KEYWORD_PRIMARY, KEYWORD_KEY)) {
        node->op = OP_PRIMARY_KEY;
        key_columns(parser, node);
    } else if (parse_take_word(parser, KEYWORD_UNIQUE)) {
        node->op = OP_UNIQUE;
        key_columns(parser, node);
    } else if (parse_take_word(parser, KEYWORD_CHECK)) {
        node->op = OP_CHECK;
        parenthesised_into(parser, node);
        on_conflict(parser, node);
    } else if (parse_take_words(parser, KEYWORD_FOREIGN, KEYWORD_KEY)) {
        node->op = OP_FOREIGN_KEY;
        parse_adopt(parser, node, parse_column_names(parser), ROLE_COLUMNS);
        parse_adopt(parser, node, references(parser), ROLE_REFERENCES);
    } else {
        return false;
    }
    return true;
}

static bool begins_table_constraint(const Token *token)
{
    return token->keyword == KEYWORD_CONSTRAINT || token->keyword == KEYWORD_PRIMARY
        || token->keyword == KEYWORD_UNIQUE || token->keyword == KEYWORD_CHECK
        || token->keyword == KEYWORD_FOREIGN;
}

static Node *table_constraint(Parser *parser)
{
    Node *node  = parse_open(parser, NODE_CONSTRAINT);
    bool  named = parse_take_word(parser, KEYWORD_CONSTRAINT);

    if (named)
        node->alias = parse_name(parser, node, "the name of a constraint");
    if (!table_constraint_body(parser, node) && !named)
        parse_fail(parser, "a constraint of the table");
    return parse_close(parser, node);
}

/* Columns, then constraints: a comma before the first, and none is needed between them. */
static void table_body(Parser *parser, Node *node)
{
    bool comma;

    parse_expect(parser, TOKEN_LP, "(");
    parse_adopt(parser, node, parse_column_definition(parser), ROLE_COLUMN);
    while ((comma = parse_take(parser, TOKEN_COMMA)) && !begins_table_constraint(parse_peek(parser, 0)))
        parse_adopt(parser, node, parse_column_definition(parser), ROLE_COLUMN);
    while (comma && begins_table_constraint(parse_peek(parser, 0))) {
        parse_adopt(parser, node, table_constraint(parser), ROLE_CONSTRAINT);
        if (parse_take(parser, TOKEN_COMMA) && !begins_table_constraint(parse_peek(parser, 0))
            && !parse_sees(parser, TOKEN_HOLE))
            parse_fail(parser, "a constraint of the table");
        parse_clause_holes(parser, node);
    }
    parse_clause_holes(parser, node);
    parse_expect(parser, TOKEN_RP, ", or )");
}

static void table_option(Parser *parser, Node *node)
{
    if (parse_take_word(parser, KEYWORD_WITHOUT)) {
        Span word = parse_name(parser, node, "ROWID");
        if (!str_eq_nocase(span_text(parser->text, word), STR("rowid")))
            parse_fail(parser, "ROWID");
        node->flags |= FLAG_WITHOUT_ROWID;
        return;
    }
    Span word = parse_name(parser, node, "WITHOUT ROWID or STRICT");
    if (!str_eq_nocase(span_text(parser->text, word), STR("strict")))
        parse_fail(parser, "WITHOUT ROWID or STRICT");
    node->flags |= FLAG_STRICT;
}

/* Behind CREATE [TEMP] TABLE. */
Node *parse_create_table(Parser *parser, Node *node)
{
    parse_adopt(parser, node, parse_target(parser), ROLE_TARGET);
    if (parse_take_word(parser, KEYWORD_AS)) {
        Node *with = parse_sees_word(parser, KEYWORD_WITH) ? parse_with(parser) : NULL;
        if (!token_begins_select(parse_peek(parser, 0)))
            parse_fail(parser, "SELECT");
        parse_adopt(parser, node, parse_select(parser, with), ROLE_SELECT);
        return parse_close(parser, node);
    }
    parse_clause_holes(parser, node);
    if (parse_sees(parser, TOKEN_LP) || !parser->uncertain)
        table_body(parser, node);
    if (token_is_name(parse_peek(parser, 0)) && !parse_sees(parser, TOKEN_HOLE))
        table_option(parser, node);
    while (parse_take(parser, TOKEN_COMMA)) /* SQLite lets the first one be missing */
        table_option(parser, node);
    return parse_close(parser, node);
}
