/*
 * schema/foreign-key
 *
 * SQLite does not look at a foreign key until it is switched on, and then only when rows change. Postgres looks
 * when the table is created: the other table has to be there, with a key over these columns, of the same types.
 *
 * Bad:
 *     SCHEMA = "CREATE TABLE visits (id INTEGER PRIMARY KEY, place INTEGER REFERENCES places (id))"
 *     con.executescript(SCHEMA)
 *
 * Good:
 *     con.execute(text("CREATE TABLE visits (id INTEGER PRIMARY KEY, place INTEGER)"))
 *
 * There is no fix: either the key is wrong, or the table it names is defined somewhere that was not looked at (the
 * setting `schema`).
 */
#include "rules/rule.h"

SCHEMA_RULE(foreign_key, "foreign-key", SEVERITY_WARNING, "a foreign key that Postgres does not take", "SC-21",
            "let it name a table that is there and a key of it, of the same type");
