/*
 * dialect/rowid
 *
 * Every table of SQLite has a hidden column rowid (oid, _rowid_). Postgres has none; the INTEGER
 * PRIMARY KEY, where there is one, is the same number under a name that both know.
 *
 * Bad:
 *     con.execute("DELETE FROM users WHERE rowid = 1")
 *
 * Good:
 *     con.execute(text("DELETE FROM users WHERE id = 1"))
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. A table without
 * an INTEGER PRIMARY KEY needs a key first.
 */
#include "rules/rule.h"

DIALECT_RULE(rowid, "rowid", SEVERITY_ERROR,
             "rowid exists only in SQLite");
