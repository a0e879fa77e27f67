/*
 * dialect/quoted-identifier
 *
 * SQLite takes names in backticks and in brackets, as MySQL and SQL Server spell them. Postgres
 * takes neither; double quotes mean a name on both.
 *
 * Bad:
 *     con.execute("DELETE FROM `seen` WHERE [id] = 1")
 *
 * Good:
 *     con.execute(text("DELETE FROM seen WHERE id = 1"))
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. A name keeps
 * quotes, double ones, where it needs any.
 */
#include "rules/rule.h"

DIALECT_RULE(quoted_identifier, "quoted-identifier", SEVERITY_ERROR,
             "a name in backticks or brackets");
