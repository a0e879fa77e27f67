/*
 * schema/generated-column
 *
 * A VIRTUAL column is computed when it is read; Postgres 15 knows stored ones only, and takes no expression that
 * depends on settings or on another generated column.
 *
 * Bad:
 *     SCHEMA = "CREATE TABLE boxes (w INTEGER, h INTEGER, area INTEGER AS (w * h))"
 *     con.executescript(SCHEMA)
 *
 * Good:
 *     con.execute(text("CREATE TABLE boxes (w INTEGER, h INTEGER, area INTEGER GENERATED ALWAYS AS (w * h) STORED)"))
 *
 * There is no fix: `lite2pg schema` stores what it can; it takes room, and a column it cannot keep is plain there.
 */
#include "rules/rule.h"

SCHEMA_RULE(generated_column, "generated-column", SEVERITY_INFO, "a generated column that changes", "SC-20",
            "look at what the column is used for");
