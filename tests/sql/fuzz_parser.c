/*
 * Whatever the bytes: statements follow one another, nodes lie within their parents and after
 * their older siblings, begin and end with a token, and every bind is told once. The facts of a
 * statement can be asked of anything the parser returns.
 */
#include <stdlib.h>

#include "analyzers/sql/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool law)
{
    if (!law)
        abort();
}

static void hold_span(const Node *node, Span span)
{
    hold(span.lo <= span.hi);
    if (span_is_set(span))
        hold(node->lo <= span.lo && span.hi <= node->hi);
}

static void hold_node(const Node *node)
{
    uint32_t at = node->lo;

    hold(node->lo < node->hi);
    hold_span(node, node->name);
    hold_span(node, node->qualifier);
    hold_span(node, node->schema);
    hold_span(node, node->alias);
    node_each(child, node) {
        hold(child->parent == node);
        hold(child->lo >= at && child->hi <= node->hi);
        hold(child->height < node->height);
        at = child->hi;
    }
}

static bool is_border(const uint8_t *borders, uint32_t at)
{
    return borders[at / 8] >> (at % 8) & 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena   *arena   = arena_open();
    Str      text    = { (const char *)data, size };
    Sql      sql     = sql_parse(arena, text);
    uint8_t *borders = arena_array(arena, uint8_t, size / 8 + 1);
    uint32_t end     = 0;

    vec_each(token, &sql.tokens)
        borders[token->lo / 8] |= (uint8_t)(1 << (token->lo % 8));
    vec_each(statement, &sql.statements) {
        hold(statement->lo >= end && statement->hi > statement->lo);
        hold(statement->end >= statement->hi);
        hold(statement->broken == (statement->expected.len > 0));
        hold(!statement->broken || !statement->certain);
        end = statement->end;
        if (!statement->root || statement->root->lo == statement->root->hi)
            continue;
        hold(statement->root->lo >= statement->lo && statement->root->hi <= statement->hi);
        node_walk_each(node, statement->root) {
            hold_node(node);
            hold(is_border(borders, node->lo) && is_border(borders, node->hi));
        }
    }

    StatementVec facts = statements_of(arena, &sql);
    vec_each(statement, &facts) {
        uint32_t at = 0;
        hold(bind_names(arena, statement).count == statement->binds.count);
        vec_each(bind, &statement->binds) {
            hold(bind->lo >= at && bind->hi > bind->lo);
            hold(!bind->node || bind->node->lo == bind->lo);
            hold(statement->broken || !statement->certain || bind->node);
            at = bind->hi;
        }
        vec_each(scope, &statement->scopes)
            hold((*scope)->owner != NULL);
    }
    arena_close(arena);
    return 0;
}
