#include "analyzers/sql/parse.h"

NodeOp parse_resolution(Parser *parser)
{
    static const struct {
        Keyword keyword;
        NodeOp  op;
    } resolutions[] = {
        { KEYWORD_ABORT, OP_ABORT },     { KEYWORD_FAIL, OP_FAIL },
        { KEYWORD_IGNORE, OP_IGNORE },   { KEYWORD_REPLACE, OP_REPLACE },
        { KEYWORD_ROLLBACK, OP_ROLLBACK },
    };

    for (size_t i = 0; i < sizeof resolutions / sizeof *resolutions; i++)
        if (parse_take_word(parser, resolutions[i].keyword))
            return resolutions[i].op;
    parse_fail(parser, "ABORT, FAIL, IGNORE, REPLACE or ROLLBACK");
    return OP_NONE;
}

/* OR IGNORE …, behind INSERT or UPDATE */
static void or_resolution(Parser *parser, Node *node)
{
    uint32_t lo = parse_peek(parser, 0)->lo;

    if (parse_take_word(parser, KEYWORD_OR)) {
        node->conflict  = parse_resolution(parser);
        node->operator_ = (Span) { lo, parser->last_hi };
    }
}

/* t, s.t, t AS x: the alias needs its AS here. */
static Node *dml_target(Parser *parser)
{
    Node *node = parse_open(parser, NODE_TABLE);

    parse_qualified_name(parser, node, "a table");
    if (parse_take_word(parser, KEYWORD_AS))
        node->alias = parse_name(parser, node, "an alias");
    parse_adopt(parser, node, parse_indexed(parser), ROLE_INDEXED);
    return parse_close(parser, node);
}

static Node *assign(Parser *parser)
{
    Node *node = parse_open(parser, NODE_ASSIGN);

    if (parse_take(parser, TOKEN_LP)) {
        do
            parse_adopt(parser, node, parse_name_node(parser, "a column"), ROLE_COLUMN);
        while (parse_take(parser, TOKEN_COMMA));
        parse_expect(parser, TOKEN_RP, ", or )");
    } else {
        parse_adopt(parser, node, parse_name_node(parser, "a column"), ROLE_COLUMN);
    }
    node->op        = parse_sees(parser, TOKEN_EQ_EQ) ? OP_EQ_EQ : OP_EQ;
    node->operator_ = parse_equals(parser);
    parse_adopt(parser, node, parse_expression(parser), ROLE_RIGHT);
    return parse_close(parser, node);
}

Node *parse_set(Parser *parser)
{
    Node *node = parse_open(parser, NODE_SET);

    parse_expect_word(parser, KEYWORD_SET);
    do {
        TokenKind next = parse_peek(parser, 1)->kind;
        bool      hole = parse_sees(parser, TOKEN_HOLE) && next != TOKEN_EQ && next != TOKEN_EQ_EQ;
        parse_adopt(parser, node, hole ? parse_hole(parser) : assign(parser), ROLE_ITEM);
    } while (parse_take(parser, TOKEN_COMMA));
    return parse_close(parser, node);
}

static void returning(Parser *parser, Node *node)
{
    if (parse_sees_word(parser, KEYWORD_RETURNING))
        parse_adopt(parser, node, parse_results(parser, NODE_RETURNING), ROLE_RETURNING);
    parse_clause_holes(parser, node);
}

/* -- INSERT ---------------------------------------------------------------------------------- */

static Node *index_target(Parser *parser)
{
    Node *node = parse_open(parser, NODE_INDEX_TARGET);

    parse_advance(parser);
    do
        parse_adopt(parser, node, parse_order_term(parser), ROLE_ITEM);
    while (parse_take(parser, TOKEN_COMMA));
    parse_expect(parser, TOKEN_RP, ", or )");
    if (parse_sees_word(parser, KEYWORD_WHERE))
        parse_adopt(parser, node, parse_condition(parser, NODE_WHERE, KEYWORD_WHERE), ROLE_WHERE);
    return parse_close(parser, node);
}

static Node *upsert(Parser *parser)
{
    Node *node = parse_open(parser, NODE_UPSERT);

    parse_advance(parser);
    parse_advance(parser);
    if (parse_sees(parser, TOKEN_LP))
        parse_adopt(parser, node, index_target(parser), ROLE_INDEX);
    parse_expect_word(parser, KEYWORD_DO);
    if (parse_take_word(parser, KEYWORD_NOTHING)) {
        node->flags |= FLAG_NOTHING;
        return parse_close(parser, node);
    }
    parse_expect_word(parser, KEYWORD_UPDATE);
    parse_adopt(parser, node, parse_set(parser), ROLE_SET);
    if (parse_sees_word(parser, KEYWORD_WHERE))
        parse_adopt(parser, node, parse_condition(parser, NODE_WHERE, KEYWORD_WHERE), ROLE_WHERE);
    return parse_close(parser, node);
}

static void upserts(Parser *parser, Node *node)
{
    bool aimed = true; /* only the last may leave its target out */

    parse_clause_holes(parser, node);
    while (aimed && parse_sees_words(parser, KEYWORD_ON, KEYWORD_CONFLICT)) {
        Node *next = upsert(parser);
        aimed      = next->first && next->first->role == ROLE_INDEX;
        parse_adopt(parser, node, next, ROLE_UPSERT);
        parse_clause_holes(parser, node);
    }
}

static Node *default_values(Parser *parser)
{
    Node *node = parse_open(parser, NODE_DEFAULT_VALUES);

    parse_advance(parser);
    parse_expect_word(parser, KEYWORD_VALUES);
    return parse_close(parser, node);
}

static void insert_source(Parser *parser, Node *node)
{
    if (parse_sees_word(parser, KEYWORD_DEFAULT)) {
        parse_adopt(parser, node, default_values(parser), ROLE_SOURCE);
        return;
    }
    if (parse_sees(parser, TOKEN_HOLE)) {
        parse_adopt(parser, node, parse_hole(parser), ROLE_SOURCE);
        parser->uncertain = true;
        if (!token_begins_select(parse_peek(parser, 0))) {
            upserts(parser, node);
            return;
        }
        node->last->role = ROLE_TAIL; /* it held the columns, or nothing */
    }
    if (!token_begins_select(parse_peek(parser, 0))) {
        parse_fail(parser, "VALUES, SELECT or DEFAULT VALUES");
        return;
    }
    Node *with = parse_sees_word(parser, KEYWORD_WITH) ? parse_with(parser) : NULL;
    parse_adopt(parser, node, parse_select(parser, with), ROLE_SOURCE);
    upserts(parser, node);
}

Node *parse_insert(Parser *parser, Node *with)
{
    Node *node = parse_open_around(parser, NODE_INSERT, with, ROLE_WITH);

    if (parse_sees_word(parser, KEYWORD_REPLACE)) {
        node->conflict  = OP_REPLACE;
        node->flags |= FLAG_REPLACE;
        node->operator_ = parse_advance(parser);
    } else {
        parse_expect_word(parser, KEYWORD_INSERT);
        or_resolution(parser, node);
    }
    parse_clause_holes(parser, node);
    parse_expect_word(parser, KEYWORD_INTO);
    parse_adopt(parser, node, dml_target(parser), ROLE_TARGET);
    if (parse_sees(parser, TOKEN_LP))
        parse_adopt(parser, node, parse_column_names(parser), ROLE_COLUMNS);
    insert_source(parser, node);
    returning(parser, node);
    return parse_close(parser, node);
}

/* -- UPDATE, DELETE -------------------------------------------------------------------------- */

Node *parse_update(Parser *parser, Node *with)
{
    Node *node = parse_open_around(parser, NODE_UPDATE, with, ROLE_WITH);

    parse_expect_word(parser, KEYWORD_UPDATE);
    or_resolution(parser, node);
    parse_adopt(parser, node, dml_target(parser), ROLE_TARGET);
    parse_clause_holes(parser, node);
    if (parse_sees_word(parser, KEYWORD_SET) || !parser->uncertain)
        parse_adopt(parser, node, parse_set(parser), ROLE_SET);
    parse_clause_holes(parser, node);
    if (parse_sees_word(parser, KEYWORD_FROM))
        parse_adopt(parser, node, parse_from(parser), ROLE_FROM);
    parse_clause_holes(parser, node);
    parse_where(parser, node);
    returning(parser, node);
    parse_order_and_limit(parser, node);
    return parse_close(parser, node);
}

Node *parse_delete(Parser *parser, Node *with)
{
    Node *node = parse_open_around(parser, NODE_DELETE, with, ROLE_WITH);

    parse_expect_word(parser, KEYWORD_DELETE);
    parse_expect_word(parser, KEYWORD_FROM);
    parse_adopt(parser, node, dml_target(parser), ROLE_TARGET);
    parse_clause_holes(parser, node);
    parse_where(parser, node);
    returning(parser, node);
    parse_order_and_limit(parser, node);
    return parse_close(parser, node);
}

Node *parse_query(Parser *parser)
{
    Node *with = parse_sees_word(parser, KEYWORD_WITH) ? parse_with(parser) : NULL;

    switch (parse_peek(parser, 0)->keyword) {
    case KEYWORD_SELECT:
    case KEYWORD_VALUES: return parse_select(parser, with);
    case KEYWORD_INSERT:
    case KEYWORD_REPLACE: return parse_insert(parser, with);
    case KEYWORD_UPDATE: return parse_update(parser, with);
    case KEYWORD_DELETE: return parse_delete(parser, with);
    default: break;
    }
    if (!with)
        return NULL;
    /* What the WITH clause told stays known, whatever comes behind it. */
    Node *node = parse_open_around(parser, NODE_SELECT, with, ROLE_WITH);
    if (!parse_sees(parser, TOKEN_HOLE))
        parse_fail(parser, "SELECT, INSERT, UPDATE or DELETE");
    return node;
}
