/*
 * dialect/bare-column
 *
 * Beside GROUP BY or an aggregate SQLite takes a bare column from some row of the group, with MAX()
 * from the row of the maximum. Postgres refuses it, unless the primary key of its table is grouped
 * by.
 *
 * Bad:
 *     rows = con.execute("SELECT user_id, title, COUNT(*) AS n FROM orders GROUP BY user_id ORDER BY user_id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT user_id, MIN(title) AS title, COUNT(*) AS n FROM orders GROUP BY user_id ORDER BY user_id")).fetchall()
 *
 * The port gives each database a text of its own (unsafe): that of Postgres takes a row,
 * too. Better, say which row is meant. A column that follows from what is grouped by is added to
 * GROUP BY for both.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, bare_column, "bare-column", SEVERITY_ERROR,
            "a column is neither grouped by nor in an aggregate",
            "bare-column", "group-by-dependent", "order-of-one-row", "row-of-extreme",
            "column-of-a-row");
