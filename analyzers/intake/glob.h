/*
 * Path patterns, as .gitignore and pyproject files have them.
 *
 * `*` and `?` stay within one folder, `**` crosses folders, `[a-z]` and `[!a-z]` are
 * classes, `\` takes the next character as it is. A pattern with a slash inside or in
 * front starts at the root; one without may start in any folder. A pattern that names a
 * folder matches all below it; with a slash at its end it matches nothing else.
 *
 * Takes time in proportion to pattern times path at worst, whatever the pattern.
 */
#ifndef ANALYZERS_INTAKE_GLOB_H
#define ANALYZERS_INTAKE_GLOB_H

#include "base/str.h"

/* `path` is '/'-separated and relative to the folder the pattern is about. */
bool glob_match(Str pattern, Str path);

bool glob_match_any(const StrVec *patterns, Str path); /* no patterns: no */

#endif
