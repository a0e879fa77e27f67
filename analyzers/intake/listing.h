/*
 * Everything that lies in a project, before anyone chooses: git's list, or a walk.
 *
 * Entries come in no particular order and may come twice; they need not exist any more.
 */
#ifndef ANALYZERS_INTAKE_LISTING_H
#define ANALYZERS_INTAKE_LISTING_H

#include "analyzers/intake/discover.h"

typedef enum ListedKind { LISTED_FILE, LISTED_LINK, LISTED_UNKNOWN } ListedKind;

typedef struct Listed {
    Str        path; /* relative to the root */
    ListedKind kind;
} Listed;

typedef Vec(Listed) ListedVec;

typedef enum HiddenFolders { HIDDEN_SKIPPED, HIDDEN_ENTERED } HiddenFolders;

/* `folders` (relative to the root, "" is the root) bound the listing; `root` has no links. */
bool listing_from_git(Arena *arena, Str root, const StrVec *folders, ListedVec *out,
                      NoteVec *notes, Error *why);
bool listing_from_walk(Arena *arena, Str root, const StrVec *folders, HiddenFolders hidden,
                       ListedVec *out, NoteVec *notes, Error *why);

#endif
