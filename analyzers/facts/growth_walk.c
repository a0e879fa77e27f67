#include "analyzers/facts/growing.h"

/* -- statements ------------------------------------------------------------------------------ */

static void forget(Walker *walker, State *state, NodeId pattern)
{
    for (NodeId id = pattern; pattern && id < tree_node(walker->tree, pattern)->end; id++) {
        int index = growth_index_of(walker, id);
        if (index >= 0)
            state->slots[index] = (Slot) { .kind = SLOT_UNKNOWN };
    }
}

/* `other = params`: two names for one list, so that neither is known any more. */
static void forget_alias(Walker *walker, State *state, NodeId value)
{
    int index = growth_index_of(walker, tree_strip(walker->tree, value));

    if (index >= 0 && state->slots[index].kind == SLOT_LIST) {
        walker->consumed[tree_strip(walker->tree, value)] = 0;
        state->slots[index] = (Slot) { .kind = SLOT_UNKNOWN };
    }
}

static void assign(Walker *walker, State *state, NodeId target, const Slot *value)
{
    int index = growth_index_of(walker, target);

    if (index < 0) {
        forget(walker, state, target);
        return;
    }
    walker->consumed[target] = 1;
    state->slots[index]      = *value;
    state->slots[index].from |= (uint64_t)1 << index;
}

static bool is_name_of_list(Walker *walker, NodeId value)
{
    int index = growth_index_of(walker, tree_strip(walker->tree, value));
    return index >= 0 && walker->at->slots[index].kind == SLOT_LIST;
}

static void run_assignment(Walker *walker, State *state, NodeId assignment)
{
    const Tree *tree  = walker->tree;
    NodeId      left  = tree_field(tree, assignment, F_LEFT), right = tree_field(tree, assignment, F_RIGHT);
    bool        chain = right && tree_kind(tree, right) == PY_ASSIGNMENT;

    if (!right)
        return;
    if (chain) { /* a = b = value */
        NodeId last = right;
        while (tree_kind(tree, last) == PY_ASSIGNMENT)
            last = tree_field(tree, last, F_RIGHT);
        Slot value = last ? growth_value_of(walker, last) : (Slot) { .kind = SLOT_UNKNOWN };
        if (value.kind == SLOT_LIST)
            value = (Slot) { .kind = SLOT_UNKNOWN };
        for (NodeId at = assignment; tree_kind(tree, at) == PY_ASSIGNMENT; at = tree_field(tree, at, F_RIGHT))
            assign(walker, state, tree_field(tree, at, F_LEFT), &value);
        return;
    }
    Kind kind = tree_kind(tree, left);
    if (kind == PY_IDENTIFIER) {
        if (growth_index_of(walker, left) < 0) {
            forget_alias(walker, state, right);
            return;
        }
        bool alias = is_name_of_list(walker, right);
        Slot value = growth_value_of(walker, right);
        if (alias) {
            forget_alias(walker, state, right);
            value = (Slot) { .kind = SLOT_UNKNOWN };
        }
        assign(walker, state, left, &value);
        return;
    }
    if (kind == PY_PATTERN_LIST || kind == PY_TUPLE_PATTERN) {
        NodeId values = tree_strip(tree, right);
        if ((tree_kind(tree, values) == PY_EXPRESSION_LIST || tree_kind(tree, values) == PY_TUPLE)
            && tree_arity(tree, values) == tree_arity(tree, left)) {
            uint32_t arity = tree_arity(tree, left);
            Slot    *slots = arena_array(walker->arena, Slot, arity + 1);
            for (uint32_t i = 0; i < arity; i++)
                slots[i] = is_name_of_list(walker, tree_nth(tree, values, i)) ? (Slot) { .kind = SLOT_UNKNOWN }
                                                                              : growth_value_of(walker, tree_nth(tree, values, i));
            for (uint32_t i = 0; i < arity; i++)
                forget_alias(walker, state, tree_nth(tree, values, i));
            for (uint32_t i = 0; i < arity; i++)
                assign(walker, state, tree_nth(tree, left, i), &slots[i]);
            return;
        }
    }
    forget(walker, state, left);
}

static void run_augmented(Walker *walker, State *state, NodeId assignment)
{
    const Tree *tree  = walker->tree;
    NodeId      left  = tree_field(tree, assignment, F_LEFT), right = tree_field(tree, assignment, F_RIGHT);
    int         index = growth_index_of(walker, left);

    if (index < 0) {
        forget(walker, state, left);
        return;
    }
    walker->consumed[left] = 1;
    Slot *slot  = &state->slots[index];
    bool  grows = str_is(tree_text(tree, tree_field(tree, assignment, F_OPERATOR)), "+=");
    if (grows && slot->kind == SLOT_TEXT) {
        uint64_t outer = walker->read;
        walker->read   = 0;
        SqlText added  = growth_read_text(walker, right);
        slot->text     = sqltext_join(walker->arena, &slot->text, added);
        slot->from |= walker->read;
        walker->read = outer;
        if (growth_is_too_long(&slot->text))
            *slot = (Slot) { .kind = SLOT_UNKNOWN };
    } else if (grows && slot->kind == SLOT_LIST) {
        Slot longer = growth_list_like(walker, slot);
        growth_add_list(walker, &longer, right);
        vec_push(walker->arena, &longer.makers, assignment);
        *slot = longer;
    } else {
        *slot = (Slot) { .kind = SLOT_UNKNOWN };
    }
}

/* `params.append(x)`, `params.extend(more)`, and what else changes a list. */
static void run_method(Walker *walker, State *state, NodeId call)
{
    static const char *const changing[] = { "insert", "pop", "remove", "clear", "sort", "reverse", NULL };
    const Tree *tree      = walker->tree;
    NodeId      function  = tree_field(tree, call, F_FUNCTION);
    NodeId      object    = function && tree_kind(tree, function) == PY_ATTRIBUTE ? tree_field(tree, function, F_OBJECT) : 0;
    NodeId      arguments = tree_field(tree, call, F_ARGUMENTS);
    int         index     = object ? growth_index_of(walker, object) : -1;

    if (index < 0 || state->slots[index].kind != SLOT_LIST)
        return;
    Str    name = tree_text(tree, tree_field(tree, function, F_ATTRIBUTE));
    bool   adds = str_is(name, "append"), extends = str_is(name, "extend");
    NodeId only = arguments && tree_kind(tree, arguments) == PY_ARGUMENT_LIST && tree_arity(tree, arguments) == 1
                    ? tree_nth(tree, arguments, 0) : 0;
    if ((adds || extends) && only && tree_kind(tree, only) != PY_LIST_SPLAT) {
        Slot longer = growth_list_like(walker, &state->slots[index]);
        walker->consumed[object] = 1;
        if (adds)
            growth_add_item(walker, &longer, only, false);
        else
            growth_add_list(walker, &longer, only);
        vec_push(walker->arena, &longer.makers, call);
        longer.from |= state->slots[index].from;
        state->slots[index] = longer;
        return;
    }
    for (size_t i = 0; changing[i]; i++)
        if (str_is(name, changing[i]) || adds || extends)
            state->slots[index] = (Slot) { .kind = SLOT_UNKNOWN };
}

static void add_node(Walker *walker, NodeIdVec *nodes, NodeId node)
{
    vec_each(known, nodes)
        if (*known == node)
            return;
    vec_push(walker->arena, nodes, node);
}

static void add_touched(Walker *walker, const Module *module, NodeId node)
{
    vec_each(known, &walker->out->touched)
        if (known->module == module->id && known->node == node)
            return;
    vec_push(walker->arena, &walker->out->touched, (Place) { module->id, node });
}

/* Who reads a local that nothing was given to raises. */
static bool reads_unset(const Walker *walker, NodeId expression)
{
    for (NodeId id = expression; id < tree_node(walker->tree, expression)->end; id++) {
        int index = growth_index_of(walker, id);
        if (index >= 0 && !walker->opaque[index] && walker->at->slots[index].kind == SLOT_UNSET)
            return true;
    }
    return false;
}

/* What the call gets in this state. */
static void record(Walker *walker)
{
    const Callsite *call  = walker->call;
    GrownShape      shape  = { 0 };
    Slot            values = { .kind = SLOT_LIST };
    Growth         *out    = walker->out;

    if (reads_unset(walker, call->sql_node) || (call->params.node && reads_unset(walker, call->params.node)))
        return;
    walker->read = 0;
    shape.text   = growth_read_text(walker, call->sql_node);
    walker->flows_text |= walker->read;
    if (walker->undecided)
        return;
    if (call->method == METHOD_EXECUTEMANY) { /* rows, not values */
        out->knows_values = false;
    } else if (call->params.node && !growth_list_of(walker, call->params.node, &values)) {
        NodeId given = tree_strip(walker->tree, call->params.node);
        if (walker->undecided)
            return;
        if (tree_kind(walker->tree, given) != PY_NONE_LITERAL) {
            out->knows_values = false;
            growth_add_item(walker, &values, given, true);
        }
    }
    if (walker->undecided)
        return;
    walker->flows_list |= values.from;
    shape.values = values.items;
    shape.makers = values.makers;
    vec_each(part, &shape.text.parts)
        if (shape.text.home && part->node)
            add_touched(walker, shape.text.home, part->node);
    vec_each(maker, &shape.makers)
        add_touched(walker, walker->module, *maker);
    vec_each(constant, &shape.text.constants)
        add_touched(walker, model_module(walker->model, constant->module), constant->node);
    vec_each(known, &out->shapes)
        if (growth_same_text(&known->text, &shape.text) && growth_same_items(&known->values, &shape.values)
            && growth_same_nodes(&known->makers, &shape.makers))
            return;
    if (out->shapes.count >= GROWTH_SHAPES * 8)
        out->certain = false;
    else
        vec_push(walker->arena, &out->shapes, shape);
}

/* Notes what the locals that are named here were made of, whether or not it is followed. */
static void look(Walker *walker, NodeId node, const StateVec *states)
{
    for (NodeId id = node; node && id < tree_node(walker->tree, node)->end; id++) {
        int    index = growth_index_of(walker, id);
        Sight *sight = NULL;
        if (index < 0)
            continue;
        vec_each(known, &walker->sights)
            if (known->name == id)
                sight = known;
        if (!sight) {
            vec_push(walker->arena, &walker->sights, (Sight) { .name = id });
            sight = &vec_last(&walker->sights);
        }
        vec_each(state, states) {
            const Slot *slot = &state->slots[index];
            if (slot->kind == SLOT_TEXT)
                vec_each(part, &slot->text.parts)
                    add_node(walker, &sight->sources, part->node);
            vec_each(maker, &slot->makers)
                add_node(walker, &sight->sources, *maker);
        }
    }
}

typedef void Effect(Walker *walker, State *state, NodeId node);

/* One statement, or the head of one, in one state. */
static void run_simple(Walker *walker, State *state, NodeId node)
{
    const Tree *tree = walker->tree;

    if (tree_is_inside(tree, walker->call->call, node))
        record(walker);
    if (tree_kind(tree, node) == PY_DELETE) {
        forget(walker, state, node);
        return;
    }
    if (tree_kind(tree, node) != PY_EXPRESSION_STATEMENT)
        return;
    NodeId expression = tree_nth(tree, node, 0);
    if (!expression)
        return;
    if (tree_kind(tree, expression) == PY_ASSIGNMENT)
        run_assignment(walker, state, expression);
    else if (tree_kind(tree, expression) == PY_AUGMENTED_ASSIGNMENT)
        run_augmented(walker, state, expression);
    else if (tree_kind(tree, expression) == PY_CALL)
        run_method(walker, state, expression);
}

/* Takes an effect in every state; where it hangs on a condition, once for each answer. */
static void run_all(Walker *walker, Effect *effect, NodeId node, const StateVec *in, StateVec *out)
{
    typedef struct Try {
        State     state;
        ChoiceVec choices;
    } Try;
    Vec(Try) todo = { 0 };

    walker->in_branch = true;
    vec_each(state, in)
        vec_push(walker->arena, &todo, (Try) { .state = *state });
    for (size_t i = 0; i < todo.count && !walker->lost; i++) {
        Try   attempt = todo.items[i];
        State state   = growth_copy_of(walker, &attempt.state);
        if (++walker->steps > STEPS || todo.count > 4 * GROWTH_STATES) {
            walker->lost = true;
            break;
        }
        walker->at        = &state;
        walker->choices   = &attempt.choices;
        walker->undecided = 0;
        effect(walker, &state, node);
        if (!walker->undecided) {
            growth_add_state(walker, out, &state);
            continue;
        }
        for (int holds = 1; holds >= 0; holds--) {
            Try next = { .state = growth_copy_of(walker, &attempt.state) };
            vec_each(choice, &attempt.choices)
                vec_push(walker->arena, &next.choices, *choice);
            vec_push(walker->arena, &next.choices, (Choice) { walker->undecided, holds });
            if (growth_never_changes(walker, walker->undecided)) {
                next.state.decisions.room = next.state.decisions.count; /* memory of its own */
                vec_push(walker->arena, &next.state.decisions,
                         (Decision) { tree_text(walker->tree, walker->undecided), holds });
            }
            vec_push(walker->arena, &todo, next);
        }
    }
    walker->at        = NULL;
    walker->undecided = 0;
    walker->in_branch = false;
}

static void run_head(Walker *walker, State *state, NodeId node)
{
    (void)state;
    if (tree_is_inside(walker->tree, walker->call->call, node))
        record(walker);
}

static bool mentions(const Walker *walker, NodeId node)
{
    for (NodeId id = node; node && id < tree_node(walker->tree, node)->end; id++)
        if (tree_kind(walker->tree, id) == PY_IDENTIFIER && growth_index_of(walker, id) >= 0)
            return true;
    return false;
}

/* Whether a statement has nothing to do with the call: no watched local, no way out. */
static bool is_idle(const Walker *walker, NodeId node)
{
    const Tree *tree = walker->tree;

    if (tree_is_inside(tree, walker->call->call, node))
        return false;
    for (NodeId id = node; id < tree_node(tree, node)->end; id++)
        switch (tree_kind(tree, id)) {
        case PY_RETURN:
        case PY_RAISE:
        case PY_BREAK:
        case PY_CONTINUE:
            return false;
        case PY_IDENTIFIER:
            if (growth_index_of(walker, id) >= 0)
                return false;
            break;
        default:
            break;
        }
    return true;
}

/* The head of a compound statement: calls in it run here. */
static void walk_head(Walker *walker, NodeId head, StateVec *states)
{
    StateVec out = { 0 };

    if (head)
        look(walker, head, states);
    if (!head || !tree_is_inside(walker->tree, walker->call->call, head))
        return;
    run_all(walker, run_head, head, states, &out);
    *states = out;
}

static ChoiceVec no_choices;

/* The states in which a condition holds, and those in which it does not. */
static void split(Walker *walker, NodeId condition, const StateVec *in, StateVec *then, StateVec *otherwise)
{
    const Tree *tree = walker->tree;

    condition = tree_strip(tree, condition);
    if (tree_kind(tree, condition) == PY_NOT) {
        split(walker, tree_field(tree, condition, F_ARGUMENT), in, otherwise, then);
        return;
    }
    if (tree_kind(tree, condition) == PY_BOOLEAN) { /* one after the other, so that each is known */
        bool     is_and = str_is(tree_text(tree, tree_field(tree, condition, F_OPERATOR)), "and");
        StateVec next   = { 0 };
        split(walker, tree_field(tree, condition, F_LEFT), in, is_and ? &next : then, is_and ? otherwise : &next);
        split(walker, tree_field(tree, condition, F_RIGHT), &next, then, otherwise);
        return;
    }
    bool constant = growth_never_changes(walker, condition);
    Str  text     = tree_text(tree, condition);
    walker->in_branch = true;
    vec_each(state, in) {
        walker->at        = state;
        walker->choices   = &no_choices;
        walker->undecided = 0;
        int holds         = growth_truth(walker, condition);
        for (int answer = 1; answer >= 0; answer--) {
            if (holds >= 0 && holds != answer)
                continue;
            State out = *state;
            if (constant && holds < 0) {
                out.decisions.room = out.decisions.count;
                vec_push(walker->arena, &out.decisions, (Decision) { text, answer });
            }
            growth_add_state(walker, answer ? then : otherwise, &out);
        }
    }
    walker->at        = NULL;
    walker->in_branch = false;
}

static void walk_if(Walker *walker, NodeId node, StateVec *states)
{
    const Tree *tree = walker->tree;
    StateVec    out  = { 0 }, rest = *states;

    tree_each_child(child, tree, node) {
        bool is_elif = tree_kind(tree, child) == PY_ELIF;
        if (is_elif || child == tree_field(tree, node, F_CONDITION)) {
            NodeId   condition = is_elif ? tree_field(tree, child, F_CONDITION) : child;
            NodeId   body      = tree_field(tree, is_elif ? child : node, F_CONSEQUENCE);
            StateVec then = { 0 }, otherwise = { 0 };
            walk_head(walker, condition, &rest);
            split(walker, condition, &rest, &then, &otherwise);
            if (body)
                growth_walk(walker, body, &then);
            growth_add_states(walker, &out, &then);
            rest = otherwise;
        } else if (tree_kind(tree, child) == PY_ELSE) {
            growth_walk(walker, tree_field(tree, child, F_BODY), &rest);
        }
    }
    growth_add_states(walker, &out, &rest);
    *states = out;
}

/* What a loop changes time after time is not known where it begins anew. */
static void forget_changes(Walker *walker, const StateVec *before, StateVec *after)
{
    StateVec out = { 0 };
    bool     changed[WATCHED] = { false };

    for (uint32_t i = 0; i < walker->count; i++)
        vec_each(state, after) {
            bool known = false;
            vec_each(other, before)
                known |= growth_same_slot(&other->slots[i], &state->slots[i]);
            changed[i] |= !known;
        }
    vec_each(state, after) {
        State kept = growth_copy_of(walker, state);
        for (uint32_t i = 0; i < walker->count; i++)
            if (changed[i])
                kept.slots[i] = (Slot) { .kind = SLOT_UNKNOWN, .from = state->slots[i].from };
        growth_add_state(walker, &out, &kept);
    }
    *after = out;
}

static bool holds_loop(const Tree *tree, NodeId body)
{
    for (NodeId id = body; body && id < tree_node(tree, body)->end; id++)
        if (tree_kind(tree, id) == PY_FOR || tree_kind(tree, id) == PY_WHILE)
            return true;
    return false;
}

static bool is_in_loop(const Walker *walker, NodeId node)
{
    NodeId root = walker->call->function ? walker->call->function : 1;

    for (NodeId up = tree_parent(walker->tree, node); up && up != root; up = tree_parent(walker->tree, up))
        if (tree_kind(walker->tree, up) == PY_FOR || tree_kind(walker->tree, up) == PY_WHILE)
            return true;
    return false;
}

/*
 * A loop before the call that adds the same time after time is taken not at all, once and twice: what more
 * turns add reads as the second did. Other loops are taken until nothing new comes out.
 */
static void walk_loop(Walker *walker, NodeId loop, StateVec *states)
{
    const Tree *tree   = walker->tree;
    StateVec   *outer  = walker->broken, broken = { 0 }, entry = { 0 };
    NodeId      body   = tree_field(tree, loop, F_BODY);
    bool        is_for = tree_kind(tree, loop) == PY_FOR;
    bool        steady = false;
    bool        repeats = is_for && !tree_is_inside(tree, walker->call->call, loop) && !holds_loop(tree, body)
                && !is_in_loop(walker, loop);

    walker->broken = &broken;
    if (is_for)
        walk_head(walker, tree_field(tree, loop, F_RIGHT), states);
    growth_add_states(walker, &entry, states);
    for (int round = 0; round < ROUNDS && body && !steady && !walker->lost; round++) {
        StateVec inside = { 0 };
        if (round == TURNS && repeats) {
            vec_push(walker->arena, &walker->out->loops, loop);
            steady = true;
            break;
        }
        if (round == ROUNDS - 2)
            forget_changes(walker, &entry, states);
        if (!is_for)
            walk_head(walker, tree_field(tree, loop, F_CONDITION), states);
        vec_each(state, states) {
            State next = *state;
            if (is_for && mentions(walker, tree_field(tree, loop, F_LEFT))) {
                next = growth_copy_of(walker, state);
                forget(walker, &next, tree_field(tree, loop, F_LEFT));
            }
            growth_add_state(walker, &inside, &next);
        }
        growth_walk(walker, body, &inside);
        steady = !growth_add_states(walker, states, &inside);
        steady &= !growth_add_states(walker, states, &broken);
    }
    if (!steady && body)
        walker->lost = true;
    tree_each_child(child, tree, loop)
        if (tree_kind(tree, child) == PY_ELSE) {
            StateVec after = { 0 };
            growth_add_states(walker, &after, states);
            growth_walk(walker, tree_field(tree, child, F_BODY), &after);
            growth_add_states(walker, states, &after);
        }
    walker->broken = outer;
}

static void walk_try(Walker *walker, NodeId node, StateVec *states)
{
    const Tree *tree  = walker->tree;
    StateVec   *outer = walker->trail, trail = { 0 }, out = { 0 };

    growth_add_states(walker, &trail, states);
    walker->trail = &trail;
    growth_walk(walker, tree_field(tree, node, F_BODY), states);
    walker->trail = outer;
    growth_add_states(walker, &trail, states);
    tree_each_child(child, tree, node)
        if (tree_kind(tree, child) == PY_ELSE)
            growth_walk(walker, tree_field(tree, child, F_BODY), states);
    growth_add_states(walker, &out, states);
    tree_each_child(child, tree, node) {
        if (tree_kind(tree, child) == PY_EXCEPT) {
            StateVec handled = { 0 };
            growth_add_states(walker, &handled, &trail);
            tree_each_child(part, tree, child)
                if (tree_kind(tree, part) == PY_BLOCK)
                    growth_walk(walker, part, &handled);
            growth_add_states(walker, &out, &handled);
        } else if (tree_kind(tree, child) == PY_FINALLY) {
            growth_add_states(walker, &out, &trail);
            tree_each_child(part, tree, child)
                if (tree_kind(tree, part) == PY_BLOCK)
                    growth_walk(walker, part, &out);
        }
    }
    if (outer)
        growth_add_states(walker, outer, &trail);
    *states = out;
}

static void walk_match(Walker *walker, NodeId node, StateVec *states)
{
    const Tree *tree = walker->tree;
    StateVec    out  = { 0 };

    growth_add_states(walker, &out, states);
    for (NodeId id = node; id < tree_node(tree, node)->end; id++)
        if (tree_kind(tree, id) == PY_CASE && tree_enclosing(tree, id, PY_MATCH) == node) {
            StateVec taken = { 0 };
            growth_add_states(walker, &taken, states);
            growth_walk(walker, tree_field(tree, id, F_CONSEQUENCE), &taken);
            growth_add_states(walker, &out, &taken);
        }
    *states = out;
}

void growth_walk(Walker *walker, NodeId node, StateVec *states)
{
    const Tree *tree = walker->tree;
    StateVec    out  = { 0 };

    if (!node || walker->lost || !states->count || is_idle(walker, node))
        return;
    switch (tree_kind(tree, node)) {
    case PY_BLOCK:
    case PY_MODULE:
        tree_each_child(child, tree, node) {
            growth_walk(walker, child, states);
            if (walker->trail)
                growth_add_states(walker, walker->trail, states);
        }
        return;
    case PY_IF:
        walk_if(walker, node, states);
        return;
    case PY_FOR:
    case PY_WHILE:
        walk_loop(walker, node, states);
        return;
    case PY_TRY:
        walk_try(walker, node, states);
        return;
    case PY_WITH:
        tree_each_child(child, tree, node)
            if (tree_kind(tree, child) == PY_WITH_CLAUSE)
                walk_head(walker, child, states);
        growth_walk(walker, tree_field(tree, node, F_BODY), states);
        return;
    case PY_MATCH:
        walk_match(walker, node, states);
        return;
    case PY_FUNCTION:
    case PY_CLASS:
    case PY_DECORATED:
    case PY_COMMENT:
        return;
    case PY_BREAK:
    case PY_CONTINUE:
        if (walker->broken)
            growth_add_states(walker, walker->broken, states);
        *states = out;
        return;
    default:
        look(walker, node, states);
        run_all(walker, run_simple, node, states, &out);
        *states = out;
        if (tree_kind(tree, node) == PY_RETURN || tree_kind(tree, node) == PY_RAISE)
            states->count = 0;
        return;
    }
}
