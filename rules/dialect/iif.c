/*
 * dialect/iif
 *
 * IIF(condition, a, b) is SQLite's. CASE WHEN is the same, and standard SQL.
 *
 * Bad:
 *     rows = con.execute("SELECT IIF(logins > 0, 'known', 'new') AS kind FROM users ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT CASE WHEN logins > 0 THEN 'known' ELSE 'new' END AS kind FROM users ORDER BY id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

DIALECT_RULE(iif, "iif", SEVERITY_ERROR,
             "IIF() exists only in SQLite");
