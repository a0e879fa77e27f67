#include "analyzers/python/scope.h"

#include <stdlib.h>

/* A name that a scope declares `global` or `nonlocal`. What `nonlocal` means is known only when all
 * scopes around have their names: until then its bindings wait. */
typedef struct Outer {
    bool      is_global;
    SymbolId  symbol;
    NodeIdVec waiting;
} Outer;

typedef struct Builder {
    Arena      *arena;
    const Tree *tree;
    Scopes     *out;
    Map        *outer; /* for each scope: name to Outer */
} Builder;

static bool opens_scope(Kind kind)
{
    switch (kind) {
    case PY_MODULE:
    case PY_CLASS:
    case PY_FUNCTION:
    case PY_LAMBDA:
    case PY_LIST_COMPREHENSION:
    case PY_SET_COMPREHENSION:
    case PY_DICTIONARY_COMPREHENSION:
    case PY_GENERATOR:
        return true;
    default:
        return false;
    }
}

static ScopeKind scope_kind(Kind kind)
{
    switch (kind) {
    case PY_CLASS:
        return SCOPE_CLASS;
    case PY_FUNCTION:
        return SCOPE_FUNCTION;
    case PY_LAMBDA:
        return SCOPE_LAMBDA;
    case PY_MODULE:
        return SCOPE_MODULE;
    default:
        return SCOPE_COMPREHENSION;
    }
}

static bool is_first_loop(const Tree *tree, NodeId loop)
{
    tree_each_child(child, tree, tree_parent(tree, loop))
        if (tree_kind(tree, child) == PY_FOR_IN)
            return child == loop;
    return false;
}

/* Decorators aside (they are outside the node), these parts of a definition run around it. */
static bool runs_outside(const Tree *tree, NodeId id)
{
    NodeId      parent = tree_parent(tree, id);
    const PyNode *node   = tree_node(tree, id);

    switch (tree_kind(tree, parent)) {
    case PY_FUNCTION:
        return node->field == F_RETURN_TYPE || node->field == F_NAME;
    case PY_CLASS:
        return node->field == F_SUPERCLASSES || node->field == F_NAME;
    case PY_DEFAULT_PARAMETER:
    case PY_TYPED_DEFAULT_PARAMETER:
        return node->field == F_VALUE || node->field == F_TYPE;
    case PY_TYPED_PARAMETER:
        return node->field == F_TYPE;
    case PY_FOR_IN: /* the first iterable of a comprehension is evaluated around it */
        return node->field == F_RIGHT && is_first_loop(tree, parent);
    default:
        return false;
    }
}

static Str qualified(Builder *builder, ScopeId parent, NodeId node)
{
    const Scope *outer = &builder->out->scopes.items[parent];
    NodeId       name  = tree_field(builder->tree, node, F_NAME);
    Str          own   = name ? tree_text(builder->tree, name) : (Str) { 0 };

    if (!name)
        return outer->qualname;
    if (outer->qualname.len == 0)
        return own;
    return str_format(builder->arena, STR_FORMAT "." STR_FORMAT, STR_ARG(outer->qualname), STR_ARG(own));
}

static void open_scopes(Builder *builder)
{
    const Tree *tree = builder->tree;
    Scopes     *out  = builder->out;

    vec_push(builder->arena, &out->scopes, (Scope) { 0 });
    for (NodeId id = 1; id < tree->count; id++) {
        NodeId  parent = tree_parent(tree, id);
        ScopeId around = parent ? (out->opens[parent] ? out->opens[parent]
                                                           : out->scope_of[parent])
                                : 0;
        if (parent && runs_outside(tree, id)) {
            NodeId definition = parent;
            while (definition > 1 && !opens_scope(tree_kind(tree, definition)))
                definition = tree_parent(tree, definition);
            around = out->scope_of[definition];
        }
        out->scope_of[id] = around;
        Kind kind = tree_kind(tree, id);
        if (id == 1 || opens_scope(kind)) {
            Scope scope = { .kind   = id == 1 ? SCOPE_MODULE : scope_kind(kind),
                            .node   = id,
                            .parent = around };
            if (id != 1)
                scope.qualname = qualified(builder, around, id);
            out->opens[id] = (ScopeId)out->scopes.count;
            vec_push(builder->arena, &out->scopes, scope);
            if (id == 1)
                out->scope_of[id] = 1;
        }
    }
}

static SymbolId declare(Builder *builder, ScopeId scope, Str name)
{
    void **place = map_place(builder->arena, &builder->out->scopes.items[scope].names, name);

    if (!*place) {
        *place = (void *)(uintptr_t)builder->out->symbols.count;
        vec_push(builder->arena, &builder->out->symbols, (Symbol) { .name = name, .scope = scope });
    }
    return (SymbolId)(uintptr_t)*place;
}

static void bind(Builder *builder, ScopeId scope, NodeId identifier)
{
    if (tree_kind(builder->tree, identifier) != PY_IDENTIFIER)
        return; /* broken code: nothing is named here */
    Str      name   = tree_text(builder->tree, identifier);
    Outer   *outer  = map_find(&builder->outer[scope], name);
    SymbolId symbol = outer ? outer->symbol : declare(builder, scope, name);

    if (symbol)
        vec_push(builder->arena, &builder->out->symbols.items[symbol].bindings, identifier);
    else
        vec_push(builder->arena, &outer->waiting, identifier);
}

/* Binds every identifier of an assignment target; attributes and subscripts bind nothing. */
static void bind_target(Builder *builder, ScopeId scope, NodeId target)
{
    const Tree *tree = builder->tree;

    switch (tree_kind(tree, target)) {
    case PY_IDENTIFIER:
        bind(builder, scope, target);
        break;
    case PY_PATTERN_LIST:
    case PY_TUPLE_PATTERN:
    case PY_LIST_PATTERN:
    case PY_LIST_SPLAT_PATTERN:
    case PY_DICTIONARY_SPLAT_PATTERN:
    case PY_AS_PATTERN_TARGET:
    case PY_EXPRESSION_LIST:
    case PY_TUPLE:
    case PY_LIST:
    case PY_LIST_SPLAT:
    case PY_PARENTHESIZED:
        tree_each_child(child, tree, target)
            bind_target(builder, scope, child);
        break;
    default:
        break;
    }
}

static void bind_parameter(Builder *builder, ScopeId scope, NodeId parameter)
{
    const Tree *tree = builder->tree;
    NodeId      name = parameter;

    switch (tree_kind(tree, parameter)) {
    case PY_DEFAULT_PARAMETER:
    case PY_TYPED_DEFAULT_PARAMETER:
        name = tree_field(tree, parameter, F_NAME);
        break;
    case PY_TYPED_PARAMETER:
        name = tree_nth(tree, parameter, 0);
        break;
    default:
        break;
    }
    if (!name)
        return;
    size_t before = builder->out->symbols.count;
    bind_target(builder, scope, name);
    for (size_t i = before; i < builder->out->symbols.count; i++)
        builder->out->symbols.items[i].is_parameter = true;
}

/* A walrus inside a comprehension binds in the function around it. */
static ScopeId walrus_scope(const Scopes *scopes, ScopeId scope)
{
    while (scopes->scopes.items[scope].kind == SCOPE_COMPREHENSION)
        scope = scopes->scopes.items[scope].parent;
    return scope;
}

static void read_declarations(Builder *builder)
{
    const Tree *tree = builder->tree;
    Scopes     *out  = builder->out;

    for (NodeId id = 1; id < tree->count; id++) {
        Kind kind = tree_kind(tree, id);
        if (kind != PY_GLOBAL && kind != PY_NONLOCAL)
            continue;
        tree_each_child(name, tree, id) {
            if (tree_kind(tree, name) != PY_IDENTIFIER)
                continue;
            ScopeId scope = out->scope_of[id];
            void  **place = map_place(builder->arena, &builder->outer[scope], tree_text(tree, name));
            if (!*place)
                *place = arena_new(builder->arena, Outer);
            Outer *outer     = *place;
            outer->is_global = kind == PY_GLOBAL;
            if (outer->is_global && !outer->symbol)
                outer->symbol = declare(builder, 1, tree_text(tree, name));
        }
    }
}

static int by_number(const void *a, const void *b)
{
    NodeId x = *(const NodeId *)a, y = *(const NodeId *)b;
    return x < y ? -1 : x > y;
}

/* Outer scopes come first in `scopes`, so a nonlocal of a nonlocal finds its way. */
static void settle_declarations(Builder *builder)
{
    Scopes *out = builder->out;

    for (ScopeId scope = 1; scope < out->scopes.count; scope++)
        vec_each(entry, &builder->outer[scope].entries) {
            Outer *outer = entry->value;
            if (!outer->symbol) {
                ScopeId home = out->scopes.items[scope].parent;
                while (home > 1 && (out->scopes.items[home].kind == SCOPE_CLASS
                                    || !scope_local(out, home, entry->key)))
                    home = out->scopes.items[home].parent;
                outer->symbol = declare(builder, home ? home : 1, entry->key);
            }
            map_set(builder->arena, &out->scopes.items[scope].names, entry->key,
                    (void *)(uintptr_t)outer->symbol);
            Symbol *symbol = &out->symbols.items[outer->symbol];
            vec_each(identifier, &outer->waiting)
                vec_push(builder->arena, &symbol->bindings, *identifier);
        }
}

/* A target may be met before what binds inside it, a nonlocal after what binds behind it. */
static void order_bindings(Scopes *out)
{
    vec_each(symbol, &out->symbols)
        for (size_t i = 1; i < symbol->bindings.count; i++)
            if (symbol->bindings.items[i] < symbol->bindings.items[i - 1]) {
                vec_sort(&symbol->bindings, by_number);
                break;
            }
}

/* A match pattern binds its plain names: `case x`, `case Point(x=y)`, `case [a, *rest]`. */
static void bind_pattern(Builder *builder, ScopeId scope, NodeId id)
{
    const Tree *tree   = builder->tree;
    NodeId      name   = tree_nth(tree, id, 0);
    NodeId      around = tree_parent(tree, id);
    Kind        kind   = tree_kind(tree, id);

    if (kind == PY_DOTTED_NAME) {
        if (tree_kind(tree, around) == PY_CLASS_PATTERN || tree_kind(tree, around) == PY_DICT_PATTERN
            || tree_arity(tree, id) != 1
            || str_is(tree_text(tree, name), "_"))
            return;
    } else if (kind == PY_AS_PATTERN) {
        name = tree_nth(tree, id, 1);
    }
    bind(builder, scope, name);
}

static bool is_in_pattern(const Tree *tree, NodeId id)
{
    switch (tree_kind(tree, tree_parent(tree, id))) {
    case PY_CASE_PATTERN:
    case PY_CLASS_PATTERN:
    case PY_KEYWORD_PATTERN:
    case PY_UNION_PATTERN:
    case PY_DICT_PATTERN:
        return true;
    default:
        return false;
    }
}

static void declare_deleted(Builder *builder, ScopeId scope, NodeId statement)
{
    const Tree *tree = builder->tree;
    NodeId      list = tree_nth(tree, statement, 0);

    if (tree_kind(tree, list) == PY_IDENTIFIER && !map_find(&builder->outer[scope], tree_text(tree, list)))
        declare(builder, scope, tree_text(tree, list));
    if (tree_kind(tree, list) == PY_EXPRESSION_LIST)
        tree_each_child(name, tree, list)
            if (tree_kind(tree, name) == PY_IDENTIFIER
                && !map_find(&builder->outer[scope], tree_text(tree, name)))
                declare(builder, scope, tree_text(tree, name));
}

static void bind_names(Builder *builder)
{
    const Tree *tree = builder->tree;
    Scopes     *out  = builder->out;

    vec_push(builder->arena, &out->symbols, (Symbol) { 0 });
    read_declarations(builder);
    for (NodeId id = 1; id < tree->count; id++) {
        ScopeId scope  = out->scope_of[id];
        NodeId  target = 0;
        switch (tree_kind(tree, id)) {
        case PY_ASSIGNMENT:
        case PY_AUGMENTED_ASSIGNMENT:
        case PY_FOR:
        case PY_FOR_IN:
            target = tree_field(tree, id, F_LEFT);
            break;
        case PY_NAMED_EXPRESSION:
            target = tree_field(tree, id, F_NAME);
            scope  = walrus_scope(out, scope);
            break;
        case PY_AS_PATTERN:
            target = tree_field(tree, id, F_ALIAS);
            if (!target && is_in_pattern(tree, id))
                bind_pattern(builder, scope, id);
            break;
        case PY_DOTTED_NAME:
        case PY_SPLAT_PATTERN:
            if (is_in_pattern(tree, id))
                bind_pattern(builder, scope, id);
            break;
        case PY_EXCEPT:
            target = tree_field(tree, id, F_ALIAS);
            break;
        case PY_DELETE: /* makes a name local, and gives it nothing */
            declare_deleted(builder, scope, id);
            break;
        case PY_FUNCTION:
        case PY_CLASS:
            target = tree_field(tree, id, F_NAME);
            break;
        case PY_PARAMETERS:
        case PY_LAMBDA_PARAMETERS:
            tree_each_child(parameter, tree, id)
                bind_parameter(builder, scope, parameter);
            break;
        case PY_IMPORT:
        case PY_IMPORT_FROM:
            for (NodeId name = tree_field(tree, id, F_NAME); name;
                 name        = tree_next_field(tree, name, F_NAME)) {
                NodeId alias = tree_field(tree, name, F_ALIAS);
                /* `import a.b` binds a. */
                bind(builder, scope, alias ? alias : tree_nth(tree, name, 0));
            }
            break;
        default:
            break;
        }
        if (target)
            bind_target(builder, scope, target);
    }
    settle_declarations(builder);
    order_bindings(out);
}

static bool is_variable(const Tree *tree, NodeId id)
{
    NodeId parent = tree_parent(tree, id);
    Field  field  = (Field)tree_node(tree, id)->field;

    switch (tree_kind(tree, parent)) {
    case PY_ATTRIBUTE:
        return field == F_OBJECT;
    case PY_KEYWORD_ARGUMENT:
        return field == F_VALUE;
    case PY_DOTTED_NAME: /* of an import; in a match pattern the first part is looked up */
        return is_in_pattern(tree, parent) && tree_nth(tree, parent, 0) == id;
    case PY_KEYWORD_PATTERN:
        return tree_nth(tree, parent, 0) != id;
    case PY_RELATIVE_IMPORT:
        return false;
    default:
        return true;
    }
}

void scopes_build(Arena *arena, const Tree *tree, Scopes *out)
{
    Builder builder = { .arena = arena, .tree = tree, .out = out };

    *out = (Scopes) { .tree      = tree,
                      .scope_of  = arena_array(arena, ScopeId, tree->count + 1),
                      .opens     = arena_array(arena, ScopeId, tree->count + 1),
                      .symbol_of = arena_array(arena, SymbolId, tree->count + 1) };
    open_scopes(&builder);
    builder.outer = arena_array(arena, Map, out->scopes.count + 1);
    bind_names(&builder);
    for (NodeId id = 1; id < tree->count; id++)
        if (tree_kind(tree, id) == PY_IDENTIFIER && is_variable(tree, id)) {
            NodeId  parent = tree_parent(tree, id);
            ScopeId scope  = out->scope_of[id];
            if (tree_kind(tree, parent) == PY_NAMED_EXPRESSION
                && tree_node(tree, id)->field == F_NAME)
                scope = walrus_scope(out, scope);
            out->symbol_of[id] = scopes_resolve(out, scope, tree_text(tree, id));
        }
    /* An import binds the identifier inside a dotted name. */
    for (size_t i = 1; i < out->symbols.count; i++)
        vec_each(at, &out->symbols.items[i].bindings)
            out->symbol_of[*at] = (SymbolId)i;
}

SymbolId scope_local(const Scopes *scopes, ScopeId scope, Str name)
{
    return (SymbolId)(uintptr_t)map_find(&scopes->scopes.items[scope].names, name);
}

SymbolId scopes_resolve(const Scopes *scopes, ScopeId scope, Str name)
{
    for (ScopeId at = scope; at; at = scopes->scopes.items[at].parent) {
        if (at != scope && scopes->scopes.items[at].kind == SCOPE_CLASS)
            continue;
        SymbolId symbol = scope_local(scopes, at, name);
        if (symbol)
            return symbol;
    }
    return 0;
}

NodeId scope_function(const Scopes *scopes, NodeId node)
{
    for (ScopeId at = scopes->scope_of[node]; at; at = scopes->scopes.items[at].parent) {
        ScopeKind kind = scopes->scopes.items[at].kind;
        if (kind == SCOPE_FUNCTION || kind == SCOPE_LAMBDA)
            return scopes->scopes.items[at].node;
        if (kind == SCOPE_CLASS || kind == SCOPE_MODULE)
            return 0;
    }
    return 0;
}

bool scopes_name_taken(const Scopes *scopes, Str name)
{
    for (size_t i = 1; i < scopes->scopes.count; i++)
        if (scope_local(scopes, (ScopeId)i, name))
            return true;
    return false;
}
