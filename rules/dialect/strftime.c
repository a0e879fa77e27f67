/*
 * dialect/strftime
 *
 * strftime() is SQLite's way of cutting times into pieces. Postgres has to_char() and date_trunc(),
 * with other patterns; there is no text that both take.
 *
 * Bad:
 *     con.execute("SELECT strftime('%W', seen_at) FROM users WHERE id = 1")
 *
 * Good:
 *     con.execute(text("SELECT seen_at FROM users WHERE id = 1"))
 *
 * The port gives each database a text of its own (unsafe). Better, read the time itself and
 * format it in Python.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, strftime, "strftime", SEVERITY_ERROR,
            "strftime() exists only in SQLite",
            "strftime", "time-function");
