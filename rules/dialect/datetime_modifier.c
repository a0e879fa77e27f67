/*
 * dialect/datetime-modifier
 *
 * datetime(x, '-7 days') shifts a time by words of SQLite. Postgres has intervals, which SQLite
 * does not have, and there is no text that both take.
 *
 * Bad:
 *     rows = con.execute("SELECT datetime(seen_at, '-7 days') AS since FROM users ORDER BY id").fetchall()
 *
 * Good:
 *     rows = [r.seen_at - timedelta(days=7) for r in con.execute(text("SELECT seen_at FROM users ORDER BY id"))]
 *
 * The port gives each database a text of its own (unsafe). Better, calculate in Python and bind
 * the time.
 */
#include "rules/rule.h"

static void check(RuleRun *run, const StatementRemark *remark)
{
    if (!rule_is_now(remark)) /* that is what dialect/datetime-now reports */
        report_remark(run, remark);
}

RULE(dialect, datetime_modifier) = {
    .id        = "dialect/datetime-modifier",
    .summary   = "times are calculated with modifiers",
    .severity  = SEVERITY_ERROR,
    .features  = { "datetime-modifier", "datetime-column" },
    .on.remark = check,
};
