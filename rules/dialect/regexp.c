/*
 * dialect/regexp
 *
 * REGEXP calls a function that the program itself registers on the connection. Postgres has `~`,
 * with another grammar of patterns, and knows nothing of the function.
 *
 * Bad:
 *     rows = con.execute("SELECT name FROM users WHERE name REGEXP '^a' ORDER BY id").fetchall()
 *
 * Good:
 *     rows = [r for r in con.execute(text("SELECT name FROM users ORDER BY id")) if r.name.startswith("a")]
 *
 * There is no fix: read the rows and match in Python.
 */
#include "rules/rule.h"

DIALECT_RULE(regexp, "regexp", SEVERITY_ERROR,
             "REGEXP exists only in SQLite");
