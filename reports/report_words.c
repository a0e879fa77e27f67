#include "reports/report_words.h"

Str effort_words(Arena *arena, uint64_t minutes)
{
    unsigned long hours = (unsigned long)(minutes / 60), rest = (unsigned long)(minutes % 60);

    if (hours && rest)
        return str_format(arena, "%lu h %lu min", hours, rest);
    return hours ? str_format(arena, "%lu h", hours) : str_format(arena, "%lu min", rest);
}

Str blocked_words(Arena *arena, const CardProgress *progress)
{
    return str_join(arena, &progress->blocked_by, STR(", "));
}

Str summary_words(Arena *arena, const CardProgress *progress)
{
    const CallCount *calls = &progress->calls;

    if (calls->total == 0)
        return STR("no SQL calls seen");
    return str_format(arena, "%u of %u SQL calls ported (%u %%), effort left " STR_FORMAT,
                      calls->ported, calls->total, progress->percent,
                      STR_ARG(effort_words(arena, progress->effort_left)));
}

Str criteria_words(Arena *arena, const CardProgress *progress)
{
    size_t counts[3] = { 0 };

    for (size_t i = 0; i < progress->criteria.count; i++)
        counts[progress->criteria.items[i].state]++;
    Buf out = buf_new(arena);
    buf_format(&out, "%zu of %zu criteria met", counts[CRITERION_MET], progress->criteria.count);
    if (counts[CRITERION_UNMET])
        buf_format(&out, ", %zu unmet", counts[CRITERION_UNMET]);
    if (counts[CRITERION_MANUAL])
        buf_format(&out, ", %zu for a person to say", counts[CRITERION_MANUAL]);
    return buf_str(&out);
}
