/*
 * dialect/operator-order
 *
 * SQLite and Postgres do not agree which operators bind first: `||`, the bit operators, and
 * comparisons in a row (`a = b = c`). Postgres reads another statement, or refuses it.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM users WHERE logins = 1 = is_active ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT id FROM users WHERE (logins = 1) = is_active ORDER BY id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. It sets SQLite's
 * order in parentheses.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, operator_order, "operator-order", SEVERITY_ERROR,
            "operators bind in another order",
            "operator-order", "chained-comparison");
