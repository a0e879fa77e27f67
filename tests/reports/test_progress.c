#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/printable.h"
#include "reports/progress.h"

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

static const char two_cards[] =
    "SH-1 — Engine\nSize: 1 d\nScope:\n- shop/engine.py: new\n- shop/requirements.txt: add it\n"
    "Acceptance criteria:\n"
    "- [ ] No sqlite3 import remains in engine.py\n"
    "- [ ] No Postgres URL appears in any committed file\n"
    "- [ ] pytest passes\n"
    "SH-2 — Orders\nDependencies: SH-1\nFiles:\n- shop/orders.py\n- shop/cart.py\n"
    "- shop/export.py (if it talks to the database)\n"
    "Acceptance criteria:\n"
    "- [ ] No sqlite3 import in any ported file\n"
    "- [ ] No `cursor()` calls in any ported file\n"
    "- [ ] conn.execute(text(...), {...}) pattern used throughout\n";

static Cards cards_of(Arena *arena, const char *name, const char *text)
{
    Cards cards;
    Error why = { "" };

    if (!cards_read(arena, str_of(name), str_of(text), &cards, &why))
        fail_msg("%s", why.message);
    return cards;
}

static Tallies all_rules(Arena *arena)
{
    Tallies tallies = { 0 };

    vec_push(arena, &tallies.rules_run, STR("connect/sqlite3-import"));
    vec_push(arena, &tallies.rules_run, STR("execute/cursor-call"));
    vec_push(arena, &tallies.rules_run, STR("execute/string-without-text"));
    vec_push(arena, &tallies.rules_run, STR("params/qmark-placeholder"));
    vec_push(arena, &tallies.rules_run, STR("secrets/postgres-url"));
    return tallies;
}

/* ported, safe, unsafe, manual */
static void calls(Arena *arena, Tallies *tallies, const char *path, uint32_t ported, uint32_t safe,
                  uint32_t unsafe_, uint32_t manual)
{
    vec_push(arena, &tallies->calls, (CallTally) { str_of(path), ported, safe, unsafe_, manual });
}

static void findings(Arena *arena, Tallies *tallies, const char *path, const char *rule,
                     uint32_t count, uint32_t line)
{
    vec_push(arena, &tallies->rules, (RuleTally) { str_of(path), str_of(rule), count, line });
}

static const EffortMinutes effort = { .unsafe_ = 5, .manual = 30 };

static void assert_criterion(const Progress *progress, size_t card, size_t at, CriterionState state,
                             const char *evidence)
{
    const CriterionProgress *got = &progress->cards.items[card].criteria.items[at];

    if (!str_is(got->evidence, evidence))
        fail_msg("got \"%.*s\", expected \"%s\"", STR_ARG(got->evidence), evidence);
    assert_int_equal(got->state, state);
}

static void figures_add_up_over_cards_and_the_rest(void **state)
{
    Cards   cards   = cards_of(*state, "c.md", two_cards);
    Tallies tallies = all_rules(*state);
    calls(*state, &tallies, "shop/orders.py", 5, 2, 2, 0);
    calls(*state, &tallies, "shop/cart.py", 0, 0, 1, 2);
    calls(*state, &tallies, "shop/engine.py", 0, 0, 0, 0);
    calls(*state, &tallies, "tools/load.py", 1, 0, 0, 3);
    findings(*state, &tallies, "shop/cart.py", "params/qmark-placeholder", 3, 8);
    findings(*state, &tallies, "README.md", "secrets/postgres-url", 1, 2);

    Progress got = progress_of(*state, &cards, &tallies, effort);

    const CardProgress *orders = &got.cards.items[1];
    assert_int_equal(orders->files, 2);
    assert_int_equal(orders->calls.total, 12);
    assert_int_equal(orders->calls.ported, 5);
    assert_int_equal(orders->calls.safe, 2);
    assert_int_equal(orders->calls.unsafe_, 3);
    assert_int_equal(orders->calls.manual, 2);
    assert_int_equal(orders->percent, 41);
    assert_int_equal(orders->findings, 3);
    assert_int_equal(orders->effort_left, 3 * 5 + 2 * 30);
    assert_int_equal(got.unassigned.calls.total, 4);
    assert_int_equal(got.unassigned.findings, 1);
    assert_int_equal(got.all.calls.total, 16);
    assert_int_equal(got.all.files, 4);
    assert_int_equal(got.all.findings, 4);
    assert_int_equal(got.all.percent, 37);
}

static void a_card_without_calls_is_complete_only_without_findings(void **state)
{
    Cards   cards   = cards_of(*state, "c.md", two_cards);
    Tallies tallies = all_rules(*state);
    calls(*state, &tallies, "shop/engine.py", 0, 0, 0, 0);

    Progress clean = progress_of(*state, &cards, &tallies, effort);
    findings(*state, &tallies, "shop/engine.py", "connect/sqlite3-import", 1, 1);
    Progress found = progress_of(*state, &cards, &tallies, effort);

    assert_int_equal(clean.cards.items[0].percent, 100);
    assert_int_equal(found.cards.items[0].percent, 0);
}

static void nearly_all_is_not_all(void **state)
{
    Tallies tallies = { 0 };
    calls(*state, &tallies, "a.py", 999, 1, 0, 0);

    Progress got = progress_of(*state, NULL, &tallies, effort);

    assert_int_equal(got.cards.count, 0);
    assert_int_equal(got.unassigned.percent, 99);
    assert_false(got.all.done);
}

static void criteria_are_met_with_the_count_as_evidence(void **state)
{
    Cards   cards   = cards_of(*state, "c.md", two_cards);
    Tallies tallies = all_rules(*state);
    calls(*state, &tallies, "shop/engine.py", 0, 0, 0, 0);
    calls(*state, &tallies, "shop/orders.py", 3, 0, 0, 0);
    calls(*state, &tallies, "shop/cart.py", 2, 0, 0, 0);

    Progress got = progress_of(*state, &cards, &tallies, effort);

    assert_criterion(&got, 0, 0, CRITERION_MET, "0 findings of connect/sqlite3-import in 1 file");
    assert_criterion(&got, 0, 1, CRITERION_MET,
                     "0 findings of secrets/postgres-url in the project");
    assert_criterion(&got, 0, 2, CRITERION_MANUAL, "");
    assert_criterion(&got, 1, 0, CRITERION_MET, "0 findings of connect/sqlite3-import in 2 files");
    assert_criterion(&got, 1, 1, CRITERION_MET, "0 findings of execute/cursor-call in 2 files");
    assert_criterion(&got, 1, 2, CRITERION_MET,
                     "0 findings of execute/string-without-text and params/qmark-placeholder in 2 "
                     "files");
    assert_true(got.cards.items[1].done);
    assert_false(got.cards.items[0].done);
}

static void criteria_are_unmet_with_count_and_first_place(void **state)
{
    Cards   cards   = cards_of(*state, "c.md", two_cards);
    Tallies tallies = all_rules(*state);
    calls(*state, &tallies, "shop/engine.py", 0, 0, 0, 0);
    calls(*state, &tallies, "shop/orders.py", 3, 0, 0, 0);
    findings(*state, &tallies, "shop/orders.py", "connect/sqlite3-import", 1, 3);
    findings(*state, &tallies, "shop/cart.py", "connect/sqlite3-import", 1, 7);
    findings(*state, &tallies, "tools/x.py", "connect/sqlite3-import", 1, 1);
    findings(*state, &tallies, "docs/setup.md", "secrets/postgres-url", 1, 0);

    Progress got = progress_of(*state, &cards, &tallies, effort);

    assert_criterion(&got, 0, 0, CRITERION_MET, "0 findings of connect/sqlite3-import in 1 file");
    assert_criterion(&got, 0, 1, CRITERION_UNMET,
                     "1 finding of secrets/postgres-url, first in docs/setup.md");
    assert_criterion(&got, 1, 0, CRITERION_UNMET,
                     "2 findings of connect/sqlite3-import, first in shop/cart.py:7");
}

static void what_was_not_seen_is_not_met(void **state)
{
    Cards   cards   = cards_of(*state, "c.md", two_cards);
    Tallies tallies = all_rules(*state);
    calls(*state, &tallies, "shop/orders.py", 3, 0, 0, 0);

    Progress got = progress_of(*state, &cards, &tallies, effort);

    assert_criterion(&got, 0, 0, CRITERION_MANUAL, "not seen: engine.py");
    assert_criterion(&got, 1, 0, CRITERION_MANUAL,
                     "0 findings of connect/sqlite3-import in 1 file; not seen: shop/cart.py");
}

static void a_rule_that_did_not_run_meets_nothing(void **state)
{
    Cards   cards   = cards_of(*state, "c.md", two_cards);
    Tallies tallies = { 0 };
    calls(*state, &tallies, "shop/engine.py", 0, 0, 0, 0);

    Progress got = progress_of(*state, &cards, &tallies, effort);

    assert_criterion(&got, 0, 0, CRITERION_MANUAL, "connect/sqlite3-import did not run");
    assert_criterion(&got, 0, 1, CRITERION_MANUAL, "secrets/postgres-url did not run");
}

static void a_tick_counts_until_a_finding_says_otherwise(void **state)
{
    Cards   cards   = cards_of(*state, "c.md",
                               "SH-1 — A\nFiles:\n- a.py\nAcceptance criteria:\n"
                                   "- [x] No sqlite3 import in a.py\n- [x] soaked\n"
                                   "- [x] read by two — evidence: minutes of May\n");
    Tallies tallies = all_rules(*state);
    calls(*state, &tallies, "a.py", 0, 0, 0, 0);
    findings(*state, &tallies, "a.py", "connect/sqlite3-import", 1, 1);

    Progress got = progress_of(*state, &cards, &tallies, effort);

    assert_criterion(&got, 0, 0, CRITERION_UNMET,
                     "1 finding of connect/sqlite3-import, first in a.py:1; ticked all the same");
    assert_criterion(&got, 0, 1, CRITERION_MET, "ticked in c.md:6");
    assert_criterion(&got, 0, 2, CRITERION_MET, "minutes of May");
}

static void wording_that_only_looks_alike_stays_manual(void **state)
{
    Cards cards =
        cards_of(*state, "c.md",
                 "SH-1 — A\nFiles:\n- a.py\nAcceptance criteria:\n"
                 "- [ ] No sqlite3 import except in the loader\n"
                 "- [ ] pytest passes with no DATABASE_URL set (Postgres stays optional)\n"
                 "- [ ] Nobody misses the sqlite3 import\n"
                 "- [ ] No Docker requirement for CI Postgres tests\n");
    Tallies tallies = all_rules(*state);
    calls(*state, &tallies, "a.py", 0, 0, 0, 0);

    Progress got = progress_of(*state, &cards, &tallies, effort);

    assert_criterion(&got, 0, 0, CRITERION_MANUAL, "has an exception that only a person can weigh");
    for (size_t i = 1; i < 4; i++)
        assert_criterion(&got, 0, i, CRITERION_MANUAL, "");
}

static void checks_and_commands_of_toml_are_judged(void **state)
{
    Arena *arena = *state;
    Cards  cards =
        cards_of(*state, "c.toml",
                 "[[card]]\nid = 'A-1'\nfiles = ['a/**']\ncriteria = [\n"
                 "{ text = 'x', check = 'params' },\n{ text = 'y', check = 'ported' },\n"
                 "{ text = 'z', run = 'make test' },\n{ text = 'w', run = 'make lint' },\n"
                 "{ text = 'v', run = 'make soak' },\n]\n");
    Tallies tallies = all_rules(*state);
    calls(*state, &tallies, "a/b/c.py", 1, 1, 0, 0);
    findings(*state, &tallies, "a/b/c.py", "params/qmark-placeholder", 2, 9);
    vec_push(arena, &tallies.commands, (CommandTally) { STR("make test"), 0 });
    vec_push(arena, &tallies.commands, (CommandTally) { STR("make lint"), 2 });

    Progress got = progress_of(*state, &cards, &tallies, effort);

    assert_criterion(&got, 0, 0, CRITERION_UNMET, "2 findings of params, first in a/b/c.py:9");
    assert_criterion(&got, 0, 1, CRITERION_UNMET, "1 of 2 SQL calls ported");
    assert_criterion(&got, 0, 2, CRITERION_MET, "`make test` exited with status 0");
    assert_criterion(&got, 0, 3, CRITERION_UNMET, "`make lint` exited with status 2");
    assert_criterion(&got, 0, 4, CRITERION_MANUAL, "`make soak` was not run");
}

static void a_card_waits_for_cards_that_are_not_done(void **state)
{
    Cards   cards   = cards_of(*state, "c.md", two_cards);
    Tallies tallies = all_rules(*state);
    calls(*state, &tallies, "shop/engine.py", 0, 0, 0, 0);

    Progress got = progress_of(*state, &cards, &tallies, effort);

    assert_int_equal(got.cards.items[0].blocked_by.count, 0);
    assert_int_equal(got.cards.items[1].blocked_by.count, 1);
    assert_true(str_is(got.cards.items[1].blocked_by.items[0], "SH-1"));
}

static void the_order_of_tallies_makes_no_difference(void **state)
{
    Cards   cards = cards_of(*state, "c.md", two_cards);
    Tallies one = all_rules(*state), other = all_rules(*state);
    findings(*state, &one, "shop/cart.py", "connect/sqlite3-import", 1, 7);
    findings(*state, &one, "shop/orders.py", "connect/sqlite3-import", 1, 3);
    findings(*state, &other, "shop/orders.py", "connect/sqlite3-import", 1, 3);
    findings(*state, &other, "shop/cart.py", "connect/sqlite3-import", 1, 7);

    Progress a = progress_of(*state, &cards, &one, effort);
    Progress b = progress_of(*state, &cards, &other, effort);

    const char *evidence = "2 findings of connect/sqlite3-import, first in shop/cart.py:7";
    assert_criterion(&a, 1, 0, CRITERION_UNMET, evidence);
    assert_criterion(&b, 1, 0, CRITERION_UNMET, evidence);
}

static void what_could_drive_a_terminal_is_escaped(void **state)
{
    Str plain = STR("S\xC3\xA3o Paulo \xE2\x80\x94 ok");

    assert_true(str_is(printable(*state, STR("a\x1b[31mb\n\x7f\xC2\x9B\xFF")),
                       "a\\x1b[31mb\\n\\x7f\\x9b\\xff"));
    assert_true(str_is(printable(*state, STR("\xE2\x80\xAE"
                                             "evil\xEF\xBB\xBF")),
                       "\\u202eevil\\ufeff"));
    assert_ptr_equal(printable(*state, plain).ptr, plain.ptr);
    assert_true(str_is(shortened(*state, plain, 5), "S\xC3\xA3o \xE2\x80\xA6"));
    assert_true(str_is(shortened(*state, STR("12345"), 5), "12345"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(figures_add_up_over_cards_and_the_rest),
        TEST(a_card_without_calls_is_complete_only_without_findings),
        TEST(nearly_all_is_not_all),
        TEST(criteria_are_met_with_the_count_as_evidence),
        TEST(criteria_are_unmet_with_count_and_first_place),
        TEST(what_was_not_seen_is_not_met),
        TEST(a_rule_that_did_not_run_meets_nothing),
        TEST(a_tick_counts_until_a_finding_says_otherwise),
        TEST(wording_that_only_looks_alike_stays_manual),
        TEST(checks_and_commands_of_toml_are_judged),
        TEST(a_card_waits_for_cards_that_are_not_done),
        TEST(the_order_of_tallies_makes_no_difference),
        TEST(what_could_drive_a_terminal_is_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
