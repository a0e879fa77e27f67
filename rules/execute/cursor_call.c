/*
 * execute/cursor-call
 *
 * With sqlite3, statements run on a cursor that also holds their result. An SQLAlchemy connection
 * has no cursor(): execute() is called on the connection and gives a result of its own for each
 * statement.
 *
 * Bad:
 *     found = con.cursor()
 *     found.execute("SELECT name FROM users WHERE id = 1")
 *     name = found.fetchone()[0]
 *
 * Good:
 *     result = con.execute(text("SELECT name FROM users WHERE id = 1"))
 *     name = result.fetchone()[0]
 *
 * The fix is the port of the cursor's whole life: all its statements and all that reads them.
 */
#include "rules/rule.h"

static void check(RuleRun *run, const Callsite *call)
{
    if (call->method != METHOD_CURSOR || call->role != ROLE_CONNECTION || rule_is_below_engine(call))
        return;
    Finding *finding = report(
        run, call->call, "an SQLAlchemy connection has no cursor(): execute on the connection");
    note_receiver(finding, run, call, "the connection comes from sqlite3 here");
}

RULE(execute, cursor_call) = {
    .id          = "execute/cursor-call",
    .summary     = "statements run on a cursor",
    .severity    = SEVERITY_ERROR,
    .on.callsite = check,
};
