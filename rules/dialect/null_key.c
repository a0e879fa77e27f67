/*
 * dialect/null-key
 *
 * NULL for an INTEGER PRIMARY KEY makes SQLite choose the number, and other keys may be NULL there
 * at all. Postgres refuses NULL in a primary key; left out, both choose.
 *
 * Bad:
 *     con.execute("INSERT INTO orders (id, user_id, title, quantity, price) VALUES (NULL, 1, 'pen', 2, 0.5)")
 *
 * Good:
 *     con.execute(text("INSERT INTO orders (user_id, title, quantity, price) VALUES (1, 'pen', 2, 0.5)"))
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, null_key, "null-key", SEVERITY_ERROR,
            "NULL is given for a key",
            "null-key", "missing-key", "default-values");
