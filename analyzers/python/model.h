/*
 * What each expression is: the project's database world as values in slots.
 *
 * A slot stands for a variable, an attribute, a parameter, a return or the value
 * of an expression; it holds a set of abstract values: a sqlite3 connection (by
 * the place it was opened), a cursor, a row, a function of the project, something
 * of another library. Values flow along constraints that one walk over each file
 * lays down, to a fixpoint, across functions, classes and modules. Each value in
 * a slot remembers where it came from: that chain is the evidence.
 *
 * What reaches a cap (SLOT_VALUES) is not followed further, and `capped` counts
 * it; nothing that was dropped is ever taken for knowledge.
 */
#ifndef ANALYZERS_PYTHON_MODEL_H
#define ANALYZERS_PYTHON_MODEL_H

#include "analyzers/python/project.h"

typedef enum Role {
    ROLE_NONE,
    /* sqlite3 */
    ROLE_SQLITE_MODULE,
    ROLE_SQLITE_NAME,  /* something else of the module, by name: "PARSE_DECLTYPES", "connect" … */
    ROLE_CONNECTION,   /* site: the call that opened it, or the annotation that says so */
    ROLE_CURSOR,       /* site: the cursor() or execute() call, or an annotation */
    ROLE_DB_ROW,          /* site: the fetch or the iterable it came from */
    ROLE_DB_ROWS,         /* a list of rows; site as for ROW */
    ROLE_CELL,         /* a column's value; site: the subscript; name: the column, if by name */
    /* SQLAlchemy */
    ROLE_ENGINE,
    ROLE_SA_CONNECTION,
    ROLE_SA_RESULT,
    ROLE_SA_ROW,
    ROLE_TEXT, /* text(…) */
    /* the project and the rest of Python */
    ROLE_FUNCTION, /* site: its definition */
    ROLE_CLASS,
    ROLE_INSTANCE,  /* site: the class */
    ROLE_BOUND,     /* a method of an instance: a = function value, b = instance value */
    ROLE_METHOD,    /* a built-in method: a = the value it belongs to, name */
    ROLE_MODULE,    /* a = module id */
    ROLE_PARTIAL,   /* functools.partial(…); site: the call */
    ROLE_MANAGER,   /* what calling a @contextmanager gives; site: the function */
    ROLE_GENERATOR, /* what calling a generator function gives; site: the function */
    ROLE_EXTERNAL,  /* a name outside the project, dotted: "flask.g" */
    ROLE_OBJECT,    /* anything else made at a site; name: the external callee, if any */
    ROLE_SUPER,     /* super() inside a method; site: the class */
} Role;

typedef uint32_t SlotId;  /* 0: none */
typedef uint32_t ValueId; /* 0: none */

typedef struct Value {
    Role     role;
    uint32_t a, b; /* site: module id and node, unless the role says otherwise */
    Str      name;
} Value;

typedef struct Place {
    uint32_t module;
    NodeId   node;
} Place;

/* A value in a slot, and the step that first brought it. */
typedef struct Held {
    ValueId value;
    SlotId  from; /* 0: it began here */
    Place   at;
    bool    is_presumed; /* only likely: see presume.c */
} Held;

typedef Vec(Held) HeldVec;

/* How many values of a slot are followed: of databases and the project's own definitions; of others. */
enum { SLOT_VALUES = 512, SLOT_MINOR = 24 };

/* How much is spent on a model: what goes beyond is a program of a shape nobody thought of. */
typedef struct ModelLimits {
    uint64_t steps;
    size_t   bytes;
} ModelLimits;

enum { MODEL_STEPS = 8000000, MODEL_MEGABYTES = 4096 };

typedef struct Model Model;

/* Builds and solves. The project must stay as it is from now on. */
const Model *model_build(Arena *arena, const Project *project);
const Model *model_build_within(Arena *arena, const Project *project, ModelLimits limits);

/* False if a limit was reached, in steps, in bytes or in SLOT_VALUES: then anything may be missing, and nothing is
 * certain by its absence. */
bool model_is_whole(const Model *model);

const Project *model_project(const Model *model);
const Module  *model_module(const Model *model, uint32_t id);

const Value *model_value(const Model *model, ValueId value);

/* What an expression may be; never NULL. */
const HeldVec *model_values(const Model *model, const Module *module, NodeId expression);

/* The first value of this role that an expression may be; NULL if none. */
const Held *model_has(const Model *model, const Module *module, NodeId expression, Role role);

/* The identifier at which a name got what it holds where it is used: its only binding, or the only one of several
 * that reaches the use. For the target of `name += …`, that of what is added to. 0 if more than one may. */
NodeId model_binding(const Model *model, const Module *module, NodeId name);

/* Calls of this function that the model resolved: the call nodes. */
typedef Vec(Place) PlaceVec;
const PlaceVec *model_callers(const Model *model, const Module *module, NodeId function);

/* The function that a call was resolved to, if it is exactly one; node 0 otherwise. */
Place model_callee(const Model *model, const Module *module, NodeId call);

/* Every expression that may hold this value, in order of module and node; parentheses, `await` and
 * walrus count as what they enclose. They are worked out when they are first asked for: one thread asks before several do. */
const PlaceVec *model_holders(const Model *model, ValueId value);

/* The value with this role and site; 0 if it never came up. */
ValueId model_find(const Model *model, Role role, uint32_t module, NodeId node);

/* How many values there are: ids run from 1 to this, exclusive. */
uint32_t model_value_count(const Model *model);

/* What the function returns (or yields, if it is a generator), over all its returns. */
const HeldVec *model_returned(const Model *model, const Module *module, NodeId function);

/* The chain of places from `held` back to where it began, nearest first. */
PlaceVec model_evidence(Arena *arena, const Model *model, const Module *module, NodeId expression,
                        ValueId value);

/* The attribute slots of the model: every store `object.name = value`, for questions such as
 * "is row_factory set on this connection?". */
typedef struct Store {
    Place at;     /* the attribute node that is assigned */
    NodeId value; /* the expression assigned */
} Store;
typedef Vec(Store) StoreVec;
const StoreVec *model_stores(const Model *model, Str attribute);

/* Whether a dotted name is another database driver's: psycopg2.connect. */
bool model_is_driver(Str dotted);

uint32_t model_capped(const Model *model);

const char *role_name(Role role);

#endif
