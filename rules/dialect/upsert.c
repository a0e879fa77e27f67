/*
 * dialect/upsert
 *
 * Postgres wants the key behind ON CONFLICT DO UPDATE, wants to know in SET whether the old row's
 * column or excluded's is meant, takes one ON CONFLICT, and gives up when one key comes twice among
 * the rows. SQLite is content without.
 *
 * Bad:
 *     con.execute("INSERT INTO settings (key, value) VALUES ('theme', 'dark') ON CONFLICT (key) DO UPDATE SET value = value || excluded.value")
 *
 * Good:
 *     con.execute(text("INSERT INTO settings (key, value) VALUES ('theme', 'dark') ON CONFLICT (key) DO UPDATE SET value = settings.value || excluded.value"))
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. Where it is not
 * clear which key is meant, a person has to say it.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, upsert, "upsert", SEVERITY_ERROR,
            "ON CONFLICT is written as only SQLite takes it",
            "upsert-target", "upsert-ambiguous", "upsert-twice", "several-conflicts",
            "conflict-expression", "constraint-conflict");
