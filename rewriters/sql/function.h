/* One call of a function, as those who know the function see it; inside of rewriters/sql. */
#ifndef REWRITERS_SQL_FUNCTION_H
#define REWRITERS_SQL_FUNCTION_H

#include "rewriters/sql/work.h"

typedef struct Call {
    const Node  *node;
    Str          name;
    const Node **args;
    size_t       count;
    bool         over; /* it has a window */
} Call;

/* The arguments have been looked at; gives what the call is. */
typedef Value (*How)(Work *w, Scope *scope, const Call *call);

/* Another name for the function, in the author's case. */
void call_rename(Work *w, const Call *call, const char *name);

/* aggregate.c */
Value fn_count(Work *w, Scope *scope, const Call *call);
Value fn_sum(Work *w, Scope *scope, const Call *call);
Value fn_avg(Work *w, Scope *scope, const Call *call);
Value fn_total(Work *w, Scope *scope, const Call *call);
Value fn_extreme(Work *w, Scope *scope, const Call *call);  /* MAX, MIN of rows or of arguments */
Value fn_rank(Work *w, Scope *scope, const Call *call);     /* ROW_NUMBER, RANK, NTILE … */
Value fn_fraction(Work *w, Scope *scope, const Call *call); /* PERCENT_RANK, CUME_DIST */
Value fn_pick(Work *w, Scope *scope, const Call *call);     /* LAG, LEAD, FIRST_VALUE … */

#endif
