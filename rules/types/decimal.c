/*
 * types/decimal
 *
 * SUM() of integers, AVG() and arithmetic with a literal such as 1.5 are decimals in Postgres:
 * Python gets a Decimal, which json refuses and floats do not multiply with, and a sum divides
 * without cutting off. SQLite gives an int or a float.
 *
 * Bad:
 *     rows = con.execute("SELECT SUM(quantity) AS pieces FROM orders").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT CAST(SUM(quantity) AS BIGINT) AS pieces FROM orders")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict. It puts CASTs
 * around them that give an int or a float on both.
 */
#include "rules/rule.h"

REMARK_RULE(types, decimal, "decimal", SEVERITY_WARNING,
            "a number comes as a Decimal, or as another kind of number",
            "sum-type", "avg-type", "decimal-literal", "result-number");
