/*
 * Tables whose names stand apart from their definitions: { "main.users": ("CREATE TABLE {} (…)", 400) }.
 *
 * An entry of a dict whose key is a name and whose value is, or begins with, a CREATE TABLE with one field, which
 * stands for the name of the table. That the key is put there is not seen, only likely; at worst the catalog has a
 * table that nobody makes.
 */
#ifndef CLI_SCHEMA_TEMPLATE_H
#define CLI_SCHEMA_TEMPLATE_H

#include "analyzers/python/project.h"
#include "analyzers/schema/made.h"

/* The definition with the key in it; false if the entry is none of these. It lives in the arena. */
bool schema_template_read(Arena *arena, const Module *module, NodeId pair, MadeSql *out);

#endif
