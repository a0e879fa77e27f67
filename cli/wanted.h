/*
 * Files that are needed although they name nothing of the API.
 *
 * A connection, a cursor or a row that is handed to a function of a file not parsed so far is
 * used there; SQL that is a name imported from one is written there; a class of ours may have its
 * base there. Such files are asked for by the dotted names under which they are imported.
 */
#ifndef CLI_WANTED_H
#define CLI_WANTED_H

#include "analyzers/facts/callsite.h"

typedef Vec(Str) WantedNames;

/* Dotted names, by the last part of the file's name that they may mean. */
typedef struct Wanted {
    Map by_stem; /* to WantedNames* */
} Wanted;

void wanted_find(Arena *arena, const Model *model, const CallsiteVec *calls, Wanted *out);

/* Whether the file at a path (of Python) is one of them. */
bool wanted_has(const Wanted *wanted, Str path);

#endif
