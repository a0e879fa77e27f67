/*
 * dialect/unknown-construct
 *
 * A function, a collation of words or a statement that is not known to mean the same on both
 * databases: a function of the program's own, one of an extension, a text with several statements
 * or none. Nothing is claimed of it.
 *
 * Bad:
 *     rows = con.execute("SELECT my_function(name) AS name FROM users ORDER BY id").fetchall()
 *
 * Good:
 *     rows = [my_function(r.name) for r in con.execute(text("SELECT name FROM users ORDER BY id"))]
 *
 * There is no fix: do it in Python, or write it for each database.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, unknown_construct, "unknown-construct", SEVERITY_WARNING,
            "SQL that is not known to mean the same",
            "unknown-construct", "unknown-function", "unknown-statement", "unknown-operator",
            "unknown-literal", "unknown-source", "window-range", "clashing-changes",
            "several-statements", "empty-statement", "view-left-out", "bookkeeping");
