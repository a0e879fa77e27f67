/*
 * dialect/limit-comma
 *
 * `LIMIT a, b` skips a rows and gives b. Postgres wants `LIMIT b OFFSET a`, which SQLite takes as
 * well.
 *
 * Bad:
 *     con.execute("SELECT name FROM users ORDER BY id LIMIT 20, 10")
 *
 * Good:
 *     con.execute(text("SELECT name FROM users ORDER BY id LIMIT 10 OFFSET 20"))
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

DIALECT_RULE(limit_comma, "limit-comma", SEVERITY_ERROR,
             "LIMIT with a comma exists only in SQLite");
