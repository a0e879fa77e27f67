/*
 * types/timestamp-compare
 *
 * SQLite compares and orders the text of times, so '2024-01-02T03:04' comes behind '2024-01-02
 * 23:59'; Postgres compares instants. They agree only when all that is stored and all it is
 * compared with have one form.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM users WHERE seen_at > ? ORDER BY id", (datetime.now(timezone.utc),)).fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT id FROM users WHERE seen_at > :seen_at ORDER BY id"), {"seen_at": datetime.now(timezone.utc)}).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. It does not see
 * whether all that is stored has the form of what is bound; have one function of the program make
 * the times.
 */
#include "rules/rule.h"

REMARK_RULE(types, timestamp_compare, "timestamp-compare", SEVERITY_WARNING,
            "times are compared as texts",
            "timestamp-compare", "foreign-times", "day-as-timestamp");
