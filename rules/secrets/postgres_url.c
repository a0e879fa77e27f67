/*
 * secrets/postgres-url
 *
 * A password in a file is known to everybody who can read the repository, now and in its history.
 * The URL of the database belongs into the environment of the process.
 *
 * Placeholders (`***`, `<password>`, `${DB_PASSWORD}`, `changeme`) are no secrets. Pairs that
 * everybody uses on a throw-away server of the same machine (postgres:postgres on localhost) are
 * warnings.
 *
 * Bad:
 *     url = "postgresql://app:Tr0ub4dor@db.internal/app"
 *
 * Good:
 *     url = os.environ["DATABASE_URL"]
 *
 * No fix: the password has to be changed on the server as well, it is known already.
 */
#include "rules/rule.h"

static void check(RuleRun *run, const Secret *secret)
{
    if (secret->kind == SECRET_REAL) {
        report_range(run, secret->lo, secret->hi,
                     "a URL of Postgres with its password (***): take it from the environment, and "
                     "change the password");
        return;
    }
    Finding *finding =
        report_range(run, secret->lo, secret->hi,
                     "a URL of a local Postgres with its password (***): fine for a throw-away "
                     "server only");
    finding_is(finding, SEVERITY_WARNING);
}

RULE(secrets, postgres_url) = {
    .id        = "secrets/postgres-url",
    .summary   = "a URL of Postgres holds a password",
    .severity  = SEVERITY_ERROR,
    .decision  = "change the password and keep it out of the files",
    .on.secret = check,
};
