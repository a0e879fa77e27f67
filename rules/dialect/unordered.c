/*
 * dialect/unordered
 *
 * Without ORDER BY SQLite mostly gives rows in the order of their numbers, and programs come to
 * count on it. Postgres gives them in any order, and another one after an UPDATE; with LIMIT it
 * gives other rows.
 *
 * Bad:
 *     rows = con.execute("SELECT name FROM users").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT name FROM users ORDER BY id")).fetchall()
 *
 * The port leaves this as it is, for the two may differ only in what is meant: say the order where
 * it matters.
 */
#include "rules/rule.h"

DIALECT_RULE(unordered, "unordered", SEVERITY_WARNING,
             "rows are read without an order");
