/*
 * dialect/replace-deletes
 *
 * REPLACE does not change the row in the way but deletes it and inserts another: the row gets a new
 * number, rows that refer to it go with ON DELETE CASCADE, columns that are not named get their
 * defaults. ON CONFLICT DO UPDATE, which the port writes, keeps the row.
 *
 * Bad:
 *     con.execute("REPLACE INTO users (id, name) VALUES (1, 'ada')")
 *
 * Good:
 *     con.execute(text("INSERT INTO users (id, name) VALUES (1, 'ada') ON CONFLICT (id) DO UPDATE SET name = excluded.name"))
 *
 * The port leaves this as it is, for the two may differ only in what is meant: an upsert that names
 * what changes keeps the row on both, if that is what was meant.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, replace_deletes, "replace-deletes", SEVERITY_WARNING,
            "REPLACE deletes the old row with what hangs on it",
            "replace-key", "replace-parent", "replace-defaults");
