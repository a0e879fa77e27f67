/*
 * dialect/datetime-now
 *
 * datetime('now') gives text in UTC, to the second. Postgres has no such function;
 * CURRENT_TIMESTAMP is known to both, but is a timestamp with a zone there and text here.
 *
 * Bad:
 *     con.execute("UPDATE users SET seen_at = datetime('now') WHERE id = 1")
 *
 * Good:
 *     con.execute(text("UPDATE users SET seen_at = CURRENT_TIMESTAMP WHERE id = 1"))
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. Whether it is
 * safe depends on the type the column has on Postgres.
 */
#include "rules/rule.h"

static void check(RuleRun *run, const StatementRemark *remark)
{
    if (strcmp(remark->feature, "datetime-now") == 0 || rule_is_now(remark))
        report_remark(run, remark);
}

RULE(dialect, datetime_now) = {
    .id        = "dialect/datetime-now",
    .summary   = "datetime('now') exists only in SQLite",
    .severity  = SEVERITY_ERROR,
    .features  = { "datetime-now", "datetime-modifier" },
    .on.remark = check,
};
