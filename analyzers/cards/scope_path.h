/*
 * Paths out of the items of a card's lists.
 *
 * People write "- src/shop/cart.py — highest touch: …", "- `docs/setup.md` (or the wiki): …",
 * "- src/billing/ (all files)", "- a/b.py, a/c.py". The paths are what an item starts with; what
 * follows is prose. In a list of files any word with a slash is a path; in a list of scope, which
 * is prose more often, it has to end like a file or a folder.
 */
#ifndef CARDS_SCOPE_PATH_H
#define CARDS_SCOPE_PATH_H

#include "analyzers/cards/cards.h"

typedef enum PathList { PATHS_OF_FILES, PATHS_OF_SCOPE } PathList;

/* Adds the paths at the start of an item (its bullet is gone) to `out`. */
void paths_of_item(Arena *arena, Str item, PathList list, uint32_t line, CardFileVec *out);

/* The path that starts the text, without quotes, links and closing punctuation; empty if none. */
Str path_at_start(Str text, PathList list, size_t *length);

/* Does the word end like a file we know kinds of: .py, .sql, .md …? */
bool has_file_ending(Str word);

#endif
