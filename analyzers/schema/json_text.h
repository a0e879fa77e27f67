/*
 * Whether a text is JSON that both Python's json and Postgres' JSONB read, as the same value.
 *
 * Stricter than either alone: no NaN or Infinity, no single quotes or trailing commas (JS-10), no
 * surrogates without their other half, UTF-8 throughout, and nothing nested or counted beyond what
 * both take. Allocates nothing, and is done after one pass over the text.
 */
#ifndef ANALYZERS_SCHEMA_JSON_TEXT_H
#define ANALYZERS_SCHEMA_JSON_TEXT_H

#include "base/str.h"

typedef enum JsonKind {
    JSON_NO,       /* not JSON, or not to both */
    JSON_NUMBER,
    JSON_WORD,     /* a string, true, false, null */
    JSON_COMPOUND, /* an object or an array */
    JSON_HAS_NUL,  /* any of them with \u0000 in it, which JSONB refuses */
} JsonKind;

JsonKind json_kind_of(Str text);

#endif
