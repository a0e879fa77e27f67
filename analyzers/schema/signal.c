#include "analyzers/schema/catalog.h"

typedef struct SignalRow {
    const char  *name;
    const char  *says;
    unsigned     meanings; /* bits of ColumnMeaning */
    SignalSpeaks speaks;
    SignalSource source;
} SignalRow;

#define M(meaning) (1u << MEANS_##meaning)
#define TIME       (M(TIMESTAMPTZ) | M(DATE))

static const SignalRow rows[SIGNAL_COUNT] = {
#define SIGNAL(kind, meanings, speaks, source, says) { #kind, says, meanings, SIGNAL_##speaks, SIGNAL_OF_##source },
#include "analyzers/schema/signals.def"
#undef SIGNAL
};

const char *signal_name(SignalKind kind)
{
    return rows[kind].name;
}

const char *signal_says(SignalKind kind)
{
    return rows[kind].says;
}

SignalSource signal_source(SignalKind kind)
{
    return rows[kind].source;
}

SignalSpeaks signal_speaks(SignalKind kind)
{
    return rows[kind].speaks;
}

bool signal_speaks_of(SignalKind kind, ColumnMeaning meaning)
{
    return rows[kind].meanings & 1u << meaning;
}

void catalog_signal(Arena *arena, Catalog *catalog, const CatalogTable *table, const CatalogColumn *column,
                    Signal signal)
{
    CatalogTable  *known = (CatalogTable *)catalog_table(catalog, table->name);
    CatalogColumn *place = known ? (CatalogColumn *)catalog_column(known, column->name) : NULL;

    if (!place)
        return;
    signal.count = signal.count ? signal.count : 1;
    vec_each(before, &place->signals)
        if (before->kind == signal.kind) {
            before->count += signal.count;
            return;
        }
    vec_push(arena, &place->signals, signal);
}
