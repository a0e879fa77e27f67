/*
 * types/text-arithmetic
 *
 * SQLite takes the number at the beginning of a text, or 0, so '12 pieces' + 1 is 13 and SUM() of a
 * text column is a number. Postgres refuses.
 *
 * Bad:
 *     rows = con.execute("SELECT SUM(title) AS n FROM orders").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT SUM(quantity) AS n FROM orders")).fetchall()
 *
 * There is no fix: make the column a number, or calculate in Python.
 */
#include "rules/rule.h"

REMARK_RULE(types, text_arithmetic, "text-arithmetic", SEVERITY_ERROR,
            "text is calculated with",
            "text-arithmetic");
