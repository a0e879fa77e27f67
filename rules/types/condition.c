/*
 * types/condition
 *
 * SQLite takes any value for a condition: a text is true when a number other than 0 begins it.
 * Postgres takes booleans alone, and refuses a text or an integer that is bound.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM users WHERE name ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT id FROM users WHERE name <> '' ORDER BY id")).fetchall()
 *
 * There is no fix for text: say what is compared with what. A bind stays in the port of the unit
 * and wants a bool.
 */
#include "rules/rule.h"

REMARK_RULE(types, condition, "condition", SEVERITY_ERROR,
            "a text or a bind stands for a condition",
            "text-condition", "bind-condition", "bind-boolean");
