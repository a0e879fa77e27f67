#include "analyzers/facts/growth.h"

#include "analyzers/facts/pieces.h"

enum { WATCHED = 64, ROUNDS = 5, STEPS = 200000, LONGEST_TEXT = 1 << 15, MOST_PIECES = 2000 };

typedef enum SlotKind {
    SLOT_UNSET,   /* not given anything yet: who reads it raises */
    SLOT_UNKNOWN,
    SLOT_TEXT,
    SLOT_LIST
} SlotKind;

/* What a local holds. */
typedef struct Slot {
    SlotKind     kind;
    SqlText      text;
    GrownItemVec items;
    SqlTextVec   texts;  /* of the items, in the same order */
    NodeIdVec    makers;
    uint64_t     from;   /* the locals it was made of, itself among them */
} Slot;

/* What is known of a condition that cannot change. */
typedef struct Decision {
    Str  condition;
    bool holds;
} Decision;

typedef struct State {
    Slot *slots;
    Vec(Decision) decisions;
} State;

typedef Vec(State) StateVec;

typedef struct Choice {
    NodeId condition;
    bool   holds;
} Choice;

typedef Vec(Choice) ChoiceVec;

/* A reading that was met but not followed, and what the local was made of then. */
typedef struct Sight {
    NodeId    name;
    NodeIdVec sources;
} Sight;

typedef struct Walker {
    Arena          *arena;
    const Model    *model;
    const Module   *module;
    const Tree     *tree;
    const Callsite *call;
    SymbolId        watched[WATCHED];
    bool            opaque[WATCHED]; /* given something in a way that is not followed */
    bool            counted[WATCHED]; /* a collection that placeholders are counted by: a value as a whole */
    uint32_t        count;
    uint8_t        *consumed; /* by node: an identifier whose reading was followed */
    StateVec       *broken;   /* what `break` and `continue` of the innermost loop carry out */
    StateVec       *trail;    /* of the innermost `try`: what a handler may find */
    State          *at;       /* the state that is being looked at */
    const ChoiceVec *choices; /* the conditions inside the statement that were chosen for it */
    NodeId          undecided;
    uint64_t        read;     /* watched locals that the text at hand was made of */
    uint32_t        steps;
    bool            lost;
    bool            in_branch;
    Vec(Sight)      sights;
    uint64_t        flows_text, flows_list; /* watched locals that reach the call */
    Growth         *out;
} Walker;

static Surroundings around(Walker *walker);

static bool is_too_long(const SqlText *text)
{
    return text->text.len > LONGEST_TEXT || text->pieces.count > MOST_PIECES;
}

/* -- locals ---------------------------------------------------------------------------------- */

static int index_of(const Walker *walker, NodeId name)
{
    SymbolId symbol = tree_kind(walker->tree, name) == PY_IDENTIFIER ? walker->module->scopes.symbol_of[name] : 0;

    for (uint32_t i = 0; symbol && i < walker->count; i++)
        if (walker->watched[i] == symbol)
            return (int)i;
    return -1;
}

static NodeId scope_node(const Walker *walker)
{
    return walker->call->function ? walker->call->function : 1;
}

/* A local of the function that calls, bound there and nowhere else. */
static bool is_local(const Walker *walker, SymbolId symbol)
{
    const Scopes *scopes = &walker->module->scopes;

    if (!symbol || scopes->symbols.items[symbol].scope != scopes->opens[scope_node(walker)])
        return false;
    vec_each(bound, &scopes->symbols.items[symbol].bindings)
        if (scope_function(scopes, *bound) != walker->call->function)
            return false;
    return true;
}

/* What a binding is given: the right side of its assignment; 0 if it is bound in another way. */
static NodeId right_of(const Tree *tree, NodeId bound)
{
    NodeId parent = tree_parent(tree, bound);

    while (tree_kind(tree, parent) == PY_PATTERN_LIST || tree_kind(tree, parent) == PY_TUPLE_PATTERN)
        parent = tree_parent(tree, parent);
    if ((tree_kind(tree, parent) != PY_ASSIGNMENT && tree_kind(tree, parent) != PY_AUGMENTED_ASSIGNMENT)
        || !tree_is_inside(tree, bound, tree_field(tree, parent, F_LEFT)))
        return 0;
    NodeId right = tree_field(tree, parent, F_RIGHT);
    while (right && tree_kind(tree, right) == PY_ASSIGNMENT)
        right = tree_field(tree, right, F_RIGHT);
    return right;
}

static bool may_be_text_or_list(const Tree *tree, NodeId value)
{
    switch (tree_kind(tree, tree_strip(tree, value))) {
    case PY_STRING:
    case PY_CONCATENATED_STRING:
    case PY_BINARY:
    case PY_LIST:
    case PY_TUPLE:
    case PY_EXPRESSION_LIST:
    case PY_CONDITIONAL:
    case PY_CALL:
    case PY_SUBSCRIPT:
    case PY_IDENTIFIER:
        return true;
    default:
        return false;
    }
}

/* Whether a local is ever given a text or a list as it is written. */
static bool is_interesting(const Walker *walker, SymbolId symbol)
{
    vec_each(bound, &walker->module->scopes.symbols.items[symbol].bindings) {
        NodeId right = right_of(walker->tree, *bound);
        if (right && may_be_text_or_list(walker->tree, right))
            return true;
    }
    return false;
}

/* `"?" * len(ids)`, `"?" for _ in ids`: whether an identifier is what placeholders are counted by. */
static bool counts_placeholders(const Tree *tree, NodeId name)
{
    NodeId parent = tree_parent(tree, name);

    if (tree_kind(tree, parent) == PY_FOR_IN && tree_node(tree, name)->field == F_RIGHT) {
        NodeId body = tree_field(tree, tree_parent(tree, parent), F_BODY);
        return body && tree_kind(tree, body) == PY_STRING && str_contains(tree_text(tree, body), STR("?"));
    }
    NodeId call = tree_kind(tree, parent) == PY_ARGUMENT_LIST ? tree_parent(tree, parent) : 0;
    NodeId product = call && tree_kind(tree, call) == PY_CALL && str_is(tree_text(tree, tree_field(tree, call, F_FUNCTION)), "len")
                       ? tree_parent(tree, call) : 0;
    return product && tree_kind(tree, product) == PY_BINARY && str_contains(tree_text(tree, product), STR("?"))
        && str_is(tree_text(tree, tree_field(tree, product, F_OPERATOR)), "*");
}

static void watch_in(Walker *walker, NodeId expression);

static void watch(Walker *walker, SymbolId symbol)
{
    const Tree *tree = walker->tree;

    for (uint32_t i = 0; i < walker->count; i++)
        if (walker->watched[i] == symbol)
            return;
    if (walker->count == WATCHED || !is_local(walker, symbol) || !is_interesting(walker, symbol))
        return;
    uint32_t index         = walker->count++;
    walker->watched[index] = symbol;
    vec_each(bound, &walker->module->scopes.symbols.items[symbol].bindings) {
        NodeId right = right_of(tree, *bound), parent = tree_parent(tree, *bound);
        if (right)
            watch_in(walker, right);
        else if (!walker->module->scopes.symbols.items[symbol].is_parameter && tree_kind(tree, parent) != PY_FOR)
            walker->opaque[index] = true;
    }
    for (NodeId id = scope_node(walker); id < tree_node(tree, scope_node(walker))->end; id++) {
        if (tree_kind(tree, id) == PY_IDENTIFIER && walker->module->scopes.symbol_of[id] == symbol)
            walker->counted[index] |= counts_placeholders(tree, id);
        if (tree_kind(tree, id) == PY_ATTRIBUTE && tree_kind(tree, tree_field(tree, id, F_OBJECT)) == PY_IDENTIFIER
            && walker->module->scopes.symbol_of[tree_field(tree, id, F_OBJECT)] == symbol
            && tree_node(tree, id)->field == F_FUNCTION) {
            Str method = tree_text(tree, tree_field(tree, id, F_ATTRIBUTE));
            if (str_is(method, "append") || str_is(method, "extend"))
                watch_in(walker, tree_field(tree, tree_parent(tree, id), F_ARGUMENTS));
        }
    }
}

static void watch_in(Walker *walker, NodeId expression)
{
    for (NodeId id = expression; expression && id < tree_node(walker->tree, expression)->end; id++)
        if (tree_kind(walker->tree, id) == PY_IDENTIFIER && walker->module->scopes.symbol_of[id])
            watch(walker, walker->module->scopes.symbol_of[id]);
}

/* -- states ---------------------------------------------------------------------------------- */

static State copy_of(Walker *walker, const State *state)
{
    State out = *state;

    out.slots = arena_array(walker->arena, Slot, walker->count + 1);
    memcpy(out.slots, state->slots, walker->count * sizeof(Slot));
    return out;
}

static bool same_text(const SqlText *a, const SqlText *b)
{
    if (!str_eq(a->text, b->text) || a->pieces.count != b->pieces.count)
        return false;
    for (size_t i = 0; i < a->pieces.count; i++)
        if (a->pieces.items[i].src_lo != b->pieces.items[i].src_lo || a->pieces.items[i].kind != b->pieces.items[i].kind)
            return false;
    return true;
}

static bool same_items(const GrownItemVec *a, const GrownItemVec *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->items[i].node != b->items[i].node || a->items[i].is_spread != b->items[i].is_spread)
            return false;
    return true;
}

static bool same_nodes(const NodeIdVec *a, const NodeIdVec *b)
{
    return a->count == b->count && (!a->count || memcmp(a->items, b->items, a->count * sizeof(NodeId)) == 0);
}

static bool same_slot(const Slot *a, const Slot *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == SLOT_TEXT)
        return same_text(&a->text, &b->text);
    if (a->kind != SLOT_LIST || !same_items(&a->items, &b->items) || !same_nodes(&a->makers, &b->makers))
        return a->kind != SLOT_LIST;
    for (size_t i = 0; i < a->texts.count; i++)
        if (!same_text(&a->texts.items[i], &b->texts.items[i]))
            return false;
    return true;
}

static bool same_state(const Walker *walker, const State *a, const State *b)
{
    for (uint32_t i = 0; i < walker->count; i++)
        if (!same_slot(&a->slots[i], &b->slots[i]))
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
static bool add_state(Walker *walker, StateVec *states, const State *state)
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

static bool add_states(Walker *walker, StateVec *into, const StateVec *states)
{
    bool any = false;

    vec_each(state, states)
        any |= add_state(walker, into, state);
    return any;
}

/* -- conditions ------------------------------------------------------------------------------ */

/* A condition that says the same wherever it stands: names that are given one thing, constants, `is None`. */
static bool never_changes(const Walker *walker, NodeId condition)
{
    for (NodeId id = condition; id < tree_node(walker->tree, condition)->end; id++)
        switch (tree_kind(walker->tree, id)) {
        case PY_IDENTIFIER: {
            SymbolId symbol = walker->module->scopes.symbol_of[id];
            if (!is_local(walker, symbol) || walker->module->scopes.symbols.items[symbol].bindings.count > 1)
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
    int index = index_of(walker, name);

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

static int truth(Walker *walker, NodeId condition)
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
        left = opposite(truth(walker, tree_field(tree, condition, F_ARGUMENT)));
        if (left >= 0)
            return left;
        break;
    case PY_BOOLEAN: {
        bool is_and = str_is(tree_text(tree, tree_field(tree, condition, F_OPERATOR)), "and");
        left        = truth(walker, tree_field(tree, condition, F_LEFT));
        right       = truth(walker, tree_field(tree, condition, F_RIGHT));
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

/* truth(), or the question which of both it is to be. */
static int decide(Walker *walker, NodeId condition)
{
    int holds = truth(walker, condition);

    if (holds < 0 && !walker->undecided)
        walker->undecided = tree_strip(walker->tree, condition);
    return holds;
}

static int holds_in(void *data, NodeId condition)
{
    return decide(data, condition);
}

/* -- expressions ----------------------------------------------------------------------------- */

static SqlText hole_at(Walker *walker, NodeId node)
{
    static const char hole[] = { HOLE_BYTE };
    SqlText           out    = { .text = { hole, 1 }, .home = walker->module, .shape = SHAPE_UNKNOWN, .node = node };

    vec_push(walker->arena, &out.pieces,
             (Piece) { .kind = PIECE_HOLE, .hi = 1, .src_lo = tree_node(walker->tree, node)->lo,
                       .src_hi = tree_node(walker->tree, node)->hi, .node = node });
    vec_push(walker->arena, &out.parts, (Part) { .node = node });
    return out;
}

static bool text_of_name(void *data, NodeId name, SqlText *out)
{
    Walker *walker = data;
    int     index  = index_of(walker, name);

    if (index < 0)
        return false;
    const Slot *slot = &walker->at->slots[index];
    walker->consumed[name] = 1;
    walker->read |= slot->from | (uint64_t)1 << index;
    *out = slot->kind == SLOT_TEXT && !walker->opaque[index] ? slot->text : hole_at(walker, name);
    return true;
}

static SqlText read_text(Walker *walker, NodeId expression)
{
    Surroundings surroundings = around(walker);

    return sqltext_read_in(walker->arena, walker->model, walker->module, expression, &surroundings);
}

static void add_item(Walker *walker, Slot *slot, NodeId node, bool is_spread)
{
    vec_push(walker->arena, &slot->items, (GrownItem) { node, is_spread });
    vec_push(walker->arena, &slot->texts, is_spread ? hole_at(walker, node) : read_text(walker, node));
}

static void add_slot(Walker *walker, Slot *into, const Slot *slot)
{
    vec_each(item, &slot->items)
        vec_push(walker->arena, &into->items, *item);
    vec_each(text, &slot->texts)
        vec_push(walker->arena, &into->texts, *text);
    vec_each(maker, &slot->makers)
        vec_push(walker->arena, &into->makers, *maker);
    into->from |= slot->from;
}

/* A list of its own memory. */
static Slot list_like(Walker *walker, const Slot *slot)
{
    Slot out = { .kind = SLOT_LIST };

    if (slot)
        add_slot(walker, &out, slot);
    return out;
}

static bool list_of(Walker *walker, NodeId expression, Slot *out);

/* The list, or all its items as one that is spread where it is not followed. */
static void add_list(Walker *walker, Slot *into, NodeId expression)
{
    Slot inner;

    if (list_of(walker, expression, &inner))
        add_slot(walker, into, &inner);
    else
        add_item(walker, into, expression, true);
}

static bool list_of_display(Walker *walker, NodeId display, Slot *out)
{
    const Tree *tree = walker->tree;

    *out = list_like(walker, NULL);
    vec_push(walker->arena, &out->makers, display);
    tree_each_child(child, tree, display) {
        if (tree_kind(tree, child) == PY_COMMENT || tree_kind(tree, child) == PY_TOKEN)
            continue;
        if (tree_kind(tree, child) == PY_LIST_SPLAT)
            add_list(walker, out, tree_strip(tree, tree_nth(tree, child, 0)));
        else
            add_item(walker, out, child, false);
    }
    return true;
}

/* `list(x)`, `tuple(x)`, `x.copy()`, `list()`. */
static bool list_of_call(Walker *walker, NodeId call, Slot *out)
{
    const Tree *tree      = walker->tree;
    NodeId      function  = tree_field(tree, call, F_FUNCTION), arguments = tree_field(tree, call, F_ARGUMENTS), object;
    Str         name      = function ? tree_text(tree, function) : (Str) { 0 };
    bool        is_copy   = calls_method(tree, call, "copy", &object);

    if (!arguments || tree_kind(tree, arguments) != PY_ARGUMENT_LIST
        || !(is_copy ? tree_arity(tree, arguments) == 0 : str_is(name, "list") || str_is(name, "tuple")))
        return false;
    if (!is_copy && tree_arity(tree, arguments) == 0) {
        *out = list_like(walker, NULL);
    } else {
        NodeId of = is_copy ? object : tree_arity(tree, arguments) == 1 ? tree_nth(tree, arguments, 0) : 0;
        Slot   inner;
        if (of && list_of(walker, of, &inner)) {
            *out = list_like(walker, &inner);
        } else if (!of || is_copy || walker->undecided) {
            return false;
        } else { /* of a collection */
            *out = list_like(walker, NULL);
            add_item(walker, out, tree_strip(tree, of), true);
        }
    }
    vec_push(walker->arena, &out->makers, call);
    return true;
}

/* `a + b`, of lists. */
static bool list_of_sum(Walker *walker, NodeId sum, Slot *out)
{
    const Tree *tree = walker->tree;
    NodeId      left = tree_field(tree, sum, F_LEFT), right = tree_field(tree, sum, F_RIGHT);
    Slot        a, b;

    if (!str_is(tree_text(tree, tree_field(tree, sum, F_OPERATOR)), "+"))
        return false;
    bool is_left = list_of(walker, left, &a), is_right = list_of(walker, right, &b);
    if (!is_left && !is_right)
        return false;
    *out = list_like(walker, NULL);
    if (is_left)
        add_slot(walker, out, &a);
    else
        add_item(walker, out, tree_strip(tree, left), true);
    if (is_right)
        add_slot(walker, out, &b);
    else
        add_item(walker, out, tree_strip(tree, right), true);
    vec_push(walker->arena, &out->makers, sum);
    return true;
}

/* `[w for w in [where_id, where_token] if w]`: what is empty is left out. */
static bool list_of_comprehension(Walker *walker, NodeId comprehension, Slot *out)
{
    const Tree *tree = walker->tree;
    NodeId      body = tree_strip(tree, tree_field(tree, comprehension, F_BODY)), loop = 0, condition = 0;
    uint32_t    clauses = 0;
    Slot        all;

    tree_each_child(child, tree, comprehension) {
        clauses += tree_kind(tree, child) == PY_FOR_IN || tree_kind(tree, child) == PY_IF_CLAUSE;
        if (tree_kind(tree, child) == PY_FOR_IN)
            loop = child;
        if (tree_kind(tree, child) == PY_IF_CLAUSE)
            condition = tree_nth(tree, child, 0);
    }
    if (!loop || !condition || clauses != 2 || tree_kind(tree, body) != PY_IDENTIFIER
        || !str_eq(tree_text(tree, body), tree_text(tree, tree_field(tree, loop, F_LEFT)))
        || !str_eq(tree_text(tree, body), tree_text(tree, condition))
        || !list_of(walker, tree_field(tree, loop, F_RIGHT), &all))
        return false;
    *out = list_like(walker, NULL);
    out->from = all.from;
    vec_push(walker->arena, &out->makers, comprehension);
    for (size_t i = 0; i < all.items.count; i++) {
        const SqlText *text = &all.texts.items[i];
        if (!text->complete)
            return false;
        if (!text->text.len)
            continue;
        vec_push(walker->arena, &out->items, all.items.items[i]);
        vec_push(walker->arena, &out->texts, *text);
    }
    return true;
}

/* The list that an expression makes; false if it is none that is followed. */
static bool list_of(Walker *walker, NodeId expression, Slot *out)
{
    const Tree *tree = walker->tree;

    expression = expression ? tree_strip(tree, expression) : 0;
    if (!expression || ++walker->steps > STEPS)
        return false;
    switch (tree_kind(tree, expression)) {
    case PY_LIST:
    case PY_TUPLE:
    case PY_EXPRESSION_LIST:
        return list_of_display(walker, expression, out);
    case PY_CALL:
        return list_of_call(walker, expression, out);
    case PY_BINARY:
        return list_of_sum(walker, expression, out);
    case PY_LIST_COMPREHENSION:
    case PY_GENERATOR:
        return list_of_comprehension(walker, expression, out);
    case PY_CONDITIONAL: {
        int holds = decide(walker, tree_nth(tree, expression, 1));
        return holds >= 0 && list_of(walker, tree_nth(tree, expression, holds ? 0 : 2), out);
    }
    case PY_IDENTIFIER: {
        int index = index_of(walker, expression);
        if (index < 0 || walker->opaque[index] || walker->counted[index] || walker->at->slots[index].kind != SLOT_LIST)
            return false;
        walker->consumed[expression] = 1;
        *out = list_like(walker, &walker->at->slots[index]);
        out->from |= (uint64_t)1 << index;
        return true;
    }
    default:
        return false;
    }
}

static bool texts_of_list(void *data, NodeId list, SqlTextVec *out)
{
    Walker *walker = data;
    Slot    slot;

    if (tree_kind(walker->tree, tree_strip(walker->tree, list)) == PY_CALL || !list_of(walker, list, &slot))
        return false;
    walker->read |= slot.from;
    *out = slot.texts;
    return true;
}

static Surroundings around(Walker *walker)
{
    return (Surroundings) { walker->module, walker, text_of_name, texts_of_list, holds_in };
}

static Slot value_of(Walker *walker, NodeId expression)
{
    const Tree *tree = walker->tree;
    Slot        out  = { 0 };

    expression = tree_strip(tree, expression);
    if (list_of(walker, expression, &out))
        return out;
    uint64_t outer = walker->read;
    walker->read   = 0;
    out            = (Slot) { .kind = SLOT_TEXT, .text = read_text(walker, expression) };
    if ((out.text.shape == SHAPE_UNKNOWN && out.text.text.len <= 1 && !out.text.complete) || is_too_long(&out.text))
        out = (Slot) { .kind = SLOT_UNKNOWN };
    out.from     = walker->read;
    walker->read = outer;
    return out;
}

/* -- statements ------------------------------------------------------------------------------ */

static void forget(Walker *walker, State *state, NodeId pattern)
{
    for (NodeId id = pattern; pattern && id < tree_node(walker->tree, pattern)->end; id++) {
        int index = index_of(walker, id);
        if (index >= 0)
            state->slots[index] = (Slot) { .kind = SLOT_UNKNOWN };
    }
}

/* `other = params`: two names for one list, so that neither is known any more. */
static void forget_alias(Walker *walker, State *state, NodeId value)
{
    int index = index_of(walker, tree_strip(walker->tree, value));

    if (index >= 0 && state->slots[index].kind == SLOT_LIST) {
        walker->consumed[tree_strip(walker->tree, value)] = 0;
        state->slots[index] = (Slot) { .kind = SLOT_UNKNOWN };
    }
}

static void assign(Walker *walker, State *state, NodeId target, const Slot *value)
{
    int index = index_of(walker, target);

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
    int index = index_of(walker, tree_strip(walker->tree, value));
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
        Slot value = last ? value_of(walker, last) : (Slot) { .kind = SLOT_UNKNOWN };
        if (value.kind == SLOT_LIST)
            value = (Slot) { .kind = SLOT_UNKNOWN };
        for (NodeId at = assignment; tree_kind(tree, at) == PY_ASSIGNMENT; at = tree_field(tree, at, F_RIGHT))
            assign(walker, state, tree_field(tree, at, F_LEFT), &value);
        return;
    }
    Kind kind = tree_kind(tree, left);
    if (kind == PY_IDENTIFIER) {
        if (index_of(walker, left) < 0) {
            forget_alias(walker, state, right);
            return;
        }
        bool alias = is_name_of_list(walker, right);
        Slot value = value_of(walker, right);
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
                                                                              : value_of(walker, tree_nth(tree, values, i));
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
    int         index = index_of(walker, left);

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
        SqlText added  = read_text(walker, right);
        slot->text     = sqltext_join(walker->arena, &slot->text, added);
        slot->from |= walker->read;
        walker->read = outer;
        if (is_too_long(&slot->text))
            *slot = (Slot) { .kind = SLOT_UNKNOWN };
    } else if (grows && slot->kind == SLOT_LIST) {
        Slot longer = list_like(walker, slot);
        add_list(walker, &longer, right);
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
    int         index     = object ? index_of(walker, object) : -1;

    if (index < 0 || state->slots[index].kind != SLOT_LIST)
        return;
    Str    name = tree_text(tree, tree_field(tree, function, F_ATTRIBUTE));
    bool   adds = str_is(name, "append"), extends = str_is(name, "extend");
    NodeId only = arguments && tree_kind(tree, arguments) == PY_ARGUMENT_LIST && tree_arity(tree, arguments) == 1
                    ? tree_nth(tree, arguments, 0) : 0;
    if ((adds || extends) && only && tree_kind(tree, only) != PY_LIST_SPLAT) {
        Slot longer = list_like(walker, &state->slots[index]);
        walker->consumed[object] = 1;
        if (adds)
            add_item(walker, &longer, only, false);
        else
            add_list(walker, &longer, only);
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
        int index = index_of(walker, id);
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
    shape.text   = read_text(walker, call->sql_node);
    walker->flows_text |= walker->read;
    if (walker->undecided)
        return;
    if (call->method == METHOD_EXECUTEMANY) { /* rows, not values */
        out->knows_values = false;
    } else if (call->params.node && !list_of(walker, call->params.node, &values)) {
        NodeId given = tree_strip(walker->tree, call->params.node);
        if (walker->undecided)
            return;
        if (tree_kind(walker->tree, given) != PY_NONE_LITERAL) {
            out->knows_values = false;
            add_item(walker, &values, given, true);
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
        if (same_text(&known->text, &shape.text) && same_items(&known->values, &shape.values)
            && same_nodes(&known->makers, &shape.makers))
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
        int    index = index_of(walker, id);
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
        State state   = copy_of(walker, &attempt.state);
        if (++walker->steps > STEPS || todo.count > 4 * GROWTH_STATES) {
            walker->lost = true;
            break;
        }
        walker->at        = &state;
        walker->choices   = &attempt.choices;
        walker->undecided = 0;
        effect(walker, &state, node);
        if (!walker->undecided) {
            add_state(walker, out, &state);
            continue;
        }
        for (int holds = 1; holds >= 0; holds--) {
            Try next = { .state = copy_of(walker, &attempt.state) };
            vec_each(choice, &attempt.choices)
                vec_push(walker->arena, &next.choices, *choice);
            vec_push(walker->arena, &next.choices, (Choice) { walker->undecided, holds });
            if (never_changes(walker, walker->undecided)) {
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

static void walk(Walker *walker, NodeId node, StateVec *states);

static void run_head(Walker *walker, State *state, NodeId node)
{
    (void)state;
    if (tree_is_inside(walker->tree, walker->call->call, node))
        record(walker);
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
    bool constant = never_changes(walker, condition);
    Str  text     = tree_text(tree, condition);
    walker->in_branch = true;
    vec_each(state, in) {
        State here        = copy_of(walker, state);
        walker->at        = &here;
        walker->choices   = &no_choices;
        walker->undecided = 0;
        int holds         = truth(walker, condition);
        for (int answer = 1; answer >= 0; answer--) {
            if (holds >= 0 && holds != answer)
                continue;
            State out = copy_of(walker, state);
            if (constant && holds < 0) {
                out.decisions.room = out.decisions.count;
                vec_push(walker->arena, &out.decisions, (Decision) { text, answer });
            }
            add_state(walker, answer ? then : otherwise, &out);
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
                walk(walker, body, &then);
            add_states(walker, &out, &then);
            rest = otherwise;
        } else if (tree_kind(tree, child) == PY_ELSE) {
            walk(walker, tree_field(tree, child, F_BODY), &rest);
        }
    }
    add_states(walker, &out, &rest);
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
                known |= same_slot(&other->slots[i], &state->slots[i]);
            changed[i] |= !known;
        }
    vec_each(state, after) {
        State kept = copy_of(walker, state);
        for (uint32_t i = 0; i < walker->count; i++)
            if (changed[i])
                kept.slots[i] = (Slot) { .kind = SLOT_UNKNOWN, .from = state->slots[i].from };
        add_state(walker, &out, &kept);
    }
    *after = out;
}

static void walk_loop(Walker *walker, NodeId loop, StateVec *states)
{
    const Tree *tree   = walker->tree;
    StateVec   *outer  = walker->broken, broken = { 0 }, entry = { 0 };
    NodeId      body   = tree_field(tree, loop, F_BODY);
    bool        is_for = tree_kind(tree, loop) == PY_FOR;
    bool        steady = false;

    walker->broken = &broken;
    if (is_for)
        walk_head(walker, tree_field(tree, loop, F_RIGHT), states);
    add_states(walker, &entry, states);
    for (int round = 0; round < ROUNDS && body && !steady && !walker->lost; round++) {
        StateVec inside = { 0 };
        if (round == ROUNDS - 2)
            forget_changes(walker, &entry, states);
        if (!is_for)
            walk_head(walker, tree_field(tree, loop, F_CONDITION), states);
        vec_each(state, states) {
            State next = copy_of(walker, state);
            if (is_for)
                forget(walker, &next, tree_field(tree, loop, F_LEFT));
            add_state(walker, &inside, &next);
        }
        walk(walker, body, &inside);
        steady = !add_states(walker, states, &inside);
        steady &= !add_states(walker, states, &broken);
    }
    if (!steady && body)
        walker->lost = true;
    tree_each_child(child, tree, loop)
        if (tree_kind(tree, child) == PY_ELSE) {
            StateVec after = { 0 };
            add_states(walker, &after, states);
            walk(walker, tree_field(tree, child, F_BODY), &after);
            add_states(walker, states, &after);
        }
    walker->broken = outer;
}

static void walk_try(Walker *walker, NodeId node, StateVec *states)
{
    const Tree *tree  = walker->tree;
    StateVec   *outer = walker->trail, trail = { 0 }, out = { 0 };

    add_states(walker, &trail, states);
    walker->trail = &trail;
    walk(walker, tree_field(tree, node, F_BODY), states);
    walker->trail = outer;
    add_states(walker, &trail, states);
    tree_each_child(child, tree, node)
        if (tree_kind(tree, child) == PY_ELSE)
            walk(walker, tree_field(tree, child, F_BODY), states);
    add_states(walker, &out, states);
    tree_each_child(child, tree, node) {
        if (tree_kind(tree, child) == PY_EXCEPT) {
            StateVec handled = { 0 };
            add_states(walker, &handled, &trail);
            tree_each_child(part, tree, child)
                if (tree_kind(tree, part) == PY_BLOCK)
                    walk(walker, part, &handled);
            add_states(walker, &out, &handled);
        } else if (tree_kind(tree, child) == PY_FINALLY) {
            add_states(walker, &out, &trail);
            tree_each_child(part, tree, child)
                if (tree_kind(tree, part) == PY_BLOCK)
                    walk(walker, part, &out);
        }
    }
    if (outer)
        add_states(walker, outer, &trail);
    *states = out;
}

static void walk_match(Walker *walker, NodeId node, StateVec *states)
{
    const Tree *tree = walker->tree;
    StateVec    out  = { 0 };

    add_states(walker, &out, states);
    for (NodeId id = node; id < tree_node(tree, node)->end; id++)
        if (tree_kind(tree, id) == PY_CASE && tree_enclosing(tree, id, PY_MATCH) == node) {
            StateVec taken = { 0 };
            add_states(walker, &taken, states);
            walk(walker, tree_field(tree, id, F_CONSEQUENCE), &taken);
            add_states(walker, &out, &taken);
        }
    *states = out;
}

static void walk(Walker *walker, NodeId node, StateVec *states)
{
    const Tree *tree = walker->tree;
    StateVec    out  = { 0 };

    if (!node || walker->lost || !states->count)
        return;
    switch (tree_kind(tree, node)) {
    case PY_BLOCK:
    case PY_MODULE:
        tree_each_child(child, tree, node) {
            walk(walker, child, states);
            if (walker->trail)
                add_states(walker, walker->trail, states);
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
        walk(walker, tree_field(tree, node, F_BODY), states);
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
            add_states(walker, walker->broken, states);
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

/* -- the whole ------------------------------------------------------------------------------- */

/* Whether a reading that was not followed meets something else: another text under the same name. */
static bool is_apart(const Walker *walker, NodeId name)
{
    vec_each(sight, &walker->sights) {
        if (sight->name != name)
            continue;
        vec_each(source, &sight->sources)
            vec_each(place, &walker->out->touched)
                if (place->module == walker->module->id && place->node == *source)
                    return false;
        return true;
    }
    return false; /* not seen at all: in a function inside, say */
}

/* Uses of the locals that reach the call, other than those that were followed. */
static void note_others(Walker *walker)
{
    const Tree *tree = walker->tree;

    for (NodeId id = scope_node(walker); id < tree_node(tree, scope_node(walker))->end; id++) {
        int index = tree_kind(tree, id) == PY_IDENTIFIER && !walker->consumed[id] ? index_of(walker, id) : -1;
        if (index < 0 || is_apart(walker, id))
            continue;
        if (walker->flows_list >> index & 1)
            vec_push(walker->arena, &walker->out->lists, id);
        else if (walker->flows_text >> index & 1)
            vec_push(walker->arena, &walker->out->texts, id);
    }
}

/* Whether text and values are all there where the call stands. */
static bool is_in_place(const Callsite *call)
{
    bool text   = call->sql.complete && call->sql.home && (call->sql.shape != SHAPE_VARIABLE || call->sql.constant)
             && call->sql.shape != SHAPE_AUGMENTED;
    bool values = call->params.shape == PARAMS_NONE || call->method == METHOD_EXECUTEMANY || (call->params.display && call->params.display == call->params.node
                                                        && call->params.is_exact)
               || call->params.shape == PARAMS_DICT;

    return text && values;
}

const Growth *growth_of(Arena *arena, const Model *model, const Callsite *call)
{
    if (!call->sql_node || call->method == METHOD_EXECUTESCRIPT || is_in_place(call))
        return NULL;
    Walker walker = { .arena  = arena,
                      .model  = model,
                      .module = call->module,
                      .tree   = &call->module->tree,
                      .call   = call };
    watch_in(&walker, call->sql_node);
    if (call->params.node && call->method != METHOD_EXECUTEMANY)
        watch_in(&walker, call->params.node);
    if (!walker.count)
        return NULL;
    walker.out             = arena_new(arena, Growth);
    walker.out->certain    = true;
    walker.out->knows_values = true;
    walker.consumed        = arena_array(arena, uint8_t, call->module->tree.count + 1);
    StateVec states        = { 0 };
    State    begin         = { .slots = arena_array(arena, Slot, walker.count + 1) };
    for (uint32_t i = 0; i < walker.count; i++)
        if (walker.module->scopes.symbols.items[walker.watched[i]].is_parameter)
            begin.slots[i].kind = SLOT_UNKNOWN;
    vec_push(arena, &states, begin);
    NodeId body = call->function ? tree_field(walker.tree, call->function, F_BODY) : 1;
    walk(&walker, body, &states);
    walker.out->certain &= !walker.lost && walker.out->shapes.count > 0;
    note_others(&walker);
    return walker.out;
}
