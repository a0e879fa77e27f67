/*
 * Which assignment of a variable a use of it sees.
 *
 * `cur = old.cursor()` … `cur = new.cursor()`: one name, two things. Where a variable is bound
 * more than once, and by plain assignments that no inner function can see, each of them gets a
 * slot of its own, and each use the slot of what reaches it; where paths meet, a slot that holds
 * what comes on either. All other variables have one slot for their whole life.
 */
#include "analyzers/python/walk.h"

typedef struct State {
    bool    is_dead; /* nobody comes here */
    SlotId *defs;    /* by variable; 0: not bound yet */
} State;

typedef struct Def {
    uint32_t variable;
    SlotId   slot;
} Def;

typedef struct Splitter {
    Walk      walk;
    bool     *may_split;  /* by symbol */
    bool     *is_binding; /* by node */
    SymbolId *first;      /* by scope: its first variable to be split; `next`, by symbol, leads on */
    SymbolId *next;
    uint32_t *number;     /* by symbol, in the scope at hand: 1 … count */
    SymbolId *symbols;    /* by number - 1 */
    uint32_t  count;
    Vec(Def) made; /* in the scope at hand, in order */
    State broken;  /* joined over the `break` and `continue` of the loop around */
} Splitter;

static State copy_of(Splitter *splitter, const State *state)
{
    State out = { state->is_dead, arena_array(splitter->walk.model->arena, SlotId, splitter->count + 1) };

    memcpy(out.defs, state->defs, splitter->count * sizeof *out.defs);
    return out;
}

/* A slot for one assignment of a variable; for what comes together where paths meet, `bound` is 0. */
static SlotId make_at(Splitter *splitter, uint32_t variable, NodeId bound)
{
    Model *model = splitter->walk.model;
    SlotId slot  = slot_new(model);

    model->slots.items[slot].bound = bound;
    vec_push(model->arena, &splitter->made, (Def) { variable, slot });
    return slot;
}

static SlotId make(Splitter *splitter, uint32_t variable)
{
    return make_at(splitter, variable, 0);
}

static void pass(Splitter *splitter, SlotId from, SlotId to, NodeId at)
{
    slot_copy(splitter->walk.model, from, to, here(&splitter->walk, at));
}

/* `into` becomes what comes on either path. */
static void join(Splitter *splitter, State *into, const State *other, NodeId at)
{
    if (other->is_dead)
        return;
    if (into->is_dead) {
        *into = copy_of(splitter, other);
        return;
    }
    for (uint32_t i = 0; i < splitter->count; i++) {
        if (into->defs[i] == other->defs[i] || !other->defs[i])
            continue;
        if (!into->defs[i]) {
            into->defs[i] = other->defs[i];
            continue;
        }
        SlotId both = make(splitter, i);
        pass(splitter, into->defs[i], both, at);
        pass(splitter, other->defs[i], both, at);
        into->defs[i] = both;
    }
}

static bool is_bound_inside(const Splitter *splitter, uint32_t variable, NodeId node)
{
    const Module *module = splitter->walk.module;

    vec_each(bound, &module->scopes.symbols.items[splitter->symbols[variable]].bindings)
        if (tree_is_inside(&module->tree, *bound, node))
            return true;
    return false;
}

static void walk(Splitter *splitter, NodeId node, State *state);

static void walk_children(Splitter *splitter, NodeId node, State *state)
{
    tree_each_child(child, splitter->walk.tree, node)
        walk(splitter, child, state);
}

/* The state wherever an exception leaves what was walked since `mark`. */
static State thrown_since(Splitter *splitter, size_t mark, const State *before, NodeId at)
{
    State  out = copy_of(splitter, before);
    size_t end = splitter->made.count;

    for (uint32_t i = 0; i < splitter->count; i++) {
        SlotId any = 0;
        for (size_t at_def = mark; at_def < end; at_def++) {
            Def def = splitter->made.items[at_def];
            if (def.variable != i)
                continue;
            if (!any) {
                any = make(splitter, i);
                pass(splitter, out.defs[i], any, at);
            }
            pass(splitter, def.slot, any, at);
        }
        if (any)
            out.defs[i] = any;
    }
    return out;
}

static void walk_name(Splitter *splitter, NodeId name, State *state)
{
    Walk    *at       = &splitter->walk;
    SymbolId symbol   = at->module->scopes.symbol_of[name];
    uint32_t number   = symbol && splitter->may_split[symbol] ? splitter->number[symbol] : 0;
    SlotId  *own      = &at->model->sheets[at->module->id].of_node[name];

    if (!number || *own)
        return;
    if (splitter->is_binding[name]) {
        *own = make_at(splitter, number - 1, name);
        state->defs[number - 1] = *own;
    } else {
        *own = state->defs[number - 1] ? state->defs[number - 1] : slot_new(at->model);
    }
}

static void walk_if(Splitter *splitter, NodeId node, State *state)
{
    const Tree *tree     = splitter->walk.tree;
    State       after    = { .is_dead = true };
    bool        has_else = false;

    after.defs = state->defs;
    tree_each_child(child, tree, node) {
        Kind  kind = tree_kind(tree, child);
        State then;
        if (kind == PY_ELSE) {
            has_else = true;
            walk_children(splitter, child, state);
            join(splitter, &after, state, child);
        } else if (kind == PY_ELIF) {
            walk(splitter, tree_field(tree, child, F_CONDITION), state);
            then = copy_of(splitter, state);
            walk(splitter, tree_field(tree, child, F_CONSEQUENCE), &then);
            join(splitter, &after, &then, child);
        } else if (tree_node(tree, child)->field == F_CONSEQUENCE) {
            then = copy_of(splitter, state);
            walk(splitter, child, &then);
            join(splitter, &after, &then, child);
        } else {
            walk(splitter, child, state);
        }
    }
    if (!has_else)
        join(splitter, &after, state, node);
    *state = after;
}

static void walk_loop(Splitter *splitter, NodeId node, State *state)
{
    const Tree *tree  = splitter->walk.tree;
    State       outer = splitter->broken;
    NodeId      body  = tree_field(tree, node, F_BODY);
    State       head;

    walk(splitter, tree_field(tree, node, F_RIGHT), state);
    for (uint32_t i = 0; i < splitter->count; i++) {
        if (!is_bound_inside(splitter, i, node))
            continue;
        SlotId again = make(splitter, i);
        pass(splitter, state->defs[i], again, node);
        state->defs[i] = again;
    }
    head             = copy_of(splitter, state);
    splitter->broken = (State) { .is_dead = true, .defs = state->defs };
    walk(splitter, tree_field(tree, node, F_CONDITION), state);
    walk(splitter, tree_field(tree, node, F_LEFT), state);
    walk(splitter, body, state);
    join(splitter, state, &splitter->broken, node);
    for (uint32_t i = 0; i < splitter->count; i++)
        if (!state->is_dead && state->defs[i] != head.defs[i])
            pass(splitter, state->defs[i], head.defs[i], node);
    State after = head;
    tree_each_child(child, tree, node)
        if (tree_kind(tree, child) == PY_ELSE)
            walk_children(splitter, child, &after);
    join(splitter, &after, &splitter->broken, node);
    splitter->broken = outer;
    *state           = after;
}

static void walk_try(Splitter *splitter, NodeId node, State *state)
{
    const Tree *tree   = splitter->walk.tree;
    State       before = copy_of(splitter, state);
    size_t      mark   = splitter->made.count;

    walk(splitter, tree_field(tree, node, F_BODY), state);
    State thrown = thrown_since(splitter, mark, &before, node);
    State after  = { .is_dead = true, .defs = before.defs };
    tree_each_child(child, tree, node) {
        if (tree_kind(tree, child) == PY_EXCEPT) {
            State handled = copy_of(splitter, &thrown);
            walk_children(splitter, child, &handled);
            join(splitter, &after, &handled, child);
        } else if (tree_kind(tree, child) == PY_ELSE) {
            walk_children(splitter, child, state);
        }
    }
    join(splitter, &after, state, node);
    tree_each_child(child, tree, node)
        if (tree_kind(tree, child) == PY_FINALLY) {
            /* Its uses may follow anything; what comes after it follows a normal end, and what it binds itself. */
            State always = thrown_since(splitter, mark, &before, child);
            size_t begin = splitter->made.count;
            walk_children(splitter, child, &always);
            for (size_t i = begin; !after.is_dead && i < splitter->made.count; i++)
                after.defs[splitter->made.items[i].variable] = splitter->made.items[i].slot;
        }
    *state = after;
}

static void walk_match(Splitter *splitter, NodeId node, State *state)
{
    const Tree *tree = splitter->walk.tree;
    NodeId      body = tree_field(tree, node, F_BODY);

    tree_each_child(child, tree, node)
        if (child != body)
            walk(splitter, child, state);
    State after = copy_of(splitter, state);
    if (body)
        tree_each_child(clause, tree, body) {
            State taken = copy_of(splitter, state);
            walk_children(splitter, clause, &taken);
            join(splitter, &after, &taken, clause);
        }
    *state = after;
}

static void walk_comprehension(Splitter *splitter, NodeId node, State *state)
{
    const Tree *tree = splitter->walk.tree;

    tree_each_child(child, tree, node)
        if (tree_node(tree, child)->field != F_BODY)
            walk(splitter, child, state);
    walk(splitter, tree_field(tree, node, F_BODY), state);
}

static void walk(Splitter *splitter, NodeId node, State *state)
{
    const Tree *tree = splitter->walk.tree;

    if (!node)
        return;
    switch (tree_kind(tree, node)) {
    case PY_IDENTIFIER:
        walk_name(splitter, node, state);
        break;
    case PY_IF:
        walk_if(splitter, node, state);
        break;
    case PY_FOR:
    case PY_WHILE:
        walk_loop(splitter, node, state);
        break;
    case PY_TRY:
        walk_try(splitter, node, state);
        break;
    case PY_MATCH:
        walk_match(splitter, node, state);
        break;
    case PY_LIST_COMPREHENSION:
    case PY_SET_COMPREHENSION:
    case PY_DICTIONARY_COMPREHENSION:
    case PY_GENERATOR:
        walk_comprehension(splitter, node, state);
        break;
    case PY_FOR_IN:
        walk(splitter, tree_field(tree, node, F_RIGHT), state);
        walk(splitter, tree_field(tree, node, F_LEFT), state);
        break;
    case PY_ASSIGNMENT:
        walk(splitter, tree_field(tree, node, F_TYPE), state);
        walk(splitter, tree_field(tree, node, F_RIGHT), state);
        walk(splitter, tree_field(tree, node, F_LEFT), state);
        break;
    case PY_AUGMENTED_ASSIGNMENT: {
        NodeId   left   = tree_field(tree, node, F_LEFT);
        SymbolId symbol = tree_kind(tree, left) == PY_IDENTIFIER ? splitter->walk.module->scopes.symbol_of[left] : 0;
        SlotId   old    = symbol && splitter->number[symbol] ? state->defs[splitter->number[symbol] - 1] : 0;
        walk(splitter, tree_field(tree, node, F_RIGHT), state);
        walk(splitter, left, state);
        if (!old)
            break;
        Walk *at = &splitter->walk;
        pass(splitter, old, state->defs[splitter->number[symbol] - 1], node);
        vec_push(at->model->arena, &at->model->sheets[at->module->id].before,
                 (Before) { left, at->model->slots.items[old].bound });
        break;
    }
    case PY_NAMED_EXPRESSION:
        walk(splitter, tree_field(tree, node, F_VALUE), state);
        walk(splitter, tree_field(tree, node, F_NAME), state);
        break;
    case PY_FUNCTION:
    case PY_LAMBDA:
    case PY_CLASS: { /* decorators, defaults and bases are of this scope; what runs inside is another's */
        State inner = copy_of(splitter, state);
        State outer = splitter->broken;
        splitter->broken = (State) { .is_dead = true, .defs = inner.defs };
        walk_children(splitter, node, &inner);
        splitter->broken = outer;
        break;
    }
    case PY_RETURN:
    case PY_RAISE:
        walk_children(splitter, node, state);
        state->is_dead = true;
        break;
    case PY_BREAK:
    case PY_CONTINUE:
        join(splitter, &splitter->broken, state, node);
        state->is_dead = true;
        break;
    default:
        walk_children(splitter, node, state);
        break;
    }
}

/* Whether from the scope of a use to that of its variable there are only comprehensions. */
static bool is_same_run(const Scopes *scopes, ScopeId use, ScopeId home)
{
    while (use != home && scopes->scopes.items[use].kind == SCOPE_COMPREHENSION)
        use = scopes->scopes.items[use].parent;
    return use == home;
}

static bool is_plain_binding(const Tree *tree, NodeId name)
{
    switch (tree_kind(tree, tree_parent(tree, name))) {
    case PY_FUNCTION:
    case PY_CLASS:
    case PY_DOTTED_NAME:
    case PY_ALIASED_IMPORT:
        return false;
    default:
        return true;
    }
}

static void find_candidates(Splitter *splitter)
{
    const Module *module = splitter->walk.module;
    const Scopes *scopes = &module->scopes;

    for (size_t i = 1; i < scopes->symbols.count; i++) {
        const Symbol *symbol   = &scopes->symbols.items[i];
        ScopeKind     kind     = scopes->scopes.items[symbol->scope].kind;
        splitter->may_split[i] = symbol->bindings.count > 1 && (kind == SCOPE_FUNCTION || kind == SCOPE_MODULE);
        vec_each(bound, &symbol->bindings) {
            splitter->is_binding[*bound] = true;
            splitter->may_split[i] &= is_plain_binding(&module->tree, *bound);
        }
    }
    for (NodeId node = 1; node < module->tree.count; node++) {
        SymbolId symbol = scopes->symbol_of[node];
        if (symbol && splitter->may_split[symbol]
            && !is_same_run(scopes, scopes->scope_of[node], scopes->symbols.items[symbol].scope))
            splitter->may_split[symbol] = false;
    }
    for (size_t i = scopes->symbols.count; i-- > 1;)
        if (splitter->may_split[i]) {
            ScopeId scope         = scopes->symbols.items[i].scope;
            splitter->next[i]     = splitter->first[scope];
            splitter->first[scope] = (SymbolId)i;
        }
}

static void split_scope(Splitter *splitter, ScopeId scope)
{
    Walk         *at     = &splitter->walk;
    const Scopes *scopes = &at->module->scopes;

    splitter->count = 0;
    splitter->made.count = 0;
    for (SymbolId symbol = splitter->first[scope]; symbol; symbol = splitter->next[symbol]) {
        splitter->symbols[splitter->count] = symbol;
        splitter->number[symbol]           = ++splitter->count;
    }
    if (!splitter->count)
        return;
    State state      = { false, arena_array(at->model->arena, SlotId, splitter->count + 1) };
    splitter->broken = (State) { .is_dead = true, .defs = state.defs };
    walk_children(splitter, scopes->scopes.items[scope].node, &state);
    if (scopes->scopes.items[scope].kind == SCOPE_MODULE) /* others may import it */
        vec_each(def, &splitter->made)
            slot_copy(at->model, def->slot, slot_of_symbol(at->model, at->module, splitter->symbols[def->variable]),
                      here(at, scopes->symbols.items[splitter->symbols[def->variable]].bindings.items[0]));
    for (uint32_t i = 0; i < splitter->count; i++)
        splitter->number[splitter->symbols[i]] = 0;
}

void defs_generate(Model *model, const Module *module)
{
    Arena   *arena   = model->arena;
    size_t   symbols = module->scopes.symbols.count + 1;
    Splitter splitter = { .walk       = { .model = model, .module = module, .tree = &module->tree },
                          .may_split  = arena_array(arena, bool, symbols),
                          .is_binding = arena_array(arena, bool, module->tree.count + 1),
                          .first      = arena_array(arena, SymbolId, module->scopes.scopes.count + 1),
                          .next       = arena_array(arena, SymbolId, symbols),
                          .number     = arena_array(arena, uint32_t, symbols),
                          .symbols    = arena_array(arena, SymbolId, symbols) };

    find_candidates(&splitter);
    for (ScopeId scope = 1; scope < module->scopes.scopes.count; scope++) {
        ScopeKind kind = module->scopes.scopes.items[scope].kind;
        if (kind == SCOPE_FUNCTION || kind == SCOPE_MODULE)
            split_scope(&splitter, scope);
    }
}
