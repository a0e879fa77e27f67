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

/*
 * What locals hold where a text is read: without it, a name that is given several things is a hole. A
 * text that is read so is edited where it was written, for whoever asks knows who else sees it.
 */
typedef struct Surroundings {
    const Module *module;
    void         *data;
    bool (*text_of)(void *data, NodeId name, SqlText *out);      /* false: no local that is watched */
    bool (*texts_of)(void *data, NodeId list, SqlTextVec *out);  /* the items of a list, for `" AND ".join(list)` */
    int  (*holds)(void *data, NodeId condition);                 /* 1, 0, or -1: then what is read is of no use */
} Surroundings;

/* sqltext_read(), in these surroundings. */
SqlText sqltext_read_in(Arena *arena, const Model *model, const Module *module, NodeId expression,
                        const Surroundings *around);

/* The bytes [lo, hi) of a text. */
SqlText sqltext_slice(Arena *arena, const SqlText *text, uint32_t lo, uint32_t hi);

/* Whether a run of placeholders is put into the text. */
bool has_in_list(const Model *model, const SqlText *sql); /* in_list.c */

#endif
