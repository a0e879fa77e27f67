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
 *     con.execute(text("INSERT INTO seen (id) VALUES (1)"))
 *
 * There is no fix: tables are made by migrations, one definition for both databases, not by the
 * program.
 */
#include "rules/rule.h"

DIALECT_RULE(autoincrement, "autoincrement", SEVERITY_ERROR,
             "AUTOINCREMENT exists only in SQLite");
