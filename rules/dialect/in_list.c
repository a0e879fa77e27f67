/*
 * dialect/in-list
 *
 * `IN ()` is nothing to SQLite and a syntax error to Postgres, and so is `IN table`.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM users WHERE id IN seen ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT id FROM users WHERE id IN (SELECT id FROM seen) ORDER BY id")).fetchall()
 *
 * There is no fix for a table: write IN (SELECT … FROM it). The empty list goes with the port of
 * the unit.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, in_list, "in-list", SEVERITY_ERROR,
            "IN has no list, or a table for one",
            "empty-in", "in-table");
