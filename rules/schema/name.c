/*
 * schema/name
 *
 * Postgres reads 63 bytes of a name and cuts the rest; two names that differ later are one there, and an empty
 * name is none.
 *
 * Bad:
 *     con.execute("CREATE TABLE m (a_name_that_says_everything_there_is_to_say_about_this_single_column INTEGER)")
 *
 * Good:
 *     con.execute(text("CREATE TABLE m (a_name INTEGER)"))
 *
 * There is no fix: every statement has to use the other name, too.
 */
#include "rules/rule.h"

SCHEMA_RULE(name, "name", SEVERITY_INFO, "a name that Postgres does not keep", "SC-24",
            "rename it on SQLite first, and in the statements");
