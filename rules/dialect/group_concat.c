/*
 * dialect/group-concat
 *
 * group_concat() joins the values of a group into text. Postgres has string_agg(), which SQLite
 * knows only since 3.44, and neither promises an order.
 *
 * Bad:
 *     con.execute("SELECT group_concat(name, ', ') FROM users")
 *
 * Good:
 *     con.execute(text("SELECT name FROM users ORDER BY name"))
 *
 * The port gives each database a text of its own (unsafe). Better, read the values in order and
 * join them in Python.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, group_concat, "group-concat", SEVERITY_ERROR,
            "group_concat() exists only in SQLite",
            "group-concat", "gathered-order", "gathered-unordered");
