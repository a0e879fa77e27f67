/*
 * types/type-mix
 *
 * SQLite compares whatever it meets, a text with a number too, and keeps any value in any column; a
 * CASE, a COALESCE or a UNION may give several types. Postgres refuses it, or reads the text as a
 * number and finds other rows.
 *
 * Bad:
 *     rows = con.execute("SELECT id FROM users WHERE logins = 'many' ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT id FROM users WHERE logins = 5 ORDER BY id")).fetchall()
 *
 * There is no fix: write a value of the column's type. Where a text column meets a number the port
 * of the unit makes text of it.
 */
#include "rules/rule.h"

REMARK_RULE(types, type_mix, "type-mix", SEVERITY_ERROR,
            "values of different types are compared or become one",
            "type-mix", "text-of-digits", "number-was-text", "extreme-type", "row-compare", "compound-types",
            "empty-text");
