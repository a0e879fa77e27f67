/*
 * dialect/recursive
 *
 * SQLite finds out by itself that a table of WITH is recursive. Postgres wants WITH RECURSIVE, and
 * takes the types of the first part for the whole: a literal 1 makes a column of 32 bits.
 *
 * Bad:
 *     rows = con.execute("WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i FROM n ORDER BY i").fetchall()
 *
 * Good:
 *     rows = con.execute(text("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i FROM n ORDER BY i")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, recursive, "recursive", SEVERITY_ERROR,
            "a table of WITH uses itself",
            "recursive", "recursive-type");
