/* The questions that rules ask of the facts. */
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

/* -- time ------------------------------------------------------------------------------------ */

static const Held *external(const Model *model, const Module *module, NodeId function)
{
    return model_has(model, module, function, ROLE_EXTERNAL);
}

/* `.isoformat()` and its like give the same instant in other words. */
static NodeId inside_of_conversion(const Tree *tree, NodeId call)
{
    static const char *const words[]  = { "isoformat", "strftime", "replace", "timestamp",
                                          "date",      "time",     NULL };
    NodeId function = tree_field(tree, call, F_FUNCTION);

    if (!function || tree_kind(tree, function) != PY_ATTRIBUTE)
        return 0;
    Str name = tree_text(tree, tree_field(tree, function, F_ATTRIBUTE));
    if (str_is(name, "replace") && str_contains(tree_text(tree, call), STR("tzinfo")))
        return 0;
    for (size_t i = 0; words[i]; i++)
        if (str_is(name, words[i]))
            return tree_field(tree, function, F_OBJECT);
    return 0;
}

static bool is_clock_call(const Model *model, const Module *module, NodeId call)
{
    const Tree *tree      = &module->tree;
    NodeId      arguments = tree_field(tree, call, F_ARGUMENTS);
    const Held *held      = external(model, module, tree_field(tree, call, F_FUNCTION));

    if (!held)
        return false;
    Str name = model_value(model, held->value)->name;
    if (str_is(name, "datetime.datetime.utcnow"))
        return true;
    return str_is(name, "datetime.datetime.now") && arguments && tree_arity(tree, arguments) == 0;
}

static bool is_naive_clock(const Model *model, const Module *module, NodeId expression, int depth,
                           Place *clock);

/* A function of the project that gives the time: `def now(): return datetime.utcnow().isoformat()`.
 */
static bool gives_naive_clock(const Model *model, const Module *module, NodeId call, int depth,
                              Place *clock)
{
    Place callee = model_callee(model, module, call);

    if (!callee.node)
        return false;
    const Module *home = model_module(model, callee.module);
    const Tree   *tree = &home->tree;
    for (NodeId id = callee.node; id < tree_node(tree, callee.node)->end; id++)
        if (tree_kind(tree, id) == PY_RETURN && tree_nth(tree, id, 0)
            && scope_function(&home->scopes, id) == callee.node)
            return is_naive_clock(model, home, tree_nth(tree, id, 0), depth + 1, clock);
    return false;
}

static bool is_naive_clock(const Model *model, const Module *module, NodeId expression, int depth,
                           Place *clock)
{
    enum { DEEPEST = 8 };
    const Tree *tree = &module->tree;

    if (!expression || depth > DEEPEST)
        return false;
    expression = tree_strip(tree, expression);
    switch (tree_kind(tree, expression)) {
    case PY_CALL: {
        if (is_clock_call(model, module, expression)) {
            *clock = (Place) { module->id, expression };
            return true;
        }
        return is_naive_clock(model, module, inside_of_conversion(tree, expression), depth + 1,
                              clock)
            || gives_naive_clock(model, module, expression, depth, clock);
    }
    case PY_BINARY: /* now() + timedelta(…) */
        return is_naive_clock(model, module, tree_field(tree, expression, F_LEFT), depth + 1,
                              clock);
    case PY_IDENTIFIER:
    case PY_ATTRIBUTE: {
        SymbolId symbol = 0;
        Place    value  = constant_of(model, module, expression, &symbol);
        if (!value.node)
            return false;
        return is_naive_clock(model, model_module(model, value.module), value.node, depth + 1,
                              clock);
    }
    default:
        return false;
    }
}

bool rule_is_naive_clock(const RuleRun *run, NodeId expression, Place *clock)
{
    return is_naive_clock(run->in->model, run->module, expression, 0, clock);
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
