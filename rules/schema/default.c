/*
 * schema/default
 *
 * SQLite takes any DEFAULT for any column. Postgres wants one of the column's type when the table is created:
 * `DEFAULT ''` of a number is an error there.
 *
 * Bad:
 *     SCHEMA = "CREATE TABLE limits (id INTEGER PRIMARY KEY, burst INTEGER DEFAULT 'none')"
 *     con.executescript(SCHEMA)
 *
 * Good:
 *     con.execute(text("CREATE TABLE limits (id INTEGER PRIMARY KEY, burst INTEGER DEFAULT 0)"))
 *
 * There is no fix: what the default stands for is not to be seen.
 */
#include "rules/rule.h"

SCHEMA_RULE(default, "default", SEVERITY_WARNING, "a DEFAULT that Postgres does not take", "SC-08 SC-10 SC-13 SC-14",
            "give the value in the statements that insert, or a default of the column's type");
