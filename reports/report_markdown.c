#include "reports/report_markdown.h"

#include "reports/printable.h"
#include "reports/report_words.h"

static Str escaped(Arena *arena, Str text)
{
    Buf out = buf_new(arena);

    text = printable(arena, text);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '&')
            buf_add(&out, STR("&amp;"));
        else if (c == '<')
            buf_add(&out, STR("&lt;"));
        else if (c == '>')
            buf_add(&out, STR("&gt;"));
        else if (strchr("\\`*_[]|~#$", c))
            buf_format(&out, "\\%c", c);
        else
            buf_add_char(&out, c);
    }
    return buf_str(&out);
}

static void add_row(Arena *arena, Buf *out, const CardProgress *progress, Str id, Str title)
{
    const CallCount *calls   = &progress->calls;
    Str              percent = calls->total ? str_format(arena, "%u %%", progress->percent)
                                            : STR("no calls");
    Str              blocked = blocked_words(arena, progress);

    buf_format(out,
               "| " STR_FORMAT " | " STR_FORMAT " | " STR_FORMAT
               " | %u | %u | %u | %u | %u | " STR_FORMAT " | " STR_FORMAT " |\n",
               STR_ARG(escaped(arena, id)), STR_ARG(escaped(arena, title)), STR_ARG(percent),
               calls->ported, calls->safe, calls->unsafe_, calls->manual, progress->findings,
               STR_ARG(effort_words(arena, progress->effort_left)),
               STR_ARG(blocked.len ? escaped(arena, blocked) : STR("-")));
}

static void add_criteria(Arena *arena, Buf *out, const CardProgress *progress)
{
    if (progress->criteria.count == 0)
        return;
    buf_format(out, "\n### " STR_FORMAT " " STR_FORMAT "\n\n" STR_FORMAT "\n\n",
               STR_ARG(escaped(arena, progress->card->id)),
               STR_ARG(escaped(arena, progress->card->title)),
               STR_ARG(criteria_words(arena, progress)));
    for (size_t i = 0; i < progress->criteria.count; i++) {
        const CriterionProgress *one = &progress->criteria.items[i];
        buf_format(out, "- [%c] **%s** " STR_FORMAT, one->state == CRITERION_MET ? 'x' : ' ',
                   criterion_state_word(one->state), STR_ARG(escaped(arena, one->text)));
        if (one->evidence.len)
            buf_format(out, " (" STR_FORMAT ")", STR_ARG(escaped(arena, one->evidence)));
        buf_add_char(out, '\n');
    }
}

static void add_trend(Arena *arena, Buf *out, const TrendVec *trend)
{
    if (trend->count)
        buf_add(out, STR("\n### Trend\n\n| date | commit | ported |\n| --- | --- | ---: |\n"));
    for (size_t i = 0; i < trend->count; i++)
        buf_format(out, "| " STR_FORMAT " | " STR_FORMAT " | %u %% |\n",
                   STR_ARG(escaped(arena, trend->items[i].date)),
                   STR_ARG(escaped(arena, trend->items[i].commit)), trend->items[i].percent);
}

Str report_markdown(Arena *arena, const Progress *progress)
{
    Buf out = buf_new(arena);

    buf_format(&out, "## Migration progress\n\n" STR_FORMAT "\n\n",
               STR_ARG(summary_words(arena, &progress->all)));
    buf_add(&out, STR("| card | title | progress | ported | safe | unsafe | manual | findings | "
                      "left | blocked by |\n"
                      "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |\n"));
    for (size_t i = 0; i < progress->cards.count; i++) {
        const CardProgress *one = &progress->cards.items[i];
        add_row(arena, &out, one, one->card->id, one->card->title);
    }
    if (progress->unassigned.files || progress->unassigned.findings || progress->cards.count == 0)
        add_row(arena, &out, &progress->unassigned, STR("-"), STR("(no card)"));
    for (size_t i = 0; i < progress->cards.count; i++)
        add_criteria(arena, &out, &progress->cards.items[i]);
    add_trend(arena, &out, &progress->trend);
    return buf_str(&out);
}
