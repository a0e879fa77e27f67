/*
 * schema/conflict-clause
 *
 * `UNIQUE ON CONFLICT REPLACE` in a table's definition decides for every INSERT what happens to a double. Postgres
 * has it in the statement only: without it, each double is an IntegrityError.
 *
 * Bad:
 *     con.execute("CREATE TABLE seen_urls (url TEXT NOT NULL UNIQUE ON CONFLICT IGNORE)")
 *
 * Good:
 *     con.execute(text("CREATE TABLE seen_urls (url TEXT NOT NULL UNIQUE)"))
 *
 * There is no fix: every statement that inserts into the table needs its own `ON CONFLICT … DO`.
 */
#include "rules/rule.h"

SCHEMA_RULE(conflict_clause, "conflict-clause", SEVERITY_WARNING, "ON CONFLICT in the definition of a table", "SC-23",
            "say ON CONFLICT in the statements that insert");
