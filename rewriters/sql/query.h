/*
 * What the parts of a query (results, ORDER BY, GROUP BY, which rows) share beyond work.h; inside
 * of rewriters/sql.
 */
#ifndef REWRITERS_SQL_QUERY_H
#define REWRITERS_SQL_QUERY_H

#include "rewriters/sql/work.h"

/*
 * The expression a term of ORDER BY or GROUP BY stands for: that of the result whose number or
 * alias it is, else its own. `items` is the NODE_RESULTS, or NULL.
 */
const Node *term_value(const Work *w, const Node *term, const Node *items);

/*
 * A term that Postgres refuses as no integer, or takes for an expression where SQLite, which looks
 * through a sign and a COLLATE, takes it for the number of a result.
 */
bool is_constant_term(Work *w, const Node *term);

/* SELECT DISTINCT … ORDER BY: what Postgres orders by must have been selected. */
void distinct_order(Work *w, Scope *scope, const Node *core, const Node *order);

/* Adds the column `node` is, when it is one of the scope's own; true when it was not there yet. */
bool add_column_at(Work *w, Scope *scope, const Node *node, ColumnAtVec *known);

#endif
