#include "reports/schema_types.h"

#include "reports/printable.h"

enum { NAME, DECLARED, TYPE, FIELDS, WIDEST = 40 };

typedef struct Widths {
    size_t of[FIELDS];
} Widths;

typedef struct Counts {
    size_t columns, evident, likely, suspected;
} Counts;

static size_t characters(Str text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return count;
}

static Str field(Arena *arena, const CatalogColumn *column, size_t number)
{
    Str declared = column->declared.len ? column->declared : STR("-");
    Str type     = column->type != PG_UNKNOWN ? str_of(pg_type_sql(column->type))
                 : column->postgres.len         ? shortened(arena, column->postgres, WIDEST)
                                                : STR("TEXT");

    return number == NAME       ? shortened(arena, column->name, WIDEST)
         : number == DECLARED ? shortened(arena, declared, WIDEST)
                              : type;
}

static Widths widths_of(Arena *arena, const Catalog *catalog)
{
    Widths out = { 0 };

    vec_each(table, &catalog->tables)
        vec_each(column, &(*table)->columns)
            for (size_t i = 0; i < FIELDS; i++) {
                size_t width = characters(field(arena, column, i));
                out.of[i]    = width > out.of[i] ? width : out.of[i];
            }
    return out;
}

static void add_padded(Buf *out, Str text, size_t width)
{
    buf_add(out, text);
    for (size_t have = characters(text); have < width + 2; have++)
        buf_add_char(out, ' ');
}

static Str place_text(Arena *arena, const SchemaPlace *place)
{
    return place->line ? str_format(arena, STR_FORMAT ":%u", STR_ARG(place->path), place->line) : place->path;
}

/* "; given a truth value (app.py:12, 3 times)": the first pieces of evidence that speak so of the meaning. */
static void add_pieces(Arena *arena, Buf *out, const CatalogColumn *column, ColumnMeaning meaning, SignalSpeaks speaks)
{
    enum { PIECES = 3 };
    size_t count = 0, more = 0;

    vec_each(signal, &column->signals) {
        if (!signal_speaks_of(signal->kind, meaning) || signal_speaks(signal->kind) != speaks)
            continue;
        if (count++ >= PIECES) {
            more++;
            continue;
        }
        bool is_rows = signal_source(signal->kind) == SIGNAL_OF_DATA;
        buf_format(out, "%s%s (" STR_FORMAT, out->len && out->ptr[out->len - 1] != ' ' ? "; " : "",
                   signal_says(signal->kind), STR_ARG(place_text(arena, &signal->place)));
        if (is_rows && signal->detail.len)
            buf_format(out, ", " STR_FORMAT, STR_ARG(signal->detail));
        else if (signal->count > 1)
            buf_format(out, ", %u times", signal->count);
        buf_add_char(out, ')');
    }
    if (more)
        buf_format(out, "; and %zu more", more);
}

static Str evidence(Arena *arena, const CatalogColumn *column)
{
    const Meaning *meaning    = &column->meaning;
    Buf            out        = buf_new(arena);
    bool           of_signals = !str_eq(meaning->because, meaning->by_definition);

    buf_format(&out, "%s%s: ", meaning->certainty == MEANING_MAYBE ? "likely " : "", meaning_name(meaning->meaning));
    if (meaning->by_definition.len || !of_signals)
        buf_add(&out, of_signals ? meaning->by_definition : meaning->because);
    if (!of_signals && meaning->place.line)
        buf_format(&out, " (" STR_FORMAT ")", STR_ARG(place_text(arena, &meaning->place)));
    add_pieces(arena, &out, column, meaning->meaning, SIGNAL_FOR);
    if (meaning->against == meaning->meaning && meaning->against != MEANS_PLAIN) {
        buf_add(&out, STR("; but "));
        add_pieces(arena, &out, column, meaning->against, SIGNAL_AGAINST);
    }
    return buf_str(&out);
}

/* A meaning that was given up: what speaks against it, and what spoke for it. */
static Str given_up(Arena *arena, const CatalogColumn *column)
{
    ColumnMeaning meaning = column->meaning.against;
    Buf           out     = buf_new(arena), against = buf_new(arena), pieces = buf_new(arena);

    add_pieces(arena, &against, column, meaning, SIGNAL_AGAINST);
    if (!against.len)
        add_pieces(arena, &against, column, meaning, SIGNAL_DOUBT);
    add_pieces(arena, &pieces, column, meaning, SIGNAL_FOR);
    buf_format(&out, "no %s: " STR_FORMAT, meaning_name(meaning), STR_ARG(buf_str(&against)));
    if (pieces.len)
        buf_format(&out, "; though " STR_FORMAT, STR_ARG(buf_str(&pieces)));
    return buf_str(&out);
}

/* What a revision made of it. */
static Str migrated(Arena *arena, const CatalogColumn *column)
{
    const Meaning *meaning = &column->meaning;

    return meaning->place.line ? str_format(arena, STR_FORMAT " (" STR_FORMAT ")", STR_ARG(meaning->because),
                                            STR_ARG(place_text(arena, &meaning->place)))
                               : meaning->because;
}

/* Empty where the declaration says it all. */
static Str reason(Arena *arena, const CatalogColumn *column)
{
    const Meaning *meaning = &column->meaning;

    if (meaning->certainty != MEANING_NO && meaning->meaning == MEANS_PLAIN)
        return migrated(arena, column);
    if (meaning->certainty != MEANING_NO)
        return evidence(arena, column);
    if (meaning->against != MEANS_PLAIN)
        return given_up(arena, column);
    if (meaning->suspicion != MEANS_PLAIN)
        return str_format(arena, "by its name it may be %s: say so under `types` if it is",
                          meaning_name(meaning->suspicion));
    if (column->type == PG_UNKNOWN)
        return STR("it may hold values of any type");
    return column->rowid_alias ? STR("the rowid") : (Str){ 0 };
}

static void add_column(Arena *arena, Buf *out, const CatalogColumn *column, const Widths *widths)
{
    Str why  = reason(arena, column);
    Buf line = buf_new(arena);

    buf_add(&line, STR("    "));
    for (size_t i = 0; i < FIELDS; i++)
        add_padded(&line, field(arena, column, i), widths->of[i]);
    buf_add(&line, printable(arena, why));
    Str text = buf_str(&line);
    while (text.len && text.ptr[text.len - 1] == ' ')
        text.len--;
    buf_format(out, STR_FORMAT "\n", STR_ARG(text));
}

static void count(Counts *counts, const CatalogColumn *column)
{
    counts->columns++;
    counts->evident += column->meaning.certainty == MEANING_YES;
    counts->likely += column->meaning.certainty == MEANING_MAYBE;
    counts->suspected +=
        column->meaning.certainty == MEANING_NO && column->meaning.suspicion != MEANS_PLAIN;
}

Str schema_types(Arena *arena, const Catalog *catalog)
{
    Widths widths = widths_of(arena, catalog);
    Counts counts = { 0 };
    Buf    out    = buf_new(arena);

    vec_each(at, &catalog->tables) {
        const CatalogTable *table = *at;
        if (table->columns.count == 0)
            continue;
        buf_format(&out, STR_FORMAT "\n", STR_ARG(printable(arena, table->name)));
        vec_each(column, &table->columns) {
            add_column(arena, &out, column, &widths);
            count(&counts, column);
        }
        buf_add_char(&out, '\n');
    }
    buf_format(&out,
               "%zu columns: %zu as declared, %zu by evidence, %zu likely; %zu of those as "
               "declared may be more by their names\n",
               counts.columns, counts.columns - counts.evident - counts.likely, counts.evident,
               counts.likely, counts.suspected);
    return buf_str(&out);
}
