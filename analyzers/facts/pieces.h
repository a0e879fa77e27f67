/*
 * What reading a text is made of, shared by sqltext.c and the files beside it.
 */
#ifndef ANALYZERS_FACTS_PIECES_H
#define ANALYZERS_FACTS_PIECES_H

#include "analyzers/facts/sqltext.h"

/* How many names may stand for one another. */
enum { FOLLOW_DEPTH = 8 };

/* `object.name(…)`. */
bool calls_method(const Tree *tree, NodeId call, const char *name, NodeId *object); /* sqltext.c */

/* A template with its fields made holes; `node` is the whole expression. False if an escape spells a field. */
bool sqltext_fill(Arena *arena, const Module *module, SqlText template, bool percent, NodeId node,
                  SqlText *filled); /* template.c */

/* What a class says of an attribute, itself or through its bases; `says` tells whether it does. */
Place class_value(const Model *model, const Module *home, NodeId class, Str attribute, SymbolId *symbol, bool *says,
                  int depth); /* constant.c */

/* Whether a run of placeholders is put into the text. */
bool has_in_list(const Model *model, const SqlText *sql); /* in_list.c */

#endif
