/*
 * schema/condition
 *
 * What stands in CHECK, in a generated column, an index or a view is SQL, with all that SQLite alone understands:
 * GLOB, typeof(), LIKE that ignores case. Postgres refuses it, or takes other rows.
 *
 * Bad:
 *     SCHEMA = "CREATE TABLE codes (code TEXT CHECK (code GLOB '[0-9]*'))"
 *     con.executescript(SCHEMA)
 *
 * Good:
 *     con.execute(text("CREATE TABLE codes (code TEXT CHECK (code <> ''))"))
 *
 * There is no fix: `lite2pg schema` leaves out what Postgres does not take, and writes the rest with the
 * difference said.
 */
#include "rules/rule.h"

SCHEMA_RULE(condition, "condition", SEVERITY_WARNING, "a CHECK, default or view that Postgres reads otherwise", "SC-15 SQL DT BO JS BL",
            "say it in words both databases know, or leave it to the program");
