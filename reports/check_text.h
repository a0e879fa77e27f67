/*
 * Findings for people at a terminal or in a log.
 *
 *     path:line:column: severity rule message
 *
 * then the source line with a caret below, the evidence by place, the card and what can
 * be done; a summary in the end. Nothing that comes from the project can drive the
 * terminal, and passwords of database URLs are masked in every line shown.
 */
#ifndef REPORTS_CHECK_TEXT_H
#define REPORTS_CHECK_TEXT_H

#include "reports/check.h"

typedef enum Colors { COLORS_NONE, COLORS_ANSI } Colors;

Str check_text(Arena *arena, const CheckResult *result, Colors colors);

#endif
