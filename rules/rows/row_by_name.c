/*
 * rows/row-by-name
 *
 * A sqlite3.Row is read by name. SQLAlchemy's Row is a tuple: `row["name"]` raises TypeError, and
 * rows that are read by name have to be asked for with `.mappings()`.
 *
 * Bad:
 *     user = con.execute("SELECT name FROM users WHERE id = 1").fetchone()
 *     greeting = "Hello " + user["name"]
 *
 * Good:
 *     user = con.execute(text("SELECT name FROM users WHERE id = 1")).mappings().fetchone()
 *     greeting = "Hello " + user["name"]
 *
 * The fix changes the query that the row comes from, not the places that read it; where a row is
 * also used as a tuple, the named uses become `row._mapping["name"]`.
 */
#include "rules/rule.h"

static void check(RuleRun *run, const RowUse *use)
{
    if (use->kind != ROW_BY_NAME)
        return;
    const Value *row     = rule_value(run, use->row, ROLE_DB_ROW);
    Finding     *finding =
        report(run, use->node, "a Row of SQLAlchemy is not read by name: ask for .mappings()");
    if (row)
        note(finding, run, (Place) { row->a, row->b }, "the row is fetched here");
}

RULE(rows, row_by_name) = {
    .id         = "rows/row-by-name",
    .summary    = "a row is read by name",
    .severity   = SEVERITY_ERROR,
    .on.row_use = check,
};
