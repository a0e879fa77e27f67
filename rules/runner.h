/*
 * Inside a run of rules: what report() and the questions of rule.h look at. Rules do not see it.
 */
#ifndef RULES_RUNNER_H
#define RULES_RUNNER_H

#include "rules/run.h"

struct RuleRun {
    Arena            *arena;
    const RuleInputs *in;
    const Rule       *rule;
    const Module     *module; /* at hand; NULL for files that are no Python */
    const Source     *source;
    const Callsite   *call;   /* whose unit findings belong to; NULL if none */
    NodeId            around; /* without a call: the function or module whose units are meant */
    FindingVec       *out;
};

/* Does the rule ask for statements with this construct? */
bool rule_has_feature(const Rule *rule, const char *feature);

/* The unit, the verdict and the card of a finding that was just reported. */
void finding_place(RuleRun *run, Finding *finding);

/* Sorts, drops doubles, and names each finding over time. */
void findings_finish(Arena *arena, FindingVec *findings);

#endif
