#include "analyzers/sql/parse.h"

Node *parse_indexed(Parser *parser)
{
    Node *node = parse_open(parser, NODE_INDEXED);

    if (parse_take_words(parser, KEYWORD_NOT, KEYWORD_INDEXED)) {
        node->flags |= FLAG_NOT;
        return parse_close(parser, node);
    }
    if (!parse_sees_words(parser, KEYWORD_INDEXED, KEYWORD_BY))
        return NULL;
    parse_advance(parser);
    parse_advance(parser);
    node->name = parse_name(parser, node, "the name of an index");
    return parse_close(parser, node);
}

static void source_alias(Parser *parser, Node *node)
{
    if (parse_take_word(parser, KEYWORD_AS)) {
        node->alias = parse_name(parser, node, "an alias");
    } else if (token_is_bare_alias(parse_peek(parser, 0))) {
        node->flags |= FLAG_BARE_ALIAS;
        node->alias = parse_name(parser, node, "an alias");
    }
}

static Node *table(Parser *parser)
{
    Node *node = parse_open(parser, NODE_TABLE);

    parse_qualified_name(parser, node, "a table");
    if (parse_take(parser, TOKEN_LP)) {
        node->flags |= FLAG_CALL;
        if (!parse_sees(parser, TOKEN_RP))
            parse_expressions(parser, node, ROLE_ARG);
        parse_expect(parser, TOKEN_RP, ", or )");
    }
    source_alias(parser, node);
    parse_adopt(parser, node, parse_indexed(parser), ROLE_INDEXED);
    return parse_close(parser, node);
}

static void joined_sources(Parser *parser, Node *node);

static Node *source(Parser *parser)
{
    if (!parse_sees(parser, TOKEN_LP))
        return table(parser);
    if (!parse_enter(parser))
        return NULL;

    Node *node;
    bool  fragment = parse_peek(parser, 1)->kind == TOKEN_HOLE
                 && parse_peek(parser, 2)->kind == TOKEN_RP;
    if (fragment || parse_sees_subquery(parser)) {
        node = parse_open(parser, NODE_FROM_SELECT);
        parse_adopt(parser, node, parse_subquery(parser), ROLE_SELECT);
    } else {
        node = parse_open(parser, NODE_FROM_GROUP);
        parse_advance(parser);
        joined_sources(parser, node);
        parse_expect(parser, TOKEN_RP, "a join, or )");
    }
    source_alias(parser, node);
    parse_leave(parser);
    return parse_close(parser, node);
}

typedef enum JoinWord {
    JOIN_NATURAL = 1 << 0,
    JOIN_LEFT    = 1 << 1,
    JOIN_RIGHT   = 1 << 2,
    JOIN_FULL    = 1 << 3,
    JOIN_OUTER   = 1 << 4,
    JOIN_INNER   = 1 << 5,
    JOIN_CROSS   = 1 << 6,
} JoinWord;

static uint32_t join_word(const Token *token)
{
    switch (token->keyword) {
    case KEYWORD_NATURAL: return JOIN_NATURAL;
    case KEYWORD_LEFT: return JOIN_LEFT;
    case KEYWORD_RIGHT: return JOIN_RIGHT;
    case KEYWORD_FULL: return JOIN_FULL;
    case KEYWORD_OUTER: return JOIN_OUTER;
    case KEYWORD_INNER: return JOIN_INNER;
    case KEYWORD_CROSS: return JOIN_CROSS;
    default: return 0;
    }
}

/* SQLite takes any three of the words and then looks whether they go together. */
static bool words_go_together(uint32_t words)
{
    uint32_t outer = words & (JOIN_LEFT | JOIN_RIGHT | JOIN_FULL | JOIN_OUTER);

    if (outer && (words & (JOIN_INNER | JOIN_CROSS)))
        return false;
    return outer != JOIN_OUTER;
}

static NodeOp join_op_of(uint32_t words)
{
    if ((words & JOIN_FULL) || ((words & JOIN_LEFT) && (words & JOIN_RIGHT)))
        return OP_FULL;
    return words & JOIN_LEFT  ? OP_LEFT
         : words & JOIN_RIGHT ? OP_RIGHT
         : words & JOIN_CROSS ? OP_CROSS
         : words & JOIN_INNER ? OP_INNER
                              : OP_JOIN;
}

/* `,`, JOIN, LEFT OUTER JOIN …: false if none is here. */
static bool join_operator(Parser *parser, Node *join)
{
    uint32_t words = 0;
    uint32_t lo    = parse_peek(parser, 0)->lo;

    if (parse_take(parser, TOKEN_COMMA)) {
        join->op = OP_COMMA;
    } else if (parse_sees(parser, TOKEN_HOLE)) {
        const Token *next = parse_peek(parser, 1);
        if (next->kind != TOKEN_NAME && next->kind != TOKEN_QUOTED_NAME)
            return false;
        parse_advance(parser);
        join->op = OP_HOLE;
        join->flags |= FLAG_HOLE;
        parser->uncertain = true;
    } else {
        for (int count = 0; count < 3 && join_word(parse_peek(parser, 0)); count++) {
            words |= join_word(parse_peek(parser, 0));
            parse_advance(parser);
        }
        if (!parse_take_word(parser, KEYWORD_JOIN)) {
            if (words)
                parse_fail(parser, "JOIN");
            return false;
        }
        if (!words_go_together(words))
            parse_fail(parser, "another kind of join");
        join->op = join_op_of(words);
        if (words & JOIN_NATURAL)
            join->flags |= FLAG_NATURAL;
    }
    join->operator_ = (Span) { lo, parser->last_hi };
    return true;
}

static void join_constraint(Parser *parser, Node *join)
{
    if (parse_sees_word(parser, KEYWORD_ON)) {
        parse_adopt(parser, join, parse_condition(parser, NODE_ON, KEYWORD_ON), ROLE_ON);
    } else if (parse_sees_word(parser, KEYWORD_USING)) {
        Node *using = parse_open(parser, NODE_USING);
        parse_advance(parser);
        parse_expect(parser, TOKEN_LP, "(");
        do
            parse_adopt(parser, using, parse_name_node(parser, "a column"), ROLE_COLUMN);
        while (parse_take(parser, TOKEN_COMMA));
        parse_expect(parser, TOKEN_RP, ", or )");
        parse_adopt(parser, join, parse_close(parser, using), ROLE_USING);
    }
}

static Node *join(Parser *parser)
{
    Node *node = parse_open(parser, NODE_JOIN);

    if (!join_operator(parser, node))
        return NULL;
    parse_adopt(parser, node, source(parser), ROLE_SOURCE);
    join_constraint(parser, node);
    return parse_close(parser, node);
}

/* Another join behind the hole we stand on: then it is one of the joins that is missing. */
static bool hole_among_joins(const Parser *parser)
{
    const Token *next = parse_peek(parser, 1);

    return parse_sees(parser, TOKEN_HOLE)
        && (next->kind == TOKEN_COMMA || next->keyword == KEYWORD_JOIN || join_word(next));
}

static void joined_sources(Parser *parser, Node *node)
{
    parse_adopt(parser, node, source(parser), ROLE_SOURCE);
    /* Even the ON of an upsert: `INSERT … SELECT … FROM x ON CONFLICT` is an error in SQLite. */
    if (parse_sees_word(parser, KEYWORD_ON) || parse_sees_word(parser, KEYWORD_USING))
        parse_fail(parser, "a join or WHERE before it");
    for (;;) {
        if (hole_among_joins(parser))
            parse_clause_holes(parser, node);
        Node *next = join(parser);
        if (!next)
            return;
        parse_adopt(parser, node, next, ROLE_JOIN);
    }
}

Node *parse_from(Parser *parser)
{
    Node *node = parse_open(parser, NODE_FROM);

    parse_expect_word(parser, KEYWORD_FROM);
    joined_sources(parser, node);
    return parse_close(parser, node);
}
