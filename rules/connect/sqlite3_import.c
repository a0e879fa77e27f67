/*
 * connect/sqlite3-import
 *
 * A file that imports sqlite3 opens SQLite databases, or names its classes and exceptions; none of
 * it exists on Postgres. After the port of a file nothing is left that needs the import.
 *
 * A file that keeps SQLite on purpose (a tool that reads an old database) is named in the setting
 * `bridges`.
 *
 * Bad:
 *     import sqlite3
 *
 *     def add(con: sqlite3.Connection, uid):
 *         con.execute("INSERT INTO seen (id) VALUES (1)")
 *
 * Good:
 *     from sqlalchemy import Connection, text
 *
 *     def add(con: Connection, uid):
 *         con.execute(text("INSERT INTO seen (id) VALUES (1)"))
 *
 * No fix of its own: the port takes the import out with the last of what needs it.
 */
#include "rules/rule.h"

static void check(RuleRun *run, const Import *import)
{
    bool is_sqlite =
        str_is(import->module, "sqlite3") || str_starts_with(import->module, STR("sqlite3."));

    if (is_sqlite && import->level == 0)
        report(run, import->statement, "sqlite3 is imported: port what uses it to SQLAlchemy");
}

RULE(connect, sqlite3_import) = {
    .id        = "connect/sqlite3-import",
    .summary   = "the file depends on sqlite3",
    .severity  = SEVERITY_WARNING,
    .on.import = check,
};
