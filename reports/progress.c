#include "reports/progress.h"

#include <stdlib.h>

#include "reports/judge.h"

static int calls_by_path(const void *left, const void *right)
{
    const CallTally *a = left, *b = right;

    return str_compare(a->path, b->path);
}

static int rules_by_path(const void *left, const void *right)
{
    const RuleTally *a = left, *b = right;
    int              order = str_compare(a->path, b->path);

    if (order == 0 && a->line != b->line)
        order = a->line < b->line ? -1 : 1;
    return order ? order : str_compare(a->rule, b->rule);
}

static Evidence evidence_of(Arena *arena, const Cards *cards, const Tallies *tallies)
{
    Evidence evidence = { .cards = cards, .tallies = tallies };

    for (size_t i = 0; i < tallies->calls.count; i++)
        vec_push(arena, &evidence.calls, tallies->calls.items[i]);
    for (size_t i = 0; i < tallies->rules.count; i++)
        vec_push(arena, &evidence.rules, tallies->rules.items[i]);
    vec_sort(&evidence.calls, calls_by_path);
    vec_sort(&evidence.rules, rules_by_path);

    evidence.call_owners = arena_array(arena, const Card *, evidence.calls.count + 1);
    evidence.rule_owners = arena_array(arena, const Card *, evidence.rules.count + 1);
    for (size_t i = 0; i < evidence.calls.count; i++)
        evidence.call_owners[i] = card_of(cards, evidence.calls.items[i].path);
    for (size_t i = 0; i < evidence.rules.count; i++) {
        const RuleTally *tally   = &evidence.rules.items[i];
        bool             is_next = i && str_eq(tally->path, tally[-1].path);
        evidence.rule_owners[i] =
            is_next ? evidence.rule_owners[i - 1] : card_of(cards, tally->path);
    }
    return evidence;
}

static void add_calls(CallCount *sum, const CallTally *tally)
{
    sum->ported += tally->ported;
    sum->safe += tally->safe;
    sum->unsafe_ += tally->unsafe_;
    sum->manual += tally->manual;
    sum->total += tally->ported + tally->safe + tally->unsafe_ + tally->manual;
}

static CardProgress *place_of(Progress *progress, const Cards *cards, const Card *owner)
{
    return owner ? &progress->cards.items[owner - cards->cards.items] : &progress->unassigned;
}

static void count(Progress *progress, const Evidence *evidence)
{
    for (size_t i = 0; i < evidence->calls.count; i++) {
        const CallTally *tally = &evidence->calls.items[i];
        CardProgress    *place = place_of(progress, evidence->cards, evidence->call_owners[i]);
        place->files++;
        progress->all.files++;
        add_calls(&place->calls, tally);
        add_calls(&progress->all.calls, tally);
    }
    for (size_t i = 0; i < evidence->rules.count; i++) {
        uint32_t found = evidence->rules.items[i].count;
        place_of(progress, evidence->cards, evidence->rule_owners[i])->findings += found;
        progress->all.findings += found;
    }
}

static void weigh(CardProgress *progress, EffortMinutes effort)
{
    const CallCount *calls = &progress->calls;

    progress->percent = calls->total     ? (uint32_t)((uint64_t)calls->ported * 100 / calls->total)
                      : progress->findings ? 0
                                           : 100;
    progress->effort_left = (uint64_t)calls->unsafe_ * effort.unsafe_
                          + (uint64_t)calls->manual * effort.manual;
}

static bool is_done(const CardProgress *progress)
{
    for (size_t i = 0; i < progress->criteria.count; i++)
        if (progress->criteria.items[i].state != CRITERION_MET)
            return false;
    return progress->calls.ported == progress->calls.total && progress->findings == 0
        && (progress->criteria.count || progress->files);
}

static void weigh_card(Arena *arena, CardProgress *progress, const Evidence *evidence,
                       EffortMinutes effort)
{
    const CriterionVec *criteria = &progress->card->criteria;

    weigh(progress, effort);
    for (size_t i = 0; i < criteria->count; i++)
        vec_push(arena, &progress->criteria,
                 judge(arena, evidence, progress->card, &progress->calls, &criteria->items[i]));
    progress->done = is_done(progress);
}

Progress progress_of(Arena *arena, const Cards *cards, const Tallies *tallies,
                     EffortMinutes effort)
{
    const Cards none     = { 0 };
    Progress    progress = { 0 };

    cards             = cards ? cards : &none;
    Evidence evidence = evidence_of(arena, cards, tallies);
    for (size_t i = 0; i < cards->cards.count; i++)
        vec_push(arena, &progress.cards, (CardProgress) { .card = &cards->cards.items[i] });

    count(&progress, &evidence);
    bool *left = arena_array(arena, bool, cards->cards.count + 1);
    for (size_t i = 0; i < progress.cards.count; i++) {
        weigh_card(arena, &progress.cards.items[i], &evidence, effort);
        left[i] = !progress.cards.items[i].done;
    }
    for (size_t i = 0; i < progress.cards.count; i++)
        progress.cards.items[i].blocked_by =
            card_blocked_by(arena, cards, progress.cards.items[i].card, left);

    weigh(&progress.unassigned, effort);
    weigh(&progress.all, effort);
    progress.unassigned.done = is_done(&progress.unassigned);
    progress.all.done        = progress.unassigned.calls.ported == progress.unassigned.calls.total
                     && progress.unassigned.findings == 0;
    for (size_t i = 0; i < progress.cards.count; i++)
        progress.all.done &= progress.cards.items[i].done;
    return progress;
}

const char *criterion_state_word(CriterionState state)
{
    static const char *const words[] = {
        [CRITERION_MET]    = "met",
        [CRITERION_UNMET]  = "unmet",
        [CRITERION_MANUAL] = "manual",
    };
    return words[state];
}
