/*
 * dialect/last-insert-rowid
 *
 * last_insert_rowid() asks the connection what it numbered last. Postgres has no such function;
 * RETURNING gives the number with the insert itself, on both.
 *
 * Bad:
 *     con.execute("SELECT last_insert_rowid()")
 *
 * Good:
 *     key = con.execute(text("INSERT INTO users (name) VALUES ('new') RETURNING id")).scalar_one()
 *
 * There is no fix where the insert stands in another statement: add RETURNING to it and read the
 * key there.
 */
#include "rules/rule.h"

DIALECT_RULE(last_insert_rowid, "last-insert-rowid", SEVERITY_ERROR,
             "last_insert_rowid() exists only in SQLite");
