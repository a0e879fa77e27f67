/*
 * What there is to say of a project's tables, at the places that define them.
 *
 * The findings are those of `lite2pg schema` (ddl.h) and of definitions that contradict one
 * another. A definition stands in a .sql file or in a text of the program; what only a database
 * file holds has no place and is left to `schema`; tables of tests go nowhere, and nothing is said of them.
 */
#ifndef RULES_SCHEMA_H
#define RULES_SCHEMA_H

#include "rules/rule.h"

typedef Vec(SchemaFinding) SchemaFindingVec;

/* `calls` are those of the model; what is given points into them, into the catalog and the arena. */
SchemaFindingVec schema_findings(Arena *arena, const Catalog *catalog, const Model *model, const CallsiteVec *calls);

#endif
