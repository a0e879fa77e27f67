/*
 * dialect/glob
 *
 * GLOB compares with a shell pattern, case by case. Postgres has no such operator, and LIKE differs
 * in what it does with case on the two databases.
 *
 * Bad:
 *     con.execute("SELECT name FROM users WHERE name GLOB 'a*'")
 *
 * Good:
 *     con.execute(text("SELECT name FROM users WHERE name >= 'a' AND name < 'b' ORDER BY name"))
 *
 * The port gives each database a text of its own (unsafe). Better, say whether case counts, then
 * write the range or a LIKE over LOWER().
 */
#include "rules/rule.h"

DIALECT_RULE(glob, "glob", SEVERITY_ERROR,
             "GLOB exists only in SQLite");
