/*
 * dialect/like-case
 *
 * LIKE ignores the case of ASCII letters in SQLite and minds it in Postgres, so rows are missing
 * there without an error. like() as a function is SQLite's alone.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM users WHERE name LIKE 'ad%' ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT id FROM users WHERE substr(LOWER(name), 1, 2) = 'ad' ORDER BY id")).fetchall()
 *
 * The port leaves this as it is, for the two may differ only in what is meant: say whether case
 * counts; what begins or equals LOWER(name) ignores it on both, and so does LOWER() on both sides
 * of LIKE.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, like_case, "like-case", SEVERITY_WARNING,
            "LIKE ignores case only in SQLite",
            "like-case", "like-function");
