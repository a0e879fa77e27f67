/*
 * dialect/is-value
 *
 * SQLite's IS compares any two values and takes NULL for a value like others. Postgres has IS only
 * for NULL, TRUE and FALSE; IS NOT DISTINCT FROM is what SQLite means, and since 3.39 it takes that
 * as well. `x NOT NULL`, for IS NOT NULL, is SQLite's alone.
 *
 * Bad:
 *     con.execute("SELECT id FROM users WHERE name IS 'ada' ORDER BY id")
 *
 * Good:
 *     con.execute(text("SELECT id FROM users WHERE name IS NOT DISTINCT FROM 'ada' ORDER BY id"))
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, is_value, "is-value", SEVERITY_ERROR,
            "IS compares values only in SQLite",
            "is-value", "not-null-test", "is-parentheses");
