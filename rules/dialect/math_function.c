/*
 * dialect/math-function
 *
 * SQLite has sqrt(), power(), ceil() and their like only when it was built so, and their types are
 * other ones than in Postgres. random() is an integer of 64 bits on SQLite and a fraction between 0
 * and 1 on Postgres, without an error.
 *
 * Bad:
 *     rows = con.execute("SELECT sqrt(price) AS root FROM orders ORDER BY id").fetchall()
 *
 * Good:
 *     rows = [math.sqrt(r.price) for r in con.execute(text("SELECT price FROM orders ORDER BY id"))]
 *
 * There is no fix: calculate in Python.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, math_function, "math-function", SEVERITY_ERROR,
            "a mathematical or random function",
            "math-function", "random");
