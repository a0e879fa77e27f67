/*
 * The card report for people at a terminal: a table of the cards, then their criteria.
 *
 * Columns are aligned by characters. Nothing that comes from the project can drive the terminal
 * (printable.h). No colour; ends in a line feed.
 */
#ifndef REPORTS_REPORT_TEXT_H
#define REPORTS_REPORT_TEXT_H

#include "reports/progress.h"

Str report_text(Arena *arena, const Progress *progress);

#endif
