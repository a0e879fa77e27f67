/*
 * `sql --jsonl`: a request a line, a reply a line.
 *
 * A request is {"id", "sql", "schema"}; its reply repeats id and says what became
 * of the statement, in the words of the translator. A line that is no request
 * still has a reply: one whose "error" says what is wrong with it. `sql` of a
 * reply is written for SQLAlchemy's text(): binds are `:name`, and a colon in a
 * literal that text() would misread is `\:`.
 */
#ifndef REPORTS_SQL_JSON_H
#define REPORTS_SQL_JSON_H

#include "base/error.h"
#include "reports/json.h"
#include "rewriters/sql/translate.h"

typedef struct SqlRequest {
    json_t *line;   /* what was read, or NULL; sql_request_close() lets go of it */
    json_t *id;     /* part of `line`, or NULL; any value is given back as it came */
    Str     sql;    /* these two are part of `line` as well */
    Str     schema; /* ptr NULL: none */
} SqlRequest;

/* False: `why` says what is wrong with the line; `out` then holds what there is of an id. */
bool sql_request_read(Str line, SqlRequest *out, Error *why);
void sql_request_close(SqlRequest *request);

/* Both with a final line end. */
Str sql_reply(Arena *arena, const SqlRequest *request, const Translation *translation);
Str sql_reply_error(Arena *arena, const SqlRequest *request, const Error *why);

#endif
