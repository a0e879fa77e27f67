/*
 * dialect/julianday
 *
 * julianday() counts days from noon in 4714 BC, and differences of it are a common way to an
 * interval in SQLite. Postgres subtracts timestamps and gives intervals; there is no text that both
 * take.
 *
 * Bad:
 *     con.execute("SELECT julianday(seen_at) FROM users WHERE id = 1")
 *
 * Good:
 *     con.execute(text("SELECT seen_at FROM users WHERE id = 1"))
 *
 * The port gives each database a text of its own (unsafe). Better, read the times and subtract
 * them in Python.
 */
#include "rules/rule.h"

DIALECT_RULE(julianday, "julianday", SEVERITY_ERROR,
             "julianday() exists only in SQLite");
