/*
 * SQLite's functions of time, for Postgres alone; inside of rewriters/sql.
 *
 * A time value and its modifiers become a timestamp without zone, in UTC, and what the function
 * makes of it the text, the number or the day that SQLite gives: months run over as they do
 * there (a month after the 31st of January is the 2nd of March).
 */
#ifndef REWRITERS_SQL_MOMENT_H
#define REWRITERS_SQL_MOMENT_H

#include "rewriters/sql/function.h"

/* False, and nothing done, where there are no such words: a zone of the host, a bound format. */
bool moment_call(Work *w, const Node *node, Str name, const Node *const *args, size_t count, Value *out);

/* CURRENT_TIME, which is a text. */
Value moment_of_day(Work *w, const Node *node);

/* A text that a function of time made is wanted as `kind`, for it meets a column of that kind. */
bool moment_as(Work *w, const Node *node, ValueKind kind);

/* 2024-02-29, a day there was. */
bool text_is_day(Str text);

/* The same with a time of day, and with a zone or without. */
bool text_is_instant(Str text);

#endif
