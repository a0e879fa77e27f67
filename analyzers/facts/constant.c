#include "analyzers/facts/pieces.h"

/* Names and attributes that stand for one expression, in this file or another. */

/* The value given to a symbol by its only binding, if that is a plain `name = value`. */
static NodeId only_value(const Module *module, SymbolId symbol)
{
    const Symbol *bound = &module->scopes.symbols.items[symbol];
    const Tree   *tree  = &module->tree;

    if (bound->bindings.count != 1 || bound->is_parameter)
        return 0;
    NodeId target = bound->bindings.items[0], assignment = tree_parent(tree, target);
    if (tree_kind(tree, assignment) != PY_ASSIGNMENT || tree_node(tree, target)->field != F_LEFT)
        return 0;
    NodeId value = tree_field(tree, assignment, F_RIGHT);
    while (tree_kind(tree, value) == PY_ASSIGNMENT) /* a = b = value */
        value = tree_field(tree, value, F_RIGHT);
    return value;
}

static Place value_in(const Module *home, SymbolId found, SymbolId *symbol)
{
    NodeId value = found ? only_value(home, found) : 0;

    if (!value)
        return (Place) { 0 };
    *symbol = found;
    return (Place) { home->id, value };
}

static const Module *imported_from(const Model *model, const Module *module, SymbolId symbol, Str *name)
{
    for (size_t i = 0; i < module->imports.count; i++) {
        const Import *import = &module->imports.items[i];
        if (import->symbol == symbol && import->name.len) {
            *name = import->name;
            return project_find(model_project(model), module, import->level, import->module);
        }
    }
    return NULL;
}


Place class_value(const Model *model, const Module *home, NodeId class, Str attribute, SymbolId *symbol, bool *says,
                         int depth)
{
    const Tree *tree   = &home->tree;
    SymbolId    own    = scope_local(&home->scopes, home->scopes.opens[class], attribute);
    NodeId      bases  = tree_field(tree, class, F_SUPERCLASSES);
    Place       none   = { 0 };

    *says = own != 0;
    if (own)
        return value_in(home, own, symbol);
    if (bases && depth < FOLLOW_DEPTH)
        tree_each_child(base, tree, bases)
            vec_each(held, model_values(model, home, base)) {
                const Value *value = model_value(model, held->value);
                if (value->role != ROLE_CLASS)
                    continue;
                Place found = class_value(model, model_module(model, value->a), value->b, attribute, symbol, says, depth + 1);
                if (*says)
                    return found;
            }
    return none;
}

Place constant_of(const Model *model, const Module *module, NodeId name, SymbolId *symbol)
{
    const Tree *tree = &module->tree;

    *symbol = 0;
    if (tree_kind(tree, name) == PY_IDENTIFIER) {
        SymbolId own = module->scopes.symbol_of[name];
        if (!own)
            return (Place) { 0 };
        for (int hops = 0; hops < FOLLOW_DEPTH && own; hops++) {
            Str           inner;
            const Module *home = imported_from(model, module, own, &inner);
            if (!home || module->scopes.symbols.items[own].bindings.count != 1)
                return value_in(module, own, symbol);
            module = home;
            own    = scope_local(&home->scopes, 1, inner);
        }
        return (Place) { 0 };
    }
    if (tree_kind(tree, name) != PY_ATTRIBUTE)
        return (Place) { 0 };
    NodeId object    = tree_field(tree, name, F_OBJECT);
    Str    attribute = tree_text(tree, tree_field(tree, name, F_ATTRIBUTE));
    Place  only      = { 0 };
    vec_each(held, model_values(model, module, object)) {
        const Value *value = model_value(model, held->value);
        if (value->role != ROLE_MODULE && value->role != ROLE_CLASS && value->role != ROLE_INSTANCE)
            continue;
        const Module *home  = model_project(model)->modules.items[value->a];
        Place         found = { 0 };
        bool          says  = true;
        if (model_stores(model, attribute)->count)
            says = true; /* and what it is, nobody can tell */
        else if (value->role == ROLE_MODULE)
            found = value_in(home, scope_local(&home->scopes, 1, attribute), symbol);
        else
            found = class_value(model, home, value->b, attribute, symbol, &says, 0);
        if (!says)
            continue; /* an object that has no such attribute is not here */
        if (!found.node || (only.node && (only.module != found.module || only.node != found.node))) {
            *symbol = 0; /* another class that it may be says otherwise */
            return (Place) { 0 };
        }
        only = found;
    }
    return only;
}
