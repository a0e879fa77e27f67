/*
 * dialect/lower-upper
 *
 * SQLite folds the letters of ASCII: LOWER('Ä') stays as it is. Postgres folds all letters, so
 * texts beyond ASCII compare and print in another way, without an error.
 *
 * Bad:
 *     rows = con.execute("SELECT LOWER(name) AS name FROM users ORDER BY id").fetchall()
 *
 * Good:
 *     rows = [r.name.lower() for r in con.execute(text("SELECT name FROM users ORDER BY id"))]
 *
 * The port leaves this as it is, for the two may differ only in what is meant: fold in Python where
 * letters beyond ASCII may come.
 */
#include "rules/rule.h"

DIALECT_RULE(lower_upper, "lower-upper", SEVERITY_INFO,
             "LOWER() and UPPER() change ASCII letters only in SQLite");
