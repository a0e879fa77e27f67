#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzers/cards/card_toml.h"

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

static void assert_text(Str got, const char *expected)
{
    if (!str_is(got, expected))
        fail_msg("got \"%.*s\", expected \"%s\"", STR_ARG(got), expected);
}

static Cards read_fine(Arena *arena, Str text)
{
    Cards cards;
    Error why = { "" };

    if (!cards_read(arena, STR("cards.toml"), text, &cards, &why))
        fail_msg("%s", why.message);
    return cards;
}

static void assert_refused(Arena *arena, const char *text, const char *message)
{
    Cards cards;
    Error why = { "" };

    assert_false(cards_read(arena, STR("cards.toml"), str_of(text), &cards, &why));
    assert_string_equal(why.message, message);
}

static const char all_keys[] =
    "[[card]]\nid = 'AB-1'\ntitle = 'One \"quoted\"'\nphase = 1\nsize = 1.5\n"
    "[[card]]\nid = 'AB-2'\nphase = '2'\nsize = '4 h'\nowner = 'Ines'\ndepends_on = ['AB-1']\n"
    "supersedes = ['#7']\nfiles = ['shop/a.py', 'shop/x/**']\n"
    "criteria = [\n  { text = 'no import', check = 'connect/sqlite3-import' },\n"
    "  { text = 'tests', run = 'pytest -q' },\n  { text = 'read', done = 'minutes of May' },\n"
    "  { text = 'ticked', done = true },\n]\n";

static void every_key_of_a_card_is_read(void **state)
{
    Cards       cards = read_fine(*state, str_of(all_keys));
    const Card *one   = card_find(&cards, STR("AB-1"));
    const Card *two   = card_find(&cards, STR("AB-2"));

    assert_text(one->phase, "1");
    assert_text(one->size, "1.5 d");
    assert_float_equal(one->effort, 1.5, 1e-9);
    assert_float_equal(two->effort, 0.5, 1e-9);
    assert_text(two->owner, "Ines");
    assert_text(two->depends_on.items[0], "AB-1");
    assert_text(two->supersedes.items[0], "#7");
    assert_text(two->files.items[1].pattern, "shop/x/**");
    assert_int_equal(two->criteria.count, 4);
    assert_text(two->criteria.items[0].check, "connect/sqlite3-import");
    assert_false(two->criteria.items[0].done);
    assert_text(two->criteria.items[1].run, "pytest -q");
    assert_text(two->criteria.items[2].evidence, "minutes of May");
    assert_true(two->criteria.items[2].done);
    assert_true(two->criteria.items[3].done);
    assert_int_equal(two->criteria.items[3].line, 18);
}

static void what_is_written_reads_as_the_same(void **state)
{
    Cards cards = read_fine(*state, str_of(all_keys));

    Str   first = cards_to_toml(*state, &cards);
    Cards again = read_fine(*state, first);
    Str   second = cards_to_toml(*state, &again);

    assert_true(str_contains(first, STR("title = \"One \\\"quoted\\\"\"\n")));
    assert_true(str_contains(first, STR("{ text = \"read\", done = \"minutes of May\" },\n")));
    assert_int_equal(again.cards.count, 2);
    assert_true(str_eq(first, second));
}

static void mistakes_name_the_line_and_the_cure(void **state)
{
    assert_refused(*state, "[[card]]\ntitle = 'x'\n",
                   "cards.toml:1:3: a card has no id; add id = \"\xE2\x80\xA6\"");
    assert_refused(*state, "[[card]]\nid = 'A'\ndepend_on = []\n",
                   "cards.toml:3:1: unknown key \"depend_on\"; did you mean \"depends_on\"?");
    assert_refused(*state, "[[cards]]\nid = 'A'\n",
                   "cards.toml:1:3: unknown key \"cards\"; did you mean \"card\"?");
    assert_refused(*state, "[[card]]\nid = 'A'\nfiles = 'x'\n",
                   "cards.toml:3:9: \"files\" must be an array of strings, not a string");
    assert_refused(*state, "[[card]]\nid = 'A'\ncriteria = ['x']\n",
                   "cards.toml:3:13: a criterion must be a table such as { text = "
                   "\"\xE2\x80\xA6\" }, not a string");
    assert_refused(*state, "[[card]]\nid = 'A'\ndepends_on = ['B-2']\n",
                   "cards.toml:3: card A depends on B-2, which does not exist; correct the id or "
                   "add the card");
    assert_refused(*state, "# nothing\n",
                   "cards.toml: no card found; a card starts with [[card]]");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(every_key_of_a_card_is_read),
        TEST(what_is_written_reads_as_the_same),
        TEST(mistakes_name_the_line_and_the_cure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
