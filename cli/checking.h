/*
 * From a session to findings: what `check` and `report` have in common.
 */
#ifndef CLI_CHECKING_H
#define CLI_CHECKING_H

#include "cli/output.h"
#include "rules/run.h"

/* The rules that the command line, or else the settings, ask for; those ignored are out. */
bool rules_wanted(Arena *arena, const Options *options, const Config *config, RuleVec *out,
                  Error *why);

/* All findings in files that the user asked about. */
FindingVec findings_of(Arena *arena, Session *session, const RuleVec *rules);

#endif
