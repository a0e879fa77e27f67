#include "analyzers/facts/growing.h"

/* -- states ---------------------------------------------------------------------------------- */

State growth_copy_of(Walker *walker, const State *state)
{
    State out = *state;

    out.slots = arena_array(walker->arena, Slot, walker->count + 1);
    memcpy(out.slots, state->slots, walker->count * sizeof(Slot));
    return out;
}

bool growth_same_text(const SqlText *a, const SqlText *b)
{
    if (!str_eq(a->text, b->text) || a->pieces.count != b->pieces.count)
        return false;
    for (size_t i = 0; i < a->pieces.count; i++)
        if (a->pieces.items[i].src_lo != b->pieces.items[i].src_lo || a->pieces.items[i].kind != b->pieces.items[i].kind)
            return false;
    return true;
}

bool growth_same_items(const GrownItemVec *a, const GrownItemVec *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->items[i].node != b->items[i].node || a->items[i].is_spread != b->items[i].is_spread)
            return false;
    return true;
}

bool growth_same_nodes(const NodeIdVec *a, const NodeIdVec *b)
{
    return a->count == b->count && (!a->count || memcmp(a->items, b->items, a->count * sizeof(NodeId)) == 0);
}

bool growth_same_slot(const Slot *a, const Slot *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == SLOT_TEXT)
        return growth_same_text(&a->text, &b->text);
    if (a->kind != SLOT_LIST || !growth_same_items(&a->items, &b->items) || !growth_same_nodes(&a->makers, &b->makers))
        return a->kind != SLOT_LIST;
    for (size_t i = 0; i < a->texts.count; i++)
        if (!growth_same_text(&a->texts.items[i], &b->texts.items[i]))
            return false;
    return true;
}

static bool same_state(const Walker *walker, const State *a, const State *b)
{
    for (uint32_t i = 0; i < walker->count; i++)
        if (!growth_same_slot(&a->slots[i], &b->slots[i]))
            return false;
    return true;
}

static const Decision *decision_in(const State *state, Str condition)
{
    vec_each(decision, &state->decisions)
        if (str_eq(decision->condition, condition))
            return decision;
    return NULL;
}

/* Two ways to the same state: only what holds on both is still known. */
static void forget_differences(Walker *walker, State *into, const State *other)
{
    State kept = { 0 };

    vec_each(decision, &into->decisions) {
        const Decision *same = decision_in(other, decision->condition);
        if (same && same->holds == decision->holds)
            vec_push(walker->arena, &kept.decisions, *decision);
    }
    into->decisions.items = kept.decisions.items;
    into->decisions.count = kept.decisions.count;
    into->decisions.room  = kept.decisions.room;
}

static bool same_decisions(const State *a, const State *b)
{
    if (a->decisions.count != b->decisions.count)
        return false;
    vec_each(decision, &a->decisions) {
        const Decision *other = decision_in(b, decision->condition);
        if (!other || other->holds != decision->holds)
            return false;
    }
    return true;
}

/* True if it is new. Inside a branch, states that know other things stay apart; where branches meet they do not. */
bool growth_add_state(Walker *walker, StateVec *states, const State *state)
{
    vec_each(known, states)
        if (same_state(walker, known, state) && (!walker->in_branch || same_decisions(known, state))) {
            forget_differences(walker, known, state);
            return false;
        }
    if (states->count >= GROWTH_STATES)
        walker->lost = true;
    else
        vec_push(walker->arena, states, *state);
    return true;
}

bool growth_add_states(Walker *walker, StateVec *into, const StateVec *states)
{
    bool any = false;

    vec_each(state, states)
        any |= growth_add_state(walker, into, state);
    return any;
}

/* -- conditions ------------------------------------------------------------------------------ */

/* `ids.pop()`, `ids[0] = x`: whether what a name stands for is changed where it is used. */
static bool is_changed(const Walker *walker, SymbolId symbol)
{
    static const char *const changing[] = { "append", "extend", "insert", "pop", "remove", "clear", "update", "add",
                                            "discard", "popitem", "setdefault", "popleft", "appendleft", NULL };
    const Tree *tree = walker->tree;
    NodeId      root = walker->call->function ? walker->call->function : 1;

    for (NodeId id = root; id < tree_node(tree, root)->end; id++) {
        if (tree_kind(tree, id) != PY_IDENTIFIER || walker->module->scopes.symbol_of[id] != symbol)
            continue;
        NodeId parent = tree_parent(tree, id);
        if (tree_kind(tree, parent) == PY_SUBSCRIPT
            && (tree_node(tree, parent)->field == F_LEFT || tree_kind(tree, tree_parent(tree, parent)) == PY_DELETE))
            return true;
        if (tree_kind(tree, parent) == PY_ATTRIBUTE)
            for (size_t i = 0; changing[i]; i++)
                if (str_is(tree_text(tree, tree_field(tree, parent, F_ATTRIBUTE)), changing[i]))
                    return true;
    }
    return false;
}

/* A condition that says the same wherever it stands: names that are given one thing, constants, `is None`. */
bool growth_never_changes(const Walker *walker, NodeId condition)
{
    for (NodeId id = condition; id < tree_node(walker->tree, condition)->end; id++)
        switch (tree_kind(walker->tree, id)) {
        case PY_IDENTIFIER: {
            SymbolId symbol = walker->module->scopes.symbol_of[id];
            if (!growth_is_local(walker, symbol) || walker->module->scopes.symbols.items[symbol].bindings.count > 1
                || is_changed(walker, symbol))
                return false;
            vec_each(bound, &walker->module->scopes.symbols.items[symbol].bindings)
                if (!walker->module->scopes.symbols.items[symbol].is_parameter
                    && (tree_enclosing(walker->tree, *bound, PY_FOR) || tree_enclosing(walker->tree, *bound, PY_WHILE)))
                    return false; /* another one each time round */
            break;
        }
        case PY_CALL:
        case PY_ATTRIBUTE:
        case PY_SUBSCRIPT:
        case PY_NAMED_EXPRESSION:
        case PY_AWAIT:
        case PY_YIELD:
        case PY_LAMBDA:
            return false;
        default:
            break;
        }
    return true;
}

static int opposite(int holds)
{
    return holds < 0 ? -1 : !holds;
}

/* Whether a local has anything in it: 1, 0, or -1. */
static int truth_of_name(Walker *walker, NodeId name)
{
    int index = growth_index_of(walker, name);

    if (index < 0 || walker->opaque[index])
        return -1;
    const Slot *slot = &walker->at->slots[index];
    if (slot->kind == SLOT_TEXT) {
        walker->consumed[name] = 1;
        if (slot->text.text.len == 0)
            return 0;
        for (size_t i = 0; i < slot->text.text.len; i++)
            if (slot->text.text.ptr[i] != HOLE_BYTE)
                return 1;
        return -1;
    }
    if (slot->kind == SLOT_LIST) {
        walker->consumed[name] = 1;
        if (!slot->items.count)
            return 0;
        vec_each(item, &slot->items)
            if (!item->is_spread)
                return 1;
    }
    return -1;
}

static NodeId length_of(const Tree *tree, NodeId call)
{
    NodeId function  = tree_kind(tree, call) == PY_CALL ? tree_field(tree, call, F_FUNCTION) : 0;
    NodeId arguments = function ? tree_field(tree, call, F_ARGUMENTS) : 0;

    return function && arguments && str_is(tree_text(tree, function), "len") && tree_arity(tree, arguments) == 1
             ? tree_nth(tree, arguments, 0) : 0;
}

int growth_truth(Walker *walker, NodeId condition)
{
    const Tree *tree = walker->tree;
    int         left, right;

    condition = condition ? tree_strip(tree, condition) : 0;
    if (!condition)
        return -1;
    vec_each(choice, walker->choices)
        if (choice->condition == condition)
            return choice->holds;
    switch (tree_kind(tree, condition)) {
    case PY_TRUE:
        return 1;
    case PY_FALSE:
        return 0;
    case PY_NOT:
        left = opposite(growth_truth(walker, tree_field(tree, condition, F_ARGUMENT)));
        if (left >= 0)
            return left;
        break;
    case PY_BOOLEAN: {
        bool is_and = str_is(tree_text(tree, tree_field(tree, condition, F_OPERATOR)), "and");
        left        = growth_truth(walker, tree_field(tree, condition, F_LEFT));
        right       = growth_truth(walker, tree_field(tree, condition, F_RIGHT));
        if (is_and ? left == 0 || right == 0 : left == 1 || right == 1)
            return !is_and;
        if (left >= 0 && right >= 0)
            return is_and;
        break;
    }
    case PY_IDENTIFIER:
        left = truth_of_name(walker, condition);
        if (left >= 0)
            return left;
        break;
    case PY_CALL:
        if (length_of(tree, condition) && (left = truth_of_name(walker, length_of(tree, condition))) >= 0)
            return left;
        break;
    case PY_COMPARISON: { /* len(x) > 0 */
        NodeId name = tree_arity(tree, condition) == 2 ? length_of(tree, tree_nth(tree, condition, 0)) : 0;
        Str    rest = name ? str_slice(tree->source->text, tree_node(tree, tree_nth(tree, condition, 0))->hi,
                                       tree_node(tree, condition)->hi) : (Str) { 0 };
        rest = str_trim(rest);
        if (name && (str_is(rest, "> 0") || str_is(rest, ">0") || str_is(rest, "!= 0") || str_is(rest, ">= 1"))
            && (left = truth_of_name(walker, name)) >= 0)
            return left;
        if (name && (str_is(rest, "== 0") || str_is(rest, "< 1")) && (left = truth_of_name(walker, name)) >= 0)
            return !left;
        break;
    }
    default:
        break;
    }
    const Decision *known = decision_in(walker->at, tree_text(tree, condition));
    return known ? known->holds : -1;
}

/* growth_truth(), or the question which of both it is to be. */
int growth_decide(Walker *walker, NodeId condition)
{
    int holds = growth_truth(walker, condition);

    if (holds < 0 && !walker->undecided)
        walker->undecided = tree_strip(walker->tree, condition);
    return holds;
}

int growth_holds_in(void *data, NodeId condition)
{
    return growth_decide(data, condition);
}
