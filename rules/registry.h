/*
 * All rules, and choosing among them.
 *
 * The build writes the table from the files it finds; nobody registers anything. A rule
 * is called by its id (params/qmark-placeholder), several by their family (params).
 */
#ifndef RULES_REGISTRY_H
#define RULES_REGISTRY_H

#include "base/error.h"
#include "rules/rule.h"

typedef struct RegisteredRule {
    const Rule *rule;
    const char *page; /* the comment on top of its file, as it stands there */
} RegisteredRule;

extern const RegisteredRule rule_registry[]; /* by family and name */
extern const size_t         rule_count;

const RegisteredRule *rule_find(Str id); /* NULL if there is none */

Str  rule_family(const Rule *rule);
bool rule_is_called(const Rule *rule, Str word); /* by its id or its family */

typedef Vec(const Rule *) RuleVec;

/* What is selected (all, if nothing is) and not ignored. A word that means no rule is an error. */
bool rules_choose(Arena *arena, const StrVec *select, const StrVec *ignore, RuleVec *out,
                  Error *why);

#endif
