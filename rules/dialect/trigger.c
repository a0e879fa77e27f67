/*
 * dialect/trigger
 *
 * A statement writes to a table with triggers, or to a view by INSTEAD OF triggers, or makes one.
 * Triggers of Postgres are functions in another language; until they are written again the
 * statement runs there and the trigger's work is missing, without an error.
 *
 * Bad:
 *     con.execute("INSERT INTO audited (name) VALUES ('ada')")
 *
 * Good:
 *     with con.begin():
 *         con.execute(text("INSERT INTO users (name) VALUES ('ada')"))
 *         con.execute(text("UPDATE users SET logins = logins + 1"))
 *
 * The port leaves this as it is, for the two may differ only in what is meant: write the trigger
 * anew in a migration, or do its work in Python.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, trigger, "trigger", SEVERITY_WARNING,
            "a trigger does part of the work",
            "trigger", "create-trigger", "view-write");
