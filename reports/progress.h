/*
 * How far the cards are: the model behind every form of the card report.
 *
 * progress_of() takes plain counts (calls by file, findings by file and rule) and the cards, and
 * says for each card what is done and what is left. Each file counts for the one card that owns
 * it (card_of()), what no card owns for `unassigned`; so the cards' figures add up to `all`.
 *
 *   percent     SQL calls ported of all SQL calls, rounded down: 100 means all of them. A card
 *               without SQL calls is at 100 if its files have no finding, else at 0.
 *   effort      minutes for the calls left, by what the settings say an unsafe and a manual one
 *               cost; safe ones are free.
 *   done        every call ported, no finding left, every criterion met. A card that shows
 *               nothing at all (no file seen, no criterion) is not done.
 *   blocked_by  the dependencies that are not done.
 *
 * A criterion is judged where a machine can: by the check it names in TOML, or by wording that
 * criterion.def knows ("No sqlite3 import in any ported file"). Then it is met or unmet, with the
 * count as evidence. It is judged only on what was looked at: where a file it is about was not
 * seen, or the rule did not run, it stays manual and the evidence says so. A finding makes it
 * unmet in any case, also when somebody has ticked it. All other criteria are manual, or met when
 * ticked in the document; those that name a command are judged by its exit status, if it was run.
 *
 * A check is a rule ("connect/sqlite3-import"), a family ("connect") or the built-in "ported":
 * all SQL calls of the card are ported.
 */
#ifndef REPORTS_PROGRESS_H
#define REPORTS_PROGRESS_H

#include "analyzers/cards/cards.h"
#include "analyzers/config/config.h"

/* One for each file that was analysed, also those without calls. */
typedef struct CallTally {
    Str      path;
    uint32_t ported, safe, unsafe_, manual;
} CallTally;
typedef Vec(CallTally) CallTallyVec;

typedef struct RuleTally {
    Str      path;
    Str      rule;
    uint32_t count;
    uint32_t line; /* of the first; 0: not told */
} RuleTally;
typedef Vec(RuleTally) RuleTallyVec;

typedef struct CommandTally {
    Str command;
    int status;
} CommandTally;
typedef Vec(CommandTally) CommandTallyVec;

typedef struct Tallies {
    CallTallyVec    calls;
    RuleTallyVec    rules;
    StrVec          rules_run; /* ids of the rules that looked at all these files */
    CommandTallyVec commands;  /* those of criteria that were run */
} Tallies;

typedef struct CallCount {
    uint32_t total, ported, safe, unsafe_, manual;
} CallCount;

typedef enum CriterionState { CRITERION_MET, CRITERION_UNMET, CRITERION_MANUAL } CriterionState;

typedef struct CriterionProgress {
    Str            text;
    CriterionState state;
    Str            evidence; /* may be empty when manual */
} CriterionProgress;
typedef Vec(CriterionProgress) CriterionProgressVec;

typedef struct CardProgress {
    const Card          *card; /* NULL: of no card, or of all */
    uint32_t             files;
    CallCount            calls;
    uint32_t             findings;
    uint32_t             percent;
    uint64_t             effort_left; /* minutes */
    bool                 done;
    StrVec               blocked_by;
    CriterionProgressVec criteria;
} CardProgress;
typedef Vec(CardProgress) CardProgressVec;

typedef struct TrendPoint {
    Str      commit;
    Str      date;
    uint32_t percent;
} TrendPoint;
typedef Vec(TrendPoint) TrendVec;

typedef struct Progress {
    CardProgressVec cards; /* in document order */
    CardProgress    unassigned;
    CardProgress    all;   /* cards and unassigned together */
    TrendVec        trend; /* empty; for the caller to fill, oldest first */
} Progress;

/* `cards` may be NULL: then everything is unassigned. */
Progress progress_of(Arena *arena, const Cards *cards, const Tallies *tallies,
                     EffortMinutes effort);

const char *criterion_state_word(CriterionState state); /* "met", "unmet", "manual" */

#endif
