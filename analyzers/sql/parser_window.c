#include "analyzers/sql/parse.h"

/* FILTER (WHERE …) */
Node *parse_filter(Parser *parser)
{
    Node *node = parse_open(parser, NODE_FILTER);

    parse_advance(parser);
    parse_expect(parser, TOKEN_LP, "(");
    parse_expect_word(parser, KEYWORD_WHERE);
    parse_adopt(parser, node, parse_expression(parser), ROLE_CONDITION);
    parse_expect(parser, TOKEN_RP, ")");
    return parse_close(parser, node);
}

/* In the order of the rows. */
typedef enum Bound { BOUND_PRECEDING, BOUND_CURRENT_ROW, BOUND_FOLLOWING } Bound;

/* `unbounded`: the word that may follow UNBOUNDED at this end of the frame. */
static Bound frame_bound(Parser *parser, Node *frame, Keyword unbounded)
{
    if (parse_take_word(parser, KEYWORD_CURRENT)) {
        parse_expect_word(parser, KEYWORD_ROW);
        return BOUND_CURRENT_ROW;
    }
    if (parse_take_word(parser, KEYWORD_UNBOUNDED)) {
        parse_expect_word(parser, unbounded);
        return unbounded == KEYWORD_PRECEDING ? BOUND_PRECEDING : BOUND_FOLLOWING;
    }
    parse_adopt(parser, frame, parse_expression(parser), ROLE_ITEM);
    if (parse_take_word(parser, KEYWORD_PRECEDING))
        return BOUND_PRECEDING;
    if (!parse_take_word(parser, KEYWORD_FOLLOWING))
        parse_fail(parser, "PRECEDING or FOLLOWING");
    return BOUND_FOLLOWING;
}

static NodeOp frame_op(const Parser *parser)
{
    switch (parse_peek(parser, 0)->keyword) {
    case KEYWORD_ROWS: return OP_ROWS;
    case KEYWORD_RANGE: return OP_RANGE;
    case KEYWORD_GROUPS: return OP_GROUPS;
    default: return OP_NONE;
    }
}

static Node *frame(Parser *parser)
{
    Node *node = parse_open(parser, NODE_FRAME);

    Bound start, end = BOUND_CURRENT_ROW;

    node->op = frame_op(parser);
    parse_advance(parser);
    if (parse_take_word(parser, KEYWORD_BETWEEN)) {
        start = frame_bound(parser, node, KEYWORD_PRECEDING);
        parse_expect_word(parser, KEYWORD_AND);
        end = frame_bound(parser, node, KEYWORD_FOLLOWING);
    } else {
        start = frame_bound(parser, node, KEYWORD_PRECEDING);
    }
    if (start > end)
        parse_fail(parser, "a frame that does not end before it begins");
    if (parse_take_word(parser, KEYWORD_EXCLUDE)) {
        if (!parse_take_words(parser, KEYWORD_NO, KEYWORD_OTHERS)
            && !parse_take_words(parser, KEYWORD_CURRENT, KEYWORD_ROW)
            && !parse_take_word(parser, KEYWORD_GROUP) && !parse_take_word(parser, KEYWORD_TIES))
            parse_fail(parser, "NO OTHERS, CURRENT ROW, GROUP or TIES");
    }
    return parse_close(parser, node);
}

static Node *partition_by(Parser *parser)
{
    Node *node = parse_open(parser, NODE_PARTITION_BY);

    parse_advance(parser);
    parse_expect_word(parser, KEYWORD_BY);
    parse_expressions(parser, node, ROLE_ITEM);
    return parse_close(parser, node);
}

/* ( [base] [PARTITION BY …] [ORDER BY …] [frame] ) */
static void window_body(Parser *parser, Node *node)
{
    parse_expect(parser, TOKEN_LP, "(");
    if (!parse_sees_word(parser, KEYWORD_PARTITION) && frame_op(parser) == OP_NONE
        && token_is_name(parse_peek(parser, 0)))
        node->alias = parse_name(parser, node, "the name of a window");
    if (parse_sees_word(parser, KEYWORD_PARTITION))
        parse_adopt(parser, node, partition_by(parser), ROLE_PARTITION);
    if (parse_sees_word(parser, KEYWORD_ORDER))
        parse_adopt(parser, node, parse_order_by(parser), ROLE_ORDER);
    if (frame_op(parser) != OP_NONE)
        parse_adopt(parser, node, frame(parser), ROLE_FRAME);
    parse_clause_holes(parser, node);
    parse_expect(parser, TOKEN_RP, ")");
}

Node *parse_over(Parser *parser)
{
    Node *node = parse_open(parser, NODE_WINDOW);

    parse_advance(parser);
    if (parse_sees(parser, TOKEN_LP))
        window_body(parser, node);
    else
        node->name = parse_name(parser, node, "the name of a window");
    return parse_close(parser, node);
}

Node *parse_window_clause(Parser *parser)
{
    Node *node = parse_open(parser, NODE_WINDOW_CLAUSE);

    parse_advance(parser);
    do {
        Node *window = parse_open(parser, NODE_WINDOW);
        window->name = parse_name(parser, window, "the name of a window");
        parse_expect_word(parser, KEYWORD_AS);
        window_body(parser, window);
        parse_adopt(parser, node, parse_close(parser, window), ROLE_WINDOW);
    } while (parse_take(parser, TOKEN_COMMA));
    return parse_close(parser, node);
}
