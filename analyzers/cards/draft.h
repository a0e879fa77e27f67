/*
 * Cards as they stand in a file, before they know of one another.
 *
 * The readers of documents and of TOML write drafts; cards_parse() finds out what the
 * dependencies mean once all cards are known. A dependency is one id or a range of them.
 */
#ifndef CARDS_DRAFT_H
#define CARDS_DRAFT_H

#include "analyzers/cards/cards.h"

typedef struct Dependency {
    Str      first;
    Str      last;   /* of a range ("RM-4..7" is RM-4 and RM-7); else empty */
    bool     is_foreign_possible; /* found in prose: may be the id of something else */
    uint32_t line;
} Dependency;
typedef Vec(Dependency) DependencyVec;

typedef struct CardDraft {
    Card          card; /* depends_on still empty */
    DependencyVec dependencies;
} CardDraft;
typedef Vec(CardDraft) CardDraftVec;

#endif
