/*
 * Where a program asks for the time without saying in which zone.
 *
 * `datetime.utcnow()` and `datetime.now()` give naive times; so does what is made
 * of them: their text, their sum with an interval, a variable that holds them, a
 * function of the project that returns them (DT-05).
 */
#ifndef ANALYZERS_FACTS_CLOCK_H
#define ANALYZERS_FACTS_CLOCK_H

#include "analyzers/python/model.h"

/* Whether an expression is such a time; `clock` is then the call that asks for it. */
bool is_naive_clock(const Model *model, const Module *module, NodeId expression, Place *clock);

#endif
