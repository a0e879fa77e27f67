/*
 * The text an expression assembles, as far as the source tells.
 *
 * Literals, implicit joins, f-strings, `+`, `%`, `.format`, constants of this or
 * another module are followed to the literals they are made of. What only the
 * running program knows is a hole: one HOLE_BYTE in the text. Every other byte
 * knows the Python byte it came from, so an edit of the text is an edit of the
 * source, or is refused.
 *
 * `complete` says that there is no hole and no other shape: this is the text,
 * whenever the expression is evaluated.
 */
#ifndef ANALYZERS_FACTS_SQLTEXT_H
#define ANALYZERS_FACTS_SQLTEXT_H

#include "analyzers/python/literal.h"
#include "analyzers/python/model.h"

typedef enum Shape {
#define SHAPE(name, word) SHAPE_##name,
#include "analyzers/facts/shape.def"
#undef SHAPE
} Shape;

typedef struct SqlText {
    Str           text;
    PieceVec      pieces; /* they tile the text */
    PartVec       parts;
    const Module *home;    /* the file all pieces lie in; NULL if they lie in several, or none */
    Shape         shape;
    bool          complete;
    SymbolId constant;  /* the variable (of `home`) that holds it; 0 if it is written in place */
    PlaceVec constants; /* the values of all variables that went into it: a change of it is seen by all who
                           use one of them */
    NodeId   node;      /* in `home`: the expression with the literals, the constant's value or the
                           argument; 0 without a home */
} SqlText;

typedef Vec(SqlText) SqlTextVec;

/* Never fails: what cannot be followed is one hole of shape UNKNOWN. */
SqlText sqltext_read(Arena *arena, const Model *model, const Module *module, NodeId expression);

/* Two texts, one after the other. */
SqlText sqltext_join(Arena *arena, const SqlText *left, SqlText right);

/* The one expression a name or attribute always stands for (a variable assigned once, a constant
 * of a class or module); node 0 if it is not one. */
Place constant_of(const Model *model, const Module *module, NodeId name, SymbolId *symbol);

/* The source range behind [lo, hi) of the text; false if it does not map to one exact range. */
bool sqltext_map(const SqlText *sql, uint32_t lo, uint32_t hi, uint32_t *src_lo, uint32_t *src_hi,
                 const Part **part);

const char *shape_name(Shape shape);

#endif
