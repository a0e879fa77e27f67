/*
 * dialect/transaction-text
 *
 * SQLAlchemy's connection begins and ends its transactions itself, and does not see a BEGIN, COMMIT
 * or SAVEPOINT that passes it as SQL. BEGIN IMMEDIATE and EXCLUSIVE are SQLite's alone.
 *
 * Bad:
 *     con.execute("BEGIN IMMEDIATE")
 *
 * Good:
 *     with con.begin():
 *         con.execute(text("DELETE FROM seen"))
 *
 * There is no fix: use begin(), and FOR UPDATE where IMMEDIATE kept others out; begin_nested() is a
 * savepoint.
 */
#include "rules/rule.h"

DIALECT_RULE(transaction_text, "transaction-text", SEVERITY_WARNING,
             "a transaction is begun or ended by a statement");
