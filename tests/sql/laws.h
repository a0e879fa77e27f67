/*
 * What holds for every text the parser has read: for the tests and for the fuzzer.
 *
 * sql_breaks() gives a sentence about the first law that is broken, or NULL; `at` is the byte it
 * is about.
 *
 * - Tokens tile the text; statements follow one another.
 * - A node lies within its parent and after its older siblings, begins and ends with a token, is
 *   less high than its parent. Its spans are whole tokens of its own: in none of its children,
 *   and not one in the other.
 * - Nothing the author wrote gets lost: in a statement that was understood, each name, literal,
 *   bind and hole is a leaf or in a span of the node whose token it is, but for the words that mean
 *   nothing to anybody (is_lost_on_purpose()). With the leaves, the spans, and the keywords and
 *   signs between them the tree tiles the statement.
 * - An expression cut out and read again is the same tree: its range is exact.
 * - Facts can be asked of anything, and every bind is told once.
 */
#ifndef TESTS_SQL_LAWS_H
#define TESTS_SQL_LAWS_H

#include "analyzers/sql/lexer.h"
#include "analyzers/sql/parser.h"
#include "analyzers/sql/statement.h"

typedef struct Laws {
    Arena      *arena;
    const Sql  *sql;
    uint8_t    *borders; /* bit by bit: a token begins there */
    const char *broken;
    uint32_t    at;
} Laws;

static bool hold(Laws *laws, bool law, const char *sentence, uint32_t at)
{
    if (!law && !laws->broken) {
        laws->broken = sentence;
        laws->at     = at;
    }
    return law;
}

static bool is_border(const Laws *laws, uint32_t at)
{
    return laws->borders[at / 8] >> (at % 8) & 1;
}

/* -- nodes ----------------------------------------------------------------------------------- */

static bool spans_meet(Span a, Span b)
{
    return span_is_set(a) && span_is_set(b) && a.lo < b.hi && b.lo < a.hi;
}

/* The operator of a compound belongs to the core behind it, and stands before that. */
static bool is_joined_core(const Node *node)
{
    return node->kind == NODE_SELECT_CORE || node->kind == NODE_VALUES;
}

static void hold_spans(Laws *laws, const Node *node)
{
    const Span spans[] = { node->name, node->qualifier, node->schema, node->alias, node->operator_ };
    enum { COUNT = sizeof spans / sizeof *spans };

    for (int i = 0; i < COUNT; i++) {
        Span span = spans[i];
        hold(laws, span.lo <= span.hi, "a span ends before it begins", node->lo);
        if (!span_is_set(span))
            continue;
        if (i == COUNT - 1 && is_joined_core(node))
            hold(laws, span.hi <= node->lo, "UNION does not stand before what it joins", span.lo);
        else
            hold(laws, node->lo <= span.lo && span.hi <= node->hi, "a span lies outside of its node", span.lo);
        hold(laws, is_border(laws, span.lo), "a span does not begin with a token", span.lo);
        node_each(child, node)
            hold(laws, !spans_meet(span, (Span) { child->lo, child->hi }), "a span lies in a child", span.lo);
        for (int k = 0; k < i; k++)
            hold(laws, !spans_meet(span, spans[k]), "two spans meet", span.lo);
    }
}

static void hold_node(Laws *laws, const Node *node)
{
    uint32_t at = node->lo;

    hold(laws, node->lo < node->hi, "an empty node", node->lo);
    hold(laws, is_border(laws, node->lo) && is_border(laws, node->hi), "a node within a token", node->lo);
    hold_spans(laws, node);
    node_each(child, node) {
        hold(laws, child->parent == node, "a child of somebody else", child->lo);
        hold(laws, child->lo >= at && child->hi <= node->hi, "children are not in order", child->lo);
        hold(laws, child->height < node->height, "a child as high as its parent", child->lo);
        at = child->hi;
    }
}

/* -- nothing gets lost ----------------------------------------------------------------------- */

static bool carries_meaning(const Token *token)
{
    switch (token->kind) {
    case TOKEN_NAME:
    case TOKEN_QUOTED_NAME:
    case TOKEN_STRING:
    case TOKEN_BLOB:
    case TOKEN_INTEGER:
    case TOKEN_FLOAT:
    case TOKEN_BIND:
    case TOKEN_HOLE: return true;
    default: return false;
    }
}

static bool in_span(const Token *token, Span span)
{
    return span.lo <= token->lo && token->hi <= span.hi;
}

/*
 * Words SQLite reads and forgets: the name after TRANSACTION, a collation in a list of columns, and
 * what WITHOUT ROWID, STRICT, STORED and EXCLUSIVE come down to, a flag.
 */
static bool is_lost_on_purpose(const Node *node)
{
    switch (node->kind) {
    case NODE_BEGIN:
    case NODE_COMMIT:
    case NODE_ROLLBACK:
    case NODE_COLUMNS:
    case NODE_CREATE_TABLE: return true;
    case NODE_CONSTRAINT: return node->op == OP_GENERATED;
    default: return false;
    }
}

static bool is_told(const Node *node, const Token *token)
{
    if (!node->first && (node->kind == NODE_LITERAL || node->kind == NODE_BIND || node->kind == NODE_HOLE
                         || node->kind == NODE_ARGUMENT))
        return true;
    return in_span(token, node->name) || in_span(token, node->qualifier) || in_span(token, node->schema)
        || in_span(token, node->alias) || in_span(token, node->operator_) || is_lost_on_purpose(node);
}

static void hold_all_told(Laws *laws, const SqlStatement *statement)
{
    for (uint32_t i = statement->first_token; i < statement->end_token; i++) {
        const Token *token = &laws->sql->tokens.items[i];
        if (!carries_meaning(token))
            continue;
        const Node *node = node_at(statement->root, token->lo, token->hi);
        if (!hold(laws, node != NULL, "a token in no node", token->lo))
            return;
        hold(laws, is_told(node, token), "a token that no leaf and no span tells", token->lo);
    }
}

/* -- ranges are exact ------------------------------------------------------------------------ */

static bool span_moved(Span a, Span b, uint32_t by)
{
    return span_is_set(a) ? a.lo == b.lo + by && a.hi == b.hi + by : !span_is_set(b);
}

static bool node_moved(const Node *a, const Node *b, uint32_t by)
{
    return a->kind == b->kind && a->op == b->op && a->flags == b->flags && a->lo == b->lo + by
        && a->hi == b->hi + by && span_moved(a->name, b->name, by)
        && span_moved(a->qualifier, b->qualifier, by) && span_moved(a->alias, b->alias, by)
        && span_moved(a->operator_, b->operator_, by);
}

static bool same_tree(const Node *a, const Node *b, uint32_t by)
{
    const Node *x = a, *y = b;

    while (x && y) {
        if (!node_moved(x, y, by))
            return false;
        x = node_walk(a, x);
        y = node_walk(b, y);
    }
    return !x && !y;
}

static bool is_expression(const Node *node)
{
    return node->kind >= NODE_LITERAL && node->kind <= NODE_CASE && node->kind != NODE_STAR
        && node->kind != NODE_LIST && node->kind != NODE_TYPE;
}

/* A word by itself (DEFAULT x, PRAGMA y = on, +1 of a type) is no expression. */
static bool is_of_expression(const Node *node)
{
    const Node *parent = node->parent;

    if (!is_expression(node) || !parent || (node->kind == NODE_LITERAL && node->op == OP_WORD))
        return false;
    switch (parent->kind) {
    case NODE_PRAGMA:
    case NODE_RAISE: /* any word may be its name */
    case NODE_TYPE:
    case NODE_ARGUMENT: return false;
    case NODE_CONSTRAINT: return parent->op != OP_DEFAULT;
    case NODE_UNARY: return !parent->parent || parent->parent->kind != NODE_CONSTRAINT;
    default: return true;
    }
}

static void hold_range(Laws *laws, const Node *node)
{
    const Node *alone = sql_parse_expression(laws->arena, node_text(laws->sql->text, node));

    if (hold(laws, alone != NULL, "an expression that is none when it stands alone", node->lo))
        hold(laws, same_tree(node, alone, node->lo), "an expression reads differently alone", node->lo);
}

/* -- statements ------------------------------------------------------------------------------ */

static void hold_tokens(Laws *laws)
{
    uint32_t at = 0;

    vec_each(token, &laws->sql->tokens) {
        hold(laws, token->lo == at, "tokens do not tile the text", at);
        hold(laws, (token->hi > token->lo) == (token->kind != TOKEN_END), "an empty token", at);
        at = token->hi;
        laws->borders[token->lo / 8] |= (uint8_t)(1 << (token->lo % 8));
    }
    hold(laws, at == laws->sql->text.len, "tokens end before the text", at);
}

static void hold_statement(Laws *laws, const SqlStatement *statement, uint32_t end)
{
    hold(laws, statement->lo >= end && statement->hi > statement->lo, "statements are not in order", statement->lo);
    hold(laws, statement->end >= statement->hi, "a statement ends after its end", statement->hi);
    hold(laws, statement->broken == (statement->expected.len > 0), "broken, but nothing expected", statement->lo);
    hold(laws, !statement->broken || !statement->certain, "broken, and certain", statement->lo);

    const Node *root = statement->root;
    if (!root || root->lo == root->hi) {
        hold(laws, !statement->certain, "certain, and no tree", statement->lo);
        return;
    }
    hold(laws, root->lo >= statement->lo && root->hi <= statement->hi, "a tree outside of its statement", root->lo);
    node_walk_each(node, root)
        hold_node(laws, node);
    if (!statement->certain || laws->broken)
        return;
    hold(laws, root->lo == statement->lo && root->hi == statement->hi, "a tree smaller than its statement", root->lo);
    hold_all_told(laws, statement);
}

static void hold_ranges(Laws *laws)
{
    vec_each(statement, &laws->sql->statements)
        if (statement->root && statement->certain && !statement->has_hole)
            node_walk_each(node, statement->root)
                if (is_of_expression(node))
                    hold_range(laws, node);
}

static void hold_facts(Laws *laws)
{
    StatementVec facts = statements_of(laws->arena, laws->sql);

    vec_each(statement, &facts) {
        uint32_t at = 0;
        hold(laws, bind_names(laws->arena, statement).count == statement->binds.count, "a bind without a name", at);
        vec_each(bind, &statement->binds) {
            hold(laws, bind->lo >= at && bind->hi > bind->lo, "binds are not in order", bind->lo);
            hold(laws, !bind->node || bind->node->lo == bind->lo, "a bind of another node", bind->lo);
            hold(laws, statement->broken || !statement->certain || bind->node, "a bind of no node", bind->lo);
            at = bind->hi;
        }
        vec_each(scope, &statement->scopes)
            hold(laws, (*scope)->owner != NULL, "a scope of nobody", 0);
    }
}

/* The text of an expression is read again for each expression in it: for short texts. */
enum { RANGES_CEILING = 4096 };

static const char *sql_breaks(Arena *arena, const Sql *sql, uint32_t *at)
{
    Laws     laws = { .arena = arena, .sql = sql };
    uint32_t end  = 0;

    laws.borders = arena_array(arena, uint8_t, sql->text.len / 8 + 1);
    hold_tokens(&laws);
    vec_each(statement, &sql->statements) {
        hold_statement(&laws, statement, end);
        end = statement->end;
    }
    if (sql->text.len <= RANGES_CEILING && !laws.broken)
        hold_ranges(&laws);
    hold_facts(&laws);
    *at = laws.at;
    return laws.broken;
}

#endif
