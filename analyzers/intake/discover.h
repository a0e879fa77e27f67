/*
 * Which files of a project are looked at.
 *
 * Inside a git repository: what git holds or would add, by its own ignore rules. Elsewhere
 * (or where git cannot be asked): a plain walk that passes by hidden folders,
 * `node_modules`, `__pycache__` and virtual environments. Virtual environments are passed
 * by in git, too. A file that the user names is taken whatever it is called.
 *
 * A link whose target is listed itself is left out, one that leaves the root is not
 * followed. What a user might miss is told in `notes`; what he named and is not there is
 * an error. The list is sorted by bytes and names nothing twice.
 */
#ifndef ANALYZERS_INTAKE_DISCOVER_H
#define ANALYZERS_INTAKE_DISCOVER_H

#include "analyzers/intake/project_root.h"
#include "base/error.h"
#include "base/str.h"

typedef struct FoundFile {
    Str  path;  /* relative to the root, '/'-separated */
    bool named; /* by the user, as a file */
} FoundFile;

typedef Vec(FoundFile) FoundVec;

typedef struct Note {
    Str path;
    Str message;
} Note;

typedef Vec(Note) NoteVec;

typedef struct DiscoverOptions {
    StrVec include;       /* globs (glob.h); none: everything */
    StrVec exclude;       /* globs; a file that the user names is taken all the same … */
    bool   force_exclude; /* … unless this is set */
    bool   all_text;      /* every file, not only Python: the caller tells text from binary.
                             A walk then enters hidden folders, except those of version control */
} DiscoverOptions;

enum {
    FOUND_LIMIT        = 1000 * 1000, /* files of one project */
    FOLDER_DEPTH_LIMIT = 200,         /* folders within folders, in a walk */
};

/* `paths` are as the user gave them, relative to the current folder or absolute; none: all. */
bool discover(Arena *arena, Str root, const StrVec *paths, const DiscoverOptions *options,
              FoundVec *out, NoteVec *notes, Error *why);

#endif
