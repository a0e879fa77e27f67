/*
 * What is left of sqlite3 in a file once its units are ported.
 *
 * When no sqlite3 call stays behind in a file, its annotations and the handlers
 * around calls of ported functions follow, and the import goes when nobody reads
 * it any more. As long as something stays, so do they.
 */
#ifndef REWRITERS_PORT_TIDY_H
#define REWRITERS_PORT_TIDY_H

#include "rewriters/port/port.h"

/* Whether every sqlite3 call of the file is ported or among the applied units. A file without one gets its
 * connections and errors from elsewhere: it is done with the last call of the project. */
bool file_is_done(const Ports *ports, const bool *applied, const Module *module);

/* The edits and imports that remain for such a file. */
void tidy_file(Arena *arena, const Ports *ports, const Module *module, UnitPort *out);

#endif
