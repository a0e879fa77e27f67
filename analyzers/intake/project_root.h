/*
 * Where the project begins that a folder belongs to.
 *
 * Going up from the start, the first folder that has a `lite2pg.toml`, a `pyproject.toml`
 * with a `[tool.lite2pg]` table, or a `.git` of its own. Without any of them the start is
 * its own project.
 */
#ifndef ANALYZERS_INTAKE_PROJECT_ROOT_H
#define ANALYZERS_INTAKE_PROJECT_ROOT_H

#include "base/str.h"

/* An absolute path without links. False if `start` (a folder, or a file in it) does not exist. */
bool project_root(Arena *arena, Str start, Str *root);

#endif
