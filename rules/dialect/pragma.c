/*
 * dialect/pragma
 *
 * PRAGMA reads and sets what only SQLite has: journals, foreign key checks, its own schema.
 * Postgres does not know the word.
 *
 * Bad:
 *     columns = con.execute("PRAGMA table_info(users)").fetchall()
 *
 * Good:
 *     from sqlalchemy import inspect
 *     columns = inspect(con).get_columns("users")
 *
 * There is no fix: settings of a connection belong into the engine's `connect` event, for SQLite
 * alone; questions about the schema go to sqlalchemy.inspect().
 */
#include "rules/rule.h"

DIALECT_RULE(pragma, "pragma", SEVERITY_ERROR,
             "PRAGMA exists only in SQLite");
