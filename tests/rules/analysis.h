/*
 * Rules held to Python text in memory: what the tests of this folder have in common.
 */
#ifndef TESTS_RULES_ANALYSIS_H
#define TESTS_RULES_ANALYSIS_H

#include "rules/run.h"

typedef struct Analysis {
    Arena       *arena;
    Project      project;
    Config       config;
    const Model *model;
    CallsiteVec  calls;
    Units        units;
    RuleTextVec  texts;
    Catalog catalog;
    Ports   ports;
    FindingVec findings; /* of the rules asked for */
} Analysis;

/* One file, with the tables of fixtures/rules/schema.sql; `rule` NULL: all rules. Lives in the
 * arena. */
const Analysis *analysis_of(Arena *arena, Str path, Str text, const Rule *rule);

/* The file after the port of all its units, unsafe ones and connections included. */
Str analysis_port(const Analysis *analysis);

bool file_exists(const char *name);

#endif
