/*
 * What a line of a card document is, seen by itself: the heading of a card, a field, a bullet.
 */
#ifndef CARDS_DOCUMENT_LINE_H
#define CARDS_DOCUMENT_LINE_H

#include "base/str.h"

typedef struct CardHeading {
    unsigned level; /* number of #, 0 for a plain line */
    Str      id;
    Str      title; /* may be empty under # */
} CardHeading;

bool card_heading_of(Str line, CardHeading *out);

/* Number of # in front of a Markdown heading, 0 for any other line. */
unsigned heading_level(Str line);

typedef enum Field {
    FIELD_NONE,
    FIELD_SIZE,
    FIELD_PHASE,
    FIELD_OWNER,
    FIELD_TITLE,
    FIELD_DEPENDENCIES,
    FIELD_FILES,
    FIELD_SCOPE,
    FIELD_CRITERIA,
    FIELD_SUPERSEDES,
    FIELD_BODY, /* a part we know of and read as prose */
} Field;

/* `value`: what follows the colon, trimmed, without bold marks. */
Field field_of(Str line, Str *value);

/* Is it a line "Some words: …" or "Some words (…):" that begins a part of another kind? */
bool starts_other_part(Str line);

/* The text behind "- ", "* ", "+ ", "1. " or "2) "; false for a line without bullet. */
bool bullet_of(Str line, Str *item);

typedef struct Box {
    size_t lo, hi; /* "- [x]" in the line; the bullet may be missing at its start */
    bool   ticked;
} Box;

/* The next checkbox at or after `at`. */
bool box_next(Str line, size_t at, Box *out);

#endif
