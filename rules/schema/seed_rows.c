/*
 * schema/seed-rows
 *
 * INSERT among the definitions of a schema puts rows into a new database. The schema for Postgres has none of them; and where they
 * give their keys, the sequence does not know of it: the next row gets a key that is taken.
 *
 * Bad:
 *     SCHEMA = "CREATE TABLE roles (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO roles VALUES (1, 'admin')"
 *     con.executescript(SCHEMA)
 *
 * Good:
 *     con.execute(text("CREATE TABLE roles (id INTEGER PRIMARY KEY, name TEXT)"))
 *
 * There is no fix: put such rows into a migration of their own, and let the sequence begin behind the last key (setval).
 */
#include "rules/rule.h"

SCHEMA_RULE(seed_rows, "seed-rows", SEVERITY_INFO, "rows that come with a schema", "SC-02",
            "move the rows as data, and set the sequence");
