/*
 * What a value is by its form: the time of day, an ISO 8601 time, JSON, anything else.
 *
 * A kind is given only where SQLite, Python and Postgres read the text as the same value: an ISO_TIME is a
 * day of the calendar and a time on it, `T` or a blank between them, up to six digits of a
 * second, and no zone, `Z` or an offset (DT-05, DATA-07). `01/02/2024`, a week, `24:00`, the
 * second 60 and `now` are FREE_TEXT.
 */
#ifndef ANALYZERS_SCHEMA_VALUE_KIND_H
#define ANALYZERS_SCHEMA_VALUE_KIND_H

#include "base/str.h"

typedef enum ValueKind {
#define VALUE(kind, words) VALUE_##kind,
#include "analyzers/schema/value_kinds.def"
#undef VALUE
    VALUE_KIND_COUNT
} ValueKind;

ValueKind   integer_kind_of(int64_t value);
ValueKind   text_kind_of(Str text);
const char *value_kind_words(ValueKind kind); /* "a part of a date or time" */

/*
 * The form of a text and nothing of what it says: each letter is an `a`, each digit a 9: "99:99".
 * Of a long one the length alone. Printable.
 */
Str value_form(Arena *arena, Str text);

#endif
