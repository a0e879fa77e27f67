#include "analyzers/facts/variants.h"

#include "analyzers/facts/pieces.h"

enum { VARIANT_DEPTH = 8 };

typedef struct Gatherer {
    Arena       *arena;
    const Model *model;
    Variants     out;
    int          depth;
} Gatherer;

static void gather(Gatherer *gatherer, const Module *module, NodeId expression);

/* What a hole's expression may be, at its longest; empty text if that is not known. */
static SqlText longest(Gatherer *gatherer, const Module *module, const Piece *hole)
{
    const Tree *tree       = &module->tree;
    NodeId      expression = hole->filling ? hole->filling : hole->node;
    Gatherer    inner      = { .arena = gatherer->arena, .model = gatherer->model, .depth = gatherer->depth };
    SqlText     out        = { 0 };

    if (tree_kind(tree, expression) == PY_INTERPOLATION)
        expression = tree_field(tree, expression, F_EXPRESSION);
    if (expression && expression != hole->node)
        gather(&inner, module, expression);
    else if (expression && tree_kind(tree, expression) == PY_IDENTIFIER)
        gather(&inner, module, expression);
    vec_each(text, &inner.out.texts)
        if (text->text.len > out.text.len)
            out = *text;
    return out;
}

/* A text with its holes filled by what they may be, at its longest. */
static SqlText filled(Gatherer *gatherer, SqlText text)
{
    SqlText  out  = { 0 };
    uint32_t from = 0;
    bool     any  = false;

    if (!text.home || text.complete)
        return text;
    vec_each(piece, &text.pieces) {
        SqlText inner = { 0 };
        if (piece->kind == PIECE_HOLE && piece->node)
            inner = longest(gatherer, text.home, piece);
        if (!inner.text.len)
            continue;
        SqlText before = sqltext_slice(gatherer->arena, &text, from, piece->lo);
        out  = any ? sqltext_join(gatherer->arena, &out, before) : before;
        out  = sqltext_join(gatherer->arena, &out, inner);
        from = piece->hi;
        any  = true;
    }
    if (!any)
        return text;
    return sqltext_join(gatherer->arena, &out, sqltext_slice(gatherer->arena, &text, from, (uint32_t)text.text.len));
}

static void keep(Gatherer *gatherer, SqlText text)
{
    text = filled(gatherer, text);
    if (text.shape == SHAPE_UNKNOWN || !text.text.len || (text.text.len == 1 && !text.complete))
        return;
    if (gatherer->out.texts.count >= VARIANT_LIMIT)
        gatherer->out.capped = true;
    else
        vec_push(gatherer->arena, &gatherer->out.texts, text);
}

/* The display that an expression is, or that a name stands for; node 0 if none. */
static Place display_of(const Gatherer *gatherer, const Module *module, NodeId expression)
{
    const Tree *tree = &module->tree;
    SymbolId    symbol;
    Place       at   = { module->id, tree_strip(tree, expression) };

    if (tree_kind(tree, at.node) == PY_IDENTIFIER || tree_kind(tree, at.node) == PY_ATTRIBUTE) {
        at = constant_of(gatherer->model, module, at.node, &symbol);
        if (at.node)
            at.node = tree_strip(&model_module(gatherer->model, at.module)->tree, at.node);
    }
    return at;
}

/* The n-th part of each item of a display; all of the item if it is no tuple. */
static void gather_items(Gatherer *gatherer, Place display, uint32_t part, bool values)
{
    const Module *home = model_module(gatherer->model, display.module);
    const Tree   *tree = &home->tree;
    Kind          kind = display.node ? tree_kind(tree, display.node) : PY_COMMENT;

    if (kind != PY_LIST && kind != PY_TUPLE && kind != PY_SET && kind != PY_DICTIONARY)
        return;
    tree_each_child(item, tree, display.node) {
        NodeId one = tree_kind(tree, item) == PY_PAIR ? tree_field(tree, item, values ? F_VALUE : F_KEY) : item;
        if (!one || tree_kind(tree, one) == PY_COMMENT || tree_kind(tree, one) == PY_TOKEN)
            continue;
        one = tree_strip(tree, one);
        if (tree_kind(tree, one) == PY_TUPLE || tree_kind(tree, one) == PY_LIST)
            one = tree_nth(tree, one, part);
        if (one)
            gather(gatherer, home, one);
    }
}

/* `for sql in STATEMENTS`, `for name, sql in REPORTS.items()`: what the target at hand is given. */
static void gather_loop(Gatherer *gatherer, const Module *module, NodeId target, NodeId loop)
{
    const Tree *tree     = &module->tree;
    NodeId      left     = tree_field(tree, loop, F_LEFT), iterable = tree_strip(tree, tree_field(tree, loop, F_RIGHT));
    NodeId      callee   = tree_kind(tree, iterable) == PY_CALL ? tree_field(tree, iterable, F_FUNCTION) : 0;
    uint32_t    position = 0;
    bool        values   = false, pairs = false;

    if (callee && tree_kind(tree, callee) == PY_ATTRIBUTE) {
        Str name = tree_text(tree, tree_field(tree, callee, F_ATTRIBUTE));
        pairs    = str_is(name, "items");
        values   = pairs || str_is(name, "values");
        if (values)
            iterable = tree_field(tree, callee, F_OBJECT);
    }
    if (left != target)
        for (uint32_t i = 0; tree_nth(tree, left, i); i++)
            if (tree_nth(tree, left, i) == target)
                position = i;
    if (pairs && left != target)
        values = position == 1;
    gather_items(gatherer, display_of(gatherer, module, iterable), pairs ? 0 : position, values);
}

static NodeId loop_of(const Tree *tree, NodeId target)
{
    NodeId at = tree_parent(tree, target);

    while (tree_kind(tree, at) == PY_PATTERN_LIST || tree_kind(tree, at) == PY_TUPLE_PATTERN)
        at = tree_parent(tree, at);
    return (tree_kind(tree, at) == PY_FOR || tree_kind(tree, at) == PY_FOR_IN)
                && tree_is_inside(tree, target, tree_field(tree, at, F_LEFT))
             ? at : 0;
}

/* All that a variable is given before it is used, one after the other, as far as it adds to what was there. */
static void gather_grown(Gatherer *gatherer, const Module *module, const Symbol *variable, NodeId use)
{
    const Tree *tree  = &module->tree;
    SqlText     grown = { 0 };
    bool        begun = false;

    vec_each(bound, &variable->bindings) {
        if (*bound > use)
            break;
        NodeId parent = tree_parent(tree, *bound);
        NodeId right  = tree_kind(tree, parent) == PY_ASSIGNMENT || tree_kind(tree, parent) == PY_AUGMENTED_ASSIGNMENT
                          ? tree_field(tree, parent, F_RIGHT) : 0;
        if (!right)
            return;
        if (tree_kind(tree, parent) == PY_AUGMENTED_ASSIGNMENT) {
            if (!begun)
                return;
            grown = sqltext_join(gatherer->arena, &grown, sqltext_read(gatherer->arena, gatherer->model, module, right));
        } else if (!begun) {
            grown = sqltext_read(gatherer->arena, gatherer->model, module, right);
            begun = true;
        } else if (tree_kind(tree, right) == PY_BINARY
                   && str_eq(tree_text(tree, tree_field(tree, right, F_LEFT)), variable->name)) { /* sql = sql + … */
            grown = sqltext_join(gatherer->arena, &grown,
                                 sqltext_read(gatherer->arena, gatherer->model, module, tree_field(tree, right, F_RIGHT)));
        } else {
            return;
        }
    }
    if (begun)
        keep(gatherer, grown);
}

static void gather_name(Gatherer *gatherer, const Module *module, NodeId name)
{
    const Tree *tree   = &module->tree;
    SymbolId    symbol = module->scopes.symbol_of[name];

    if (!symbol)
        return;
    const Symbol *variable = &module->scopes.symbols.items[symbol];
    bool          grows    = false;
    vec_each(bound, &variable->bindings) {
        NodeId parent = tree_parent(tree, *bound);
        NodeId right  = tree_kind(tree, parent) == PY_ASSIGNMENT ? tree_field(tree, parent, F_RIGHT) : 0;
        grows |= tree_kind(tree, parent) == PY_AUGMENTED_ASSIGNMENT;
        for (NodeId id = right; right && id < tree_node(tree, right)->end; id++)
            grows |= tree_kind(tree, id) == PY_IDENTIFIER && module->scopes.symbol_of[id] == symbol;
    }
    if (grows) {
        gather_grown(gatherer, module, variable, name);
        return;
    }
    vec_each(bound, &variable->bindings) {
        NodeId parent = tree_parent(tree, *bound), loop = loop_of(tree, *bound);
        if (loop)
            gather_loop(gatherer, module, *bound, loop);
        else if (tree_kind(tree, parent) == PY_ASSIGNMENT && tree_node(tree, *bound)->field == F_LEFT
                 && tree_field(tree, parent, F_RIGHT))
            gather(gatherer, module, tree_field(tree, parent, F_RIGHT));
    }
}

/* `query[0]` in `for query in QUERIES`: that part of each; false if it is not of this form. */
static bool gather_part(Gatherer *gatherer, const Module *module, NodeId subscript)
{
    const Tree *tree  = &module->tree;
    NodeId      value = tree_field(tree, subscript, F_VALUE), index = tree_field(tree, subscript, F_SUBSCRIPT);
    SymbolId    symbol = tree_kind(tree, value) == PY_IDENTIFIER ? module->scopes.symbol_of[value] : 0;
    uint32_t    part   = 0;

    if (!symbol || !index || tree_kind(tree, index) != PY_INTEGER)
        return false;
    const Symbol *variable = &module->scopes.symbols.items[symbol];
    NodeId        target   = variable->bindings.count == 1 ? variable->bindings.items[0] : 0;
    NodeId        loop     = target ? loop_of(tree, target) : 0;
    Str           digits   = tree_text(tree, index);
    if (!loop || tree_field(tree, loop, F_LEFT) != target || digits.len != 1)
        return false;
    part = (uint32_t)(digits.ptr[0] - '0');
    gather_items(gatherer, display_of(gatherer, module, tree_strip(tree, tree_field(tree, loop, F_RIGHT))), part, false);
    return true;
}

static void gather(Gatherer *gatherer, const Module *module, NodeId expression)
{
    const Tree *tree = &module->tree;

    expression = expression ? tree_strip(tree, expression) : 0;
    if (!expression || gatherer->depth >= VARIANT_DEPTH || gatherer->out.capped)
        return;
    gatherer->depth++;
    SqlText text = sqltext_read(gatherer->arena, gatherer->model, module, expression);
    if (text.complete || (text.text.len > 1 && text.shape != SHAPE_AUGMENTED))
        keep(gatherer, text);
    else if (tree_kind(tree, expression) == PY_CONDITIONAL) {
        gather(gatherer, module, tree_nth(tree, expression, 0));
        gather(gatherer, module, tree_nth(tree, expression, 2));
    } else if (tree_kind(tree, expression) == PY_BOOLEAN) {
        gather(gatherer, module, tree_field(tree, expression, F_LEFT));
        gather(gatherer, module, tree_field(tree, expression, F_RIGHT));
    } else if (tree_kind(tree, expression) == PY_SUBSCRIPT) {
        if (!gather_part(gatherer, module, expression))
            gather_items(gatherer, display_of(gatherer, module, tree_field(tree, expression, F_VALUE)), 0, true);
    } else if (tree_kind(tree, expression) == PY_IDENTIFIER) {
        gather_name(gatherer, module, expression);
    } else if (text.text.len > 1) {
        keep(gatherer, text); /* a sum, with what grows in it */
    }
    gatherer->depth--;
}

Variants sqltext_variants(Arena *arena, const Model *model, const Module *module, NodeId expression)
{
    Gatherer gatherer = { .arena = arena, .model = model };
    SqlText  text     = sqltext_read(arena, model, module, expression);

    if (!text.complete)
        gather(&gatherer, module, expression);
    if (gatherer.out.texts.count == 1 && str_eq(gatherer.out.texts.items[0].text, text.text))
        gatherer.out.texts.count = 0; /* nothing that the text does not say itself */
    return gatherer.out;
}
