/*
 * What SQLite itself says of a text: the judge of the parser.
 *
 * sqlite3_prepare_v2() stops at the first thing it dislikes, and most of what it dislikes is no
 * matter of syntax (a table that is not there). So the answer is one of three. REFUSES: the message
 * is that of the tokenizer or of the grammar, or of one of the checks that the grammar's own actions
 * make whatever the schema is (syntax_messages in the .c). ACCEPTS: it was compiled. SILENT: it
 * failed otherwise, and what stands behind that place was perhaps not read. A query or a change of
 * rows gets a second hearing then: as the body of a view or of a trigger, where no name is looked up.
 */
#ifndef TESTS_SQL_SQLITE_ANSWER_H
#define TESTS_SQL_SQLITE_ANSWER_H

#include <sqlite3.h>

#include "base/str.h"

typedef enum Answer { ACCEPTS, REFUSES, SILENT } Answer;

typedef struct SqliteAnswer {
    Answer answer;
    size_t end;     /* of the first statement, with its semicolon, when it ACCEPTS */
    Str    message; /* else: in the arena */
} SqliteAnswer;

extern const char sqlite_tables_text[];

/* In memory, with the tables the fixtures and the grammar name; NULL when it cannot be opened. */
sqlite3 *sqlite_tables(void);

/* About the first statement of the text. */
SqliteAnswer sqlite_answer(Arena *arena, sqlite3 *db, Str text);

#endif
