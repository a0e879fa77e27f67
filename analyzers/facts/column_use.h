/*
 * What the program tells of its columns by the way it uses them.
 *
 * One look at every statement of the program, at what is given for its parameters,
 * and at what is done with the values of its rows, for the signals of
 * analyzers/schema/signal.h. A use counts only where the column is known: in a
 * statement by the rules of resolve.h; for `row["c"]` by the statement the row
 * comes from, or, where that is not known, if one table alone has such a column
 * and no statement calls something else so. What tests do is left out: they store
 * what no program would.
 *
 * The same program gives the same signals in the same order, however it was read.
 */
#ifndef ANALYZERS_FACTS_COLUMN_USE_H
#define ANALYZERS_FACTS_COLUMN_USE_H

#include "analyzers/facts/callsite.h"
#include "analyzers/schema/catalog.h"

/* Adds the signals to the catalog, which is not weighed yet. They live in `arena` and borrow from the modules. */
void column_use_find(Arena *arena, const Model *model, const CallsiteVec *calls, Catalog *catalog);

/*
 * The same for the texts that the catalog was read from and that are no Python: what stands in .sql files beside the
 * definitions, and triggers, views and indexes. Long ones, which are dumps, are left out.
 */
void column_use_in_sql(Arena *arena, Catalog *catalog);

#endif
