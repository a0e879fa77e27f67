/*
 * dialect/substr
 *
 * A negative number makes SQLite's substr() count from the end of the text. Postgres takes it for a
 * place before the text and gives all of it, without an error.
 *
 * Bad:
 *     rows = con.execute("SELECT substr(name, -2) AS tail FROM users ORDER BY id").fetchall()
 *
 * Good:
 *     rows = [r.name[-2:] for r in con.execute(text("SELECT name FROM users ORDER BY id"))]
 *
 * There is no fix: cut the text in Python. A bind is reported too, for it may be negative.
 */
#include "rules/rule.h"

DIALECT_RULE(substr, "substr", SEVERITY_WARNING,
             "substr() counted from the end");
