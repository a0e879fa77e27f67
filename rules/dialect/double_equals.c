/*
 * dialect/double-equals
 *
 * SQLite takes `==` for `=`. To Postgres it is an operator that does not exist.
 *
 * Bad:
 *     con.execute("DELETE FROM seen WHERE id == 1")
 *
 * Good:
 *     con.execute(text("DELETE FROM seen WHERE id = 1"))
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

DIALECT_RULE(double_equals, "double-equals", SEVERITY_ERROR,
             "== is no operator in standard SQL");
