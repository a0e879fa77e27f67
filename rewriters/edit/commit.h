/*
 * Replacing files on disk: all of them, or none.
 *
 * A file is replaced only if it still is what was read. The new bytes are written beside
 * it and made durable before the first file changes its face; then each takes its place in
 * one step, so that at any instant a file is the old one or the new one. If a step is
 * refused on the way, those already done are put back.
 *
 * Mode bits stay, the owner where the system allows it. A link stays a link: the file that
 * it leads to is replaced, if that lies below the root. A file with several hard links
 * leaves the others with the old content. Missing folders of a new file are made.
 *
 * Signals that end the program wait until the work is done or undone.
 */
#ifndef REWRITERS_EDIT_COMMIT_H
#define REWRITERS_EDIT_COMMIT_H

#include "base/error.h"
#include "base/str.h"

typedef struct Change {
    Str  path;       /* relative to the root */
    Str  before_raw; /* the bytes that were read; nothing if `created` */
    Str  after_raw;
    bool created; /* the file must not exist yet */
} Change;

typedef Vec(Change) ChangeVec;

/* On failure everything is as it was; if even that cannot be had, `why` names the file. */
bool changes_commit(Str root, const ChangeVec *changes, Error *why);

#endif
