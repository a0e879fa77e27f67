/*
 * From SQL text to trees.
 *
 * The parser accepts the language SQLite 3 accepts (newer spellings of the
 * grammar too), with holes where Python inserts text. It never fails: a
 * statement that does not fit is marked `broken` with the place and what was
 * expected there, and parsing goes on after the next `;` that ends a statement.
 * What was understood before the break stays in the tree.
 */
#ifndef ANALYZERS_SQL_PARSER_H
#define ANALYZERS_SQL_PARSER_H

#include "analyzers/sql/ast.h"

enum {
    SQL_DEPTH_CEILING  = 200,  /* parentheses, subqueries, prefix operators within one another */
    SQL_HEIGHT_CEILING = 1000, /* of an expression's tree: what SQLite allows itself */
};

Sql sql_parse(Arena *arena, Str text);

/* The same for CREATE, ALTER and DROP only; other statements (the rows of a dump) are left out. */
Sql sql_parse_definitions(Arena *arena, Str text);

/* One expression alone (a CHECK, a DEFAULT): NULL if the text is not one. */
const Node *sql_parse_expression(Arena *arena, Str text);

#endif
