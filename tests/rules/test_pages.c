/*
 * Every rule's page is asked: is it complete, does Bad report, is Good silent, and is Bad after the
 * port Good? Where the page says that there is no fix, the offence must still be there after the
 * port; where it says that the port leaves the statement as it is, Good must be free of the offence
 * on sqlite3 already, for it is a person who writes it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules/page.h"
#include "tests/rules/analysis.h"

/* What the snippets of pages take for granted. */
static const char sqlite_prelude[] =
    "import os\n"
    "import sqlite3\n"
    "from datetime import datetime, timezone\n"
    "from sqlalchemy import Connection, text\n"
    "uid = 1\n"
    "con = sqlite3.connect(\"app.db\")\n"
    "con.row_factory = sqlite3.Row\n"
    "cur = con.cursor()\n"
    "row = con.execute(\"SELECT * FROM users WHERE id = 1\").fetchone()\n";

static const char sqlalchemy_prelude[] =
    "import os\n"
    "from datetime import datetime, timezone\n"
    "from sqlalchemy import Connection, create_engine, text\n"
    "from sqlalchemy.exc import IntegrityError\n"
    "uid = 1\n"
    "engine = create_engine(\"sqlite://\")\n"
    "con = engine.connect()\n"
    "row = con.execute(text(\"SELECT * FROM users WHERE id = 1\"))"
    ".mappings().fetchone()\n";

static int open_arena(void **state)
{
    *state = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(*state);
    return 0;
}

static Page page_of(Arena *arena, const RegisteredRule *entry)
{
    Page page;

    if (!page_read(arena, str_of(entry->page), &page))
        fail_msg("%s: the page lacks a part", entry->rule->id);
    return page;
}

/* Findings of the rule below the prelude. */
static size_t findings_in(Arena *arena, const Rule *rule, const char *prelude, Str snippet)
{
    Str             text     = str_format(arena, "%s" STR_FORMAT, prelude, STR_ARG(snippet));
    const Analysis *analysis = analysis_of(arena, STR("snippet.py"), text, rule);
    size_t          count    = 0;

    vec_each(finding, &analysis->findings)
        count += (*finding)->lo >= strlen(prelude);
    return count;
}

static void every_page_names_its_rule_and_has_all_its_parts(void **state)
{
    Arena *arena = *state;

    for (size_t i = 0; i < rule_count; i++) {
        Page page = page_of(arena, &rule_registry[i]);
        assert_true(str_is(page.id, rule_registry[i].rule->id));
        assert_true(strlen(rule_registry[i].rule->summary) > 0);
    }
    assert_true(rule_count >= 90);
}

static void every_bad_example_is_reported(void **state)
{
    Arena *arena  = *state;
    size_t silent = 0;

    for (size_t i = 0; i < rule_count; i++) {
        const Rule *rule = rule_registry[i].rule;
        Page        page = page_of(arena, &rule_registry[i]);
        if (findings_in(arena, rule, sqlite_prelude, page.bad) == 0) {
            print_error("%s: Bad is not reported:\n" STR_FORMAT, rule->id, STR_ARG(page.bad));
            silent++;
        }
    }
    assert_int_equal(silent, 0);
}

static void no_good_example_is_reported(void **state)
{
    Arena *arena = *state;
    size_t loud  = 0;

    for (size_t i = 0; i < rule_count; i++) {
        const Rule *rule = rule_registry[i].rule;
        Page        page = page_of(arena, &rule_registry[i]);
        if (findings_in(arena, rule, sqlalchemy_prelude, page.good) != 0) {
            print_error("%s: Good is reported:\n" STR_FORMAT, rule->id, STR_ARG(page.good));
            loud++;
        }
    }
    assert_int_equal(loud, 0);
}

static const char border[] = "# what follows is the example\n";

static bool has_a_fix(const Page *page)
{
    return !str_starts_with(page->fix, STR("No fix"))
        && !str_starts_with(page->fix, STR("There is no fix"));
}

static bool is_left(const Page *page)
{
    return str_starts_with(page->fix, STR("The port leaves this as it is"));
}

/* There is no text for both, and the port writes one for each: Good is what a person would rather write. */
static bool is_told_apart(const Page *page)
{
    return str_starts_with(page->fix, STR("The port gives each database a text of its own"));
}

/* A ported snippet as it would be on sqlite3. */
static Str without_text(Arena *arena, Str snippet)
{
    static const char call[] = "text(";
    Buf               out    = buf_new(arena);
    size_t            at;

    while ((at = str_find(snippet, str_of(call))) != STR_NOT_FOUND) {
        buf_add(&out, str_slice(snippet, 0, at));
        buf_add_char(&out, '(');
        snippet = str_slice(snippet, at + strlen(call), snippet.len);
    }
    buf_add(&out, snippet);
    return buf_str(&out);
}

/* Did the promise of the page hold? */
static bool is_kept(Arena *arena, const Rule *rule, const Page *page, Str got)
{
    if (is_left(page))
        return !str_eq(got, page->good)
            && findings_in(arena, rule, sqlite_prelude, without_text(arena, page->good)) == 0;
    if (is_told_apart(page))
        return str_contains(got, STR(".dialect.name == "))
            && findings_in(arena, rule, sqlalchemy_prelude, got) == 0;
    if (has_a_fix(page))
        return str_eq(got, page->good);
    return findings_in(arena, rule, sqlite_prelude, got) > 0;
}

/* The snippet after the port of the file it stands in. */
static Str ported(Arena *arena, const Rule *rule, Str snippet)
{
    Str    text  = str_format(arena, "%s%s" STR_FORMAT, sqlite_prelude, border, STR_ARG(snippet));
    Str    after = analysis_port(analysis_of(arena, STR("snippet.py"), text, rule));
    size_t at    = str_find(after, str_of(border));

    assert_int_not_equal(at, STR_NOT_FOUND);
    return str_slice(after, at + strlen(border), after.len);
}

static void after_the_port_a_bad_example_is_what_the_page_promises(void **state)
{
    Arena *arena = *state;
    size_t wrong = 0;

    for (size_t i = 0; i < rule_count; i++) {
        const Rule *rule = rule_registry[i].rule;
        Page        page = page_of(arena, &rule_registry[i]);
        Str         got  = ported(arena, rule, page.bad);
        if (is_kept(arena, rule, &page, got))
            continue;
        print_error("%s: %s; the port makes of Bad\n" STR_FORMAT, rule->id,
                    is_left(&page)         ? "Good still has it, or the port makes it good"
                    : is_told_apart(&page) ? "that is not a text for each database"
                    : has_a_fix(&page)     ? "that is not Good"
                                           : "the page says that there is no fix",
                    STR_ARG(got));
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(every_page_names_its_rule_and_has_all_its_parts),
        TEST(every_bad_example_is_reported),
        TEST(no_good_example_is_reported),
        TEST(after_the_port_a_bad_example_is_what_the_page_promises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
