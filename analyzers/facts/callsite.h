/*
 * Every call on a database object, with what is known of it.
 *
 * A Callsite is a fact: who receives the call and how we know, which SQL it runs
 * and how that text is assembled, which values are given. Whether it can be
 * ported is asked of its unit (rewriters/port).
 *
 * "SQL calls" are execute, executemany, executescript and calls of the project's
 * own wrappers: functions that hand a parameter on as SQL.
 */
#ifndef ANALYZERS_FACTS_CALLSITE_H
#define ANALYZERS_FACTS_CALLSITE_H

#include "analyzers/facts/sqltext.h"
#include "base/pool.h"

typedef enum Method {
#define METHOD(name, word, sql) METHOD_##name,
#include "analyzers/facts/method.def"
#undef METHOD
    METHOD_COUNT
} Method;

typedef enum Certainty { CERTAINTY_NO, CERTAINTY_MAYBE, CERTAINTY_YES } Certainty;

typedef enum ParamShape {
    PARAMS_NONE,
    PARAMS_TUPLE,
    PARAMS_LIST,
    PARAMS_DICT,
    PARAMS_VARIABLE,
    PARAMS_APPENDED,
    PARAMS_GENERATOR,
    PARAMS_UNKNOWN
} ParamShape;

typedef struct Params {
    ParamShape shape;
    NodeId     node;    /* the argument as written; 0 if none */
    NodeId     display; /* the tuple, list or dict display behind it; 0 if it cannot be followed */
    SymbolId   variable; /* the variable that holds the display; 0 if written in place */
    NodeIdVec  items;   /* its elements (for a dict: its PY_PAIR nodes) */
    bool       is_exact; /* items are all of them: no star, nothing unknown */
} Params;

typedef struct Callsite {
    uint32_t      index; /* in CallsiteVec */
    const Module *module;
    NodeId        call;
    NodeId        function; /* the def or lambda around it; 0 at module or class level */
    Method        method;
    NodeId        receiver; /* the expression before the dot; 0 for connect(), plain functions and bound methods */
    NodeId        name;     /* the identifier of the method, or the expression that holds it */
    Role          role;     /* CONNECTION, CURSOR, SA_CONNECTION …; SQLITE_MODULE for connect */
    ValueId       value;    /* the first value of that role the receiver may hold */
    Certainty     certainty;
    Place         because;
    bool          is_mixed;  /* the receiver may also be something of another library */
    bool          is_ported; /* SQLAlchemy's side */
    SqlText       sql;       /* for SQL calls; text.len == 0 otherwise */
    NodeId        sql_node;  /* the argument that is SQL */
    Params        params;
    Str           callee;    /* a wrapper's name */
    Place         wrapper;   /* a wrapper's definition */
    bool          is_passed_on; /* the SQL is a parameter of a function around the call: its callers know it */
    bool          is_bound;     /* execute(*bound(sql, values)): the engine module names the placeholders when it runs */
} Callsite;

typedef Vec(Callsite) CallsiteVec;

/* All of them, by module and position. */
CallsiteVec callsites_find(Workers *workers, const Model *model);

const Callsite *callsite_at(const CallsiteVec *calls, const Module *module, NodeId call); /* or NULL */

Method      method_called(Str word); /* METHOD_COUNT if it is none */
bool        method_is_sql(Method method);
bool        role_is_result(Role role); /* what a statement gives: a cursor of sqlite3, SQLAlchemy's result */
const char *method_name(Method method);
const char *param_shape_name(ParamShape shape);
const char *certainty_name(Certainty certainty);

#endif
