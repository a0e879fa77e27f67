/* Statements and tables that have no common form, and what to do instead. */
#include "rewriters/sql/work.h"

bool refused_table(Work *w, const Node *table)
{
    static const char *const own[] = { "sqlite_master", "sqlite_schema", "sqlite_temp_master",
                                       "sqlite_temp_schema", "sqlite_sequence", "sqlite_stat1" };
    Str name = name_of(w, table->name);

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (str_eq_nocase(name, str_of(own[i]))) {
            told(w, "SQL-32", "sqlite-master", SQL_DECIDE, span_of(table),
                 "Postgres has no " STR_FORMAT "; ask sqlalchemy.inspect(connection) for tables, "
                 "columns and indexes",
                 STR_ARG(name));
            return true;
        }
    if (name.len > 7 && str_eq_nocase(str_slice(name, 0, 7), STR("pragma_"))) {
        told(w, "SQL-32", "pragma", SQL_DECIDE, span_of(table),
             "Postgres has no PRAGMA; ask sqlalchemy.inspect(connection)");
        return true;
    }
    return false;
}

static const struct {
    NodeKind    kind;
    const char *code, *feature, *message;
} statements[] = {
    { NODE_PRAGMA, "SQL-32", "pragma",
      "PRAGMA is SQLite's alone; settings go into the engine's connect event behind a test of the "
      "dialect, questions about the schema to sqlalchemy.inspect(connection)" },
    { NODE_ATTACH, "SQL-33", "attach", "Postgres attaches no databases; decide where the tables go" },
    { NODE_DETACH, "SQL-33", "attach", "Postgres attaches no databases; decide where the tables go" },
    { NODE_VACUUM, "SQL-33", "vacuum",
      "VACUUM runs in no transaction on Postgres, and runs by itself there; leave it out" },
    { NODE_REINDEX, "SQL-33", "reindex", "REINDEX means something else on Postgres; leave it out" },
    { NODE_EXPLAIN, "SQL-33", "explain", "the plan looks otherwise on each database" },
    { NODE_CREATE_VIEW, "SC-25", "create-view",
      "a view belongs into a migration; Postgres has no CREATE VIEW IF NOT EXISTS" },
    { NODE_CREATE_TRIGGER, "SQL-40", "create-trigger",
      "a trigger is written in another language on Postgres; do it in Python or in a migration" },
    { NODE_CREATE_VIRTUAL_TABLE, "SQL-39", "virtual-table",
      "full text search and the like need a design of their own in Postgres" },
    { NODE_ALTER_TABLE, "SC-28", "alter-table", "a change of the schema belongs into a migration" },
    { NODE_CREATE_INDEX, "SC-17", "create-index",
      "an index belongs into a migration, which knows what both databases take" },
    { NODE_DROP, "SC-27", "drop", "a change of the schema belongs into a migration" },
    { NODE_BEGIN, "TR-08", "transaction-text",
      "the Connection begins its transactions; use connection.begin(), and FOR UPDATE in place of "
      "IMMEDIATE" },
    { NODE_COMMIT, "TR-08", "transaction-text",
      "the Connection ends its transactions; use connection.commit(), or leave it to begin()" },
    { NODE_ROLLBACK, "TR-08", "transaction-text",
      "the Connection ends its transactions; use connection.rollback()" },
    { NODE_SAVEPOINT, "TR-08", "transaction-text",
      "use connection.begin_nested(), which is a savepoint on both" },
    { NODE_RELEASE, "TR-08", "transaction-text",
      "use connection.begin_nested(), which is a savepoint on both" },
    { NODE_FRAGMENT, "TX-10", "hole",
      "Python puts in how the statement begins, so nothing can be said of it" },
};

/* Are the columns called alike on both? Where SQLite takes the text of an expression, Postgres has a name of its own. */
static bool has_common_names(const Rows *rows)
{
    for (size_t i = 0; i < rows->columns.count; i++) {
        if (rows->columns.items[i].name.len == 0)
            return false;
        for (size_t j = 0; j < i; j++)
            if (str_eq_nocase(rows->columns.items[i].name, rows->columns.items[j].name))
                return false;
    }
    return rows->known;
}

/* CREATE TEMP TABLE … AS SELECT, which both have. */
static bool temporary_copy(Work *w, const Node *root)
{
    const Node *select = node_child(root, ROLE_SELECT), *target = node_child(root, ROLE_TARGET);

    if (!(root->flags & FLAG_TEMP) || !select || !target || span_is_set(target->qualifier) || node_has_hole(w, root))
        return false;
    Rows rows = query(w, scope_new(w, NULL), select, QUERY_SOURCE, NULL);
    if (!has_common_names(&rows)) {
        told(w, "SC-27", "temporary-names", SQL_DECIDE, span_of(select),
             "the databases name what is calculated each in its own way, and here the names are those of columns; say them by AS");
        return true;
    }
    spell_name(w, target->name);
    told(w, "SC-27", "temporary-table", SQL_DIFFERS, span_of(root),
         "a temporary table is there until its connection is closed, also for who gets that next from a pool; Postgres gives "
         "its columns the types of what is selected, and a rollback takes it away");
    return true;
}

static void create_table(Work *w, const Node *root)
{
    if (temporary_copy(w, root))
        return;
    told(w, "SC-27", "create-table", SQL_DECIDE, span_of(root),
         "a table belongs into a migration; its types and its key are spelled otherwise on each "
         "database");
    node_walk_each(node, root)
        if (node->kind == NODE_CONSTRAINT && node->flags & FLAG_AUTOINCREMENT)
            told(w, "SC-01", "autoincrement", SQL_DECIDE, span_of(node),
                 "Postgres has no AUTOINCREMENT; the column is BIGSERIAL PRIMARY KEY there");
}

static void analyzed(Work *w, const Node *root)
{
    Str                 name   = name_of(w, root->name);
    const CatalogTable *listed = w->options->catalog ? catalog_table(w->options->catalog, name) : NULL;

    if (listed)
        note_renamed(w, listed);
    spell_name(w, root->name);
    if (name.len && !str_starts_with(name, STR("sqlite_")) && !known_table_of(w->arena, w->options->catalog, name))
        told(w, "SQL-33", "analyze-name", SQL_DECIDE, span_of(root),
             "ANALYZE takes databases and indexes, too, on SQLite and tables only on Postgres, and no table "
             STR_FORMAT " is known", STR_ARG(name));
}

/* Postgres and SQLite say it alike, and what hangs on the table is not alike. */
static bool spelled_alike(Work *w, const Node *root)
{
    const Node *table = root->kind == NODE_ALTER_TABLE ? node_child(root, ROLE_TARGET) : root;
    const Node *column = node_child(root, ROLE_COLUMN);

    bool drop   = root->kind == NODE_DROP && (root->op == OP_TABLE || root->op == OP_VIEW || root->op == OP_INDEX);
    bool rename = root->kind == NODE_ALTER_TABLE
               && (root->op == OP_RENAME_TABLE || root->op == OP_RENAME_COLUMN || root->op == OP_DROP_COLUMN);
    if ((!drop && !rename) || !table || node_has_hole(w, root) || span_is_set(table->qualifier))
        return false;
    Str                 name   = name_of(w, table->name);
    const CatalogTable *listed = w->options->catalog ? catalog_table(w->options->catalog, name) : NULL;
    if (listed ? listed->kind == TABLE_VIRTUAL : str_starts_with(str_lower(w->arena, name), STR("sqlite_")))
        return false;
    if (listed)
        note_renamed(w, listed);
    spell_name(w, table->name);
    if (column)
        spell_name(w, column->name);
    if (rename && span_is_set(root->name))
        spell_name(w, root->name);
    told(w, drop ? "SC-27" : "SC-28", drop ? "drop" : "alter-table", SQL_DIFFERS, span_of(root),
         drop ? "a change of the schema belongs into a migration; Postgres drops nothing that others refer to"
              : "a change of the schema belongs into a migration; Postgres takes along what hangs on a column");
    return true;
}

void other_statement(Work *w, const Node *root)
{
    if (spelled_alike(w, root))
        return;
    if (root->kind == NODE_CREATE_TABLE) {
        create_table(w, root);
        return;
    }
    if (root->kind == NODE_ANALYZE) { /* the one that both have */
        analyzed(w, root);
        if (span_is_set(root->qualifier))
            told(w, "SQL-33", "main-schema", SQL_DECIDE, span_of(root),
                 "Postgres has no schema of this name");
        refused_table(w, root);
        return;
    }
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        if (statements[i].kind == root->kind) {
            told(w, statements[i].code, statements[i].feature, SQL_DECIDE, span_of(root), "%s",
                 statements[i].message);
            return;
        }
    told(w, "SQL-13", "unknown-statement", SQL_DECIDE, span_of(root),
         "`%s` is not known to mean the same on both databases", node_kind_name(root->kind));
}
