/*
 * dialect/json-extract
 *
 * json_extract() is SQLite's. `->` and `->>` are known to both since SQLite 3.38, but a path such
 * as '$.a.b' is a plain key to Postgres and finds nothing, the left side has to be JSON, and `->>`
 * gives text where SQLite gives a number.
 *
 * Bad:
 *     rows = con.execute("SELECT json_extract(meta, '$.color') AS color FROM orders ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT (meta ->> 'color') AS color FROM orders ORDER BY id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. It writes ->>;
 * whether the value was a number is for a person to say.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, json_extract, "json-extract", SEVERITY_ERROR,
            "JSON is read by a path",
            "json-extract", "json-arrow", "json-path", "json-arrow-text", "json-key", "json-number",
            "json-bind");
