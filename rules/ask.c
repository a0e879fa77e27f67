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

uint32_t rule_qmarks(const Callsite *call)
{
    Arena   *scratch = arena_open();
    TokenVec tokens  = tokens_of(scratch, call->sql.text);
    uint32_t count   = 0;

    vec_each(token, &tokens)
        count += token->kind == TOKEN_BIND && call->sql.text.ptr[token->lo] == '?';
    arena_close(scratch);
    return count + (call->sql.shape == SHAPE_IN_LIST);
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
    static const char *const words[] = { "isoformat", "strftime", "replace", "timestamp", "date", "time", NULL };
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

static bool is_naive_clock(const Model *model, const Module *module, NodeId expression, int depth, Place *clock)
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
        return is_naive_clock(model, module, inside_of_conversion(tree, expression), depth + 1, clock);
    }
    case PY_BINARY: /* now() + timedelta(…) */
        return is_naive_clock(model, module, tree_field(tree, expression, F_LEFT), depth + 1, clock);
    case PY_IDENTIFIER:
    case PY_ATTRIBUTE: {
        SymbolId symbol = 0;
        Place    value  = constant_of(model, module, expression, &symbol);
        if (!value.node)
            return false;
        return is_naive_clock(model, model_module(model, value.module), value.node, depth + 1, clock);
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

Certainty rule_cell_is_boolean(const RuleRun *run, NodeId cell)
{
    return rule_is(run, cell, ROLE_CELL) ? CERTAINTY_MAYBE : CERTAINTY_NO;
}
