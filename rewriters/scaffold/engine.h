/*
 * The engine module: where a ported program's connections come from.
 *
 * Postgres if DATABASE_URL says so, otherwise the SQLite file the program always
 * had. The settings are those the porting semantics were measured with (section
 * 0): an explicit BEGIN on SQLite so that savepoints work (TR-09), PRAGMAs on
 * SQLite alone, UTC sessions on Postgres (DT-11), one log line without password.
 */
#ifndef REWRITERS_SCAFFOLD_ENGINE_H
#define REWRITERS_SCAFFOLD_ENGINE_H

#include "base/str.h"

/* The module's text, with the line ends given; with bound() for functions that hand their callers' SQL on (PY-35). */
Str engine_module_text(Arena *arena, Str newline, bool with_bound);

bool engine_module_has_bound(Str text);

/* Whether a file is an engine module this program wrote. */
bool engine_module_is(Str text);

#endif
