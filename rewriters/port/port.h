/*
 * What becomes of each unit: its verdict, the reasons, and the edits of its port.
 *
 * A unit is ported whole or not at all. SAFE means the same behaviour on SQLite
 * and on Postgres, argued from facts; UNSAFE means likely right, a person should
 * read it; MANUAL means there is no rewrite, or too little is known. Every verdict
 * but SAFE has reasons: an id of the porting semantics, a place, and a sentence
 * with the decision that is needed.
 *
 * The edits hold under one condition: that the unit's origins hand out SQLAlchemy
 * connections. port_choose() decides which units are written, given what the
 * caller allows; nothing here touches a file.
 */
#ifndef REWRITERS_PORT_PORT_H
#define REWRITERS_PORT_PORT_H

#include "analyzers/config/config.h"
#include "analyzers/facts/unit.h"
#include "analyzers/schema/catalog.h"
#include "rewriters/edit/compose.h"
#include "rewriters/sql/translate.h"

typedef enum Verdict { VERDICT_PORTED, VERDICT_SAFE, VERDICT_UNSAFE, VERDICT_MANUAL } Verdict;

typedef struct Reason {
    Str           code; /* "PY-11" */
    Verdict       verdict;
    const Module *module;
    NodeId        at;
    Str           message; /* one sentence: what is in the way, and the cure */
} Reason;
typedef Vec(Reason) ReasonVec;

typedef struct PlacedEdit {
    const Module *module;
    Edit          edit;
} PlacedEdit;
typedef Vec(PlacedEdit) PlacedEditVec;

/* A name a file must import for the port. */
typedef struct ImportNeed {
    const Module *module;
    const char   *from; /* "sqlalchemy"; "" for the engine module the port writes */
    const char   *name;
    Str           used_as; /* the name in the file: another one where `name` is taken */
} ImportNeed;
typedef Vec(ImportNeed) ImportNeedVec;

/* What the translator found in one statement: facts for the rules of the dialect family. */
typedef struct StatementRemark {
    const Callsite *call;
    const char     *code;
    const char     *feature; /* "insert-or-ignore" */
    SqlVerdict      verdict; /* what it alone allows */
    bool            changed; /* an edit answers it */
    Str             sql;     /* what it is about */
    bool            in_condition; /* of "datetime-now": behind WHERE, HAVING or ON, so that it is compared, not stored */
    const Module   *module;  /* where it stands; the whole argument if it does not map exactly */
    uint32_t        lo, hi;  /* in that module's text */
    Str             message;
} StatementRemark;
typedef Vec(StatementRemark) StatementRemarkVec;

/* A use of a row (or of one of its values) that sqlite3 allows and the port touches. */
typedef enum RowUseKind {
    ROW_BY_NAME,    /* row["name"] */
    ROW_BY_INDEX,   /* row[0] */
    ROW_UNPACKED,   /* a, b = row; for value in row; tuple(row) */
    ROW_TO_DICT,    /* dict(row), **row */
    ROW_KEYS,       /* row.keys() */
    ROW_TESTED,     /* row is None, if row */
    ROW_COMPUTED,   /* row[name] */
    ROW_ESCAPES,    /* leaves for code that is not seen */
    ROW_OTHER       /* compared, printed, added … */
} RowUseKind;

typedef struct RowUse {
    RowUseKind    kind;
    const Module *module;
    NodeId        row;  /* the expression that is the row */
    NodeId        node; /* the use around it */
    Str           key;  /* of ROW_BY_NAME */
} RowUse;
typedef Vec(RowUse) RowUseVec;

typedef struct UnitPort {
    const Unit        *unit;
    Verdict            verdict;
    ReasonVec          reasons; /* worst first, then by place; empty for SAFE and PORTED */
    PlacedEditVec      edits;
    ImportNeedVec      needs;
    StatementRemarkVec remarks;
} UnitPort;
typedef Vec(UnitPort) UnitPortVec;

typedef struct PortInputs {
    const Model   *model;
    const Units   *units;
    const Config  *config;
    const Catalog *catalog;
    bool           is_partial;    /* not all of the project could be looked at: nothing is safe then */
    const RowUseVec *wrapped;      /* found out by ports_judge(): by unit that others need, the uses of its rows */
    const bool    *unkept_keys;   /* found out by ports_judge(): by unit, whether SQLite may pass over foreign keys */
    const Map     *foreign_times; /* found out by ports_judge(): "table.column" of times that come from outside */
} PortInputs;

typedef struct Ports {
    PortInputs  in;
    UnitPortVec ports; /* by unit index */
} Ports;

/* Judges every unit and prepares its edits; they live in the arenas of the workers. */
void ports_judge(Workers *workers, const PortInputs *in, Ports *out);

/* The verdict a call site is reported with: its unit's; calls without a unit are safe, or ported. */
Verdict call_verdict(const Ports *ports, const Callsite *call);

/* The first reason of that verdict; NULL if there is none. */
const Reason *call_reason(const Ports *ports, const Callsite *call);

/* All uses of rows that come from sqlite3, by module and place (rules ask). */
RowUseVec row_uses_find(Arena *arena, const Model *model);

const char *verdict_name(Verdict verdict); /* "safe" */

#endif
