/*
 * Whatever the bytes: cards or one line that names the file. What is read can be written as TOML,
 * and that reads as the same cards.
 */
#include <stdlib.h>

#include "analyzers/cards/card_toml.h"
#include "analyzers/cards/cards.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool law)
{
    if (!law)
        abort();
}

static void hold_same_card(const Card *a, const Card *b)
{
    hold(str_eq(a->id, b->id) && str_eq(a->title, b->title) && str_eq(a->phase, b->phase));
    hold(str_eq(a->size, b->size) && a->effort == b->effort && str_eq(a->owner, b->owner));
    hold(a->files.count == b->files.count && a->criteria.count == b->criteria.count);
    for (size_t i = 0; i < a->files.count; i++)
        hold(str_eq(a->files.items[i].pattern, b->files.items[i].pattern));
    for (size_t i = 0; i < a->criteria.count; i++) {
        const Criterion *x = &a->criteria.items[i], *y = &b->criteria.items[i];
        hold(str_eq(x->text, y->text) && str_eq(x->evidence, y->evidence) && x->done == y->done);
    }
    hold(a->depends_on.count == b->depends_on.count);
    for (size_t i = 0; i < a->depends_on.count; i++)
        hold(str_eq(a->depends_on.items[i], b->depends_on.items[i]));
}

static void hold_same(Arena *arena, const Cards *cards)
{
    Str   toml = cards_to_toml(arena, cards);
    Cards again;
    Error why = { "" };

    hold(cards_parse(arena, STR("again.toml"), toml, &again, &why));
    hold(again.cards.count == cards->cards.count && again.order.count == cards->cards.count);
    for (size_t i = 0; i < cards->cards.count; i++)
        hold_same_card(&cards->cards.items[i], &again.cards.items[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    Str    text  = { (const char *)data, size };
    Cards  cards;
    Error  why = { "" };

    if (cards_parse(arena, STR("f.md"), text, &cards, &why)) {
        hold(cards.cards.count && cards.order.count == cards.cards.count);
        hold_same(arena, &cards);
        (void)card_of(&cards, STR("shop/orders/routes.py"));
    } else {
        hold(str_starts_with(str_of(why.message), STR("f.md:")));
    }
    (void)cards_parse(arena, STR("f.toml"), text, &cards, &why);
    arena_close(arena);
    return 0;
}
