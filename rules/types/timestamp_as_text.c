/*
 * types/timestamp-as-text
 *
 * A time is text in SQLite, as it was written; Postgres writes its own form of it, 2024-01-02
 * 03:04:05+00. Put together with text, measured or cut, each database gives another result; the
 * first ten characters agree. CURRENT_TIME is a type of its own in Postgres.
 *
 * Bad:
 *     rows = con.execute("SELECT 'seen ' || seen_at AS seen FROM users ORDER BY id").fetchall()
 *
 * Good:
 *     rows = [f"seen {r.seen_at}" for r in con.execute(text("SELECT seen_at FROM users ORDER BY id"))]
 *
 * The port leaves this as it is, for the two may differ only in what is meant: format the time in
 * Python.
 */
#include "rules/rule.h"

REMARK_RULE(types, timestamp_as_text, "timestamp-as-text", SEVERITY_WARNING,
            "a time is used as text",
            "timestamp-as-text", "current-time", "today-as-text", "time-text");
