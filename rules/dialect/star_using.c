/*
 * dialect/star-using
 *
 * `SELECT *` over a join by USING or NATURAL gives the common columns first in Postgres, and where
 * they stand in SQLite: values read by position are other ones, without an error.
 *
 * Bad:
 *     rows = con.execute("SELECT * FROM orders JOIN tags USING (title) ORDER BY orders.id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT orders.id, title FROM orders JOIN tags USING (title) ORDER BY orders.id")).fetchall()
 *
 * The port leaves this as it is, for the two may differ only in what is meant: name the columns.
 */
#include "rules/rule.h"

DIALECT_RULE(star_using, "star-using", SEVERITY_WARNING,
             "a star over a join by USING");
