/*
 * Words and figures that all forms of the card report share.
 */
#ifndef REPORTS_REPORT_WORDS_H
#define REPORTS_REPORT_WORDS_H

#include "reports/progress.h"

/* "6 h 30 min", "25 min", "0 min" */
Str effort_words(Arena *arena, uint64_t minutes);

/* "RM-1, RM-3"; empty if nothing blocks */
Str blocked_words(Arena *arena, const CardProgress *progress);

/* "34 of 120 SQL calls ported (28 %), effort left 6 h 30 min" */
Str summary_words(Arena *arena, const CardProgress *progress);

/* "2 of 5 criteria met, 1 unmet, 2 for a person to say" */
Str criteria_words(Arena *arena, const CardProgress *progress);

#endif
