/*
 * dialect/round
 *
 * Postgres rounds to digits decimals alone: ROUND(double, n) is no function there, and
 * ROUND(double) rounds halves to even, 2.5 to 2. SQLite rounds halves away from zero.
 *
 * Bad:
 *     rows = con.execute("SELECT ROUND(price, 2) AS price FROM orders ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT CAST(ROUND(CAST(price AS NUMERIC), 2) AS DOUBLE PRECISION) AS price FROM orders ORDER BY id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. The CASTs it
 * writes round as SQLite does.
 */
#include "rules/rule.h"

DIALECT_RULE(round, "round", SEVERITY_ERROR,
             "ROUND() of a float");
