#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzers/cards/cards.h"
#include "base/own.h"

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

static Str file_text(Arena *arena, const char *name)
{
    OWN(FILE) file = fopen(name, "rb");
    Buf       text = buf_new(arena);
    int       c;

    assert_non_null(file);
    while ((c = fgetc(file)) != EOF)
        buf_add_char(&text, (char)c);
    return buf_str(&text);
}

static Cards parse(Arena *arena, const char *path, Str text)
{
    Cards cards;
    Error why = { "" };

    if (!cards_parse(arena, str_of(path), text, &cards, &why))
        fail_msg("%s", why.message);
    return cards;
}

static Cards shop(Arena *arena)
{
    return parse(arena, "shop.txt", file_text(arena, "fixtures/cards/shop.txt"));
}

static const Card *card(const Cards *cards, const char *id)
{
    const Card *found = card_find(cards, str_of(id));

    if (!found)
        fail_msg("no card %s", id);
    return found;
}

static void assert_text(Str got, const char *expected)
{
    if (!str_is(got, expected))
        fail_msg("got \"%.*s\", expected \"%s\"", STR_ARG(got), expected);
}

static void assert_texts(Arena *arena, const StrVec *got, const char *expected)
{
    assert_text(str_join(arena, got, STR(" ")), expected);
}

static void assert_files(Arena *arena, const Card *got, const char *expected)
{
    StrVec patterns = { 0 };

    for (size_t i = 0; i < got->files.count; i++)
        vec_push(arena, &patterns, got->files.items[i].pattern);
    assert_texts(arena, &patterns, expected);
}

static const char *owner_of(const Cards *cards, const char *path)
{
    const Card *found = card_of(cards, str_of(path));

    return found ? found->id.ptr : "";
}

static void assert_refused(Arena *arena, const char *path, const char *text, const char *message)
{
    Cards cards = { .path = STR("untouched") };
    Error why   = { "" };

    assert_false(cards_read(arena, str_of(path), str_of(text), &cards, &why));
    assert_string_equal(why.message, message);
    assert_text(cards.path, "untouched");
}

static void a_plain_document_gives_its_cards_in_order(void **state)
{
    Cards cards = shop(*state);

    assert_int_equal(cards.cards.count, 6);
    assert_text(cards.cards.items[0].id, "SH-1");
    assert_text(cards.cards.items[0].title, "Engine module and alembic skeleton");
    assert_int_equal(cards.cards.items[0].line, 4);
    assert_text(card(&cards, "SH-3")->phase, "2");
    assert_text(card(&cards, "SH-3")->owner, "Ines");
    assert_text(card(&cards, "SH-2")->size, "1-2 days");
}

static void sizes_are_days_where_they_say_so(void **state)
{
    Cards cards = shop(*state);

    assert_float_equal(card(&cards, "SH-1")->effort, 1, 1e-9);
    assert_float_equal(card(&cards, "SH-2")->effort, 2, 1e-9);
    assert_float_equal(card(&cards, "SH-3")->effort, 0.5, 1e-9);
    assert_float_equal(card(&cards, "SH-4")->effort, 0, 1e-9);
    assert_float_equal(card(&cards, "SH-5")->effort, 90.0 / 480, 1e-9);
    assert_float_equal(card(&cards, "SH-6")->effort, 5, 1e-9);
}

static void dependencies_are_ids_and_ranges_and_the_rest_is_prose(void **state)
{
    Cards cards = shop(*state);

    assert_int_equal(card(&cards, "SH-1")->depends_on.count, 0);
    assert_texts(*state, &card(&cards, "SH-4")->depends_on, "SH-1 SH-2");
    assert_texts(*state, &card(&cards, "SH-5")->depends_on, "SH-1 SH-2");
    assert_texts(*state, &card(&cards, "SH-6")->depends_on, "SH-3 SH-4 SH-5");
}

static void paths_stand_at_the_start_of_an_item(void **state)
{
    Cards cards = shop(*state);

    assert_files(*state, card(&cards, "SH-1"),
                 "shop/requirements.txt shop/db/engine.py CONTRIBUTING.md docs/dev/database.md");
    assert_files(*state, card(&cards, "SH-3"),
                 "shop/orders/routes.py shop/orders/service.py shop/orders/history/ "
                 "shop/orders/export.py shop/reports/*.py");
    assert_false(card(&cards, "SH-3")->files.items[0].is_conditional);
    assert_true(card(&cards, "SH-3")->files.items[3].is_conditional);
    assert_true(card(&cards, "SH-1")->files.items[3].is_conditional);
    assert_int_equal(card(&cards, "SH-3")->files.items[1].line, 40);
}

static void a_card_without_paths_owns_what_its_body_creates(void **state)
{
    Cards cards = shop(*state);

    assert_files(*state, card(&cards, "SH-2"),
                 "shop/alembic/versions/0001_baseline.py docs/schema-notes.md");
}

static void criteria_are_read_one_per_line_and_several_on_one(void **state)
{
    Cards               cards = shop(*state);
    const CriterionVec *first = &card(&cards, "SH-1")->criteria;
    const CriterionVec *one   = &card(&cards, "SH-2")->criteria;
    const CriterionVec *third = &card(&cards, "SH-3")->criteria;

    assert_int_equal(first->count, 3);
    assert_true(first->items[0].done);
    assert_text(first->items[0].text, "alembic upgrade head runs on an empty server");
    assert_text(first->items[0].evidence, "CI run 118");
    assert_false(first->items[1].done);
    assert_int_equal(one->count, 3);
    assert_text(one->items[1].text, "downgrade drops them");
    assert_true(one->items[1].done);
    assert_int_equal(third->count, 2);
    assert_text(third->items[1].text, "orders survive a restart (checked by hand, on staging)");
}

static void a_card_merged_into_another_is_superseded(void **state)
{
    Cards cards = shop(*state);

    assert_texts(*state, &card(&cards, "SH-3")->supersedes, "#31");
}

static void markdown_may_dress_its_cards_up(void **state)
{
    Cards cards = parse(*state, "shop.md", file_text(*state, "fixtures/cards/shop.md"));

    assert_int_equal(cards.cards.count, 2);
    assert_text(card(&cards, "AB-1")->title, "Engine module");
    assert_float_equal(card(&cards, "AB-1")->effort, 1, 1e-9);
    assert_files(*state, card(&cards, "AB-1"), "shop/db.py shop/a.py shop/b.py shop/c.py");
    assert_int_equal(card(&cards, "AB-1")->criteria.count, 2);
    assert_text(card(&cards, "AB-1")->criteria.items[1].text, "the team has read it");
    assert_text(card(&cards, "AB-2")->title, "Port");
    assert_text(card(&cards, "AB-2")->size, "2 d");
    assert_texts(*state, &card(&cards, "AB-2")->depends_on, "AB-1");
    assert_texts(*state, &card(&cards, "AB-2")->supersedes, "#12 AB-8");
    assert_files(*state, card(&cards, "AB-2"), "shop/orders/");
    assert_int_equal(cards.notes.count, 0);
}

static void windows_line_ends_change_nothing(void **state)
{
    Str text = file_text(*state, "fixtures/cards/shop.txt");
    Buf crlf = buf_new(*state);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n')
            buf_add_char(&crlf, '\r');
        buf_add_char(&crlf, text.ptr[i]);
    }

    Cards cards = parse(*state, "shop.txt", buf_str(&crlf));

    assert_int_equal(cards.cards.count, 6);
    assert_text(cards.cards.items[0].title, "Engine module and alembic skeleton");
    assert_text(card(&cards, "SH-2")->criteria.items[2].text, "no table is lost");
}

static void the_closest_claim_owns_a_path(void **state)
{
    Cards cards = shop(*state);

    assert_string_equal(owner_of(&cards, "shop/orders/routes.py"), "SH-3");
    assert_string_equal(owner_of(&cards, "shop/orders/history/old/x.py"), "SH-3");
    assert_string_equal(owner_of(&cards, "shop/orders/other.py"), "SH-5");
    assert_string_equal(owner_of(&cards, "shop/reports/month.py"), "SH-5");
    assert_string_equal(owner_of(&cards, "shopping/list.py"), "");
}

static void notes_name_line_card_and_cure(void **state)
{
    Cards cards = shop(*state);

    assert_int_equal(cards.notes.count, 2);
    assert_int_equal(cards.notes.items[0].level, CARD_WARNING);
    assert_int_equal(cards.notes.items[0].line, 58);
    assert_text(cards.notes.items[0].message,
                "card SH-4 claims shop/orders/routes.py, which belongs to card SH-3 already; name "
                "it in one of them");
    assert_int_equal(cards.notes.items[1].line, 65);
    assert_text(
        cards.notes.items[1].message,
        "card SH-5 depends on ADR-7, which is no card of this file; nobody watches over it");
}

static void an_unknown_dependency_is_an_error(void **state)
{
    assert_refused(*state, "c.md", "RM-1 — One\nSize: 1 d\nDependencies: RM-7\n",
                   "c.md:3: card RM-1 depends on RM-7, which does not exist; correct the id or add "
                   "the card");
}

static void a_cycle_is_an_error_that_shows_it(void **state)
{
    assert_refused(*state, "c.md",
                   "RM-1 — One\nSize: 1 d\n"
                   "RM-2 — Two\nDependencies: RM-1, RM-4\n"
                   "RM-3 — Three\nDependencies: RM-2\n"
                   "RM-4 — Four\nDependencies: RM-3\n",
                   "c.md:3: card RM-2 depends on itself: RM-2 \xE2\x86\x92 RM-4 \xE2\x86\x92 RM-3 "
                   "\xE2\x86\x92 RM-2; remove one of these dependencies");
    assert_refused(
        *state, "c.md", "RM-1 — One\nSize: 1 d\nDependencies: RM-1, RM-7\n",
        "c.md:1: card RM-1 depends on itself: RM-1 \xE2\x86\x92 RM-1; remove one of these "
        "dependencies");
}

static void an_id_given_twice_is_an_error(void **state)
{
    assert_refused(*state, "c.md", "RM-1 — One\nSize: 1 d\nRM-1 — Again\nSize: 1 d\n",
                   "c.md:3: card RM-1 was already given in line 1; give one of them another id");
}

static void a_document_without_cards_is_an_error(void **state)
{
    assert_refused(*state, "c.md", "RM-1 — is mentioned here\nand nothing else.\n",
                   "c.md: no card found; a card starts with a line such as \"RM-1 \xE2\x80\x94 "
                   "Title\", followed by \"Size:\" or \"Files:\"");
    assert_refused(*state, "c.md", "RM-1 — \xFF\n",
                   "c.md:1: not UTF-8: byte 0xff; save the file as UTF-8");
}

static void the_order_puts_each_card_behind_its_dependencies(void **state)
{
    Cards cards = parse(*state, "c.md",
                        STR("RM-1 — A\nDependencies: RM-3\nRM-2 — B\nSize: 1 d\n"
                            "RM-3 — C\nDependencies: RM-2\nRM-4 — D\nSize: 1 d\n"));

    assert_int_equal(cards.order.count, 4);
    assert_text(cards.order.items[0]->id, "RM-2");
    assert_text(cards.order.items[1]->id, "RM-3");
    assert_text(cards.order.items[2]->id, "RM-1");
    assert_text(cards.order.items[3]->id, "RM-4");
}

static void a_card_is_blocked_by_dependencies_with_work_left(void **state)
{
    Cards      cards  = shop(*state);
    const bool left[] = { true, false, false, true, true, true };

    StrVec blocking = card_blocked_by(*state, &cards, card(&cards, "SH-6"), left);
    StrVec other    = card_blocked_by(*state, &cards, card(&cards, "SH-3"), left);

    assert_texts(*state, &blocking, "SH-4 SH-5");
    assert_texts(*state, &other, "SH-1");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(a_plain_document_gives_its_cards_in_order),
        TEST(sizes_are_days_where_they_say_so),
        TEST(dependencies_are_ids_and_ranges_and_the_rest_is_prose),
        TEST(paths_stand_at_the_start_of_an_item),
        TEST(a_card_without_paths_owns_what_its_body_creates),
        TEST(criteria_are_read_one_per_line_and_several_on_one),
        TEST(a_card_merged_into_another_is_superseded),
        TEST(markdown_may_dress_its_cards_up),
        TEST(windows_line_ends_change_nothing),
        TEST(the_closest_claim_owns_a_path),
        TEST(notes_name_line_card_and_cure),
        TEST(an_unknown_dependency_is_an_error),
        TEST(a_cycle_is_an_error_that_shows_it),
        TEST(an_id_given_twice_is_an_error),
        TEST(a_document_without_cards_is_an_error),
        TEST(the_order_puts_each_card_behind_its_dependencies),
        TEST(a_card_is_blocked_by_dependencies_with_work_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
