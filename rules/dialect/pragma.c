/*
 * dialect/pragma
 *
 * PRAGMA reads and sets what only SQLite has: journals, foreign key checks, its own schema. Postgres does not
 * know the word.
 *
 * Bad:
 *     con.execute("PRAGMA foreign_keys = ON")
 *
 * Good:
 *     from sqlalchemy import inspect
 *     has_users = inspect(con).has_table("users")
 *
 * There is no fix: settings of a connection belong into the engine's `connect` event, for SQLite alone;
 * questions about the schema go to sqlalchemy.inspect().
 */
#include "rules/rule.h"

DIALECT_RULE(pragma, "pragma", SEVERITY_ERROR,
             "PRAGMA exists only in SQLite");
