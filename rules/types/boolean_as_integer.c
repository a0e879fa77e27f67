/*
 * types/boolean-as-integer
 *
 * SQLite has no booleans, so a flag comes back as 1 or 0. From a BOOLEAN column of Postgres it
 * comes back as True or False: `== 1` still holds, but is the last trace of the old type, and what
 * is written next to it (`is 1`, a format, JSON) changes. Testing the value itself means the same
 * on both.
 *
 * Bad:
 *     if row["is_active"] == 1:
 *         allow = True
 *
 * Good:
 *     if row["is_active"]:
 *         allow = True
 *
 * The fix is the port of the unit the row comes from, where the column is BOOLEAN by the schema or
 * by the setting `types`. Otherwise say there what it is.
 */
#include "rules/rule.h"

static bool is_zero_or_one(RuleRun *run, NodeId node)
{
    Str text = tree_text(rule_tree(run), node);

    return tree_kind(rule_tree(run), node) == PY_INTEGER
        && (str_is(text, "0") || str_is(text, "1"));
}

static void check(RuleRun *run, const Comparison *comparison)
{
    bool right     = is_zero_or_one(run, comparison->right),
         left      = is_zero_or_one(run, comparison->left);
    NodeId cell    = right ? comparison->left : comparison->right;
    bool   asks_eq = str_is(comparison->operator_, "==") || str_is(comparison->operator_, "!=");

    if (left == right || !asks_eq)
        return;
    Certainty certainty = rule_cell_is_boolean(run, cell);
    if (certainty == CERTAINTY_NO)
        return;
    Finding *finding =
        report(run, comparison->whole,
               "a flag comes from Postgres as True or False: test the value instead of comparing "
               "it with a number");
    if (certainty == CERTAINTY_MAYBE)
        finding_is_maybe(finding);
}

RULE(types, boolean_as_integer) = {
    .id            = "types/boolean-as-integer",
    .summary       = "a flag of the database is compared with 1 or 0",
    .severity      = SEVERITY_WARNING,
    .on.comparison = check,
};
