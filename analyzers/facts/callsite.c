#include "analyzers/facts/finder.h"
#include "analyzers/facts/variants.h"

#include <stdlib.h>

static const struct {
    const char *name;
    bool        is_sql;
} methods[] = {
#define METHOD(name, word, sql) [METHOD_##name] = { word, sql },
#include "analyzers/facts/method.def"
#undef METHOD
};

bool method_is_sql(Method method)
{
    return method != METHOD_COUNT && methods[method].is_sql;
}

bool role_is_result(Role role)
{
    return role == ROLE_CURSOR || role == ROLE_SA_RESULT;
}

const char *method_name(Method method)
{
    return methods[method].name;
}

const char *param_shape_name(ParamShape shape)
{
    static const char *const names[] = {
        [PARAMS_NONE] = "none",         [PARAMS_TUPLE] = "tuple",       [PARAMS_LIST] = "list",
        [PARAMS_DICT] = "dict",         [PARAMS_VARIABLE] = "variable", [PARAMS_APPENDED] = "appended",
        [PARAMS_GENERATOR] = "generator", [PARAMS_UNKNOWN] = "unknown",
    };
    return names[shape];
}

const char *certainty_name(Certainty certainty)
{
    static const char *const names[] = { "no", "maybe", "yes" };
    return names[certainty];
}

void finder_keep(Finder *finder, const Callsite *site)
{
    finder->is_found[site->module->id][site->call] = (uint32_t)finder->found.count + 1;
    vec_push(finder->arena, &finder->found, *site);
}

NodeId argument_at(const Tree *tree, NodeId call, uint32_t index, const char *keyword)
{
    NodeId arguments = tree_field(tree, call, F_ARGUMENTS);

    if (!arguments)
        return 0;
    if (tree_kind(tree, arguments) == PY_GENERATOR)
        return index == 0 ? arguments : 0;
    uint32_t position = 0;
    tree_each_child(child, tree, arguments) {
        Kind kind = tree_kind(tree, child);
        if (kind == PY_COMMENT || kind == PY_TOKEN)
            continue;
        if (kind == PY_KEYWORD_ARGUMENT) {
            if (keyword && str_is(tree_text(tree, tree_field(tree, child, F_NAME)), keyword))
                return tree_field(tree, child, F_VALUE);
            continue;
        }
        if (kind == PY_LIST_SPLAT || kind == PY_DICTIONARY_SPLAT)
            return 0;
        if (position++ == index)
            return child;
    }
    return 0;
}

bool has_star(const Tree *tree, NodeId call)
{
    NodeId arguments = tree_field(tree, call, F_ARGUMENTS);

    if (arguments)
        tree_each_child(child, tree, arguments)
            if (tree_kind(tree, child) == PY_LIST_SPLAT || tree_kind(tree, child) == PY_DICTIONARY_SPLAT)
                return true;
    return false;
}

static void take_items(Finder *finder, const Tree *tree, Params *params)
{
    params->is_exact = true;
    tree_each_child(child, tree, params->display) {
        Kind kind = tree_kind(tree, child);
        if (kind == PY_COMMENT || kind == PY_TOKEN)
            continue;
        if (kind == PY_LIST_SPLAT || kind == PY_DICTIONARY_SPLAT || kind == PY_ERROR)
            params->is_exact = false;
        vec_push(finder->arena, &params->items, child);
    }
}

static ParamShape display_shape(Kind kind)
{
    switch (kind) {
    case PY_TUPLE:
        return PARAMS_TUPLE;
    case PY_LIST:
        return PARAMS_LIST;
    case PY_DICTIONARY:
        return PARAMS_DICT;
    case PY_GENERATOR:
    case PY_LIST_COMPREHENSION:
        return PARAMS_GENERATOR;
    default:
        return PARAMS_UNKNOWN;
    }
}

/* The variables of a module that something is appended to, or that grow with `+=`. */
static const bool *grown_in(Finder *finder, const Module *module)
{
    const Tree *tree  = &module->tree;
    bool      **grown = &finder->is_grown[module->id];

    if (*grown)
        return *grown;
    *grown = arena_array(finder->arena, bool, module->scopes.symbols.count + 1);
    for (NodeId id = 1; id < tree->count; id++) {
        SymbolId symbol = module->scopes.symbol_of[id];
        NodeId   parent = tree_parent(tree, id);
        if (!symbol)
            continue;
        if (tree_kind(tree, parent) == PY_AUGMENTED_ASSIGNMENT && tree_node(tree, id)->field == F_LEFT)
            (*grown)[symbol] = true;
        if (tree_kind(tree, parent) == PY_ATTRIBUTE) {
            Str name = tree_text(tree, tree_field(tree, parent, F_ATTRIBUTE));
            (*grown)[symbol] |= str_is(name, "append") || str_is(name, "extend") || str_is(name, "insert");
        }
    }
    return *grown;
}

/* `args`, `self.args`: a variable with the values; the display it holds if that never changes. */
static void read_variable(Finder *finder, const Module *module, NodeId name, Params *params)
{
    const Tree *tree   = &module->tree;
    SymbolId    symbol = 0;
    SymbolId    own    = tree_kind(tree, name) == PY_IDENTIFIER ? module->scopes.symbol_of[name] : 0;

    params->shape = PARAMS_VARIABLE;
    if (!own)
        return;
    if (grown_in(finder, module)[own]) {
        params->shape = PARAMS_APPENDED;
        return;
    }
    Place value = constant_of(finder->model, module, name, &symbol);
    if (!value.node || value.module != module->id)
        return;
    NodeId     display = tree_strip(tree, value.node);
    ParamShape shape   = display_shape(tree_kind(tree, display));
    if (shape == PARAMS_TUPLE || shape == PARAMS_LIST || shape == PARAMS_DICT) {
        params->display  = display;
        params->variable = symbol;
        take_items(finder, tree, params);
    }
}

static ParamShape shape_of(Finder *finder, const Module *module, NodeId node, int depth);

/* `dict(a=1)`, `tuple(ids)`, `map(f, rows)`, `bars(symbol)`: what a call gives as values. */
static ParamShape shape_of_call(Finder *finder, const Module *module, NodeId call, int depth)
{
    static const struct {
        const char *name;
        ParamShape  shape; /* PARAMS_NONE: that of the first argument */
    } known[] = {
        { "dict", PARAMS_DICT },     { "vars", PARAMS_DICT },      { "map", PARAMS_GENERATOR },
        { "filter", PARAMS_GENERATOR }, { "zip", PARAMS_GENERATOR }, { "iter", PARAMS_GENERATOR },
        { "repeat", PARAMS_GENERATOR }, { "chain", PARAMS_GENERATOR }, { "islice", PARAMS_GENERATOR },
        { "tuple", PARAMS_NONE },    { "list", PARAMS_NONE },      { "sorted", PARAMS_NONE },
        { "set", PARAMS_NONE },
    };
    const Tree *tree      = &module->tree;
    NodeId      function  = tree_field(tree, call, F_FUNCTION), arguments = tree_field(tree, call, F_ARGUMENTS);
    Str         name      = tree_text(tree, function);
    size_t      dot       = str_rfind_char(name, '.');

    if (dot != STR_NOT_FOUND)
        name = str_slice(name, dot + 1, name.len);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!str_is(name, known[i].name))
            continue;
        if (known[i].shape != PARAMS_NONE)
            return known[i].shape;
        NodeId first = !arguments ? 0 : tree_kind(tree, arguments) == PY_GENERATOR ? arguments : tree_nth(tree, arguments, 0);
        ParamShape inner = first ? shape_of(finder, module, first, depth + 1) : PARAMS_LIST;
        return inner == PARAMS_UNKNOWN ? PARAMS_VARIABLE : inner;
    }
    vec_each(held, model_values(finder->model, module, call))
        if (model_value(finder->model, held->value)->role == ROLE_GENERATOR)
            return PARAMS_GENERATOR;
    return PARAMS_UNKNOWN;
}

/* The shape of values that are written in place, whatever they are made of. */
static ParamShape shape_of(Finder *finder, const Module *module, NodeId node, int depth)
{
    enum { DEEPEST = 8 };
    const Tree *tree = &module->tree;

    node = tree_strip(tree, node);
    ParamShape shape = display_shape(tree_kind(tree, node));
    if (shape != PARAMS_UNKNOWN || depth > DEEPEST) {
        /* `(*values, limit)`: values that were appended to, with one more */
        if (shape == PARAMS_TUPLE || shape == PARAMS_LIST)
            tree_each_child(item, tree, node)
                if (tree_kind(tree, item) == PY_LIST_SPLAT
                    && shape_of(finder, module, tree_nth(tree, item, 0), depth + 1) == PARAMS_APPENDED)
                    return PARAMS_APPENDED;
        return shape;
    }
    switch (tree_kind(tree, node)) {
    case PY_IDENTIFIER: {
        SymbolId own = module->scopes.symbol_of[node];
        return own && grown_in(finder, module)[own] ? PARAMS_APPENDED : PARAMS_VARIABLE;
    }
    case PY_ATTRIBUTE:
    case PY_SUBSCRIPT:
        return PARAMS_VARIABLE;
    case PY_BINARY: { /* `args + [limit]`, `[user] + ids` */
        if (!str_is(tree_text(tree, tree_field(tree, node, F_OPERATOR)), "+"))
            return PARAMS_UNKNOWN;
        ParamShape left = shape_of(finder, module, tree_field(tree, node, F_LEFT), depth + 1);
        return left == PARAMS_VARIABLE ? PARAMS_APPENDED : left;
    }
    case PY_BOOLEAN: /* `params or ()` */
        return shape_of(finder, module, tree_field(tree, node, F_LEFT), depth + 1);
    case PY_CONDITIONAL:
        return PARAMS_VARIABLE;
    case PY_CALL:
        return shape_of_call(finder, module, node, depth);
    default:
        return PARAMS_UNKNOWN;
    }
}

void read_params(Finder *finder, Callsite *site, uint32_t index, const char *keyword)
{
    const Module *module = site->module;
    const Tree   *tree   = &module->tree;
    NodeId        node   = argument_at(tree, site->call, index, keyword);
    Params       *params = &site->params;

    if (!node) {
        if (has_star(tree, site->call)) /* they may be in there */
            params->shape = PARAMS_UNKNOWN;
        return;
    }
    params->node  = node;
    NodeId inner  = tree_strip(tree, node);
    params->shape = display_shape(tree_kind(tree, inner));
    if (params->shape == PARAMS_TUPLE || params->shape == PARAMS_LIST || params->shape == PARAMS_DICT) {
        params->display = inner;
        take_items(finder, tree, params);
        params->shape = shape_of(finder, module, inner, 0);
    } else if (tree_kind(tree, inner) == PY_IDENTIFIER || tree_kind(tree, inner) == PY_ATTRIBUTE) {
        read_variable(finder, module, inner, params);
    } else {
        params->shape = shape_of(finder, module, inner, 0);
    }
}

static bool is_database_role(Role role)
{
    return role == ROLE_CONNECTION || role == ROLE_CURSOR || role == ROLE_SA_CONNECTION || role == ROLE_SA_RESULT;
}

Method method_called(Str word)
{
    Method method = METHOD_CURSOR;

    while (method < METHOD_COUNT && (method == METHOD_WRAPPER || !str_is(word, methods[method].name)))
        method++;
    return method;
}

/* The value that a method belongs to, where a variable holds the method: `run = conn.execute`. */
static const Held *owner_of(const Finder *finder, const Callsite *site, const Held *held, Held *owner)
{
    const Value *value = model_value(finder->model, held->value);

    if (site->receiver)
        return held;
    if (value->role != ROLE_METHOD || method_called(value->name) != site->method)
        return NULL;
    *owner       = *held;
    owner->value = value->a;
    return owner;
}

/* What the receiver of a method is: its database roles, and whether they contradict. */
static bool judge_receiver(Finder *finder, Callsite *site)
{
    const HeldVec *values  = model_values(finder->model, site->module, site->receiver ? site->receiver : site->name);
    bool           sqlite = false, sqlalchemy = false, foreign = false, certain = false;

    vec_each(any, values) {
        Held        room;
        const Held *held = owner_of(finder, site, any, &room);
        if (!held)
            continue;
        const Value *value = model_value(finder->model, held->value);
        if (value->role == ROLE_OBJECT && value->name.len && model_is_driver(value->name))
            foreign = true;
        if (!is_database_role(value->role))
            continue;
        bool ported = value->role == ROLE_SA_CONNECTION || value->role == ROLE_SA_RESULT;
        sqlite |= !ported;
        sqlalchemy |= ported;
        certain |= !held->is_presumed;
        if (site->role == ROLE_NONE || (site->is_ported && !ported)) {
            site->role      = value->role;
            site->value     = held->value;
            site->because   = (Place) { value->a, value->b };
            site->is_ported = ported;
        }
    }
    site->is_mixed  = (sqlite && foreign) || (sqlite && sqlalchemy);
    site->certainty = site->is_mixed || !certain ? CERTAINTY_MAYBE : CERTAINTY_YES;
    return sqlite || sqlalchemy;
}

/* Whether a function is bound() of an engine module, which names placeholders when it runs. */
static bool is_binder(const Model *model, Place function)
{
    const Module *module = model_module(model, function.module);
    NodeId        name   = function.node ? tree_field(&module->tree, function.node, F_NAME) : 0;

    return name && str_is(tree_text(&module->tree, name), "bound") && str_contains(module->source.text, STR("def engine_for("));
}

/* The call of bound() whose result is all that a call is given: `execute(*bound(sql, values))`; 0 if there is none. */
static NodeId bound_call(const Finder *finder, const Callsite *site)
{
    const Tree *tree      = &site->module->tree;
    NodeId      arguments = tree_field(tree, site->call, F_ARGUMENTS);
    NodeId      splat     = arguments && tree_arity(tree, arguments) == 1 ? tree_nth(tree, arguments, 0) : 0;
    NodeId      call      = splat && tree_kind(tree, splat) == PY_LIST_SPLAT ? tree_strip(tree, tree_nth(tree, splat, 0)) : 0;

    return call && tree_kind(tree, call) == PY_CALL && is_binder(finder->model, model_callee(finder->model, site->module, call))
             ? call : 0;
}

static bool read_bound(Finder *finder, Callsite *site)
{
    NodeId   call  = bound_call(finder, site);
    Callsite inner = *site;

    if (!call)
        return false;
    inner.call      = call;
    inner.is_ported = inner.is_bound = true;
    inner.sql_node                   = argument_at(&site->module->tree, call, 0, "sql");
    if (inner.sql_node)
        inner.sql = sqltext_read(finder->arena, finder->model, site->module, inner.sql_node);
    else
        inner.sql.shape = SHAPE_UNKNOWN;
    read_params(finder, &inner, 1, "values");
    inner.call = site->call;
    *site      = inner;
    return true;
}

/* Reads the statement and its values, which are the arguments from `first` on. */
static void read_statement(Finder *finder, Callsite *site, uint32_t first)
{
    const Tree *tree      = &site->module->tree;
    NodeId      arguments = tree_field(tree, site->call, F_ARGUMENTS);

    if (read_bound(finder, site))
        return;

    site->sql_node = argument_at(tree, site->call, first, "sql");
    if (!site->sql_node)
        site->sql_node = argument_at(tree, site->call, first, "statement");
    if (site->sql_node)
        site->sql = sqltext_read(finder->arena, finder->model, site->module, site->sql_node);
    else
        site->sql.shape = SHAPE_UNKNOWN;
    read_params(finder, site, first + 1, "parameters");
    /* sqlite3 takes no text(): such a call is ported already, whatever its connection still is. */
    if (site->sql_node && model_has(finder->model, site->module, site->sql_node, ROLE_TEXT))
        site->is_ported = true;
    if (!site->params.node && arguments && tree_arity(tree, arguments) > first + 1)
        site->params.shape = PARAMS_UNKNOWN;
}

/* `%s` for a value is what Postgres' and MySQL's drivers take, and a syntax error to SQLite. */
static bool has_percent_binds(Str text)
{
    return str_contains(text, STR("%s")) || str_contains(text, STR("%("));
}

bool speaks_of_others(const Finder *finder, const Callsite *site)
{
    if (site->certainty == CERTAINTY_YES)
        return false;
    if (site->sql.complete || site->sql.text.len > 1 || !site->sql_node)
        return has_percent_binds(site->sql.text);
    Variants variants = sqltext_variants(finder->arena, finder->model, site->module, site->sql_node);
    vec_each(text, &variants.texts)
        if (has_percent_binds(text->text))
            return true;
    return false;
}

static bool add_method_call(Finder *finder, const Module *module, NodeId call, NodeId function)
{
    const Tree *tree = &module->tree;
    NodeId      name = tree_field(tree, function, F_ATTRIBUTE);
    Callsite    site = { .module   = module,
                         .call     = call,
                         .method   = method_called(tree_text(tree, name)),
                         .name     = name,
                         .receiver = tree_field(tree, function, F_OBJECT),
                         .function = scope_function(&module->scopes, call) };

    if (site.method == METHOD_COUNT || !site.receiver || !judge_receiver(finder, &site))
        return false;
    if (method_is_sql(site.method))
        read_statement(finder, &site, 0);
    if (!speaks_of_others(finder, &site))
        finder_keep(finder, &site);
    return true;
}

/* `run = conn.execute` … `run(sql)`: the call of a method that a variable or an attribute holds. */
static void add_bound_call(Finder *finder, const Module *module, NodeId call, NodeId function)
{
    vec_each(held, model_values(finder->model, module, function)) {
        const Value *value = model_value(finder->model, held->value);
        if (value->role != ROLE_METHOD || method_called(value->name) == METHOD_COUNT)
            continue;
        Callsite site = { .module   = module,
                          .call     = call,
                          .method   = method_called(value->name),
                          .name     = function,
                          .function = scope_function(&module->scopes, call) };
        if (!judge_receiver(finder, &site))
            continue;
        if (method_is_sql(site.method))
            read_statement(finder, &site, 0);
        if (!speaks_of_others(finder, &site))
            finder_keep(finder, &site);
        return;
    }
}

/* `sqlite3.Cursor.execute(self, sql)`, as subclasses call the method they override. */
static bool add_unbound_call(Finder *finder, const Module *module, NodeId call, NodeId function)
{
    NodeId      class = tree_field(&module->tree, function, F_OBJECT);
    const Held *held  = class ? model_has(finder->model, module, class, ROLE_SQLITE_NAME) : NULL;
    Str         type  = held ? model_value(finder->model, held->value)->name : (Str) { 0 };
    Callsite    site  = { .module    = module,
                          .call      = call,
                          .name      = tree_field(&module->tree, function, F_ATTRIBUTE),
                          .role      = str_is(type, "Cursor") ? ROLE_CURSOR : ROLE_CONNECTION,
                          .certainty = CERTAINTY_YES,
                          .because   = { module->id, call },
                          .function  = scope_function(&module->scopes, call) };

    site.method = method_called(tree_text(&module->tree, site.name));
    if ((!str_is(type, "Cursor") && !str_is(type, "Connection")) || site.method == METHOD_COUNT)
        return false;
    if (method_is_sql(site.method))
        read_statement(finder, &site, 1);
    finder_keep(finder, &site);
    return true;
}

static bool holds_connect(const Model *model, const Module *module, NodeId function)
{
    vec_each(held, model_values(model, module, function)) {
        const Value *value = model_value(model, held->value);
        if (value->role == ROLE_SQLITE_NAME && (str_is(value->name, "connect") || str_is(value->name, "Connection")))
            return true;
    }
    return false;
}

static void add_connect(Finder *finder, const Module *module, NodeId call, NodeId function)
{
    bool attribute = tree_kind(&module->tree, function) == PY_ATTRIBUTE;

    finder_keep(finder,
         &(Callsite) { .module    = module,
                       .call      = call,
                       .method    = METHOD_CONNECT,
                       .name      = attribute ? tree_field(&module->tree, function, F_ATTRIBUTE) : function,
                       .role      = ROLE_SQLITE_MODULE,
                       .certainty = CERTAINTY_YES,
                       .because   = { module->id, call },
                       .function  = scope_function(&module->scopes, call) });
}

static int by_place(const void *a, const void *b)
{
    const Callsite *x = a, *y = b;

    if (x->module->id != y->module->id)
        return x->module->id < y->module->id ? -1 : 1;
    uint32_t at_x = tree_node(&x->module->tree, x->call)->lo, at_y = tree_node(&y->module->tree, y->call)->lo;
    if (at_x != at_y)
        return at_x < at_y ? -1 : 1;
    return x->call < y->call ? -1 : x->call > y->call;
}

static void find_in_module(Finder *finder, const Module *module)
{
    for (NodeId id = 1; id < module->tree.count; id++) {
        if (tree_kind(&module->tree, id) != PY_CALL)
            continue;
        NodeId function = tree_field(&module->tree, id, F_FUNCTION);
        if (!function)
            continue;
        if (holds_connect(finder->model, module, function))
            add_connect(finder, module, id, function);
        else if (tree_kind(&module->tree, function) != PY_ATTRIBUTE
                 || !(add_method_call(finder, module, id, function) || add_unbound_call(finder, module, id, function)))
            add_bound_call(finder, module, id, function);
    }
}

/* What calls hold is of one module alone; so each is searched by itself. */
typedef struct Search {
    Workers     *workers;
    Finder       finder; /* nothing is found yet */
    CallsiteVec *found;  /* by module */
} Search;

static void search_one(void *data, unsigned worker, size_t index)
{
    const Search *search = data;
    const Module *module = model_module(search->finder.model, (uint32_t)index);
    Finder        finder = search->finder;

    finder.arena                = workers_arena(search->workers, worker);
    finder.is_found[module->id] = arena_array(finder.arena, uint32_t, module->tree.count + 1);
    find_in_module(&finder, module);
    search->found[index] = finder.found;
}

CallsiteVec callsites_find(Workers *workers, const Model *model)
{
    enum { SHARE = 2 };
    Arena *arena   = workers_arena(workers, 0);
    size_t modules = model_project(model)->modules.count;
    Finder finder  = { .arena    = arena,
                       .model    = model,
                       .is_found = arena_array(arena, uint32_t *, modules + 1),
                       .is_grown = arena_array(arena, bool *, modules + 1) };
    Search search  = { workers, finder, arena_array(arena, CallsiteVec, modules + 1) };

    pool_run(workers->jobs, modules, SHARE, search_one, &search);
    for (size_t i = 0; i < modules; i++)
        vec_each(site, &search.found[i])
            finder_keep(&finder, site);
    wrapper_calls_find(&finder);
    vec_sort(&finder.found, by_place);
    for (size_t i = 0; i < finder.found.count; i++)
        finder.found.items[i].index = (uint32_t)i;
    return finder.found;
}

const Callsite *callsite_at(const CallsiteVec *calls, const Module *module, NodeId call)
{
    Callsite key = { .module = module, .call = call };

    return calls->count ? bsearch(&key, calls->items, calls->count, sizeof key, by_place) : NULL;
}
