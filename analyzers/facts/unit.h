/*
 * Port units: the smallest sets of places that must change together.
 *
 * A statement and what reads its result are one unit, and so is a cursor's life
 * with all its statements. Statements that share an SQL constant, a wrapper and
 * its call sites, or a `try` whose handlers name sqlite3's exceptions, belong
 * together too. A connection that crosses a border does not unite units: it gives
 * them their origins.
 *
 * commit(), rollback() and close() on a connection belong to no unit of their own:
 * they are spelled the same on both sides.
 */
#ifndef ANALYZERS_FACTS_UNIT_H
#define ANALYZERS_FACTS_UNIT_H

#include "analyzers/facts/growth.h"

enum { NO_UNIT = UINT32_MAX };

typedef enum UnitKind { UNIT_STATEMENTS, UNIT_PROVIDER } UnitKind;

typedef Vec(uint32_t) IndexVec;

typedef struct Unit {
    uint32_t      index;
    UnitKind      kind;
    Str           id; /* "path::Class.method", with "#2" for the second of a function */
    const Module *module; /* of its first call */
    NodeId        function;
    IndexVec      calls;   /* of Units.calls */
    PlaceVec      origins; /* connect() calls and annotations its connections come from */
    uint32_t      sql_calls;
} Unit;

typedef Vec(Unit) UnitVec;

typedef struct Units {
    const Model       *model;
    const CallsiteVec *calls;
    UnitVec            units;
    uint32_t          *unit_of; /* for each call: its unit, or NO_UNIT */
    const Growth     **growths; /* for each call: how its text and its values come about; NULL where they stand at the call */
} Units;

void units_build(Arena *arena, const Model *model, const CallsiteVec *calls, Units *out);

/* The innermost `try` around a node, in its function, whose handlers name an exception of sqlite3; 0 if
 * there is none. */
NodeId try_with_sqlite_handler(const Model *model, const Module *module, NodeId node);

/* The connection values an expression may hold, as the places they come from. */
PlaceVec connection_origins(Arena *arena, const Model *model, const Module *module, NodeId expression);

#endif
