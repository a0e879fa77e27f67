/*
 * dialect/boolean-integer
 *
 * SQLite keeps flags as 1 and 0. A BOOLEAN column of Postgres cannot be compared with, or set to, a
 * number; `true` and `false` are words that both know.
 *
 * Bad:
 *     con.execute("UPDATE users SET is_active = 0 WHERE id = 1")
 *
 * Good:
 *     con.execute(text("UPDATE users SET is_active = false WHERE id = 1"))
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. Which columns are
 * BOOLEAN is told by the schema, or by the setting `types`.
 */
#include "rules/rule.h"

DIALECT_RULE(boolean_integer, "boolean-integer", SEVERITY_ERROR,
             "a BOOLEAN column meets a number");
