/*
 * The JSON documents of this program, and what all of them share.
 *
 * Values that come from a project may hold any bytes: json_text() always gives a
 * string, with bytes that are no UTF-8 escaped. Keys keep the order in which they
 * were set.
 */
#ifndef REPORTS_JSON_H
#define REPORTS_JSON_H

#include <jansson.h>

#include "base/own.h"
#include "base/str.h"

OWN_BY(json_t, json_decref)

json_t *json_text(Arena *arena, Str text);
json_t *json_text_or_null(Arena *arena, Str text); /* null for an empty one */
json_t *json_count(uint64_t count);

void json_put(json_t *object, const char *key, json_t *value); /* takes the value */
void json_add(json_t *array, json_t *value);

/* {"version": 1, "tool": {…}}: what every document begins with. */
json_t *json_document(void);

/* The document as it is written, with a final line end. */
Str json_written(Arena *arena, const json_t *document);

#endif
