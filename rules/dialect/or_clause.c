/*
 * dialect/or-clause
 *
 * OR ABORT, FAIL, ROLLBACK, IGNORE and REPLACE between the verb and the table are SQLite's own.
 * ABORT is what both do without a word; the others end or spare a transaction in ways that Postgres
 * does not have.
 *
 * Bad:
 *     con.execute("UPDATE OR IGNORE users SET name = 'ada' WHERE id = 1")
 *
 * Good:
 *     con.execute(text("UPDATE users SET name = 'ada' WHERE id = 1 AND NOT EXISTS (SELECT 1 FROM users AS u WHERE u.name = 'ada')"))
 *
 * There is no fix: test for the conflict first. OR ABORT goes with the port of the unit.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, or_clause, "or-clause", SEVERITY_ERROR,
            "INSERT OR or UPDATE OR exists only in SQLite",
            "insert-or", "update-or", "or-abort");
