/*
 * errors/sqlite3-exception
 *
 * SQLAlchemy raises its own exceptions, whatever the driver. A handler that names
 * sqlite3.IntegrityError does not catch them, and the error goes past it.
 *
 * Bad:
 *     try:
 *         con.execute("INSERT INTO seen (id) VALUES (1)")
 *     except sqlite3.IntegrityError:
 *         known = True
 *
 * Good:
 *     try:
 *         with con.begin_nested():
 *             con.execute(text("INSERT INTO seen (id) VALUES (1)"))
 *     except IntegrityError:
 *         known = True
 *
 * The fix is the port of the whole `try`. A handler that goes on after the error needs a savepoint,
 * since Postgres refuses further statements in a transaction that failed.
 */
#include "rules/rule.h"

static void check(RuleRun *run, NodeId exception)
{
    const Value *value = rule_value(run, exception, ROLE_SQLITE_NAME);

    if (value)
        report(run, exception,
               "SQLAlchemy does not raise sqlite3." STR_FORMAT ": catch the one of sqlalchemy.exc",
               STR_ARG(value->name));
}

RULE(errors, sqlite3_exception) = {
    .id         = "errors/sqlite3-exception",
    .summary    = "a handler waits for exceptions of sqlite3",
    .severity   = SEVERITY_ERROR,
    .on.handler = check,
};
