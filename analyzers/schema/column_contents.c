#include "analyzers/schema/column_contents.h"

#include <inttypes.h>

enum {
    FEW_FLAGS = 10, /* fewer numbers than that may be 0 and 1 by chance */
    FEW_TEXTS = 3,
    MOST      = 99, /* of a hundred */
};

#define KIND(kind) (1u << VALUE_##kind)

enum {
    FLAGS   = KIND(ZERO) | KIND(ONE),
    NUMBERS = FLAGS | KIND(INTEGER) | KIND(REAL),
    TIMES   = KIND(ISO_TIME) | KIND(ISO_DATE),
    JSONS   = KIND(JSON) | KIND(JSON_WORD) | KIND(JSON_WITH_NUL),
    /* Text that Postgres takes as text, whatever it says. */
    SOUND   = TIMES | JSONS | KIND(PARTIAL_TIME) | KIND(EMPTY) | KIND(NUMBER_TEXT) | KIND(FREE_TEXT),
    BROKEN  = KIND(NUL_TEXT) | KIND(BROKEN_TEXT),
    TEXTS   = SOUND | BROKEN | KIND(LONG_TEXT),
    ALL     = NUMBERS | TEXTS | KIND(BYTES),
};

/* -- counting -------------------------------------------------------------------------------- */

static uint64_t count_of(const ColumnContents *contents, unsigned kinds)
{
    uint64_t out = 0;

    for (size_t i = 0; i < VALUE_KIND_COUNT; i++)
        if (kinds & 1u << i)
            out += contents->kinds[i].count;
    return out;
}

static size_t first_kind(const ColumnContents *contents, unsigned kinds)
{
    for (size_t i = 0; i < VALUE_KIND_COUNT; i++)
        if (kinds & 1u << i && contents->kinds[i].count)
            return i;
    bug("no value of these kinds");
}

static Str grouped(Arena *arena, uint64_t number)
{
    Str digits = str_format(arena, "%" PRIu64, number);
    Buf out    = buf_new(arena);

    for (size_t i = 0; i < digits.len; i++) {
        if (i && (digits.len - i) % 3 == 0)
            buf_add_char(&out, ',');
        buf_add_char(&out, digits.ptr[i]);
    }
    return buf_str(&out);
}

Str row_count_words(Arena *arena, RowCount rows)
{
    Str seen = grouped(arena, rows.looked_at);

    if (rows.looked_at == 1)
        return rows.seen == ROWS_ALL ? STR("the only row") : STR("the first row");
    switch (rows.seen) {
    case ROWS_ALL: return str_format(arena, "all " STR_FORMAT " rows", STR_ARG(seen));
    case ROWS_FIRST: return str_format(arena, "the first " STR_FORMAT " rows", STR_ARG(seen));
    case ROWS_OF_AT_MOST: break;
    }
    return str_format(arena, STR_FORMAT " of at most " STR_FORMAT " rows", STR_ARG(seen),
                      STR_ARG(grouped(arena, rows.total)));
}

/* `free text of the form "aaaa" at rowid 5` */
static Str example(Arena *arena, const ColumnContents *contents, size_t kind)
{
    const KindCount *it = &contents->kinds[kind];

    return it->form.len ? str_format(arena, "%s of the form " STR_FORMAT " at " STR_FORMAT, value_kind_words(kind),
                                     STR_ARG(it->form), STR_ARG(it->where))
                        : str_format(arena, "%s at " STR_FORMAT, value_kind_words(kind), STR_ARG(it->where));
}

/* -- signals --------------------------------------------------------------------------------- */

typedef struct Judging {
    Arena                *arena;
    Catalog              *catalog;
    const CatalogTable   *table;
    const CatalogColumn  *column;
    const ColumnContents *contents;
    uint64_t              values; /* that are not NULL */
} Judging;

static uint64_t has(const Judging *it, unsigned kinds)
{
    return count_of(it->contents, kinds);
}

static void add(const Judging *it, SignalKind kind, uint64_t count, Str detail)
{
    Signal signal = {
        .kind = kind, .place = { .path = it->contents->path }, .detail = detail, .count = (uint32_t)count
    };

    catalog_signal(it->arena, it->catalog, it->table, it->column, signal);
}

static void speak_for(const Judging *it, SignalKind kind, uint64_t count)
{
    add(it, kind, count, row_count_words(it->arena, it->contents->rows));
}

static void speak_against(const Judging *it, SignalKind kind, unsigned kinds)
{
    uint64_t count = has(it, kinds);
    Str      first, rows;

    if (count == 0)
        return;
    first = example(it->arena, it->contents, first_kind(it->contents, kinds));
    rows  = row_count_words(it->arena, it->contents->rows);
    add(it, kind, count, str_format(it->arena, STR_FORMAT "; " STR_FORMAT, STR_ARG(first), STR_ARG(rows)));
}

/* Are all values, and not too few, of these kinds? */
static bool is_all(const Judging *it, unsigned kinds, uint64_t few)
{
    return it->values >= few && has(it, kinds) == it->values;
}

/* A column of 0 alone may be a counter that nobody has used yet. */
static void judge_boolean(const Judging *it)
{
    if (is_all(it, FLAGS, FEW_FLAGS) && has(it, KIND(ZERO)) && has(it, KIND(ONE)))
        speak_for(it, SIGNAL_DATA_ZERO_ONE, it->values);
    if (it->column->affinity != AFFINITY_TEXT)
        speak_against(it, SIGNAL_DATA_OTHER_NUMBER, ALL & ~FLAGS);
}

static bool means_time(ColumnMeaning meaning)
{
    return meaning == MEANS_TIMESTAMPTZ || meaning == MEANS_DATE;
}

static bool may_mean_time(const CatalogColumn *column)
{
    return means_time(column->meaning.meaning) || means_time(column->meaning.suspicion);
}

/*
 * Days among times would show a midnight on Postgres that nobody wrote: a column of both is neither.
 * A few empty texts are what a program writes for "not yet" (DATA-06).
 */
static void judge_time(const Judging *it)
{
    uint64_t times = has(it, KIND(ISO_TIME)), dates = has(it, KIND(ISO_DATE)), empty = has(it, KIND(EMPTY));
    bool     few_are_empty = (it->values - empty) * 100 >= it->values * MOST;

    if (it->values >= FEW_TEXTS && times * 100 >= it->values * MOST)
        speak_for(it, SIGNAL_DATA_ISO_TIME, times);
    if (is_all(it, KIND(ISO_DATE), FEW_TEXTS))
        speak_for(it, SIGNAL_DATA_ISO_DATE, dates);
    speak_against(it, SIGNAL_DATA_PARTIAL_TIME, KIND(PARTIAL_TIME));
    speak_against(it, SIGNAL_DATA_FREE_TEXT,
                  KIND(FREE_TEXT) | BROKEN
                      | (times || dates ? JSONS | KIND(LONG_TEXT) | KIND(BYTES) : 0)
                      | ((times || dates) && few_are_empty ? 0 : KIND(EMPTY)));
    if (it->column->affinity != AFFINITY_NUMERIC || may_mean_time(it->column))
        speak_against(it, SIGNAL_DATA_EPOCH, NUMBERS | KIND(NUMBER_TEXT));
}

/* Numbers and quoted strings are JSON, too, and say nothing. */
static void judge_json(const Judging *it)
{
    if (is_all(it, KIND(JSON), FEW_TEXTS))
        speak_for(it, SIGNAL_DATA_JSON, it->values);
    speak_against(it, SIGNAL_DATA_NUL_IN_JSON, KIND(JSON_WITH_NUL));
    speak_against(it, SIGNAL_DATA_NOT_JSON, ALL & ~(JSONS | NUMBERS | KIND(NUMBER_TEXT) | KIND(LONG_TEXT)));
}

static void judge_bytes(const Judging *it)
{
    bool is_declared = it->column->declared.len && it->column->affinity == AFFINITY_BLOB;

    if (is_all(it, KIND(BYTES), FEW_TEXTS))
        speak_for(it, SIGNAL_DATA_BYTES, it->values);
    if (is_declared || has(it, KIND(BYTES)))
        speak_against(it, SIGNAL_DATA_TEXT_IN_BYTES, TEXTS);
}

static void keep(Arena *arena, const Catalog *catalog, const CatalogTable *table, const CatalogColumn *column,
                 const ColumnContents *contents)
{
    const CatalogTable *known = catalog_table(catalog, table->name);
    CatalogColumn      *place = known ? (CatalogColumn *)catalog_column(known, column->name) : NULL;

    if (place)
        vec_push(arena, &place->contents, contents);
}

/* A column that makes numbers of what it is given says nothing of times and JSON. */
void contents_signal(Arena *arena, Catalog *catalog, const CatalogTable *table, const CatalogColumn *column,
                     const ColumnContents *contents)
{
    Judging it = { arena, catalog, table, column, contents, count_of(contents, ALL) };

    judge_boolean(&it);
    if (column->affinity != AFFINITY_INTEGER && column->affinity != AFFINITY_REAL) {
        judge_time(&it);
        judge_json(&it);
        judge_bytes(&it);
    }
    keep(arena, catalog, table, column, contents);
}

/* -- what does not fit ----------------------------------------------------------------------- */

/* The kinds that a type takes and that mean there what they mean on SQLite; the row of the spec for all others. */
typedef struct Fit {
    unsigned    takes;
    const char *code;
} Fit;

/* A BIGINT takes 1.5 and rounds it, a DATE takes a time and drops it: both are lost without a word. */
static const Fit fits[PG_TYPE_COUNT] = {
    [PG_BOOLEAN]     = { FLAGS, "DATA-05" },
    [PG_BIGINT]      = { NUMBERS & ~KIND(REAL), "DATA-01" },
    [PG_DOUBLE]      = { NUMBERS, "DATA-01" },
    [PG_NUMERIC]     = { NUMBERS, "DATA-01" },
    [PG_TEXT]        = { NUMBERS | SOUND, "DATA-10" },
    [PG_TIMESTAMPTZ] = { TIMES, "DATA-07" },
    [PG_DATE]        = { KIND(ISO_DATE), "DATA-07" },
    [PG_JSONB]       = { NUMBERS | KIND(NUMBER_TEXT) | KIND(JSON) | KIND(JSON_WORD), "DATA-09" },
    [PG_BYTEA]       = { KIND(BYTES), "DATA-10" },
};

/* Kinds that have a row of their own, whatever the type. */
static const char *code_of(PgType type, ValueKind kind)
{
    if (kind == VALUE_NUL_TEXT)
        return "DATA-08";
    if (kind == VALUE_BROKEN_TEXT)
        return "DATA-08b";
    if (kind == VALUE_EMPTY && (type == PG_TIMESTAMPTZ || type == PG_DATE))
        return "DATA-06";
    return kind == VALUE_REAL && type == PG_BIGINT ? "DATA-02" : fits[type].code;
}

/* A number as text is one in a column of text that the configuration calls a number. */
static unsigned kinds_taken(const CatalogColumn *column)
{
    bool is_number = column->type == PG_BIGINT || column->type == PG_DOUBLE || column->type == PG_NUMERIC;

    return fits[column->type].takes | KIND(LONG_TEXT)
         | (is_number && column->affinity == AFFINITY_TEXT ? KIND(NUMBER_TEXT) : 0);
}

static bool is_told(const Catalog *catalog, const CatalogNote *note)
{
    vec_each(before, &catalog->notes)
        if (before->code == note->code && str_eq(before->message, note->message))
            return true;
    return false;
}

/* "2 rows of a.db hold something else: …" */
static Str misfit(Arena *arena, const ColumnContents *contents, size_t kind)
{
    uint64_t count = contents->kinds[kind].count;

    return str_format(arena, STR_FORMAT " row%s of " STR_FORMAT " hold%s something else: " STR_FORMAT " (looked at: " STR_FORMAT ")",
                      STR_ARG(grouped(arena, count)), count == 1 ? "" : "s", STR_ARG(contents->path),
                      count == 1 ? "s" : "", STR_ARG(example(arena, contents, kind)),
                      STR_ARG(row_count_words(arena, contents->rows)));
}

static void tell_misfits(Arena *arena, Catalog *catalog, const CatalogTable *table, const CatalogColumn *column,
                         const ColumnContents *contents)
{
    unsigned taken = fits[column->type].code ? kinds_taken(column) : ALL;

    for (size_t kind = 0; kind < VALUE_KIND_COUNT; kind++) {
        if (contents->kinds[kind].count == 0 || taken & 1u << kind)
            continue;
        CatalogNote note = {
            .code    = code_of(column->type, kind),
            .place   = column->place,
            .message = str_format(arena, STR_FORMAT "." STR_FORMAT " is %s on Postgres, and " STR_FORMAT,
                                  STR_ARG(table->name), STR_ARG(column->name), pg_type_sql(column->type),
                                  STR_ARG(misfit(arena, contents, kind))),
        };
        if (!is_told(catalog, &note))
            vec_push(arena, &catalog->notes, note);
    }
}

void catalog_tell_misfits(Arena *arena, Catalog *catalog)
{
    vec_each(table, &catalog->tables)
        vec_each(column, &(*table)->columns)
            vec_each(contents, &column->contents)
                tell_misfits(arena, catalog, *table, column, *contents);
}
