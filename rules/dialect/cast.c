/*
 * dialect/cast
 *
 * SQLite casts whatever it is given: the number at the beginning of a text, or 0; a fraction is cut
 * off, REAL has 64 bits and DATE makes a number. Postgres refuses a text that is no number, rounds
 * the fraction (3.7 is 4), has a REAL of 32 bits and does not know names such as DATETIME.
 *
 * Bad:
 *     rows = con.execute("SELECT CAST(price AS REAL) AS price FROM orders ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT CAST(price AS DOUBLE PRECISION) AS price FROM orders ORDER BY id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. It respells the
 * type; where the value itself is in doubt the verdict says so, and the conversion belongs into
 * Python.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, cast, "cast", SEVERITY_ERROR,
            "CAST to a type means something else on Postgres",
            "cast", "cast-text", "cast-fraction", "cast-type", "cast-length", "cast-date",
            "cast-boolean", "cast-size");
