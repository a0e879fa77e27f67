/*
 * schema/null-in-key
 *
 * SQLite lets every column of a primary key be NULL unless it is an INTEGER PRIMARY KEY or says NOT NULL. On
 * Postgres a primary key is NOT NULL always: an INSERT that leaves it out fails, and so does moving a row that has
 * none.
 *
 * Bad:
 *     SCHEMA = "CREATE TABLE tokens (hash TEXT PRIMARY KEY, user_id INTEGER NOT NULL)"
 *     con.executescript(SCHEMA)
 *
 * Good:
 *     con.execute(text("CREATE TABLE tokens (hash TEXT NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL)"))
 *
 * There is no fix: `SELECT count(*) … WHERE hash IS NULL` says whether it matters.
 */
#include "rules/rule.h"

SCHEMA_RULE(null_in_key, "null-in-key", SEVERITY_WARNING, "a primary key that may hold NULL", "SC-22",
            "look for rows without a key before the data is moved");
