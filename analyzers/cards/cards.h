/*
 * The cards work is organised in.
 *
 * A card names files, the cards it depends on, and criteria by which it is accepted. Cards are
 * read from the document a team already has (see document.h for the shapes it may take) or from
 * TOML ([[card]], see card_toml.h), told apart by the file's ending. Reading collects the
 * document's mistakes as notes, each with its line: an unknown dependency, a cycle of
 * dependencies and an id given twice are errors; a file claimed by two cards, a dependency on
 * something that is no card of the document and the like are warnings.
 *
 * cards_parse() gives the cards with all their notes, for showing them. cards_read() is for those
 * who want to rely on the cards: the first error among the notes makes it fail. Both fail where
 * there are no cards to be read: TOML that is none, a document without a card.
 *
 * Afterwards Cards is constant. Everything it points to lives in the arena.
 */
#ifndef CARDS_CARDS_H
#define CARDS_CARDS_H

#include "base/error.h"
#include "base/map.h"
#include "base/str.h"

enum {
    CARDS_LARGEST     = 4 * 1024 * 1024, /* bytes of a card document */
    CARDS_MOST        = 2000,            /* cards in a document */
    CARD_LIST_MOST    = 5000,            /* files, superseded cards; no more are read of a card */
    CRITERION_LONGEST = 4096,            /* bytes; what continues a longer one is not read */
};

typedef struct Criterion {
    Str      text;
    bool     done;     /* ticked, or evidence given */
    Str      check;    /* a rule, a family or a built-in check; empty: none named */
    Str      run;      /* a command; empty: none named */
    Str      evidence; /* of being done, as the document has it; may be empty */
    uint32_t line;
} Criterion;
typedef Vec(Criterion) CriterionVec;

typedef struct CardFile {
    Str      pattern; /* a path, a folder or a glob, relative to the root */
    uint32_t line;
    bool     is_conditional; /* "(if it has callsites)", "(or …)": may well not exist */
} CardFile;
typedef Vec(CardFile) CardFileVec;

typedef struct Card {
    Str          id;
    Str          title;
    Str          phase;
    Str          size;   /* as written, without what stands in parentheses */
    double       effort; /* days, from the size ("2-3 days" are 3); 0: unknown */
    Str          owner;
    StrVec       depends_on; /* ids of cards that exist */
    StrVec       supersedes; /* ids or issue numbers ("#1552") */
    CardFileVec  files;
    CriterionVec criteria;
    uint32_t     line;
} Card;
typedef Vec(Card) CardVec;

typedef enum CardNoteLevel { CARD_ERROR, CARD_WARNING } CardNoteLevel;

typedef struct CardNote {
    CardNoteLevel level;
    uint32_t      line;
    Str           message; /* without place: names the card and the cure */
} CardNote;
typedef Vec(CardNote) CardNoteVec;

typedef Vec(const Card *) CardRefVec;

typedef struct Cards {
    Str         path;
    CardVec     cards; /* in document order; of cards with one id, the first */
    CardNoteVec notes; /* by line */
    CardRefVec  order; /* each card after those it depends on; else document order */
    Map         index; /* Card by id */
} Cards;

bool cards_parse(Arena *arena, Str path, Str text, Cards *out, Error *why);
bool cards_read(Arena *arena, Str path, Str text, Cards *out, Error *why);

const Card *card_find(const Cards *cards, Str id); /* NULL if there is none */

/*
 * The card that claims a path, or NULL. The path itself beats a folder that holds it, a folder
 * beats a glob; of two folders the inner one, else the card that comes first in the document.
 */
const Card *card_of(const Cards *cards, Str path);

/* Does this entry of a card cover the path: as itself, as a folder, as a glob? */
bool card_file_covers(const CardFile *file, Str path);

/* The dependencies that have work left; `has_work_left` has one entry for each of cards->cards. */
StrVec card_blocked_by(Arena *arena, const Cards *cards, const Card *card,
                       const bool *has_work_left);

#endif
