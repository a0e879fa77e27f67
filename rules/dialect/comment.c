/*
 * dialect/comment
 *
 * Comments nest in Postgres, so the sign that begins one, within another, never ends; a comment
 * that runs to the end of the text has to be closed there; and signs without a blank between them
 * (`&-`, `||-`) are one operator.
 *
 * Bad:
 *     rows = con.execute("SELECT logins&-2 AS even FROM users ORDER BY id").fetchall()
 *
 * Good:
 *     rows = con.execute(text("SELECT logins& -2 AS even FROM users ORDER BY id")).mappings().fetchall()
 *
 * The fix is the port of the whole unit; the finding carries that unit's verdict.
 */
#include "rules/rule.h"

REMARK_RULE(dialect, comment, "comment", SEVERITY_ERROR,
            "signs that Postgres reads otherwise",
            "nested-comment", "open-comment", "joined-operators", "vertical-tab",
            "byte-order-mark");
