/*
 * What a change looks like, as `git diff` would show it.
 *
 * Unified, three lines of context, with `a/` and `b/` in front of the path, and fit for
 * `git apply`. Lines end in "\n" here; a "\r" before it belongs to the line. Two texts that
 * differ in very many places are shown coarsely (more lines than needed), never wrongly.
 */
#ifndef REWRITERS_EDIT_DIFF_H
#define REWRITERS_EDIT_DIFF_H

#include "base/str.h"

/* Empty if nothing differs. `before` without a pointer says that the file is new. */
Str diff_unified(Arena *arena, Str path, Str before, Str after);

typedef struct DiffSize {
    uint32_t added;
    uint32_t removed;
} DiffSize;

/* Lines that diff_unified() shows with + and -. */
DiffSize diff_size(Str before, Str after);

#endif
