#include "analyzers/facts/growing.h"

static Surroundings around(Walker *walker);

bool growth_is_too_long(const SqlText *text)
{
    return text->text.len > LONGEST_TEXT || text->pieces.count > MOST_PIECES;
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
    int     index  = growth_index_of(walker, name);

    if (index < 0)
        return false;
    const Slot *slot = &walker->at->slots[index];
    walker->consumed[name] = 1;
    walker->read |= slot->from | (uint64_t)1 << index;
    *out = slot->kind == SLOT_TEXT && !walker->opaque[index] ? slot->text : hole_at(walker, name);
    return true;
}

SqlText growth_read_text(Walker *walker, NodeId expression)
{
    Surroundings surroundings = around(walker);

    return sqltext_read_in(walker->arena, walker->model, walker->module, expression, &surroundings);
}

void growth_add_item(Walker *walker, Slot *slot, NodeId node, bool is_spread)
{
    vec_push(walker->arena, &slot->items, (GrownItem) { node, is_spread });
    vec_push(walker->arena, &slot->texts, is_spread ? hole_at(walker, node) : growth_read_text(walker, node));
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
Slot growth_list_like(Walker *walker, const Slot *slot)
{
    Slot out = { .kind = SLOT_LIST };

    if (slot)
        add_slot(walker, &out, slot);
    return out;
}

/* The list, or all its items as one that is spread where it is not followed. */
void growth_add_list(Walker *walker, Slot *into, NodeId expression)
{
    Slot inner;

    if (growth_list_of(walker, expression, &inner))
        add_slot(walker, into, &inner);
    else
        growth_add_item(walker, into, expression, true);
}

static bool list_of_display(Walker *walker, NodeId display, Slot *out)
{
    const Tree *tree = walker->tree;

    *out = growth_list_like(walker, NULL);
    vec_push(walker->arena, &out->makers, display);
    tree_each_child(child, tree, display) {
        if (tree_kind(tree, child) == PY_COMMENT || tree_kind(tree, child) == PY_TOKEN)
            continue;
        if (tree_kind(tree, child) == PY_LIST_SPLAT)
            growth_add_list(walker, out, tree_strip(tree, tree_nth(tree, child, 0)));
        else
            growth_add_item(walker, out, child, false);
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
        *out = growth_list_like(walker, NULL);
    } else {
        NodeId of = is_copy ? object : tree_arity(tree, arguments) == 1 ? tree_nth(tree, arguments, 0) : 0;
        Slot   inner;
        if (of && growth_list_of(walker, of, &inner)) {
            *out = growth_list_like(walker, &inner);
        } else if (!of || is_copy || walker->undecided) {
            return false;
        } else { /* of a collection */
            *out = growth_list_like(walker, NULL);
            growth_add_item(walker, out, tree_strip(tree, of), true);
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
    bool is_left = growth_list_of(walker, left, &a), is_right = growth_list_of(walker, right, &b);
    if (!is_left && !is_right)
        return false;
    *out = growth_list_like(walker, NULL);
    if (is_left)
        add_slot(walker, out, &a);
    else
        growth_add_item(walker, out, tree_strip(tree, left), true);
    if (is_right)
        add_slot(walker, out, &b);
    else
        growth_add_item(walker, out, tree_strip(tree, right), true);
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
        || !growth_list_of(walker, tree_field(tree, loop, F_RIGHT), &all))
        return false;
    *out = growth_list_like(walker, NULL);
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
bool growth_list_of(Walker *walker, NodeId expression, Slot *out)
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
        int holds = growth_decide(walker, tree_nth(tree, expression, 1));
        return holds >= 0 && growth_list_of(walker, tree_nth(tree, expression, holds ? 0 : 2), out);
    }
    case PY_IDENTIFIER: {
        int index = growth_index_of(walker, expression);
        if (index < 0 || walker->opaque[index] || walker->counted[index] || walker->at->slots[index].kind != SLOT_LIST)
            return false;
        walker->consumed[expression] = 1;
        *out = growth_list_like(walker, &walker->at->slots[index]);
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

    if (tree_kind(walker->tree, tree_strip(walker->tree, list)) == PY_CALL || !growth_list_of(walker, list, &slot))
        return false;
    walker->read |= slot.from;
    *out = slot.texts;
    return true;
}

static Surroundings around(Walker *walker)
{
    return (Surroundings) { walker->module, walker, text_of_name, texts_of_list, growth_holds_in };
}

Slot growth_value_of(Walker *walker, NodeId expression)
{
    const Tree *tree = walker->tree;
    Slot        out  = { 0 };

    expression = tree_strip(tree, expression);
    if (growth_list_of(walker, expression, &out))
        return out;
    uint64_t outer = walker->read;
    walker->read   = 0;
    out            = (Slot) { .kind = SLOT_TEXT, .text = growth_read_text(walker, expression) };
    if ((out.text.shape == SHAPE_UNKNOWN && out.text.text.len <= 1 && !out.text.complete) || growth_is_too_long(&out.text))
        out = (Slot) { .kind = SLOT_UNKNOWN };
    out.from     = walker->read;
    walker->read = outer;
    return out;
}
