/*
 * Inside the walk over a function that growth.h tells of: what a path knows, and the parts of the walk.
 */
#ifndef ANALYZERS_FACTS_GROWING_H
#define ANALYZERS_FACTS_GROWING_H

#include "analyzers/facts/growth.h"
#include "analyzers/facts/pieces.h"

enum { WATCHED = 64, ROUNDS = 5, TURNS = 2, STEPS = 200000, LONGEST_TEXT = 1 << 15, MOST_PIECES = 2000 };

typedef enum SlotKind {
    SLOT_UNSET,   /* not given anything yet: who reads it raises */
    SLOT_UNKNOWN,
    SLOT_TEXT,
    SLOT_LIST
} SlotKind;

/* What a local holds. */
typedef struct Slot {
    SlotKind     kind;
    SqlText      text;
    GrownItemVec items;
    SqlTextVec   texts;  /* of the items, in the same order */
    NodeIdVec    makers;
    uint64_t     from;   /* the locals it was made of, itself among them */
} Slot;

/* What is known of a condition that cannot change. */
typedef struct Decision {
    Str  condition;
    bool holds;
} Decision;

typedef struct State {
    Slot *slots;
    Vec(Decision) decisions;
} State;

typedef Vec(State) StateVec;

typedef struct Choice {
    NodeId condition;
    bool   holds;
} Choice;

typedef Vec(Choice) ChoiceVec;

/* A reading that was met but not followed, and what the local was made of then. */
typedef struct Sight {
    NodeId    name;
    NodeIdVec sources;
} Sight;

typedef struct Walker {
    Arena          *arena;
    const Model    *model;
    const Module   *module;
    const Tree     *tree;
    const Callsite *call;
    SymbolId        watched[WATCHED];
    bool            opaque[WATCHED]; /* given something in a way that is not followed */
    bool            counted[WATCHED]; /* a collection that placeholders are counted by: a value as a whole */
    uint32_t        count;
    uint8_t        *consumed; /* by node: an identifier whose reading was followed */
    StateVec       *broken;   /* what `break` and `continue` of the innermost loop carry out */
    StateVec       *trail;    /* of the innermost `try`: what a handler may find */
    State          *at;       /* the state that is being looked at */
    const ChoiceVec *choices; /* the conditions inside the statement that were chosen for it */
    NodeId          undecided;
    uint64_t        read;     /* watched locals that the text at hand was made of */
    uint32_t        steps;
    bool            lost;
    bool            in_branch;
    Vec(Sight)      sights;
    uint64_t        flows_text, flows_list; /* watched locals that reach the call */
    Growth         *out;
} Walker;

/* growth.c */
bool    growth_is_local(const Walker *walker, SymbolId symbol);
int     growth_index_of(const Walker *walker, NodeId name);

/* growth_state.c: states, and what holds in them */
State   growth_copy_of(Walker *walker, const State *state);
bool    growth_same_text(const SqlText *a, const SqlText *b);
bool    growth_never_changes(const Walker *walker, NodeId condition);
bool    growth_same_slot(const Slot *a, const Slot *b);
int     growth_holds_in(void *data, NodeId condition);
int     growth_truth(Walker *walker, NodeId condition);
bool    growth_add_states(Walker *walker, StateVec *into, const StateVec *states);
bool    growth_same_nodes(const NodeIdVec *a, const NodeIdVec *b);
bool    growth_add_state(Walker *walker, StateVec *states, const State *state);
int     growth_decide(Walker *walker, NodeId condition);
bool    growth_same_items(const GrownItemVec *a, const GrownItemVec *b);

/* growth_value.c: texts and lists */
SqlText growth_read_text(Walker *walker, NodeId expression);
Slot    growth_value_of(Walker *walker, NodeId expression);
bool    growth_list_of(Walker *walker, NodeId expression, Slot *out);
bool    growth_is_too_long(const SqlText *text);
void    growth_add_item(Walker *walker, Slot *slot, NodeId node, bool is_spread);
void    growth_add_list(Walker *walker, Slot *into, NodeId expression);
Slot    growth_list_like(Walker *walker, const Slot *slot);

/* growth_walk.c: statements, in order */
void    growth_walk(Walker *walker, NodeId node, StateVec *states);

#endif
