#include "tests/python/given.h"

/* The path of the module an import means, "-" if it is none of the project. */
static Str found(const Project *project, const Module *from, uint32_t level, const char *dotted)
{
    const Module *module = project_find(project, from, level, str_of(dotted));
    return module ? module->source.path : STR("-");
}

static void relative_imports_count_their_dots(void **state)
{
    Project      *project = project_given(*state);
    const Module *init    = add_module(project, "shop/__init__.py", "");
    const Module *db      = add_module(project, "shop/db.py", "");
    const Module *views   = add_module(project, "shop/web/views.py", "");
    add_module(project, "other/db.py", "");

    assert_text(found(project, views, 2, "db"), "shop/db.py");
    assert_text(found(project, views, 2, ""), "shop/__init__.py");
    assert_text(found(project, db, 1, "web.views"), "shop/web/views.py");
    assert_text(found(project, init, 1, "db"), "shop/db.py");
    assert_text(found(project, views, 1, "db"), "-");
    assert_text(found(project, db, 5, "db"), "-");
}

static void relative_imports_work_at_the_top(void **state)
{
    Project      *project = project_given(*state);
    const Module *a       = add_module(project, "a.py", "");
    add_module(project, "b.py", "");

    assert_text(found(project, a, 1, "b"), "b.py");
    assert_text(found(project, a, 2, "b"), "-");
}

static void a_dotted_name_is_found_in_any_layout(void **state)
{
    Project      *project = project_given(*state);
    const Module *test    = add_module(project, "tests/test_db.py", "");
    add_module(project, "src/shop/db.py", "");
    add_module(project, "src/shop/names/space.py", "");

    assert_text(found(project, test, 0, "shop.db"), "src/shop/db.py");
    assert_text(found(project, test, 0, "shop.names.space"), "src/shop/names/space.py");
    assert_text(found(project, test, 0, "hop.db"), "-");
    assert_text(found(project, test, 0, "shop"), "-");
}

static void of_several_the_nearest_is_meant(void **state)
{
    Project      *project = project_given(*state);
    const Module *one     = add_module(project, "one/app.py", "");
    const Module *two     = add_module(project, "two/app.py", "");
    add_module(project, "one/db.py", "");
    add_module(project, "two/db.py", "");

    assert_text(found(project, one, 0, "db"), "one/db.py");
    assert_text(found(project, two, 0, "db"), "two/db.py");
}

static void a_module_does_not_import_itself(void **state)
{
    Project      *project = project_given(*state);
    const Module *redis   = add_module(project, "cache/redis.py", "import redis\n");

    assert_text(found(project, redis, 0, "redis"), "-");
}

static void the_standard_library_keeps_its_names(void **state)
{
    Project      *project = project_given(*state);
    const Module *app     = add_module(project, "app/main.py", "");
    const Module *script  = add_module(project, "jobs/run.py", "");
    add_module(project, "jobs/queue.py", "");
    add_module(project, "lib/queue.py", "");
    add_module(project, "app/email/utils.py", "");
    add_module(project, "lib/helpers.py", "");

    assert_text(found(project, app, 0, "queue"), "-");
    assert_text(found(project, script, 0, "queue"), "jobs/queue.py");
    assert_text(found(project, script, 0, "email.utils"), "-");
    assert_text(found(project, app, 0, "helpers"), "lib/helpers.py");
}

static void inside_a_package_the_standard_library_comes_first(void **state)
{
    Project      *project = project_given(*state);
    const Module *core    = add_module(project, "click/core.py", "");
    add_module(project, "click/__init__.py", "");
    add_module(project, "click/types.py", "");

    assert_text(found(project, core, 0, "types"), "-");
    assert_text(found(project, core, 1, "types"), "click/types.py");
    assert_text(found(project, core, 0, "click.types"), "click/types.py");
}

static void imports_say_what_they_bind(void **state)
{
    const Module *module = module_given(*state, "import a.b, c as d\nfrom . import e\nfrom ..f.g import h as i, j\nfrom k import *\n");

    assert_int_equal(module->imports.count, 6);
    const Import *got = module->imports.items;
    assert_text(got[0].module, "a.b");
    assert_false(got[0].is_aliased);
    assert_true(got[1].is_aliased);
    assert_text(module->scopes.symbols.items[got[1].symbol].name, "d");
    assert_int_equal(got[2].level, 1);
    assert_int_equal(got[2].module.len, 0);
    assert_text(got[2].name, "e");
    assert_int_equal(got[3].level, 2);
    assert_text(got[3].module, "f.g");
    assert_text(got[3].name, "h");
    assert_text(module->scopes.symbols.items[got[3].symbol].name, "i");
    assert_text(got[4].name, "j");
    assert_text(got[5].name, "*");
    assert_int_equal(got[5].symbol, 0);
}

static void places_have_dotted_names(void **state)
{
    Project      *project = project_given(*state);
    const Module *module  = add_module(project, "shop/db.py", "class Repo:\n    def get(self):\n        return x\n");
    const Module *init    = add_module(project, "shop/__init__.py", "y = 1\n");

    assert_text(module_qualname(*state, module, name_of(module, "x", 1)), "shop.db.Repo.get");
    assert_text(module_qualname(*state, init, name_of(init, "y", 1)), "shop");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(relative_imports_count_their_dots),
        TEST(relative_imports_work_at_the_top),
        TEST(a_dotted_name_is_found_in_any_layout),
        TEST(of_several_the_nearest_is_meant),
        TEST(a_module_does_not_import_itself),
        TEST(the_standard_library_keeps_its_names),
        TEST(inside_a_package_the_standard_library_comes_first),
        TEST(imports_say_what_they_bind),
        TEST(places_have_dotted_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
