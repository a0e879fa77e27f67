/*
 * types/date-arithmetic
 *
 * A time minus a time, or plus 1, is arithmetic on the year in SQLite, where times are text.
 * Postgres gives an interval, or refuses.
 *
 * Bad:
 *     rows = con.execute("SELECT seen_at + 1 AS next FROM users ORDER BY id").fetchall()
 *
 * Good:
 *     rows = [r.seen_at + timedelta(days=1) for r in con.execute(text("SELECT seen_at FROM users ORDER BY id"))]
 *
 * There is no fix: calculate with datetimes in Python.
 */
#include "rules/rule.h"

REMARK_RULE(types, date_arithmetic, "date-arithmetic", SEVERITY_ERROR,
            "times are calculated with as if they were numbers",
            "date-arithmetic");
