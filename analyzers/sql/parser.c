#include "analyzers/sql/lexer.h"
#include "analyzers/sql/parse.h"

/* -- tokens ---------------------------------------------------------------------------------- */

const Token *parse_peek(const Parser *parser, size_t ahead)
{
    size_t at = parser->at + ahead;

    return &parser->tokens[parser->failed || at > parser->end ? parser->end : at];
}

bool parse_sees(const Parser *parser, TokenKind kind)
{
    return parse_peek(parser, 0)->kind == kind;
}

bool parse_sees_word(const Parser *parser, Keyword keyword)
{
    return parse_peek(parser, 0)->keyword == keyword;
}

bool parse_sees_words(const Parser *parser, Keyword first, Keyword second)
{
    return parse_sees_word(parser, first) && parse_peek(parser, 1)->keyword == second;
}

Span parse_advance(Parser *parser)
{
    const Token *token = parse_peek(parser, 0);

    if (token->kind == TOKEN_END)
        return (Span) { 0 };
    parser->at++;
    parser->last_hi = token->hi;
    return (Span) { token->lo, token->hi };
}

bool parse_take(Parser *parser, TokenKind kind)
{
    if (!parse_sees(parser, kind))
        return false;
    parse_advance(parser);
    return true;
}

bool parse_take_word(Parser *parser, Keyword keyword)
{
    if (!parse_sees_word(parser, keyword))
        return false;
    parse_advance(parser);
    return true;
}

bool parse_take_words(Parser *parser, Keyword first, Keyword second)
{
    if (!parse_sees_words(parser, first, second))
        return false;
    parse_advance(parser);
    parse_advance(parser);
    return true;
}

/* A hole of this statement, that is. */
static bool stands_behind_hole(const Parser *parser)
{
    return parser->at > 0 && parser->tokens[parser->at - 1].kind == TOKEN_HOLE;
}

void parse_fail(Parser *parser, const char *expected)
{
    if (parser->failed)
        return;
    parser->failed_at = parse_peek(parser, 0)->lo;
    parser->expected  = str_of(expected);
    /* What does not fit behind a hole may fit behind what is in it, which may be nothing. */
    if (parse_sees(parser, TOKEN_HOLE) || stands_behind_hole(parser))
        parser->uncertain = true;
    parser->failed = true;
}

void parse_fail_at(Parser *parser, uint32_t at, const char *expected)
{
    if (parser->failed)
        return;
    parse_fail(parser, expected);
    parser->failed_at = at;
}

void parse_expect(Parser *parser, TokenKind kind, const char *expected)
{
    if (!parse_take(parser, kind))
        parse_fail(parser, expected);
}

void parse_expect_word(Parser *parser, Keyword keyword)
{
    if (!parse_take_word(parser, keyword))
        parse_fail(parser, keyword_name(keyword));
}

Span parse_equals(Parser *parser)
{
    if (parse_sees(parser, TOKEN_EQ) || parse_sees(parser, TOKEN_EQ_EQ))
        return parse_advance(parser);
    parse_fail(parser, "=");
    return (Span) { 0 };
}

bool token_is_identifier(const Token *token)
{
    switch (token->kind) {
    case TOKEN_NAME:
    case TOKEN_QUOTED_NAME:
    case TOKEN_HOLE: return true;
    case TOKEN_KEYWORD: /* a WINDOW, OVER or FILTER that is one still is a keyword for good */
        return keyword_use(token->keyword) != KEYWORD_USE_RESERVED
            && keyword_use(token->keyword) != KEYWORD_USE_WINDOW_ONLY;
    default: return false;
    }
}

bool token_is_name(const Token *token)
{
    return token->kind == TOKEN_STRING || token_is_identifier(token);
}

bool token_is_bare_alias(const Token *token)
{
    switch (token->kind) {
    case TOKEN_NAME:
    case TOKEN_QUOTED_NAME:
    case TOKEN_STRING: return true;
    case TOKEN_KEYWORD: return keyword_use(token->keyword) == KEYWORD_USE_FALLBACK;
    default: return false;
    }
}

/* -- nodes ----------------------------------------------------------------------------------- */

Node *parse_open(Parser *parser, NodeKind kind)
{
    Node *node = arena_new(parser->arena, Node);

    node->kind   = kind;
    node->lo     = parse_peek(parser, 0)->lo;
    node->hi     = node->lo;
    node->height = 1;
    return node;
}

Node *parse_open_around(Parser *parser, NodeKind kind, Node *first, NodeRole role)
{
    Node *node = parse_open(parser, kind);

    if (first)
        node->lo = first->lo;
    parse_adopt(parser, node, first, role);
    return node;
}

/* A node that took nothing (only a failed rule makes one) shrinks to the end of what was taken. */
Node *parse_close(Parser *parser, Node *node)
{
    if (parser->last_hi <= node->lo)
        node->lo = parser->last_hi;
    node->hi = parser->last_hi;
    return node;
}

void parse_adopt(Parser *parser, Node *parent, Node *child, NodeRole role)
{
    if (!child || child->lo == child->hi)
        return;
    child->role   = role;
    child->parent = parent;
    child->index  = parent->last && parent->last->role == role ? parent->last->index + 1 : 0;
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    if (parent->height <= child->height) {
        parent->height = child->height + 1;
        if (parent->height > SQL_HEIGHT_CEILING)
            parse_fail(parser, "a tree less high");
    }
}

Span parse_name(Parser *parser, Node *node, const char *expected)
{
    const Token *token = parse_peek(parser, 0);

    if (!token_is_name(token)) {
        parse_fail(parser, expected);
        return (Span) { 0 };
    }
    if (token->has_hole)
        node->flags |= FLAG_HOLE;
    return parse_advance(parser);
}

Span parse_collation(Parser *parser, Node *node)
{
    if (!token_is_bare_alias(parse_peek(parser, 0)) && !parse_sees(parser, TOKEN_HOLE))
        parse_fail(parser, "the name of a collation");
    return parse_name(parser, node, "the name of a collation");
}

void parse_qualified_name(Parser *parser, Node *node, const char *expected)
{
    node->name = parse_name(parser, node, expected);
    if (parse_take(parser, TOKEN_DOT)) {
        node->qualifier = node->name;
        node->name      = parse_name(parser, node, expected);
    }
}

Node *parse_hole(Parser *parser)
{
    Node *node = parse_open(parser, NODE_HOLE);

    parse_advance(parser);
    return parse_close(parser, node);
}

/* Only holes, no letters: it may stand for more than a name. */
static bool is_bare_hole(const Parser *parser, const Token *token)
{
    if (token->kind != TOKEN_HOLE)
        return false;
    for (uint32_t at = token->lo; at < token->hi; at++)
        if (parser->text.ptr[at] != SQL_HOLE)
            return false;
    return true;
}

Node *parse_name_node(Parser *parser, const char *expected)
{
    const Token *token = parse_peek(parser, 0);
    TokenKind    next  = parse_peek(parser, 1)->kind;

    if (is_bare_hole(parser, token) && (next == TOKEN_COMMA || next == TOKEN_RP))
        return parse_hole(parser);

    Node *node = parse_open(parser, NODE_NAME);
    node->name = parse_name(parser, node, expected);
    return parse_close(parser, node);
}

Node *parse_column_names(Parser *parser)
{
    Node *node = parse_open(parser, NODE_COLUMNS);

    parse_expect(parser, TOKEN_LP, "(");
    do
        parse_adopt(parser, node, parse_name_node(parser, "the name of a column"), ROLE_COLUMN);
    while (parse_take(parser, TOKEN_COMMA));
    parse_clause_holes(parser, node);
    parse_expect(parser, TOKEN_RP, ", or )");
    return parse_close(parser, node);
}

void parse_clause_holes(Parser *parser, Node *parent)
{
    while (parse_sees(parser, TOKEN_HOLE)) {
        parse_adopt(parser, parent, parse_hole(parser), ROLE_TAIL);
        parser->uncertain = true;
    }
}

bool parse_enter(Parser *parser)
{
    if (parser->depth >= SQL_DEPTH_CEILING) {
        parse_fail(parser, "less nesting");
        return false;
    }
    parser->depth++;
    return true;
}

void parse_leave(Parser *parser)
{
    parser->depth--;
}

/* -- small statements ------------------------------------------------------------------------ */

static Node *begin(Parser *parser)
{
    Node *node = parse_open(parser, NODE_BEGIN);

    parse_advance(parser);
    if (parse_take_word(parser, KEYWORD_DEFERRED))
        node->op = OP_DEFERRED;
    else if (parse_take_word(parser, KEYWORD_IMMEDIATE))
        node->op = OP_IMMEDIATE;
    else if (parse_take_word(parser, KEYWORD_EXCLUSIVE))
        node->op = OP_EXCLUSIVE;
    return node;
}

/* What may follow BEGIN, COMMIT, ROLLBACK: TRANSACTION and a name that means nothing. */
static void transaction_words(Parser *parser, Node *node)
{
    if (parse_take_word(parser, KEYWORD_TRANSACTION) && token_is_name(parse_peek(parser, 0))
        && !parse_sees(parser, TOKEN_HOLE))
        parse_name(parser, node, "a name");
}

static Node *rollback(Parser *parser)
{
    Node *node = parse_open(parser, NODE_ROLLBACK);

    parse_advance(parser);
    transaction_words(parser, node);
    if (parse_take_word(parser, KEYWORD_TO)) {
        parse_take_word(parser, KEYWORD_SAVEPOINT);
        node->name = parse_name(parser, node, "the name of a savepoint");
    }
    return node;
}

static Node *savepoint(Parser *parser, NodeKind kind)
{
    Node *node = parse_open(parser, kind);

    parse_advance(parser);
    if (kind == NODE_RELEASE)
        parse_take_word(parser, KEYWORD_SAVEPOINT);
    node->name = parse_name(parser, node, "the name of a savepoint");
    return node;
}

static Node *pragma_value(Parser *parser)
{
    const Token *token = parse_peek(parser, 0);

    if (is_bare_hole(parser, token))
        return parse_hole(parser);
    if (token->keyword == KEYWORD_ON || token->keyword == KEYWORD_DELETE
        || token->keyword == KEYWORD_DEFAULT || token_is_name(token)) {
        Node *node = parse_open(parser, NODE_LITERAL);
        node->op   = token->kind == TOKEN_STRING ? OP_STRING : OP_WORD;
        if (token->has_hole)
            node->flags |= FLAG_HOLE;
        node->name = parse_advance(parser);
        return parse_close(parser, node);
    }
    return parse_signed_number(parser);
}

static Node *pragma(Parser *parser)
{
    Node *node = parse_open(parser, NODE_PRAGMA);

    parse_advance(parser);
    parse_qualified_name(parser, node, "the name of a pragma");
    if (parse_sees(parser, TOKEN_EQ) || parse_sees(parser, TOKEN_EQ_EQ)) {
        parse_advance(parser);
        parse_adopt(parser, node, pragma_value(parser), ROLE_ARG);
    } else if (parse_take(parser, TOKEN_LP)) {
        node->flags |= FLAG_CALL;
        parse_adopt(parser, node, pragma_value(parser), ROLE_ARG);
        parse_expect(parser, TOKEN_RP, ")");
    }
    return node;
}

static Node *attach(Parser *parser)
{
    Node *node = parse_open(parser, NODE_ATTACH);

    parse_advance(parser);
    parse_take_word(parser, KEYWORD_DATABASE);
    parse_adopt(parser, node, parse_expression(parser), ROLE_ITEM);
    parse_expect_word(parser, KEYWORD_AS);
    parse_adopt(parser, node, parse_expression(parser), ROLE_ITEM);
    if (parse_take_word(parser, KEYWORD_KEY))
        parse_adopt(parser, node, parse_expression(parser), ROLE_ITEM);
    return node;
}

static Node *detach(Parser *parser)
{
    Node *node = parse_open(parser, NODE_DETACH);

    parse_advance(parser);
    parse_take_word(parser, KEYWORD_DATABASE);
    parse_adopt(parser, node, parse_expression(parser), ROLE_ITEM);
    return node;
}

static Node *vacuum(Parser *parser)
{
    Node *node = parse_open(parser, NODE_VACUUM);

    parse_advance(parser);
    if (token_is_name(parse_peek(parser, 0)))
        node->name = parse_name(parser, node, "the name of a schema");
    if (parse_take_word(parser, KEYWORD_INTO))
        parse_adopt(parser, node, parse_expression(parser), ROLE_OPERAND);
    return node;
}

/* ANALYZE and REINDEX, with or without a name. */
static Node *maintenance(Parser *parser, NodeKind kind)
{
    Node *node = parse_open(parser, kind);

    parse_advance(parser);
    if (token_is_name(parse_peek(parser, 0)))
        parse_qualified_name(parser, node, "a name");
    return node;
}

/* -- statements ------------------------------------------------------------------------------ */

static Node *statement(Parser *parser);

static Node *explain(Parser *parser)
{
    Node *node = parse_open(parser, NODE_EXPLAIN);

    parse_advance(parser);
    if (parse_take_words(parser, KEYWORD_QUERY, KEYWORD_PLAN))
        node->flags |= FLAG_QUERY_PLAN;
    if (parse_sees_word(parser, KEYWORD_EXPLAIN))
        parse_fail(parser, "a statement");
    else
        parse_adopt(parser, node, statement(parser), ROLE_BODY);
    return node;
}

static Node *statement_of_word(Parser *parser)
{
    switch (parse_peek(parser, 0)->keyword) {
    case KEYWORD_EXPLAIN: return explain(parser);
    case KEYWORD_BEGIN: {
        Node *node = begin(parser);
        transaction_words(parser, node);
        return node;
    }
    case KEYWORD_COMMIT:
    case KEYWORD_END: {
        Node *node = parse_open(parser, NODE_COMMIT);
        parse_advance(parser);
        transaction_words(parser, node);
        return node;
    }
    case KEYWORD_ROLLBACK: return rollback(parser);
    case KEYWORD_SAVEPOINT: return savepoint(parser, NODE_SAVEPOINT);
    case KEYWORD_RELEASE: return savepoint(parser, NODE_RELEASE);
    case KEYWORD_PRAGMA: return pragma(parser);
    case KEYWORD_ATTACH: return attach(parser);
    case KEYWORD_DETACH: return detach(parser);
    case KEYWORD_VACUUM: return vacuum(parser);
    case KEYWORD_ANALYZE: return maintenance(parser, NODE_ANALYZE);
    case KEYWORD_REINDEX: return maintenance(parser, NODE_REINDEX);
    case KEYWORD_CREATE: return parse_create(parser);
    case KEYWORD_ALTER: return parse_alter(parser);
    case KEYWORD_DROP: return parse_drop(parser);
    default: return parse_query(parser);
    }
}

static Node *statement(Parser *parser)
{
    if (parse_sees(parser, TOKEN_HOLE))
        return parse_fragment(parser);

    Node *node = statement_of_word(parser);
    if (!node) {
        parse_fail(parser, "a statement");
        return NULL;
    }
    parse_clause_holes(parser, node);
    return parse_close(parser, node);
}

/* -- texts ----------------------------------------------------------------------------------- */

typedef Vec(uint32_t) IndexVec;

/* What SQLite takes for the name of a window when it looks ahead. */
static bool may_name_window(const Token *token)
{
    if (token->keyword == KEYWORD_WINDOW || token->keyword == KEYWORD_OVER)
        return true;
    return token_is_name(token) && token->keyword != KEYWORD_INDEXED;
}

/* Does OVER, FILTER or WINDOW mean what it says here? As SQLite decides it: by its neighbours. */
static bool keeps_its_meaning(const Token *before, const Token *token, const Token *next,
                              const Token *second)
{
    switch (token->keyword) {
    case KEYWORD_WINDOW: return may_name_window(next) && second->keyword == KEYWORD_AS;
    case KEYWORD_OVER:
        return before && before->kind == TOKEN_RP
            && (next->kind == TOKEN_LP || may_name_window(next));
    case KEYWORD_FILTER: return before && before->kind == TOKEN_RP && next->kind == TOKEN_LP;
    default: return true;
    }
}

static void demote_window_words(TokenVec *tokens)
{
    const Token *end = &tokens->items[tokens->count - 1];

    for (size_t i = 0; i + 1 < tokens->count; i++) {
        Token *token = &tokens->items[i];
        if (token->kind != TOKEN_KEYWORD || keyword_use(token->keyword) != KEYWORD_USE_WINDOW_ONLY)
            continue;
        const Token *next   = token + 1;
        const Token *second = next < end ? next + 1 : end;
        if (!keeps_its_meaning(i ? token - 1 : NULL, token, next, second)) {
            token->kind    = TOKEN_NAME;
            token->keyword = KEYWORD_NONE;
        }
    }
}

static TokenVec tokens_for_grammar(Arena *arena, const TokenVec *tokens, IndexVec *indices)
{
    TokenVec out = { 0 };

    for (size_t i = 0; i < tokens->count; i++) {
        if (token_is_blank(tokens->items[i]))
            continue;
        vec_push(arena, &out, tokens->items[i]);
        vec_push(arena, indices, (uint32_t)i);
    }
    demote_window_words(&out);
    return out;
}

static bool begins_trigger(const Token *tokens)
{
    if (tokens->keyword == KEYWORD_EXPLAIN)
        tokens++;
    if (tokens->keyword == KEYWORD_QUERY)
        tokens++;
    if (tokens->keyword == KEYWORD_PLAN)
        tokens++;
    if (tokens->keyword != KEYWORD_CREATE)
        return false;
    tokens++;
    if (tokens->keyword == KEYWORD_TEMP || tokens->keyword == KEYWORD_TEMPORARY)
        tokens++;
    return tokens->keyword == KEYWORD_TRIGGER;
}

/* The semicolon (or the end) after a statement that is not read, as sqlite3_complete() has it. */
static size_t end_of_unread(const Parser *parser, size_t from)
{
    bool trigger = begins_trigger(parser->tokens + from);

    /* From where it failed: the arguments of a module may hold semicolons of their own. */
    for (size_t at = parser->at; at < parser->end; at++) {
        if (parser->tokens[at].kind != TOKEN_SEMICOLON)
            continue;
        if (!trigger)
            return at;
        bool ended = at > from + 1 && parser->tokens[at - 1].keyword == KEYWORD_END
                  && parser->tokens[at - 2].kind == TOKEN_SEMICOLON;
        if (ended)
            return at;
    }
    return parser->end;
}

static bool any_hole(const Token *tokens, size_t lo, size_t hi)
{
    for (size_t i = lo; i < hi; i++)
        if (tokens[i].has_hole)
            return true;
    return false;
}

static SqlStatement next_statement(Parser *parser, const IndexVec *indices)
{
    size_t       from = parser->at;
    SqlStatement out  = { .lo = parser->tokens[from].lo };

    parser->failed    = false;
    parser->uncertain = false;
    parser->depth     = 0;
    parser->last_hi   = out.lo;
    out.root          = statement(parser);
    if (!parse_sees(parser, TOKEN_SEMICOLON) && !parse_sees(parser, TOKEN_END))
        parse_fail(parser, "the end of the statement");

    bool failed    = parser->failed;
    parser->failed = false;
    if (failed)
        parser->at = end_of_unread(parser, from);

    size_t to       = parser->at;
    out.hi          = parser->tokens[to - 1].hi;
    out.first_token = indices->items[from];
    out.end_token   = indices->items[to - 1] + 1;
    out.has_hole    = any_hole(parser->tokens, from, to);
    /* After a hole that may hold clauses, what looks wrong may be right. */
    out.broken  = failed && !parser->uncertain;
    out.certain = !failed && !parser->uncertain;
    if (out.broken) {
        out.broken_at = parser->failed_at < out.hi ? parser->failed_at : out.hi;
        out.expected  = parser->expected;
    }
    parse_take(parser, TOKEN_SEMICOLON);
    out.end = parser->at > to ? parser->last_hi : out.hi;
    return out;
}

static bool begins_definition(const Token *token)
{
    return token->keyword == KEYWORD_CREATE || token->keyword == KEYWORD_ALTER
        || token->keyword == KEYWORD_DROP;
}

static bool begins_change(const Token *token)
{
    return token->keyword == KEYWORD_INSERT || token->keyword == KEYWORD_REPLACE || token->keyword == KEYWORD_UPDATE
        || token->keyword == KEYWORD_DELETE;
}

static void leave_out(Parser *parser, Sql *sql)
{
    const Token *first = parse_peek(parser, 0);

    if (begins_change(first) && sql->changes++ == 0)
        sql->rows = (Span) { first->lo, first->hi };
    parser->at = end_of_unread(parser, parser->at);
}

typedef enum Wanted { WANTED_ALL, WANTED_DEFINITIONS } Wanted;

static Sql parse_text(Arena *arena, Str text, Wanted wanted)
{
    Sql      sql     = { .text = text, .tokens = tokens_of(arena, text) };
    IndexVec indices = { 0 };
    TokenVec tokens  = tokens_for_grammar(arena, &sql.tokens, &indices);
    Parser   parser  = {
           .arena = arena, .text = text, .tokens = tokens.items, .end = tokens.count - 1
    };

    while (!parse_sees(&parser, TOKEN_END)) {
        if (parse_take(&parser, TOKEN_SEMICOLON))
            continue;
        if (wanted == WANTED_DEFINITIONS && !begins_definition(parse_peek(&parser, 0))) {
            leave_out(&parser, &sql);
            continue;
        }
        SqlStatement next = next_statement(&parser, &indices);
        vec_push(arena, &sql.statements, next);
    }
    return sql;
}

Sql sql_parse(Arena *arena, Str text)
{
    return parse_text(arena, text, WANTED_ALL);
}

Sql sql_parse_definitions(Arena *arena, Str text)
{
    return parse_text(arena, text, WANTED_DEFINITIONS);
}

const Node *sql_parse_expression(Arena *arena, Str text)
{
    TokenVec all     = tokens_of(arena, text);
    IndexVec indices = { 0 };
    TokenVec tokens  = tokens_for_grammar(arena, &all, &indices);
    Parser   parser  = {
           .arena = arena, .text = text, .tokens = tokens.items, .end = tokens.count - 1
    };

    Node *node = parse_expression(&parser);
    if (!parse_sees(&parser, TOKEN_END) || parser.failed)
        return NULL;
    return node;
}
