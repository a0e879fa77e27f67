#include "analyzers/sql/parse.h"

bool token_begins_select(const Token *token)
{
    return token->keyword == KEYWORD_SELECT || token->keyword == KEYWORD_VALUES
        || token->keyword == KEYWORD_WITH;
}

bool parse_sees_subquery(const Parser *parser)
{
    const Token *first = parse_peek(parser, 1);

    if (!parse_sees(parser, TOKEN_LP))
        return false;
    return token_begins_select(first)
        || (first->kind == TOKEN_HOLE && token_begins_select(parse_peek(parser, 2)));
}

/* -- clauses --------------------------------------------------------------------------------- */

Node *parse_condition(Parser *parser, NodeKind kind, Keyword keyword)
{
    Node *node = parse_open(parser, kind);

    parse_expect_word(parser, keyword);
    parse_adopt(parser, node, parse_expression(parser), ROLE_CONDITION);
    return parse_close(parser, node);
}

/* Turns the hole just adopted by `parent` into the unknown left side of a condition. */
static Node *where_behind_hole(Parser *parser, Node *parent)
{
    Node *before = NULL;
    Node *hole   = parent->last;

    if (!hole || hole->kind != NODE_HOLE || hole->hi != parser->last_hi)
        return NULL;
    if (!parse_sees_word(parser, KEYWORD_AND) && !parse_sees_word(parser, KEYWORD_OR))
        return NULL;

    for (Node *child = parent->first; child != hole; child = child->next)
        before = child;
    if (before)
        before->next = NULL;
    else
        parent->first = NULL;
    parent->last = before;

    Node *where = parse_open(parser, NODE_WHERE);
    where->lo   = hole->lo;
    where->flags |= FLAG_HOLE;
    parse_adopt(parser, where, parse_expression_after(parser, hole), ROLE_CONDITION);
    return parse_close(parser, where);
}

void parse_where(Parser *parser, Node *parent)
{
    if (parse_sees_word(parser, KEYWORD_WHERE))
        parse_adopt(parser, parent, parse_condition(parser, NODE_WHERE, KEYWORD_WHERE), ROLE_WHERE);
    else
        parse_adopt(parser, parent, where_behind_hole(parser, parent), ROLE_WHERE);
    parse_clause_holes(parser, parent);
}

Node *parse_order_term(Parser *parser)
{
    Node *node = parse_open(parser, NODE_ORDER_TERM);

    parse_adopt(parser, node, parse_expression(parser), ROLE_OPERAND);
    if (parse_take_word(parser, KEYWORD_ASC))
        node->flags |= FLAG_ASC;
    else if (parse_take_word(parser, KEYWORD_DESC))
        node->flags |= FLAG_DESC;
    if (parse_take_words(parser, KEYWORD_NULLS, KEYWORD_FIRST))
        node->flags |= FLAG_NULLS_FIRST;
    else if (parse_take_words(parser, KEYWORD_NULLS, KEYWORD_LAST))
        node->flags |= FLAG_NULLS_LAST;
    return parse_close(parser, node);
}

Node *parse_order_by(Parser *parser)
{
    Node *node = parse_open(parser, NODE_ORDER_BY);

    parse_advance(parser);
    parse_expect_word(parser, KEYWORD_BY);
    do
        parse_adopt(parser, node, parse_order_term(parser), ROLE_ITEM);
    while (parse_take(parser, TOKEN_COMMA));
    return parse_close(parser, node);
}

Node *parse_limit(Parser *parser)
{
    Node *node = parse_open(parser, NODE_LIMIT);

    parse_advance(parser);
    parse_adopt(parser, node, parse_expression(parser), ROLE_COUNT);
    if (parse_take_word(parser, KEYWORD_OFFSET)) {
        parse_adopt(parser, node, parse_expression(parser), ROLE_OFFSET);
    } else if (parse_take(parser, TOKEN_COMMA)) {
        node->flags |= FLAG_COMMA;
        if (node->first)
            node->first->role = ROLE_OFFSET;
        parse_adopt(parser, node, parse_expression(parser), ROLE_COUNT);
    }
    return parse_close(parser, node);
}

static Node *group_by(Parser *parser)
{
    Node *node = parse_open(parser, NODE_GROUP_BY);

    parse_advance(parser);
    parse_expect_word(parser, KEYWORD_BY);
    parse_expressions(parser, node, ROLE_ITEM);
    return parse_close(parser, node);
}

/* -- results --------------------------------------------------------------------------------- */

static void result_alias(Parser *parser, Node *node)
{
    if (parse_take_word(parser, KEYWORD_AS)) {
        node->alias = parse_name(parser, node, "a name for the result");
    } else if (token_is_bare_alias(parse_peek(parser, 0))) {
        node->flags |= FLAG_BARE_ALIAS;
        node->alias = parse_name(parser, node, "a name for the result");
    }
}

static Node *star(Parser *parser)
{
    Node *node = parse_open(parser, NODE_STAR);

    if (!parse_sees(parser, TOKEN_STAR)) {
        node->qualifier = parse_name(parser, node, "the name of a table");
        parse_expect(parser, TOKEN_DOT, ".");
    }
    parse_expect(parser, TOKEN_STAR, "*");
    return parse_close(parser, node);
}

/* Words that are names elsewhere, but mean what they say where an expression begins. */
static bool begins_expression(const Token *token)
{
    switch (token->keyword) {
    case KEYWORD_CAST:
    case KEYWORD_RAISE:
    case KEYWORD_CURRENT_DATE:
    case KEYWORD_CURRENT_TIME:
    case KEYWORD_CURRENT_TIMESTAMP: return true;
    default: return false;
    }
}

static Node *result(Parser *parser)
{
    bool qualified = token_is_name(parse_peek(parser, 0)) && !begins_expression(parse_peek(parser, 0))
                  && parse_peek(parser, 1)->kind == TOKEN_DOT
                  && parse_peek(parser, 2)->kind == TOKEN_STAR;

    if (parse_sees(parser, TOKEN_STAR) || qualified)
        return star(parser);

    Node *node = parse_open(parser, NODE_RESULT);
    Node *expr = parse_expression(parser);
    bool  hole = expr && expr->kind == NODE_HOLE && !parse_sees_word(parser, KEYWORD_AS)
             && !token_is_bare_alias(parse_peek(parser, 0));
    if (hole)
        return expr;
    parse_adopt(parser, node, expr, ROLE_OPERAND);
    result_alias(parser, node);
    return parse_close(parser, node);
}

Node *parse_results(Parser *parser, NodeKind kind)
{
    Node *node = parse_open(parser, kind);

    if (kind == NODE_RETURNING)
        parse_advance(parser);
    do
        parse_adopt(parser, node, result(parser), ROLE_ITEM);
    while (parse_take(parser, TOKEN_COMMA));
    return parse_close(parser, node);
}

/* -- WITH ------------------------------------------------------------------------------------ */

static Node *cte(Parser *parser)
{
    Node *node = parse_open(parser, NODE_CTE);

    node->name = parse_name(parser, node, "the name of a common table expression");
    if (parse_sees(parser, TOKEN_LP))
        parse_adopt(parser, node, parse_column_names(parser), ROLE_COLUMNS);
    parse_expect_word(parser, KEYWORD_AS);
    if (parse_take_word(parser, KEYWORD_NOT)) {
        node->flags |= FLAG_NOT | FLAG_MATERIALIZED;
        parse_expect_word(parser, KEYWORD_MATERIALIZED);
    } else if (parse_take_word(parser, KEYWORD_MATERIALIZED)) {
        node->flags |= FLAG_MATERIALIZED;
    }
    parse_adopt(parser, node, parse_subquery(parser), ROLE_SELECT);
    return parse_close(parser, node);
}

Node *parse_with(Parser *parser)
{
    Node *node = parse_open(parser, NODE_WITH);

    parse_advance(parser);
    if (parse_take_word(parser, KEYWORD_RECURSIVE))
        node->flags |= FLAG_RECURSIVE;
    do
        parse_adopt(parser, node, cte(parser), ROLE_CTE);
    while (parse_take(parser, TOKEN_COMMA));
    return parse_close(parser, node);
}

/* -- select ---------------------------------------------------------------------------------- */

static Node *values(Parser *parser)
{
    Node *node = parse_open(parser, NODE_VALUES);

    parse_advance(parser);
    do {
        if (parse_sees(parser, TOKEN_HOLE)) {
            parse_adopt(parser, node, parse_hole(parser), ROLE_ROW);
            continue;
        }
        Node *row = parse_open(parser, NODE_ROW);
        parse_expect(parser, TOKEN_LP, "(");
        parse_expressions(parser, row, ROLE_ITEM);
        parse_expect(parser, TOKEN_RP, ", or )");
        parse_adopt(parser, node, parse_close(parser, row), ROLE_ROW);
    } while (parse_take(parser, TOKEN_COMMA));
    parse_clause_holes(parser, node);
    return parse_close(parser, node);
}

/* FROM … WINDOW, into a core or a fragment. */
static void core_clauses(Parser *parser, Node *node)
{
    parse_clause_holes(parser, node);
    if (parse_sees_word(parser, KEYWORD_FROM))
        parse_adopt(parser, node, parse_from(parser), ROLE_FROM);
    parse_clause_holes(parser, node);
    parse_where(parser, node);
    if (parse_sees_word(parser, KEYWORD_GROUP))
        parse_adopt(parser, node, group_by(parser), ROLE_GROUP);
    parse_clause_holes(parser, node);
    if (parse_sees_word(parser, KEYWORD_HAVING))
        parse_adopt(parser, node, parse_condition(parser, NODE_HAVING, KEYWORD_HAVING),
                    ROLE_HAVING);
    if (parse_sees_word(parser, KEYWORD_WINDOW))
        parse_adopt(parser, node, parse_window_clause(parser), ROLE_WINDOW);
    parse_clause_holes(parser, node);
}

static Node *core(Parser *parser)
{
    if (parse_sees_word(parser, KEYWORD_VALUES))
        return values(parser);

    Node *node = parse_open(parser, NODE_SELECT_CORE);
    parse_expect_word(parser, KEYWORD_SELECT);
    if (parse_take_word(parser, KEYWORD_DISTINCT))
        node->flags |= FLAG_DISTINCT;
    else if (parse_take_word(parser, KEYWORD_ALL))
        node->flags |= FLAG_ALL;
    parse_adopt(parser, node, parse_results(parser, NODE_RESULTS), ROLE_RESULTS);
    core_clauses(parser, node);
    return parse_close(parser, node);
}

static NodeOp compound_op(Parser *parser)
{
    if (parse_take_word(parser, KEYWORD_UNION))
        return parse_take_word(parser, KEYWORD_ALL) ? OP_UNION_ALL : OP_UNION;
    if (parse_take_word(parser, KEYWORD_INTERSECT))
        return OP_INTERSECT;
    if (parse_take_word(parser, KEYWORD_EXCEPT))
        return OP_EXCEPT;
    return OP_NONE;
}

/* UNION SELECT … and so on: the operator belongs to the core behind it. */
static void compounds(Parser *parser, Node *node)
{
    for (;;) {
        uint32_t lo = parse_peek(parser, 0)->lo;
        NodeOp   op = compound_op(parser);
        if (op == OP_NONE)
            return;
        Span  words     = { lo, parser->last_hi };
        Node *next      = core(parser);
        next->op        = op;
        next->operator_ = words;
        parse_adopt(parser, node, next, ROLE_CORE);
    }
}

void parse_order_and_limit(Parser *parser, Node *node)
{
    if (parse_sees_word(parser, KEYWORD_ORDER))
        parse_adopt(parser, node, parse_order_by(parser), ROLE_ORDER);
    parse_clause_holes(parser, node);
    if (parse_sees_word(parser, KEYWORD_LIMIT))
        parse_adopt(parser, node, parse_limit(parser), ROLE_LIMIT);
    parse_clause_holes(parser, node);
}

/* VALUES takes neither, not even as the last part of a compound. */
static void select_clauses(Parser *parser, Node *node)
{
    if (!node->last || node->last->kind != NODE_VALUES)
        parse_order_and_limit(parser, node);
}

Node *parse_select(Parser *parser, Node *with)
{
    Node *node = parse_open_around(parser, NODE_SELECT, with, ROLE_WITH);

    if (!parse_enter(parser))
        return NULL;
    parse_adopt(parser, node, core(parser), ROLE_CORE);
    compounds(parser, node);
    select_clauses(parser, node);
    parse_leave(parser);
    return parse_close(parser, node);
}

Node *parse_subquery(Parser *parser)
{
    Node *node = parse_open(parser, NODE_SUBQUERY);

    parse_expect(parser, TOKEN_LP, "(");
    if (parse_sees(parser, TOKEN_HOLE)) {
        parse_adopt(parser, node, parse_fragment(parser), ROLE_SELECT);
    } else if (!token_begins_select(parse_peek(parser, 0))) {
        parse_fail(parser, "SELECT");
    } else {
        Node *with = parse_sees_word(parser, KEYWORD_WITH) ? parse_with(parser) : NULL;
        parse_adopt(parser, node, parse_select(parser, with), ROLE_SELECT);
    }
    parse_expect(parser, TOKEN_RP, ")");
    return parse_close(parser, node);
}

Node *parse_fragment(Parser *parser)
{
    Node *node = parse_open(parser, NODE_FRAGMENT);

    parser->uncertain = true;
    if (!parse_enter(parser))
        return NULL;
    parse_clause_holes(parser, node);
    if (token_begins_select(parse_peek(parser, 0))) { /* WITH was in the hole, or the statements before */
        parse_adopt(parser, node, parse_select(parser, NULL), ROLE_SELECT);
        parse_leave(parser);
        return parse_close(parser, node);
    }
    if (parse_sees_word(parser, KEYWORD_SET))
        parse_adopt(parser, node, parse_set(parser), ROLE_SET);
    core_clauses(parser, node);
    compounds(parser, node);
    select_clauses(parser, node);
    if (parse_sees_word(parser, KEYWORD_RETURNING))
        parse_adopt(parser, node, parse_results(parser, NODE_RETURNING), ROLE_RETURNING);
    parse_clause_holes(parser, node);
    parse_leave(parser);
    return parse_close(parser, node);
}
