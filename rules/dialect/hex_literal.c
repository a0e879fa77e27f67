/*
 * dialect/hex-literal
 *
 * 0x1F is a number in SQLite. Postgres 15 reads 0 and a name x1F.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM users WHERE logins = 0x1F ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT id FROM users WHERE logins = 31 ORDER BY id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

DIALECT_RULE(hex_literal, "hex-literal", SEVERITY_ERROR,
             "a hexadecimal number");
