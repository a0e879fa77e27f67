#include "analyzers/facts/finder.h"

/*
 * A wrapper hands a parameter on as SQL: as it is, with something added or taken away, from
 * within an inner function, or item by item. Its callers are SQL calls as well.
 */

/* How much of the SQL a parameter is. */
typedef enum Share {
    SHARE_NONE,
    SHARE_WHOLE, /* the statement, or its beginning */
    SHARE_PART,  /* a piece of it, and perhaps no more than a name */
    SHARE_ITEM,  /* what it holds is handed on, one by one */
} Share;

/* A parameter of a function as its callers give it. */
typedef struct Parameter {
    NodeId function; /* 0: it is none */
    int    position; /* not counting `self` */
    Str    name;
    bool   is_rest;  /* *args: what is given from that position on */
    bool   is_named; /* **kwargs */
    Share  share;
} Parameter;

enum { DERIVE_DEPTH = 12 };

static bool is_static_method(const Tree *tree, NodeId function)
{
    NodeId decorated = tree_parent(tree, function);

    if (tree_kind(tree, decorated) == PY_DECORATED)
        tree_each_child(child, tree, decorated)
            if (tree_kind(tree, child) == PY_DECORATOR
                && str_is(tree_text(tree, tree_nth(tree, child, 0)), "staticmethod"))
                return true;
    return false;
}

/* The parameter bound at a node of a function's parameter list. */
static Parameter parameter_at(const Module *module, NodeId function, NodeId bound)
{
    const Tree  *tree       = &module->tree;
    NodeId       parameters = tree_field(tree, function, F_PARAMETERS);
    const Scope *around     = &module->scopes.scopes.items[module->scopes.scope_of[function]];
    Parameter    out        = { 0 };

    if (!parameters || tree_kind(tree, function) != PY_FUNCTION || !tree_is_inside(tree, bound, parameters))
        return out;
    if (around->kind == SCOPE_CLASS && !is_static_method(tree, function))
        out.position--;
    tree_each_child(parameter, tree, parameters) {
        Kind kind = tree_kind(tree, parameter);
        if (kind == PY_COMMENT || kind == PY_TOKEN || kind == PY_KEYWORD_SEPARATOR || kind == PY_POSITIONAL_SEPARATOR)
            continue;
        if (tree_is_inside(tree, bound, parameter)) {
            out.function = out.position >= 0 ? function : 0;
            out.name     = tree_text(tree, bound);
            out.is_rest  = tree_kind(tree, tree_parent(tree, bound)) == PY_LIST_SPLAT_PATTERN;
            out.is_named = tree_kind(tree, tree_parent(tree, bound)) == PY_DICTIONARY_SPLAT_PATTERN;
            out.share    = SHARE_WHOLE;
            return out;
        }
        out.position++;
    }
    return (Parameter) { 0 };
}

static Parameter derive(const Module *module, NodeId node, int depth);
static Parameter derive_items(const Module *module, NodeId iterable, int depth);

/* Less of a parameter than it was. Of a part, the items are nothing. */
static Parameter as(Parameter from, Share share)
{
    if (from.share == SHARE_PART && share == SHARE_ITEM)
        return (Parameter) { 0 };
    if (from.function && (share == SHARE_ITEM || from.share == SHARE_WHOLE))
        from.share = share;
    return from;
}

static Parameter either(Parameter a, Parameter b)
{
    return a.function ? a : b;
}

/* The loop whose target a name is: its iterable; 0 if it is none. */
static NodeId iterated(const Tree *tree, NodeId name)
{
    NodeId at = name;

    while (at && tree_kind(tree, at) != PY_FOR && tree_kind(tree, at) != PY_FOR_IN && !tree_is_statement(tree_kind(tree, at)))
        at = tree_parent(tree, at);
    if ((tree_kind(tree, at) != PY_FOR && tree_kind(tree, at) != PY_FOR_IN)
        || !tree_is_inside(tree, name, tree_field(tree, at, F_LEFT)))
        return 0;
    return tree_field(tree, at, F_RIGHT);
}

/* `sql = sql.rstrip(";")`, `sql += " LIMIT 1"`: whether a binding of a variable keeps what it held. */
static bool keeps_value(const Module *module, NodeId bound, SymbolId symbol)
{
    const Tree *tree   = &module->tree;
    NodeId      parent = tree_parent(tree, bound);

    if (tree_kind(tree, parent) == PY_AUGMENTED_ASSIGNMENT)
        return true;
    if (tree_kind(tree, parent) != PY_ASSIGNMENT || tree_node(tree, bound)->field != F_LEFT)
        return false;
    NodeId value = tree_field(tree, parent, F_RIGHT);
    for (NodeId id = value; value && id < tree_node(tree, value)->end; id++)
        if (tree_kind(tree, id) == PY_IDENTIFIER && module->scopes.symbol_of[id] == symbol)
            return true;
    return false;
}

static Parameter derive_name(const Module *module, NodeId name, int depth)
{
    const Tree *tree   = &module->tree;
    SymbolId    symbol = module->scopes.symbol_of[name];
    Parameter   out    = { 0 };

    if (!symbol)
        return out;
    const Symbol *variable = &module->scopes.symbols.items[symbol];
    NodeId        function = module->scopes.scopes.items[variable->scope].node;
    vec_each(bound, &variable->bindings) {
        NodeId parent = tree_parent(tree, *bound);
        Parameter found = parameter_at(module, function, *bound);
        if (found.function) {
            out = found;
        } else if (keeps_value(module, *bound, symbol)) {
            continue;
        } else if (!variable->is_parameter && tree_kind(tree, parent) == PY_ASSIGNMENT
                   && tree_node(tree, *bound)->field == F_LEFT && tree_field(tree, parent, F_RIGHT)) {
            found = derive(module, tree_field(tree, parent, F_RIGHT), depth + 1);
            if (!found.function)
                return found;
            out = either(out, found);
        } else if (!variable->is_parameter && iterated(tree, *bound)) {
            out = either(out, derive_items(module, iterated(tree, *bound), depth));
        } else {
            return (Parameter) { 0 };
        }
    }
    return out;
}

/* f"{sql} LIMIT 1" begins with it, f"SELECT * FROM t {where}" holds it. */
static Parameter derive_string(const Module *module, NodeId string, int depth)
{
    const Tree *tree  = &module->tree;
    Parameter   out   = { 0 };
    bool        first = true;

    tree_each_child(child, tree, string) {
        Kind kind = tree_kind(tree, child);
        if (kind == PY_INTERPOLATION && !out.function)
            out = as(derive(module, tree_field(tree, child, F_EXPRESSION), depth + 1), first ? SHARE_WHOLE : SHARE_PART);
        first &= kind == PY_STRING_START;
    }
    return out;
}

static bool is_in(Str name, const char *const *list)
{
    for (; *list; list++)
        if (str_is(name, *list))
            return true;
    return false;
}

/* `sql.rstrip(";")`, `dedent(sql)`, `self._prepare(sql)`: a text made of one. */
static Parameter derive_call(const Module *module, NodeId call, int depth)
{
    static const char *const methods[] = { "strip", "lstrip", "rstrip", "replace", "format", "lower", "upper", "expandtabs",
                                           "removesuffix", "removeprefix", "translate", NULL };
    static const char *const conversions[] = { "tuple", "list", "dict", "str", NULL };
    const Tree *tree      = &module->tree;
    NodeId      function  = tree_field(tree, call, F_FUNCTION);
    NodeId      arguments = tree_field(tree, call, F_ARGUMENTS);
    NodeId      first     = arguments && tree_kind(tree, arguments) == PY_ARGUMENT_LIST ? tree_nth(tree, arguments, 0) : 0;
    Parameter   out       = { 0 };

    if (function && tree_kind(tree, function) == PY_ATTRIBUTE
        && is_in(tree_text(tree, tree_field(tree, function, F_ATTRIBUTE)), methods))
        out = derive(module, tree_field(tree, function, F_OBJECT), depth + 1);
    if (!out.function && first && tree_kind(tree, first) == PY_IDENTIFIER)
        /* `execute(count_of(table))` is given a name */
        out = as(derive_name(module, first, depth + 1),
                 is_in(tree_text(tree, function), conversions) ? SHARE_WHOLE : SHARE_PART);
    return out;
}

/* `for sql in list(statements)`, `in script.split(";")`: what the items of an iterable come from. */
static Parameter derive_items(const Module *module, NodeId iterable, int depth)
{
    static const char *const copies[]  = { "list", "tuple", "iter", "reversed", "sorted", "enumerate", "zip", NULL };
    static const char *const methods[] = { "split", "splitlines", "items", "values", "copy", NULL };
    const Tree *tree     = &module->tree;
    NodeId      function = tree_kind(tree, iterable) == PY_CALL ? tree_field(tree, iterable, F_FUNCTION) : 0;

    if (!function)
        return as(derive(module, iterable, depth + 1), SHARE_ITEM);
    if (tree_kind(tree, function) == PY_ATTRIBUTE && is_in(tree_text(tree, tree_field(tree, function, F_ATTRIBUTE)), methods))
        return as(derive(module, tree_field(tree, function, F_OBJECT), depth + 1), SHARE_ITEM);
    NodeId arguments = tree_field(tree, iterable, F_ARGUMENTS);
    if (arguments && tree_nth(tree, arguments, 0) && is_in(tree_text(tree, function), copies))
        return as(derive(module, tree_nth(tree, arguments, 0), depth + 1), SHARE_ITEM);
    return (Parameter) { 0 };
}

/* The parameter, of this function or of one around it, that an expression passes on. */
static Parameter derive(const Module *module, NodeId node, int depth)
{
    const Tree *tree = &module->tree;

    node = node ? tree_strip(tree, node) : 0;
    if (!node || depth > DERIVE_DEPTH)
        return (Parameter) { 0 };
    switch (tree_kind(tree, node)) {
    case PY_IDENTIFIER:
        return derive_name(module, node, depth);
    case PY_STRING:
        return derive_string(module, node, depth);
    case PY_CONCATENATED_STRING: {
        Parameter out   = { 0 };
        bool      first = true;
        tree_each_child(child, tree, node) {
            out   = either(out, as(derive(module, child, depth + 1), first ? SHARE_WHOLE : SHARE_PART));
            first = false;
        }
        return out;
    }
    case PY_BINARY:
        return either(derive(module, tree_field(tree, node, F_LEFT), depth + 1),
                      as(derive(module, tree_field(tree, node, F_RIGHT), depth + 1), SHARE_PART));
    case PY_BOOLEAN:
        return either(derive(module, tree_field(tree, node, F_LEFT), depth + 1),
                      derive(module, tree_field(tree, node, F_RIGHT), depth + 1));
    case PY_CONDITIONAL:
        return either(derive(module, tree_nth(tree, node, 0), depth + 1), derive(module, tree_nth(tree, node, 2), depth + 1));
    case PY_SUBSCRIPT:
        return as(derive(module, tree_field(tree, node, F_VALUE), depth + 1), SHARE_ITEM);
    case PY_LIST_COMPREHENSION:
    case PY_GENERATOR:
        tree_each_child(child, tree, node)
            if (tree_kind(tree, child) == PY_FOR_IN)
                return derive_items(module, tree_field(tree, child, F_RIGHT), depth);
        return (Parameter) { 0 };
    case PY_CALL:
        return derive_call(module, node, depth);
    default:
        return (Parameter) { 0 };
    }
}

/* `def run(self, sql, *args)`: the values are what is given by position from there on. */
static void take_rest(Finder *finder, Callsite *site, uint32_t position)
{
    const Tree *tree      = &site->module->tree;
    NodeId      arguments = tree_field(tree, site->call, F_ARGUMENTS);
    Params     *params    = &site->params;
    uint32_t    at        = 0;

    params->is_exact = true;
    if (arguments)
        tree_each_child(child, tree, arguments) {
            Kind kind = tree_kind(tree, child);
            if (kind == PY_COMMENT || kind == PY_TOKEN || kind == PY_KEYWORD_ARGUMENT || kind == PY_DICTIONARY_SPLAT)
                continue;
            if (kind == PY_LIST_SPLAT) {
                *params = (Params) { .shape = PARAMS_UNKNOWN };
                return;
            }
            if (at++ >= position)
                vec_push(finder->arena, &params->items, child);
        }
    params->shape = params->items.count ? PARAMS_TUPLE : PARAMS_NONE;
}

/* `def one(self, sql, **values)`: the values are what is given by name. */
static void take_named(Finder *finder, Callsite *site)
{
    const Tree *tree      = &site->module->tree;
    NodeId      arguments = tree_field(tree, site->call, F_ARGUMENTS);

    if (arguments)
        tree_each_child(child, tree, arguments)
            if (tree_kind(tree, child) == PY_KEYWORD_ARGUMENT)
                vec_push(finder->arena, &site->params.items, child);
    site->params.shape = site->params.items.count ? PARAMS_DICT : PARAMS_NONE;
}

/* The values a wrapper's caller gives: the argument that the wrapper hands on as parameters. */
static void read_wrapped_params(Finder *finder, Callsite *site, const Callsite *inner, NodeId wrapper)
{
    site->params = (Params) { .shape = inner->params.shape };
    if (!inner->params.node)
        return;
    Parameter given = derive(inner->module, inner->params.node, 0);
    if (given.function != wrapper || given.share != SHARE_WHOLE) {
        site->params.shape = PARAMS_UNKNOWN;
        return;
    }
    site->params.shape = PARAMS_NONE;
    if (given.is_rest)
        take_rest(finder, site, (uint32_t)given.position);
    else if (given.is_named)
        take_named(finder, site);
    else
        read_params(finder, site, (uint32_t)given.position, str_cstr(finder->arena, given.name));
}

/* What is given for a part of a statement: a piece of SQL, as against a table's name. */
static bool is_fragment(const SqlText *sql)
{
    bool spaced = false;

    for (size_t i = 0; i < sql->text.len; i++)
        spaced |= sql->text.ptr[i] == ' ' || sql->text.ptr[i] == '\n' || sql->text.ptr[i] == '?';
    return spaced;
}

static void add_wrapper_call(Finder *finder, const Callsite *inner, const Parameter *sql, Place at)
{
    const Module *module = model_module(finder->model, at.module);
    const Tree   *tree   = &module->tree;

    if (tree_kind(tree, at.node) != PY_CALL)
        return;
    uint32_t known = finder->is_found[at.module][at.node];
    if (known) { /* `execute(sql)` in one branch of the wrapper, `execute(sql, args)` in the other */
        Callsite *found = &finder->found.items[known - 1];
        if (found->method == METHOD_WRAPPER && found->wrapper.module == inner->module->id
            && found->wrapper.node == sql->function && found->params.shape == PARAMS_NONE)
            read_wrapped_params(finder, found, inner, sql->function);
        return;
    }
    Callsite site = { .module    = module,
                      .call      = at.node,
                      .method    = METHOD_WRAPPER,
                      .function  = scope_function(&module->scopes, at.node),
                      .role      = inner->role,
                      .value     = inner->value,
                      .certainty = inner->certainty,
                      .because   = { inner->module->id, inner->call },
                      .callee    = tree_text(&inner->module->tree,
                                             tree_field(&inner->module->tree, sql->function, F_NAME)),
                      .wrapper   = { inner->module->id, sql->function } };
    site.sql_node = argument_at(tree, at.node, (uint32_t)sql->position, str_cstr(finder->arena, sql->name));
    bool starred  = !site.sql_node && has_star(tree, at.node);
    if (!site.sql_node && !(starred && sql->share == SHARE_WHOLE))
        return;
    NodeId function = tree_field(tree, at.node, F_FUNCTION);
    site.name       = function;
    if (function && tree_kind(tree, function) == PY_ATTRIBUTE) {
        site.receiver = tree_field(tree, function, F_OBJECT);
        site.name     = tree_field(tree, function, F_ATTRIBUTE);
    }
    if (starred || sql->share == SHARE_ITEM)
        site.sql.shape = SHAPE_UNKNOWN;
    else
        site.sql = sqltext_read(finder->arena, finder->model, module, site.sql_node);
    if (sql->share == SHARE_PART && !is_fragment(&site.sql))
        return;
    if (speaks_of_others(finder, &site))
        return;
    read_wrapped_params(finder, &site, inner, sql->function);
    /* bound() serves both kinds of callers: those are ported that need it no more to name their placeholders. */
    site.is_bound  = inner->is_bound;
    site.is_ported = inner->is_bound && str_find_char(site.sql.text, '?') == STR_NOT_FOUND;
    finder_keep(finder, &site);
}

/* A wrapper of a wrapper is found when its own call of the wrapper, found here, passes a parameter on. */
void wrapper_calls_find(Finder *finder)
{
    for (size_t i = 0; i < finder->found.count; i++) {
        Callsite inner = finder->found.items[i];
        if (!method_is_sql(inner.method) || !inner.function || !inner.sql_node || (inner.is_ported && !inner.is_bound))
            continue;
        Parameter sql = derive(inner.module, inner.sql_node, 0);
        if (!sql.function || sql.is_rest || sql.is_named)
            continue;
        finder->found.items[i].is_passed_on = sql.share == SHARE_WHOLE || sql.share == SHARE_ITEM;
        finder->found.items[i].is_ported |= inner.is_bound;
        vec_each(caller, model_callers(finder->model, inner.module, sql.function))
            add_wrapper_call(finder, &inner, &sql, *caller);
    }
}
