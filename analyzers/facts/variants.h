/*
 * The texts that an SQL argument may be, where it is not one.
 *
 * A variable given on several branches, a loop over statements, an entry of a dict under a key that
 * is not known, a choice: each text is read by itself. Of a text that grows, the longest is one: the
 * first piece with all that may be added, in the order of the source. No more than VARIANT_LIMIT are
 * followed, and `capped` says so.
 */
#ifndef ANALYZERS_FACTS_VARIANTS_H
#define ANALYZERS_FACTS_VARIANTS_H

#include "analyzers/facts/sqltext.h"

enum { VARIANT_LIMIT = 64 };

typedef struct Variants {
    Vec(SqlText) texts;
    bool capped;
} Variants;

/* None for an argument whose text is known, or of which nothing is. */
Variants sqltext_variants(Arena *arena, const Model *model, const Module *module, NodeId expression);

#endif
