/*
 * transactions/commit-in-service
 *
 * A function that commits a connection it was given ends the transaction of its caller. With
 * `engine.begin()` the owner commits when its block ends, and a commit() inside makes every later
 * statement of the block raise.
 *
 * Bad:
 *     def forget(con, uid):
 *         con.execute("DELETE FROM seen")
 *         con.commit()
 *
 *     forget(con, 1)
 *
 * Good:
 *     def forget(con, uid):
 *         con.execute(text("DELETE FROM seen"))
 *
 *     forget(con, 1)
 *
 * No fix of its own: who ends transactions is decided once, by the setting `transactions`. With
 * "caller" the port takes the commit out; with "keep" it stays.
 */
#include "rules/rule.h"

static void check(RuleRun *run, const Callsite *call)
{
    if (call->method != METHOD_COMMIT || call->role != ROLE_CONNECTION
        || rule_opens_itself(run, call))
        return;
    Finding *finding = report(
        run, call->call, "a connection from outside is committed here: leave that to its owner");
    note_receiver(finding, run, call, "the connection is opened here");
}

RULE(transactions, commit_in_service) = {
    .id          = "transactions/commit-in-service",
    .summary     = "a function commits a connection it was given",
    .severity    = SEVERITY_WARNING,
    .decision    = "decide who ends transactions: the setting `transactions`",
    .on.callsite = check,
};
