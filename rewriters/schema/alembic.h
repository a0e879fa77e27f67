/*
 * The schema as the first revision of Alembic.
 *
 * One module with upgrade() and downgrade(), which make and remove what ddl_of() decided: on
 * Postgres the same as ddl_text() makes there, on SQLite tables that the ported program can work
 * with (BIGSERIAL is INTEGER PRIMARY KEY, JSONB is JSON, COLLATE NOCASE stays, defaults that have
 * other words on each database are told in both). Findings are comments, `# lite2pg: CODE message`,
 * before what they are about.
 */
#ifndef REWRITERS_SCHEMA_ALEMBIC_H
#define REWRITERS_SCHEMA_ALEMBIC_H

#include "rewriters/schema/ddl.h"

/* "0001_shop_baseline" for a file shop.sql: the name of the module, without ".py". */
Str alembic_name(Arena *arena, Str source);

/* `name` as alembic_name() gives it. */
Str alembic_text(Arena *arena, const Ddl *ddl, Str name);

#endif
