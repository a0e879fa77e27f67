/*
 * schema/ignored-case
 *
 * COLLATE NOCASE makes comparisons, ORDER BY, UNIQUE and indexes of a column ignore the case of ASCII letters.
 * Postgres has no such collation: `email = :email` no longer finds what was written in other letters.
 *
 * Bad:
 *     con.execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT COLLATE NOCASE UNIQUE)")
 *
 * Good:
 *     con.execute(text("CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT UNIQUE)"))
 *
 * There is no fix: `lite2pg schema` puts a unique index over lower(email) in the place of the key; the statements
 * are for a person.
 */
#include "rules/rule.h"

SCHEMA_RULE(ignored_case, "ignored-case", SEVERITY_WARNING, "a column that ignores case", "SC-18",
            "compare LOWER() of both sides, or make the column citext");
