/*
 * The schema of a SQLite database, as Postgres 15 is told it.
 *
 * ddl_of() goes through a catalog and gives the statements that make the same tables in an empty
 * database, in an order in which they load: tables after those they refer to, each with its
 * indexes behind it, then the foreign keys that close a cycle, then the views. Types are those of
 * the catalog (CatalogColumn.type), so what is translated against the catalog fits what is
 * created here.
 *
 * Nothing vanishes. Whatever has no counterpart, was left out or means something else is a
 * finding, which stands at the statement it is about; a statement that could not be written has
 * no text and says why. Names, texts and places are borrowed from the catalog, all else lives in
 * the arena.
 */
#ifndef REWRITERS_SCHEMA_DDL_H
#define REWRITERS_SCHEMA_DDL_H

#include "analyzers/schema/catalog.h"

typedef struct DdlFinding {
    const char *code;  /* id of porting-semantics: "SC-18" */
    Str         table; /* or view, trigger; empty: of none */
    Str         message;
    SchemaPlace place; /* line 0: none */
} DdlFinding;

typedef Vec(DdlFinding) DdlFindingVec;

typedef struct DdlStatement {
    Str           sql; /* without semicolon; empty: there is none, the findings say why */
    DdlFindingVec findings;
} DdlStatement;

typedef Vec(DdlStatement) DdlStatementVec;

typedef struct Ddl {
    DdlStatementVec statements;
} Ddl;

/* `notes` are those of reading the catalog; they become findings. */
Ddl ddl_of(Arena *arena, const Catalog *catalog, const NoteVec *notes);

/* As a script: findings are `-- lite2pg: CODE message` before what they are about. */
Str ddl_text(Arena *arena, const Ddl *ddl);

#endif
