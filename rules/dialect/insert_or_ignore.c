/*
 * dialect/insert-or-ignore
 *
 * INSERT OR IGNORE is a syntax error on Postgres. ON CONFLICT DO NOTHING skips rows that would
 * break a unique key on both databases; it does not skip rows that break NOT NULL or CHECK, as OR
 * IGNORE does.
 *
 * Bad:
 *     con.execute("INSERT OR IGNORE INTO seen (id) VALUES (1)")
 *
 * Good:
 *     con.execute(text("INSERT INTO seen (id) VALUES (1) ON CONFLICT DO NOTHING"))
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. It is safe only
 * where no other constraint of the table can be broken.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, insert_or_ignore, "insert-or-ignore", SEVERITY_ERROR,
            "INSERT OR IGNORE exists only in SQLite",
            "insert-or-ignore", "insert-or-ignore-null");
