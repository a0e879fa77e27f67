/*
 * dialect/explicit-key
 *
 * SQLite goes on counting from the largest key there is. Postgres counts by a sequence that does
 * not see a number given by hand, so a later row meets it (UniqueViolation); and None, which makes
 * SQLite choose, is refused.
 *
 * Bad:
 *     con.execute("INSERT INTO users (id, name) VALUES (7, 'ada')")
 *
 * Good:
 *     con.execute(text("INSERT INTO users (name) VALUES ('ada')"))
 *
 * The port leaves this as it is, for the two may differ only in what is meant: leave the key to the
 * database, or set the sequence by setval() afterwards.
 */
#include "rules/rule.h"

DIALECT_RULE(explicit_key, "explicit-key", SEVERITY_WARNING,
             "a number is given for a key that counts");
