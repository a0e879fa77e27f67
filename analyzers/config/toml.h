/*
 * TOML as values.
 *
 * toml_read() turns the text of a TOML 1.0 document into a tree of values that lives in the
 * arena: tables keep the order in which their keys were written, and every key and value knows
 * its line and column (from 1, columns in characters), so that whoever finds a value unsuitable
 * can say where. What is not TOML, and what TOML forbids though it parses (a key given twice, a
 * table opened twice, a number that does not fit, a day that does not exist), is an error of one
 * line: `file:line:column: what is wrong`.
 *
 * The path only serves for messages. The text is borrowed while reading; strings are copied.
 */
#ifndef CONFIG_TOML_H
#define CONFIG_TOML_H

#include "base/error.h"
#include "base/map.h"
#include "base/str.h"

enum {
    TOML_LARGEST = 4 * 1024 * 1024, /* bytes of a document */
    TOML_DEPTH   = 64,              /* arrays and inline tables in one another; parts of a key */
};

typedef enum TomlType {
    TOML_TABLE,
    TOML_ARRAY,
    TOML_STRING,
    TOML_INTEGER,
    TOML_FLOAT,
    TOML_BOOLEAN,
    TOML_DATETIME,
} TomlType;

typedef struct TomlValue TomlValue;

typedef struct TomlEntry {
    Str        key;
    uint32_t   line, column; /* of the key */
    TomlValue *value;
} TomlEntry;

typedef Vec(TomlEntry) TomlEntryVec;
typedef Vec(TomlValue *) TomlItemVec;

struct TomlValue {
    TomlType     type;
    uint32_t     line, column; /* of the value; of the header for a table that has one */
    TomlEntryVec entries;      /* TOML_TABLE, in the order written */
    TomlItemVec  items;        /* TOML_ARRAY; the tables of an array of tables */
    Str          text;         /* TOML_STRING, decoded; TOML_DATETIME, as written */
    int64_t      integer;      /* TOML_INTEGER */
    double       number;       /* TOML_FLOAT */
    bool         truth;        /* TOML_BOOLEAN */
    Map          index;        /* the reader's own, like what follows: entries by key */
    bool         has_header;   /* [a]: may not come again */
    bool         is_dotted;    /* made by a.b = 1: no header may open it */
    bool         is_closed;    /* written in braces or brackets: nothing may be added */
};

bool toml_read(Arena *arena, Str path, Str text, TomlValue *out, Error *why);

/* NULL if the table has no such key, and for what is no table. */
const TomlValue *toml_find(const TomlValue *table, Str key);

/* "a string", "a table" …, for messages. */
const char *toml_type_name(TomlType type);

#endif
