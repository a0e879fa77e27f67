/*
 * Port units: the smallest sets of places that must change together.
 *
 * A statement and what reads its result are one unit. Statements that share an SQL
 * constant, a reader (which of them it sees depends on the path taken), or a `try`
 * whose handlers name sqlite3's exceptions, belong together too. So do all the
 * statements of a cursor that leaves its function or is kept in an attribute.
 *
 * What carries a statement does not unite units, it is needed by them: a connection
 * gives them their origins; a cursor that is a plain variable of one function is a
 * unit of its own, which goes when the last of its statements has gone; a function
 * that hands its callers' SQL on (a wrapper) is a unit, and each of its call sites
 * another.
 *
 * commit(), rollback() and close() on a connection belong to no unit of their own:
 * they are spelled the same on both sides.
 */
#ifndef ANALYZERS_FACTS_UNIT_H
#define ANALYZERS_FACTS_UNIT_H

#include "analyzers/facts/growth.h"

enum { NO_UNIT = UINT32_MAX };

typedef enum UnitKind {
    UNIT_STATEMENTS,
    UNIT_PROVIDER, /* where connections are opened */
    UNIT_CURSOR,   /* `cur = conn.cursor()`, and `cur.close()` */
} UnitKind;

typedef Vec(uint32_t) IndexVec;

typedef struct Unit {
    uint32_t      index;
    UnitKind      kind;
    Str           id; /* "path::Class.method", with "#2" for the second of a function */
    const Module *module; /* of its first call */
    NodeId        function;
    IndexVec      calls;   /* of Units.calls */
    PlaceVec      origins; /* connect() calls and annotations its connections come from */
    IndexVec      needs;   /* units: of a cursor, all its statements; of a call of a wrapper, the wrapper */
    uint32_t      sql_calls;
} Unit;

typedef Vec(Unit) UnitVec;

typedef struct ResultVariable ResultVariable; /* variable.h */

typedef struct Units {
    const Model       *model;
    const CallsiteVec *calls;
    UnitVec            units;
    uint32_t          *unit_of; /* for each call: its unit, or NO_UNIT */
    const Growth     **growths; /* for each call: how its text and its values come about; NULL where they stand at the call */
    Map                variables; /* see units_variable() */
} Units;

const char *unit_kind_name(UnitKind kind); /* "provider" */

void units_build(Arena *arena, const Model *model, const CallsiteVec *calls, Units *out);

/* The innermost `try` around a node, in its function, whose handlers name an exception of sqlite3; 0 if
 * there is none. */
NodeId try_with_sqlite_handler(const Model *model, const Module *module, NodeId node);

/* The connection values an expression may hold, as the places they come from. */
PlaceVec connection_origins(Arena *arena, const Model *model, const Module *module, NodeId expression);

#endif
