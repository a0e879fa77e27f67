/*
 * params/qmark-placeholder
 *
 * sqlite3 fills `?` from a sequence, by position. text() knows only `:name`, filled from a mapping,
 * and sends `?` to Postgres as it stands, which is a syntax error there.
 *
 * Bad:
 *     con.execute("DELETE FROM seen WHERE id = ?", (uid,))
 *
 * Good:
 *     con.execute(text("DELETE FROM seen WHERE id = :id"), {"id": uid})
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. Names come from
 * the columns the placeholders meet.
 */
#include "rules/rule.h"

static void check(RuleRun *run, const Callsite *call)
{
    if (!method_is_sql(call->method) || !call->sql_node || !rule_has_qmarks(call))
        return;
    Finding *finding =
        report(run, call->sql_node,
               "text() does not know positional placeholders: name them and pass a mapping");
    note(finding, run, call->because,
         call->method == METHOD_WRAPPER ? "the SQL is executed by sqlite3 here"
                                        : "the connection comes from sqlite3 here");
}

RULE(params, qmark_placeholder) = {
    .id          = "params/qmark-placeholder",
    .summary     = "positional placeholders work only in sqlite3",
    .severity    = SEVERITY_ERROR,
    .on.callsite = check,
};
