/*
 * schema/uncounted-key
 *
 * An INTEGER PRIMARY KEY is counted by SQLite when an INSERT leaves it out. Where it is the key of another table's
 * row as well, Postgres gets no sequence for it: it has to be given, as it should have been.
 *
 * Bad:
 *     SCHEMA = "CREATE TABLE profiles (user_id INTEGER PRIMARY KEY REFERENCES users (id), bio TEXT)"
 *     con.executescript(SCHEMA)
 *
 * Good:
 *     con.execute(text("CREATE TABLE profiles (user_id INTEGER NOT NULL PRIMARY KEY REFERENCES users (id), bio TEXT)"))
 *
 * There is no fix: look whether each INSERT names the key.
 */
#include "rules/rule.h"

SCHEMA_RULE(uncounted_key, "uncounted-key", SEVERITY_INFO, "a key that nothing counts on Postgres", "SC-01",
            "give the key in every INSERT");
