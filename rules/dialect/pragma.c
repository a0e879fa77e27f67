/*
 * dialect/pragma
 *
 * PRAGMA reads and sets what only SQLite has: journals, foreign key checks, its own schema.
 * Postgres does not know the word.
 *
 * Bad:
 *     version = con.execute("PRAGMA user_version").fetchone()[0]
 *
 * Good:
 *     version = con.execute(text("SELECT MAX(version) AS version FROM versions")).scalar()
 *
 * There is no fix for what a program keeps or looks up there. The port makes settings on SQLite alone
 * (in the engine's `connect` event, where the connection is opened) and has table_info() answered by
 * Postgres' own catalogs; sqlalchemy.inspect() knows both.
 */
#include "rules/rule.h"

DIALECT_RULE(pragma, "pragma", SEVERITY_ERROR,
             "PRAGMA exists only in SQLite");
