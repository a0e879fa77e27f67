/*
 * dialect/unknown-column
 *
 * The catalog, made of the project's schema and migrations, has no such column, or the values do
 * not match the columns in number. Either the schema that was read is old, or the statement fails
 * on both databases.
 *
 * Bad:
 *     rows = con.execute("SELECT nickname FROM users ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT name FROM users ORDER BY id")).fetchall()
 *
 * The port leaves this as it is, for the two may differ only in what is meant: bring the schema up
 * to date, or correct the name.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, unknown_column, "unknown-column", SEVERITY_WARNING,
            "a column that the schema does not have",
            "unknown-column", "column-count");
