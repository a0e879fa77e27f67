#include "analyzers/schema/types.h"

#include <ctype.h>

static const char *const sql_names[] = {
#define PG_TYPE(type, sql) [PG_##type] = sql,
#include "analyzers/schema/pg_types.def"
#undef PG_TYPE
};

static const PgType types_of_meanings[] = {
#define MEANING(meaning, name, type) [MEANS_##meaning] = PG_##type,
#include "analyzers/schema/meanings.def"
#undef MEANING
};

static const char *const meaning_names[] = {
#define MEANING(meaning, name, type) [MEANS_##meaning] = name,
#include "analyzers/schema/meanings.def"
#undef MEANING
};

const char *pg_type_sql(PgType type)
{
    return sql_names[type];
}

const char *meaning_name(ColumnMeaning meaning)
{
    return meaning_names[meaning];
}

const char *affinity_name(Affinity affinity)
{
    static const char *const names[] = {
        [AFFINITY_BLOB]    = "blob",
        [AFFINITY_TEXT]    = "text",
        [AFFINITY_NUMERIC] = "numeric",
        [AFFINITY_INTEGER] = "integer",
        [AFFINITY_REAL]    = "real",
    };
    return names[affinity];
}

static bool contains(Str declared, const char *word)
{
    Str needle = str_of(word);

    for (size_t at = 0; at + needle.len <= declared.len; at++)
        if (str_eq_nocase(str_slice(declared, at, at + needle.len), needle))
            return true;
    return false;
}

Affinity affinity_of(Str declared)
{
    if (contains(declared, "INT"))
        return AFFINITY_INTEGER;
    if (contains(declared, "CHAR") || contains(declared, "CLOB") || contains(declared, "TEXT"))
        return AFFINITY_TEXT;
    if (declared.len == 0 || contains(declared, "BLOB"))
        return AFFINITY_BLOB;
    if (contains(declared, "REAL") || contains(declared, "FLOA") || contains(declared, "DOUB"))
        return AFFINITY_REAL;
    return AFFINITY_NUMERIC;
}

/* A word that begins so: NUMBER, but not ENUM. */
static bool has_word(Str declared, const char *beginning)
{
    Str needle = str_of(beginning);

    for (size_t at = 0; at + needle.len <= declared.len; at++)
        if (str_eq_nocase(str_slice(declared, at, at + needle.len), needle)
            && (at == 0 || !isalpha((unsigned char)declared.ptr[at - 1])))
            return true;
    return false;
}

/* SC-03 to SC-06. Words that SQLite does not know are names of text more often than of numbers. */
PgType pg_type_of(Str declared, ColumnMeaning meaning)
{
    if (types_of_meanings[meaning] != PG_UNKNOWN)
        return types_of_meanings[meaning];
    switch (affinity_of(declared)) {
    case AFFINITY_INTEGER: return PG_BIGINT;
    case AFFINITY_REAL: return PG_DOUBLE;
    case AFFINITY_TEXT: return PG_TEXT;
    case AFFINITY_BLOB: return declared.len ? PG_BYTEA : PG_TEXT;
    case AFFINITY_NUMERIC: break;
    }
    if (has_word(declared, "NUM") || has_word(declared, "DEC") || contains(declared, "MONEY"))
        return PG_NUMERIC;
    if (contains(declared, "BOOL"))
        return PG_BIGINT; /* flags by name, which hold other numbers as well */
    return str_eq_nocase(declared, STR("ANY")) ? PG_UNKNOWN : PG_TEXT;
}

/* -- names of Postgres ----------------------------------------------------------------------- */

typedef struct PgName {
    const char *name;
    PgType      type;
} PgName;

static const PgName pg_names[] = {
#define PG_NAME(name, type) { name, PG_##type },
#include "analyzers/schema/pg_names.def"
#undef PG_NAME
};

enum { PG_NAME_ROOM = 40 };

/* Without what stands in parentheses, and with single blanks; false if that is longer than any name. */
static bool words_of(Str name, char *out, size_t room)
{
    size_t len   = 0;
    int    depth = 0;

    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        depth += (c == '(') - (c == ')');
        if (depth > 0 || c == ')')
            continue;
        if (isspace(c) && (len == 0 || out[len - 1] == ' '))
            continue;
        if (len + 1 >= room)
            return false;
        out[len++] = isspace(c) ? ' ' : (char)tolower(c);
    }
    while (len && out[len - 1] == ' ')
        len--;
    out[len] = '\0';
    return true;
}

static const PgName *pg_name_of(Str name)
{
    char words[PG_NAME_ROOM];

    if (str_ends_with(name, STR("]")))
        name = STR("array");
    if (words_of(name, words, sizeof words))
        for (size_t i = 0; i < sizeof pg_names / sizeof *pg_names; i++)
            if (strcmp(words, pg_names[i].name) == 0)
                return &pg_names[i];
    return NULL;
}

bool pg_type_is_named(Str name)
{
    return pg_name_of(name) != NULL;
}

/* FLOAT(24) is REAL; what has no digits in its parentheses is nothing at all. */
static bool is_short_float(Str name)
{
    size_t   at     = str_find_char(name, '(');
    unsigned digits = 0;

    if (at == STR_NOT_FOUND)
        return false;
    for (at++; at < name.len && isdigit((unsigned char)name.ptr[at]) && digits < 100; at++)
        digits = digits * 10 + (unsigned)(name.ptr[at] - '0');
    return digits < 25;
}

PgType pg_type_named(Str name)
{
    const PgName *known = pg_name_of(name);

    return !known || (known->type == PG_DOUBLE && is_short_float(name)) ? PG_UNKNOWN : known->type;
}
