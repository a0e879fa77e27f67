/*
 * types/untyped-bind
 *
 * Postgres tells the type of a bind by what it meets. Two binds, or a bind and a constant (`? =
 * 'all'`, `? IS NULL`), tell nothing: it takes text, or refuses, where SQLite compares what comes.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM users WHERE ? = 'all' ORDER BY id", (uid,)).fetchall()
 *
 * Good:
 *     sql = "SELECT id FROM users ORDER BY id" if uid == "all" else "SELECT id FROM users WHERE id = :id"
 *     rows = con.execute(text(sql), {"id": uid}).fetchall()
 *
 * The port leaves this as it is, for the two may differ only in what is meant: decide in Python, or
 * give the bind a CAST.
 */
#include "rules/rule.h"

REMARK_RULE(types, untyped_bind, "untyped-bind", SEVERITY_WARNING,
            "the type of a bind cannot be told",
            "untyped-bind", "untyped-literal", "sentinel", "untyped-null", "nullif-type");
