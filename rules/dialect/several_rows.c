/*
 * dialect/several-rows
 *
 * Of a subquery that stands for a value SQLite takes the first row; Postgres raises
 * CardinalityViolation when there are two. In UPDATE … FROM both take some row of those that match.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM users WHERE name = (SELECT title FROM orders WHERE quantity = 1) ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT id FROM users WHERE name = (SELECT MAX(title) FROM orders WHERE quantity = 1) ORDER BY id")).fetchall()
 *
 * The port leaves this as it is, for the two may differ only in what is meant: make sure that there
 * is one row, or say which by an aggregate or ORDER BY and LIMIT 1.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, several_rows, "several-rows", SEVERITY_WARNING,
            "one value is taken of possibly many rows",
            "scalar-subquery", "update-from-many");
