/*
 * dialect/division-by-zero
 *
 * `x / 0` and `x % 0` are NULL in SQLite. Postgres raises DivisionByZero, which ends the
 * transaction; NULLIF(y, 0) gives NULL on both.
 *
 * Bad:
 *     rows = con.execute("SELECT 100 / quantity AS each FROM orders ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT 100 / NULLIF(quantity, 0) AS each FROM orders ORDER BY id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

DIALECT_RULE(division_by_zero, "division-by-zero", SEVERITY_WARNING,
             "a division by zero is NULL only in SQLite");
