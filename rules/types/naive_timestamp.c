/*
 * types/naive-timestamp
 *
 * SQLite stores a time as the text it is given. A TIMESTAMPTZ of Postgres is an instant: a time without a
 * zone is taken to be in the session's zone, so the same program stores different instants on machines with
 * different settings, and what it reads back cannot be compared with what it wrote.
 *
 * Bad:
 *     con.execute("UPDATE users SET seen_at = ? WHERE id = ?", (datetime.now(), uid))
 *
 * Good:
 *     con.execute(text("UPDATE users SET seen_at = :seen_at WHERE id = :id"), {"seen_at": datetime.now(timezone.utc), "id": uid})
 *
 * No fix of its own: which zone the old times were meant in is a decision.
 */
#include "rules/rule.h"

static NodeId value_of(const Tree *tree, NodeId item)
{
    return tree_kind(tree, item) == PY_PAIR ? tree_field(tree, item, F_VALUE) : item;
}

static void check_values(RuleRun *run, const Callsite *call)
{
    vec_each(item, &call->params.items) {
        NodeId value = value_of(rule_tree(run), *item);
        Place  clock;
        if (!value || !rule_is_naive_clock(run, value, &clock))
            continue;
        Finding *finding = report(run, value, "a time without a zone is stored: say datetime.now(timezone.utc)");
        if (clock.node != value)
            note(finding, run, clock, "it is taken here");
    }
}

static void check_statement(RuleRun *run, const StatementRemark *remark)
{
    if (rule_writes(remark))
        report_range(run, remark->lo, remark->hi,
                     "datetime('now') stores a time without a zone: bind datetime.now(timezone.utc) instead");
}

RULE(types, naive_timestamp) = {
    .id          = "types/naive-timestamp",
    .summary     = "a time without a zone is stored",
    .severity    = SEVERITY_WARNING,
    .decision    = "decide in which zone the stored times are meant",
    .feature     = "datetime-now",
    .on.callsite = check_values,
    .on.remark   = check_statement,
};
