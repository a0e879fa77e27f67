/*
 * dialect/order-ties
 *
 * Rows with the same values in ORDER BY come in any order. Where LIMIT takes some of them, or a
 * window function numbers or picks them, each database may take other ones; the primary key at the
 * end of ORDER BY decides.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM users ORDER BY name LIMIT 10").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT id FROM users ORDER BY name, id LIMIT 10")).fetchall()
 *
 * The port leaves this as it is, for the two may differ only in what is meant: end ORDER BY with
 * the primary key.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, order_ties, "order-ties", SEVERITY_WARNING,
            "rows that are alike to ORDER BY are cut off or counted",
            "order-ties", "window-ties", "moving-key");
