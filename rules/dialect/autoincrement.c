/*
 * dialect/autoincrement
 *
 * AUTOINCREMENT is a syntax error on Postgres, where a column that numbers its rows is declared in
 * another way.
 *
 * Bad:
 *     con.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT)")
 *
 * Good:
 *     if con.dialect.name == "postgresql":
 *         con.execute(text("CREATE TABLE notes (id BIGSERIAL PRIMARY KEY, body TEXT)"))
 *     else:
 *         con.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT)"))
 *
 * The fix is the port of the call, and unsafe: each database gets its own words. Better, a migration
 * makes the tables, one definition for both, and not the program.
 */
#include "rules/rule.h"

DIALECT_RULE(autoincrement, "autoincrement", SEVERITY_ERROR,
             "AUTOINCREMENT exists only in SQLite");
