/*
 * dialect/limit-value
 *
 * A negative LIMIT is none in SQLite and an error in Postgres, the same goes for OFFSET; NULL and
 * text are refused by one or the other.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM users ORDER BY id LIMIT -1 OFFSET 20").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT id FROM users ORDER BY id LIMIT 9223372036854775807 OFFSET 20")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, limit_value, "limit-value", SEVERITY_ERROR,
            "LIMIT or OFFSET is no number from 0",
            "limit-minus", "offset-minus", "limit-null", "limit-type", "limit-bind");
