/*
 * dialect/update-limit
 *
 * SQLite, built so, changes the first rows only when UPDATE or DELETE has a LIMIT. To Postgres it
 * is a syntax error; rows chosen by their key in a subquery are the same on both.
 *
 * Bad:
 *     con.execute("DELETE FROM seen ORDER BY id LIMIT 10")
 *
 * Good:
 *     con.execute(text("DELETE FROM seen WHERE id IN (SELECT id FROM seen ORDER BY id LIMIT 10)"))
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. A table without a
 * primary key needs one first.
 */
#include "rules/rule.h"

DIALECT_RULE(update_limit, "update-limit", SEVERITY_ERROR,
             "UPDATE or DELETE with LIMIT");
