/*
 * dialect/schema-statement
 *
 * Tables, views and indexes are spelled otherwise on each database: keys that count, types,
 * defaults, IF NOT EXISTS for views, expressions in indexes. One text for both seldom exists, and a
 * migration says for each what is needed.
 *
 * Bad:
 *     con.execute("CREATE TABLE IF NOT EXISTS seen (id INTEGER PRIMARY KEY)")
 *
 * Good:
 *     if con.dialect.name == "postgresql":
 *         con.execute(text("CREATE TABLE IF NOT EXISTS seen (id BIGSERIAL PRIMARY KEY)"))
 *     else:
 *         con.execute(text("CREATE TABLE IF NOT EXISTS seen (id INTEGER PRIMARY KEY)"))
 *
 * The fix is the port of the call, and unsafe: one text where both databases read it (INTEGER becomes
 * BIGINT), else each its own. Better, move it into a migration (`lite2pg schema --emit alembic` writes
 * the first).
 */
#include "rules/rule.h"

REMARK_RULE(dialect, schema_statement, "schema-statement", SEVERITY_WARNING,
            "the program changes its schema itself",
            "create-table", "create-view", "create-index", "alter-table", "drop",
            "temporary-table", "temporary-names", "table-left-out");
