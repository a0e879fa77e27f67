#include "analyzers/sql/parse.h"

Node *parse_target(Parser *parser)
{
    Node *node = parse_open(parser, NODE_TABLE);

    parse_qualified_name(parser, node, "a table");
    return parse_close(parser, node);
}

static void if_not_exists(Parser *parser, Node *node)
{
    if (!parse_take_word(parser, KEYWORD_IF))
        return;
    parse_expect_word(parser, KEYWORD_NOT);
    parse_expect_word(parser, KEYWORD_EXISTS);
    node->flags |= FLAG_IF_EXISTS;
}

static void if_exists(Parser *parser, Node *node)
{
    if (!parse_take_word(parser, KEYWORD_IF))
        return;
    parse_expect_word(parser, KEYWORD_EXISTS);
    node->flags |= FLAG_IF_EXISTS;
}

static Node *create_index(Parser *parser, Node *node)
{
    node->kind = NODE_CREATE_INDEX;
    if_not_exists(parser, node);
    parse_qualified_name(parser, node, "the name of an index");
    parse_expect_word(parser, KEYWORD_ON);

    Node *table = parse_open(parser, NODE_TABLE);
    table->name = parse_name(parser, table, "a table");
    parse_adopt(parser, node, parse_close(parser, table), ROLE_TARGET);

    parse_expect(parser, TOKEN_LP, "(");
    do
        parse_adopt(parser, node, parse_order_term(parser), ROLE_ITEM);
    while (parse_take(parser, TOKEN_COMMA));
    parse_expect(parser, TOKEN_RP, ", or )");
    if (parse_sees_word(parser, KEYWORD_WHERE))
        parse_adopt(parser, node, parse_condition(parser, NODE_WHERE, KEYWORD_WHERE), ROLE_WHERE);
    return parse_close(parser, node);
}

static Node *create_view(Parser *parser, Node *node)
{
    node->kind = NODE_CREATE_VIEW;
    if_not_exists(parser, node);
    parse_qualified_name(parser, node, "the name of a view");
    if (parse_sees(parser, TOKEN_LP))
        parse_adopt(parser, node, parse_column_names(parser), ROLE_COLUMNS);
    parse_expect_word(parser, KEYWORD_AS);
    if (parse_sees(parser, TOKEN_HOLE)) {
        parse_adopt(parser, node, parse_fragment(parser), ROLE_SELECT);
        return parse_close(parser, node);
    }
    Node *with = parse_sees_word(parser, KEYWORD_WITH) ? parse_with(parser) : NULL;
    if (!token_begins_select(parse_peek(parser, 0)))
        parse_fail(parser, "SELECT");
    parse_adopt(parser, node, parse_select(parser, with), ROLE_SELECT);
    return parse_close(parser, node);
}

/* -- triggers -------------------------------------------------------------------------------- */

static void trigger_time(Parser *parser, Node *node)
{
    if (parse_take_word(parser, KEYWORD_BEFORE))
        node->op = OP_BEFORE;
    else if (parse_take_word(parser, KEYWORD_AFTER))
        node->op = OP_AFTER;
    else if (parse_take_words(parser, KEYWORD_INSTEAD, KEYWORD_OF))
        node->op = OP_INSTEAD_OF;
}

static void trigger_event(Parser *parser, Node *node)
{
    if (parse_take_word(parser, KEYWORD_DELETE)) {
        node->conflict = OP_ON_DELETE;
    } else if (parse_take_word(parser, KEYWORD_INSERT)) {
        node->conflict = OP_ON_INSERT;
    } else {
        parse_expect_word(parser, KEYWORD_UPDATE);
        node->conflict = OP_ON_UPDATE;
        if (parse_take_word(parser, KEYWORD_OF)) {
            do
                parse_adopt(parser, node, parse_name_node(parser, "a column"), ROLE_COLUMN);
            while (parse_take(parser, TOKEN_COMMA));
        }
    }
}

/* What INSERT, UPDATE and DELETE have elsewhere, and not in a trigger; NULL if the step has none of it. */
static const Node *stranger_in_trigger(const Node *step)
{
    if (step->kind == NODE_SELECT)
        return NULL;
    node_each(child, step)
        switch (child->role) {
        case ROLE_WITH:
        case ROLE_RETURNING:
        case ROLE_ORDER:
        case ROLE_LIMIT: return child;
        case ROLE_TARGET:
            if (span_is_set(child->alias) || span_is_set(child->qualifier) || child->first)
                return child;
            break;
        default:
            if (child->kind == NODE_DEFAULT_VALUES)
                return child;
        }
    return NULL;
}

static void trigger_body(Parser *parser, Node *node)
{
    parse_expect_word(parser, KEYWORD_BEGIN);
    do {
        Node       *next     = parse_query(parser);
        const Node *stranger = next ? stranger_in_trigger(next) : NULL;
        if (!next)
            parse_fail(parser, "SELECT, INSERT, UPDATE or DELETE");
        else
            parse_adopt(parser, node, parse_close(parser, next), ROLE_BODY);
        if (stranger)
            parse_fail_at(parser, stranger->lo, "what a trigger may do");
        parse_expect(parser, TOKEN_SEMICOLON, ";");
    } while (!parse_sees_word(parser, KEYWORD_END) && !parse_sees(parser, TOKEN_END));
    parse_expect_word(parser, KEYWORD_END);
}

static Node *create_trigger(Parser *parser, Node *node)
{
    node->kind = NODE_CREATE_TRIGGER;
    if_not_exists(parser, node);
    parse_qualified_name(parser, node, "the name of a trigger");
    trigger_time(parser, node);
    trigger_event(parser, node);
    parse_expect_word(parser, KEYWORD_ON);
    parse_adopt(parser, node, parse_target(parser), ROLE_TARGET);
    if (parse_take_words(parser, KEYWORD_FOR, KEYWORD_EACH))
        parse_expect_word(parser, KEYWORD_ROW);
    if (parse_take_word(parser, KEYWORD_WHEN))
        parse_adopt(parser, node, parse_expression(parser), ROLE_CONDITION);
    trigger_body(parser, node);
    return parse_close(parser, node);
}

/* -- virtual tables -------------------------------------------------------------------------- */

/* What a module is told is its own affair: any tokens, with balanced parentheses. */
static Node *module_argument(Parser *parser)
{
    Node    *node  = parse_open(parser, NODE_ARGUMENT);
    uint32_t inner = 0;

    while (!parse_sees(parser, TOKEN_END)) {
        if (inner == 0 && (parse_sees(parser, TOKEN_COMMA) || parse_sees(parser, TOKEN_RP)))
            break;
        if (parse_sees(parser, TOKEN_ILLEGAL))
            parse_fail(parser, ", or )");
        inner += parse_sees(parser, TOKEN_LP);
        inner -= parse_sees(parser, TOKEN_RP);
        parse_advance(parser);
    }
    return parse_close(parser, node);
}

static Node *create_virtual_table(Parser *parser, Node *node)
{
    node->kind = NODE_CREATE_VIRTUAL_TABLE;
    parse_expect_word(parser, KEYWORD_TABLE);
    if_not_exists(parser, node);
    parse_adopt(parser, node, parse_target(parser), ROLE_TARGET);
    parse_expect_word(parser, KEYWORD_USING);
    node->name = parse_name(parser, node, "the name of a module");
    if (parse_take(parser, TOKEN_LP)) {
        do
            parse_adopt(parser, node, module_argument(parser), ROLE_ARG);
        while (parse_take(parser, TOKEN_COMMA));
        parse_expect(parser, TOKEN_RP, ")");
    }
    return parse_close(parser, node);
}

/* -- CREATE, ALTER, DROP --------------------------------------------------------------------- */

Node *parse_create(Parser *parser)
{
    Node *node = parse_open(parser, NODE_CREATE_TABLE);

    parse_advance(parser);
    if (parse_take_word(parser, KEYWORD_UNIQUE)) {
        node->flags |= FLAG_UNIQUE;
        parse_expect_word(parser, KEYWORD_INDEX);
        return create_index(parser, node);
    }
    if (parse_take_word(parser, KEYWORD_INDEX))
        return create_index(parser, node);
    if (parse_take_word(parser, KEYWORD_VIRTUAL))
        return create_virtual_table(parser, node);

    if (parse_take_word(parser, KEYWORD_TEMP) || parse_take_word(parser, KEYWORD_TEMPORARY))
        node->flags |= FLAG_TEMP;
    if (parse_take_word(parser, KEYWORD_VIEW))
        return create_view(parser, node);
    if (parse_take_word(parser, KEYWORD_TRIGGER))
        return create_trigger(parser, node);
    if (!parse_take_word(parser, KEYWORD_TABLE)) {
        parse_fail(parser, "TABLE, INDEX, VIEW or TRIGGER");
        return parse_close(parser, node);
    }
    if_not_exists(parser, node);
    return parse_create_table(parser, node);
}

static Node *plain_name(Parser *parser, const char *expected)
{
    Node *node = parse_open(parser, NODE_NAME);

    node->name = parse_name(parser, node, expected);
    return parse_close(parser, node);
}

Node *parse_alter(Parser *parser)
{
    Node *node = parse_open(parser, NODE_ALTER_TABLE);

    parse_advance(parser);
    parse_expect_word(parser, KEYWORD_TABLE);
    parse_adopt(parser, node, parse_target(parser), ROLE_TARGET);
    if (parse_take_words(parser, KEYWORD_RENAME, KEYWORD_TO)) {
        node->op   = OP_RENAME_TABLE;
        node->name = parse_name(parser, node, "a table");
    } else if (parse_take_word(parser, KEYWORD_RENAME)) {
        node->op = OP_RENAME_COLUMN;
        parse_take_word(parser, KEYWORD_COLUMN);
        parse_adopt(parser, node, plain_name(parser, "a column"), ROLE_COLUMN);
        parse_expect_word(parser, KEYWORD_TO);
        node->name = parse_name(parser, node, "a column");
    } else if (parse_take_word(parser, KEYWORD_ADD)) {
        node->op = OP_ADD_COLUMN;
        parse_take_word(parser, KEYWORD_COLUMN);
        parse_adopt(parser, node, parse_column_definition(parser), ROLE_COLUMN);
    } else if (parse_take_word(parser, KEYWORD_DROP)) {
        node->op = OP_DROP_COLUMN;
        parse_take_word(parser, KEYWORD_COLUMN);
        parse_adopt(parser, node, plain_name(parser, "a column"), ROLE_COLUMN);
    } else {
        parse_fail(parser, "RENAME, ADD or DROP");
    }
    return parse_close(parser, node);
}

Node *parse_drop(Parser *parser)
{
    Node *node = parse_open(parser, NODE_DROP);

    parse_advance(parser);
    if (parse_take_word(parser, KEYWORD_TABLE))
        node->op = OP_TABLE;
    else if (parse_take_word(parser, KEYWORD_INDEX))
        node->op = OP_INDEX;
    else if (parse_take_word(parser, KEYWORD_VIEW))
        node->op = OP_VIEW;
    else if (parse_take_word(parser, KEYWORD_TRIGGER))
        node->op = OP_TRIGGER;
    else
        parse_fail(parser, "TABLE, INDEX, VIEW or TRIGGER");
    if_exists(parser, node);
    parse_qualified_name(parser, node, "a name");
    return parse_close(parser, node);
}
