/*
 * schema/index
 *
 * An index over an expression has to be the same for ever on Postgres: what depends on the session's time zone is
 * refused, and so are conditions of partial indexes in words of SQLite's own.
 *
 * Bad:
 *     con.execute("CREATE TABLE stays (id INTEGER PRIMARY KEY, arrived TIMESTAMP)")
 *     con.execute("CREATE INDEX stays_by_day ON stays (date(arrived))")
 *
 * Good:
 *     con.execute(text("CREATE INDEX stays_by_arrival ON stays (arrived)"))
 *
 * There is no fix: queries work without an index, only slower; a UNIQUE one that is missing lets doubles in.
 */
#include "rules/rule.h"

SCHEMA_RULE(index, "index", SEVERITY_WARNING, "an index that Postgres does not take as it is", "SC-16 SC-17",
            "index what both databases can, or leave it to a migration of its own");
