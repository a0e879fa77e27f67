/*
 * Text that cannot drive a terminal.
 *
 * What comes out of files, paths and messages of a project is shown with its control characters
 * escaped: C0 and C1 controls, DEL, the marks that turn the direction of text, line and paragraph
 * separators, and bytes that are no UTF-8. A line feed becomes "\n", an escape "\x1b". The result
 * is always valid UTF-8 on one line; text without any of these is given back as it is.
 */
#ifndef REPORTS_PRINTABLE_H
#define REPORTS_PRINTABLE_H

#include "base/str.h"

Str printable(Arena *arena, Str text);

/* At most `width` characters, printable; the last is "…" where something is left out. */
Str shortened(Arena *arena, Str text, size_t width);

#endif
