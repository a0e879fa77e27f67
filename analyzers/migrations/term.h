/*
 * What the expressions of a revision say.
 *
 * A revision is a program that describes tables: `sa.Column("id", sa.Integer())`. It is run here as far as it is
 * decided by what it says itself, and what its expressions come to are terms: texts, numbers, lists, names of
 * other modules ("sqlalchemy.Integer"), attributes and calls of such. A term that cannot be known is TERM_UNKNOWN,
 * never a guess. Terms live in the arena of the run; lists and dicts change as they do in Python, for all who have them,
 * and what is changed in a way that is not followed becomes TERM_UNKNOWN.
 */
#ifndef ANALYZERS_MIGRATIONS_TERM_H
#define ANALYZERS_MIGRATIONS_TERM_H

#include "analyzers/python/tree.h"

typedef enum TermKind {
    TERM_UNKNOWN,
    TERM_NONE,
    TERM_TRUE,
    TERM_FALSE,
    TERM_NUMBER, /* text: as it is written, with its sign */
    TERM_STRING, /* text: its value */
    TERM_LIST,   /* or a tuple, or a set: args */
    TERM_DICT,   /* args, with their keys as keywords; only texts are keys */
    TERM_NAME,   /* text: dotted, from where it was imported */
    TERM_ATTRIBUTE, /* of: the object; text: its name */
    TERM_CALL,      /* of: what is called; args */
    TERM_FUNCTION,  /* node: its definition in this file */
} TermKind;

typedef struct Term Term;

typedef struct TermArg {
    Str         keyword; /* or empty */
    const Term *term;
} TermArg;

typedef Vec(TermArg) TermArgVec;

struct Term {
    TermKind    kind;
    Str         text;
    const Term *of;
    TermArgVec  args;
    bool        is_partial; /* there are more of the args than is known */
    NodeId      node;       /* the expression that came to it */
};

Term *term_new(Arena *arena, TermKind kind, NodeId node);

/* What follows the last dot of what is called, or of a name: "Column" for sa.Column(…). Empty if there is none. */
Str term_word(const Term *term);

/* The name that stands before all dots and calls: "sqlalchemy" for sa.text("x").y; empty if it is none. */
Str term_root(const Term *term);

/* Of a call: the argument at a position, or of a keyword; NULL where there is none. */
const Term *term_at(const Term *call, uint32_t index);
const Term *term_keyword(const Term *call, const char *keyword);
const Term *term_argument(const Term *call, uint32_t index, const char *keyword);

/* A text: also that of op.f("x"), quoted_name("x", True). False for anything else. */
bool term_string(const Term *term, Str *out);

bool term_is(const Term *term, TermKind kind); /* false for NULL */

/* Is it, or does it stand below, a name of SQLAlchemy (or of sqlmodel, which passes those on)? */
bool term_is_sqlalchemy(const Term *term);

/* TRUE and FALSE are what they are, texts and lists by whether they are empty; false if it cannot be told. */
bool term_truth(const Term *term, bool *out);

#endif
