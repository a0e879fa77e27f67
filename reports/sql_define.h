/*
 * A definition that comes as one statement.
 *
 * What a table is made of is written otherwise on each database, so the translator refuses CREATE
 * TABLE, CREATE INDEX and ALTER TABLE … ADD COLUMN: they belong into a migration. Who asks for Postgres alone gets there what
 * `lite2pg schema` would write. sql_define() makes that of a refused translation: one edit for the
 * whole statement, the target Postgres, the verdict SQL_DIFFERS and what there is to say as remarks.
 * A translation that is not of such a statement, or was refused for another reason, stays as it is.
 */
#ifndef REPORTS_SQL_DEFINE_H
#define REPORTS_SQL_DEFINE_H

#include "rewriters/sql/translate.h"

void sql_define(Arena *arena, Translation *translation, const TranslateOptions *options);

#endif
