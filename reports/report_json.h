/*
 * The card report for programs: one JSON object, version 1, as docs of the command line describe.
 *
 * Keys come in a fixed order; text that is no UTF-8 is escaped as printable.h does. Ends in a
 * line feed.
 */
#ifndef REPORTS_REPORT_JSON_H
#define REPORTS_REPORT_JSON_H

#include "reports/progress.h"

Str report_json(Arena *arena, const Progress *progress);

#endif
