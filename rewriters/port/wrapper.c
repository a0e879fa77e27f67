/*
 * Wrappers: functions that hand their callers' SQL on (PY-35).
 *
 * Within a wrapper the statement is not known. `execute(sql, values)` becomes `execute(*bound(sql, values))`:
 * bound(), of the engine module, reads the placeholders as SQLite does when the call runs, so the wrapper serves
 * callers that are ported (`:name`, a dict) and those that are not (`?`, a sequence) alike. Hence each call of it
 * is a unit of its own, which needs the wrapper's.
 *
 * A caller's statement and values are ported as those of an execute(), but for text(), which is bound()'s
 * business. Where they cannot be paired the call stays as it is, as long as nothing in its SQL has to change.
 */
#include "rewriters/port/work.h"

/* -- within the wrapper ------------------------------------------------------------------------ */

/* The variable that values are handed on in: `args`, `tuple(args)`, `args or ()`; 0 if it is no such thing. */
static NodeId plain_values(const Tree *tree, NodeId node)
{
    static const char *const conversions[] = { "tuple", "list" };

    node = tree_strip(tree, node);
    if (tree_kind(tree, node) == PY_IDENTIFIER)
        return node;
    if (tree_kind(tree, node) == PY_BOOLEAN && str_is(tree_text(tree, tree_field(tree, node, F_OPERATOR)), "or")) {
        NodeId right = tree_strip(tree, tree_field(tree, node, F_RIGHT));
        Kind   kind  = tree_kind(tree, right);
        bool   empty = (kind == PY_TUPLE || kind == PY_LIST || kind == PY_DICTIONARY) && tree_arity(tree, right) == 0;
        return empty ? plain_values(tree, tree_field(tree, node, F_LEFT)) : 0;
    }
    NodeId function  = tree_kind(tree, node) == PY_CALL ? tree_field(tree, node, F_FUNCTION) : 0;
    NodeId arguments = function ? tree_field(tree, node, F_ARGUMENTS) : 0;
    for (size_t i = 0; function && i < sizeof conversions / sizeof *conversions; i++)
        if (str_is(tree_text(tree, function), conversions[i]) && tree_arity(tree, arguments) == 1)
            return plain_values(tree, tree_nth(tree, arguments, 0));
    return 0;
}

static bool is_parameter(const Module *module, NodeId name)
{
    SymbolId symbol = module->scopes.symbol_of[name];

    return symbol && module->scopes.symbols.items[symbol].is_parameter;
}

/* Whether an expression is a parameter's text as it came, but for blanks around it. */
static bool is_plain_text(const Module *module, NodeId node)
{
    static const char *const methods[] = { "strip", "lstrip", "rstrip" };
    const Tree *tree = &module->tree;

    node = tree_strip(tree, node);
    if (tree_kind(tree, node) == PY_IDENTIFIER)
        return is_parameter(module, node) && module->scopes.symbols.items[module->scopes.symbol_of[node]].bindings.count == 1;
    NodeId function = tree_kind(tree, node) == PY_CALL ? tree_field(tree, node, F_FUNCTION) : 0;
    if (!function || tree_kind(tree, function) != PY_ATTRIBUTE)
        return false;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (str_is(tree_text(tree, tree_field(tree, function, F_ATTRIBUTE)), methods[i]))
            return is_plain_text(module, tree_field(tree, function, F_OBJECT));
    return false;
}

enum { WRAPPERS_DEEP = 8 };

static const Callsite *next_inside(const Work *work, const Callsite *inner)
{
    return inner->method == METHOD_WRAPPER
             ? callsite_at(work->in->units->calls, model_module(work->model, inner->because.module), inner->because.node) : NULL;
}

/* Whether something holds for all calls by which a wrapper, and the wrappers within, hand on what they are given. */
static bool holds_inside(const Work *work, const Callsite *inner, bool (*holds)(const Callsite *))
{
    int step = 0;

    for (; inner && inner->is_passed_on && step < WRAPPERS_DEEP; step++) {
        vec_each(site, work->in->units->calls)
            if (site->module == inner->module && site->function == inner->function && site->is_passed_on && !holds(site))
                return false;
        if (inner->method != METHOD_WRAPPER)
            return true;
        inner = next_inside(work, inner);
    }
    return false;
}

static bool is_single(const Callsite *site)
{
    return site->method == METHOD_EXECUTE || site->method == METHOD_WRAPPER;
}

static bool hands_text_on(const Callsite *site)
{
    return is_plain_text(site->module, site->sql_node);
}

/* `@lru_cache`, `@memoize`: what is given must have a hash, and a dict has none. */
static bool is_cached(const Module *module, NodeId function)
{
    const Tree *tree      = &module->tree;
    NodeId      decorated = tree_parent(tree, function);

    if (tree_kind(tree, decorated) == PY_DECORATED)
        tree_each_child(child, tree, decorated)
            if (tree_kind(tree, child) == PY_DECORATOR
                && (str_contains(tree_text(tree, child), STR("cache")) || str_contains(tree_text(tree, child), STR("memo"))))
                return true;
    return false;
}

/* Whether a function does with a sequence of values what it could not do with a dict: `args[0]`, `for a in args`, `args + …`. */
static bool looks_into(const Module *module, NodeId values)
{
    const Tree *tree     = &module->tree;
    SymbolId    symbol   = module->scopes.symbol_of[values];
    NodeId      function = scope_function(&module->scopes, values);

    if (is_cached(module, function))
        return true;
    for (NodeId id = function; id < tree_node(tree, function)->end; id++) {
        if (tree_kind(tree, id) != PY_IDENTIFIER || module->scopes.symbol_of[id] != symbol)
            continue;
        NodeId parent = tree_parent(tree, id);
        bool   packed = tree_kind(tree, parent) == PY_TUPLE;
        Kind   around = packed ? tree_kind(tree, tree_parent(tree, parent)) : tree_kind(tree, parent);
        switch (around) {
        case PY_BINARY: /* `"…" % (sql, args)` shows them, `args + (x,)` does not */
            if (!packed)
                return true;
            break;
        case PY_SUBSCRIPT:
        case PY_FOR:
        case PY_FOR_IN:
        case PY_LIST_SPLAT:
        case PY_ATTRIBUTE:
            return true;
        case PY_ASSIGNMENT: /* `key = (sql, args)` */
        case PY_COMPARISON:
            if (packed)
                return true;
            break;
        default:
            break;
        }
    }
    return false;
}

/* Whether a dict may be given where a sequence was. */
static bool hands_values_on(const Callsite *site)
{
    if (!site->params.node)
        return site->params.shape == PARAMS_NONE;
    NodeId values = plain_values(&site->module->tree, site->params.node);
    return values && is_parameter(site->module, values) && !looks_into(site->module, values);
}

/* Whether a function asks a result for the key of the row it inserted. */
static bool asks_for_key(const Work *work, const Callsite *inner)
{
    const Tree *tree = &inner->module->tree;

    for (NodeId id = inner->function; id < tree_node(tree, inner->function)->end; id++)
        if (tree_kind(tree, id) == PY_ATTRIBUTE && str_is(tree_text(tree, tree_field(tree, id, F_ATTRIBUTE)), "lastrowid")
            && model_has(work->model, inner->module, tree_field(tree, id, F_OBJECT), ROLE_CURSOR))
            return true;
    return false;
}

static bool gives_key(const Work *work, const Callsite *inner)
{
    for (int step = 0; inner && inner->function && step < WRAPPERS_DEEP; step++, inner = next_inside(work, inner))
        if (asks_for_key(work, inner))
            return true;
    return false;
}

/* `tuple(args)` would make a tuple of a dict's keys. */
static void strip_conversion(Work *work, NodeId node, NodeId values)
{
    const Tree *tree = work->tree;

    if (node != values && tree_kind(tree, tree_strip(tree, node)) == PY_CALL)
        work_edit(work, work->module, tree_node(tree, node)->lo, tree_node(tree, node)->hi, tree_text(tree, values));
}

/* Whether the call is execute(sql) or execute(sql, values), by position. */
static bool is_plain_call(const Tree *tree, const Callsite *call)
{
    NodeId   arguments = tree_field(tree, call->call, F_ARGUMENTS);
    uint32_t count     = arguments ? tree_arity(tree, arguments) : 0;

    tree_each_child(argument, tree, arguments)
        if (tree_kind(tree, argument) == PY_KEYWORD_ARGUMENT || tree_kind(tree, argument) == PY_LIST_SPLAT
            || tree_kind(tree, argument) == PY_DICTIONARY_SPLAT)
            return false;
    return count == 1 || count == 2;
}

void port_passing(Work *work, Execute *execute)
{
    const Callsite *call   = execute->call;
    const Tree     *tree   = work->tree;
    NodeId          values = call->params.node ? plain_values(tree, call->params.node) : 0;

    if (call->method == METHOD_WRAPPER) {
        if (values && is_parameter(work->module, values))
            strip_conversion(work, call->params.node, values);
        return;
    }
    if (call->method != METHOD_EXECUTE || !is_plain_call(tree, call)) {
        work_reason(work, VERDICT_MANUAL, "PY-35", work->module, call->call,
                    "`%s` hands on statements that are not known here, in a form that has no counterpart; port it by hand",
                    method_name(call->method));
        return;
    }
    work_reason(work, VERDICT_UNSAFE, "PY-35", work->module, call->call,
                "its callers know the statement: bound() names the placeholders when it runs; see that all callers are ported");
    NodeId        arguments = tree_field(tree, call->call, F_ARGUMENTS);
    const PyNode *first = tree_node(tree, tree_nth(tree, arguments, 0));
    const PyNode *last  = tree_node(tree, tree_nth(tree, arguments, tree_arity(tree, arguments) - 1));
    work_insert(work, work->module, first->lo,
                str_format(work->arena, "*" STR_FORMAT "(", STR_ARG(work_import(work, work->module, "", "bound"))));
    if (values && is_parameter(work->module, values))
        strip_conversion(work, call->params.node, values);
    work_insert_before(work, work->module, last->hi, STR(")"));
}

/* -- what is read within ----------------------------------------------------------------------- */

static Rowfulness worse(Rowfulness a, Rowfulness b)
{
    return a > b ? a : b;
}

/* Of the statements that callers of a function give. */
static Rowfulness rows_given_to(Work *work, const Module *module, NodeId function, int depth)
{
    enum { DEPTH = 4 };
    Rowfulness out = ALL_GIVE_ROWS;
    bool       any = false;

    vec_each(site, work->in->units->calls) {
        Statement statement;
        if (site->method != METHOD_WRAPPER || site->wrapper.module != module->id || site->wrapper.node != function)
            continue;
        any = true;
        if (site->is_passed_on)
            out = worse(out, depth < DEPTH ? rows_given_to(work, site->module, site->function, depth + 1) : SOME_UNKNOWN);
        else
            out = worse(out, !call_statement(work, site, &statement) ? SOME_UNKNOWN
                             : statement.returns_rows                ? ALL_GIVE_ROWS
                                                                     : SOME_GIVE_NONE);
    }
    return any ? out : SOME_UNKNOWN;
}

Rowfulness rows_read_at(Work *work, const Read *read)
{
    const Callsite *site = callsite_at(work->in->units->calls, read->module, read->holder);
    Statement       statement;

    if (site && site->method == METHOD_WRAPPER && !site->is_passed_on)
        return !call_statement(work, site, &statement) ? SOME_UNKNOWN : statement.returns_rows ? ALL_GIVE_ROWS : SOME_GIVE_NONE;
    return rows_given_to(work, read->module, read->function, 0);
}

/* -- the uses of a wrapper's rows --------------------------------------------------------------- */

static bool is_of_unit(const Units *units, uint32_t unit, const Callsite *site)
{
    return site && units->unit_of[site->index] == unit;
}

/* Whether a row (or list of rows) with this site was read from a result that a unit made. */
static bool is_read_from(const PortInputs *in, uint32_t unit, const Value *row)
{
    const Module   *module = model_module(in->model, row->a);
    const Callsite *fetch  = callsite_at(in->units->calls, module, row->b);

    if (fetch)
        return is_of_unit(in->units, unit, fetch);
    vec_each(held, model_values(in->model, module, row->b)) {
        const Value *value = model_value(in->model, held->value);
        if (value->role == ROLE_CURSOR && value->a < model_project(in->model)->modules.count
            && is_of_unit(in->units, unit, callsite_at(in->units->calls, model_module(in->model, value->a), value->b)))
            return true;
    }
    return false;
}

static void gather_uses(Arena *arena, const PortInputs *in, uint32_t unit, RowUseVec *out)
{
    for (ValueId id = 1; id < model_value_count(in->model); id++) {
        const Value *value = model_value(in->model, id);
        bool         lists = value->role == ROLE_DB_ROWS;
        if ((value->role != ROLE_DB_ROW && !lists) || value->a >= model_project(in->model)->modules.count
            || !is_read_from(in, unit, value))
            continue;
        RowUseVec uses = row_uses_of(arena, in->model, lists ? 0 : id, lists ? id : 0);
        vec_each(use, &uses)
            vec_push(arena, out, *use);
    }
}

const RowUseVec *wrapper_uses(Arena *arena, const PortInputs *in)
{
    RowUseVec *out  = arena_array(arena, RowUseVec, in->units->units.count + 1);
    bool      *done = arena_array(arena, bool, in->units->units.count + 1);

    vec_each(unit, &in->units->units)
        vec_each(need, &unit->needs)
            if (unit->kind == UNIT_STATEMENTS && !done[*need]) {
                done[*need] = true;
                gather_uses(arena, in, *need, &out[*need]);
            }
    return out;
}

/* -- the callers -------------------------------------------------------------------------------- */

/* What a unit holds so far, to go back to. */
typedef struct Checkpoint {
    UnitPort port;
    PlaceVec deleted;
} Checkpoint;

static Checkpoint checkpoint(Work *work)
{
    Checkpoint out = { *work->out, work->deleted };

    out.port.edits = (PlacedEditVec) { 0 };
    vec_each(edit, &work->out->edits)
        vec_push(work->arena, &out.port.edits, *edit);
    return out;
}

static void go_back(Work *work, const Checkpoint *to)
{
    *work->out    = to->port;
    work->deleted = to->deleted;
}

/* Nothing but the names of its placeholders would change. */
static bool needs_no_change(const Execute *execute)
{
    if (!execute->translated || execute->sql.verdict == SQL_DECIDE || execute->per_dialect)
        return false;
    vec_each(edit, &execute->sql.edits) {
        bool is_bind = false;
        vec_each(bind, &execute->sql.binds)
            is_bind |= bind->lo == edit->lo && bind->hi == edit->hi;
        if (!is_bind)
            return false;
    }
    return true;
}

/* The call stays: bound() takes its `?` and its sequence. */
static void leave_positional(Work *work, Execute *execute)
{
    vec_each(remark, &execute->sql.remarks)
        if (verdict_of_remark(remark) != VERDICT_SAFE)
            work_reason(work, VERDICT_UNSAFE, remark->code, work->module, execute->call->sql_node, STR_FORMAT,
                        STR_ARG(remark->message));
    work_reason(work, VERDICT_UNSAFE, "PY-35", work->module, execute->call->call,
                "placeholders and values cannot be paired here: they go to `" STR_FORMAT "` as they are, and are named when it runs",
                STR_ARG(execute->call->callee));
}

static const RowUseVec *uses_of_rows(Work *work, const Callsite *inner)
{
    uint32_t unit = work->in->units->unit_of[inner->index];

    return unit == NO_UNIT ? NULL : &work->in->wrapped[unit];
}

void port_wrapper_call(Work *work, Execute *execute)
{
    const Callsite *call  = execute->call;
    const Callsite *inner = callsite_at(work->in->units->calls, model_module(work->model, call->because.module),
                                        call->because.node);

    if (!inner || !inner->is_passed_on || !call->sql_node) {
        work_reason(work, VERDICT_MANUAL, "PY-35", work->module, call->call,
                    "`" STR_FORMAT "` puts its callers' SQL together; port it together with all of them", STR_ARG(call->callee));
        return;
    }
    if (!holds_inside(work, inner, is_single)) {
        work_reason(work, VERDICT_MANUAL, "PY-35", work->module, call->call,
                    "`" STR_FORMAT "` runs it by executemany() or executescript(), which have no counterpart; port the two together",
                    STR_ARG(call->callee));
        return;
    }
    if (!holds_inside(work, inner, hands_text_on))
        work_reason(work, VERDICT_UNSAFE, "PY-35", work->module, call->call,
                    "`" STR_FORMAT "` adds to the statement, or chooses it, before it runs; see what comes of it", STR_ARG(call->callee));
    Checkpoint before = checkpoint(work);
    port_statement(work, execute);
    if ((call->params.node || call->params.items.count) && !holds_inside(work, inner, hands_values_on))
        work_reason(work, VERDICT_MANUAL, "PY-35", work->module, call->call,
                    "`" STR_FORMAT "` changes the values on their way; port it by hand", STR_ARG(call->callee));
    if (work->out->verdict == VERDICT_MANUAL && needs_no_change(execute)) {
        Verdict kept = before.port.verdict;
        go_back(work, &before);
        if (kept != VERDICT_MANUAL)
            leave_positional(work, execute);
    }
    if (execute->translated && execute->sql.statement.kind == STATEMENT_INSERT && gives_key(work, inner)
        && tree_kind(work->tree, tree_parent(work->tree, unparenthesized(work->tree, call->call))) != PY_EXPRESSION_STATEMENT)
        work_reason(work, VERDICT_MANUAL, "PY-11", work->module, call->call,
                    "`" STR_FORMAT "` gives lastrowid back, which is 0 on Postgres: add RETURNING here, and let it return that",
                    STR_ARG(call->callee));
    if (work->out->verdict != VERDICT_MANUAL && execute->translated && uses_of_rows(work, inner)) {
        judge_rows_elsewhere(work, execute, uses_of_rows(work, inner));
        port_handlers(work, execute, (Str) { 0 });
    }
    if (work->out->verdict != VERDICT_MANUAL)
        port_by_dialect(work, execute, (Str) { 0 });
}
