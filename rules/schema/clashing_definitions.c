/*
 * schema/clashing-definitions
 *
 * Two files define one table, each in its own way. `CREATE TABLE IF NOT EXISTS` lets SQLite keep whichever it met
 * first, so which columns a database has depends on how old it is. The schema for Postgres has the columns of
 * both; what only one of them has may be NULL.
 *
 * Bad:
 *     SCHEMA = "CREATE TABLE IF NOT EXISTS audit (id INTEGER PRIMARY KEY, actor TEXT NOT NULL)"
 *     con.executescript(SCHEMA)
 *     con.execute("CREATE TABLE IF NOT EXISTS audit (id INTEGER PRIMARY KEY, ip TEXT)")
 *
 * Good:
 *     con.execute(text("CREATE TABLE IF NOT EXISTS audit (id INTEGER PRIMARY KEY, actor TEXT NOT NULL, ip TEXT)"))
 *
 * There is no fix: somebody has to know which of the two the data follows.
 */
#include "rules/rule.h"

SCHEMA_RULE(clashing_definitions, "clashing-definitions", SEVERITY_WARNING, "a table is defined twice, in different ways", "SC-27",
            "say which definition is meant, and take the other one out");
