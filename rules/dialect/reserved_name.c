/*
 * dialect/reserved-name
 *
 * Words such as user, end, offset, desc and limit are names to SQLite where the grammar allows.
 * Postgres keeps them for itself and wants double quotes around them, or AS before them.
 *
 * Bad:
 *     rows = con.execute("SELECT user.name FROM users AS user ORDER BY user.id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT \"user\".name FROM users AS \"user\" ORDER BY \"user\".id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, reserved_name, "reserved-name", SEVERITY_ERROR,
            "a name that Postgres keeps for itself",
            "reserved-name", "colon-name");
