#include "analyzers/schema/column_meaning.h"

/*
 * How evidence is weighed: "score, never one signal alone; vetoes; evidence per column" (the type audit of the SC rows).
 *
 * There are six sources: the name, the default, statements, parameters, what is done with values that are read, rows of
 * a database. However often one source says something, it counts once. Two sources make a meaning likely, three make it
 * evident, if
 *   - one of them shows the meaning itself (`core`, `core_words`): `= 0` and a truth test, in SQL or in Python, fit
 *     every counter, so they never make a boolean by themselves;
 *   - no veto speaks against it, and its definition leaves it open;
 *   - values that are written unseen are answered for: by one of the sources in `answers`, which look at what is stored;
 *   - no other meaning is as well supported: then nobody knows.
 * A declared type stays whatever is seen, and so does a CHECK when a flag is merely sorted; what contradicts is told.
 */
enum {
    BY_SQL     = 1u << SIGNAL_OF_SQL,
    BY_GIVEN   = 1u << SIGNAL_OF_GIVEN,
    BY_READ    = 1u << SIGNAL_OF_READ,
    BY_DATA    = 1u << SIGNAL_OF_DATA,
    BY_NAME    = BY_DATA << 1,
    BY_DEFAULT = BY_DATA << 2,
};

#define S(kind) (1ull << SIGNAL_##kind)
_Static_assert(SIGNAL_COUNT <= 64, "kinds of signals are counted in one set");

typedef struct Weighing {
    ColumnMeaning meaning;
    uint64_t      core;       /* one of these has to be there … */
    uint64_t      core_pair[2]; /* … or one of each of these … */
    uint64_t      core_of_moment; /* … or one of these, where the name is that of a moment … */
    unsigned      core_words; /* … or the name or the default, as this set says */
    unsigned      answers;    /* sources that answer for values written unseen */
} Weighing;

static const Weighing weighings[] = {
    { MEANS_BOOLEAN,
      .core       = S(GIVEN_BOOL) | S(DATA_ZERO_ONE),
      .core_pair  = { S(SQL_ZERO) | S(SQL_SET_ZERO), S(SQL_ONE) | S(SQL_SET_ONE) },
      .core_words = BY_NAME,
      .answers    = BY_NAME | BY_DATA },
    { MEANS_TIMESTAMPTZ,
      .core       = S(SQL_NOW) | S(GIVEN_TIME) | S(READ_TIME) | S(DATA_ISO_TIME),
      .core_of_moment = S(SQL_TIME_FUNCTION) | S(GIVEN_ISO),
      .core_words = BY_DEFAULT,
      .answers    = BY_DEFAULT | BY_READ | BY_DATA },
    { MEANS_DATE,
      .core       = S(SQL_TODAY) | S(GIVEN_DATE) | S(READ_DATE) | S(DATA_ISO_DATE),
      .core_words = BY_DEFAULT,
      .answers    = BY_DEFAULT | BY_READ | BY_DATA },
    { MEANS_JSON,
      .core    = S(GIVEN_JSON) | S(READ_JSON) | S(SQL_JSON_FUNCTION) | S(DATA_JSON),
      .answers = BY_READ | BY_SQL | BY_DATA },
    { MEANS_BYTES,
      .core    = S(GIVEN_BYTES) | S(READ_BYTES) | S(DATA_BYTES),
      .answers = BY_READ | BY_DATA },
};

/* What bounds its values by a CHECK is no less a flag for being sorted. */
static const uint64_t harmless_to_check = S(SQL_ORDER);

/* Of a declared type these tell of the statement, not of other values. */
static const uint64_t harmless_to_declared = S(SQL_ORDER) | S(SQL_ARITHMETIC) | S(READ_NUMBER);

/* One column and one meaning. */
typedef struct Scale {
    Arena               *arena;
    const CatalogColumn *column;
    const Definition    *definition;
    unsigned             sources;
    uint64_t             kinds; /* that speak for it */
    const Signal        *veto;
    const Signal        *doubt; /* of values that are not seen */
} Scale;

static unsigned bits_in(unsigned set)
{
    unsigned out = 0;

    for (; set; set &= set - 1)
        out++;
    return out;
}

/* SUM(flag) counts flags (BO-05) where the name or a truth value says that it is one; else it is a quantity. */
static bool is_quantity(const Signal *signal, unsigned sources, uint64_t kinds)
{
    return signal->kind == SIGNAL_SQL_QUANTITY && !(sources & BY_NAME) && !(kinds & S(GIVEN_BOOL));
}

static Scale weighed(Arena *arena, const CatalogColumn *column, const Definition *definition, ColumnMeaning meaning)
{
    Scale out = { .arena = arena, .column = column, .definition = definition };

    if (definition->named & 1u << meaning)
        out.sources |= BY_NAME;
    if (definition->defaulted & 1u << meaning)
        out.sources |= BY_DEFAULT;
    vec_each(signal, &column->signals)
        if (signal_speaks_of(signal->kind, meaning) && signal_speaks(signal->kind) == SIGNAL_FOR) {
            out.sources |= 1u << signal_source(signal->kind);
            out.kinds |= 1ull << signal->kind;
        }
    vec_each(signal, &column->signals) {
        if (!signal_speaks_of(signal->kind, meaning) || signal_speaks(signal->kind) == SIGNAL_FOR)
            continue;
        if (signal_speaks(signal->kind) == SIGNAL_AGAINST || is_quantity(signal, out.sources, out.kinds))
            out.veto = out.veto ? out.veto : signal;
        else if (signal->kind == SIGNAL_GIVEN_UNSEEN)
            out.doubt = signal;
    }
    return out;
}

/* What strftime() reads may be of either kind: a name like created_at tells. */
static bool is_core(const Scale *it, const Weighing *by)
{
    return it->kinds & by->core || it->sources & by->core_words
        || (it->kinds & by->core_of_moment && it->definition->is_moment)
        || (it->kinds & by->core_pair[0] && it->kinds & by->core_pair[1]);
}

static MeaningCertainty certainty_of(const Scale *it, const Weighing *by)
{
    unsigned count = bits_in(it->sources);
    bool     coded = it->sources & (BY_SQL | BY_GIVEN | BY_READ);

    if (count < 2 || !is_core(it, by) || (it->doubt && !(it->sources & by->answers)))
        return MEANING_NO;
    /* A default with the name is what the definition says already, and 0 with small numbers is what any counter begins with. */
    if (!coded && !(it->sources & BY_DATA && it->sources & BY_NAME))
        return MEANING_NO;
    return count > 2 ? MEANING_YES : MEANING_MAYBE;
}

static void add_piece(Buf *out, Str text)
{
    if (out->len)
        buf_add(out, STR(", "));
    buf_add(out, text);
}

/* "the name is_done, given a truth value, tested for truth": one piece for each source. */
static Meaning found(const Scale *it, ColumnMeaning meaning, MeaningCertainty certainty)
{
    const CatalogColumn *column = it->column;
    Buf                  text   = buf_new(it->arena);
    unsigned             told   = 0;
    Meaning              out    = { .meaning = meaning, .certainty = certainty };

    if (it->sources & BY_DEFAULT)
        add_piece(&text, str_format(it->arena, "default " STR_FORMAT,
                                    STR_ARG(node_text(column->default_.text, column->default_.node))));
    if (it->sources & BY_NAME)
        add_piece(&text, str_format(it->arena, "the name " STR_FORMAT, STR_ARG(column->name)));
    out.by_definition = str_copy(it->arena, buf_str(&text));
    vec_each(signal, &column->signals) {
        unsigned source = 1u << signal_source(signal->kind);
        if (!(it->kinds & 1ull << signal->kind) || told & source)
            continue;
        if (!told)
            out.place = signal->place;
        told |= source;
        add_piece(&text, str_of(signal_says(signal->kind)));
    }
    out.because = buf_str(&text);
    return out;
}

static const Signal *contradiction(const CatalogColumn *column, ColumnMeaning meaning, uint64_t harmless)
{
    vec_each(signal, &column->signals)
        if (signal_speaks_of(signal->kind, meaning) && signal_speaks(signal->kind) == SIGNAL_AGAINST
            && !(harmless & 1ull << signal->kind))
            return signal;
    return NULL;
}

static Meaning given_up(ColumnMeaning meaning)
{
    return (Meaning) { .suspicion = meaning, .against = meaning };
}

/* A declared or checked meaning stays unless it is only checked and contradicted. */
static Meaning stated(const CatalogColumn *column, const Definition *definition)
{
    Meaning  out      = definition->meaning;
    uint64_t harmless = definition->is_declared ? harmless_to_declared : harmless_to_check;

    if (!contradiction(column, out.meaning, harmless))
        return out;
    if (!definition->is_declared)
        return given_up(out.meaning);
    out.against = out.meaning;
    return out;
}

/* The default (and the name) decided; signals may confirm it, or make it be given up. */
static Meaning defaulted(Arena *arena, const CatalogColumn *column, const Definition *definition)
{
    Meaning out   = definition->meaning;
    Scale   scale = weighed(arena, column, definition, out.meaning);

    if (scale.veto)
        return given_up(out.meaning);
    if (scale.kinds && bits_in(scale.sources) > 2)
        out.certainty = MEANING_YES;
    return out;
}

static bool is_time(ColumnMeaning meaning)
{
    return meaning == MEANS_TIMESTAMPTZ || meaning == MEANS_DATE;
}

/* A date is no time of a day: what shows the one speaks against the other. */
static bool is_other_time(const CatalogColumn *column, ColumnMeaning meaning)
{
    ColumnMeaning other = meaning == MEANS_DATE ? MEANS_TIMESTAMPTZ : MEANS_DATE;

    if (!is_time(meaning))
        return false;
    vec_each(signal, &column->signals)
        if (signal_speaks(signal->kind) == SIGNAL_FOR && signal_speaks_of(signal->kind, other)
            && !signal_speaks_of(signal->kind, meaning))
            return true;
    return false;
}

static Meaning signalled(Arena *arena, const CatalogColumn *column, const Definition *definition)
{
    Meaning out   = definition->meaning;
    size_t  count = 0;

    for (size_t i = 0; i < sizeof weighings / sizeof *weighings; i++) {
        const Weighing *by = &weighings[i];
        if (!(definition->open & 1u << by->meaning))
            continue;
        Scale            scale     = weighed(arena, column, definition, by->meaning);
        MeaningCertainty certainty = certainty_of(&scale, by);
        if (certainty == MEANING_NO)
            continue;
        if (scale.veto || is_other_time(column, by->meaning)) {
            if (out.certainty == MEANING_NO && count == 0)
                out.against = by->meaning;
            continue;
        }
        out = found(&scale, by->meaning, certainty);
        count++;
    }
    if (count > 1)
        return definition->meaning;
    if (count == 0 && out.against == MEANS_PLAIN && contradiction(column, out.suspicion, 0))
        out.against = out.suspicion; /* its name alone spoke for it */
    if (count == 0 && out.suspicion == MEANS_PLAIN)
        out.suspicion = out.against;
    return out;
}

Meaning column_meaning_of(Arena *arena, const CatalogTable *table, const CatalogColumn *column)
{
    Definition definition = column_definition_of(arena, table, column);

    if (column->signals.count == 0)
        return definition.meaning;
    if (definition.is_declared || definition.is_checked)
        return stated(column, &definition);
    if (definition.meaning.certainty != MEANING_NO)
        return defaulted(arena, column, &definition);
    return signalled(arena, column, &definition);
}
