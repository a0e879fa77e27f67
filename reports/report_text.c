#include "reports/report_text.h"

#include "analyzers/intake/utf8.h"
#include "reports/printable.h"
#include "reports/report_words.h"

enum { BAR = 10, TITLE = 40, EVIDENCE_INDENT = 10 };

typedef enum Align { LEFT, RIGHT } Align;

static const struct {
    const char *name;
    Align       align;
} columns[] = {
    { "card", LEFT },    { "title", LEFT },   { "progress", LEFT }, { "ported", RIGHT },
    { "safe", RIGHT },   { "unsafe", RIGHT }, { "manual", RIGHT },  { "left", LEFT },
    { "blocked by", LEFT },
};

enum { COLUMNS = sizeof columns / sizeof *columns };

typedef struct Row {
    Str cells[COLUMNS];
} Row;
typedef Vec(Row) RowVec;

/* "[#####.....]  50 %"; a card without calls has nothing to fill a bar with. */
static Str bar_of(Arena *arena, const CardProgress *progress)
{
    Buf      out    = buf_new(arena);
    unsigned filled = progress->percent * BAR / 100;

    if (progress->calls.total == 0)
        return STR("no calls");
    buf_add_char(&out, '[');
    for (unsigned i = 0; i < BAR; i++)
        buf_add_char(&out, i < filled ? '#' : '.');
    buf_format(&out, "] %3u %%", progress->percent);
    return buf_str(&out);
}

static Row row_of(Arena *arena, const CardProgress *progress, Str id, Str title)
{
    const CallCount *calls   = &progress->calls;
    Str              blocked = printable(arena, blocked_words(arena, progress));

    return (Row) { {
        printable(arena, id),
        shortened(arena, title, TITLE),
        bar_of(arena, progress),
        str_format(arena, "%u", calls->ported),
        str_format(arena, "%u", calls->safe),
        str_format(arena, "%u", calls->unsafe_),
        str_format(arena, "%u", calls->manual),
        effort_words(arena, progress->effort_left),
        blocked.len ? blocked : STR("-"),
    } };
}

static Row header(void)
{
    Row row;

    for (size_t i = 0; i < COLUMNS; i++)
        row.cells[i] = str_of(columns[i].name);
    return row;
}

static void add_cell(Buf *out, Str cell, size_t width, Align align, bool is_last)
{
    size_t blanks = width - utf8_count(cell);

    for (size_t i = 0; align == RIGHT && i < blanks; i++)
        buf_add_char(out, ' ');
    buf_add(out, cell);
    for (size_t i = 0; align == LEFT && !is_last && i < blanks; i++)
        buf_add_char(out, ' ');
}

static void add_table(Buf *out, const RowVec *rows)
{
    size_t widths[COLUMNS] = { 0 };

    for (size_t i = 0; i < rows->count; i++) {
        for (size_t j = 0; j < COLUMNS; j++) {
            size_t width = utf8_count(rows->items[i].cells[j]);
            widths[j]    = width > widths[j] ? width : widths[j];
        }
    }
    for (size_t i = 0; i < rows->count; i++) {
        for (size_t j = 0; j < COLUMNS; j++) {
            if (j)
                buf_add(out, STR("  "));
            add_cell(out, rows->items[i].cells[j], widths[j], columns[j].align, j + 1 == COLUMNS);
        }
        buf_add_char(out, '\n');
    }
}

static void add_criteria(Arena *arena, Buf *out, const CardProgress *progress)
{
    if (progress->criteria.count == 0)
        return;
    buf_format(out, "\n" STR_FORMAT " " STR_FORMAT ": " STR_FORMAT "\n",
               STR_ARG(printable(arena, progress->card->id)),
               STR_ARG(printable(arena, progress->card->title)),
               STR_ARG(criteria_words(arena, progress)));
    for (size_t i = 0; i < progress->criteria.count; i++) {
        const CriterionProgress *one = &progress->criteria.items[i];
        buf_format(out, "  %-6s  " STR_FORMAT "\n", criterion_state_word(one->state),
                   STR_ARG(printable(arena, one->text)));
        if (one->evidence.len)
            buf_format(out, "%*s" STR_FORMAT "\n", EVIDENCE_INDENT, "",
                       STR_ARG(printable(arena, one->evidence)));
    }
}

static void add_trend(Arena *arena, Buf *out, const TrendVec *trend)
{
    if (trend->count)
        buf_add(out, STR("\nTrend\n"));
    for (size_t i = 0; i < trend->count; i++) {
        const TrendPoint *point = &trend->items[i];
        buf_format(out, "  " STR_FORMAT "  " STR_FORMAT "  %3u %%\n",
                   STR_ARG(printable(arena, point->date)), STR_ARG(printable(arena, point->commit)),
                   point->percent);
    }
}

Str report_text(Arena *arena, const Progress *progress)
{
    Buf    out  = buf_new(arena);
    RowVec rows = { 0 };

    buf_format(&out, STR_FORMAT "\n\n", STR_ARG(summary_words(arena, &progress->all)));
    vec_push(arena, &rows, header());
    for (size_t i = 0; i < progress->cards.count; i++) {
        const CardProgress *one = &progress->cards.items[i];
        vec_push(arena, &rows, row_of(arena, one, one->card->id, one->card->title));
    }
    if (progress->unassigned.files || progress->unassigned.findings || rows.count == 1)
        vec_push(arena, &rows, row_of(arena, &progress->unassigned, STR("-"), STR("(no card)")));
    add_table(&out, &rows);
    for (size_t i = 0; i < progress->cards.count; i++)
        add_criteria(arena, &out, &progress->cards.items[i]);
    add_trend(arena, &out, &progress->trend);
    return buf_str(&out);
}
