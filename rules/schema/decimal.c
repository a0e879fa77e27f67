/*
 * schema/decimal
 *
 * DECIMAL(10, 2) is only a word to SQLite: it keeps what it is given, as an integer or a float. Postgres' NUMERIC
 * rounds to the places and gives Decimal to the program, where floats came before.
 *
 * Bad:
 *     SCHEMA = "CREATE TABLE prices (id INTEGER PRIMARY KEY, amount DECIMAL(10, 2))"
 *     con.executescript(SCHEMA)
 *
 * Good:
 *     con.execute(text("CREATE TABLE prices (id INTEGER PRIMARY KEY, amount DOUBLE PRECISION)"))
 *
 * There is no fix: money is best kept as NUMERIC, and then the program has to expect Decimal.
 */
#include "rules/rule.h"

SCHEMA_RULE(decimal, "decimal", SEVERITY_INFO, "numbers with a fixed number of places", "SC-06",
            "choose DOUBLE PRECISION or NUMERIC by the setting `types`");
