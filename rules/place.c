/* Where a finding belongs: its scope, its unit with the verdict, its card. */
#include "rules/runner.h"

static FixSafety safety_of(Verdict verdict)
{
    return verdict == VERDICT_MANUAL ? FIX_MANUAL : verdict == VERDICT_UNSAFE ? FIX_UNSAFE : FIX_SAFE;
}

static uint32_t unit_of(const RuleRun *run, const Callsite *call)
{
    return call ? run->in->units->unit_of[call->index] : NO_UNIT;
}

static Verdict verdict_of(const RuleRun *run, uint32_t unit)
{
#ifdef HAVE_PORT
    return run->in->ports->ports.items[unit].verdict;
#else
    (void)run, (void)unit;
    return VERDICT_MANUAL;
#endif
}

static Str reason_of(const RuleRun *run, uint32_t unit)
{
#ifdef HAVE_PORT
    const ReasonVec *reasons = &run->in->ports->ports.items[unit].reasons;
    if (reasons->count)
        return str_format(run->arena, STR_FORMAT ": " STR_FORMAT, STR_ARG(reasons->items[0].code),
                          STR_ARG(reasons->items[0].message));
#else
    (void)run, (void)unit;
#endif
    return STR("");
}

/* The unit with the worst verdict among those that have a call in `around` (a function, or the module). */
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

static void take_verdict(RuleRun *run, Finding *finding, uint32_t unit)
{
    finding->fix = (FindingFix) { safety_of(verdict_of(run, unit)), reason_of(run, unit),
                                  finding->fix.title };
}

void finding_place(RuleRun *run, Finding *finding)
{
    const Rule *rule = finding->rule;

    finding->fix = (FindingFix) { rule->fix, str_of(rule->decision ? rule->decision : ""), STR("") };
    if (run->in->cards && run->in->cards->cards.count) {
        const Card *card = card_of(run->in->cards, run->source->path);
        finding->card    = card ? card->id : STR("");
    }
    if (!run->module)
        return;
    NodeId at      = tree_at(&run->module->tree, finding->lo, finding->hi);
    finding->scope = module_qualname(run->arena, run->module, at ? at : 1);
    if (rule->decision)
        return;
    bool     is_own = true;
    uint32_t unit   = unit_of(run, run->call);
    if (unit == NO_UNIT)
        unit = unit_around(run, &is_own);
    if (unit == NO_UNIT) {
        finding->fix.title = STR("");
        return;
    }
    if (is_own)
        finding->unit = run->in->units->units.items[unit].id;
    finding->fix.title = is_own ? STR("port the whole unit") : STR("port the units of this file");
    take_verdict(run, finding, unit);
}
