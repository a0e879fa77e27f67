/*
 * dialect/sqlite-function
 *
 * typeof() asks for what each value is, which a column of Postgres settles once; likely() and its
 * like speak to SQLite's planner; sqlite_version() and load_extension() are about the library;
 * count() without its star and total() are SQLite's shorthand.
 *
 * Bad:
 *     rows = con.execute("SELECT total(quantity) AS pieces FROM orders").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT COALESCE(CAST(sum(quantity) AS DOUBLE PRECISION), CAST(0 AS DOUBLE PRECISION)) AS pieces FROM orders")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. It writes total()
 * and count() as SUM() and COUNT(*); the others have no counterpart, and are left to a person.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, sqlite_function, "sqlite-function", SEVERITY_ERROR,
            "a function that only SQLite has",
            "typeof", "likely", "total", "count-empty", "sqlite-version", "load-extension");
