/*
 * dialect/null-order
 *
 * NULL is the smallest value to SQLite and the largest to Postgres: rows without a value come first
 * here and last there, and with LIMIT other rows come. NULLS FIRST and NULLS LAST say it on both,
 * since SQLite 3.30.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM users ORDER BY seen_at, id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT id FROM users ORDER BY seen_at NULLS FIRST, id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

DIALECT_RULE(null_order, "null-order", SEVERITY_INFO,
             "NULLs are ordered first only in SQLite");
