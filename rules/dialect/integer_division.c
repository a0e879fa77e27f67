/*
 * dialect/integer-division
 *
 * SQLite divides two integers as integers, and whether a value is one is decided row by row:
 * COALESCE(price, 0) may be, and so may a NUMERIC column. Postgres goes by the type: 7 / 2 is 3 on
 * one and 3.5 on the other, without an error.
 *
 * Bad:
 *     rows = con.execute("SELECT COALESCE(price, 0) / 2 AS half FROM orders ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT COALESCE(price, 0.0) / 2 AS half FROM orders ORDER BY id")).fetchall()
 *
 * The port leaves this as it is, for the two may differ only in what is meant: write 0.0, CAST one
 * side to DOUBLE PRECISION, or both to BIGINT.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, integer_division, "integer-division", SEVERITY_WARNING,
            "a division may cut its fraction off on one database only",
            "integer-division", "integer-operator");
