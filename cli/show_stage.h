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
} Stages;

void show_tree(const Stages *in, Buf *out);
void show_scopes(const Stages *in, Buf *out);
void show_roles(const Stages *in, Buf *out);
void show_sqltext(const Stages *in, Buf *out);
void show_callsites(const Stages *in, Buf *out);
void show_units(const Stages *in, Buf *out);

#endif
