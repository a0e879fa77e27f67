/*
 * dialect/order-term
 *
 * Postgres takes names of results in ORDER BY and GROUP BY only when they stand alone, and nowhere
 * else, and not when two results are called so; behind DISTINCT and UNION it orders by results only; a
 * constant that is bound or quoted is an error there and does nothing in SQLite.
 *
 * Bad:
 *     rows = con.execute("SELECT user_id, COUNT(*) AS n FROM orders GROUP BY user_id HAVING n > 1 ORDER BY user_id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT user_id, COUNT(*) AS n FROM orders GROUP BY user_id HAVING COUNT(*) > 1 ORDER BY user_id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. It repeats the
 * expression behind the name; what is not among the results of a DISTINCT or UNION has to be
 * selected by a person.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, order_term, "order-term", SEVERITY_ERROR,
            "ORDER BY, GROUP BY or WHERE names what Postgres does not take there",
            "order-by-constant", "group-by-constant", "alias-use", "distinct-order", "order-ambiguous",
            "compound-order");
