/*
 * dialect/double-quoted-string
 *
 * A word in double quotes is a name. SQLite takes it for a string when no column is called so;
 * Postgres says that the column does not exist.
 *
 * Bad:
 *     con.execute("DELETE FROM users WHERE name = \"nobody\"")
 *
 * Good:
 *     con.execute(text("DELETE FROM users WHERE name = 'nobody'"))
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. It is made only
 * where the catalog shows that no such column exists.
 */
#include "rules/rule.h"

DIALECT_RULE(double_quoted_string, "double-quoted-string", SEVERITY_ERROR,
             "a string in double quotes");
