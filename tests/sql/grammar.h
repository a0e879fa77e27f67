/*
 * Statements made out of a grammar.
 *
 * A grammar is read from a text (fixtures/sql/sqlite.grammar says how it is written); derive() makes
 * a row of tokens of one of its rules, deciding by Choices: a seed, or the bytes of a fuzzer. Same
 * grammar, same choices, same statement. A derivation knows which tokens each rule gave, so that a
 * hole can stand for an identifier, an expression, a list or a clause.
 *
 * The grammar counts how often each alternative was taken, and prefers those that were not.
 */
#ifndef TESTS_SQL_GRAMMAR_H
#define TESTS_SQL_GRAMMAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef enum HoleKind {
    HOLE_NONE,
    HOLE_IDENTIFIER,
    HOLE_EXPRESSION,
    HOLE_LIST,
    HOLE_CLAUSE,
} HoleKind;

typedef enum Often { OFTEN_ONCE, OFTEN_OPTIONAL, OFTEN_LIST, OFTEN_SEQUENCE } Often;

typedef struct Symbol {
    Str      token; /* of a token; else empty */
    uint32_t rule;
    Often    often;
} Symbol;

typedef Vec(Symbol) SymbolVec;

typedef struct Alternative {
    SymbolVec symbols;
    uint32_t  height; /* rules within one another, at least */
    uint32_t  used;
    uint32_t  accepted; /* for the user: in how many statements that were right */
    uint32_t  line;
} Alternative;

typedef Vec(Alternative) AlternativeVec;

typedef struct Rule {
    Str            name; /* empty for what stands in { } */
    HoleKind       hole;
    AlternativeVec alternatives;
    uint32_t       height;
} Rule;

typedef Vec(Rule) RuleVec;

typedef struct Grammar {
    RuleVec     rules;
    const char *trouble; /* what is wrong with the text, or NULL */
    uint32_t    line;    /* where */
} Grammar;

/* Where decisions come from: bytes while there are any, else a seed. */
typedef struct Choices {
    uint64_t       seed;
    const uint8_t *bytes;
    size_t         count;
    bool           of_bytes; /* zeros when they are used up */
} Choices;

typedef struct Piece {
    uint32_t rule, alternative;
    uint32_t lo, hi;  /* tokens; lo == hi: a clause that was left out */
} Piece;

typedef Vec(Piece) PieceVec;

typedef struct Derivation {
    StrVec   tokens;
    PieceVec pieces;
} Derivation;

Grammar grammar_read(Arena *arena, Str text);

/* 0 … count - 1 */
uint32_t choose(Choices *choices, uint32_t count);

/* A sentence of the named rule (which must be there), rules at most `depth` deep where that is possible. */
Derivation derive(Arena *arena, Grammar *grammar, const char *rule, Choices *choices, uint32_t depth);

/* The tokens with blanks and comments between them. */
Str tokens_joined(Arena *arena, const StrVec *tokens, Choices *choices);

/* Counts the alternatives of the derivation as accepted. */
void derivation_accepted(Grammar *grammar, const Derivation *derivation);

/* How many to make: what the environment says under this name, or else the usual number. */
uint32_t number_given(const char *name, uint32_t usual);

#endif
