/*
 * dialect/full-text
 *
 * Virtual tables (FTS3 to FTS5, r-tree) and MATCH, bm25(), snippet() belong to modules of SQLite.
 * Postgres has full text search of another design, tsvector, and no text that both take.
 *
 * Bad:
 *     rows = con.execute("SELECT name FROM users WHERE name MATCH 'ada' ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT name FROM users WHERE LOWER(name) = 'ada' ORDER BY id")).fetchall()
 *
 * There is no fix: design the search for each database behind one function.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, full_text, "full-text", SEVERITY_ERROR,
            "full text search of SQLite",
            "match", "virtual-table");
