/*
 * dialect/sqlite-master
 *
 * sqlite_master (sqlite_schema) is SQLite's list of its own tables. Postgres keeps that elsewhere,
 * and differently.
 *
 * Bad:
 *     con.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
 *
 * Good:
 *     from sqlalchemy import inspect
 *     names = sorted(inspect(con).get_table_names())
 *
 * There is no fix: ask sqlalchemy.inspect(), which knows both databases.
 */
#include "rules/rule.h"

DIALECT_RULE(sqlite_master, "sqlite-master", SEVERITY_ERROR,
             "sqlite_master exists only in SQLite");
