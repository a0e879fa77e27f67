/*
 * Between placeholders and values: shared by the files that turn positions into names.
 */
#ifndef REWRITERS_PORT_BINDS_H
#define REWRITERS_PORT_BINDS_H

#include "rewriters/port/work.h"

Str quoted_key(Work *work, Str name); /* `"name": ` */

bool   is_call_to(const Tree *tree, NodeId id, const char *function); /* `function(…)` */
NodeId first_argument(const Tree *tree, NodeId call); /* the only one; 0 if there are more */

/* Values that the source gives: the current time, which the port itself fills in, is none. */
size_t         bind_count(const Execute *execute);
/* The placeholder of the k-th value, from 0, or the first of them; NULL if numbers leave it out. */
const SqlBind *bind_at(const Execute *execute, size_t k);
/* The list whose items this bind takes; NULL for a bind of one value. */
const InList *list_of(const Execute *execute, const SqlBind *bind);
bool          has_positional(const Execute *execute); /* `?`, or the bind that stands for a run of them */
bool          has_named(const Execute *execute);
bool          is_numbered(const Execute *execute); /* `?1 … ?1`: a value goes to several places, or out of order */
bool          has_clock(const Execute *execute);
/* Whether every number has its value, of one type; else says what is in the way. */
bool          numbers_fit(Work *work, const Execute *execute);

/* `"now": datetime.now(timezone.utc), …` for the clocks of a statement; empty if it has none. */
Str clock_entries(Work *work, const Execute *execute);

/* Of a text that grows, where the values are not followed: the names must fit all it may be. False if refused. */
bool port_unpaired(Work *work, const Execute *execute);

/* Whether the one list that a statement is given is used for something else, too, so that it stays a list. */
bool grown_values_stay(const Work *work, const Execute *execute); /* grown_values.c */

/* A name for the number of a loop's turn, which the function around it does not use; grown_loops.c. */
Str unused_name(Work *work, const Module *module, NodeId loop);

/* The value of a bind, in the type of its column. */
void port_item(Work *work, NodeId item, const SqlBind *bind); /* values.c */

#endif
