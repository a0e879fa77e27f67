#include "tests/python/given.h"

/* The qualified name of the scope whose symbol a name means: "f", "C.m", "" for the module, "-" if nobody
 * binds it. */
static Str home_of(const Module *module, const char *name, int nth)
{
    SymbolId symbol = module->scopes.symbol_of[name_of(module, name, nth)];

    if (!symbol)
        return STR("-");
    const Scope *scope = &module->scopes.scopes.items[module->scopes.symbols.items[symbol].scope];
    return scope->kind == SCOPE_COMPREHENSION ? STR("[]") : scope->kind == SCOPE_LAMBDA ? STR("lambda") : scope->qualname;
}

static void a_name_means_the_nearest_binding_around_it(void **state)
{
    const Module *module = module_given(*state, "x = 1\ndef f():\n    x = 2\n    def g():\n        return x\n    return x\nprint(x)\n");

    assert_text(home_of(module, "x", 1), "");
    assert_text(home_of(module, "x", 2), "f");
    assert_text(home_of(module, "x", 3), "f");
    assert_text(home_of(module, "x", 4), "f");
    assert_text(home_of(module, "x", 5), "");
    assert_text(home_of(module, "print", 1), "-");
}

static void methods_do_not_see_the_names_of_their_class(void **state)
{
    const Module *module = module_given(*state, "class C:\n    x = 1\n    y = x\n    def m(self):\n        return x\n"
                                                "    z = [x for _ in y]\n");

    assert_text(home_of(module, "x", 1), "C");
    assert_text(home_of(module, "x", 2), "C");
    assert_text(home_of(module, "x", 3), "-");
    assert_text(home_of(module, "x", 4), "-"); /* nor does a comprehension */
    assert_text(home_of(module, "y", 2), "C"); /* but its first iterable does */
}

static void a_comprehension_has_its_own_names(void **state)
{
    const Module *module = module_given(*state, "x = [1]\ny = [x for x in x if x]\nz = {k: v for k, v in y}\n");

    assert_text(home_of(module, "x", 2), "[]");
    assert_text(home_of(module, "x", 3), "[]");
    assert_text(home_of(module, "x", 4), "");
    assert_text(home_of(module, "x", 5), "[]");
    assert_text(home_of(module, "k", 1), "[]");
    assert_text(home_of(module, "v", 2), "[]");
}

static void a_walrus_in_a_comprehension_binds_around_it(void **state)
{
    const Module *module = module_given(*state, "def f(rows):\n    a = [n for r in rows if (n := r)]\n    return n\n");

    assert_text(home_of(module, "n", 1), "f");
    assert_text(home_of(module, "n", 2), "f");
    assert_text(home_of(module, "n", 3), "f");
    assert_text(home_of(module, "r", 1), "[]");
}

static void global_and_nonlocal_reach_outwards(void **state)
{
    const Module *module = module_given(*state,
                                        "db = None\ndef f():\n    global db, made\n    db = made = 1\n"
                                        "def g():\n    n = 0\n    def h():\n        nonlocal n\n        n += 1\n"
                                        "        def i():\n            nonlocal n\n            n = 2\n    return n\n");

    assert_text(home_of(module, "db", 3), "");
    assert_text(home_of(module, "made", 2), "");
    for (int nth = 1; nth <= 6; nth++)
        assert_text(home_of(module, "n", nth), "g");
    SymbolId n = module->scopes.symbol_of[name_of(module, "n", 1)];
    assert_int_equal(module->scopes.symbols.items[n].bindings.count, 3);
}

static void a_nonlocal_may_mean_a_parameter(void **state)
{
    const Module *module = module_given(*state, "def f(n):\n    def g():\n        nonlocal n\n        n = 1\n    g()\n");
    SymbolId      n      = module->scopes.symbol_of[name_of(module, "n", 1)];

    assert_text(home_of(module, "n", 3), "f");
    assert_true(module->scopes.symbols.items[n].is_parameter);
    assert_int_equal(module->scopes.symbols.items[n].bindings.count, 2);
}

static void a_nonlocal_without_home_does_no_harm(void **state)
{
    const Module *module = module_given(*state, "def f():\n    nonlocal x\n    x = 1\n");

    assert_text(home_of(module, "x", 2), "");
}

static void defaults_decorators_and_annotations_belong_outside(void **state)
{
    const Module *module = module_given(*state, "def f(a, b=a, c: a = 1) -> a:\n    return a\n@d(a)\ndef d(): pass\n"
                                                "class K(K): pass\n");

    assert_text(home_of(module, "a", 1), "f");
    assert_text(home_of(module, "a", 2), "-");
    assert_text(home_of(module, "a", 3), "-");
    assert_text(home_of(module, "a", 4), "-");
    assert_text(home_of(module, "a", 5), "f");
    assert_text(home_of(module, "d", 1), "");
    assert_text(home_of(module, "K", 1), "");
    assert_text(home_of(module, "K", 2), "");
}

static void parameters_of_every_kind_are_bound(void **state)
{
    const Module *module = module_given(*state, "def f(a, /, b: int, c=1, *args, d: str = '', **kw):\n    pass\n"
                                                "g = lambda x, *y, z=1: x\n");
    static const char *const names[] = { "a", "b", "c", "args", "d", "kw", "x", "y", "z" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        SymbolId symbol = module->scopes.symbol_of[name_of(module, names[i], 1)];
        assert_true(symbol);
        assert_true(module->scopes.symbols.items[symbol].is_parameter);
    }
    assert_text(home_of(module, "d", 1), "f");
    assert_text(home_of(module, "z", 1), "lambda");
}

static void imports_bind_their_first_part_or_their_alias(void **state)
{
    const Module *module = module_given(*state, "import a.b\nimport c.d as e\nfrom f import g, h as i\nfrom j import *\n"
                                                "a; b; c; e; f; g; h; i\n");

    assert_text(home_of(module, "a", 2), "");
    assert_text(home_of(module, "b", 2), "-");
    assert_text(home_of(module, "c", 2), "-");
    assert_text(home_of(module, "e", 2), "");
    assert_text(home_of(module, "f", 2), "-");
    assert_text(home_of(module, "g", 2), "");
    assert_text(home_of(module, "h", 2), "-");
    assert_text(home_of(module, "i", 2), "");
}

static void every_form_of_assignment_binds(void **state)
{
    const Module *module = module_given(*state,
                                        "def f():\n    a = b = 1\n    c, (d, *e) = 1, 2\n    [g] = 1\n    h: int = 2\n"
                                        "    for i, j in x: pass\n    with x as k, x as (l, m): pass\n"
                                        "    try: pass\n    except E as n: pass\n    del o\n    p += 1\n"
                                        "    def q(): pass\n    class r: pass\n    s.t = 1\n    u[0] = 1\n");
    static const char *const bound[] = { "a", "b", "c", "d", "e", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r" };
    static const char *const unbound[] = { "x", "E", "s", "u" };

    for (size_t i = 0; i < sizeof bound / sizeof *bound; i++)
        assert_text(home_of(module, bound[i], 1), "f");
    for (size_t i = 0; i < sizeof unbound / sizeof *unbound; i++)
        assert_text(home_of(module, unbound[i], 1), "-");
}

static void patterns_bind_what_they_capture(void **state)
{
    const Module *module = module_given(*state,
                                        "def f(v):\n    match v:\n        case [a, *b]: pass\n"
                                        "        case {'k': c, **d}: pass\n        case Point(e, x=g) as h: pass\n"
                                        "        case Color.RED | 3: pass\n        case (i, _): pass\n        case j: pass\n");
    static const char *const bound[] = { "a", "b", "c", "d", "e", "g", "h", "i", "j" };

    assert_int_equal(module->tree.errors, 0);
    for (size_t i = 0; i < sizeof bound / sizeof *bound; i++)
        assert_text(home_of(module, bound[i], 1), "f");
    assert_text(home_of(module, "Point", 1), "-");
    assert_text(home_of(module, "Color", 1), "-");
    assert_text(home_of(module, "x", 1), "-");
}

static void attributes_and_keywords_are_no_variables(void **state)
{
    const Module *module = module_given(*state, "x = 1\na.x = f(x=x)\n");

    assert_text(home_of(module, "x", 2), "-");
    assert_text(home_of(module, "x", 3), "-");
    assert_text(home_of(module, "x", 4), "");
}

static void scopes_know_their_function_and_their_name(void **state)
{
    const Module *module = module_given(*state, "class A:\n    def m(self):\n        def inner():\n            return [q for q in 1]\n"
                                                "    k = 1\n");

    NodeId inner = scope_function(&module->scopes, name_of(module, "q", 1));
    assert_kind(module, inner, PY_FUNCTION);
    assert_text(module->scopes.scopes.items[module->scopes.opens[inner]].qualname, "A.m.inner");
    assert_int_equal(scope_function(&module->scopes, name_of(module, "k", 1)), 0);
    assert_true(scopes_name_taken(&module->scopes, STR("q")));
    assert_false(scopes_name_taken(&module->scopes, STR("absent")));
}

static void broken_definitions_bind_what_they_can(void **state)
{
    static const char *const broken[] = { "def", "def f(", "lambda x=", "class", "import", "from x import", "import a.",
                                          "global", "nonlocal", "def f(x=:", "(x=y)=", "for in x", "with as x:", "del",
                                          "match x:\n case", "except as e:", "x := ", "[for x in]", "f(=1)", "a.=1" };

    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        const Module *module = module_given(*state, broken[i]);
        for (size_t s = 1; s < module->scopes.symbols.count; s++) {
            assert_true(module->scopes.symbols.items[s].scope >= 1);
            vec_each(bound, &module->scopes.symbols.items[s].bindings)
                assert_int_equal(tree_kind(&module->tree, *bound), PY_IDENTIFIER);
        }
        for (NodeId id = 1; id < module->tree.count; id++)
            assert_true(module->scopes.scope_of[id] >= 1);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(a_name_means_the_nearest_binding_around_it),
        TEST(methods_do_not_see_the_names_of_their_class),
        TEST(a_comprehension_has_its_own_names),
        TEST(a_walrus_in_a_comprehension_binds_around_it),
        TEST(global_and_nonlocal_reach_outwards),
        TEST(a_nonlocal_may_mean_a_parameter),
        TEST(a_nonlocal_without_home_does_no_harm),
        TEST(defaults_decorators_and_annotations_belong_outside),
        TEST(parameters_of_every_kind_are_bound),
        TEST(imports_bind_their_first_part_or_their_alias),
        TEST(every_form_of_assignment_binds),
        TEST(patterns_bind_what_they_capture),
        TEST(attributes_and_keywords_are_no_variables),
        TEST(scopes_know_their_function_and_their_name),
        TEST(broken_definitions_bind_what_they_can),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
