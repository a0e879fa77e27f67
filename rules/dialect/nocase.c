/*
 * dialect/nocase
 *
 * COLLATE NOCASE, RTRIM and BINARY are SQLite's. A column that was declared with NOCASE compares,
 * orders and is unique without case there; the same column of Postgres minds it, without an error.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM users WHERE name = 'ada' COLLATE NOCASE ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT id FROM users WHERE LOWER(name) = LOWER('ada') ORDER BY id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. It compares
 * LOWER() of both sides, which folds letters beyond ASCII on Postgres alone. A column that was
 * declared so needs citext there, or LOWER() in the statement.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, nocase, "nocase", SEVERITY_WARNING,
            "a collation that only SQLite has",
            "collate-nocase", "nocase-column", "collate", "collate-binary", "column-collation",
            "collate-number");
