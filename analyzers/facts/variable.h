/*
 * Variables that carry cursors and results from the statement to its readers.
 *
 * `cur = conn.cursor()` … `cur.execute(a)` … `cur.fetchall()`; `rows = conn.execute(b)`. One variable may carry
 * one statement after the other. Where it belongs to one function, and it is known which statement each use sees
 * (reach.h), its statements can be told apart: each is ported for itself. So can those of a cursor that an object
 * keeps (`self.cur`), if each function that uses it runs it before it reads.
 */
#ifndef ANALYZERS_FACTS_VARIABLE_H
#define ANALYZERS_FACTS_VARIABLE_H

#include "analyzers/facts/reach.h"
#include "analyzers/facts/unit.h"

/* A variable that holds a cursor, or one statement's result after the other. */
struct ResultVariable {
    const Module   *module;
    SymbolId        symbol;       /* 0 for … */
    Str             path;         /* … an attribute, as its function writes it: `self.cur`; each function has its own */
    Str             connection;   /* of an attribute: what this function calls the connection, `self.conn` */
    NodeId          function;
    const Callsite *cursor;       /* the cursor() call it is bound to; NULL for a result's variable */
    uint32_t        cursors;      /* how many there are */
    uint32_t        ordinal;      /* how many cursors of its function are in use beside it, and came before */
    NodeIdVec       executes;     /* calls on the cursor, or whose result is assigned */
    NodeIdVec       between;      /* of a cursor, for each of them, see statement_between() */
    bool            is_run;       /* statements are run on it */
    bool            is_shared;    /* by several functions */
    bool            is_separable; /* which statement each reader sees is known; a cursor is but run and read */
    ReachVec        reaches;      /* unless it is shared */
};

typedef Vec(ResultVariable *) ResultVariableVec;

/* All of them, in the order of the calls; `by_place` finds them by module and symbol. */
ResultVariableVec result_variables_find(Arena *arena, const Model *model, const CallsiteVec *calls, Map *by_place);

/* NULL if the symbol carries no cursor and no result that is assigned to it. */
const ResultVariable *units_variable(Arena *arena, const Units *units, const Module *module, SymbolId symbol);
const ResultVariable *result_variable(Arena *arena, const Map *by_place, const Module *module, SymbolId symbol);

/* That of the receiver of a call, be it a name or an attribute. */
const ResultVariable *units_variable_under(Arena *arena, const Units *units, const Callsite *site);
const ResultVariable *result_variable_under(Arena *arena, const Map *by_place, const Callsite *site);

/* Whether a use of the variable binds it, runs a statement on it, or closes it. */
bool use_binds(const ResultVariable *variable, NodeId use);
bool use_runs(const ResultVariable *variable, NodeId use);
bool use_closes(const ResultVariable *variable, NodeId use);
bool is_closed_at(const Tree *tree, NodeId use); /* `use.close` */

/* The statement that a cursor runs before all of an earlier one's result is read; 0 if there is none. */
NodeId statement_between(const ResultVariable *cursor, NodeId execute);

/* The variable a call's result is assigned to, or the one it is made on; 0 if there is none. */
SymbolId call_target(const Callsite *site);
SymbolId call_receiver(const Callsite *site);

#endif
