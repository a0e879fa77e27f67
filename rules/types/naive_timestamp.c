/*
 * types/naive-timestamp
 *
 * SQLite stores a time as the text it is given. A TIMESTAMPTZ of Postgres is an instant: a time
 * without a zone is taken to be in the session's zone, so the same program stores different
 * instants on machines with different settings, and what it reads back cannot be compared with what
 * it wrote.
 *
 * Bad:
 *     con.execute("UPDATE users SET seen_at = ? WHERE id = ?", (datetime.now(), uid))
 *
 * Good:
 *     con.execute(text("UPDATE users SET seen_at = :seen_at WHERE id = :id"), {"seen_at": datetime.now(timezone.utc), "id": uid})
 *
 * The fix is the port of the whole unit, and for a person to read: it takes the old times for UTC.
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
        bool     is_here = clock.module == rule_module(run)->id;
        Finding *finding =
            report(run, is_here ? clock.node : value,
                   "a time without a zone reaches the database: say datetime.now(timezone.utc)");
        if (!is_here)
            note(finding, run, clock, "it is taken here");
        else if (!tree_is_inside(rule_tree(run), clock.node, value))
            note(finding, run, (Place) { clock.module, value }, "it is given to the database here");
    }
}

static void check_statement(RuleRun *run, const StatementRemark *remark)
{
    bool is_day = str_eq_nocase(str_slice(remark->sql, 0, 5), STR("date("));

    if (rule_writes(remark) && !remark->in_condition && !is_day)
        report_range(run, remark->lo, remark->hi,
                     "datetime('now') stores a time without a zone: bind "
                     "datetime.now(timezone.utc) instead");
}

RULE(types, naive_timestamp) = {
    .id          = "types/naive-timestamp",
    .summary     = "a time without a zone reaches the database",
    .severity    = SEVERITY_WARNING,
    .features    = { "datetime-now" },
    .on.callsite = check_values,
    .on.remark   = check_statement,
};
