#include "analyzers/sql/parse.h"

/*
 * Operators by precedence climbing. The levels are those of parse.y; all binary
 * operators group to the left. NOT before IN, LIKE, BETWEEN and NULL has the
 * (low) level of the prefix NOT, as the grammar has it: `a = b NOT IN (c)` is
 * `(a = b) NOT IN (c)`.
 */
enum {
    LEVEL_OR = 1,
    LEVEL_AND,
    LEVEL_NOT,
    LEVEL_EQUALITY,   /* = == != <> IS IN LIKE BETWEEN ISNULL … */
    LEVEL_COMPARISON, /* < <= > >= */
    LEVEL_ESCAPE,
    LEVEL_BIT,        /* & | << >> */
    LEVEL_SUM,
    LEVEL_PRODUCT,
    LEVEL_CONCAT,     /* || -> ->> */
    LEVEL_COLLATE,
    LEVEL_PREFIX,     /* - + ~ */
};

typedef struct BinaryOperator {
    NodeOp op;
    int    level; /* 0: it is none */
} BinaryOperator;

static BinaryOperator binary_operator(const Token *token)
{
    switch (token->kind) {
    case TOKEN_EQ: return (BinaryOperator) { OP_EQ, LEVEL_EQUALITY };
    case TOKEN_EQ_EQ: return (BinaryOperator) { OP_EQ_EQ, LEVEL_EQUALITY };
    case TOKEN_NE: return (BinaryOperator) { OP_NE, LEVEL_EQUALITY };
    case TOKEN_LT: return (BinaryOperator) { OP_LT, LEVEL_COMPARISON };
    case TOKEN_LE: return (BinaryOperator) { OP_LE, LEVEL_COMPARISON };
    case TOKEN_GT: return (BinaryOperator) { OP_GT, LEVEL_COMPARISON };
    case TOKEN_GE: return (BinaryOperator) { OP_GE, LEVEL_COMPARISON };
    case TOKEN_AMPERSAND: return (BinaryOperator) { OP_BITAND, LEVEL_BIT };
    case TOKEN_PIPE: return (BinaryOperator) { OP_BITOR, LEVEL_BIT };
    case TOKEN_LSHIFT: return (BinaryOperator) { OP_LSHIFT, LEVEL_BIT };
    case TOKEN_RSHIFT: return (BinaryOperator) { OP_RSHIFT, LEVEL_BIT };
    case TOKEN_PLUS: return (BinaryOperator) { OP_ADD, LEVEL_SUM };
    case TOKEN_MINUS: return (BinaryOperator) { OP_SUBTRACT, LEVEL_SUM };
    case TOKEN_STAR: return (BinaryOperator) { OP_MULTIPLY, LEVEL_PRODUCT };
    case TOKEN_SLASH: return (BinaryOperator) { OP_DIVIDE, LEVEL_PRODUCT };
    case TOKEN_PERCENT: return (BinaryOperator) { OP_MODULO, LEVEL_PRODUCT };
    case TOKEN_CONCAT: return (BinaryOperator) { OP_CONCAT, LEVEL_CONCAT };
    case TOKEN_ARROW: return (BinaryOperator) { OP_ARROW, LEVEL_CONCAT };
    case TOKEN_ARROW_TEXT: return (BinaryOperator) { OP_ARROW_TEXT, LEVEL_CONCAT };
    default: break;
    }
    switch (token->keyword) {
    case KEYWORD_OR: return (BinaryOperator) { OP_OR, LEVEL_OR };
    case KEYWORD_AND: return (BinaryOperator) { OP_AND, LEVEL_AND };
    default: return (BinaryOperator) { OP_NONE, 0 };
    }
}

static NodeOp pattern_operator(const Token *token)
{
    switch (token->keyword) {
    case KEYWORD_LIKE: return OP_LIKE;
    case KEYWORD_GLOB: return OP_GLOB;
    case KEYWORD_REGEXP: return OP_REGEXP;
    case KEYWORD_MATCH: return OP_MATCH;
    default: return OP_NONE;
    }
}

/* Marks the tokens taken since `lo` as the operator of the node. */
static void set_operator(Parser *parser, Node *node, uint32_t lo)
{
    node->operator_ = (Span) { lo, parser->last_hi };
}

static Node *binary(Parser *parser, Node *left, BinaryOperator found)
{
    uint32_t lo   = parse_peek(parser, 0)->lo;
    Node    *node = parse_open_around(parser, NODE_BINARY, left, ROLE_LEFT);

    node->op = found.op;
    parse_advance(parser);
    set_operator(parser, node, lo);
    parse_adopt(parser, node, parse_expression_above(parser, found.level + 1), ROLE_RIGHT);
    return parse_close(parser, node);
}

static Node *is(Parser *parser, Node *left)
{
    uint32_t lo   = parse_peek(parser, 0)->lo;
    Node    *node = parse_open_around(parser, NODE_BINARY, left, ROLE_LEFT);

    parse_advance(parser);
    bool negated  = parse_take_word(parser, KEYWORD_NOT);
    bool distinct = parse_take_words(parser, KEYWORD_DISTINCT, KEYWORD_FROM);
    node->op      = distinct ? (negated ? OP_IS_NOT_DISTINCT : OP_IS_DISTINCT)
                             : (negated ? OP_IS_NOT : OP_IS);
    set_operator(parser, node, lo);
    parse_adopt(parser, node, parse_expression_above(parser, LEVEL_EQUALITY + 1), ROLE_RIGHT);
    return parse_close(parser, node);
}

static Node *null_test(Parser *parser, Node *operand, NodeOp op)
{
    uint32_t lo   = parse_peek(parser, 0)->lo;
    Node    *node = parse_open_around(parser, NODE_NULL_TEST, operand, ROLE_OPERAND);

    node->op = op;
    if (op == OP_NOT_NULL)
        parse_advance(parser);
    parse_advance(parser);
    set_operator(parser, node, lo);
    return parse_close(parser, node);
}

static Node *pattern(Parser *parser, Node *left, uint32_t lo, uint32_t flags)
{
    Node *node = parse_open_around(parser, NODE_LIKE, left, ROLE_LEFT);

    node->op = pattern_operator(parse_peek(parser, 0));
    node->flags |= flags;
    parse_advance(parser);
    set_operator(parser, node, lo);
    parse_adopt(parser, node, parse_expression_above(parser, LEVEL_EQUALITY + 1), ROLE_RIGHT);
    if (parse_take_word(parser, KEYWORD_ESCAPE))
        parse_adopt(parser, node, parse_expression_above(parser, LEVEL_EQUALITY + 1), ROLE_ESCAPE);
    return parse_close(parser, node);
}

static Node *between(Parser *parser, Node *operand, uint32_t lo, uint32_t flags)
{
    Node *node = parse_open_around(parser, NODE_BETWEEN, operand, ROLE_OPERAND);

    node->flags |= flags;
    parse_advance(parser);
    set_operator(parser, node, lo);
    parse_adopt(parser, node, parse_expression_above(parser, LEVEL_NOT), ROLE_LOW);
    parse_expect_word(parser, KEYWORD_AND);
    parse_adopt(parser, node, parse_expression_above(parser, LEVEL_EQUALITY + 1), ROLE_HIGH);
    return parse_close(parser, node);
}

static Node *in_list(Parser *parser)
{
    Node *node = parse_open(parser, NODE_LIST);

    parse_expect(parser, TOKEN_LP, "(");
    if (!parse_sees(parser, TOKEN_RP))
        parse_expressions(parser, node, ROLE_ITEM);
    parse_expect(parser, TOKEN_RP, ", or )");
    return parse_close(parser, node);
}

static Node *in_table(Parser *parser)
{
    Node *node = parse_open(parser, NODE_TABLE);

    parse_qualified_name(parser, node, "( or a table");
    if (parse_take(parser, TOKEN_LP)) {
        node->flags |= FLAG_CALL;
        if (!parse_sees(parser, TOKEN_RP))
            parse_expressions(parser, node, ROLE_ARG);
        parse_expect(parser, TOKEN_RP, ", or )");
    }
    return parse_close(parser, node);
}

static Node *in(Parser *parser, Node *operand, uint32_t lo, uint32_t flags)
{
    Node *node = parse_open_around(parser, NODE_IN, operand, ROLE_OPERAND);

    node->flags |= flags;
    parse_advance(parser);
    set_operator(parser, node, lo);

    const Token *token = parse_peek(parser, 0);
    if (token->kind == TOKEN_LP) {
        bool select = parse_sees_subquery(parser);
        parse_adopt(parser, node, select ? parse_subquery(parser) : in_list(parser), ROLE_RIGHT);
    } else if (token->kind == TOKEN_HOLE && parse_peek(parser, 1)->kind != TOKEN_DOT) {
        parse_adopt(parser, node, parse_hole(parser), ROLE_RIGHT);
    } else if (token->kind == TOKEN_BIND && parser->text.ptr[token->lo] == ':') {
        node->flags |= FLAG_EXPANDING;
        parse_adopt(parser, node, parse_operand(parser), ROLE_RIGHT);
    } else {
        parse_adopt(parser, node, in_table(parser), ROLE_RIGHT);
    }
    return parse_close(parser, node);
}

static Node *collate(Parser *parser, Node *operand)
{
    uint32_t lo   = parse_peek(parser, 0)->lo;
    Node    *node = parse_open_around(parser, NODE_COLLATE, operand, ROLE_OPERAND);

    parse_advance(parser);
    set_operator(parser, node, lo);
    node->name = parse_collation(parser, node);
    return parse_close(parser, node);
}

/* What begins an operand for sure: not a word that may as well begin a clause. */
static bool begins_operand(const Token *token)
{
    switch (token->kind) {
    case TOKEN_NAME:
    case TOKEN_QUOTED_NAME:
    case TOKEN_STRING:
    case TOKEN_BLOB:
    case TOKEN_INTEGER:
    case TOKEN_FLOAT:
    case TOKEN_BIND:
    case TOKEN_LP: return true;
    case TOKEN_KEYWORD:
        return token->keyword == KEYWORD_NULL || token->keyword == KEYWORD_CASE
            || token->keyword == KEYWORD_CAST || token->keyword == KEYWORD_CURRENT_DATE
            || token->keyword == KEYWORD_CURRENT_TIME
            || token->keyword == KEYWORD_CURRENT_TIMESTAMP;
    default: return false;
    }
}

/* `a <hole> ?`: the hole is the operator, and compares as likely as not. */
static Node *unknown_operator(Parser *parser, Node *left)
{
    uint32_t lo   = parse_peek(parser, 0)->lo;
    Node    *node = parse_open_around(parser, NODE_BINARY, left, ROLE_LEFT);

    node->op = OP_HOLE;
    node->flags |= FLAG_HOLE;
    parse_advance(parser);
    set_operator(parser, node, lo);
    parse_adopt(parser, node, parse_expression_above(parser, LEVEL_EQUALITY + 1), ROLE_RIGHT);
    return parse_close(parser, node);
}

/* NOT IN, NOT LIKE, NOT BETWEEN, NOT NULL; NULL if the NOT here is none of them. */
static Node *negated(Parser *parser, Node *left)
{
    uint32_t     lo     = parse_peek(parser, 0)->lo;
    const Token *second = parse_peek(parser, 1);

    if (second->keyword == KEYWORD_NULL)
        return null_test(parser, left, OP_NOT_NULL);
    if (second->keyword != KEYWORD_IN && second->keyword != KEYWORD_BETWEEN
        && pattern_operator(second) == OP_NONE)
        return NULL;

    parse_advance(parser);
    switch (second->keyword) {
    case KEYWORD_IN: return in(parser, left, lo, FLAG_NOT);
    case KEYWORD_BETWEEN: return between(parser, left, lo, FLAG_NOT);
    default: return pattern(parser, left, lo, FLAG_NOT);
    }
}

/* One more operator behind `left`, or NULL when none binds at `level` or tighter. */
static Node *extended(Parser *parser, Node *left, int level)
{
    const Token   *token = parse_peek(parser, 0);
    BinaryOperator found = binary_operator(token);

    if (found.level)
        return found.level >= level ? binary(parser, left, found) : NULL;
    if (token->keyword == KEYWORD_COLLATE)
        return level <= LEVEL_COLLATE ? collate(parser, left) : NULL;
    if (token->keyword == KEYWORD_NOT)
        return level <= LEVEL_NOT ? negated(parser, left) : NULL;
    if (level > LEVEL_EQUALITY)
        return NULL;
    if (pattern_operator(token) != OP_NONE)
        return pattern(parser, left, token->lo, 0);
    switch (token->keyword) {
    case KEYWORD_IS: return is(parser, left);
    case KEYWORD_IN: return in(parser, left, token->lo, 0);
    case KEYWORD_BETWEEN: return between(parser, left, token->lo, 0);
    case KEYWORD_ISNULL: return null_test(parser, left, OP_ISNULL);
    case KEYWORD_NOTNULL: return null_test(parser, left, OP_NOTNULL);
    default: break;
    }
    if (token->kind == TOKEN_HOLE && begins_operand(parse_peek(parser, 1)))
        return unknown_operator(parser, left);
    return NULL;
}

static Node *prefix(Parser *parser, NodeOp op, int level)
{
    Node *node = parse_open(parser, NODE_UNARY);

    node->op        = op;
    node->operator_ = parse_advance(parser);
    parse_adopt(parser, node, parse_expression_above(parser, level), ROLE_OPERAND);
    return parse_close(parser, node);
}

static Node *prefixed(Parser *parser)
{
    const Token *token = parse_peek(parser, 0);

    switch (token->kind) {
    case TOKEN_MINUS: return prefix(parser, OP_NEGATE, LEVEL_PREFIX);
    case TOKEN_PLUS: return prefix(parser, OP_POSITIVE, LEVEL_PREFIX);
    case TOKEN_TILDE: return prefix(parser, OP_BITNOT, LEVEL_PREFIX);
    default: break;
    }
    if (token->keyword == KEYWORD_NOT)
        return prefix(parser, OP_NOT, LEVEL_NOT);
    return parse_operand(parser);
}

static Node *climb(Parser *parser, Node *left, int level)
{
    for (;;) {
        Node *wider = extended(parser, left, level);
        if (!wider)
            return left;
        left = wider;
    }
}

Node *parse_expression_above(Parser *parser, int level)
{
    if (!parse_enter(parser))
        return NULL;
    Node *node = climb(parser, prefixed(parser), level);
    parse_leave(parser);
    return node;
}

/*
 * The rest of a whole expression. A hole behind it may go on with it (`x = 1 <hole>`, filled
 * with ` AND y = 2`), and so may what comes after the hole.
 */
Node *parse_expression_after(Parser *parser, Node *left)
{
    Node *node = climb(parser, left, LEVEL_OR);

    while (node && parse_sees(parser, TOKEN_HOLE)) {
        Node *tail = parse_open_around(parser, NODE_TAIL, node, ROLE_OPERAND);
        parse_clause_holes(parser, tail);
        node = climb(parser, parse_close(parser, tail), LEVEL_OR);
    }
    return node;
}

Node *parse_expression(Parser *parser)
{
    return parse_expression_after(parser, parse_expression_above(parser, LEVEL_OR));
}

void parse_expressions(Parser *parser, Node *parent, NodeRole role)
{
    do
        parse_adopt(parser, parent, parse_expression(parser), role);
    while (parse_take(parser, TOKEN_COMMA));
}
