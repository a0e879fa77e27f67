/*
 * What a rule found: where, how bad, how sure, why, and what can be done.
 *
 * Findings live in the arena of the run and point into the project. `fingerprint` names
 * a finding over time: it does not move when lines move, two findings of one run never
 * share it, and it is made of nothing secret.
 */
#ifndef RULES_FINDING_H
#define RULES_FINDING_H

#include "rules/rule.h"

typedef struct FindingNote {
    const Source *source;
    uint32_t      at;
    Str           message;
} FindingNote;
typedef Vec(FindingNote) FindingNoteVec;

typedef struct FindingFix {
    FixSafety safety;
    Str       reason; /* "PY-11: …"; empty if there is nothing to say */
    Str       title;
} FindingFix;

struct Finding {
    const Rule    *rule;
    Severity       severity;
    Certainty      certainty;
    const Source  *source;
    uint32_t       lo, hi; /* in source->text */
    Str            message;
    FindingNoteVec notes;
    Str            scope; /* "package.module.Class.method"; empty in files that are no Python */
    Str            unit;  /* id of the port unit it lies in; empty if in none */
    Str            card;  /* empty if none */
    FindingFix     fix;
    Str            fingerprint;
};
typedef Vec(Finding *) FindingVec;

const char *severity_name(Severity severity);  /* "error" */
const char *fix_safety_name(FixSafety safety); /* "safe" */

#endif
