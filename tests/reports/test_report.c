#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/own.h"
#include "reports/report_json.h"
#include "reports/report_markdown.h"
#include "reports/report_text.h"

OWN_BY(json_t, json_decref)

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

static const char document[] =
    "SH-1 — Engine & <b>pool</b> | first\nSize: 1 dev-day\nPhase: 1\nOwner: Ines\nFiles:\n"
    "- shop/engine.py\nAcceptance criteria:\n- [ ] No sqlite3 import in engine.py\n- [x] read\n"
    "SH-2 — Orders\nDependencies: SH-1\nFiles:\n- shop/orders.py\n"
    "Acceptance criteria:\n- [ ] soaked \x1b[2J for *three* days\n";

static Progress sample(Arena *arena)
{
    const EffortMinutes effort  = { .unsafe_ = 5, .manual = 30 };
    Cards              *cards   = arena_new(arena, Cards);
    Tallies             tallies = { 0 };
    Error               why     = { "" };

    if (!cards_read(arena, STR("c.md"), str_of(document), cards, &why))
        fail_msg("%s", why.message);
    vec_push(arena, &tallies.rules_run, STR("connect/sqlite3-import"));
    vec_push(arena, &tallies.calls, (CallTally) { STR("shop/engine.py"), 0, 0, 0, 0 });
    vec_push(arena, &tallies.calls, (CallTally) { STR("shop/orders.py"), 5, 2, 1, 2 });
    vec_push(arena, &tallies.calls, (CallTally) { STR("tools/x.py"), 0, 0, 1, 0 });
    vec_push(arena, &tallies.rules,
             (RuleTally) { STR("shop/engine.py"), STR("connect/sqlite3-import"), 2, 4 });
    return progress_of(arena, cards, &tallies, effort);
}

static void assert_same(Str got, const char *expected)
{
    if (!str_is(got, expected))
        fail_msg("got:\n%.*s\nexpected:\n%s", STR_ARG(got), expected);
}

static void the_text_is_a_table_and_the_criteria(void **state)
{
    Progress progress = sample(*state);

    assert_same(
        report_text(*state, &progress),
        "5 of 11 SQL calls ported (45 %), effort left 1 h 10 min\n"
        "\n"
        "card  title                         progress            ported  safe  unsafe  manual  left"
        "       blocked by\n"
        "SH-1  Engine & <b>pool</b> | first  no calls                 0     0       0       0  0 "
        "min"
        "      -\n"
        "SH-2  Orders                        [#####.....]  50 %       5     2       1       2  1 h "
        "5"
        " min  SH-1\n"
        "-     (no card)                     [..........]   0 %       0     0       1       0  5 "
        "min"
        "      -\n"
        "\n"
        "SH-1 Engine & <b>pool</b> | first: 1 of 2 criteria met, 1 unmet\n"
        "  unmet   No sqlite3 import in engine.py\n"
        "          2 findings of connect/sqlite3-import, first in shop/engine.py:4\n"
        "  met     read\n"
        "          ticked in c.md:9\n"
        "\n"
        "SH-2 Orders: 0 of 1 criteria met, 1 for a person to say\n"
        "  manual  soaked \\x1b[2J for *three* days\n");
}

static void markdown_shows_marks_instead_of_obeying_them(void **state)
{
    Progress progress = sample(*state);

    Str got = report_markdown(*state, &progress);

    assert_true(str_starts_with(got, STR("## Migration progress\n\n5 of 11 SQL calls ported")));
    assert_true(
        str_contains(got, STR("| SH-1 | Engine &amp; &lt;b&gt;pool&lt;/b&gt; \\| first | no "
                              "calls | 0 | 0 | 0 | 0 | 2 | 0 min | - |\n")));
    assert_true(
        str_contains(got, STR("| SH-2 | Orders | 50 % | 5 | 2 | 1 | 2 | 0 | 1 h 5 min | SH-1 "
                              "|\n")));
    assert_true(str_contains(got, STR("- [x] **met** read (ticked in c.md:9)\n")));
    assert_true(
        str_contains(got, STR("- [ ] **unmet** No sqlite3 import in engine.py (2 findings")));
    assert_true(str_contains(got, STR("soaked \\\\x1b\\[2J for \\*three\\* days\n")));
    assert_false(str_contains(got, STR("<b>")));
}

static void json_has_the_fields_of_the_contract(void **state)
{
    Arena   *arena    = *state;
    Progress progress = sample(*state);
    vec_push(arena, &progress.trend, (TrendPoint) { STR("abc"), STR("2026-05-01"), 12 });

    Str         text = report_json(*state, &progress);
    OWN(json_t) root = json_loadb(text.ptr, text.len, 0, NULL);

    assert_non_null(root);
    assert_int_equal(json_integer_value(json_object_get(root, "version")), 1);
    json_t *tool = json_object_get(root, "tool");
    assert_string_equal(json_string_value(json_object_get(tool, "name")), "lite2pg");
    assert_non_null(json_object_get(tool, "version"));

    json_t *cards = json_object_get(root, "cards");
    assert_int_equal(json_array_size(cards), 2);
    json_t *first = json_array_get(cards, 0), *second = json_array_get(cards, 1);
    assert_string_equal(json_string_value(json_object_get(first, "id")), "SH-1");
    assert_string_equal(json_string_value(json_object_get(first, "title")),
                        "Engine & <b>pool</b> | first");
    assert_string_equal(json_string_value(json_object_get(first, "size")), "1 dev-day");
    assert_string_equal(json_string_value(json_object_get(first, "phase")), "1");
    assert_string_equal(json_string_value(json_object_get(first, "owner")), "Ines");
    assert_int_equal(json_integer_value(json_object_get(first, "findings")), 2);
    assert_int_equal(json_integer_value(json_object_get(first, "percent")), 0);
    json_t *criterion = json_array_get(json_object_get(first, "criteria"), 0);
    assert_string_equal(json_string_value(json_object_get(criterion, "state")), "unmet");
    assert_string_equal(json_string_value(json_object_get(criterion, "evidence")),
                        "2 findings of connect/sqlite3-import, first in shop/engine.py:4");

    assert_string_equal(json_string_value(json_array_get(json_object_get(second, "depends_on"), 0)),
                        "SH-1");
    assert_string_equal(json_string_value(json_array_get(json_object_get(second, "blocked_by"), 0)),
                        "SH-1");
    assert_int_equal(json_integer_value(json_object_get(second, "files")), 1);
    assert_int_equal(json_integer_value(json_object_get(second, "percent")), 50);
    json_t *calls = json_object_get(second, "callsites");
    assert_int_equal(json_integer_value(json_object_get(calls, "total")), 10);
    assert_int_equal(json_integer_value(json_object_get(calls, "ported")), 5);
    assert_int_equal(json_integer_value(json_object_get(calls, "safe")), 2);
    assert_int_equal(json_integer_value(json_object_get(calls, "unsafe")), 1);
    assert_int_equal(json_integer_value(json_object_get(calls, "manual")), 2);
    json_t *effort = json_object_get(second, "effort");
    assert_string_equal(json_string_value(json_object_get(effort, "unit")), "minutes");
    assert_int_equal(json_integer_value(json_object_get(effort, "left")), 65);

    json_t *rest = json_object_get(root, "unassigned");
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(rest, "callsites"), "total")), 1);
    json_t *point = json_array_get(json_object_get(root, "trend"), 0);
    assert_string_equal(json_string_value(json_object_get(point, "commit")), "abc");
    assert_int_equal(json_integer_value(json_object_get(point, "percent")), 12);
}

static void without_cards_all_is_of_no_card(void **state)
{
    Arena              *arena   = *state;
    const EffortMinutes effort  = { .unsafe_ = 5, .manual = 30 };
    Tallies             tallies = { 0 };
    vec_push(arena, &tallies.calls, (CallTally) { STR("a.py"), 1, 0, 0, 0 });

    Progress progress = progress_of(*state, NULL, &tallies, effort);

    assert_true(
        str_contains(report_text(*state, &progress), STR("-     (no card)  [##########] 100 %")));
    assert_true(str_contains(report_json(*state, &progress), STR("\"cards\": [],")));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(the_text_is_a_table_and_the_criteria),
        TEST(markdown_shows_marks_instead_of_obeying_them),
        TEST(json_has_the_fields_of_the_contract),
        TEST(without_cards_all_is_of_no_card),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
