/*
 * dialect/ifnull
 *
 * IFNULL(a, b) is a function of SQLite. COALESCE(a, b) is the same, and standard SQL.
 *
 * Bad:
 *     con.execute("SELECT IFNULL(name, 'nobody') AS name FROM users WHERE id = 1")
 *
 * Good:
 *     con.execute(text("SELECT COALESCE(name, 'nobody') AS name FROM users WHERE id = 1"))
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

DIALECT_RULE(ifnull, "ifnull", SEVERITY_ERROR,
             "IFNULL() exists only in SQLite");
