/*
 * What a report says of a call's SQL: its text with holes as `{name}`, which
 * kind of statement it is, how many placeholders it has.
 */
#ifndef CLI_STATEMENT_H
#define CLI_STATEMENT_H

#include "analyzers/facts/sqltext.h"

typedef struct StatementFacts {
    Str      text;
    Str      kind; /* "select", "insert" …; "unknown" */
    uint32_t placeholders;
} StatementFacts;

StatementFacts statement_facts(Arena *arena, const SqlText *sql);

#endif
