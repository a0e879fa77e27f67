/*
 * execute/string-without-text
 *
 * SQLAlchemy 2 does not execute strings: a statement is an object, and text() makes one of SQL. A
 * bare string raises ObjectNotExecutableError.
 *
 * Bad:
 *     con.execute("DELETE FROM seen")
 *
 * Good:
 *     con.execute(text("DELETE FROM seen"))
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

static void check(RuleRun *run, const Callsite *call)
{
    if (!method_is_sql(call->method) || call->method == METHOD_WRAPPER || !call->sql_node
        || rule_is(run, call->sql_node, ROLE_TEXT) || rule_is_below_engine(call))
        return;
    Finding *finding =
        report(run, call->sql_node, "SQLAlchemy does not execute a string: wrap the SQL in text()");
    note_receiver(finding, run, call, "the connection comes from sqlite3 here");
}

RULE(execute, string_without_text) = {
    .id          = "execute/string-without-text",
    .summary     = "a string is executed",
    .severity    = SEVERITY_ERROR,
    .on.callsite = check,
};
