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
 *     rows = con.execute(text("SELECT substr(name, CASE WHEN LENGTH(name) > 2 THEN LENGTH(name) - 1 ELSE 1 END) AS tail FROM users ORDER BY id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit: the place is counted from the beginning. A bind is reported too, for it may be negative;
 * that is for a person to see.
 */
#include "rules/rule.h"

DIALECT_RULE(substr, "substr", SEVERITY_WARNING,
             "substr() counted from the end");
