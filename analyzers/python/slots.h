/*
 * Inside the model: slots, constraints and the work left to do.
 *
 * flow.c lays down constraints (one walk a file), solve.c moves values along them
 * until nothing changes, known.c says what the functions of sqlite3, SQLAlchemy
 * and the standard library give back, model.c stores and answers.
 */
#ifndef ANALYZERS_PYTHON_SLOTS_H
#define ANALYZERS_PYTHON_SLOTS_H

#include "analyzers/python/model.h"
#include "base/hash_index.h"

typedef enum ConstraintKind {
    FLOW_COPY,      /* dst gets the value */
    FLOW_LOAD,      /* dst gets value.name */
    FLOW_STORE,     /* value.name gets what is in `dst` */
    FLOW_CALL,      /* the value is called: `call` */
    FLOW_ELEMENT,   /* dst gets what iterating over the value gives */
    FLOW_LOOKUP,    /* dst gets value[key], the key not known */
    FLOW_ITEM,      /* dst gets value[name], name a literal string or "#3" for an index */
    FLOW_ENTER,     /* dst gets what `with value as …` binds */
    FLOW_ANNOTATE,  /* dst gets an instance of the value, a class; without `extra`, a base class of
                       dst's class: what it makes dst of our world */
    FLOW_LIST,      /* dst gets list(value): the rows of a cursor, and so on */
    FLOW_DICT,      /* dst gets the value if it is a row: dict(value) has its items */
    FLOW_LIST_OF,   /* dst gets a list whose elements are the value */
    FLOW_PROVIDE,   /* dst gets what a dependency gives: what a generator yields, else the value */
    FLOW_DERIVE,    /* the value is a base class: its `self` may be what `dst` holds */
    FLOW_INHERIT,   /* the value is a base class: dst gets its `name` for the instance `extra` */
} ConstraintKind;

typedef struct Argument {
    NodeId node;
    SlotId slot;
    Str    name;   /* of a keyword argument */
    bool   is_star;    /* *args: `slot` is of what is starred */
    bool   is_mapping; /* **kwargs */
} Argument;

typedef struct CallSite CallSite;
struct CallSite {
    Place at;
    SlotId result;
    Vec(Argument) arguments;
    Vec(Place) callees; /* functions of the project it was resolved to */
    const CallSite *partial; /* what `outer` called was made here, by partial(); NULL: it was none */
    const CallSite *outer;
};

typedef struct Constraint Constraint;
struct Constraint {
    ConstraintKind kind;
    SlotId         dst;
    union {
        Str       name;
        CallSite *call; /* of FLOW_CALL */
    };
    ValueId extra;
    Place   at;
    SlotId      source; /* these two are filled in by slot_flow() */
    Constraint *next;   /* of the same source */
};

/* What it holds, and the constraints on it, in the order they were laid down. */
typedef struct Slot {
    HeldVec  values;
    Constraint *first, *last;
    uint32_t flows; /* how many these are */
    uint16_t minor;     /* how many of the values are of things that belong neither to the project nor to a database */
    bool     is_loaded; /* a FLOW_LOAD is among the constraints */
    NodeId   bound;   /* of a name with several assignments, the one this slot is for; 0: where paths meet, and all others */
    uint32_t settled; /* values[0 … settled) have been sent along all constraints */
} Slot;

/* Something to do: send one value along all constraints, or a new constraint's share of values. */
typedef struct Work {
    const Constraint *missed; /* the new constraint; NULL: a value for all */
    SlotId            slot;
    uint32_t          index; /* of the value; of the first that the constraint has not missed */
} Work;

/* A return whose value the caller gives: a parameter, an item of one, what calling one gives. */
typedef struct Echo {
    NodeId    parameter; /* its name, where it is bound */
    Str       item;      /* `return x[0]`: "#0"; "[*]" for an unknown key; empty: itself */
    CallSite *call;      /* `return fn(…)`; NULL: it is not called */
} Echo;

typedef struct FunctionInfo {
    Place  at;
    SlotId returned, yielded;
    SlotId returned_own; /* of `returned`, what does not depend on who calls */
    Vec(Echo) echoes;
    bool   is_generator, is_manager, is_property, is_static, is_class_method;
    NodeId owner; /* the class it is defined in; 0 if none */
    PlaceVec callers;
} FunctionInfo;

typedef struct ClassInfo {
    Place  at;
    SlotId selves;   /* instances of it and of the classes derived from it */
    SlotId delegate; /* where its __getattr__ looks; 0: it has none */
    Vec(SlotId) bases;
} ClassInfo;

/* What `from x import *` brings into a module. */
typedef struct Stars {
    Vec(uint32_t) modules;
    bool has_sqlite;
} Stars;

/* The binding that reaches an augmented assignment. */
typedef struct Before {
    NodeId target, bound;
} Before;

/* Per module: the slots of its nodes and symbols, and what its definitions are. */
typedef struct Sheet {
    const Module  *module;
    SlotId        *of_node;
    SlotId        *of_symbol;
    FunctionInfo **functions; /* by the scope they open */
    ClassInfo    **classes;   /* by the scope they open */
    Stars         *stars;     /* NULL until asked */
    Vec(Before) before;       /* of what `name += …` adds to, in no order */
} Sheet;

/* `owner.name`, and where what it holds is. */
typedef struct Attribute {
    ValueId owner;
    SlotId  slot;
    Str     name;
} Attribute;

/* What is worked out when somebody first asks. */
typedef struct Asked {
    PlaceVec *holders; /* by value */
} Asked;

struct Model {
    Arena         *arena;
    const Project *project;
    Sheet         *sheets;
    Vec(FunctionInfo *) functions; /* of all modules, in order */
    Vec(Value) values;
    HashIndex value_index; /* of `values` */
    Vec(Slot) slots;
    Vec(Attribute) attributes;
    HashIndex attribute_index; /* of `attributes` */
    Vec(const Constraint *) many; /* those of slots that have FLOWS_MANY or more */
    HashIndex many_index;         /* of `many` */
    Vec(Work) work;
    Map      partials;  /* "module:node" of a partial(), to its CallSite */
    Map      stores;    /* attribute name, to StoreVec */
    bool      is_presuming; /* what is added from now on is only likely */
    size_t    done;         /* how much of `work` is */
    uint32_t capped;
    ModelLimits limits;
    uint64_t steps;
    bool     is_cut_short; /* a limit was reached, and not only that of minor values */
    Asked   *asked;
};

/* What is known of a function or class by its node; NULL if it is none. */
static inline FunctionInfo *sheet_function(const Sheet *sheet, NodeId node)
{
    return sheet->functions[sheet->module->scopes.opens[node]];
}

static inline ClassInfo *sheet_class(const Sheet *sheet, NodeId node)
{
    return sheet->classes[sheet->module->scopes.opens[node]];
}

/* flow_each(flow, model, slot) { … flow->kind … }: those laid down on the way included. */
#define flow_each(flow, model, slot) \
    for (const Constraint *flow = (model)->slots.items[slot].first; flow; flow = flow->next)

enum { STAR_LIMIT = 64, FLOWS_MANY = 16 };

/* Two slots of every container, beside those of its literal keys: what was put in under a key we
 * do not know, and everything in it. */
#define ANY_KEY   STR("[]")
#define EACH_ITEM STR("[*]")
/* What a future will give. */
#define RESULT STR("<result>")
/* What a dict was made of: dict(row). */
#define OF_ROW STR("<row>")

SlotId  slot_new(Model *model);
SlotId  slot_of_node(Model *model, const Module *module, NodeId node);
SlotId  slot_of_symbol(Model *model, const Module *module, SymbolId symbol);
SlotId  slot_of_attribute(Model *model, ValueId owner, Str name);
/* Whether an attribute of the value was ever stored or read; of a class, other than by its body. */
bool    slot_known_attribute(const Model *model, ValueId owner, Str name);
ValueId value_of(Model *model, Role role, uint32_t a, uint32_t b, Str name);

/* Puts a value into a slot; `from` and `at` say how it came there. */
void slot_add(Model *model, SlotId slot, ValueId value, SlotId from, Place at);

/* Lays down a constraint on what `source` holds now and later. */
void slot_flow(Model *model, SlotId source, Constraint constraint);

static inline void slot_copy(Model *model, SlotId source, SlotId dst, Place at)
{
    if (source && dst && source != dst)
        slot_flow(model, source, (Constraint) { .kind = FLOW_COPY, .dst = dst, .at = at });
}

/* The decorator of a function or class whose last name is `name` (`@pytest.fixture(…)`: "fixture"); 0 if there is none. */
NodeId decorator_named(const Tree *tree, NodeId definition, const char *name); /* flow.c */

/* The value that a dotted module name stands for in a module, `level` dots before it. */
ValueId module_value(Model *model, const Module *from, uint32_t level, Str name); /* flow.c */

void defs_generate(Model *model, const Module *module); /* defs.c; before flow_generate() */
void flow_generate(Model *model, const Module *module); /* flow.c */
void inject_generate(Model *model);                     /* inject.c; after flow_generate() of every module */
void model_solve(Model *model);                         /* solve.c; what is added later is solved by a further call */
void model_presume(Model *model);                       /* presume.c */

/* Constraint.extra of a load that __getattr__ hands on. */
enum { DELEGATED = 1 };

/* dst gets `name` of a value, of a class seen through `seen_by`, of the sqlite3 class that is a base (load.c). */
void attribute_load(Model *model, ValueId owner, Str name, SlotId dst, Place at);
void attribute_of_class(Model *model, const Value *type, Str name, ValueId seen_by, SlotId dst, Place at);
void attribute_of_library(Model *model, ValueId base, const Constraint *flow);
/* `class Pool(sqlite3.Connection)`: what its bases make of an instance. */
void instance_of_bases(Model *model, const Value *type, const Constraint *flow);

/* Calls of values (call.c); `self` is 0 if the function is not bound. */
void call_value(Model *model, CallSite *call, ValueId callee);
void call_function(Model *model, CallSite *call, Place callee, ValueId self);

/* Calls of things outside the project (known.c). `callee` is the value called. */
void known_call(Model *model, const CallSite *call, ValueId callee);
/* Attributes of values outside the project. */
void known_attribute(Model *model, ValueId owner, Str name, SlotId dst, Place at);
/* What iterating over (or subscripting with an unknown key) gives. */
void known_element(Model *model, ValueId owner, SlotId dst, Place at);
/* What the sqlite3 or SQLAlchemy class `type` gives as an instance. */
typedef enum KnownTypes { KNOWN_DATABASE, KNOWN_ANY } KnownTypes;
void known_instance(Model *model, ValueId type, SlotId dst, Place at, KnownTypes which);
/* What libraries do (library.c): a function of theirs, a method or an attribute of their objects, what being of a
 * class of theirs makes of a value beside an object; a partial or a namedtuple that is called. */
void library_call(Model *model, const CallSite *call, Str name);
void library_method(Model *model, const CallSite *call, ValueId owner, Str name);
void library_attribute(Model *model, ValueId owner, Str name, SlotId dst, Place at);
void library_instance(Model *model, Str type, SlotId dst, Place at);
void library_call_object(Model *model, const CallSite *call, ValueId callee);

bool known_is_sqlite_module(Str dotted);
/* Whether `from sqlite3 import *` brings the name. */
bool known_is_sqlite_export(Str name);

/* Whether a dotted name belongs to another database's driver. */
bool known_is_driver(Str dotted); /* presume.c */

/* The argument at a position or of a keyword (may be empty); NULL if it is not there or starred before. */
const Argument *call_argument(const CallSite *call, uint32_t index, Str keyword);

/* The text of an argument that is one plain string; empty otherwise. */
Str call_literal(const Model *model, const CallSite *call, uint32_t index);

/* Puts a value of this role, with the call as its site, into the call's result. */
ValueId call_gives(Model *model, const CallSite *call, Role role, Str name);

/* The text of a string literal that is spelled plainly: one part, no prefix, no escapes; else empty. */
Str plain_string(const Tree *tree, NodeId node);

#endif
