/*
 * dialect/insert-or-replace
 *
 * INSERT OR REPLACE (and REPLACE INTO) deletes the row that is in the way and inserts a new one:
 * columns that are not named lose their values, and rows that refer to it go with ON DELETE
 * CASCADE. Postgres has neither spelling.
 *
 * Bad:
 *     con.execute("INSERT OR REPLACE INTO settings (key, value) VALUES ('theme', 'dark')")
 *
 * Good:
 *     con.execute(text("INSERT INTO settings (key, value) VALUES ('theme', 'dark') ON CONFLICT (key) DO UPDATE SET value = excluded.value"))
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. An upsert on the
 * key keeps what is not named, so it means the same only where all columns are given.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, insert_or_replace, "insert-or-replace", SEVERITY_ERROR,
            "INSERT OR REPLACE exists only in SQLite",
            "insert-or-replace", "replace-null");
