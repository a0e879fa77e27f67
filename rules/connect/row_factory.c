/*
 * connect/row-factory
 *
 * row_factory decides how all rows of a connection look. SQLAlchemy has nothing like it: setting
 * the attribute does nothing, and rows are asked for by name at each query, with `.mappings()`.
 *
 * Bad:
 *     def name_of(path):
 *         db = sqlite3.connect(path)
 *         db.row_factory = sqlite3.Row
 *         return db.execute("SELECT name FROM users WHERE id = 1").fetchone()["name"]
 *
 * Good:
 *     def name_of(path):
 *         db = engine_for(path).connect()
 *         return db.execute(text("SELECT name FROM users WHERE id = 1")).mappings().fetchone()["name"]
 *
 * The assignment goes with the port of the provider, and each reader asks for the form it needs. A
 * factory of one's own (a function, a class) is for a person to replace.
 */
#include "rules/rule.h"

static void check(RuleRun *run, const Store *store)
{
    const Tree *tree   = rule_tree(run);
    NodeId      object = tree_field(tree, store->at.node, F_OBJECT);

    if (!rule_is(run, object, ROLE_CONNECTION) && !rule_is(run, object, ROLE_CURSOR))
        return;
    report(run, store->at.node,
           "row_factory has no counterpart in SQLAlchemy: ask for .mappings() where rows are read");
}

RULE(connect, row_factory) = {
    .id        = "connect/row-factory",
    .summary   = "row_factory decides how rows look",
    .severity  = SEVERITY_WARNING,
    .attribute = "row_factory",
    .on.store  = check,
};
