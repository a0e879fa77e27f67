/* Stands in for rewriters/port until that is there. */
#ifndef RULES_HAVE_H
#define RULES_HAVE_H

#ifdef HAVE_PORT
#include "rewriters/port/port.h"
#else
#include "analyzers/config/config.h"
#include "analyzers/facts/unit.h"
typedef enum Verdict { VERDICT_PORTED, VERDICT_SAFE, VERDICT_UNSAFE, VERDICT_MANUAL } Verdict;
typedef struct StatementRemark {
    const Callsite *call;
    const char *code, *feature;
    const Module *module;
    uint32_t lo, hi;
    Str message;
} StatementRemark;
typedef enum RowUseKind { ROW_BY_NAME, ROW_BY_INDEX } RowUseKind;
typedef struct RowUse {
    RowUseKind kind;
    const Module *module;
    NodeId row, node;
    Str key;
} RowUse;
typedef struct Ports { int none; } Ports;
typedef struct Catalog { int none; } Catalog;
#endif
#endif
