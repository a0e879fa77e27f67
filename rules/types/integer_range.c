/*
 * types/integer-range
 *
 * Integers of SQLite have 64 bits, and become floats beyond. A literal has 32 bits in Postgres, so
 * its sums and products may be out of range, shifts go round, and functions such as substr() and
 * lag() take 32 bits only.
 *
 * Bad:
 *     rows = con.execute("SELECT 2147483647 + 1 AS big").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT CAST(2147483647 AS BIGINT) + 1 AS big")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

REMARK_RULE(types, integer_range, "integer-range", SEVERITY_ERROR,
            "a number is wider than Postgres has it",
            "integer-range", "shift", "window-offset", "substr-width", "float-range");
