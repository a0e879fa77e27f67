/*
 * dialect/maintenance
 *
 * VACUUM, REINDEX, EXPLAIN QUERY PLAN and INDEXED BY look after SQLite's file. Postgres refuses
 * VACUUM within a transaction, means something else by REINDEX, shows plans in another form and
 * chooses its indexes itself.
 *
 * Bad:
 *     con.execute("VACUUM")
 *
 * Good:
 *     engine.dispose()
 *
 * The port gives each database a text of its own, which for VACUUM is none on Postgres: it is run
 * on SQLite alone (unsafe). The others are left as they are; INDEXED BY goes with the port of the
 * unit.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, maintenance, "maintenance", SEVERITY_ERROR,
            "the statement is about files, indexes or plans of SQLite",
            "vacuum", "reindex", "explain", "indexed-by", "analyze-name");
