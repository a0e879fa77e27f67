/*
 * Who a name is.
 *
 * Python's scopes (module, class, function, lambda, comprehension) with the names
 * each binds, and for every identifier that is read or written the symbol it
 * means: class scopes are not seen from the functions inside them, `global` and
 * `nonlocal` are honoured, decorators, defaults, annotations and base classes
 * belong to the scope around. A name nobody binds (a builtin, a typo) has
 * symbol 0.
 */
#ifndef ANALYZERS_PYTHON_SCOPE_H
#define ANALYZERS_PYTHON_SCOPE_H

#include "analyzers/python/tree.h"
#include "base/map.h"

typedef uint32_t ScopeId;  /* 0: none; 1: the module */
typedef uint32_t SymbolId; /* 0: none */

typedef enum ScopeKind {
    SCOPE_MODULE,
    SCOPE_CLASS,
    SCOPE_FUNCTION,
    SCOPE_LAMBDA,
    SCOPE_COMPREHENSION
} ScopeKind;

typedef Vec(NodeId) NodeIdVec;

typedef struct Symbol {
    Str     name;
    ScopeId scope;
    NodeIdVec bindings; /* the identifier nodes that bind it, in order */
    bool    is_parameter;
} Symbol;

typedef struct Scope {
    ScopeKind kind;
    NodeId    node;
    ScopeId   parent;
    Str       qualname; /* "Class.method", "" for the module */
    Map       names;    /* to Symbol index, as (void *)(uintptr_t) */
} Scope;

typedef struct Scopes {
    const Tree *tree;
    Vec(Scope) scopes;   /* scopes.items[0] is unused */
    Vec(Symbol) symbols; /* symbols.items[0] is unused */
    ScopeId  *scope_of;  /* for each node: the scope it runs in */
    ScopeId  *opens;     /* for each node: the scope it opens, or 0 */
    SymbolId *symbol_of; /* for each identifier node that is a variable; else 0 */
} Scopes;

void scopes_build(Arena *arena, const Tree *tree, Scopes *out);

/* The symbol that `name` means when used in `scope`; 0 if nobody binds it. */
SymbolId scopes_resolve(const Scopes *scopes, ScopeId scope, Str name);

/* The symbol that this very scope binds; 0 if it does not. */
SymbolId scope_local(const Scopes *scopes, ScopeId scope, Str name);

/* The nearest function (or lambda) around a node; 0 at module or class level. */
NodeId scope_function(const Scopes *scopes, NodeId node);

/* Whether any scope from `scope` inwards or outwards already uses the name. */
bool scopes_name_taken(const Scopes *scopes, Str name);

#endif
