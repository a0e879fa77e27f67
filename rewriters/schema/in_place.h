/*
 * A definition where it stands in a program: CREATE TABLE, INDEX or VIEW, ALTER TABLE, DROP.
 *
 * ddl_in_place() decides with ddl_of(), so what the program makes at run time is what the schema's
 * own text would have made, and says it as edits of the statement as it was written: its layout,
 * its comments and all that Postgres reads alike stay. Where the edited text means the same to
 * SQLite as the text before, there is one text for both (`target` is SQL_TARGET_BOTH: INTEGER
 * becomes BIGINT, which is the same column there); where it does not (BIGSERIAL, BYTEA), the
 * edited text is for Postgres, and SQLite needs the old one beside it. SQL_TARGET_NONE is a
 * refusal, and the findings say why.
 *
 * The name of what is made, changed or dropped may have a hole in it; nothing else may.
 */
#ifndef REWRITERS_SCHEMA_IN_PLACE_H
#define REWRITERS_SCHEMA_IN_PLACE_H

#include "rewriters/schema/ddl.h"
#include "rewriters/sql/translate.h"

typedef struct DdlInPlace {
    SqlTarget     target;
    EditVec       edits;    /* in order; colons are as SQL has them, not as text() wants them */
    DdlFindingVec findings; /* what is left out or means something else; or why nothing is done */
    Str           refers_to; /* another table that has to be there before, or empty */
} DdlInPlace;

/* `text` is one statement, or begins with one. */
DdlInPlace ddl_in_place(Arena *arena, const Catalog *catalog, Str text);

#endif
