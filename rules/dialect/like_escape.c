/*
 * dialect/like-escape
 *
 * A backslash in a pattern is a character in SQLite and escapes the next one in Postgres, so
 * 'a\\_b' finds other rows there. With ESCAPE both do the same.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM users WHERE LOWER(name) LIKE 'c:\\\\%' ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT id FROM users WHERE LOWER(name) LIKE 'c:\\\\%' ESCAPE '~' ORDER BY id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, like_escape, "like-escape", SEVERITY_WARNING,
            "LIKE escapes in another way",
            "like-backslash", "like-escape");
