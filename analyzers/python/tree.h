/*
 * A Python file as a tree of small nodes.
 *
 * tree-sitter parses; its tree is copied once into an array in reading order and
 * let go, so that nobody else meets the library, every walk is a loop over
 * memory, and a node is a number. PyNode 0 is "no node"; node 1 is the module. The
 * nodes below `id` are those from id + 1 up to `end`.
 *
 * Broken Python is a fact, not an error: nodes of kind PY_ERROR mark the places,
 * and everything around them is still there. Nesting beyond TREE_DEPTH is cut
 * off (the node stays, its inside is not looked at, `cut` counts them).
 */
#ifndef ANALYZERS_PYTHON_TREE_H
#define ANALYZERS_PYTHON_TREE_H

#include "analyzers/intake/source.h"
#include "base/error.h"
#include "base/str.h"

typedef enum Kind {
    PY_NONE,
#define KIND(name, grammar) PY_##name,
#include "analyzers/python/kinds.def"
#undef KIND
    PY_TOKEN, /* an operator, or `async` */
    PY_OTHER
} Kind;

typedef enum Field {
    F_NONE,
#define FIELD(name, grammar) F_##name,
#include "analyzers/python/fields.def"
#undef FIELD
    F_OTHER
} Field;

typedef uint32_t NodeId;

typedef struct PyNode {
    uint8_t  kind;  /* Kind */
    uint8_t  field; /* Field: what it is to its parent */
    uint16_t depth;
    uint32_t lo, hi; /* in the source's text */
    NodeId   parent;
    NodeId   end; /* one past its last descendant */
} PyNode;

enum { TREE_DEPTH = 600 };

typedef struct Tree {
    const Source *source;
    PyNode         *nodes;
    uint32_t      count; /* nodes[1] … nodes[count - 1] */
    uint32_t      errors;
    uint32_t      cut;
} Tree;

/* Refuses only when the grammar and the runtime do not fit together. */
bool tree_parse(Arena *arena, const Source *source, Tree *out, Error *why);

/* A node of another file's tree is a number like any other: where we test, it is told apart if it can be. */
static inline void tree_check(const Tree *tree, NodeId id)
{
#ifndef NDEBUG
    if (id >= tree->count)
        bug("node %u in a tree of %u nodes", id, tree->count);
#else
    (void)tree;
    (void)id;
#endif
}

static inline const PyNode *tree_node(const Tree *tree, NodeId id)
{
    tree_check(tree, id);
    return &tree->nodes[id];
}

static inline Kind tree_kind(const Tree *tree, NodeId id)
{
    tree_check(tree, id);
    return (Kind)tree->nodes[id].kind;
}

static inline Str tree_text(const Tree *tree, NodeId id)
{
    return str_slice(tree->source->text, tree->nodes[id].lo, tree->nodes[id].hi);
}

static inline NodeId tree_parent(const Tree *tree, NodeId id)
{
    tree_check(tree, id);
    return tree->nodes[id].parent;
}

/* The first child, and the next sibling; comments included; 0 at the end. */
static inline NodeId tree_child(const Tree *tree, NodeId id)
{
    return id + 1 < tree->nodes[id].end ? id + 1 : 0;
}

static inline NodeId tree_next(const Tree *tree, NodeId id)
{
    NodeId parent = tree->nodes[id].parent, next = tree->nodes[id].end;
    return parent && next < tree->nodes[parent].end ? next : 0;
}

#define tree_each_child(child, tree, id) \
    for (NodeId child = tree_child((tree), (id)); child; child = tree_next((tree), child))

/* Children that are neither comments nor operator tokens. */
NodeId   tree_nth(const Tree *tree, NodeId id, uint32_t index); /* 0 if there are fewer */
uint32_t tree_arity(const Tree *tree, NodeId id);

NodeId tree_field(const Tree *tree, NodeId id, Field field);             /* 0 if absent */
NodeId tree_next_field(const Tree *tree, NodeId child, Field field);     /* a later sibling */
bool   tree_is_inside(const Tree *tree, NodeId id, NodeId ancestor);     /* or the same */
NodeId tree_enclosing(const Tree *tree, NodeId id, Kind kind);           /* an ancestor; 0 if none */
NodeId tree_statement(const Tree *tree, NodeId id); /* the statement that directly holds it */
NodeId tree_strip(const Tree *tree, NodeId id);     /* out of its parentheses */
bool   tree_has_error(const Tree *tree, NodeId id); /* a syntax error inside */
bool   tree_is_statement(Kind kind);
/* The innermost node that spans [lo, hi). */
NodeId tree_at(const Tree *tree, uint32_t lo, uint32_t hi);

const char *kind_name(Kind kind);

#endif
