/* Where a finding belongs: its scope, its unit with the verdict, its card. */
#include "rules/runner.h"

static FixSafety safety_of(Verdict verdict)
{
    return verdict == VERDICT_MANUAL ? FIX_MANUAL
         : verdict == VERDICT_UNSAFE ? FIX_UNSAFE
                                     : FIX_SAFE;
}

static uint32_t unit_of(const RuleRun *run, const Callsite *call)
{
    return call ? run->in->units->unit_of[call->index] : NO_UNIT;
}

static Verdict verdict_of(const RuleRun *run, uint32_t unit)
{
    return run->in->ports->ports.items[unit].verdict;
}

static Str reason_of(const RuleRun *run, uint32_t unit)
{
    const ReasonVec *reasons = &run->in->ports->ports.items[unit].reasons;
    if (reasons->count)
        return str_format(run->arena, STR_FORMAT ": " STR_FORMAT, STR_ARG(reasons->items[0].code),
                          STR_ARG(reasons->items[0].message));
    return STR("");
}

/* The unit with the worst verdict among those with a call in `around` (0: the module). */
static uint32_t worst_unit_in(const RuleRun *run, NodeId around)
{
    uint32_t worst = NO_UNIT;

    vec_each(call, run->in->calls) {
        uint32_t unit = unit_of(run, call);
        if (call->module != run->module || unit == NO_UNIT
            || (around && !tree_is_inside(&run->module->tree, call->call, around)))
            continue;
        if (worst == NO_UNIT || verdict_of(run, unit) > verdict_of(run, worst))
            worst = unit;
    }
    return worst;
}

/* Without a call: the units of the function the finding lies in, else those of its file. */
static uint32_t unit_around(const RuleRun *run, bool *is_own)
{
    NodeId function = run->around ? scope_function(&run->module->scopes, run->around) : 0;

    *is_own = false;
    if (function) {
        uint32_t unit = worst_unit_in(run, function);
        *is_own       = unit != NO_UNIT;
        if (*is_own)
            return unit;
    }
    return worst_unit_in(run, 0);
}

static void take_card(RuleRun *run, Finding *finding)
{
    const Card *card = run->in->cards && run->in->cards->cards.count
                         ? card_of(run->in->cards, run->source->path)
                         : NULL;

    finding->card = card ? card->id : STR("");
}

void finding_place(RuleRun *run, Finding *finding)
{
    const char *decision = finding->rule->decision;
    bool        is_own   = true;

    finding->fix = (FindingFix) { FIX_MANUAL, str_of(decision ? decision : ""), STR("") };
    take_card(run, finding);
    if (!run->module)
        return;
    NodeId at      = tree_at(&run->module->tree, finding->lo, finding->hi);
    finding->scope = module_qualname(run->arena, run->module, at ? at : 1);
    uint32_t unit  = unit_of(run, run->call);
    if (unit == NO_UNIT)
        unit = unit_around(run, &is_own);
    if (unit == NO_UNIT)
        return;
    if (is_own)
        finding->unit = run->in->units->units.items[unit].id;
    if (!decision)
        finding->fix = (FindingFix) { safety_of(verdict_of(run, unit)), reason_of(run, unit),
                                     is_own ? STR("port the whole unit")
                                            : STR("port the units of this file") };
}
