/*
 * dialect/sqlite-master
 *
 * sqlite_master (sqlite_schema) is SQLite's list of its own tables. Postgres keeps that elsewhere,
 * and differently.
 *
 * Bad:
 *     con.execute("SELECT name, rootpage FROM sqlite_master WHERE type = 'table' ORDER BY name")
 *
 * Good:
 *     from sqlalchemy import inspect
 *     names = sorted(inspect(con).get_table_names())
 *
 * There is no fix for what SQLite alone can tell. Where names and kinds are asked for, the port asks
 * Postgres' own catalogs in their place (unsafe: names are small there, and definitions have no text);
 * sqlalchemy.inspect() knows both databases.
 */
#include "rules/rule.h"

DIALECT_RULE(sqlite_master, "sqlite-master", SEVERITY_ERROR,
             "sqlite_master exists only in SQLite");
