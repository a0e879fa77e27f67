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

bool rule_has_feature(const Rule *rule, const char *feature)
{
    for (size_t i = 0; i < FEATURE_LIMIT && rule->features[i]; i++)
        if (strcmp(rule->features[i], feature) == 0)
            return true;
    return false;
}

/* What is the same as it stands (rows alike to an ORDER BY that nothing depends on) is worth no finding. */
void report_remark(RuleRun *run, const StatementRemark *remark)
{
    if (remark->verdict == SQL_SAME && !remark->changed)
        return;
    report_range(run, remark->lo, remark->hi, STR_FORMAT, STR_ARG(remark->message));
}

void report_schema(RuleRun *run, const SchemaFinding *finding)
{
    report_range(run, finding->lo, finding->hi, STR_FORMAT, STR_ARG(finding->message));
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

bool rule_is_now(const StatementRemark *remark)
{
    static const char word[] = "'now'";

    for (size_t at = 0; at + strlen(word) <= remark->sql.len; at++)
        if (str_eq_nocase(str_slice(remark->sql, at, at + strlen(word)), str_of(word)))
            return true;
    return false;
}

/* Whether a function puts what it gives back where others find it: `g.db = sqlite3.connect(…)`. */
static bool shares_connection(const RuleRun *run, const Module *module, NodeId function)
{
    const Tree *tree = &module->tree;

    for (NodeId id = function; id < tree_node(tree, function)->end; id++) {
        Kind kind = tree_kind(tree, id);
        if ((kind == PY_ATTRIBUTE || kind == PY_SUBSCRIPT) && tree_node(tree, id)->field == F_LEFT
            && tree_kind(tree, tree_parent(tree, id)) == PY_ASSIGNMENT
            && model_has(run->in->model, module, tree_field(tree, tree_parent(tree, id), F_RIGHT), ROLE_CONNECTION))
            return true;
        if (kind == PY_GLOBAL)
            return true;
    }
    return false;
}

static bool is_own_name(const RuleRun *run, const Module *module, NodeId name);

/* Whether calling this gives a connection that nobody else has; what is handed through keeps its owner. */
static bool opens(const RuleRun *run, const Module *module, NodeId call, int depth)
{
    enum { DEEPEST = 4 };
    const Callsite *site      = callsite_at(run->in->calls, module, call);
    NodeId          arguments = tree_field(&module->tree, call, F_ARGUMENTS);

    if (site && site->method == METHOD_CONNECT)
        return true;
    if (arguments && depth <= DEEPEST)
        tree_each_child(given, &module->tree, arguments)
            if (model_has(run->in->model, module, given, ROLE_CONNECTION))
                return tree_kind(&module->tree, given) == PY_CALL         ? opens(run, module, given, depth + 1)
                     : tree_kind(&module->tree, given) == PY_IDENTIFIER && is_own_name(run, module, given);
    Place callee = model_callee(run->in->model, module, call);
    if (!callee.node || depth > DEEPEST)
        return false;
    const Module *home = model_module(run->in->model, callee.module);
    const Tree   *tree = &home->tree;
    if (shares_connection(run, home, callee.node))
        return false;
    for (NodeId id = callee.node; id < tree_node(tree, callee.node)->end; id++)
        if (tree_kind(tree, id) == PY_CALL && scope_function(&home->scopes, id) == callee.node
            && opens(run, home, id, depth + 1))
            return true;
    return false;
}

/* `with pool.connection() as conn`, `conn = open_connection(path)`: whether a name is given a connection of its own. */
static bool is_own_name(const RuleRun *run, const Module *module, NodeId name)
{
    const Tree *tree   = &module->tree;
    SymbolId    symbol = module->scopes.symbol_of[name];

    if (!symbol || module->scopes.symbols.items[symbol].is_parameter)
        return false;
    vec_each(bound, &module->scopes.symbols.items[symbol].bindings) {
        NodeId parent = tree_parent(tree, *bound);
        if (tree_kind(tree, parent) == PY_AS_PATTERN_TARGET)
            continue;
        NodeId value = tree_kind(tree, parent) == PY_ASSIGNMENT ? tree_strip(tree, tree_field(tree, parent, F_RIGHT)) : 0;
        if (!value || tree_kind(tree, value) != PY_CALL || !opens(run, module, value, 0))
            return false;
    }
    return true;
}

/* `self.conn`, which the object opens itself: wherever it is given, that is not by a parameter. */
static bool is_own_attribute(const RuleRun *run, const Module *module, NodeId attribute)
{
    const StoreVec *stores = model_stores(run->in->model, tree_text(&module->tree, tree_field(&module->tree, attribute, F_ATTRIBUTE)));
    NodeId          class  = tree_enclosing(&module->tree, attribute, PY_CLASS);
    bool            any    = false;

    vec_each(store, stores) {
        if (!class || store->at.module != module->id || !tree_is_inside(&module->tree, store->at.node, class))
            continue;
        NodeId value = tree_strip(&module->tree, store->value);
        if (tree_kind(&module->tree, value) == PY_NONE_LITERAL)
            continue;
        if (tree_kind(&module->tree, value) == PY_IDENTIFIER && is_own_name(run, module, value)) {
            any = true;
            continue;
        }
        if (tree_kind(&module->tree, value) != PY_CALL || !opens(run, module, value, 0))
            return false;
        any = true;
    }
    return any;
}

bool rule_is_below_engine(const Callsite *call)
{
    const Tree *tree      = &call->module->tree;
    NodeId      decorated = call->function ? tree_parent(tree, call->function) : 0;

    if (decorated && tree_kind(tree, decorated) == PY_DECORATED)
        tree_each_child(child, tree, decorated)
            if (tree_kind(tree, child) == PY_DECORATOR && str_contains(tree_text(tree, child), STR("listens_for")))
                return true;
    return false;
}

bool rule_opens_itself(const RuleRun *run, const Callsite *call)
{
    const Tree *tree     = &call->module->tree;
    NodeId      receiver = call->receiver ? tree_strip(tree, call->receiver) : 0;

    if (!call->function)
        return true; /* a script: nobody else is there to end the transaction */
    if (!receiver)
        return false;
    if (tree_kind(tree, receiver) == PY_IDENTIFIER)
        return is_own_name(run, call->module, receiver);
    return tree_kind(tree, receiver) == PY_ATTRIBUTE && is_own_attribute(run, call->module, receiver);
}

bool rule_is_naive_clock(const RuleRun *run, NodeId expression, Place *clock)
{
    return is_naive_clock(run->in->model, run->module, expression, clock);
}

/* -- cells ----------------------------------------------------------------------------------- */

/* `COALESCE(is_late, 0) AS late`, `COUNT(*) AS late`: what a statement gives under a name that no column has. */
static bool alias_is_boolean(const RuleRun *run, Str name)
{
    Arena *scratch = arena_open();
    bool   found   = false;

    vec_each(call, run->in->calls) {
        Str text = call->sql.text;
        if (!method_is_sql(call->method) || !str_contains(text, name))
            continue;
        TokenVec tokens = tokens_of(scratch, text);
        bool     flag = false, counts = false;
        int      depth = 0;
        vec_each(token, &tokens) {
            Str word = token_text(text, *token);
            depth += (token->kind == TOKEN_LP) - (token->kind == TOKEN_RP);
            if (depth == 0 && (token->kind == TOKEN_COMMA || token->keyword == KEYWORD_SELECT)) {
                flag = counts = false;
            } else if (token->kind == TOKEN_NAME && str_eq_nocase(word, name)) {
                found |= flag && !counts;
            } else if (token->kind == TOKEN_NAME) {
                counts |= str_eq_nocase(word, STR("count")) || str_eq_nocase(word, STR("sum"));
                vec_each(table, &run->in->catalog->tables) {
                    const CatalogColumn *column = catalog_column(*table, word);
                    flag |= column && column->type == PG_BOOLEAN;
                }
            }
        }
    }
    arena_close(scratch);
    return found;
}

/* By the columns of this name in all tables; CERTAINTY_MAYBE where no table is known. */
static Certainty column_is_boolean(const RuleRun *run, Str name)
{
    const Catalog *catalog = run->in->catalog;
    bool           any     = false;

    vec_each(table, &catalog->tables) {
        const CatalogColumn *column = catalog_column(*table, name);
        if (column && column->type == PG_BOOLEAN)
            return CERTAINTY_YES;
        any |= column != NULL;
    }
    if (any || !catalog->tables.count)
        return any ? CERTAINTY_NO : CERTAINTY_MAYBE;
    return alias_is_boolean(run, name) ? CERTAINTY_YES : CERTAINTY_NO;
}

Certainty rule_cell_is_boolean(const RuleRun *run, NodeId cell)
{
    const Value *value = rule_value(run, cell, ROLE_CELL);

    if (!value || !value->name.len
        || value->name.ptr[0] == '#') /* by position: which column that is, is not known */
        return CERTAINTY_NO;
    if (run->in->catalog)
        return column_is_boolean(run, value->name);
    return CERTAINTY_MAYBE;
}
