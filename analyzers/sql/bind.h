/*
 * The binds of a statement and what each of them meets. Part of statement.c:
 * everybody else reads Statement.binds.
 */
#ifndef ANALYZERS_SQL_BIND_H
#define ANALYZERS_SQL_BIND_H

#include "analyzers/sql/statement.h"

BindVec binds_of(Arena *arena, const Sql *sql, const Statement *statement);

#endif
