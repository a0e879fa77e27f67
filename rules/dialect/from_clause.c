/*
 * dialect/from-clause
 *
 * SQLite takes JOIN without ON, ON behind CROSS JOIN or a comma, and subqueries in FROM without a
 * name. Postgres takes none of them, and behind a comma its JOIN does not see the tables before.
 *
 * Bad:
 *     rows = con.execute("SELECT n FROM (SELECT COUNT(*) AS n FROM users)").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT n FROM (SELECT COUNT(*) AS n FROM users) AS u")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, from_clause, "from-clause", SEVERITY_ERROR,
            "tables are joined as only SQLite takes it",
            "join-without-on", "comma-on", "comma-before-join", "join-alias", "subquery-alias",
            "same-name", "table-in-parentheses", "comma-in-parentheses", "later-table",
            "join-words", "natural-condition");
