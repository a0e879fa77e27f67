/*
 * connect/sqlite3-annotation
 *
 * An annotation with sqlite3.Connection, Cursor or Row tells readers and type checkers something
 * that is no longer true once the function is given an SQLAlchemy connection.
 *
 * Bad:
 *     def first_name(db: sqlite3.Connection):
 *         return db.execute("SELECT name FROM users WHERE id = 1").fetchone()[0]
 *
 * Good:
 *     def first_name(db: Connection):
 *         return db.execute(text("SELECT name FROM users WHERE id = 1")).fetchone()[0]
 *
 * The annotation is changed with the unit it belongs to.
 */
#include "rules/rule.h"

/* The class that a name or a string spells; empty if it is none of sqlite3's. */
static Str class_of(RuleRun *run, NodeId name)
{
    static const char *const classes[] = { "Connection", "Cursor", "Row", NULL };
    const Value *value = rule_value(run, name, ROLE_SQLITE_NAME);
    Str          text  = tree_text(rule_tree(run), name);

    for (size_t i = 0; classes[i]; i++) {
        if (value && str_is(value->name, classes[i]))
            return value->name;
        if (tree_kind(rule_tree(run), name) == PY_STRING && str_contains(text, STR("sqlite3."))
            && str_contains(text, str_of(classes[i])))
            return str_of(classes[i]);
    }
    return STR("");
}

static void check(RuleRun *run, NodeId name)
{
    Str class = class_of(run, name);

    if (!class.len)
        return;
    const char *cure = str_is(class, "Connection") ? "Connection"
                     : str_is(class, "Cursor")     ? "CursorResult"
                                                   : "RowMapping";
    report(run, name, "sqlite3." STR_FORMAT " is promised here: SQLAlchemy gives a %s",
           STR_ARG(class), cure);
}

RULE(connect, sqlite3_annotation) = {
    .id            = "connect/sqlite3-annotation",
    .summary       = "an annotation names a class of sqlite3",
    .severity      = SEVERITY_WARNING,
    .on.annotation = check,
};
