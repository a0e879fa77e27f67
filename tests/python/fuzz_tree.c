/* Whatever the bytes: nodes nest, scopes know every node, names are identifiers. */
#include <stdlib.h>

#include "analyzers/python/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool law)
{
    if (!law)
        abort();
}

static void hold_nesting(const Tree *tree)
{
    for (NodeId id = 2; id < tree->count; id++) {
        const PyNode *node = tree_node(tree, id), *parent = tree_node(tree, node->parent);
        hold(node->parent && node->parent < id && node->end > id && node->end <= parent->end);
        hold(node->lo <= node->hi && node->lo >= parent->lo && node->hi <= parent->hi);
        hold(node->depth == parent->depth + 1 && node->depth <= TREE_DEPTH);
    }
    hold(tree->count > 1 && tree_node(tree, 1)->end == tree->count);
}

static void hold_scopes(const Tree *tree, const Scopes *scopes)
{
    for (NodeId id = 1; id < tree->count; id++) {
        hold(scopes->scope_of[id] && scopes->scope_of[id] < scopes->scopes.count);
        hold(scopes->symbol_of[id] < scopes->symbols.count);
        hold(!scopes->symbol_of[id] || tree_kind(tree, id) == PY_IDENTIFIER);
        NodeId function = scope_function(scopes, id);
        hold(!function || tree_is_inside(tree, id, function));
    }
    for (size_t i = 1; i < scopes->symbols.count; i++) {
        const Symbol *symbol = &scopes->symbols.items[i];
        NodeId        last   = 0;
        hold(symbol->scope && scope_local(scopes, symbol->scope, symbol->name) == i);
        vec_each(bound, &symbol->bindings) {
            hold(*bound > last && str_eq(tree_text(tree, *bound), symbol->name));
            last = *bound;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena  = arena_open();
    Source source = { .path = STR("f.py"), .text = { (const char *)data, size } };
    Tree   tree;
    Scopes scopes;
    Error  why = { "" };

    hold(tree_parse(arena, &source, &tree, &why));
    hold_nesting(&tree);
    scopes_build(arena, &tree, &scopes);
    hold_scopes(&tree, &scopes);
    arena_close(arena);
    return 0;
}
