/*
 * The card report for pull requests and wikis: GitHub's Markdown.
 *
 * Text of the project is shown as it is: what Markdown or HTML would take for a mark is escaped,
 * so a title cannot open a tag, end a table cell or start a heading.
 */
#ifndef REPORTS_REPORT_MARKDOWN_H
#define REPORTS_REPORT_MARKDOWN_H

#include "reports/progress.h"

Str report_markdown(Arena *arena, const Progress *progress);

#endif
