/*
 * What a string literal says, and where each byte of it comes from.
 *
 * A literal (`"…"`, `'''…'''`, implicit joins of them, f-strings) is decoded into
 * text in pieces. A piece is either plain (its bytes stand in the source as they
 * are), an escape (one or more bytes written differently: `\n`, `{{`), or a hole
 * (an interpolated expression; one byte HOLE_BYTE in the text). So a change to
 * the text maps back to a change of the source, or is known not to.
 *
 * Bytes literals are decoded too (`is_bytes`); a literal that cannot be decoded
 * (a bad escape, a syntax error) is refused.
 */
#ifndef ANALYZERS_PYTHON_LITERAL_H
#define ANALYZERS_PYTHON_LITERAL_H

#include "analyzers/python/tree.h"

/* What stands in the text for something only the running program knows. */
#define HOLE_BYTE '\x1a'

typedef enum PieceKind { PIECE_PLAIN, PIECE_ESCAPE, PIECE_HOLE } PieceKind;

typedef struct Piece {
    PieceKind kind;
    uint32_t  lo, hi;         /* in the decoded text */
    uint32_t  src_lo, src_hi; /* in the source's text */
    uint32_t  part;           /* the quoted part it stands in */
    NodeId    node;           /* a hole's expression: the interpolation, or the whole `… % x`, `….format(x)` */
    NodeId    filling;        /* of these, what is filled in; 0 if it cannot be told, or for an interpolation */
} Piece;

typedef Vec(Piece) PieceVec;

/* One quoted part of a literal; implicit joins have several. */
typedef struct Part {
    NodeId   node;
    uint32_t content_lo, content_hi; /* between the quotes */
    char     quote;
    bool     is_triple, is_raw, is_format, is_bytes;
} Part;

typedef Vec(Part) PartVec;

typedef struct Literal {
    Str      text;
    PieceVec pieces; /* in order; they tile the text */
    PartVec  parts;
    bool     is_bytes;
} Literal;

/* Decodes a PY_STRING or PY_CONCATENATED_STRING node; false if it cannot. */
bool literal_read(Arena *arena, const Tree *tree, NodeId id, Literal *out);

/* `text` as it must be spelled inside this part; false when a raw part cannot spell it. */
bool part_spell(Arena *arena, const Part *part, Str text, Str *out);

/* A new literal for text without line ends, in double quotes unless single ones spare escapes. */
Str literal_write(Arena *arena, Str text);

#endif
