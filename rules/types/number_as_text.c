/*
 * types/number-as-text
 *
 * A float reads 100.0 in SQLite and 100 in Postgres, a boolean 1 and true, and JSON and bytes in
 * other ways again: put together with text, cast, or given to a function for text, they give other
 * texts without an error. Two numbers are put together by SQLite alone.
 *
 * Bad:
 *     rows = con.execute("SELECT 'costs ' || price AS label FROM orders ORDER BY id").fetchall()
 *
 * Good:
 *     rows = [f"costs {r.price}" for r in con.execute(text("SELECT price FROM orders ORDER BY id"))]
 *
 * The port leaves this as it is, for the two may differ only in what is meant: format the number in
 * Python.
 */
#include "rules/rule.h"

REMARK_RULE(types, number_as_text, "number-as-text", SEVERITY_WARNING,
            "a number is used as text",
            "number-as-text", "text-function", "concatenation", "plus-before-text", "mix-as-text");
