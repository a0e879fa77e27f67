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
