/*
 * The SQL of one call: what statement.c does for a text that stands at the call, and grown.c for one that grows.
 */
#ifndef REWRITERS_PORT_STATEMENT_H
#define REWRITERS_PORT_STATEMENT_H

#include "rewriters/port/work.h"

/* What the binds of a text are to be called, by their place. */
typedef struct BindNames {
    const NodeId *values; /* the expressions that are bound: they lend their names where no column does; 0 for none */
    const Str    *given;  /* names that are settled; empty ones are chosen. May be NULL */
    size_t        count;
    const StrVec *taken;  /* names nobody else may have; may be NULL */
} BindNames;

/* Translated and proved; the current time is bound only where SQL has no word for it that both databases know. */
Translation statement_translate(Work *work, const Execute *execute, Str text, const BindNames *names);

/* What the placeholder in this place of the source is called already; empty if it has no name yet. */
Str statement_place_name(const Work *work, const SqlText *text, const SqlBind *bind);
/* Keeps the names of a translation for other statements that share its text. */
void statement_note_places(Work *work, const SqlText *text, const Translation *sql);

void statement_reasons(Work *work, const Execute *execute, const Translation *sql);
/* Where a remark stands in the source: its own bytes if they map, else the whole argument. */
void statement_keep_remark(Work *work, const Execute *execute, const SqlRemark *remark);
/* All of a call's; what stands in a text that is put into it gets its place from port_remarks(). */
void statement_keep_remarks(Work *work, Execute *execute);
void statement_refuse_mapping(Work *work, const Execute *execute);
/* `:ids` for `(%s)`, and what fills that. */
void statement_write_lists(Work *work, const Execute *execute);

#endif
