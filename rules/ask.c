/* The questions that rules ask of the facts. */
#include "analyzers/facts/clock.h"
#include "analyzers/sql/lexer.h"
#include "rules/runner.h"

const Module *rule_module(const RuleRun *run)
{
    return run->module;
}

const Tree *rule_tree(const RuleRun *run)
{
    return &run->module->tree;
}

const Config *rule_config(const RuleRun *run)
{
    return run->in->config;
}

const Value *rule_value(const RuleRun *run, NodeId expression, Role role)
{
    const Held *held = expression ? model_has(run->in->model, run->module, expression, role) : NULL;

    return held ? model_value(run->in->model, held->value) : NULL;
}

bool rule_is(const RuleRun *run, NodeId expression, Role role)
{
    return rule_value(run, expression, role) != NULL;
}

void report_remark(RuleRun *run, const StatementRemark *remark)
{
    report_range(run, remark->lo, remark->hi, STR_FORMAT, STR_ARG(remark->message));
}

/* -- statements ------------------------------------------------------------------------------ */

static bool has_qmark(Arena *scratch, Str sql)
{
    TokenVec tokens = tokens_of(scratch, sql);

    vec_each(token, &tokens)
        if (token->kind == TOKEN_BIND && sql.ptr[token->lo] == '?')
            return true;
    return false;
}

static bool assembles_qmark(Arena *scratch, const Module *module, NodeId expression, int depth);

/* What is assigned or added to a variable anywhere: `sql += " AND x = ?"`. */
static bool variable_has_qmark(Arena *scratch, const Module *module, SymbolId symbol, int depth)
{
    const Tree *tree = &module->tree;

    vec_each(name, &module->scopes.symbols.items[symbol].bindings) {
        NodeId parent = tree_parent(tree, *name);
        Kind   kind   = tree_kind(tree, parent);
        if ((kind == PY_ASSIGNMENT || kind == PY_AUGMENTED_ASSIGNMENT)
            && tree_field(tree, parent, F_RIGHT)
            && assembles_qmark(scratch, module, tree_field(tree, parent, F_RIGHT), depth + 1))
            return true;
    }
    return false;
}

/* Whether an expression that ends up in SQL brings placeholders, as far as literals tell. */
static bool assembles_qmark(Arena *scratch, const Module *module, NodeId expression, int depth)
{
    enum { DEEPEST = 4 };
    const Tree *tree = &module->tree;

    if (depth > DEEPEST)
        return false;
    for (NodeId id = expression; id < tree_node(tree, expression)->end; id++) {
        Literal literal;
        if (tree_kind(tree, id) == PY_STRING && literal_read(scratch, tree, id, &literal)
            && !literal.is_bytes && has_qmark(scratch, literal.text))
            return true;
        SymbolId symbol = tree_kind(tree, id) == PY_IDENTIFIER ? module->scopes.symbol_of[id] : 0;
        if (symbol && variable_has_qmark(scratch, module, symbol, depth))
            return true;
    }
    return false;
}

bool rule_has_qmarks(const Callsite *call)
{
    Arena        *scratch = arena_open();
    const Module *home    = call->sql.home ? call->sql.home : call->module;
    bool          found   = call->sql.shape == SHAPE_IN_LIST || has_qmark(scratch, call->sql.text);

    vec_each(piece, &call->sql.pieces)
        if (!found && piece->kind == PIECE_HOLE && piece->node)
            found = assembles_qmark(scratch, home, piece->node, 0);
    arena_close(scratch);
    return found;
}

bool rule_writes(const StatementRemark *remark)
{
    Arena   *scratch = arena_open();
    TokenVec tokens  = tokens_of(scratch, remark->call->sql.text);
    bool     writes  = false;

    vec_each(token, &tokens)
        writes |= token->keyword == KEYWORD_INSERT || token->keyword == KEYWORD_UPDATE
               || token->keyword == KEYWORD_REPLACE;
    arena_close(scratch);
    return writes;
}

bool rule_opens_itself(const RuleRun *run, const Callsite *call)
{
    const Value *value = model_value(run->in->model, call->value);

    if (!call->function)
        return true; /* a script: nobody else is there to end the transaction */
    if (value->a != call->module->id)
        return false;
    const Callsite *opening = callsite_at(run->in->calls, call->module, value->b);
    return opening && opening->method == METHOD_CONNECT && opening->function == call->function;
}

bool rule_is_naive_clock(const RuleRun *run, NodeId expression, Place *clock)
{
    return is_naive_clock(run->in->model, run->module, expression, clock);
}

/* -- cells ----------------------------------------------------------------------------------- */

/* By the columns of this name in all tables; CERTAINTY_MAYBE where no table is known to have one.
 */
static Certainty column_is_boolean(const Catalog *catalog, Str name)
{
    bool any = false;

    vec_each(table, &catalog->tables) {
        const CatalogColumn *column = catalog_column(*table, name);
        if (column && column->type == PG_BOOLEAN)
            return CERTAINTY_YES;
        any |= column != NULL;
    }
    return any ? CERTAINTY_NO : CERTAINTY_MAYBE;
}

Certainty rule_cell_is_boolean(const RuleRun *run, NodeId cell)
{
    const Value *value = rule_value(run, cell, ROLE_CELL);

    if (!value || !value->name.len
        || value->name.ptr[0] == '#') /* by position: which column that is, is not known */
        return CERTAINTY_NO;
    if (run->in->catalog)
        return column_is_boolean(run->in->catalog, value->name);
    return CERTAINTY_MAYBE;
}
