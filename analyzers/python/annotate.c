/*
 * What annotations say: `conn: sqlite3.Connection`, `-> Optional[Connection]`,
 * `list["Row"]`, aliases of such types. They flow into slots as any value does.
 */
#include "analyzers/python/walk.h"

static void annotate_slot(Walk *walk, SlotId type, SlotId dst, NodeId at)
{
    slot_flow(walk->model, type,
              (Constraint) { .kind = FLOW_ANNOTATE, .dst = dst, .extra = 1, .at = here(walk, at) });
}

static bool is_last_part(Str name, const char *const *list)
{
    size_t dot = str_rfind_char(name, '.');
    if (dot != STR_NOT_FOUND)
        name = str_slice(name, dot + 1, name.len);
    for (; *list; list++)
        if (str_is(name, *list))
            return true;
    return false;
}

typedef enum Wrapping { WRAPS_NOT, WRAPS_ONE, WRAPS_MANY, WRAPS_TUPLE } Wrapping;

/* What `Name[…]` says of the type inside. */
static Wrapping wrapping_of(Str name)
{
    static const char *const one[]  = { "Optional", "Union", "Annotated", "Final", "ClassVar", "Awaitable",
                                        "Coroutine", "ContextManager", "AsyncContextManager",
                                        "AbstractContextManager", "AbstractAsyncContextManager", NULL };
    static const char *const many[] = { "list", "List", "set", "Set", "frozenset", "Sequence",
                                        "MutableSequence", "Collection", "Iterable", "Iterator", "Generator",
                                        "AsyncIterable", "AsyncIterator", "AsyncGenerator", "deque", "Deque",
                                        NULL };
    static const char *const tuple[] = { "tuple", "Tuple", NULL };
    return is_last_part(name, one)     ? WRAPS_ONE
           : is_last_part(name, many)  ? WRAPS_MANY
           : is_last_part(name, tuple) ? WRAPS_TUPLE
                                       : WRAPS_NOT;
}

static bool is_generator_type(Str name)
{
    static const char *const names[] = { "Iterable", "Iterator", "Generator", "AsyncIterable", "AsyncIterator",
                                         "AsyncGenerator", NULL };
    return is_last_part(name, names);
}

/* `Name[…]` around the types that are looked at. */
typedef struct Wrapper {
    Wrapping wrapping;
    SlotId   inside;  /* where each type goes; for a tuple, see inside_of() */
    SlotId   dst;
    ValueId  tuple;
    uint32_t index;
    NodeId   at;
} Wrapper;

static Wrapper open_wrapper(Walk *walk, Str name, SlotId dst, NodeId at)
{
    Wrapper out = { .wrapping = wrapping_of(name), .inside = dst, .dst = dst, .at = at };

    if (out.wrapping == WRAPS_MANY) {
        out.inside = slot_new(walk->model);
        flow(walk, out.inside, FLOW_LIST_OF, dst, (Str) { 0 }, at);
    } else if (out.wrapping == WRAPS_TUPLE) {
        out.tuple = value_of(walk->model, ROLE_OBJECT, walk->module->id, at, (Str) { 0 });
        slot_add(walk->model, dst, out.tuple, 0, here(walk, at));
    }
    return out;
}

/* Where the next type of a wrapper is to flow; 0 if nothing is known of it. */
static SlotId inside_of(Walk *walk, Wrapper *wrapper)
{
    if (wrapper->wrapping == WRAPS_NOT)
        return 0;
    if (wrapper->wrapping != WRAPS_TUPLE)
        return wrapper->inside;
    SlotId item = slot_of_attribute(walk->model, wrapper->tuple, index_name(walk, wrapper->index++));
    SlotId each = slot_of_attribute(walk->model, wrapper->tuple, EACH_ITEM);
    slot_copy(walk->model, item, each, here(walk, wrapper->at));
    wrapper->inside = item;
    return item;
}

/* `tuple[Row, …]`: any number of the type before. */
static void repeat_last(Walk *walk, const Wrapper *wrapper)
{
    if (wrapper->wrapping == WRAPS_TUPLE && wrapper->index)
        slot_copy(walk->model, wrapper->inside, slot_of_attribute(walk->model, wrapper->tuple, ANY_KEY),
                  here(walk, wrapper->at));
}

/* The first of `separator` outside brackets; text.len if there is none. */
static size_t outer_separator(Str text, char separator)
{
    int depth = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        depth += (c == '[' || c == '(') - (c == ']' || c == ')');
        if (c == separator && depth == 0)
            return i;
    }
    return text.len;
}

/* How deep a type in a string may nest and how many names may stand for one another; how many types
 * one annotation may lead to. */
enum { TYPE_DEPTH = 16, ALIAS_COST = TREE_DEPTH / TYPE_DEPTH, TYPE_LIMIT = 1000 };

/* A type spelled in a string: "sqlite3.Connection", "Optional[Connection]", "Connection | None". */
static void annotate_text(Walk *walk, Str text, SlotId dst, NodeId at, int depth)
{
    text       = str_trim(text);
    size_t bar = outer_separator(text, '|');

    if (!text.len || !dst || depth > TYPE_DEPTH)
        return;
    if (bar < text.len) {
        annotate_text(walk, str_slice(text, 0, bar), dst, at, depth + 1);
        annotate_text(walk, str_slice(text, bar + 1, text.len), dst, at, depth + 1);
        return;
    }
    size_t bracket = str_find_char(text, '[');
    if (bracket != STR_NOT_FOUND) {
        Wrapper wrapper = open_wrapper(walk, str_slice(text, 0, bracket), dst, at);
        Str     rest    = str_slice(text, bracket + 1, text.len);
        if (str_ends_with(rest, STR("]")))
            rest.len--;
        for (int i = 0; i < TYPE_DEPTH && rest.len; i++) {
            size_t comma = outer_separator(rest, ',');
            Str    inner = str_trim(str_slice(rest, 0, comma));
            if (str_is(inner, "..."))
                repeat_last(walk, &wrapper);
            else
                annotate_text(walk, inner, inside_of(walk, &wrapper), at, depth + 1);
            rest = str_slice(rest, comma < rest.len ? comma + 1 : comma, rest.len);
        }
        return;
    }
    SlotId type = 0;
    Str    part;
    while (str_cut(&text, '.', &part)) {
        if (!type) {
            SymbolId symbol = scopes_resolve(&walk->module->scopes, walk->module->scopes.scope_of[at], part);
            if (!symbol)
                return;
            type = slot_of_symbol(walk->model, walk->module, symbol);
            continue;
        }
        SlotId next = slot_new(walk->model);
        flow(walk, type, FLOW_LOAD, next, part, at);
        type = next;
    }
    annotate_slot(walk, type, dst, at);
}

/* `Db = Annotated[Connection, …]`: the type that a name of a module stands for, and the module that says so, for an
 * imported name that which it comes from; 0 if none. */
static NodeId type_alias(const Model *model, const Module **module, SymbolId symbol)
{
    for (int hops = 0; hops < TYPE_DEPTH && symbol; hops++) {
        const Symbol *found = &(*module)->scopes.symbols.items[symbol];
        const Tree   *tree  = &(*module)->tree;
        const Module *home  = NULL;
        if (found->bindings.count != 1)
            return 0;
        vec_each(import, &(*module)->imports)
            if (import->symbol == symbol && import->name.len) {
                home   = project_find(model->project, *module, import->level, import->module);
                symbol = home ? scope_local(&home->scopes, 1, import->name) : 0;
                break;
            }
        if (home) {
            *module = home;
            continue;
        }
        NodeId target = found->bindings.items[0], assignment = tree_parent(tree, target);
        if (tree_kind(tree, assignment) != PY_ASSIGNMENT || tree_node(tree, target)->field != F_LEFT)
            return 0;
        NodeId type = tree_field(tree, assignment, F_RIGHT);
        return type && (tree_kind(tree, type) == PY_SUBSCRIPT || tree_kind(tree, type) == PY_BINARY) ? type : 0;
    }
    return 0;
}

static void annotate_at(Walk *walk, NodeId type, SlotId dst, int depth);

static void annotate_inside(Walk *walk, NodeId type, Wrapper *wrapper, int depth)
{
    NodeId inner = tree_kind(walk->tree, type) == PY_TYPE ? tree_nth(walk->tree, type, 0) : type;

    if (tree_kind(walk->tree, inner) == PY_ELLIPSIS)
        repeat_last(walk, wrapper);
    else
        annotate_at(walk, inner, inside_of(walk, wrapper), depth);
}

static void annotate_generic(Walk *walk, NodeId type, SlotId dst, int depth)
{
    const Tree *tree      = walk->tree;
    bool        subscript = tree_kind(tree, type) == PY_SUBSCRIPT;
    NodeId      name      = subscript ? tree_field(tree, type, F_VALUE) : tree_nth(tree, type, 0);
    Wrapper     wrapper   = open_wrapper(walk, tree_text(tree, name), dst, type);

    if (subscript)
        for (NodeId at = tree_field(tree, type, F_SUBSCRIPT); at; at = tree_next_field(tree, at, F_SUBSCRIPT))
            annotate_inside(walk, at, &wrapper, depth);
    else if (tree_nth(tree, type, 1))
        tree_each_child(at, tree, tree_nth(tree, type, 1))
            annotate_inside(walk, at, &wrapper, depth);
}

static void annotate_at(Walk *walk, NodeId type, SlotId dst, int depth)
{
    const Tree *tree = walk->tree;

    if (depth > TREE_DEPTH || !dst || ++walk->types > TYPE_LIMIT)
        return;
    switch (tree_kind(tree, type)) {
    case PY_TYPE:
    case PY_TYPE_PARAMETER:
    case PY_PARENTHESIZED:
    case PY_UNION_TYPE:
    case PY_TUPLE:
        tree_each_child(child, tree, type)
            annotate_at(walk, child, dst, depth + 1);
        break;
    case PY_BINARY: /* A | None */
        annotate_at(walk, tree_field(tree, type, F_LEFT), dst, depth + 1);
        annotate_at(walk, tree_field(tree, type, F_RIGHT), dst, depth + 1);
        break;
    case PY_GENERIC_TYPE:
    case PY_SUBSCRIPT:
        annotate_generic(walk, type, dst, depth + 1);
        break;
    case PY_STRING:
        annotate_text(walk, plain_string(tree, type), dst, type, 0);
        break;
    case PY_IDENTIFIER: {
        Walk   there = *walk;
        NodeId alias = type_alias(walk->model, &there.module, walk->module->scopes.symbol_of[type]);
        there.tree   = &there.module->tree;
        if (alias)
            annotate_at(&there, alias, dst, depth + ALIAS_COST);
        else
            annotate_slot(walk, slot(walk, type), dst, type);
        walk->types = there.types;
        break;
    }
    case PY_ATTRIBUTE:
        annotate_slot(walk, slot(walk, type), dst, type);
        break;
    case PY_CALL: /* Annotated[Connection, Depends(get_db)] */
        slot_copy(walk->model, slot(walk, type), dst, here(walk, type));
        break;
    default:
        break;
    }
}

void annotate(Walk *walk, NodeId type, SlotId dst)
{
    walk->types = 0;
    annotate_at(walk, type, dst, 0);
}

void annotate_yielded(Walk *walk, NodeId type, SlotId dst)
{
    const Tree *tree  = walk->tree;
    NodeId      inner = tree_kind(tree, type) == PY_TYPE ? tree_nth(tree, type, 0) : type;
    NodeId      name  = 0, first = 0;

    if (tree_kind(tree, inner) == PY_SUBSCRIPT) {
        name  = tree_field(tree, inner, F_VALUE);
        first = tree_field(tree, inner, F_SUBSCRIPT);
    } else if (tree_kind(tree, inner) == PY_GENERIC_TYPE) {
        name  = tree_nth(tree, inner, 0);
        first = tree_nth(tree, tree_nth(tree, inner, 1), 0);
    }
    if (name && first && is_generator_type(tree_text(tree, name)))
        annotate(walk, first, dst);
}
