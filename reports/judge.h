/*
 * Judging a criterion by what was counted.
 */
#ifndef REPORTS_JUDGE_H
#define REPORTS_JUDGE_H

#include "reports/progress.h"

/* The tallies, each list sorted by path, and whose file each path is. */
typedef struct Evidence {
    const Cards       *cards;
    CallTallyVec       calls;
    RuleTallyVec       rules;
    const Card       **call_owners; /* of calls.items[i]; NULL: nobody */
    const Card       **rule_owners;
    const Tallies     *tallies;
} Evidence;

CriterionProgress judge(Arena *arena, const Evidence *evidence, const Card *card,
                        const CallCount *calls, const Criterion *criterion);

#endif
