/*
 * What `check` found, ready to be written: for people (check_text.h), for programs
 * (check_json.h), or as figures only (check_statistics()).
 */
#ifndef REPORTS_CHECK_H
#define REPORTS_CHECK_H

#include "rules/finding.h"

typedef struct CheckResult {
    const FindingVec *findings; /* in the order in which they are shown */
    size_t            files;    /* that were looked at */
} CheckResult;

/* Findings by rule, the most frequent first. */
Str check_statistics(Arena *arena, const CheckResult *result);

#endif
