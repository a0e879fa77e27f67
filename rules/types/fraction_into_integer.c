/*
 * types/fraction-into-integer
 *
 * SQLite keeps 1.5 in an INTEGER column as it is. Postgres rounds it to 2, without an error.
 *
 * Bad:
 *     con.execute("UPDATE orders SET quantity = 1.5 WHERE id = 1")
 *
 * Good:
 *     con.execute(text("UPDATE orders SET quantity = 2 WHERE id = 1"))
 *
 * The port leaves this as it is, for the two may differ only in what is meant: round it yourself,
 * or make the column a float.
 */
#include "rules/rule.h"

REMARK_RULE(types, fraction_into_integer, "fraction-into-integer", SEVERITY_WARNING,
            "a fraction goes into an INTEGER column",
            "fraction-into-integer");
