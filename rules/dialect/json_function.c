/*
 * dialect/json-function
 *
 * json(), json_array(), json_set(), json_group_array(), json_each() and the others are SQLite's;
 * Postgres calls its own jsonb_build_array, jsonb_set, jsonb_agg, and the results are written in
 * another way. generate_series() and other tables out of functions differ as well.
 *
 * Bad:
 *     rows = con.execute("SELECT json_group_array(name) AS names FROM users").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT name FROM users ORDER BY id")).fetchall()
 *
 * The port gives each database a text of its own (unsafe) where that is known. Better, read the
 * rows and build the JSON in Python.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, json_function, "json-function", SEVERITY_ERROR,
            "a JSON function of SQLite",
            "json-function", "table-function", "json-valid", "json-change", "json-each",
            "json-text", "json-gathered-order", "json-gathered");
