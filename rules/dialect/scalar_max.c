/*
 * dialect/scalar-max
 *
 * MAX(a, b) of SQLite gives the larger value, and NULL if one is NULL. Postgres calls it GREATEST,
 * which passes over NULL and which SQLite does not know; CASE is the same on both.
 *
 * Bad:
 *     rows = con.execute("SELECT MAX(logins, 1) AS logins FROM users ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT CASE WHEN logins >= 1 THEN logins ELSE 1 END AS logins FROM users ORDER BY id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. More than two
 * values are for a person to nest.
 */
#include "rules/rule.h"

DIALECT_RULE(scalar_max, "scalar-max", SEVERITY_ERROR,
             "MAX() or MIN() of several values");
