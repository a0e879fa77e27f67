/*
 * Parameters that a framework fills, so that no call in the project shows it.
 *
 * pytest gives a test or a fixture the fixture named like its parameter: that of the same
 * module, or of the nearest conftest.py above it, or one imported there. SQLAlchemy gives a
 * listener of "connect" the connection of the driver below it. click gives its commands one context.
 */
#include "analyzers/python/walk.h"

typedef struct Fixture {
    const FunctionInfo *function;
    Str                 name;
} Fixture;

typedef Vec(Fixture) FixtureVec;

static const Module *module_of(const Model *model, const FunctionInfo *function)
{
    return model->project->modules.items[function->at.module];
}

/* The folder of a path, with its final '/'; empty for the root. */
static Str folder_of(Str path)
{
    size_t slash = str_rfind_char(path, '/');
    return slash == STR_NOT_FOUND ? (Str) { 0 } : str_slice(path, 0, slash + 1);
}

static bool is_conftest(Str path)
{
    return str_is(str_slice(path, folder_of(path).len, path.len), "conftest.py");
}

/* A file whose fixtures nobody sees but its own tests. */
static bool is_test_module(Str path)
{
    Str name = str_slice(path, folder_of(path).len, path.len);
    return str_starts_with(name, STR("test_")) || str_ends_with(name, STR("_test.py"));
}

static NodeId keyword_of(const Tree *tree, NodeId call, const char *keyword)
{
    NodeId arguments = tree_kind(tree, call) == PY_CALL ? tree_field(tree, call, F_ARGUMENTS) : 0;

    if (arguments)
        tree_each_child(child, tree, arguments)
            if (tree_kind(tree, child) == PY_KEYWORD_ARGUMENT
                && str_is(tree_text(tree, tree_field(tree, child, F_NAME)), keyword))
                return tree_field(tree, child, F_VALUE);
    return 0;
}

static NodeId fixture_decorator(const Tree *tree, NodeId function)
{
    NodeId found = decorator_named(tree, function, "fixture");
    return found ? found : decorator_named(tree, function, "yield_fixture");
}

static FixtureVec fixtures_of(Model *model)
{
    FixtureVec out = { 0 };

    vec_each(at, &model->functions) {
        const Tree *tree      = &module_of(model, *at)->tree;
        NodeId      decorator = fixture_decorator(tree, (*at)->at.node);
        if (!decorator)
            continue;
        NodeId named = keyword_of(tree, decorator, "name");
        Str    name  = named ? plain_string(tree, named) : tree_text(tree, tree_field(tree, (*at)->at.node, F_NAME));
        vec_push(model->arena, &out, (Fixture) { *at, name });
    }
    return out;
}

/* How near a fixture is to who asks for it; 0: out of sight. */
static size_t nearness(const Model *model, const Fixture *fixture, const FunctionInfo *asker)
{
    const Module *home = module_of(model, fixture->function), *module = module_of(model, asker);

    if (fixture->function == asker)
        return 0;
    if (home == module)
        return SIZE_MAX;
    Str path = home->source.path;
    return is_conftest(path) && str_starts_with(module->source.path, folder_of(path)) ? folder_of(path).len + 1 : 0;
}

/* The fixture's own name in a module that imports it from elsewhere. */
static SymbolId imported_fixture(const Module *module, Str name)
{
    SymbolId symbol = scope_local(&module->scopes, 1, name);

    vec_each(import, &module->imports)
        if (symbol && import->symbol == symbol)
            return symbol;
    return 0;
}

/* `function` is called for the parameter, which gets what it returns or yields. */
static void provide_from(Model *model, SlotId function, const Module *module, NodeId parameter)
{
    CallSite *call = arena_new(model->arena, CallSite);
    Place     at   = { module->id, parameter };

    call->at     = at;
    call->result = slot_new(model);
    slot_flow(model, function, (Constraint) { .kind = FLOW_CALL, .call = call, .at = at });
    slot_flow(model, call->result,
              (Constraint) { .kind = FLOW_PROVIDE, .dst = slot_of_node(model, module, parameter), .at = at });
}

/* What the fixture of this name gives goes to a node of the function that asks: a parameter, or a call. */
static void provide_fixture(Model *model, const FixtureVec *fixtures, const FunctionInfo *asker, Str name, NodeId parameter)
{
    const Module  *module = module_of(model, asker);
    const Fixture *best = NULL, *only = NULL;
    size_t         nearest = 0, count = 0;

    vec_each(fixture, fixtures) {
        if (!str_eq(fixture->name, name) || fixture->function == asker)
            continue;
        Str path = module_of(model, fixture->function)->source.path;
        if (!is_conftest(path) && !is_test_module(path)) {
            count++;
            only = fixture;
        }
        size_t near = nearness(model, fixture, asker);
        if (near > nearest) {
            nearest = near;
            best    = fixture;
        }
    }
    SymbolId imported = nearest == SIZE_MAX ? 0 : imported_fixture(module, name);
    if (imported) {
        provide_from(model, slot_of_symbol(model, module, imported), module, parameter);
        return;
    }
    if (!best && count == 1) /* a plugin of the project, or what a conftest.py imports */
        best = only;
    if (!best)
        return;
    SlotId slot = slot_new(model);
    Place  at   = best->function->at;
    slot_add(model, slot, value_of(model, ROLE_FUNCTION, at.module, at.node, (Str) { 0 }), 0, at);
    provide_from(model, slot, module, parameter);
}

static bool takes_fixtures(const Tree *tree, NodeId function)
{
    Str name = tree_text(tree, tree_field(tree, function, F_NAME));
    return str_starts_with(name, STR("test")) || fixture_decorator(tree, function);
}

static void provide_fixtures(Model *model, const FixtureVec *fixtures, const FunctionInfo *asker)
{
    const Tree *tree       = &module_of(model, asker)->tree;
    NodeId      parameters = tree_field(tree, asker->at.node, F_PARAMETERS);
    bool        first      = asker->owner && !asker->is_static;

    if (!parameters || !takes_fixtures(tree, asker->at.node))
        return;
    tree_each_child(parameter, tree, parameters) {
        Kind   kind = tree_kind(tree, parameter);
        NodeId name = kind == PY_TYPED_PARAMETER ? tree_nth(tree, parameter, 0) : parameter;
        if (kind != PY_IDENTIFIER && kind != PY_TYPED_PARAMETER)
            continue;
        if (!first && tree_kind(tree, name) == PY_IDENTIFIER)
            provide_fixture(model, fixtures, asker, tree_text(tree, name), name);
        first = false;
    }
    for (NodeId id = asker->at.node; id < tree_node(tree, asker->at.node)->end; id++) {
        NodeId callee = tree_kind(tree, id) == PY_CALL ? tree_field(tree, id, F_FUNCTION) : 0;
        if (!callee || tree_kind(tree, callee) != PY_ATTRIBUTE
            || !str_is(tree_text(tree, tree_field(tree, callee, F_ATTRIBUTE)), "getfixturevalue"))
            continue;
        Str name = plain_string(tree, tree_nth(tree, tree_field(tree, id, F_ARGUMENTS), 0));
        if (name.len)
            provide_fixture(model, fixtures, asker, name, id);
    }
}

static bool says_connect(const Tree *tree, NodeId decorator)
{
    NodeId arguments = tree_kind(tree, decorator) == PY_CALL ? tree_field(tree, decorator, F_ARGUMENTS) : 0;

    return arguments && tree_arity(tree, arguments) >= 2
        && str_is(plain_string(tree, tree_nth(tree, arguments, 1)), "connect");
}

/* Any driver may be below an engine; that this one is sqlite3 is told by the PRAGMA sent to it. */
static bool speaks_sqlite(const Tree *tree, NodeId function)
{
    Str text = tree_text(tree, function);

    for (size_t at = 0; at + 6 <= text.len; at++)
        if (str_eq_nocase(str_slice(text, at, at + 6), STR("pragma")))
            return true;
    return false;
}

/* A listener that is there for SQLite alone is as it should be: `if engine.dialect.name == "sqlite"`, around it or in it. */
static bool tests_dialect(const Tree *tree, NodeId function)
{
    for (NodeId at = function; at; at = tree_parent(tree, at))
        if (tree_kind(tree, at) == PY_IF && str_contains(tree_text(tree, tree_field(tree, at, F_CONDITION)), STR("sqlite")))
            return true;
    for (NodeId id = function; id < tree_node(tree, function)->end; id++)
        if (tree_kind(tree, id) == PY_IF && str_contains(tree_text(tree, tree_field(tree, id, F_CONDITION)), STR("sqlite")))
            return true;
    return false;
}

static void provide_listener(Model *model, const FunctionInfo *function)
{
    const Module *module     = module_of(model, function);
    const Tree   *tree       = &module->tree;
    NodeId        decorator  = decorator_named(tree, function->at.node, "listens_for");
    NodeId        parameters = tree_field(tree, function->at.node, F_PARAMETERS);
    NodeId        first      = parameters ? tree_nth(tree, parameters, 0) : 0;

    if (!decorator || !first || !says_connect(tree, decorator) || !speaks_sqlite(tree, function->at.node)
        || tests_dialect(tree, function->at.node))
        return;
    if (tree_kind(tree, first) == PY_TYPED_PARAMETER)
        first = tree_nth(tree, first, 0);
    if (tree_kind(tree, first) == PY_IDENTIFIER)
        slot_add(model, slot_of_node(model, module, first),
                 value_of(model, ROLE_CONNECTION, module->id, first, (Str) { 0 }), 0, (Place) { module->id, decorator });
}

/* click's context is one object for all commands of a program: `ctx.obj` in one is that of the other. */
static void provide_context(Model *model, const FunctionInfo *function)
{
    const Module *module     = module_of(model, function);
    const Tree   *tree       = &module->tree;
    NodeId        context    = decorator_named(tree, function->at.node, "pass_context");
    NodeId        object     = decorator_named(tree, function->at.node, "pass_obj");
    NodeId        parameters = tree_field(tree, function->at.node, F_PARAMETERS);
    NodeId        first      = parameters ? tree_nth(tree, parameters, 0) : 0;

    if ((!context && !object) || !first || tree_kind(tree, first) != PY_IDENTIFIER)
        return;
    ValueId shared = value_of(model, ROLE_EXTERNAL, 0, 0, STR("click.context"));
    SlotId  slot   = slot_of_node(model, module, first);
    Place   at     = { module->id, context ? context : object };
    if (context)
        slot_add(model, slot, shared, 0, at);
    else
        slot_copy(model, slot_of_attribute(model, shared, STR("obj")), slot, at);
}

void inject_generate(Model *model)
{
    FixtureVec fixtures = fixtures_of(model);

    vec_each(function, &model->functions) {
        if (fixtures.count)
            provide_fixtures(model, &fixtures, *function);
        provide_listener(model, *function);
        provide_context(model, *function);
    }
}
