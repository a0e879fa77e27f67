#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "analyzers/config/config.h"
#include "base/own.h"

/* A project folder of its own for each test. */
typedef struct Project {
    Arena *arena;
    char   root[32];
} Project;

static int open_project(void **state)
{
    Project *project = calloc(1, sizeof *project);

    project->arena = arena_open();
    strcpy(project->root, "/tmp/config-XXXXXX");
    if (!mkdtemp(project->root))
        return -1;
    *state = project;
    return 0;
}

static char *inside(const Project *project, const char *name)
{
    return (char *)str_format(project->arena, "%s/%s", project->root, name).ptr;
}

static int close_project(void **state)
{
    Project *project = *state;

    unlink(inside(project, "lite2pg.toml"));
    unlink(inside(project, "pyproject.toml"));
    rmdir(project->root);
    arena_close(project->arena);
    free(project);
    return 0;
}

static void write_file(const Project *project, const char *name, const char *text)
{
    OWN(FILE) file = fopen(inside(project, name), "w");

    assert_non_null(file);
    fputs(text, file);
}

static Config read_fine(Project *project)
{
    Config config;
    Error  why = { "" };

    if (!config_read(project->arena, str_of(project->root), &config, &why))
        fail_msg("%s", why.message);
    return config;
}

static void assert_refused(Project *project, const char *message)
{
    Config config = { .postgres = 77 };
    Error  why    = { "" };

    assert_false(config_read(project->arena, str_of(project->root), &config, &why));
    assert_string_equal(why.message, message);
    assert_int_equal(config.postgres, 77);
}

static void assert_text(Str got, const char *expected)
{
    assert_int_equal(got.len, strlen(expected));
    assert_memory_equal(got.ptr ? got.ptr : "", expected, got.len);
}

static void without_settings_the_defaults_hold(void **state)
{
    Project *project = *state;
    write_file(project, "pyproject.toml", "this is no TOML, and none of our business\n");

    Config config = read_fine(project);

    assert_int_equal(config.file.len, 0);
    assert_int_equal(config.postgres, 15);
    assert_int_equal(config.transactions, TRANSACTIONS_KEEP);
    assert_int_equal(config.sqlalchemy, SQLALCHEMY_2_0);
    assert_int_equal(config.effort.unsafe_, 5);
    assert_int_equal(config.effort.manual, 30);
    assert_false(config.assume_connections);
}

static void every_key_is_read_from_pyproject(void **state)
{
    Project *project = *state;
    write_file(
        project, "pyproject.toml",
        "[project]\nname = 'shop'\n"
        "[tool.lite2pg]\n"
        "include = ['shop']\nexclude = ['shop/old/**']\ncards = 'docs/cards.md'\n"
        "schema = ['db/migrations', 'extra.sql']\ntransactions = 'caller'\n"
        "sqlalchemy = '1.4'\npostgres = 16\nselect = ['params']\nignore = ['rows/by-index']\n"
        "rules = ['tools/rules']\nbaseline = 'b.txt'\nassume-connections = true\n"
        "bridges = ['shop/legacy.py']\nper-file-ignores = { 'tests/**' = ['rows'] }\n"
        "severity = { 'rows/row-by-name' = 'warning' }\nratchet = ['SH-4']\n"
        "required-version = '>=0.1'\neffort = { unsafe = 7, manual = 45 }\n"
        "decisions = 'd.toml'\n"
        "[tool.lite2pg.providers]\n'shop.db.connect' = 'connect'\nshop.db.begin = 'begin'\n"
        "[tool.lite2pg.types]\n'users.is_active' = 'boolean'\norders.placed = 'timestamptz'\n");

    Config config = read_fine(project);

    assert_text(config.file, "pyproject.toml");
    assert_text(config.include.items[0], "shop");
    assert_text(config.exclude.items[0], "shop/old/**");
    assert_text(config.cards, "docs/cards.md");
    assert_int_equal(config.schema.count, 2);
    assert_int_equal(config.transactions, TRANSACTIONS_CALLER);
    assert_int_equal(config.sqlalchemy, SQLALCHEMY_1_4);
    assert_int_equal(config.postgres, 16);
    assert_text(config.select.items[0], "params");
    assert_text(config.ignore.items[0], "rows/by-index");
    assert_text(config.rules.items[0], "tools/rules");
    assert_text(config.baseline, "b.txt");
    assert_true(config.assume_connections);
    assert_text(config.bridges.items[0], "shop/legacy.py");
    assert_text(config.per_file_ignores.items[0].glob, "tests/**");
    assert_text(config.per_file_ignores.items[0].rules.items[0], "rows");
    assert_text(config.severity.items[0].rule, "rows/row-by-name");
    assert_int_equal(config.severity.items[0].level, LEVEL_WARNING);
    assert_text(config.ratchet.items[0], "SH-4");
    assert_text(config.required_version, ">=0.1");
    assert_int_equal(config.effort.unsafe_, 7);
    assert_int_equal(config.effort.manual, 45);
    assert_text(config.decisions, "d.toml");
    assert_int_equal(config_provider_find(&config, STR("shop.db.connect"))->kind, PROVIDER_CONNECT);
    assert_int_equal(config_provider_find(&config, STR("shop.db.begin"))->kind, PROVIDER_BEGIN);
    assert_null(config_provider_find(&config, STR("shop.db")));
    assert_int_equal(config_type_find(&config, STR("Users"), STR("is_active"))->type,
                     COLUMN_BOOLEAN);
    assert_int_equal(config_type_find(&config, STR("orders"), STR("placed"))->type,
                     COLUMN_TIMESTAMPTZ);
    assert_null(config_type_find(&config, STR("orders"), STR("id")));
    assert_int_equal(config_line(&config, STR("postgres")), 10);
    assert_int_equal(config_line(&config, STR("nothing")), 0);
}

static void an_own_file_needs_no_table(void **state)
{
    Project *project = *state;
    write_file(project, "lite2pg.toml", "postgres = 17\n");
    write_file(project, "pyproject.toml", "[tool.black]\n# lite2pg has a file of its own\n");

    Config config = read_fine(project);

    assert_int_equal(config.postgres, 17);
    assert_text(config.file, "lite2pg.toml");
}

static void settings_in_two_places_are_refused(void **state)
{
    Project *project = *state;
    write_file(project, "lite2pg.toml", "postgres = 17\n");
    write_file(project, "pyproject.toml", "[tool.lite2pg]\npostgres = 16\n");

    assert_refused(project, "lite2pg.toml:1 and pyproject.toml:2 ([tool.lite2pg]) both hold "
                            "settings; keep one of them");
}

static void a_wrong_key_names_the_one_that_was_meant(void **state)
{
    Project *project = *state;

    write_file(project, "lite2pg.toml", "postgres = 15\nper_file_ignores = {}\n");
    assert_refused(project, "lite2pg.toml:2:1: unknown key \"per_file_ignores\"; did you mean "
                            "\"per-file-ignores\"?");
    write_file(project, "lite2pg.toml", "effort = { unsave = 3 }\n");
    assert_refused(project, "lite2pg.toml:1:12: unknown key \"unsave\"; did you mean \"unsafe\"?");
    write_file(project, "lite2pg.toml", "zzz = 3\n");
    assert_refused(project, "lite2pg.toml:1:1: unknown key \"zzz\"");
    write_file(project, "lite2pg.toml", "[tool.lite2pg]\npostgres = 15\n");
    assert_refused(project,
                   "lite2pg.toml:1:2: unknown key \"tool\"; in this file the keys stand at "
                   "the top, without [tool.lite2pg]");
}

static void a_value_of_the_wrong_type_is_refused(void **state)
{
    Project *project = *state;

    write_file(project, "lite2pg.toml", "include = 'shop'\n");
    assert_refused(project,
                   "lite2pg.toml:1:11: \"include\" must be an array of strings, not a string");
    write_file(project, "lite2pg.toml", "select = [\n  'params',\n  3,\n]\n");
    assert_refused(project, "lite2pg.toml:3:3: \"select\" must be an array of strings only, not a "
                            "whole number");
    write_file(project, "lite2pg.toml", "assume-connections = 'yes'\n");
    assert_refused(project,
                   "lite2pg.toml:1:22: \"assume-connections\" must be true or false, not a "
                   "string");
    write_file(project, "lite2pg.toml", "sqlalchemy = 2.0\n");
    assert_refused(project, "lite2pg.toml:1:14: \"sqlalchemy\" must be \"2.0\" or \"1.4\", not a "
                            "number with a point");
    write_file(project, "lite2pg.toml", "providers = ['a.b']\n");
    assert_refused(project, "lite2pg.toml:1:13: \"providers\" must be a table, not an array");
    write_file(project, "pyproject.toml", "tool.lite2pg = 3\n");
    write_file(project, "lite2pg.toml", "");
    assert_refused(project,
                   "pyproject.toml:1:16: tool.lite2pg must be a table, not a whole number");
}

static void a_value_that_cannot_be_is_refused(void **state)
{
    Project *project = *state;

    write_file(project, "lite2pg.toml", "transactions = 'callers'\n");
    assert_refused(project,
                   "lite2pg.toml:1:16: \"transactions\" must be \"keep\" or \"caller\", not "
                   "\"callers\"");
    write_file(project, "lite2pg.toml", "postgres = 150\n");
    assert_refused(project, "lite2pg.toml:1:12: \"postgres\" must lie between 10 and 99, not 150");
    write_file(project, "lite2pg.toml", "[types]\nis_active = 'boolean'\n");
    assert_refused(project,
                   "lite2pg.toml:2:1: \"is_active\" in types must be a table and a column, "
                   "as in \"users.is_active\"");
    write_file(project, "lite2pg.toml", "[types]\nusers.seen = 'timestamp'\n");
    assert_refused(
        project,
        "lite2pg.toml:2:14: \"users.seen\" must be \"boolean\", \"timestamptz\", \"date\", "
        "\"jsonb\", \"bytea\", \"bigint\", \"double\", \"numeric\", \"text\" or \"uuid\", "
        "not \"timestamp\"");
}

static void what_is_no_file_is_refused_without_waiting_for_it(void **state)
{
    Project *project = *state;
    assert_int_equal(mkfifo(inside(project, "lite2pg.toml"), 0600), 0);

    Config config;
    Error  why = { "" };

    assert_false(config_read(project->arena, str_of(project->root), &config, &why));
    assert_non_null(strstr(why.message, "lite2pg.toml is a pipe, not a file"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_project, close_project)
    const struct CMUnitTest tests[] = {
        TEST(without_settings_the_defaults_hold),
        TEST(every_key_is_read_from_pyproject),
        TEST(an_own_file_needs_no_table),
        TEST(settings_in_two_places_are_refused),
        TEST(a_wrong_key_names_the_one_that_was_meant),
        TEST(a_value_of_the_wrong_type_is_refused),
        TEST(a_value_that_cannot_be_is_refused),
        TEST(what_is_no_file_is_refused_without_waiting_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
