/*
 * The imports of a file after the port: what it now needs, without what it no
 * longer reads.
 *
 * Names join an existing `from x import …` line where there is one; otherwise a
 * line is added below the last import that is not the project's own.
 */
#ifndef REWRITERS_PORT_IMPORTS_H
#define REWRITERS_PORT_IMPORTS_H

#include "rewriters/port/port.h"

/*
 * Adds to `edits` (all other edits of the file, in any order) what the needs of
 * this module ask for, and drops sqlite3's import if no use outlives the edits.
 * `engine` is how this module spells the engine module: ".engine", "app.engine".
 */
void imports_edit(Arena *arena, const Model *model, const Module *module, const ImportNeedVec *needs, Str engine,
                  EditVec *edits);

#endif
