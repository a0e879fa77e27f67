#include "analyzers/facts/reach.h"

#include <stdlib.h>

/* Where loops in loops would make the walk long, we say that we do not know. */
enum { WALK_STEPS = 400000, TOO_MANY = REACH_LIMIT + 1 };

typedef struct State {
    bool     is_dead; /* after return, raise, break */
    bool     may_be_none;
    uint32_t count;
    NodeId   executes[REACH_LIMIT];
} State;

typedef struct Walker {
    Arena           *arena;
    const Module    *module;
    const Tree      *tree;
    NodeId           root; /* what is walked: a function's body, or the module */
    SymbolId         variable; /* or 0 … */
    Str              path;     /* … and an attribute, as it is written */
    const NodeIdVec *executes;
    ReachVec         out;    /* every use, in order of its node */
    State            broken; /* what `break` and `continue` of the innermost loop carry out */
    uint32_t         steps;
    bool             is_lost; /* the order of things cannot be told */
} Walker;

static const State dead    = { .is_dead = true };
static const State unknown = { .may_be_none = true, .count = TOO_MANY };

static void add(State *state, NodeId execute)
{
    for (uint32_t i = 0; i < state->count && i < REACH_LIMIT; i++)
        if (state->executes[i] == execute)
            return;
    if (state->count < REACH_LIMIT)
        state->executes[state->count] = execute;
    if (state->count <= REACH_LIMIT)
        state->count++;
}

static State joined(State a, const State *b)
{
    if (a.is_dead)
        return *b;
    if (b->is_dead)
        return a;
    a.may_be_none |= b->may_be_none;
    for (uint32_t i = 0; i < b->count && i < REACH_LIMIT; i++)
        add(&a, b->executes[i]);
    if (b->count > REACH_LIMIT)
        a.count = TOO_MANY;
    return a;
}

static bool differ(const State *before, const State *after)
{
    uint32_t kept = before->count < REACH_LIMIT ? before->count : REACH_LIMIT;

    return before->is_dead != after->is_dead || before->count != after->count
        || before->may_be_none != after->may_be_none
        || memcmp(before->executes, after->executes, kept * sizeof(NodeId)) != 0;
}

static int by_use(const void *a, const void *b)
{
    NodeId x = ((const Reach *)a)->use, y = ((const Reach *)b)->use;
    return x < y ? -1 : x > y;
}

static void note_use(Walker *walker, NodeId use, const State *state)
{
    Reach  key   = { .use = use };
    Reach *known = walker->out.count
                     ? bsearch(&key, walker->out.items, walker->out.count, sizeof key, by_use) : NULL;

    if (!known || state->is_dead)
        return;
    State all = { .count = known->count, .may_be_none = known->may_be_none };
    memcpy(all.executes, known->executes, sizeof all.executes);
    all                = joined(all, state);
    known->count       = all.count;
    known->may_be_none = all.may_be_none;
    memcpy(known->executes, all.executes, sizeof known->executes);
}

static void walk(Walker *walker, NodeId node, State *state);

static bool is_execute(const Walker *walker, NodeId call)
{
    vec_each(execute, walker->executes)
        if (*execute == call)
            return true;
    return false;
}

static void walk_children(Walker *walker, NodeId node, State *state)
{
    tree_each_child(child, walker->tree, node)
        walk(walker, child, state);
}

/* Arguments are evaluated before the call runs; the receiver's name is no read of a result. */
static void walk_call(Walker *walker, NodeId call, State *state)
{
    walk_children(walker, call, state);
    if (is_execute(walker, call) && !state->is_dead) {
        *state = (State) { .count = 1 };
        state->executes[0] = call;
    }
}

/* The part runs, or does not. */
static void walk_perhaps(Walker *walker, NodeId node, State *state)
{
    State taken = *state;

    walk(walker, node, &taken);
    *state = joined(*state, &taken);
}

static void walk_loop(Walker *walker, NodeId loop, State *state)
{
    const Tree *tree  = walker->tree;
    State       outer = walker->broken;
    NodeId      body  = tree_field(tree, loop, F_BODY);

    walker->broken = dead;
    tree_each_child(child, tree, loop)
        if (child != body && tree_kind(tree, child) != PY_ELSE)
            walk(walker, child, state);
    for (int round = 0; round < 2 && body; round++) {
        State before = *state, inside = *state;
        walk(walker, body, &inside);
        *state = joined(*state, &inside);
        *state = joined(*state, &walker->broken);
        tree_each_child(child, tree, loop)
            if (tree_node(tree, child)->field == F_CONDITION)
                walk(walker, child, state);
        if (!differ(&before, state))
            break;
    }
    tree_each_child(child, tree, loop)
        if (tree_kind(tree, child) == PY_ELSE)
            walk_perhaps(walker, child, state);
    *state         = joined(*state, &walker->broken);
    walker->broken = outer;
}

/* `[f(x) for x in y if z]`: the clauses come first, and then they and the body take turns. */
static void walk_comprehension(Walker *walker, NodeId node, State *state)
{
    const Tree *tree  = walker->tree;
    bool        first = true;

    for (int round = 0; round < 2; round++) {
        State before = *state;
        tree_each_child(child, tree, node) {
            if (tree_node(tree, child)->field == F_BODY)
                continue;
            if (first) /* the first iterable is evaluated in any case */
                walk(walker, child, state);
            else
                walk_perhaps(walker, child, state);
            first = false;
        }
        walk_perhaps(walker, tree_field(tree, node, F_BODY), state);
        if (!differ(&before, state))
            break;
    }
}

static void walk_if(Walker *walker, NodeId node, State *state)
{
    const Tree *tree      = walker->tree;
    State       after     = dead;
    State       otherwise = *state;
    bool        has_else  = false;

    tree_each_child(child, tree, node) {
        Field field = (Field)tree_node(tree, child)->field;
        if (field == F_CONDITION) {
            walk(walker, child, &otherwise);
        } else if (field == F_CONSEQUENCE) {
            State then = otherwise;
            walk(walker, child, &then);
            after = joined(after, &then);
        } else if (tree_kind(tree, child) == PY_ELIF) {
            State then = otherwise;
            tree_each_child(part, tree, child) {
                if (tree_node(tree, part)->field == F_CONDITION) {
                    walk(walker, part, &otherwise);
                    then = otherwise;
                } else {
                    walk(walker, part, &then);
                }
            }
            after = joined(after, &then);
        } else if (tree_kind(tree, child) == PY_ELSE) {
            has_else = true;
            walk(walker, child, &otherwise);
            after = joined(after, &otherwise);
        }
    }
    if (!has_else)
        after = joined(after, &otherwise);
    *state = after;
}

/* The state at whatever point of a block an exception leaves it. */
static State thrown_from(Walker *walker, NodeId block, const State *before, const State *after)
{
    State thrown = joined(*before, after);

    vec_each(execute, walker->executes)
        if (!thrown.is_dead && tree_is_inside(walker->tree, *execute, block))
            add(&thrown, *execute);
    return thrown;
}

/* A handler may run after any part of the body; `finally` after all of it. */
static void walk_try(Walker *walker, NodeId node, State *state)
{
    const Tree *tree    = walker->tree;
    NodeId      block   = tree_field(tree, node, F_BODY), finally = 0;
    State       before  = *state, body = *state;

    walk(walker, block, &body);
    State thrown = thrown_from(walker, block, &before, &body);
    State always = thrown; /* `finally` may begin anywhere in the body, in a handler, or after them */
    State after  = dead;
    tree_each_child(child, tree, node) {
        if (tree_kind(tree, child) == PY_EXCEPT) {
            State handled = thrown;
            walk_children(walker, child, &handled);
            after             = joined(after, &handled);
            State interrupted = thrown_from(walker, child, &thrown, &handled);
            always            = joined(always, &interrupted);
        } else if (tree_kind(tree, child) == PY_ELSE) {
            State started = body;
            walk_children(walker, child, &body);
            State interrupted = thrown_from(walker, child, &started, &body);
            always            = joined(always, &interrupted);
        } else if (tree_kind(tree, child) == PY_FINALLY) {
            finally = child;
        }
    }
    after = joined(after, &body);
    if (finally) {
        always = joined(always, &after);
        /* Uses in it may follow any of these; what comes after it follows a normal end. */
        walk_children(walker, finally, &always);
        if (!after.is_dead)
            walk_children(walker, finally, &after);
    }
    *state = after;
}

/* `with suppress(…):` and `with pytest.raises(…):` go on wherever their block was left. */
static bool swallows_exceptions(const Tree *tree, NodeId with)
{
    NodeId body = tree_field(tree, with, F_BODY);

    for (NodeId id = with; id < body; id++) {
        if (tree_kind(tree, id) != PY_CALL)
            continue;
        Str    name = tree_text(tree, tree_field(tree, id, F_FUNCTION));
        size_t dot  = str_rfind_char(name, '.');
        if (dot != STR_NOT_FOUND)
            name = str_slice(name, dot + 1, name.len);
        if (str_is(name, "suppress") || str_is(name, "raises") || str_starts_with(name, STR("assertRaises")))
            return true;
    }
    return false;
}

static void walk_with(Walker *walker, NodeId node, State *state)
{
    State before = *state;

    walk_children(walker, node, state);
    if (swallows_exceptions(walker->tree, node))
        *state = thrown_from(walker, node, &before, state);
}

static void walk_match(Walker *walker, NodeId node, State *state)
{
    const Tree *tree = walker->tree;
    NodeId      body = tree_field(tree, node, F_BODY);

    tree_each_child(child, tree, node)
        if (child != body)
            walk(walker, child, state);
    State after = *state;
    if (body)
        tree_each_child(clause, tree, body) {
            State taken = *state;
            walk_children(walker, clause, &taken);
            after = joined(after, &taken);
        }
    *state = after;
}

/* What a nested function does with the variable happens some time later, or never. */
static void skip_function(Walker *walker, NodeId function)
{
    vec_each(reach, &walker->out)
        if (tree_is_inside(walker->tree, reach->use, function))
            note_use(walker, reach->use, &unknown);
    vec_each(execute, walker->executes)
        walker->is_lost |= tree_is_inside(walker->tree, *execute, function);
}

static bool is_variable(const Walker *walker, NodeId id)
{
    Kind kind = tree_kind(walker->tree, id);

    return walker->path.len ? kind == PY_ATTRIBUTE && str_eq(tree_text(walker->tree, id), walker->path)
                            : kind == PY_IDENTIFIER && walker->module->scopes.symbol_of[id] == walker->variable;
}

bool attribute_is_bound(const Tree *tree, NodeId attribute)
{
    const PyNode *node = tree_node(tree, attribute);

    switch (tree_kind(tree, node->parent)) {
    case PY_ASSIGNMENT:
    case PY_AUGMENTED_ASSIGNMENT:
    case PY_FOR:
    case PY_FOR_IN:
        return node->field == F_LEFT;
    case PY_PATTERN_LIST:
    case PY_TUPLE_PATTERN:
    case PY_LIST_PATTERN:
    case PY_AS_PATTERN_TARGET:
        return true;
    default:
        return false;
    }
}

static bool is_bound_at(const Walker *walker, NodeId name)
{
    if (walker->path.len)
        return attribute_is_bound(walker->tree, name);
    vec_each(bound, &walker->module->scopes.symbols.items[walker->variable].bindings)
        if (*bound == name)
            return true;
    return false;
}

static void walk_name(Walker *walker, NodeId name, State *state)
{
    if (!is_variable(walker, name))
        return;
    note_use(walker, name, state);
    if (!state->is_dead && is_bound_at(walker, name)) /* another cursor: nothing has run on it */
        *state = (State) { .may_be_none = true };
}

/* The right side first; a target that takes the result of one of the executes keeps it. */
static void walk_assignment(Walker *walker, NodeId node, State *state)
{
    const Tree *tree  = walker->tree;
    NodeId      left  = tree_field(tree, node, F_LEFT);
    NodeId      right = tree_field(tree, node, F_RIGHT);
    NodeId      value = right;

    walk(walker, right, state);
    for (;;) { /* cur = other = (await conn.execute(…)) */
        Kind kind = tree_kind(tree, value);
        if (kind == PY_ASSIGNMENT)
            value = tree_field(tree, value, F_RIGHT);
        else if (kind == PY_PARENTHESIZED || kind == PY_AWAIT)
            value = tree_nth(tree, value, 0);
        else
            break;
    }
    State result = *state;
    walk(walker, left, state);
    if (!right || is_execute(walker, value))
        *state = result;
}

static void walk(Walker *walker, NodeId node, State *state)
{
    const Tree *tree = walker->tree;

    if (!node || walker->is_lost)
        return;
    if (++walker->steps > WALK_STEPS) {
        walker->is_lost = true;
        return;
    }
    switch (tree_kind(tree, node)) {
    case PY_IDENTIFIER:
        walk_name(walker, node, state);
        break;
    case PY_ATTRIBUTE:
        walk_children(walker, node, state);
        walk_name(walker, node, state);
        break;
    case PY_CALL:
        walk_call(walker, node, state);
        break;
    case PY_IF:
        walk_if(walker, node, state);
        break;
    case PY_FOR:
    case PY_WHILE:
        walk_loop(walker, node, state);
        break;
    case PY_LIST_COMPREHENSION:
    case PY_SET_COMPREHENSION:
    case PY_DICTIONARY_COMPREHENSION:
    case PY_GENERATOR:
        walk_comprehension(walker, node, state);
        break;
    case PY_TRY:
        walk_try(walker, node, state);
        break;
    case PY_WITH:
        walk_with(walker, node, state);
        break;
    case PY_MATCH:
        walk_match(walker, node, state);
        break;
    case PY_FUNCTION:
    case PY_LAMBDA:
        skip_function(walker, node);
        break;
    case PY_BOOLEAN: /* the right side is not always evaluated */
        walk(walker, tree_field(tree, node, F_LEFT), state);
        walk_perhaps(walker, tree_field(tree, node, F_RIGHT), state);
        break;
    case PY_CONDITIONAL: {
        walk(walker, tree_nth(tree, node, 1), state);
        State otherwise = *state;
        walk(walker, tree_nth(tree, node, 0), state);
        walk(walker, tree_nth(tree, node, 2), &otherwise);
        *state = joined(*state, &otherwise);
        break;
    }
    case PY_RETURN:
    case PY_RAISE:
        walk_children(walker, node, state);
        *state = dead;
        break;
    case PY_BREAK:
    case PY_CONTINUE:
        walker->broken = joined(walker->broken, state);
        *state         = dead;
        break;
    case PY_ASSIGNMENT:
        walk_assignment(walker, node, state);
        break;
    default:
        walk_children(walker, node, state);
        break;
    }
}

static void gather_uses(Walker *walker)
{
    for (NodeId id = walker->root; id < tree_node(walker->tree, walker->root)->end; id++)
        if (is_variable(walker, id))
            vec_push(walker->arena, &walker->out, (Reach) { .use = id });
}

static ReachVec reach(Walker walker, NodeId function)
{
    NodeId body = function ? tree_field(walker.tree, function, F_BODY) : 0;
    State  state = { .may_be_none = true };

    walker.root = body ? body : 1;
    gather_uses(&walker);
    walk(&walker, walker.root, &state);
    if (walker.is_lost)
        vec_each(use, &walker.out) {
            use->count       = TOO_MANY;
            use->may_be_none = true;
        }
    return walker.out;
}

ReachVec reach_of(Arena *arena, const Module *module, NodeId function, SymbolId variable,
                  const NodeIdVec *executes)
{
    return variable ? reach((Walker) { .arena = arena, .module = module, .tree = &module->tree, .variable = variable,
                                       .executes = executes, .broken = dead }, function)
                    : (ReachVec) { 0 };
}

ReachVec reach_of_path(Arena *arena, const Module *module, NodeId function, Str path, const NodeIdVec *executes)
{
    return reach((Walker) { .arena = arena, .module = module, .tree = &module->tree, .path = path, .executes = executes,
                            .broken = dead }, function);
}
