/*
 * Which further files have to be parsed.
 *
 * Parsing starts at the files that mention the API. A function, class or variable
 * of theirs that turns out to hand out a connection, a cursor or rows, or to run
 * the SQL it is given, carries its role into the files that import it: those are
 * woken, parsed, and looked at in the same way, until nothing new is found.
 */
#ifndef CLI_LINK_H
#define CLI_LINK_H

#include "analyzers/facts/callsite.h"
#include "cli/words.h"

enum {
    LINK_ROUNDS        = 8,
    LINK_MEGABYTES     = 1536, /* of the model; beyond that no further files are taken in, and it is said */
    LINK_SHORTEST_NAME = 4, /* shorter ones say nothing about who is meant */
};

typedef enum Reach {
    REACH_IMPORT,  /* files that import it by its module's name */
    REACH_PACKAGE, /* those, and the files of the package that the module stands for */
    REACH_BELOW,   /* all files below its folder, without an import: conftest.py */
} Reach;

/* A name that carries a role, and the module that exports it. */
typedef struct Carrier {
    Str   name;
    Str   stem;   /* last part of the module's dotted name */
    Str   folder; /* of the module, with a final '/'; empty: the root */
    Reach reach;
    WordHash name_hash, stem_hash;
} Carrier;
typedef Vec(Carrier) CarrierVec;

CarrierVec carriers_find(Arena *arena, const Model *model, const CallsiteVec *calls);

/* Whatever is likely to turn out as one, by its name alone: the functions and classes, of modules from `first` on, that
 * have to do with a database's methods. For those who look ahead; added to `out`. */
void carriers_guess(Arena *arena, const Project *project, size_t first, CarrierVec *out);

/* Those that are not in `known` yet, and now are: its keys live in `arena`. */
CarrierVec carriers_new(Arena *arena, const CarrierVec *found, Map *known);

/* May the file import this name? Asked of its words first, then of its text. */
bool words_may_use(const Words *words, Str path, const Carrier *carrier);
bool text_uses(Str path, Str text, const Carrier *carrier);

#endif
