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
 *     rows = con.execute(text("SELECT CASE WHEN price >= 0 THEN SQRT(price) END AS root FROM orders ORDER BY id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit, with what keeps SQLite's NULL where Postgres would give up. It is not done where the
 * result may differ: power(), mod() of floats, random(). Those are best calculated in Python.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, math_function, "math-function", SEVERITY_ERROR,
            "a mathematical or random function",
            "random", "whole-number", "floor", "math", "sign");
