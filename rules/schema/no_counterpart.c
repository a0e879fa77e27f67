/*
 * schema/no-counterpart
 *
 * Triggers are written in another language on Postgres, FTS and R-Tree tables do not exist there, and some views
 * read what is not there. They are left out, with all that rests on them.
 *
 * Bad:
 *     con.execute("CREATE VIRTUAL TABLE notes_fts USING fts5(title, body)")
 *
 * Good:
 *     con.execute(text("CREATE TABLE notes_text (title TEXT, body TEXT)"))
 *
 * There is no fix: full text search is tsvector and an index of its own on Postgres; what a trigger does moves
 * into the program or into PL/pgSQL.
 */
#include "rules/rule.h"

SCHEMA_RULE(no_counterpart, "no-counterpart", SEVERITY_ERROR, "a trigger, virtual table or view that Postgres does not have", "SC-25 SC-26 SC-28 SC-19",
            "decide what does its work on Postgres");
