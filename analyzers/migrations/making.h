/*
 * Definitions of a revision in words of SQLite, which the catalog reads.
 *
 * What Postgres alone has words for is left out of the SQL and told, and so is what cannot be known: a default of
 * which only that there is one is known is a hole.
 */
#ifndef ANALYZERS_MIGRATIONS_MAKING_H
#define ANALYZERS_MIGRATIONS_MAKING_H

#include "analyzers/migrations/sa_type.h"
#include "analyzers/schema/made.h"

typedef struct Making {
    Run        *run;
    Buf         sql;
    MadeSpanVec spans;
} Making;

Making  making_new(Run *run);
MadeSql making_done(const Making *it, NodeId whole);

void make_words(Making *it, const char *format, ...) __attribute__((format(printf, 2, 3)));
void make_name(Making *it, Str name); /* in quotes */
void make_names(Making *it, const Term *names); /* ("a", "b"); those that are no texts are left out */

/* A column as it stands in CREATE TABLE; false if it has no name, which is told. */
typedef struct ColumnFrame {
    bool in_key;        /* which makes it NOT NULL where it does not say otherwise */
    bool autoincrement; /* with its own PRIMARY KEY AUTOINCREMENT */
} ColumnFrame;

bool make_column(Making *it, const Term *column, ColumnFrame frame);

/* PrimaryKeyConstraint(…), UniqueConstraint(…), … with a comma before it; false if it is none, or cannot be known. */
bool make_constraint(Making *it, const Term *constraint);
void make_type_checks(Making *it, const Term *column); /* of Enum and Boolean, if they are checked */
void make_constraint_name(Making *it, const Term *name);
void make_reference(Making *it, Str table, const Term *columns, const Term *options);

/* REFERENCES … of "table.column"s; false if they are not known. */
bool make_targets(Making *it, const Term *targets, const Term *options);

/* SQL as text() sends it: `\:` is a colon. */
Str made_text(Arena *arena, Str text);

/* An expression in parentheses; false if it is not known or nothing SQLite reads. */
bool make_condition(Making *it, const Term *condition);

/* What stands behind DEFAULT, with it; nothing for None. */
void make_default(Making *it, const Term *value);

/* A column's name, or the expression of an index: false if it cannot be known. */
bool make_index_term(Making *it, const Term *term);

/* Of a Column: its name; false if it has none. */
bool column_name(const Term *column, Str *out);
const Term *column_type(const Term *column); /* NULL if it is not said */
bool is_call_of(const Term *term, const char *word);
bool is_column(const Term *term); /* sa.Column(…) */

#endif
