/*
 * dialect/attach
 *
 * ATTACH brings a second file into a connection, and `name.table` says which one is meant; `main`
 * is the first, `temp` one of the connection. Postgres attaches nothing, and what stands before the
 * dot is a schema there.
 *
 * Bad:
 *     con.execute("ATTACH DATABASE 'old.db' AS old")
 *
 * Good:
 *     old_engine = create_engine("sqlite:///old.db")
 *
 * There is no fix: decide where the tables of the other file go. `main.` alone goes with the port
 * of the unit.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, attach, "attach", SEVERITY_ERROR,
            "another database is named in a statement",
            "attach", "attached-schema", "main-schema");
