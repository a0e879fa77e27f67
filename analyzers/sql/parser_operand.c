#include "analyzers/sql/parse.h"

static Node *literal(Parser *parser, NodeOp op)
{
    Node *node = parse_open(parser, NODE_LITERAL);

    node->op = op;
    if (parse_peek(parser, 0)->has_hole)
        node->flags |= FLAG_HOLE;
    parse_advance(parser);
    return parse_close(parser, node);
}

Node *parse_signed_number(Parser *parser)
{
    const Token *sign   = parse_peek(parser, 0);
    bool         is_sum = sign->kind == TOKEN_PLUS || sign->kind == TOKEN_MINUS;
    TokenKind    number = parse_peek(parser, is_sum)->kind;

    if (number == TOKEN_HOLE && !is_sum)
        return parse_hole(parser);
    if (number != TOKEN_INTEGER && number != TOKEN_FLOAT) {
        if (is_sum)
            parse_advance(parser);
        parse_fail(parser, "a number");
        return NULL;
    }

    NodeOp op = number == TOKEN_INTEGER ? OP_INTEGER : OP_FLOAT;
    if (!is_sum)
        return literal(parser, op);
    Node *node      = parse_open(parser, NODE_UNARY);
    node->op        = sign->kind == TOKEN_PLUS ? OP_POSITIVE : OP_NEGATE;
    node->operator_ = parse_advance(parser);
    parse_adopt(parser, node, literal(parser, op), ROLE_OPERAND);
    return parse_close(parser, node);
}

bool parse_sees_generated(const Parser *parser)
{
    return parse_sees_words(parser, KEYWORD_GENERATED, KEYWORD_ALWAYS)
        && parse_peek(parser, 2)->keyword == KEYWORD_AS;
}

/* VARCHAR(10), DOUBLE PRECISION, "my type"; the caller has seen that a name is there. */
Node *parse_type(Parser *parser)
{
    Node *node = parse_open(parser, NODE_TYPE);

    node->name.lo = parse_peek(parser, 0)->lo;
    /* A hole behind a word may be the type's last or the first constraint: not ours to say. */
    bool first = true;
    while (token_is_bare_alias(parse_peek(parser, 0))
           || (first && parse_sees(parser, TOKEN_HOLE))) {
        first = false;
        if (parse_sees_generated(parser))
            break;
        if (parse_peek(parser, 0)->has_hole)
            node->flags |= FLAG_HOLE;
        parse_advance(parser);
    }
    node->name.hi = parser->last_hi;
    if (parse_sees(parser, TOKEN_LP)) {
        parse_advance(parser);
        parse_adopt(parser, node, parse_signed_number(parser), ROLE_ARG);
        if (parse_take(parser, TOKEN_COMMA))
            parse_adopt(parser, node, parse_signed_number(parser), ROLE_ARG);
        parse_expect(parser, TOKEN_RP, ")");
    }
    return parse_close(parser, node);
}

static Node *cast(Parser *parser)
{
    Node *node = parse_open(parser, NODE_CAST);

    parse_advance(parser);
    parse_expect(parser, TOKEN_LP, "(");
    parse_adopt(parser, node, parse_expression(parser), ROLE_OPERAND);
    parse_expect_word(parser, KEYWORD_AS);
    if (parse_sees(parser, TOKEN_LP))
        parse_fail(parser, "a type");
    if (!parse_sees(parser, TOKEN_RP)) /* SQLite takes CAST(x AS) too */
        parse_adopt(parser, node, parse_type(parser), ROLE_TYPE);
    parse_expect(parser, TOKEN_RP, ")");
    return parse_close(parser, node);
}

static Node *when(Parser *parser)
{
    Node *node = parse_open(parser, NODE_WHEN);

    parse_expect_word(parser, KEYWORD_WHEN);
    parse_adopt(parser, node, parse_expression(parser), ROLE_CONDITION);
    parse_expect_word(parser, KEYWORD_THEN);
    parse_adopt(parser, node, parse_expression(parser), ROLE_THEN);
    return parse_close(parser, node);
}

static Node *case_of(Parser *parser)
{
    Node *node = parse_open(parser, NODE_CASE);

    parse_advance(parser);
    if (!parse_sees_word(parser, KEYWORD_WHEN))
        parse_adopt(parser, node, parse_expression(parser), ROLE_OPERAND);
    do
        parse_adopt(parser, node, when(parser), ROLE_WHEN);
    while (parse_sees_word(parser, KEYWORD_WHEN));
    if (parse_take_word(parser, KEYWORD_ELSE))
        parse_adopt(parser, node, parse_expression(parser), ROLE_ELSE);
    parse_expect_word(parser, KEYWORD_END);
    return parse_close(parser, node);
}

static Node *exists(Parser *parser)
{
    Node *node = parse_open(parser, NODE_EXISTS);

    node->operator_ = parse_advance(parser);
    parse_adopt(parser, node, parse_subquery(parser), ROLE_RIGHT);
    return parse_close(parser, node);
}

static Node *named(Parser *parser);

static Node *raise(Parser *parser)
{
    Node *node = parse_open(parser, NODE_RAISE);

    parse_advance(parser);
    parse_expect(parser, TOKEN_LP, "(");
    node->op = parse_resolution(parser);
    if (node->op == OP_REPLACE)
        parse_fail(parser, "IGNORE, ROLLBACK, ABORT or FAIL");
    if (node->op != OP_IGNORE) {
        parse_expect(parser, TOKEN_COMMA, ",");
        /* A name alone was all that could stand here before 3.47, and any word could be one. */
        const Token *token = parse_peek(parser, 0);
        bool         name  = token->keyword && token_is_name(token) && parse_peek(parser, 1)->kind == TOKEN_RP;
        parse_adopt(parser, node, name ? named(parser) : parse_expression(parser), ROLE_ARG);
    }
    parse_expect(parser, TOKEN_RP, ")");
    return parse_close(parser, node);
}

/* (a), (a, b), (SELECT …) */
static Node *parenthesised(Parser *parser)
{
    if (parse_sees_subquery(parser))
        return parse_subquery(parser);

    Node *node = parse_open(parser, NODE_PAREN);
    parse_advance(parser);
    parse_adopt(parser, node, parse_expression(parser), ROLE_OPERAND);
    if (parse_sees(parser, TOKEN_COMMA)) {
        node->kind = NODE_ROW;
        if (node->first)
            node->first->role = ROLE_ITEM;
        parse_advance(parser);
        parse_expressions(parser, node, ROLE_ITEM);
    }
    parse_expect(parser, TOKEN_RP, ", or )");
    return parse_close(parser, node);
}

static Node *function(Parser *parser)
{
    Node *node = parse_open(parser, NODE_FUNCTION);

    node->name = parse_name(parser, node, "the name of a function");
    parse_expect(parser, TOKEN_LP, "(");
    if (parse_take(parser, TOKEN_STAR)) {
        node->flags |= FLAG_STAR;
    } else {
        if (parse_take_word(parser, KEYWORD_DISTINCT))
            node->flags |= FLAG_DISTINCT;
        else if (parse_take_word(parser, KEYWORD_ALL))
            node->flags |= FLAG_ALL;
        if (!parse_sees(parser, TOKEN_RP))
            parse_expressions(parser, node, ROLE_ARG);
        if (parse_sees_word(parser, KEYWORD_ORDER))
            parse_adopt(parser, node, parse_order_by(parser), ROLE_ORDER);
    }
    parse_expect(parser, TOKEN_RP, ", or )");
    if (parse_sees_word(parser, KEYWORD_FILTER))
        parse_adopt(parser, node, parse_filter(parser), ROLE_FILTER);
    if (parse_sees_word(parser, KEYWORD_OVER))
        parse_adopt(parser, node, parse_over(parser), ROLE_OVER);
    return parse_close(parser, node);
}

/* a, t.a, s.t.a; TRUE and FALSE when they stand alone, for no schema has columns so named. */
static Node *column(Parser *parser)
{
    const Token *token = parse_peek(parser, 0);
    Node        *node  = parse_open(parser, NODE_COLUMN);

    node->name = parse_name(parser, node, "an expression");
    if (!parse_sees(parser, TOKEN_DOT)) {
        Str word = token_text(parser->text, *token);
        bool yes = str_eq_nocase(word, STR("true"));
        if (yes || str_eq_nocase(word, STR("false"))) {
            node->kind = NODE_LITERAL;
            node->op   = yes ? OP_TRUE : OP_FALSE;
            node->name = (Span) { 0 };
        }
        return parse_close(parser, node);
    }
    for (int parts = 0; parts < 2 && parse_take(parser, TOKEN_DOT); parts++) {
        node->schema    = node->qualifier;
        node->qualifier = node->name;
        node->name      = parse_name(parser, node, "the name of a column");
    }
    return parse_close(parser, node);
}

/*
 * #1 is a register of SQLite's own machine, which no text from outside may name. ?0 is nothing, and
 * no SQLite is built with as many binds as to have ?1000000 (32766 is usual, 250000 Debian's).
 */
static bool is_no_bind(Str word)
{
    enum { DIGITS = 6 };
    size_t at = 1;

    if (word.len < 2 || word.ptr[1] < '0' || word.ptr[1] > '9')
        return false;
    if (word.ptr[0] != '?')
        return word.ptr[0] == '#';
    while (at < word.len && word.ptr[at] == '0')
        at++;
    return at == word.len || word.len - at > DIGITS;
}

static Node *bind(Parser *parser)
{
    Node *node = parse_open(parser, NODE_BIND);

    if (is_no_bind(token_text(parser->text, *parse_peek(parser, 0)))) {
        parse_fail(parser, "an expression");
        return NULL;
    }
    if (parse_peek(parser, 0)->has_hole)
        node->flags |= FLAG_HOLE;
    node->name = parse_advance(parser);
    return parse_close(parser, node);
}

static Node *named(Parser *parser)
{
    const Token *token = parse_peek(parser, 0);
    TokenKind    next  = parse_peek(parser, 1)->kind;

    if (next == TOKEN_LP && token->kind != TOKEN_STRING)
        return function(parser);
    if (next != TOKEN_DOT && token->kind == TOKEN_HOLE && token->hi == token->lo + 1)
        return parse_hole(parser);
    return column(parser);
}

Node *parse_operand(Parser *parser)
{
    const Token *token = parse_peek(parser, 0);

    switch (token->kind) {
    case TOKEN_LP: return parenthesised(parser);
    case TOKEN_INTEGER: return literal(parser, OP_INTEGER);
    case TOKEN_FLOAT: return literal(parser, OP_FLOAT);
    case TOKEN_BLOB: return literal(parser, OP_BLOB);
    case TOKEN_BIND: return bind(parser);
    case TOKEN_STRING:
        return parse_peek(parser, 1)->kind == TOKEN_DOT ? column(parser)
                                                        : literal(parser, OP_STRING);
    default: break;
    }
    switch (token->keyword) {
    case KEYWORD_NULL: return literal(parser, OP_NULL);
    case KEYWORD_CURRENT_DATE: return literal(parser, OP_CURRENT_DATE);
    case KEYWORD_CURRENT_TIME: return literal(parser, OP_CURRENT_TIME);
    case KEYWORD_CURRENT_TIMESTAMP: return literal(parser, OP_CURRENT_TIMESTAMP);
    case KEYWORD_CAST: return cast(parser);
    case KEYWORD_CASE: return case_of(parser);
    case KEYWORD_EXISTS: return exists(parser);
    case KEYWORD_RAISE: return raise(parser);
    default: break;
    }
    if (token_is_identifier(token))
        return named(parser);
    parse_fail(parser, "an expression");
    return NULL;
}
