/*
 * Holding rules to a project.
 *
 * rules_run() takes the facts of a session and gives the findings of the chosen rules,
 * sorted by path and place, each with its unit, its card and its fingerprint. Settings
 * are honoured: severity, per-file-ignores, bridges. Files of any kind come in `texts`;
 * of those only secrets are asked.
 */
#ifndef RULES_RUN_H
#define RULES_RUN_H

#include "analyzers/cards/cards.h"
#include "rules/finding.h"
#include "rules/registry.h"
#include "rules/schema.h"

typedef struct RuleText {
    Str path;
    Str raw;
} RuleText;
typedef Vec(RuleText) RuleTextVec;

typedef struct RuleInputs {
    const Model       *model;
    const CallsiteVec *calls;
    const Units       *units;
    const Ports       *ports;
    const Catalog     *catalog; /* may be NULL */
    const Config      *config;
    const Cards       *cards;   /* may be NULL */
    const RuleTextVec *texts;   /* may be NULL */
    const SchemaFindingVec *schema; /* may be NULL */
} RuleInputs;

/* The findings live in the arenas of the workers. */
FindingVec rules_run(Workers *workers, const RuleInputs *in, const RuleVec *rules);

#endif
