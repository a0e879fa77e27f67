/*
 * connect/sqlite3-connect
 *
 * sqlite3.connect() opens a file; Postgres is reached through a server. One engine for the whole
 * program hands out connections, and its URL, not the code, says which database is meant.
 *
 * Bad:
 *     def first_name(path):
 *         db = sqlite3.connect(path)
 *         return db.execute("SELECT name FROM users WHERE id = 1").fetchone()[0]
 *
 * Good:
 *     def first_name(path):
 *         db = engine_for(path).connect()
 *         return db.execute(text("SELECT name FROM users WHERE id = 1")).fetchone()[0]
 *
 * Who opens connections decides who ends transactions, so the port of a provider is for a person to
 * read: `engine.begin()` commits at the end of its block, `engine.connect()` does not.
 */
#include "rules/rule.h"

static void check(RuleRun *run, const Callsite *call)
{
    if (call->method == METHOD_CONNECT)
        report(run, call->call,
               "a SQLite database is opened here: take a connection from an SQLAlchemy engine");
}

RULE(connect, sqlite3_connect) = {
    .id          = "connect/sqlite3-connect",
    .summary     = "connections come from sqlite3.connect()",
    .severity    = SEVERITY_ERROR,
    .on.callsite = check,
};
