/*
 * The stages of the analysis as text.
 *
 * One fact a line, with its place, in the order of the file: made to be read by
 * people who look for a mistake, and to be compared by tests.
 */
#ifndef CLI_SHOW_STAGE_H
#define CLI_SHOW_STAGE_H

#include "cli/session.h"

typedef struct Stages {
    Arena         *arena;
    const Session *session;
    const Module  *module;
    Source         sql; /* instead of these two: a file of SQL */
} Stages;

void show_tokens(const Stages *in, Buf *out); /* of each statement the file executes */
void show_tree(const Stages *in, Buf *out);
void show_scopes(const Stages *in, Buf *out);
void show_roles(const Stages *in, Buf *out);
void show_sqltext(const Stages *in, Buf *out);
void show_callsites(const Stages *in, Buf *out);
void show_units(const Stages *in, Buf *out);
void show_catalog(const Stages *in, Buf *out); /* the tables of the project */

void show_sql_tokens(const Stages *in, Buf *out);
void show_sql_tree(const Stages *in, Buf *out);
void show_sql_catalog(const Stages *in, Buf *out);

#endif
